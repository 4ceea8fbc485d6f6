"""What the method's slugs are called on the pages, in both languages.

**Reads** nothing. **Writes** nothing.
**Method** Labels are marked for translation: French here, English in ``locale/en``. A slug that is not
listed is shown by the study's own label (``study/indicateurs.toml``), else as it is.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from quartiers.compare.cards import label
from quartiers.territories import load

THEMES = {
    "e-administration": _("E-administration"),
    "citoyennete": _("Citoyenneté et vie locale"),
    "formation": _("Formation au numérique"),
    "insertion": _("Insertion professionnelle"),
    "entrepreneuriat": _("Entrepreneuriat"),
    "logement": _("Logement"),
    "mobilite": _("Mobilité"),
    "culture": _("Art et culture"),
}
#: One sentence on what each theme covers, after the study's own division.
THEMES_COVER = {
    "e-administration": _("Démarches en ligne, accès aux droits, services publics."),
    "citoyennete": _("Participation, médias de quartier, entraide, vie associative."),
    "formation": _("Apprendre les outils numériques, s'équiper, se connecter."),
    "insertion": _("Métiers du numérique, recherche d'emploi, missions locales."),
    "entrepreneuriat": _("Coworking, création d'activité, commerces, petites entreprises."),
    "logement": _("Services des bailleurs, suivi des consommations, logement connecté."),
    "mobilite": _("Information voyageurs, transport à la demande, covoiturage, vélo."),
    "culture": _("Arts numériques, jeu vidéo, création sonore, médiathèques."),
}
INFRA = {
    "energie": _("Énergie"),
    "reseaux": _("Réseaux"),
    "donnees": _("Données"),
    "capteurs": _("Capteurs"),
    "securite": _("Sécurité"),
}
FORMS = {
    "mediation": _("Médiation numérique"),
    "frugal": _("Frugale"),
    "hybride": _("Hybride"),
    "declared": _("Se dit innovante"),
}
FORMS_COVER = {
    "mediation": _("Quelqu'un accompagne vers l'outil ou dans son usage."),
    "frugal": _("Peu de moyens : réemploi, bénévolat, logiciel libre."),
    "hybride": _("Un lieu ou une action humaine, combinés à un outil numérique."),
    "declared": _("Le texte lui-même parle d'innovation, d'intelligence, d'expérimentation."),
}
WORLDS = {"quartiers": _("Quartiers"), "ville-intelligente": _("Ville intelligente")}
STATES = {
    "dedans": _("dans le quartier"),
    "limite": _("en limite du quartier"),
    "proche": _("à proximité du quartier"),
    "hors": _("hors des quartiers prioritaires"),
    "inconnu": _("quartier inconnu"),
}
KINDS = {
    "action": _("Action"),
    "lieu": _("Lieu"),
    "service": _("Service"),
    "projet": _("Projet"),
    "organisation": _("Organisation"),
}
VERDICTS = {
    "holds": _("Le constat tient"),
    "holds-in-part": _("Il tient en partie"),
    "no-longer-holds": _("Il ne tient plus"),
    "cannot-be-said": _("On ne peut pas le dire"),
}
LEVELS = {
    "FR": _("Pays"),
    "REG": _("Région"),
    "DEP": _("Département"),
    "EPCI": _("Intercommunalité"),
    "COM": _("Commune"),
    "QPV": _("Quartier prioritaire"),
}
#: What finding none means, after ``measures.status``.
STATUSES = {
    "mesure": "",
    "petit-nombre": _("trop peu pour un pourcentage"),
    "absent": _("absent"),
    "non-observe": _("non observé"),
}
#: How a notion of one world stands to one of the other (SKOS mappings).
RELATIONS = {
    "exact": _("même chose que"),
    "close": _("proche de"),
    "narrow": _("comprend"),
    "broad": _("fait partie de"),
    "related": _("touche à"),
}
#: How a value of another list stands to one of our notions (crosswalks).
CROSSINGS = {
    "exact": _("même chose"),
    "close": _("proche"),
    "narrow": _("plus étroit"),
    "broad": _("plus large"),
    "related": _("touche à"),
}
#: How well a moment of a renewal operation suits an infrastructure.
DOORS = {
    "ideale": _("c'est le moment"),
    "possible": _("encore possible"),
    "avenant": _("possible par avenant"),
    "chere": _("possible, mais payé deux fois"),
    "fermee": _("trop tard"),
}
#: Kinds of places, in the words of the study's sheet.
PLACES = {
    "association": _("Local associatif"),
    "caisse-sociale": _("Caisse sociale (CAF, CPAM, MSA)"),
    "ccas": _("CCAS"),
    "centre-social": _("Centre social"),
    "culture": _("Équipement culturel"),
    "ecole-deuxieme-chance": _("École de la deuxième chance"),
    "ecole-numerique": _("École du numérique"),
    "emploi": _("Structure d'accompagnement vers l'emploi"),
    "entreprises": _("Lieu d'appui aux entreprises"),
    "epn": _("Espace public numérique"),
    "etablissement-scolaire": _("Établissement scolaire"),
    "fablab": _("Fablab"),
    "france-services": _("Maison France services"),
    "itinerant": _("Lieu itinérant"),
    "la-poste": _("La Poste"),
    "mairie": _("Mairie"),
    "maison-de-quartier": _("Maison de quartier"),
    "maison-departementale": _("Maison du département"),
    "maison-du-projet": _("Maison du projet"),
    "mediatheque": _("Médiathèque"),
    "mission-locale": _("Mission locale"),
    "mjc": _("MJC"),
    "pimms": _("Pimms"),
    "point-d-acces-au-droit": _("Point d'accès au droit"),
    "point-information-jeunesse": _("Point information jeunesse"),
    "regie-de-quartier": _("Régie de quartier"),
    "residence": _("Résidence"),
    "ressourcerie": _("Ressourcerie"),
    "tiers-lieu": _("Tiers-lieu"),
    "un-relais": _("Un lieu relais, quel qu'il soit"),
}
#: Kinds of lead organisations, by the name the study's sheet gives them.
CARRIERS = {
    "Association": _("Association"),
    "Bailleur": _("Bailleur"),
    "Collectivité": _("Collectivité"),
    "Entreprise": _("Entreprise"),
    "Autre": _("Autre"),
    "Économie sociale et coopérative": _("Économie sociale et coopérative"),
    "État et établissements publics": _("État et établissements publics"),
}
DIMENSIONS = {"theme": THEMES, "infra": INFRA, "form": FORMS, "world": WORLDS, "kind": KINDS}
DIMENSIONS |= {"state": STATES, "verdict": VERDICTS, "cover": THEMES_COVER}
DIMENSIONS |= {"form-cover": FORMS_COVER, "level": LEVELS, "status": STATUSES, "door": DOORS}
DIMENSIONS |= {"place": PLACES, "carrier": CARRIERS}
DIMENSIONS |= {"relation": RELATIONS, "crossing": CROSSINGS}


def town_of(row: Any) -> str | None:
    """The commune of an initiative by its official name; as its source spells it without a code."""
    known = load().commune.get(row["insee_code"] or "")
    said: str | None = row["commune"]
    return known.nom if known else said


def name_of(dimension: str, slug: str | None) -> str:
    """The label of a slug: ``name_of("theme", "logement")`` is «Logement»."""
    if not slug:
        return ""
    known = DIMENSIONS.get(dimension, {}).get(slug)
    return str(known) if known is not None else label(dimension, slug)
