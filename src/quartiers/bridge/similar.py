"""Which initiatives resemble this one?

**Reads** an edition's SQLite file. **Writes** nothing.
**Method** Entries that share the initiative's rarest words (BM25), then the cosine of their TF-IDF
weights; a shared main theme counts for more. Each comes with the words in common.
**Limits** Resemblance of what is written, not of what is done; places described by one line resemble
those of their own town first.
"""

from __future__ import annotations

import sqlite3

from quartiers.bridge.match import as_written, cosine, read_entry, shared_stems, word_weights
from quartiers.bridge.search import Hit

#: Words looked for, and entries weighed.
QUERY_WORDS, CANDIDATES = 10, 30
SAME_MAIN_THEME = 1.5
#: Below this cosine two texts have little more than chance in common.
LEAST = 0.08


def similar(connection: sqlite3.Connection, identifier: str, limit: int = 4) -> list[Hit]:
    """The entries most like an initiative, best first; none when it is not in the index."""
    found = connection.execute(
        "SELECT number, (SELECT max(number) FROM search_entries) FROM search_entries WHERE id = ?",
        (identifier,),
    ).fetchone()
    if found is None:
        return []
    own, total = read_entry(connection, found[0]), found[1]
    vector = word_weights(connection, [own], total)[own.number]
    rarest = sorted(vector, key=lambda word: (-vector[word], word))[:QUERY_WORDS]
    if not rarest:
        return []
    query = " OR ".join(f'"{word}"' for word in rarest)
    numbers = [
        number
        for (number,) in connection.execute(
            "SELECT rowid FROM search_text WHERE search_text MATCH ? "
            "ORDER BY bm25(search_text) LIMIT ?",
            (query, CANDIDATES),
        )
        if number != own.number
    ]
    entries = [read_entry(connection, number) for number in numbers]
    weights = word_weights(connection, [own, *entries], total)
    hits = []
    for entry in entries:
        likeness = cosine(weights[own.number], weights[entry.number])
        if likeness < LEAST:
            continue
        same = bool(own.themes and entry.themes and own.themes[0] == entry.themes[0])
        shared = shared_stems(weights[own.number], weights[entry.number])[:3]
        if not shared:
            continue
        said = ", ".join(f"« {as_written(entry.text, word)} »" for word in shared)
        score = likeness * (SAME_MAIN_THEME if same else 1.0)
        hits.append(Hit(entry.id, round(score, 4), [f"mots communs : {said}"], entry.record))
    return sorted(hits, key=lambda hit: (-hit.score, hit.id))[:limit]
