"""Whom to meet: partners in the other world, with reasons that quote both sides.

**Reads** an edition's SQLite file. **Writes** nothing.
**Method** From the concepts of an initiative (or of a project described in a few lines), the thesaurus
leads to those of the other world. A candidate is scored by the concepts reached (weight × rarity,
relative to all that it says), by the words both use (cosine of rarity-weighted stems), by a shared
theme, by nearness. Partners are then chosen one at a time: whoever has the carrier of one already
chosen, or says nearly the same, counts for less. Only candidates with a reason that quotes both sides
are kept. Propositions already refused by people (``judgements.py``) are left out; accepted ones lift.
**Limits** Proposes meetings worth having; it knows nothing of people's wishes or time. Weights are set
on the development projects (``evaluation/``).
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from quartiers import thesaurus
from quartiers.bridge.entries import DIGITAL
from quartiers.bridge.expansion import STEPS, neighbours
from quartiers.bridge.index import COMMON, concepts_of, rarity, word_rarity
from quartiers.bridge.judgements import RISES, verdicts
from quartiers.bridge.search import Hit, ranked
from quartiers.bridge.stored import Entry, Index, Notion, Posting
from quartiers.bridge.wording import THEMES_SAID, place_said, step_said
from quartiers.errors import InputError
from quartiers.lexicon import STOP
from quartiers.shapes import THEMES
from quartiers.text import fold, spelt, stem, tokens, words

OTHER = {"ville-intelligente": "quartiers", "quartiers": "ville-intelligente"}
#: How much saying many other things takes off (exponent on the length of the concepts' vector).
FOCUS = 0.75
#: A technique says how, not what for: what its concept keeps.
TECHNIQUES, TECHNIQUE = "14-techniques", 0.4
#: What the likeness of words weighs beside concepts.
WORDS = 12.0
SAME_MAIN_THEME, SHARED_THEME = 0.8, 0.6
#: What the same commune multiplies a score by.
SAME_COMMUNE = 1.75
#: What a candidate keeps for each already chosen one with the same carrier; and of its likeness to one.
REPEATED, ALIKE = 0.5, 0.5
CANDIDATES = 60
#: A word in common is told when it is so long and is no date or pronoun; alone, so many make a reason.
LONG_WORD, ENOUGH = 4, 2
UNTELLING = frozenset(
    "janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre elle elles leur "
    "leurs nous vous dont plus tous toute toutes chaque autre depuis pendant entre avant apres deux trois "
    "quatre production remplace ville urbain urbaine public publique annee ans jour moin premier "
    "premiere nouveau nouvelle service projet quartier habitant numerique".split()
)
#: What each side of a meeting usually brings, when its own record does not say.
BRINGS = {
    "ville-intelligente": "une technique, des données ou des moyens",
    "quartiers": "un public, un lieu et une médiation",
}


@dataclass(slots=True)
class Own:
    """The side that looks for partners: what it says, and the concepts in it with its words."""

    said: str
    concepts: dict[str, tuple[float, str]]
    world: str | None = None
    themes: Sequence[str] = ()
    insee_code: str | None = None
    number: int = 0
    entry: Entry | None = None


@dataclass(slots=True)
class Candidate:
    """A possible partner: its score, its vector of words, and why: reasons told, rarest words shared
    and what they count for. ``nearest``: its likeness to the nearest of those already chosen."""

    entry: Entry
    score: float
    vector: Mapping[str, float]
    reasons: list[tuple[float, str]] = field(default_factory=list)
    shared: Sequence[str] = ()
    shared_gain: float = 0.0
    nearest: float = 0.0


def match(connection: sqlite3.Connection, identifier: str, limit: int = 6) -> list[Hit]:
    """The best partners of an initiative (its id, a record's, the study's bare one). InputError if unknown."""
    index = Index.of(connection)
    found = (
        index.numbers("id", [identifier])
        or index.numbers("record", [identifier])
        or index.numbers("record", [f"benchmark:{identifier}"])
    )
    if not found:
        raise InputError(f"«{identifier}» is not in this edition: `quartiers search` finds ids.")
    entry = index.entries(found[:1])[found[0]]
    notions = index.concepts(found[:1]).get(entry.number, ())
    concepts = {notion.slug: (notion.weight, notion.quoted) for notion in notions}
    own = Own(
        entry.said, concepts, entry.world, entry.themes, entry.insee_code, entry.number, entry
    )
    return partners(index, own, limit)


def match_text(
    connection: sqlite3.Connection,
    text: str,
    *,
    world: str = "ville-intelligente",
    limit: int = 6,
) -> list[Hit]:
    """The best partners of a project described in a few lines; ``world`` is the project's own."""
    title, _, rest = text.partition("\n")
    concepts = {
        slug: (weight, f"« {said} »")
        for slug, (weight, said) in concepts_of((title, "", rest, "")).items()
    }
    own = Own(text, concepts, world)
    return partners(Index.of(connection), own, limit)


