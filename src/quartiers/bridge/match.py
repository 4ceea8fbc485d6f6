"""Whom to meet: partners in the other world, with reasons that quote both sides.

**Reads** an edition's SQLite file. **Writes** nothing.
**Method** From the concepts of one initiative, one step along the thesaurus leads to those of the other
world. A candidate is scored by the concepts reached (weight × rarity, relative to all that it says),
by the words both use (cosine of TF-IDF over stems), by a shared theme, by nearness. Then partners are
chosen one at a time: a carrier already chosen counts for less. Only candidates with a reason that
quotes both sides are kept.
**Limits** Proposes meetings worth having; it knows nothing of people's wishes or time. Weights are set
on the development projects (``evaluation/``).
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import lru_cache

from quartiers import thesaurus
from quartiers.bridge.expansion import SAID, STEPS, neighbours
from quartiers.bridge.index import rarity, stemmed
from quartiers.bridge.search import EMPTY, Hit
from quartiers.errors import InputError
from quartiers.text import fold, stem, tokens

OTHER = {"ville-intelligente": "quartiers", "quartiers": "ville-intelligente"}
#: How much saying many other things takes off (exponent on the summed rarity of the concepts).
FOCUS = 0.7
WORDS = 12.0
SAME_MAIN_THEME, SHARED_THEME = 0.8, 0.6
SAME_COMMUNE = 1.75
#: What a candidate keeps for each already chosen one with the same carrier.
REPEATED = 0.5
CANDIDATES = 300
#: Stems that may weigh in a likeness (rare here) but tell a reader nothing.
SILENT = frozenset(stem(word) for word in (*EMPTY, "elle", "elles", "ils", "nous", "vous", "plus"))
#: Words of the initiative looked for as such.
QUERY_WORDS = 24
#: What each side of a meeting usually brings.
BRINGS = {
    "ville-intelligente": "une technique, des données ou des moyens",
    "quartiers": "un public, un lieu et une médiation",
}


@dataclass(slots=True)
class Entry:
    """An entry as matching sees it."""

    number: int
    id: str
    world: str | None
    themes: list[str]
    insee_code: str | None
    record: str | None
    carrier: str | None
    commune: str | None
    text: str
    words: str
    score: float = 0.0
    shared: float = 0.0
    reasons: list[tuple[float, str]] = field(default_factory=list)


def match(connection: sqlite3.Connection, identifier: str, limit: int = 6) -> list[Hit]:
    """The best partners of an initiative (its id or its ``benchmark:`` record). InputError if unknown."""
    found = connection.execute(
        "SELECT number FROM search_entries WHERE id = ? OR benchmark = ?", (identifier, identifier)
    ).fetchone()
    if found is None:
        raise InputError(f"«{identifier}» is not in this edition: `quartiers search` finds ids.")
    own = read_entry(connection, found[0])
    wanted = OTHER.get(own.world or "", "quartiers")
    total = connection.execute("SELECT max(number) FROM search_entries").fetchone()[0]
    scores, reasons = score_concepts(connection, own.number, wanted, total)
    best = sorted(scores, key=lambda n: (-scores[n], n))[:CANDIDATES]
    best += [n for n in alike_in_words(connection, own, wanted, total) if n not in set(best)]
    candidates = [read_entry(connection, number) for number in best]
    weights = word_weights(connection, [own, *candidates], total)
    for entry in candidates:
        entry.shared = WORDS * cosine(weights[own.number], weights[entry.number])
        entry.score = scores[entry.number] + entry.shared
        entry.reasons = reasons[entry.number]
        weigh_context(own, entry)
    return choose(own, candidates, limit, weights)


def read_entry(connection: sqlite3.Connection, number: int) -> Entry:
    """One entry with its words."""
    row = connection.execute(
        "SELECT e.number, e.id, e.world, e.themes, e.insee_code, e.benchmark, i.carrier, "
        "i.commune, i.title, i.text, i.services FROM search_entries e "
        "JOIN initiatives i ON i.id = e.id WHERE e.number = ?",
        (number,),
    ).fetchone()
    text = " ".join((row[8], row[9], *json.loads(row[10] or "[]")))
    return Entry(
        number=row[0],
        id=row[1],
        world=row[2],
        themes=json.loads(row[3]),
        insee_code=row[4],
        record=row[5],
        carrier=row[6],
        commune=row[7],
        text=text,
        words=stems_of(f"{row[8]} {text}"),
    )


@lru_cache(maxsize=4_096)
def stems_of(text: str) -> str:
    """A text as its stems; the entries of the smaller world come back at each call."""
    return stemmed(text)


def score_concepts(
    connection: sqlite3.Connection, number: int, wanted: str, total: int
) -> tuple[dict[int, float], dict[int, list[tuple[float, str]]]]:
    """Candidates of the wanted world by the concepts that the initiative reaches, with reasons."""
    rows = connection.execute(
        "SELECT slug, weight, words FROM search_concepts WHERE number = ?", (number,)
    ).fetchall()
    scores: dict[int, float] = defaultdict(float)
    reasons: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for slug, (weight, said) in walk(rows).items():
        count = connection.execute(
            "SELECT count(*) FROM search_concepts WHERE slug = ?", (slug,)
        ).fetchone()[0]
        rare = rarity(total, count)
        for other, strength, words, mass in connection.execute(
            "SELECT c.number, c.weight, c.words, e.mass FROM search_concepts c JOIN search_entries e "
            "ON e.number = c.number WHERE c.slug = ? AND e.world = ?",
            (slug, wanted),
        ):
            if other != number:
                gain = weight * strength * rare / (1 + mass) ** FOCUS
                scores[other] += gain
                reasons[other].append((gain, f"{said} ↔ « {words} »"))
    return scores, reasons


def walk(rows: list[tuple[str, float, str]]) -> dict[str, tuple[float, str]]:
    """Concept → (weight, the words and relation that lead to it) from an initiative's own concepts."""
    concepts = thesaurus.load().concepts
    reached = {
        slug: (weight, f"« {words} » ({concepts[slug].pref})") for slug, weight, words in rows
    }
    for slug, weight, words in rows:
        for relation, target in neighbours(slug):
            step = weight * STEPS[relation]
            if step > reached.get(target, (0.0, ""))[0]:
                said = (
                    f"« {words} » ({concepts[slug].pref}) {SAID[relation]} {concepts[target].pref}"
                )
                reached[target] = (step, said)
    return reached


