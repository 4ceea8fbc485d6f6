"""Identity: groups of records, and an id that lasts from one edition to the next.

**Reads** the records kept, the previous edition's links. **Writes** ``links``, ``pairs`` and
``identities`` (what became of the ids that are no more).
**Method** Pairs are taken from the surest; two groups unite when the mean probability of the pairs
compared between them reaches :data:`MEAN` (so that one strong tie does not chain strangers); a tie
refused becomes a doubt. An id is minted once: «q» and ten characters from the hash of the group's
first record. A group keeps the id of the previous group it shares most records with; ties go to the
id of its founding record, then to the smaller one.
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

from quartiers.link.earlier import REFUSED, Memory
from quartiers.link.items import as_item
from quartiers.link.judgements import Judgement, apply, read_judgements
from quartiers.link.pairs import SAME, Pair, judge, no_cycles
from quartiers.link.telling import reasons_column
from quartiers.shapes import IDENTITY_SCHEMA, LINK_SCHEMA, PAIR_SCHEMA, Because, rows_batch

#: Two groups unite when the pairs compared between them reach this mean probability.
MEAN = 0.5
#: A pair told at most this (a written rule says that they are two) forbids a group that holds both.
OPPOSED = 0.3
#: How much a pair never compared, or told plainly different, counts against a union.
NEVER_COMPARED = 0.6
COLUMNS = (
    *("id", "source", "source_id", "title", "address", "postcode", "commune", "insee_code"),
    *("siret", "longitude", "latitude", "place_types"),
)


def link(
    records: pa.Table,
    previous: Path | None = None,
    judged: list[Judgement] | None = None,
    memory: Memory | None = None,
) -> tuple[pa.Table, pa.Table]:
    """(links, pairs): one link row a record, in the order of ids; the pairs worth telling.

    ``judged`` are people's answers on pairs; by default those that the study keeps. ``memory`` is what
    the previous edition compared: it spares time and changes nothing.
    """
    items = [as_item(row) for row in records.select(list(COLUMNS)).to_pylist()]
    answers = read_judgements() if judged is None else judged
    pairs = apply(judge(items, earlier=memory), items, answers)
    groups, pairs = unite(sorted(item.id for item in items), pairs)
    names = name_groups(groups, previous_ids(previous))
    reasons: dict[str, list[Because]] = defaultdict(list)
    scores: dict[str, float] = {}
    for pair in pairs:
        if pair.decision == "meme":
            said = "; ".join(b.note or "" for b in pair.because[:4])
            for me, other in ((pair.a, pair.b), (pair.b, pair.a)):
                why = f"même chose que {other} : {said}"
                reasons[me].append(Because(note=why, weight=round(pair.score, 3)))
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
    told = pa.Table.from_arrays(
        [
            *(
                pa.array([getattr(p, f.name) for p in pairs], f.type)
                for f in list(PAIR_SCHEMA)[:-1]
            ),
            reasons_column([p.because for p in pairs]),
        ],
        schema=PAIR_SCHEMA,
    )
    return pa.Table.from_batches([links]), told


@no_cycles()
def unite(ids: list[str], pairs: list[Pair]) -> tuple[dict[str, list[str]], list[Pair]]:
    """Groups by their first record, and the pairs with refused ties turned to doubts."""
    group = {about: about for about in ids}
    members: dict[str, list[str]] = {}
    told = sorted(pairs, key=lambda p: (p.a, p.b))
    scores = {(p.a, p.b): p.score for p in told}
    tied = [n for n, pair in enumerate(told) if pair.score >= SAME]
    for n in sorted(tied, key=lambda n: -told[n].score):
        pair = told[n]
        a, b = sorted((group[pair.a], group[pair.b]))
        if a == b:
            continue
        ours, theirs = members.get(a) or [a], members.get(b) or [b]
        known = [
            scores[key] for x in ours for y in theirs if (key := (min(x, y), max(x, y))) in scores
        ]
        compared = len(known) + NEVER_COMPARED * (len(ours) * len(theirs) - len(known))
        if sum(known) / compared >= MEAN and min(known) > OPPOSED:
            for about in theirs:
                group[about] = a
            members[a] = [*ours, *theirs]
        else:
            note = Because(note=f"{REFUSED}les autres fiches des deux groupes s'y opposent")
            told[n] = Pair(pair.a, pair.b, "doute", pair.score, (*pair.because, note))
    groups: dict[str, list[str]] = {}
    for about in ids:
        groups.setdefault(group[about], []).append(about)
    return groups, told


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
        wishes += [(-count, name != mint(group), name, group) for name, count in counts.items()]
    names: dict[str, str] = {}
    taken: set[str] = set()
    for _, _, name, group in sorted(wishes):
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


def identities(links: pa.Table, previous: Path | None) -> pa.Table:
    """What became of every id that is no more, from the previous edition's links and identities."""
    now = dict(zip(links["about"].to_pylist(), links["entity_id"].to_pylist(), strict=True))
    living = set(now.values())
    heirs: dict[str, set[str]] = {}
    if previous is not None and previous.is_file():
        older = previous.with_name("identities.parquet")
        if older.is_file():
            for row in pq.read_table(older).to_pylist():
                heirs[row["entity_id"]] = set(row["replaced_by"])
        for about, name in previous_ids(previous).items():
            if name not in living:
                heirs.setdefault(name, set())
                if about in now:
                    heirs[name].add(now[about])
    rows = []
    for name in sorted(heirs.keys() - living):
        found = sorted(living_heirs(name, heirs, living))
        same = found[0] if len(found) == 1 else None
        rows.append({"entity_id": name, "replaced_by": found, "same_as": same})
    return pa.Table.from_batches([rows_batch(rows, IDENTITY_SCHEMA)])


def living_heirs(name: str, heirs: dict[str, set[str]], living: set[str]) -> set[str]:
    """The ids that live now, through any number of replacements."""
    found: set[str] = set()
    waiting, seen = [name], {name}
    while waiting:
        for heir in heirs.get(waiting.pop(), ()):
            if heir in living:
                found.add(heir)
            elif heir not in seen:
                seen.add(heir)
                waiting.append(heir)
    return found


def resolve_id(edition: Path, identifier: str) -> list[str]:
    """What an initiative's id, living or not, is called in an edition; empty when none knows it."""
    table = pq.read_table(edition / "links.parquet", columns=["entity_id"])
    if pc.any(pc.equal(table["entity_id"], identifier)).as_py():
        return [identifier]
    gone = pq.read_table(
        edition / "identities.parquet", filters=pc.field("entity_id") == identifier
    ).to_pylist()
    return list(gone[0]["replaced_by"]) if gone else []