def partners(index: Index, own: Own, limit: int) -> list[Hit]:
    """Score everyone of the other world at once, then choose among the best."""
    reached = walk(own.concepts)
    notions = index.notions(reached)
    stems = own_stems(own.said)
    said = {w: f for w, f in index.words(stems).items() if 2 <= f.held < index.total * COMMON}
    by_concepts, by_words = scores_by(index, reached, notions, stems, said)
    scores = by_concepts + WORDS * by_words
    scores += theme_scores(index, own.themes) * (scores > 0)
    if own.insee_code:
        scores[index.numbers("insee_code", [own.insee_code])] *= SAME_COMMUNE
    scores[~index.of_world(OTHER.get(own.world or "", "quartiers"))] = 0
    scores[index.array("digital") == DIGITAL["non-numerique"]] = 0
    scores[own.number] = 0
    if own.entry:
        answered = verdicts(index.connection, "match", own.entry.id, own.entry.record)
        for column in ("id", "record"):
            for number, result in index.named(column, answered):
                scores[number] *= RISES if answered[result] == "accepted" else 0
    best = ranked(scores, CANDIDATES)
    entries, concepts = index.entries(best), index.concepts(best)
    candidates = []
    for number in best:
        entry = entries[number]
        candidate = Candidate(entry, float(scores[number]), word_vector(entry))
        tell_concepts(candidate, reached, notions, concepts.get(number, ()), index.total)
        find_words(candidate, stems, said, index.total)
        if candidate.reasons or candidate.shared:
            candidates.append(candidate)
    return choose(own, candidates, limit)


def walk(concepts: dict[str, tuple[float, str]]) -> dict[str, tuple[float, str]]:
    """Concept → (weight, the words and relation that lead to it) from one's own concepts, one step."""
    known = thesaurus.load().concepts
    own = {
        s: (w * (TECHNIQUE if known[s].chapter == TECHNIQUES else 1.0), said)
        for s, (w, said) in concepts.items()
    }
    reached = {s: (w, f"{said} ({known[s].pref})") for s, (w, said) in own.items()}
    for slug, (weight, said) in own.items():
        for relation, target in neighbours(slug):
            step = weight * STEPS[relation]
            if step > reached.get(target, (0.0, ""))[0]:
                how = f"{said} ({known[slug].pref}) {step_said(relation, target)}"
                reached[target] = (step, how)
    return reached


def own_stems(said: str) -> dict[str, float]:
    """Stem → how much it is said, softened."""
    counted = Counter(stem(w) for w in words(spelt(said)) if w not in STOP and len(w) > 2)
    return {word: 1 + float(np.log(times)) for word, times in counted.items()}


def scores_by(
    index: Index,
    reached: dict[str, tuple[float, str]],
    notions: dict[str, Posting],
    stems: dict[str, float],
    said: dict[str, Posting],
) -> tuple[Any, Any]:
    """Each entry by the concepts reached (for what it says in all), and by the words shared (cosine)."""
    by_concepts = np.zeros(index.total + 1, np.float32)
    for slug, found in notions.items():
        found.add_to(by_concepts, reached[slug][0] * rarity(index.total, found.held))
    by_concepts /= (1 + index.array("concepts_length")) ** FOCUS
    by_words = np.zeros(index.total + 1, np.float32)
    squares = 0.0
    for word, found in said.items():
        rare = word_rarity(index.total, found.held)
        squares += (stems[word] * rare) ** 2
        found.add_to(by_words, stems[word] * rare * rare)
    by_words /= np.maximum(index.array("words_length"), 1e-6) * max(squares**0.5, 1e-6)
    return by_concepts, by_words


def theme_scores(index: Index, themes: Sequence[str]) -> Any:
    """What a shared theme adds, the main one more."""
    bits = index.array("themes")
    added = np.zeros(index.total + 1, np.float32)
    if themes:
        shared = sum(1 << THEMES.index(theme) for theme in set(themes))
        added[(bits & shared) > 0] = SHARED_THEME
        added[(bits & (1 << THEMES.index(themes[0]))) > 0] = SAME_MAIN_THEME
    return added


