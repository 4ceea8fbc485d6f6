"""Pairs: which records are compared, and what is concluded of each pair.

**Reads** plain rows of the records table. **Writes** nothing.
**Method** Records are compared when they share a postcode or a commune and a word of their names, or
stand within 150 m, or give the same identifier with a word in common. A pair is the same when names
agree and the place does (address, or distance in metres). Missing is missing: a fact that one side
lacks neither agrees nor disagrees. Words that name a kind of place or an operator weigh little: the
proper name decides («Médiathèque Aimé Césaire»).
**Limits** Hand-set thresholds (rapidfuzz similarity, 0 to 100).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from rapidfuzz import fuzz

from quartiers.shapes import Because
from quartiers.text import fold

#: Words that name a kind of place, an operator or nothing: alone they identify no place.
COMMON = frozenset(
    [
        "de",
        "du",
        "des",
        "d",
        "la",
        "le",
        "les",
        "l",
        "a",
        "au",
        "aux",
        "en",
        "et",
        "un",
        "une",
        "pour",
        "par",
        "sur",
        "sous",
        "ville",
        "commune",
        "municipale",
        "municipal",
        "mairie",
        "maison",
        "services",
        "service",
        "france",
        "espace",
        "centre",
        "point",
        "relais",
        "association",
        "asso",
        "mediatheque",
        "bibliotheque",
        "ccas",
        "cias",
        "mjc",
        "epn",
        "fablab",
        "social",
        "socio",
        "culturel",
        "socioculturel",
        "numerique",
        "public",
        "publique",
        "publics",
        "departement",
        "departementale",
        "conseil",
        "antenne",
        "agence",
        "bureau",
        "accueil",
        "lieu",
        "tiers",
        "local",
        "locale",
        "mission",
        "communaute",
        "communes",
        "agglomeration",
        "metropole",
        "msap",
        "mfs",
        "pimms",
        "structure",
        "poste",
        "caf",
        "cpam",
        "msa",
        "saint",
        "sainte",
        "st",
        "ste",
        "quartier",
    ]
)
#: A block larger than this is compared only where names share a rare word.
MAX_BLOCK = 80
NEAR_M = 150.0
SAME_NAME = 85.0
SAME_ADDRESS = 80.0


@dataclass(frozen=True, slots=True)
class Pair:
    """One compared pair: ids in order, decision ∈ meme | different | doute, its facts."""

    a: str
    b: str
    decision: str
    score: float
    because: tuple[Because, ...]


@dataclass(slots=True)
class Item:
    """A record as linking sees it."""

    id: str
    source: str
    name: str
    words: frozenset[str]
    proper: frozenset[str]
    address: str
    area: str
    siret: str | None
    point: tuple[float, float] | None
    moving: bool


def as_item(row: dict[str, Any]) -> Item:
    """One row of the records table as linking sees it."""
    name = " ".join(fold(row["title"].replace("œ", "oe")).split())
    words = frozenset(name.split())
    point = None
    if row["longitude"] is not None and row["latitude"] is not None:
        point = (row["longitude"], row["latitude"])
    return Item(
        id=row["id"],
        source=row["source"],
        name=name,
        words=words,
        proper=words - COMMON,
        address=" ".join(fold(row["address"] or "").split()),
        area=row["postcode"] or row["insee_code"] or " ".join(fold(row["commune"] or "").split()),
        siret=row["siret"],
        point=point,
        moving="itinerant" in (row["place_types"] or ()),
    )


def candidates(items: list[Item]) -> Iterator[tuple[Item, Item]]:
    """The pairs worth comparing, each once, in the order of ids."""
    blocks: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        for word in item.proper or item.words:
            blocks["name", f"{item.area} {word}"].append(number)
        if item.address and any(c.isdigit() for c in item.address):
            blocks["address", f"{item.area} {item.address}"].append(number)
        if item.siret:
            blocks["siret", item.siret].append(number)
        if item.point:
            for cell in cells(item.point):
                blocks["cell", cell].append(number)
    seen: set[tuple[int, int]] = set()
    for key in sorted(blocks):
        members = blocks[key]
        if 1 < len(members) <= MAX_BLOCK:
            seen.update(combinations(members, 2))
    for first, second in sorted(seen):
        yield items[first], items[second]


def cells(point: tuple[float, float]) -> Iterator[str]:
    """The cell of about 200 m that holds a point, and the nearest neighbour on each axis."""
    x, y = point[0] / 0.0026, point[1] / 0.0018
    for i in {math.floor(x), math.floor(x + (0.5 if x % 1 >= 0.5 else -0.5))}:
        for j in {math.floor(y), math.floor(y + (0.5 if y % 1 >= 0.5 else -0.5))}:
            yield f"{i} {j}"


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance on the sphere, accurate enough at these scales."""
    mean = math.radians((a[1] + b[1]) / 2)
    dx = math.radians(b[0] - a[0]) * math.cos(mean)
    return 6_371_000 * math.hypot(dx, math.radians(b[1] - a[1]))


def decide(a: Item, b: Item) -> Pair | None:
    """What is concluded of two records; None when they are plainly different."""
    facts: list[Because] = []
    name = fuzz.token_sort_ratio(a.name, b.name)
    contained = fuzz.token_set_ratio(a.name, b.name)
    shared = a.proper & b.proper
    facts.append(Because(note=f"noms semblables à {name:.0f} %", weight=name / 100))
    address = fuzz.token_sort_ratio(a.address, b.address) if a.address and b.address else None
    away = metres(a.point, b.point) if a.point and b.point else None
    if address is not None:
        facts.append(Because(note=f"adresses semblables à {address:.0f} %", weight=address / 100))
    if away is not None:
        facts.append(Because(note=f"points à {away:.0f} m l'un de l'autre"))
    if a.siret and b.siret:
        facts.append(Because(note="même SIRET" if a.siret == b.siret else "SIRET différents"))
    same_place = (address is not None and address >= SAME_ADDRESS) or (
        away is not None and away < NEAR_M
    )
    if a.moving != b.moving:
        facts.append(Because(note="l'un est itinérant, l'autre non"))
        return Pair(a.id, b.id, "different", 0.05, tuple(facts)) if name >= SAME_NAME else None
    same_name = name >= SAME_NAME or (bool(shared) and contained >= 95)
    if a.source == b.source:
        identical = a.name == b.name and a.address == b.address and a.area == b.area
        if identical and (a.address or away == 0 or a.source.startswith(("cis-", "mednum-haute"))):
            return Pair(a.id, b.id, "meme", 0.97, tuple(facts))
        return None
    if same_name and same_place:
        return Pair(a.id, b.id, "meme", 0.9 + 0.1 * name / 100 - 0.02, tuple(facts))
    if name >= 97 and a.area == b.area and a.proper and address is None and away is None:
        facts.append(Because(note="même commune ou code postal, aucun lieu pour contredire"))
        return Pair(a.id, b.id, "meme", 0.85, tuple(facts))
    if (same_name and a.area == b.area) or (same_place and contained >= 75 and shared):
        return Pair(a.id, b.id, "doute", 0.5, tuple(facts))
    return None


def compare(rows: list[dict[str, Any]]) -> list[Pair]:
    """Every pair worth telling, in the order of ids."""
    items = [as_item(row) for row in sorted(rows, key=lambda row: row["id"])]
    return [pair for a, b in candidates(items) if (pair := decide(a, b))]
