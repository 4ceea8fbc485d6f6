"""Terms found in a text: boundaries, articles, plurals, false friends, negation, slips."""

from __future__ import annotations

import pytest

from quartiers import lexicon
from quartiers.text import readable, words


def heard(text: str) -> set[str]:
    """The concepts that a text names for good."""
    clean, _ = readable(text)
    hits = lexicon.load().find(words(clean), clean)
    return {h.entry.slug for h in hits if not h.negated and h.entry.strength != "faux"}


def announced(text: str) -> bool:
    """Does a decisive concept stand in the text?"""
    clean, _ = readable(text)
    hits = lexicon.load().find(words(clean), clean)
    return any(h.entry.strength == "decisive" and not h.negated for h in hits)


@pytest.mark.parametrize(
    "text",
    [
        "Atelier informatique",
        "ATELIERS INFORMATIQUES",
        "ateliers d'informatique",
        "cours de Word pour adultes",
        "EPN du centre social",
        "impression 3D",
        "Web radio des jeunes",
        "WEBRADIO",
        "tournoi d'e-sport",
        "Scratch pour les enfants",
        "vidéoprotection",
        "vidéo-protection",
        "Espace numérioque mobile",
        "initiation à l'infomatique",
        "démarches en ligne",
        "aide à la démarche en ligne",
        "visioconférence",
        "conseillère numérique",
        "CNFS en mairie",
    ],
)
def test_digital_words_are_heard_however_they_are_written(text: str) -> None:
    assert announced(text)


@pytest.mark.parametrize(
    "text",
    [
        "Réseau d'eaux pluviales",
        "Plateforme linguistique",
        "Code de la route",
        "Appareil photo numérique en prêt",
        "Programmation culturelle",
        "Café sans internet",
        "Écrivain public : courriers",
        "Développer le réseau cyclable",
        "Contact : accueil@internet.fr",
        "Un tic nerveux",
        "Gens du voyage",
        "Capteurs solaires",
        "Ludothèque et jardin",
        "E. Solidarité, aide alimentaire",
        "Les jeunes apprennent à tenir les caméras de télévision",
        "Achat de caméras pour l'atelier télévision",
    ],
)
def test_false_friends_negations_and_near_words_are_left_alone(text: str) -> None:
    assert not announced(text)


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("Médiathèque de Cosne-Cours-sur-Loire", "apprendre"),
        ("Travaux en cours au bord du cours d'eau", "apprendre"),
        ("Cour de récréation", "apprendre"),
        ("Local accessible aux personnes à mobilité réduite", "mobilite"),
        ("Maison de quartier, place de la gare", "mobilite"),
        ("Accueil dans le hall de la mairie", "logement"),
    ],
)
def test_a_word_of_context_that_means_something_else_is_not_heard(text: str, cue: str) -> None:
    assert cue not in {c.slug for c in lexicon.load().find_cues(words(text))}


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("Cours d'informatique à Cosne-Cours-sur-Loire", "apprendre"),
        ("Aide à la mobilité des jeunes", "mobilite"),
        ("Écran d'information dans le hall d'immeuble", "logement"),
    ],
)
def test_the_same_word_of_context_is_heard_elsewhere(text: str, cue: str) -> None:
    assert cue in {c.slug for c in lexicon.load().find_cues(words(text))}


def test_a_longer_term_takes_its_words() -> None:
    hits = lexicon.load().find(words("plateforme en ligne d'entraide"))
    assert hits[0].last - hits[0].first >= 3


def test_a_term_is_not_found_inside_a_word() -> None:
    assert not heard("Subinternet fibreux wifilles")


def test_memory_of_words_is_bounded() -> None:
    first = lexicon.load().first
    before = lexicon.REMEMBERED
    assert before < 1_000_000
    for i in range(2_000):
        first[f"zz{i}q"]
    assert len(first) <= before + 1


def test_every_cue_names_at_least_three_words() -> None:
    known = lexicon.load()
    said: dict[str, int] = dict.fromkeys(known.cues, 0)
    for branch in known.first_cues.terms.values():
        listed = [branch.alone, *(told for terms in branch.longer.values() for _, told in terms)]
        for slug in (slug for told in listed for slug in told if slug):
            said[slug] += 1
    assert min(said.values()) >= 3
