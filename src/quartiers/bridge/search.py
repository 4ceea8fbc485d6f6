"""Search in the words of both worlds.

**Reads** an edition's SQLite file. **Writes** nothing.
**Method** A query is cut into aspects (``expansion.py``). For each: BM25 over the stems of its words and,
for less, of their families; and the concepts that they lead to (path weight × rarity × weight of the
words in the entry), the best in full and the others in part. The first results then speak for the
query: entries that share their rarest concepts and words are lifted, and a little those of their
themes. Each result tells the path: query word → concept → relation → words found.
**Limits** The mix is set on the queries of ``evaluation/``; see there for what it is worth, and on which
it was set. What the first results have in common may drift from a query that found nothing good.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from quartiers import thesaurus
from quartiers.bridge.expansion import Aspect, read_query
from quartiers.bridge.index import COMMON, DIGITAL, WORLDS, rarity, word_rarity
from quartiers.bridge.judgements import RISES, SINKS, verdicts
from quartiers.bridge.stored import Entry, Index, Posting
from quartiers.bridge.words import family, spelt
from quartiers.shapes import THEMES
from quartiers.text import fold, stem, tokens, words

#: What a word of the same family weighs beside the word itself.
FAMILY = 0.3
#: What concepts weigh beside words; what the concepts after the best one weigh beside it.
CONCEPTS, OTHERS = 2.5, 0.3
#: How many first results speak for the query, and how much likeness to them adds at most.
FIRST, LIKENESS = 10, 0.8
#: How many of their concepts and words are looked for.
FIRST_CONCEPTS, FIRST_WORDS = 30, 60
#: How many first results tell the query's themes, and how much a theme adds at most.
THEME_FIRST, THEME = 15, 0.3
#: What an entry keeps when its experts judged it not digital.
NOT_DIGITAL = 0.95


@dataclass(slots=True)
class Hit:
    """One result: the initiative, its score, and why: paths in words, with the words found.

    ``record`` is its record in the embedded study, if any; ``entry`` is what there is to show.
    """

    id: str
    score: float
    path: list[str]
    record: str | None
    entry: Entry


def search(
    connection: sqlite3.Connection,
    query: str,
    *,
    bridges: bool = True,
    theme: str | None = None,
    territory: str | None = None,
    world: str | None = None,
    digital: bool = False,
    limit: int = 20,
) -> list[Hit]:
    """The best entries for a query, best first.

    ``territory`` is a code (INSEE, QPV, «COM69259», «EPCI200046977», «DEP69»…); ``digital`` leaves out
    the entries of the study that are not digital.
    """
    found = weigh(connection, query, bridges=bridges)
    if digital:
        found.scores[found.index.array("digital") == DIGITAL["non-numerique"]] = 0.0
    keep(found.index, found.scores, theme=theme, territory=territory, world=world)
    return tell(found, ranked(found.scores, limit))


@dataclass(slots=True)
class Weighed:
    """A query put to a whole edition: ``scores[number]`` of every entry, and what gave them."""

    index: Index
    aspects: list[Aspect]
    lifted: list[str]
    scores: Any


def weigh(connection: sqlite3.Connection, query: str, *, bridges: bool = True) -> Weighed:
    """The score of every entry for a query; 0 for those that do not answer."""
    index = Index.of(connection)
    written = index.counts(map(stem, words(spelt(query))))
    aspects = read_query(query, bridges=bridges, written=written)
    for aspect in aspects:
        aspect.words = respelt(index, aspect.words, written)
    scores = np.zeros(index.total + 1, np.float32)
    for aspect in aspects:
        scores += aspect_scores(index, aspect, bridges=bridges)
    lifted: list[str] = []
    if bridges and scores.any():
        lifted = lift(index, scores)
    scores[index.array("digital") == DIGITAL["non-numerique"]] *= NOT_DIGITAL
    answered = verdicts(connection, "search", query)
    for column in ("id", "record"):
        for number, result in index.named(column, answered):
            scores[number] *= RISES if answered[result] == "accepted" else SINKS
    return Weighed(index, aspects, lifted, scores)


def respelt(index: Index, asked: list[str], written: Collection[str]) -> list[str]:
    """The words as the edition has them: a beginning completed, a slip mended."""
    kept: list[str] = []
    for word in asked:
        base = stem(word)
        kept.append(word)
        if base in written or len(base) < 4:
            continue
        begun = index.starting(base, 4)
        kept += begun
        if not begun and len(base) > 4:
            near = process.extract(
                base, index.starting(base[:2], 3_000), scorer=OSA.distance, score_cutoff=1, limit=2
            )
            kept += [choice for choice, _, _ in near]
    return kept


def aspect_scores(index: Index, aspect: Aspect, *, bridges: bool) -> Any:
    """What each entry says of one aspect."""
    scores = np.zeros(index.total + 1, np.float32)
    own = list(dict.fromkeys(map(stem, aspect.words)))
    for found in index.words(own).values():
        scores[found.entries] += found.weights * word_rarity(index.total, found.held)
    if not bridges:
        return scores
    for kin in by_family(index, aspect.words):
        scores[kin.entries] += FAMILY * kin.weights * word_rarity(index.total, kin.held)
    best = np.zeros(index.total + 1, np.float32)
    summed = np.zeros(index.total + 1, np.float32)
    for slug, found in index.notions(aspect.paths).items():
        gain = found.weights * (aspect.paths[slug].weight * rarity(index.total, found.held))
        summed[found.entries] += gain
        best[found.entries] = np.maximum(best[found.entries], gain)
    return scores + CONCEPTS * (best + OTHERS * (summed - best))


def by_family(index: Index, asked: Iterable[str]) -> list[Posting]:
    """One posting a family of the asked words: its stems' together."""
    joined: dict[str, list[Posting]] = {}
    for name, _, found in index.relatives(map(family, asked)):
        joined.setdefault(name, []).append(found)
    return [merged(postings, index.total) for postings in joined.values()]


