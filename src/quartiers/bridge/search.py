"""Search in the words of both worlds.

**Reads** an edition's SQLite file. **Writes** nothing.
**Method** A query is cut into aspects (``expansion.py``). For each: BM25 over the stems of its words and,
for less, of their families; and the concepts that they lead to (path weight × rarity × weight of the
words in the entry), the best in full and the others in part. An aspect that asks only for what nearly
every entry has («numérique», «internet») counts for little beside others, and answering two aspects is
worth more than answering one very well. The first results then speak for the
query: entries that share their rarest concepts and words are lifted, and a little those of their
themes. Each result tells the path: query word → concept → relation → words found.
**Limits** The mix is set on the queries of ``evaluation/``; see there for what it is worth, and on which
it was set. What the first results have in common may drift from a query that found nothing good.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from quartiers import thesaurus
from quartiers.bridge.aspects import Aspect, shares_of
from quartiers.bridge.entries import DIGITAL, WORLDS
from quartiers.bridge.expansion import read_query
from quartiers.bridge.index import COMMON, rarity, word_rarity
from quartiers.bridge.judgements import RISES, SINKS, verdicts
from quartiers.bridge.stored import Entry, Index, Notion, Posting
from quartiers.bridge.words import family
from quartiers.shapes import THEMES
from quartiers.text import fold, spelt, stem, words

#: What a word of the same family weighs beside the word itself.
FAMILY = 0.3
#: What concepts weigh beside words; what the concepts after the best one weigh beside it.
CONCEPTS, OTHERS = 3.0, 0.2
#: How many first results speak for the query, and how much likeness to them adds at most.
FIRST, LIKENESS = 10, 0.8
#: How many of their concepts and words are looked for.
FIRST_CONCEPTS, FIRST_WORDS = 30, 60
#: How many first results tell the query's themes, and how much a theme adds at most.
THEME_FIRST, THEME = 15, 0.3
#: What an entry keeps when its experts judged it not digital.
NOT_DIGITAL = 0.95
#: Entries of a lot, when the first ones are looked for.
LOT = 64


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
    # An entry that answers two aspects passes one that answers a single aspect very well: roots are added.
    part = np.zeros_like(scores)
    for aspect, share in zip(aspects, shares_of(aspects), strict=True):
        part.fill(0)
        add_aspect(index, part, aspect, bridges=bridges)
        np.sqrt(part, out=part)
        part *= np.float32(share**0.5)
        scores += part
    np.square(scores, out=scores)
    lifted: list[str] = []
    if bridges and scores.any():
        lifted = lift(index, scores)
    analogue = index.array("digital") == DIGITAL["non-numerique"]
    np.multiply(scores, np.float32(NOT_DIGITAL), out=scores, where=analogue)
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


def add_aspect(index: Index, scores: Any, aspect: Aspect, *, bridges: bool) -> None:
    """Add to ``scores`` what each entry says of one aspect."""
    own = list(dict.fromkeys(map(stem, aspect.words)))
    for found in index.words(own).values():
        found.add_to(scores, word_rarity(index.total, found.held))
    if not bridges:
        return
    add_families(index, scores, aspect.words)
    found_in = index.notions(aspect.paths)
    if not found_in:
        return
    best = np.zeros(index.total + 1, np.float32)
    for slug, found in found_in.items():
        gain = found.gains(aspect.paths[slug].weight * rarity(index.total, found.held))
        np.add.at(scores, found.entries, gain * np.float32(CONCEPTS * OTHERS))
        np.maximum.at(best, found.entries, gain)
    best *= np.float32(CONCEPTS * (1 - OTHERS))
    scores += best


def add_families(index: Index, scores: Any, asked: Iterable[str]) -> None:
    """Add what the families of the asked words say, each as one word."""
    joined: dict[str, list[Posting]] = {}
    for name, _, found in index.relatives(map(family, asked)):
        joined.setdefault(name, []).append(found)
    for postings in joined.values():
        if len(postings) == 1:
            postings[0].add_to(scores, FAMILY * word_rarity(index.total, postings[0].held))
            continue
        added = np.zeros(index.total + 1, np.float32)
        for found in postings:
            found.add_to(added, 1.0)
        rare = word_rarity(index.total, int(np.count_nonzero(added)))
        # No more than a word said twice would weigh.
        scores += np.minimum(added, np.float32(2.2)) * np.float32(FAMILY * rare)


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
    slugs = {notion.slug for rows in held.values() for notion in rows}
    found = index.notions(slugs)
    lengths = np.maximum(index.array("concepts_length"), np.float32(1e-6))
    wanted: dict[str, float] = {}
    for number, share in zip(first, shares, strict=True):
        for slug, weight, *_ in held.get(number, ()):
            part = weight * rarity(index.total, found[slug].held) / lengths[number]
            wanted[slug] = wanted.get(slug, 0.0) + share * part
    return likeness(index, found, wanted, lengths, FIRST_CONCEPTS, rarity)


def word_likeness(index: Index, first: list[int], shares: Any) -> Any:
    """Each entry's part of the words that the first results share more than others do."""
    stems = {n: set(map(stem, words(e.found_by))) for n, e in index.entries(first).items()}
    counts = index.counts({word for own in stems.values() for word in own if len(word) > 2})
    telling = {w for w, count in counts.items() if 2 <= count < index.total * COMMON}
    # A word that two of the first results share is worth more than one that a single result holds.
    rough: dict[str, float] = {}
    for number, share in zip(first, shares, strict=True):
        for word in stems[number] & telling:
            rough[word] = rough.get(word, 0.0) + share * word_rarity(index.total, counts[word])
    chosen = sorted(rough, key=lambda word: (-rough[word], word))[: FIRST_WORDS * 3]
    found = index.words(chosen)
    lengths = np.maximum(index.array("words_length"), np.float32(1e-6))
    places = np.array(first)
    parts = shares / lengths[places]
    wanted = {
        word: float(parts @ listed.at(places)) * word_rarity(index.total, listed.held)
        for word, listed in found.items()
    }
    return likeness(index, found, wanted, lengths, FIRST_WORDS, word_rarity)[1]


