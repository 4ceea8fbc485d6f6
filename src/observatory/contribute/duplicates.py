"""What in the edition may be the same thing as a contribution, and why.

**Reads** the edition's records, the queue. **Writes** nothing.
**Method** The records of the same commune (or with the same postcode) that share one of linking's blocks
with it, compared by linking's own facts and weights. The same words in the queue count too.
**Limits** Without commune or postcode nothing is sought.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np

from observatory.contribute.models import SOURCE, Contribution
from observatory.edition import current
from quartiers.check import as_record
from quartiers.link.blocks import share_a_block
from quartiers.link.items import Item, as_item
from quartiers.link.pairs import DOUBT, Pair, judge_pairs
from quartiers.locate.communes import commune_codes
from quartiers.territories import load as territories

#: Records looked at, and pairs shown.
MOST_LOOKED, MOST_SHOWN = 3_000, 5


@dataclass(slots=True)
class Likely:
    """One record that may be the same: its initiative, the probability, the facts."""

    record: str
    initiative: str
    title: str
    address: str
    score: float
    decision: str
    pros: list[str]
    cons: list[str]


def likely_duplicates(contribution: Contribution) -> list[Likely]:
    """The likeliest first; none below linking's own threshold of doubt."""
    ours = item_of(contribution)
    if ours is None:
        return []
    looked = [(row, item_in(row)) for row in nearby(contribution)]
    shared = share_a_block(ours, [item for _, item in looked])
    looked = [one for one, is_near in zip(looked, shared, strict=True) if is_near]
    keys = np.array([(0, n + 1) for n in range(len(looked))], np.int64).reshape(-1, 2)
    rows = {item.id: row for row, item in looked}
    pairs = judge_pairs([ours, *(item for _, item in looked)], keys)
    found = [likely(pair, rows[pair.b]) for pair in pairs if pair.score >= DOUBT]
    best: dict[str, Likely] = {}
    for one in sorted(found, key=lambda x: (-x.score, x.record)):
        best.setdefault(one.initiative, one)
    return list(best.values())[:MOST_SHOWN]


def item_in(row: sqlite3.Row) -> Item:
    """A record of the edition as linking sees it."""
    return as_item(dict(row) | {"place_types": json.loads(row["place_types"] or "[]")})


def item_of(contribution: Contribution) -> Item | None:
    """A contribution as linking sees it; None when it says too little."""
    cells = {name: str(value) for name, value in contribution.cells.items()}
    if not cells.get("nom") or not (cells.get("commune") or cells.get("code_postal")):
        return None
    record = as_record("observatoire", 1, {"description": "", **cells})
    return as_item({**asdict(record), "id": contribution.record, "source": SOURCE})


def nearby(contribution: Contribution) -> list[sqlite3.Row]:
    """The edition's records of the same commune or postcode."""
    cells = contribution.cells
    postcode = str(cells.get("code_postal") or "")
    codes = commune_codes(cells.get("code_insee"), cells.get("commune"), postcode)
    known = territories()
    names = {known.commune[code].nom for code in codes if code in known.commune}
    marks = ", ".join("?" * len(codes)) or "NULL"
    spelled = sorted({form for name in names for form in (name, name.upper(), name.lower())})
    spellings = ", ".join("?" * len(spelled)) or "NULL"
    return current().rows(
        f"SELECT r.*, l.entity_id FROM records r JOIN links l ON l.about = r.id "
        f"WHERE r.insee_code IN ({marks}) OR r.postcode = ? OR r.commune IN ({spellings}) "
        f"LIMIT {MOST_LOOKED}",
        [*sorted(codes), postcode, *spelled],
    )


def likely(pair: Pair, row: sqlite3.Row) -> Likely:
    """A pair as the moderator reads it."""
    return Likely(
        record=row["id"],
        initiative=row["entity_id"],
        title=row["title"],
        address=", ".join(x for x in (row["address"], row["commune"]) if x),
        score=pair.score,
        decision=pair.decision,
        **weighed([(b.note or "", b.weight or 0.0) for b in pair.because[:6]]),
    )


def weighed(reasons: Iterable[tuple[str, float]]) -> dict[str, list[str]]:
    """The reasons for two records being one thing, and those against."""
    told = list(reasons)
    return {
        "pros": [note for note, weight in told if note and weight > 0],
        "cons": [note for note, weight in told if note and weight <= 0],
    }