def merged(postings: list[Posting], total: int) -> Posting:
    """Several postings as one, weights added, no more than a word said twice would weigh."""
    if len(postings) == 1:
        return postings[0]
    added = np.zeros(total + 1, np.float32)
    for found in postings:
        added[found.entries] += found.weights
    entries = np.flatnonzero(added)
    return Posting(len(entries), entries, np.minimum(added[entries], 2.2))


def lift(index: Index, scores: Any) -> list[str]:
    """Lift what resembles the first results, and what is of their themes; the concepts shared."""
    first = ranked(scores, FIRST)
    shares = scores[first] / scores[first].sum()
    highest = scores[first[0]]
    concepts, alike = concept_likeness(index, first, shares)
    for likeness in (alike, word_likeness(index, first, shares)):
        most = likeness.max()
        if most > 0:
            scores += LIKENESS * highest / most * likeness
    lift_themes(index, scores)
    return concepts


def concept_likeness(index: Index, first: list[int], shares: Any) -> tuple[list[str], Any]:
    """Concepts that the first results share more than others do, and each entry's part of them."""
    held = index.concepts(first)
    slugs = {slug for rows in held.values() for slug, _, _ in rows}
    found = index.notions(slugs)
    lengths = np.maximum(index.array("concepts_length"), 1e-6)
    wanted: dict[str, float] = {}
    for number, share in zip(first, shares, strict=True):
        for slug, weight, _ in held.get(number, ()):
            part = weight * rarity(index.total, found[slug].held) / lengths[number]
            wanted[slug] = wanted.get(slug, 0.0) + share * part
    return likeness(index, found, wanted, lengths, FIRST_CONCEPTS, rarity)


def word_likeness(index: Index, first: list[int], shares: Any) -> Any:
    """Each entry's part of the words that the first results share more than others do."""
    stems = {n: set(map(stem, words(e.said))) for n, e in index.entries(first).items()}
    counts = index.counts({word for own in stems.values() for word in own if len(word) > 2})
    telling = {w for w, count in counts.items() if 2 <= count < index.total * COMMON}
    # A word that two of the first results share is worth more than one that a single result holds.
    rough: dict[str, float] = {}
    for number, share in zip(first, shares, strict=True):
        for word in stems[number] & telling:
            rough[word] = rough.get(word, 0.0) + share * float(
                word_rarity(index.total, counts[word])
            )
    chosen = sorted(rough, key=lambda word: (-rough[word], word))[: FIRST_WORDS * 3]
    found = index.words(chosen)
    lengths = np.maximum(index.array("words_length"), 1e-6)
    places = np.array(first)
    wanted: dict[str, float] = {}
    for word, listed in found.items():
        at = np.minimum(np.searchsorted(listed.entries, places), len(listed.entries) - 1)
        there = np.where(listed.entries[at] == places, listed.weights[at], 0.0)
        part = float((shares * there / lengths[places]).sum())
        wanted[word] = part * float(word_rarity(index.total, listed.held))
    return likeness(index, found, wanted, lengths, FIRST_WORDS, word_rarity)[1]


def likeness(
    index: Index,
    found: dict[str, Posting],
    wanted: dict[str, float],
    lengths: Any,
    most: int,
    rare: Any,
) -> tuple[list[str], Any]:
    """The terms most wanted beyond their usual weight, and each entry's cosine with them."""
    for term, listed in found.items():
        usual = (listed.weights / lengths[listed.entries]).sum() / index.total
        wanted[term] -= float(usual * rare(index.total, listed.held))
    chosen = sorted((t for t in wanted if wanted[t] > 0), key=lambda t: (-wanted[t], t))[:most]
    part = np.zeros(index.total + 1, np.float32)
    for term in chosen:
        listed = found[term]
        part[listed.entries] += listed.weights * (wanted[term] * rare(index.total, listed.held))
    return chosen, part / lengths