def likeness(
    index: Index,
    found: dict[str, Posting],
    wanted: dict[str, float],
    lengths: Any,
    most: int,
    rare: Callable[[int, int], float],
) -> tuple[list[str], Any]:
    """The terms most wanted beyond their usual weight, and each entry's cosine with them."""
    beyond = {
        term: wanted[term] - listed.usual * rare(index.total, listed.held)
        for term, listed in found.items()
    }
    chosen = sorted((t for t in beyond if beyond[t] > 0), key=lambda t: (-beyond[t], t))[:most]
    part = np.zeros(index.total + 1, np.float32)
    for term in chosen:
        found[term].add_to(part, beyond[term] * rare(index.total, found[term].held))
    return chosen, part / lengths


@cache
def theme_parts() -> Any:
    """What each theme is of an entry, for each set of themes (a byte): its themes' vector, length one."""
    sets = np.arange(1 << len(THEMES), dtype=np.uint8)
    held = np.unpackbits(sets[:, None], axis=1, bitorder="little", count=len(THEMES))
    return held / np.sqrt(np.maximum(held.sum(1, keepdims=True), 1)).astype(np.float32)


def lift_themes(index: Index, scores: Any) -> None:
    """Add to entries of the themes of the first results, where something else was found."""
    bits, parts = index.array("themes"), theme_parts()
    first = ranked(scores, THEME_FIRST)
    usual = np.bincount(bits, minlength=len(parts)) @ parts / index.total
    profile = scores[first] @ parts[bits[first]] / scores[first].sum() - usual
    added = THEME * scores[first[0]] * (parts @ np.maximum(profile, 0))
    np.add(scores, added.astype(np.float32)[bits], out=scores, where=scores > 0)


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
    # The best of each of many lots: the lowest of the ``most`` first of them is a floor.
    lots = len(scores) // LOT
    floor = 0.0
    if lots >= most:
        best = scores[: lots * LOT].reshape(LOT, lots).max(axis=0)
        floor = np.partition(best, -most)[-most]
    found = np.flatnonzero(scores >= floor if floor > 0 else scores > 0)
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


def paths_to(aspects: list[Aspect], concepts: Iterable[Notion]) -> list[str]:
    """The best path of each aspect to a concept of the entry, with the words found."""
    listed = list(concepts)
    found: list[tuple[float, str]] = []
    for aspect in aspects:
        reached = [
            (path.weight * notion.weight, " → ".join(path.steps), notion.quoted)
            for notion in listed
            if (path := aspect.paths.get(notion.slug))
        ]
        for gain, steps, said in sorted(reached, reverse=True)[:2]:
            found.append((gain, f"{steps} → {said}"))
    told: dict[str, str] = {}
    for _, said in sorted(found, reverse=True):
        told.setdefault(said.partition(" : ")[2], said)  # the same concept, asked for in two ways
    return list(told.values())


def words_shared(aspects: list[Aspect], entry: Entry) -> list[str]:
    """The query's words as the entry writes them, and those of its subjects beside."""
    asked = [word for aspect in aspects for word in aspect.words]
    stems, kin = {stem(w) for w in asked}, {family(w) for w in asked}
    found: dict[str, str] = {}
    told = []
    for text, whose in ((entry.said, ""), (entry.subjects, "sujet ")):
        folded = f" {fold(text)} "
        fresh: dict[str, str] = {}
        for word in dict.fromkeys(folded.split()):
            if (stem(word) in stems or family(word) in kin) and family(word) not in found:
                start = folded.index(f" {word} ")
                fresh.setdefault(family(word), text[start : start + len(word)])
        if fresh:
            told.append(f"mots de la recherche → {whose}« {' », « '.join([*fresh.values()][:4])} »")
        found |= fresh
    return told


def shared_with_first(lifted: list[str], concepts: Iterable[Notion]) -> list[str]:
    """The concepts that the entry shares with the first results."""
    held = {notion.slug: notion.quoted for notion in concepts}
    known = thesaurus.load().concepts
    return [
        f"comme les premiers résultats : {known[slug].pref} → {held[slug]}"
        for slug in lifted
        if slug in held
    ][:2]


def definition(slug: str) -> str:
    """A concept's definition, for those who show results."""
    return thesaurus.load().concepts[slug].definition