@lru_cache(maxsize=1024)  # the same few projects are candidates for all
def word_vector(entry: Entry) -> Mapping[str, float]:
    """How much an entry says each long word, of length one: what makes two of them alike."""
    counted = Counter(stem(w) for w in words(spelt(entry.said)) if w not in STOP and len(w) > 3)
    length = sum(v * v for v in counted.values()) ** 0.5 or 1.0
    return {word: times / length for word, times in counted.items()}


def tell_concepts(
    candidate: Candidate,
    reached: dict[str, tuple[float, str]],
    notions: dict[str, Posting],
    concepts: Iterable[Notion],
    total: int,
) -> None:
    """The concepts that lead from one side's words to the other's."""
    for notion in concepts:
        slug = notion.slug
        if slug in reached:
            gain = reached[slug][0] * notion.weight * rarity(total, notions[slug].held)
            candidate.reasons.append((gain, f"{reached[slug][1]} ↔ {notion.quoted}"))


def find_words(
    candidate: Candidate, stems: dict[str, float], said: dict[str, Posting], total: int
) -> None:
    """The rarest words that both sides use."""
    shared = sorted(
        (
            w
            for w in candidate.vector.keys() & stems.keys()
            if w in said and len(w) >= LONG_WORD and w not in UNTELLING
        ),
        key=lambda w: (said[w].held, w),
    )
    if shared and (candidate.reasons or len(shared) >= ENOUGH):
        candidate.shared = shared[:2]
        candidate.shared_gain = word_rarity(total, said[shared[0]].held) / 2


def reasons_of(own: Own, candidate: Candidate) -> list[str]:
    """A candidate's reasons, strongest first, the words shared as each side writes them."""
    reasons = list(candidate.reasons)
    if candidate.shared:
        pairs = ", ".join(
            f"« {as_written(own.said, w)} » / « {as_written(candidate.entry.said, w)} »"
            for w in candidate.shared
        )
        reasons.append((candidate.shared_gain, f"mots communs : {pairs}"))
    return [said for _, said in sorted(reasons, key=lambda r: -r[0])]


def as_written(text: str, wanted: str) -> str:
    """The first word of a text whose stem is ``wanted``."""
    for start, end, word in tokens(fold(spelt(text))):
        if stem(word) == wanted:
            return spelt(text)[start:end]
    return wanted


def choose(own: Own, candidates: list[Candidate], limit: int) -> list[Hit]:
    """One at a time, the best of what is left once those who repeat have lost some."""
    hits: list[Hit] = []
    carriers: Counter[str] = Counter()
    left = list(candidates)
    while left and len(hits) < limit:
        best = max(left, key=lambda c: (worth(c, carriers), -c.entry.number))
        left.remove(best)
        for other in left:
            other.nearest = max(other.nearest, cosine(best.vector, other.vector))
        carriers[best.entry.carrier or best.entry.id] += 1
        told = reasons_of(own, best)[:3]
        path = [*told, *nearness(own, best.entry), *exchange(own, best.entry)]
        hits.append(Hit(best.entry.id, round(best.score, 4), path, best.entry.record, best.entry))
    return hits


def worth(candidate: Candidate, carriers: Counter[str]) -> float:
    """A candidate's score beside those already chosen."""
    kept = REPEATED ** carriers[candidate.entry.carrier or candidate.entry.id]
    return candidate.score * kept * (1 - ALIKE * candidate.nearest**2)


def cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """Cosine of two vectors of length one."""
    return sum(a[word] * b[word] for word in a.keys() & b.keys())


def nearness(own: Own, other: Entry) -> list[str]:
    """What both share beside words: a theme, a commune."""
    shared = [theme for theme in own.themes if theme in other.themes]
    told = [f"même thème : {', '.join(THEMES_SAID[t] for t in shared)}"] if shared else []
    if own.insee_code and own.insee_code == other.insee_code:
        told.append(f"dans la même commune : {other.commune or other.insee_code}")
    return told


def exchange(own: Own, other: Entry) -> list[str]:
    """What each side brings: its techniques and places as its record says, or what its world has."""
    if own.world not in BRINGS or other.world not in BRINGS:
        return []
    mine = offered(own.entry) if own.entry else ""
    return [
        f"le projet apporte {mine or BRINGS[own.world]} ; "
        f"le partenaire, {offered(other) or BRINGS[other.world]}"
    ]


def offered(entry: Entry) -> str:
    """What an entry has to offer: its techniques as written, its places by their names."""
    said = (place_said(one) if one in entry.places else one for one in entry.brings)
    return ", ".join(dict.fromkeys(said))
