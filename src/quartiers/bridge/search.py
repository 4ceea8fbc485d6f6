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
from collections import defaultdict
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
    scores: dict[int, float] = defaultdict(float)
    paths: dict[int, list[tuple[float, str]]] = defaultdict(list)
    add_words(connection, query, scores, paths)
    add_concepts(connection, expand(query, bridges=bridges), scores, paths)
    best = sorted(scores, key=lambda number: (-scores[number], number))[:CANDIDATES]
    hits = []
    for number in best:
        entry = connection.execute(
            "SELECT id, world, themes, insee_code, qpv_code, benchmark FROM search_entries "
            "WHERE number = ?",
            (number,),
        ).fetchone()
        if passes(entry, theme, territory, world):
            told = [said for _, said in sorted(paths[number], key=lambda p: -p[0])][:4]
            hits.append(Hit(entry[0], round(scores[number], 4), told, entry[5]))
            if len(hits) == limit:
                break
    return hits


def passes(entry: Any, theme: str | None, territory: str | None, world: str | None) -> bool:
    """Whether an entry passes the filters."""
    if theme and theme not in json.loads(entry[2]):
        return False
    if world and entry[1] != world:
        return False
    return not territory or territory in (entry[3], entry[4])


def query_stems(query: str) -> list[str]:
    """The stems of a query worth looking for."""
    words = [w for _, _, w in tokens(fold(query.replace("œ", "oe"))) if w not in EMPTY]
    return list(dict.fromkeys(stem(w) for w in words))


def add_words(
    connection: sqlite3.Connection,
    query: str,
    scores: dict[int, float],
    paths: dict[int, list[tuple[float, str]]],
) -> None:
    """BM25 over the stems, any of them; the last one may be the beginning of a word."""
    stems = query_stems(query)
    if not stems:
        return
    wanted = " OR ".join(f'"{s}"' for s in stems)
    if len(stems[-1]) >= 4:
        wanted += f' OR "{stems[-1]}"*'
    found = connection.execute(
        f"SELECT rowid, bm25(search_text, {', '.join(map(str, COLUMNS))}) AS rank FROM search_text "
        "WHERE search_text MATCH ? ORDER BY rank LIMIT ?",
        (wanted, CANDIDATES),
    ).fetchall()
    for number, rank in found:
        scores[number] += -rank
        paths[number].append((-rank, f"mots de la recherche : {', '.join(stems)}"))


def add_concepts(
    connection: sqlite3.Connection,
    reached: dict[str, Path],
    scores: dict[int, float],
    paths: dict[int, list[tuple[float, str]]],
) -> None:
    """Each concept reached, weighted by its rarity among the entries."""
    total = connection.execute("SELECT max(number) FROM search_entries").fetchone()[0] or 1
    for slug, path in reached.items():
        rows = connection.execute(
            "SELECT number, weight, words FROM search_concepts WHERE slug = ?", (slug,)
        ).fetchall()
        rare = rarity(total, len(rows))
        for number, weight, said in rows:
            gain = CONCEPTS * path.weight * weight * rare
            scores[number] += gain
            paths[number].append((gain, f"{' → '.join(path.steps)} → « {said} »"))


def definition(slug: str) -> str:
    """A concept's definition, for those who show results."""
    return thesaurus.load().concepts[slug].definition
