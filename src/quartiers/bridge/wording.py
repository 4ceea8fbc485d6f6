"""How a path and a meeting are said in French.

**Reads** the thesaurus's labels. **Writes** nothing.
**Method** A relation is a verb, with «d'» before a vowel; a slug is told by its name.
**Limits** Gender is not known: labels are told without their article.
"""

from __future__ import annotations

from functools import cache

from quartiers import thesaurus
from quartiers.text import fold

SAID = {
    **{"exact": "équivaut à", "close": "est proche de", "related": "est voisin de"},
    **{"narrow": "comprend", "narrower": "comprend"},
    **{"broad": "fait partie de", "broader": "fait partie de"},
}
THEMES_SAID = {
    "e-administration": "services publics et accès aux droits",
    "citoyennete": "citoyenneté et vie locale",
    "formation": "outils numériques et formation",
    "insertion": "insertion professionnelle",
    "entrepreneuriat": "développement économique",
    "logement": "logement",
    "mobilite": "mobilité",
    "culture": "art et culture",
}
#: Types of place that no concept names, or names less plainly.
PLACES = {
    **{"residence": "résidence", "centre-social": "centre social", "tiers-lieu": "tiers-lieu"},
    **{"etablissement-scolaire": "établissement scolaire", "ecole-numerique": "école du numérique"},
}


def step_said(relation: str, slug: str) -> str:
    """One step of a path: «fait partie d'inclusion numérique»."""
    label, verb = thesaurus.load().concepts[slug].pref, SAID[relation]
    if verb.endswith(" de") and fold(label)[:1] in "aeiou":
        return f"{verb[:-1]}'{label}"
    return f"{verb} {label}"


@cache
def place_said(slug: str) -> str:
    """A type of relay place by its name."""
    named = {c.place_type: c.pref for c in thesaurus.load().concepts.values() if c.place_type}
    return PLACES.get(slug) or named.get(slug) or slug.replace("-", " ")
