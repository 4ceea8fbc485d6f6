"""The guide of the API in French: what the published schema says in English.

**Reads** and **Writes** nothing.
**Method** The schema is in English, beside the code that it describes; each of its sentences that the guide
shows has its French here. ``tests/site/test_api.py`` names what is missing or no longer said.
"""

from __future__ import annotations

#: A sentence of the schema → the same in French.
FRENCH = {
    # groups of addresses
    "Initiatives": "Initiatives",
    "Places": "Lieux",
    "Territories and findings": "Territoires et enseignements",
    "Engine": "Moteur",
    # addresses
    "Initiatives, filtered, page after page": "Les initiatives, filtrées, page après page",
    "The same list, whole, as CSV": "La même liste, entière, en CSV",
    "One initiative, with its reasons": "Une initiative, avec les raisons de chaque décision",
    "Relay places, digital or not": "Les lieux relais, numériques ou non",
    "Territories that the edition has figures on: QPV and what holds them.": (
        "Les territoires dont l'édition donne des chiffres, c'est-à-dire les quartiers prioritaires "
        "(QPV) et ce qui les contient."
    ),
    "One territory, by its code (QN06913M, 69259, EPCI200046977) or its name.": (
        "Un territoire, par son code (QN06913M, 69259, EPCI200046977) ou par son nom."
    ),
    "The figures of a territory, with their interval and base.": (
        "Les chiffres d'un territoire, avec leur intervalle et leur base."
    ),
    "What each indicator measures, and what it does not say.": (
        "Ce que mesure chaque indicateur, et ce qu'il ne dit pas."
    ),
    "The study's eight themes, and how many digital initiatives of the quarters each has.": (
        "Les huit thèmes de l'étude, et le nombre d'initiatives numériques des quartiers dans chacun."
    ),
    "The study's questions asked again of this edition.": (
        "Les questions de l'étude, posées de nouveau à cette édition."
    ),
    "One finding, by its number (C1).": "Un enseignement, par son numéro (C1).",
    "The common thesaurus: two worlds, one vocabulary.": (
        "Le glossaire commun aux quartiers et à la ville intelligente."
    ),
    "One concept, by its slug.": "Une notion du glossaire, par son nom dans l'adresse.",
    "Find initiatives, even those that use none of your words, with the path taken.": (
        "Trouver des initiatives, même celles qui n'emploient aucun de vos mots, avec le chemin suivi."
    ),
    "Propose partners of the other world, with reasons that quote both sides.": (
        "Proposer des partenaires de l'autre monde, avec des raisons qui citent les deux côtés."
    ),
    "Say of each text: digital or not, which themes, and the words it rests on.": (
        "Dire si chaque texte parle de numérique, de quels thèmes, et sur quels mots cela repose."
    ),
    "Say in which QPV a place is, how far, known how.": (
        "Dire dans quel quartier prioritaire (QPV) se trouve un lieu, à quelle distance, et comment "
        "on le sait."
    ),
    "The same, for words too long for an address.": (
        "La même question, quand les mots sont trop longs pour une adresse."
    ),
    # parameters
    "One of the eight themes": "Un des huit thèmes",
    "Name or code: QN06913M, COM69259, EPCI200046977, DEP69, REG84, FR": (
        "Nom ou code (QN06913M, COM69259, EPCI200046977, DEP69, REG84, FR)"
    ),
    "A form of innovation": "Une forme d'innovation",
    "An infrastructure topic of the smart city": (
        "Un sujet d'infrastructure de la ville intelligente"
    ),
    "The world it comes from: neighbourhoods or smart city": (
        "Le monde d'où elle vient, quartiers ou ville intelligente"
    ),
    "Who carries it": "Qui la porte",
    "The kind of relay place": "Le type de lieu relais",
    "In or for a priority neighbourhood, or not": (
        "Dans un quartier prioritaire ou pour lui (true), ou non (false)"
    ),
    "Year of the beginning": "Année du début",
    "Words; the thesaurus leads to their equivalents": (
        "Des mots, dont le glossaire suit les équivalents"
    ),
    "certain: digital; doute: cannot say; tous: both": (
        "certain (numérique), doute (la méthode ne peut pas dire) ou tous (les deux)"
    ),
    "What the record describes": "Ce que décrit la fiche",
    "How many at most": "Combien au plus",
    "From `next` of the page before": "Pris dans l'adresse next de la page précédente",
    "The kind of territory": "Le niveau de territoire",
    "The territory that holds them": "Le territoire qui les contient",
    "Part of the name": "Une partie du nom",
    "Part of a label": "Une partie du mot",
    "One of /indicators; all without it": "Un de ceux que donne /indicators, sinon tous",
    "Words of either world": "Des mots de l'un ou l'autre monde",
    "Follow the thesaurus, or words alone": "Suivre le glossaire (true), ou les mots seuls (false)",
    "A commune or a QPV": "Une commune ou un quartier prioritaire (QPV)",
    "Degrees (WGS84)": "En degrés (WGS84)",
    "A text that may name the place": "Un texte qui nomme peut-être le lieu",
    "Its name": "Son nom",
    "The INSEE code of the commune": "Le code INSEE de la commune",
    "Five digits": "Cinq chiffres",
    "Number and street": "Le numéro et la rue",
    "The name in use, as one says it": "Le nom d'usage, comme on le dit",
    "The code of the quarter, if known": "Le code du quartier prioritaire, s'il est connu",
    "A place with walls, or an action": "Un lieu qui a une adresse, ou une action",
    # what a value may be
    "whole number": "entier",
    "true or false": "true ou false",
}
