"""Search in the words of both worlds.

**Reads** an edition's SQLite file. **Writes** nothing.
**Method** Two scores are added: BM25 over stems (FTS5, title first) and, for each concept reached from
the query, its weight times its rarity times the weight of its words in the entry. Each result tells
the path: query word → concept → relation → words found.
**Limits** The mix is set on the development queries of ``evaluation/``; see there for what it is worth.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from quartiers import thesaurus
from quartiers.bridge.expansion import Path, expand
from quartiers.bridge.index import rarity
from quartiers.lexicon import STOP
from quartiers.text import fold, stem, tokens

#: BM25 weights of title, body, extra.
COLUMNS = (3.0, 1.0, 1.5)
#: What concepts weigh beside words.
CONCEPTS = 2.5
#: Words of a query that find nothing by themselves.
EMPTY = STOP | frozenset(
    "pour par avec dans en sur aux ou qui que est sont ce ces son ses leur leurs".split()
)
CANDIDATES = 400


@dataclass(slots=True)
class Hit:
    """One result: the initiative, its score, and why: paths in words, with the words found."""

    id: str
    score: float
    path: list[str] = field(default_factory=list)
    record: str | None = None


def search(
    connection: sqlite3.Connection,
    query: str,
    *,
    bridges: bool = True,
    theme: str | None = None,
    territory: str | None = None,
    world: str | None = None,
    limit: int = 20,
) -> list[Hit]:
    """The best entries for a query, best first. ``territory`` is an INSEE or a QPV code."""
    hits: list[tuple[int, Hit]] = []
    for number, score in ranked(connection, query, bridges=bridges)[:CANDIDATES]:
        entry = connection.execute(
            "SELECT id, world, themes, insee_code, qpv_code, benchmark FROM search_entries "
            "WHERE number = ?",
            (number,),
        ).fetchone()
        if passes(entry, theme, territory, world):
            hits.append((number, Hit(entry[0], round(score, 4), [], entry[5])))
            if len(hits) == limit:
                break
    told = paths(connection, query, [number for number, _ in hits], bridges=bridges)
    for number, hit in hits:
        hit.path = told[number]
    return [hit for _, hit in hits]


def ranked(
    connection: sqlite3.Connection, query: str, *, bridges: bool = True
) -> list[tuple[int, float]]:
    """Every entry that answers at all, best first: (number, score)."""
    scores = word_scores(connection, query)
    gains = concept_gains(connection, expand(query, bridges=bridges))
    if gains:
        rows = ", ".join(["(?, ?)"] * len(gains))
        found = connection.execute(
            f"WITH reached(slug, gain) AS (VALUES {rows}) SELECT c.number, sum(r.gain * c.weight) "
            "FROM reached r CROSS JOIN search_concepts c ON c.slug = r.slug GROUP BY c.number",
            [value for pair in gains.items() for value in pair],
        )
        for number, gain in found:
            scores[number] = scores.get(number, 0.0) + gain
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def paths(
    connection: sqlite3.Connection, query: str, numbers: list[int], *, bridges: bool = True
) -> dict[int, list[str]]:
    """Why these entries answer: the four paths that weigh most, in words."""
    told: dict[int, list[tuple[float, str]]] = {number: [] for number in numbers}
    words = ", ".join(f"« {word} »" for word in query_words(query))
    ranks = word_scores(connection, query)
    for number in numbers:
        if number in ranks:
            told[number].append((ranks[number], f"mots de la recherche : {words}"))
    reached = expand(query, bridges=bridges)
    gains = concept_gains(connection, reached)
    marks = ", ".join("?" * len(numbers))
    for number, slug, weight, said in connection.execute(
        f"SELECT number, slug, weight, words FROM search_concepts WHERE number IN ({marks})",
        numbers,
    ):
        if slug in gains:
            steps = " → ".join(reached[slug].steps)
            told[number].append((gains[slug] * weight, f"{steps} → « {said} »"))
    return {
        number: [said for _, said in sorted(found, key=lambda p: -p[0])][:4]
        for number, found in told.items()
    }


def passes(entry: Any, theme: str | None, territory: str | None, world: str | None) -> bool:
    """Whether an entry passes the filters."""
    if theme and theme not in json.loads(entry[2]):
        return False
    if world and entry[1] != world:
        return False
    return not territory or territory in (entry[3], entry[4])


def query_words(query: str) -> list[str]:
    """The words of a query worth looking for, as they were typed."""
    written = query.replace("œ", "oe")
    return [written[a:b] for a, b, w in tokens(fold(written)) if w not in EMPTY]


def word_scores(connection: sqlite3.Connection, query: str) -> dict[int, float]:
    """BM25 over the stems, any of them; the last one may be the beginning of a word."""
    stems = list(dict.fromkeys(stem(fold(word)) for word in query_words(query)))
    if not stems:
        return {}
    wanted = " OR ".join(f'"{s}"' for s in stems)
    if len(stems[-1]) >= 4:
        wanted += f' OR "{stems[-1]}"*'
    found = connection.execute(
        f"SELECT rowid, bm25(search_text, {', '.join(map(str, COLUMNS))}) AS rank FROM search_text "
        "WHERE search_text MATCH ? ORDER BY rank LIMIT ?",
        (wanted, CANDIDATES),
    )
    return {number: -rank for number, rank in found}


def concept_gains(connection: sqlite3.Connection, reached: dict[str, Path]) -> dict[str, float]:
    """What each concept reached adds to an entry: its weight times its rarity among the entries."""
    total = connection.execute("SELECT max(number) FROM search_entries").fetchone()[0] or 1
    marks = ", ".join("?" * len(reached))
    found = connection.execute(
        f"SELECT slug, count(*) FROM search_concepts WHERE slug IN ({marks}) GROUP BY slug",
        list(reached),
    )
    counts = dict(map(tuple, found))
    return {
        slug: CONCEPTS * path.weight * rarity(total, counts[slug])
        for slug, path in reached.items()
        if slug in counts
    }


def definition(slug: str) -> str:
    """A concept's definition, for those who show results."""
    return thesaurus.load().concepts[slug].definition
