"""Identity: groups of records, and an id that lasts from one edition to the next.

**Reads** the records kept, the previous edition's links. **Writes** ``links`` and ``pairs``.
**Method** Records tied by a «meme» pair are one group (union-find over pairs, the surest first; a tie
that would put two rows of one list together is refused and becomes a doubt). An id is minted once:
«q» and ten characters from the hash of the group's first record. A group keeps the id of the previous
group it shares most records with; ties go to the smaller id.
**Limits** A group split in two keeps its id on the larger part.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter, defaultdict
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from quartiers.link.pairs import Pair, compare
from quartiers.shapes import LINK_SCHEMA, PAIR_SCHEMA, Because, rows_batch

COLUMNS = (
    *("id", "source", "title", "address", "postcode", "commune", "insee_code", "siret"),
    *("longitude", "latitude", "place_types"),
)


def link(
    records: pa.Table, locations: pa.Table, previous: Path | None = None
) -> tuple[pa.Table, pa.Table]:
    """(links, pairs): one link row a record, in the order of ids; the pairs worth telling."""
    rows = records.select(list(COLUMNS)).to_pylist()
    pairs = compare(rows)
    groups, pairs = unite(sorted(row["id"] for row in rows), pairs)
    names = name_groups(groups, previous_ids(previous))
    reasons: dict[str, list[Because]] = defaultdict(list)
    scores: dict[str, float] = {}
    for pair in pairs:
        if pair.decision == "meme":
            for me, other in ((pair.a, pair.b), (pair.b, pair.a)):
                said = "; ".join(b.note or "" for b in pair.because)
                reasons[me].append(Because(note=f"même chose que {other} : {said}"))
                scores[me] = max(scores.get(me, 0.0), pair.score)
    links = rows_batch(
        (
            {
                "entity_id": name,
                "about": about,
                "score": scores.get(about, 1.0),
                "because": [b.as_dict() for b in reasons.get(about, [])[:5]],
            }
            for name, about in sorted(
                ((names[group], about) for group, members in groups.items() for about in members),
                key=lambda row: row[1],
            )
        ),
        LINK_SCHEMA,
    )
    told = rows_batch(
        (
            {
                "a": p.a,
                "b": p.b,
                "decision": p.decision,
                "score": p.score,
                "because": [b.as_dict() for b in p.because],
            }
            for p in pairs
        ),
        PAIR_SCHEMA,
    )
    return pa.Table.from_batches([links]), pa.Table.from_batches([told])


def unite(ids: list[str], pairs: list[Pair]) -> tuple[dict[str, list[str]], list[Pair]]:
    """Groups by their first record, and the pairs with refused ties turned to doubts."""
    root = {about: about for about in ids}
    lists: dict[str, set[str]] = {about: {source_of(about)} for about in ids}

    def find(about: str) -> str:
        while root[about] != about:
            root[about] = root[root[about]]
            about = root[about]
        return about

    told = []
    for pair in sorted(pairs, key=lambda p: (-p.score, p.a, p.b)):
        if pair.decision == "meme":
            a, b = sorted((find(pair.a), find(pair.b)))
            if a != b and lists[a] & lists[b] and source_of(pair.a) != source_of(pair.b):
                note = Because(note="refusé : une même liste les donne comme deux choses")
                pair = Pair(pair.a, pair.b, "doute", 0.5, (*pair.because, note))
            elif a != b:
                root[b] = a
                lists[a] |= lists[b]
        told.append(pair)
    groups: dict[str, list[str]] = defaultdict(list)
    for about in ids:
        groups[find(about)].append(about)
    return dict(groups), sorted(told, key=lambda p: (p.a, p.b))


def source_of(about: str) -> str:
    """The source of a record id."""
    return about.split(":", 1)[0]


def mint(about: str) -> str:
    """A new id from the founding record's: «q» and ten letters or digits."""
    mark = hashlib.sha256(about.encode()).digest()
    return "q" + base64.b32encode(mark).decode().lower()[:10]


def previous_ids(previous: Path | None) -> dict[str, str]:
    """Record → the id it had in the previous edition."""
    if previous is None or not previous.is_file():
        return {}
    table = pq.read_table(previous, columns=["about", "entity_id"])
    return dict(zip(table["about"].to_pylist(), table["entity_id"].to_pylist(), strict=True))


def name_groups(groups: dict[str, list[str]], had: dict[str, str]) -> dict[str, str]:
    """Group → its id: the one it had, or a new one; no id is given twice."""
    wishes = []
    for group, members in groups.items():
        counts = Counter(had[about] for about in members if about in had)
        wishes += [(-count, name, group) for name, count in counts.items()]
    names: dict[str, str] = {}
    taken: set[str] = set()
    for _, name, group in sorted(wishes):
        if group not in names and name not in taken:
            names[group] = name
            taken.add(name)
    kept = taken | set(had.values())
    for group in sorted(groups):
        if group not in names:
            name = mint(group)
            while name in kept:
                name = mint(name)
            names[group] = name
            kept.add(name)
    return names


def resolve_id(edition: Path, identifier: str) -> str | None:
    """The current id of an initiative, whatever it was called; None when none is known."""
    table = pq.read_table(edition / "links.parquet", columns=["entity_id"])
    known = pc.any(pc.equal(table["entity_id"], identifier)).as_py()
    return identifier if known else None
