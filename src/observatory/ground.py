"""Territories as pages show them: who they are, what they hold, whom they resemble.

**Reads** the embedded tables of territories, the edition's initiatives and measures. **Writes** nothing.
**Method** The method's own functions (peers, what peers do, walks to relay places), called once an
edition and kept: a page only reads what is kept. Codes are those of the measures table.
**Limits** The first page after a start or a new edition pays for all (about two seconds): :func:`warm`
does it before the first visitor.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from observatory.edition import Edition
from quartiers.compare.cards import relays as relay_types
from quartiers.compare.examples import choose
from quartiers.compare.holdings import STANDS, Ground, Grounds, hold, lay
from quartiers.compare.peers import Peer, find_peers, lacking
from quartiers.locate.relays import coverage, minutes
from quartiers.territories import Territories, load, split_code

Row = Mapping[str, Any]
Measure = dict[str, Any]

#: What a page says of an initiative in a list, and what the method's functions ask of it.
COLUMNS = (
    *("id", "title", "text", "kind", "digital", "world", "in_quartiers", "main_theme", "themes"),
    *("infra", "forms", "carrier", "carrier_type", "start", "amount_eur", "insee_code", "commune"),
    *("qpv_code", "qpv_nom", "qpv_etat", "place_types", "sources", "records", "url"),
    *("longitude", "latitude"),
)
LISTS = ("themes", "infra", "forms", "place_types", "sources", "records")
#: Levels that have peers, and how many people read of each list.
PEERED = ("EPCI", "COM", "QPV")
LACKS = 10


@lru_cache(maxsize=1)
def grounds() -> Grounds:
    """Every territory of the study, laid once a process."""
    return lay(load())


def territories() -> Territories:
    """The embedded tables."""
    return grounds().territories


def ground_of(code: str) -> Ground | None:
    """The territory of a code of the measures; None when it is no territory with a quarter."""
    found = grounds().by_code.get(code)
    return found if found is not None and found.quartiers else None


def level_of(code: str) -> str:
    """FR, REG, DEP, EPCI, COM or QPV."""
    return "FR" if code == "FR" else split_code(code)[0] or "QPV"


def readable(row: Any) -> dict[str, Any]:
    """A row of the initiatives with its lists as lists."""
    found = dict(row)
    for name in LISTS:
        if name in found:
            found[name] = json.loads(found[name] or "[]")
    return found


@lru_cache(maxsize=2)
def held(edition: Edition) -> dict[str, list[Row]]:
    """Territory → the digital initiatives of the quarters that stand on it."""
    rows = edition.rows(
        f"SELECT {', '.join(COLUMNS)} FROM initiatives WHERE digital = 'numerique' AND in_quartiers"
    )
    return dict(hold([readable(row) for row in rows], grounds()))


def holdings(edition: Edition, code: str) -> list[Row]:
    """The digital initiatives of a territory's quarters."""
    return held(edition).get(code, [])


def some(rows: Sequence[Row], wanted: int) -> list[Row]:
    """The best documented of them, from many places and carriers."""
    return choose(rows, wanted)


def initiatives(edition: Edition, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Initiatives by id, in the order asked; those that are not there are left out."""
    marks = ", ".join("?" * len(ids))
    found = {
        row["id"]: readable(row)
        for row in edition.rows(
            f"SELECT {', '.join(COLUMNS)} FROM initiatives WHERE id IN ({marks})", ids
        )
    }
    return [found[i] for i in ids if i in found]


def measures(edition: Edition, *codes: str) -> dict[str, dict[str, dict[str, Measure]]]:
    """Territory → indicator → modality («» when there is none) → its row."""
    marks = ", ".join("?" * len(codes))
    found: dict[str, dict[str, dict[str, Measure]]] = {code: defaultdict(dict) for code in codes}
    for row in edition.rows(
        "SELECT territory, indicator, modality, value, low, high, n, status FROM measures "
        f"WHERE territory IN ({marks})",
        codes,
    ):
        found[row["territory"]][row["indicator"]][row["modality"] or ""] = dict(row)
    return found


def measured(edition: Edition, indicator: str, codes: Sequence[str]) -> dict[str, Measure]:
    """Territory → its row of one indicator without modality."""
    marks = ", ".join("?" * len(codes))
    return {
        row["territory"]: dict(row)
        for row in edition.rows(
            "SELECT territory, value, low, high, n, status FROM measures "
            f"WHERE indicator = ? AND modality IS NULL AND territory IN ({marks})",
            (indicator, *codes),
        )
    }


@lru_cache(maxsize=4096)
def peers(code: str) -> tuple[Peer, ...]:
    """The territories of the same level that resemble one most; none for regions and départements."""
    ground = ground_of(code)
    if ground is None or ground.level not in PEERED:
        return ()
    return tuple(find_peers(grounds(), code))


@lru_cache(maxsize=512)
def lacks(edition: Edition, code: str) -> tuple[dict[str, Any], ...]:
    """What its peers do and that was not found on it, with three of their initiatives."""
    ground = ground_of(code)
    alike = peers(code)
    if ground is None or not alike:
        return ()
    return tuple(
        {
            "kind": item.kind,
            "value": item.value,
            "having": item.having,
            "peers": item.peers,
            "expected": item.expected,
            "examples": choose(item.examples, 2),
        }
        for item in lacking(ground, alike, held(edition))[:LACKS]
    )


@lru_cache(maxsize=2)
def walks(edition: Edition) -> dict[str, list[dict[str, Any]]]:
    """Quarter → the nearest relay place of each type within an hour's walk, nearest first."""
    marks = ", ".join("?" * len(relay_types()))
    rows = edition.rows(
        "SELECT i.id, i.title, i.longitude, i.latitude, i.place_types, i.qpv_code, i.qpv_etat, "
        f"i.kind FROM initiatives i WHERE i.id IN (SELECT initiative FROM initiative_places "
        f"WHERE place_type IN ({marks}))",
        sorted(relay_types()),
    )
    places = [readable(row) for row in rows]
    titles = {row["id"]: row["title"] for row in places}
    places.sort(key=lambda row: (row["kind"] != "lieu", row["id"]))
    inside: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in places:
        if row["qpv_code"] and row["qpv_etat"] in STANDS:
            for kind in relay_types() & set(row["place_types"]):
                inside[row["qpv_code"], kind].append(row["id"])
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for cover in coverage(places, types=sorted(relay_types())):
        here = inside.get((cover.qpv_code, cover.place_type), [])
        metres = 0.0 if here else cover.nearest_m
        nearest = here[0] if here else cover.nearest_id
        if metres is None or nearest is None or minutes(metres) > 60:
            continue
        found[cover.qpv_code].append(
            {
                "place_type": cover.place_type,
                "nearest": nearest,
                "title": titles[nearest],
                "minutes": minutes(metres),
                "within_walk": max(len(here), cover.within_walk),
            }
        )
    for lines in found.values():
        lines.sort(key=lambda line: (line["minutes"], line["place_type"]))
    return dict(found)


@lru_cache(maxsize=8)
def tables(edition: Edition) -> frozenset[str]:
    """The names of the edition's tables: one that came with a later version may be missing."""
    return frozenset(r["name"] for r in edition.rows("SELECT name FROM sqlite_master"))


def warm(edition: Edition) -> None:
    """Everything that is kept, before the first visitor."""
    held(edition)
    walks(edition)