def lift_themes(index: Index, scores: Any) -> None:
    """Add to entries of the themes of the first results, where something else was found."""
    bits = index.array("themes")
    held = np.unpackbits(bits[:, None], axis=1, bitorder="little", count=len(THEMES))
    parts = held / np.sqrt(np.maximum(held.sum(1, keepdims=True), 1)).astype(np.float32)
    first = ranked(scores, THEME_FIRST)
    profile = scores[first] @ parts[first] / scores[first].sum() - parts.sum(0) / index.total
    scores += (scores > 0) * (THEME * scores[first[0]] * (parts @ np.maximum(profile, 0)))


def keep(
    index: Index, scores: Any, *, theme: str | None, territory: str | None, world: str | None
) -> None:
    """Leave out what the filters exclude."""
    if theme:
        scores[index.array("themes") & (1 << THEMES.index(theme)) == 0] = 0
    if world:
        scores[index.array("world") != WORLDS[world]] = 0
    if territory:
        there = np.zeros(len(scores), bool)
        there[numbers_in(index, territory)] = True
        scores[~there] = 0


def numbers_in(index: Index, territory: str) -> list[int]:
    """The entries of a territory: in its communes, or in its quarters."""
    direct = [*index.numbers("insee_code", [territory]), *index.numbers("qpv_code", [territory])]
    if direct or not territory:
        return direct
    from quartiers.territories import load  # a second at the first call: only where it is needed

    known = load()
    place = known.resolve(territory)
    code = (
        place.code.removeprefix("COM").removeprefix("EPCI").removeprefix("DEP").removeprefix("REG")
    )
    communes = [c for c in known.commune if code in (c, *known.parents(c).values())]
    quarters = known.quartiers_of(place.code)
    return [*index.numbers("insee_code", communes), *index.numbers("qpv_code", quarters)]


def ranked(scores: Any, most: int) -> list[int]:
    """Numbers of the best entries, best first, ties in their order."""
    found = np.flatnonzero(scores > 0)
    if len(found) > most * 4:
        least = np.partition(scores[found], -most)[-most]
        found = found[scores[found] >= least]
    order = np.lexsort((found, -scores[found]))[:most]
    listed: list[int] = found[order].tolist()
    return listed


def tell(found: Weighed, best: list[int]) -> list[Hit]:
    """These entries with their reasons, strongest first."""
    index, aspects, scores = found.index, found.aspects, found.scores
    entries, concepts = index.entries(best), index.concepts(best)
    hits = []
    for number in best:
        entry = entries[number]
        reasons = [*paths_to(aspects, concepts.get(number, ())), *words_shared(aspects, entry)]
        if len(reasons) < 2:
            reasons += shared_with_first(found.lifted, concepts.get(number, ()))
        hits.append(
            Hit(
                entry.id,
                round(float(scores[number]), 4),
                reasons[:4] or [LIKE_FIRST],
                entry.record,
                entry,
            )
        )
    return hits


LIKE_FIRST = "emploie les mots des premiers résultats"


def paths_to(aspects: list[Aspect], concepts: Iterable[tuple[str, float, str]]) -> list[str]:
    """The best path of each aspect to a concept of the entry, with the words found."""
    listed = list(concepts)
    found: list[tuple[float, str]] = []
    for aspect in aspects:
        reached = [
            (aspect.paths[slug].weight * weight, " → ".join(aspect.paths[slug].steps), said)
            for slug, weight, said in listed
            if slug in aspect.paths
        ]
        for gain, steps, said in sorted(reached, reverse=True)[:2]:
            found.append((gain, f"{steps} → « {said} »"))
    return list(dict.fromkeys(said for _, said in sorted(found, reverse=True)))


def words_shared(aspects: list[Aspect], entry: Entry) -> list[str]:
    """The query's words as the entry writes them."""
    asked = [word for aspect in aspects for word in aspect.words]
    stems, kin = {stem(w) for w in asked}, {family(w) for w in asked}
    text = entry.said
    found: dict[str, str] = {}
    for start, end, word in tokens(fold(text)):
        if stem(word) in stems or family(word) in kin:
            found.setdefault(family(word), text[start:end])
    return (
        [f"mots de la recherche → « {' », « '.join(list(found.values())[:4])} »"] if found else []
    )


def shared_with_first(lifted: list[str], concepts: Iterable[tuple[str, float, str]]) -> list[str]:
    """The concepts that the entry shares with the first results."""
    held = {slug: said for slug, _, said in concepts}
    known = thesaurus.load().concepts
    return [
        f"comme les premiers résultats : {known[slug].pref} → « {held[slug]} »"
        for slug in lifted
        if slug in held
    ][:2]


def definition(slug: str) -> str:
    """A concept's definition, for those who show results."""
    return thesaurus.load().concepts[slug].definition
