"""Which initiatives resemble this one?

**Reads** an edition's SQLite file. **Writes** nothing.
**Method** The cosine of the concepts and that of the words, by rarity, added; a shared main theme counts
for more. Each comes with the words in common, as it writes them.
**Limits** Resemblance of what is written, not of what is done; places described by one line resemble
those of their own town first.
"""

from __future__ import annotations

import sqlite3

import numpy as np

from quartiers.bridge.match import as_written, word_vector
from quartiers.bridge.search import Hit, concept_likeness, ranked, word_likeness
from quartiers.bridge.stored import Index
from quartiers.shapes import THEMES

SAME_MAIN_THEME = 1.5
#: Entries whose words in common are looked for.
CANDIDATES = 12


def similar(connection: sqlite3.Connection, identifier: str, limit: int = 4) -> list[Hit]:
    """The entries of the view most like an initiative, best first; none when it is not in the index."""
    index = Index.of(connection)
    found = index.numbers("id", [identifier])
    if not found:
        return []
    own = index.entries(found)[found[0]]
    alone = np.ones(1, np.float32)
    scores = concept_likeness(index, found, alone)[1] + word_likeness(index, found, alone)
    if own.themes:
        scores[index.array("themes") & (1 << THEMES.index(own.themes[0])) != 0] *= SAME_MAIN_THEME
    scores[own.number] = 0
    best = ranked(scores, CANDIDATES)
    entries, vector = index.entries(best), word_vector(own)
    hits = []
    for number in best:
        entry = entries[number]
        theirs = word_vector(entry)
        shared = sorted(vector.keys() & theirs, key=lambda w: (-vector[w] * theirs[w], w))[:3]
        if entry.in_view and shared:
            said = ", ".join(f"« {as_written(entry.said, word)} »" for word in shared)
            score = round(float(scores[number]), 4)
            hits.append(Hit(entry.id, score, [f"mots communs : {said}"], entry.record, entry))
    return hits[:limit]