def word_weights(
    connection: sqlite3.Connection, entries: list[Entry], total: int
) -> dict[int, dict[str, float]]:
    """Entry → its stems' TF-IDF weights, of length one; words of a quarter of entries are left out."""
    counted = {entry.number: Counter(entry.words.split()) for entry in entries}
    counts: dict[str, int] = {}
    wanted = sorted({word for count in counted.values() for word in count if len(word) > 2})
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        marks = ",".join("?" * len(part))
        counts.update(
            connection.execute(
                f"SELECT stem, count FROM search_vocabulary WHERE stem IN ({marks})", part
            )
        )
    weights = {}
    for number, count in counted.items():
        vector = {
            word: (1 + math.log(times)) * math.log(total / counts[word])
            for word, times in count.items()
            if word in counts and counts[word] < total * 0.25
        }
        length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
        weights[number] = {word: value / length for word, value in vector.items()}
    return weights


def alike_in_words(
    connection: sqlite3.Connection, own: Entry, wanted: str, total: int
) -> list[int]:
    """Entries of the wanted world that share the initiative's rarest words, best first."""
    vector = word_weights(connection, [own], total)[own.number]
    rarest = sorted(vector, key=lambda word: (-vector[word], word))[:QUERY_WORDS]
    if not rarest:
        return []
    query = " OR ".join(f'"{word}"' for word in rarest)
    found = connection.execute(
        "SELECT t.rowid FROM search_text t JOIN search_entries e ON e.number = t.rowid "
        "WHERE search_text MATCH ? AND e.world = ? ORDER BY bm25(search_text) LIMIT ?",
        (query, wanted, CANDIDATES // 2),
    )
    return [number for (number,) in found if number != own.number]


def common_words(own: Entry, other: Entry, weights: dict[int, dict[str, float]]) -> str:
    """The words that weigh most in the likeness, as each side writes them; none that says nothing."""
    return ", ".join(
        f"« {as_written(own.text, word)} » / « {as_written(other.text, word)} »"
        for word in shared_stems(weights[own.number], weights[other.number])[:2]
    )


def shared_stems(left: dict[str, float], right: dict[str, float]) -> list[str]:
    """The stems of two texts that weigh most in their likeness, those of telling words only."""
    shared = sorted(left.keys() & right.keys(), key=lambda word: (-left[word] * right[word], word))
    return [word for word in shared if word not in SILENT]


def as_written(text: str, wanted: str) -> str:
    """The first word of a text whose stem is ``wanted``."""
    for start, end, word in tokens(fold(text)):
        if stem(word) == wanted:
            return text[start:end]
    return wanted


def cosine(a: dict[str, float], b: dict[str, float]) -> float:
    """Cosine of two vectors of length one."""
    return sum(value * b.get(word, 0.0) for word, value in a.items())


def weigh_context(own: Entry, entry: Entry) -> None:
    """Shared theme, same commune: told as reasons too."""
    if own.themes and entry.themes:
        if own.themes[0] == entry.themes[0]:
            entry.score += SAME_MAIN_THEME
        elif set(own.themes) & set(entry.themes):
            entry.score += SHARED_THEME
    if own.insee_code and own.insee_code == entry.insee_code:
        entry.score *= SAME_COMMUNE
        entry.reasons.append((0.0, f"dans la même commune : {entry.commune or entry.insee_code}"))


def choose(
    own: Entry, candidates: list[Entry], limit: int, weights: dict[int, dict[str, float]]
) -> list[Hit]:
    """One at a time, the best of what is left once repeated carriers have lost some."""
    hits: list[Hit] = []
    carriers: Counter[str] = Counter()
    left = sorted(candidates, key=lambda entry: entry.number)
    while left and len(hits) < limit:
        best = max(
            left, key=lambda e: (e.score * REPEATED ** carriers[e.carrier or e.id], -e.number)
        )
        left.remove(best)
        carriers[best.carrier or best.id] += 1
        if best.shared and (said := common_words(own, best, weights)):
            best.reasons.append((best.shared / 4, f"mots communs : {said}"))
        told = [said for _, said in sorted(best.reasons, key=lambda r: -r[0])][:3]
        hits.append(Hit(best.id, round(best.score, 4), [*told, *exchange(own, best)], best.record))
    return hits


def exchange(own: Entry, other: Entry) -> list[str]:
    """What each side brings, when the two worlds are known."""
    if own.world not in BRINGS or other.world not in BRINGS:
        return []
    return [f"l'un apporte {BRINGS[own.world]} ; l'autre, {BRINGS[other.world]}"]
