"""The notion of the glossary that a search names, with its words in the other world.

**Reads** the thesaurus. **Writes** nothing.
**Method** The whole search must be one of a notion's labels, plurals aside; a notion's own name wins over
the synonym of another. **Limits** A search that says more than a notion has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from quartiers import thesaurus
from quartiers.text import stem, words
from quartiers.thesaurus import Concept

#: Words of the other world that are shown.
MOST = 4


@dataclass(frozen=True, slots=True)
class Notion:
    """A notion, its world (``quartiers``, ``ville-intelligente`` or empty when both say it)."""

    concept: Concept
    world: str
    others: list[Concept]


def notion_named(search: str) -> Notion | None:
    """The notion whose label a search is; None for any other search."""
    known = thesaurus.load()
    slug = labels().get(key(search))
    if slug is None:
        return None
    concept = known.concepts[slug]
    others = [known.concepts[other] for _relation, other in known.across(slug)]
    world = concept.schemes[0] if len(concept.schemes) == 1 else ""
    return Notion(concept, world, others[:MOST])


@cache
def labels() -> dict[str, str]:
    """Label → notion; names first, then synonyms."""
    found: dict[str, str] = {}
    for concept in thesaurus.load().concepts.values():
        found.setdefault(key(concept.pref), concept.slug)
    for concept in thesaurus.load().concepts.values():
        for label in (
            concept.pref_en,
            *concept.alt,
            *concept.alt_en,
            *concept.asked,
            *concept.hidden,
        ):
            found.setdefault(key(label), concept.slug)
    found.pop("", None)
    return found


def key(label: str) -> str:
    """A label without case, accents and plurals."""
    return " ".join(stem(word) for word in words(label))
