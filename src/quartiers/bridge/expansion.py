"""From a query's words to the concepts of both worlds, with the path taken.

**Reads** the thesaurus. **Writes** nothing.
**Method** The lexicon finds the concepts that the query names; words that it does not know are looked
for among the labels (one slip allowed, then beginnings). From each, steps are taken along the
mappings and the hierarchy; each step multiplies the weight by the relation's own, and the best path
to a concept is kept.
**Limits** Two steps at most: beyond, everything is related to everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from quartiers import lexicon, thesaurus
from quartiers.text import fold, stem, tokens

#: What is left of a query's meaning after one step along a relation.
STEPS = {
    "exact": 0.95,
    "close": 0.85,
    "narrow": 0.8,
    "narrower": 0.8,
    "broad": 0.5,
    "broader": 0.45,
    "related": 0.5,
}
MAX_STEPS = 2
SAID = {
    "exact": "équivaut à",
    "close": "est proche de",
    "narrow": "comprend",
    "narrower": "comprend",
    "broad": "fait partie de",
    "broader": "fait partie de",
    "related": "touche à",
}


@dataclass(frozen=True, slots=True)
class Path:
    """How a concept was reached: its weight, and the steps in words."""

    slug: str
    weight: float
    steps: tuple[str, ...]


@cache
def label_index() -> dict[str, list[str]]:
    """Stem of a label's word → concepts whose preferred or accepted labels hold it."""
    index: dict[str, list[str]] = {}
    for concept in thesaurus.load().concepts.values():
        for label in (concept.pref, *concept.alt, concept.pref_en):
            for _, _, word in tokens(fold(label)):
                slugs = index.setdefault(stem(word), [])
                if len(word) > 3 and concept.slug not in slugs:
                    slugs.append(concept.slug)
    return {word: slugs for word, slugs in index.items() if slugs}


def query_concepts(query: str) -> dict[str, Path]:
    """Concepts that the query's own words name, exactly or nearly."""
    found = tokens(fold(query))
    words = [word for _, _, word in found]
    paths: dict[str, Path] = {}
    covered: set[int] = set()
    for hit in lexicon.load().find(words):
        if hit.entry.strength == "faux":
            continue
        said = query[found[hit.first][0] : found[hit.last - 1][1]]
        pref = thesaurus.load().concepts[hit.entry.slug].pref
        paths[hit.entry.slug] = Path(hit.entry.slug, 1.0, (f"« {said} » : {pref}",))
        covered.update(range(hit.first, hit.last))
    for slug, concept in thesaurus.load().concepts.items():
        for label in (concept.pref_en, *concept.alt_en):
            english = " ".join(word for _, _, word in tokens(fold(label)))
            if english and f" {english} " in f" {' '.join(words)} " and slug not in paths:
                step = f"« {label} » (anglais) : {concept.pref}"
                paths[slug] = Path(slug, 1.0, (step,))
    left = [i for i in range(len(words)) if i not in covered and len(words[i]) > 3]
    for position in left:
        for slug, weight, note in near_labels(words[position]):
            pref = thesaurus.load().concepts[slug].pref
            path = Path(slug, weight, (f"« {words[position]} » {note} {pref}",))
            if weight > paths.get(slug, Path(slug, 0.0, ())).weight:
                paths[slug] = path
    return paths


def near_labels(word: str) -> list[tuple[str, float, str]]:
    """Concepts one of whose labels holds the word: whole, misspelt by one slip, or begun."""
    index = label_index()
    base = stem(word)
    if base in index:
        share = 0.5 if len(index[base]) <= 4 else 0.25
        return [(slug, share, "est dans le nom de :") for slug in index[base][:8]]
    if len(base) >= 5:
        near = process.extractOne(base, list(index), scorer=OSA.distance, score_cutoff=1)
        if near:
            return [(slug, 0.45, f"(lu « {near[0]} ») :") for slug in index[near[0]][:4]]
        begun = [key for key in index if key.startswith(base)]
        if len(begun) <= 3:
            return [(s, 0.4, "commence :") for key in begun for s in index[key][:3]]
    return []


def expand(query: str, *, bridges: bool = True) -> dict[str, Path]:
    """Every concept worth looking for, by slug; without ``bridges`` only those of the query."""
    best = query_concepts(query)
    if not bridges:
        return best
    reached = dict(best)
    front = dict(best)
    for _ in range(MAX_STEPS):
        following: dict[str, Path] = {}
        for path in front.values():
            for relation, target in neighbours(path.slug):
                weight = path.weight * STEPS[relation]
                if weight > max(
                    reached.get(target, path).weight if target in reached else 0.0, 0.15
                ):
                    pref = thesaurus.load().concepts[target].pref
                    step = f"{SAID[relation]} {pref}"
                    reached[target] = following[target] = Path(target, weight, (*path.steps, step))
        front = following
    return reached


@cache
def neighbours(slug: str) -> tuple[tuple[str, str], ...]:
    """(relation, slug) one step away, in both worlds."""
    concept = thesaurus.load().concepts[slug]
    steps = [(relation, t) for relation, ts in concept.mappings.items() for t in ts]
    steps += [("broader", t) for t in concept.broader]
    steps += [("narrower", t) for t in concept.narrower]
    steps += [("related", t) for t in concept.related]
    return tuple(steps)
