"""What can be filtered, as sets of bits: counting a facet costs microseconds.

**Reads** the edition's ``initiatives`` and ``search_entries``. **Writes** nothing.
**Method** Initiatives are numbered as the search index numbers them. A value of a facet («theme =
logement») is a whole number whose bit ``n`` says that initiative ``n`` has it: a filter is an «and», a
count is ``bit_count``. Orders (titles, dates, places) are computed once.
**Limits** What detect rejected is not in the catalogue; its page exists all the same.
"""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from math import cos, floor, radians
from typing import Any, NamedTuple

from observatory.edition import Edition
from quartiers.compare.cards import carrier_kind
from quartiers.compare.reading import source_of
from quartiers.shapes import FORMS, INFRA, THEMES
from quartiers.territories import load, plain

#: A value that stands for «the sources do not say».
UNKNOWN = "inconnu"
#: Facet → its values in the order shown; None: the most frequent first.
FACETS: dict[str, tuple[str, ...] | None] = {
    "quartier": ("oui", "proche", "hors", UNKNOWN),
    "theme": (*THEMES, UNKNOWN),
    "certitude": ("sur", "doute"),
    "forme": FORMS,
    "lieu": None,
    "porteur": None,
    "infra": INFRA,
    "monde": ("quartiers", "ville-intelligente", UNKNOWN),
    "annee": None,
    "source": None,
}
#: Side of a cell of the grid of points, in degrees of latitude (about a kilometre).
CELL = 0.01


class Line(NamedTuple):
    """What is read of an initiative."""

    number: int
    id: str
    title: str
    digital: str | None
    world: str | None
    in_quartiers: int | None
    main_theme: str | None
    themes: str | None
    infra: str | None
    forms: str | None
    carrier_type: str | None
    start: str | None
    insee_code: str | None
    commune: str | None
    longitude: float | None
    latitude: float | None
    qpv_code: str | None
    qpv_etat: str
    place_types: str | None
    sources: str
    length: int


COLUMNS = ", ".join(
    {"number": "e.number", "length": "length(i.text)"}.get(name, f"i.{name}")
    for name in Line._fields
)


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """``facets[name][value]`` and ``all`` are sets of bits; ``orders`` list every number; ``within``
    lists the numbers of a territory; points are NaN where unknown."""

    all: int
    ids: list[str]
    facets: dict[str, dict[str, int]]
    orders: dict[str, array[int]]
    within: dict[str, array[int]]
    longitude: array[float]
    latitude: array[float]
    main_theme: array[int]
    cells: dict[tuple[int, int], list[int]]

    def territory(self, code: str) -> int:
        """The set of a territory's initiatives."""
        return bits(self.within.get(code, ()), len(self.ids))

    def around(self, longitude: float, latitude: float, metres: float) -> Iterator[int]:
        """The numbers whose point may be within ``metres`` (the cells that a square touches)."""
        high = metres / 111_195
        wide = high / max(cos(radians(latitude)), 0.01)
        for y in range(floor((latitude - high) / CELL), floor((latitude + high) / CELL) + 1):
            for x in range(floor((longitude - wide) / CELL), floor((longitude + wide) / CELL) + 1):
                yield from self.cells.get((x, y), ())


def bits(numbers: Iterable[int], size: int) -> int:
    """A set of numbers below ``size`` as one whole number."""
    room = bytearray(size // 8 + 1)
    for number in numbers:
        room[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(room, "little")


def members(wanted: int) -> str:
    """A set as text, for many look-ups: character ``n`` is «1» when ``n`` is in it."""
    return bin(wanted)[:1:-1]


#: The last editions' indexes, latest last; how many are kept.
_kept: dict[Edition, Index] = {}
KEPT = 2


def index_of(edition: Edition) -> Index:
    """The index of an edition, built at its first use."""
    return _kept.get(edition) or keep(edition, build(edition))


def keep(edition: Edition, index: Index) -> Index:
    """Have the index of an edition at hand from now on."""
    for oldest in list(_kept)[: max(0, len(_kept) + 1 - KEPT)]:
        _kept.pop(oldest, None)
    _kept[edition] = index
    return index


def build(edition: Edition) -> Index:
    """The index of an edition, from its rows."""
    asked = "FROM search_entries e JOIN initiatives i ON i.id = e.id WHERE i.digital IS NOT 'non-numerique'"
    size = (edition.value(f"SELECT max(e.number) {asked}") or 0) + 1
    facets: dict[str, dict[str, list[int]]] = {name: defaultdict(list) for name in FACETS}
    within: dict[str, array[int]] = defaultdict(lambda: array("I"))
    nowhere = float("nan")
    longitude, latitude = array("d", [nowhere]) * size, array("d", [nowhere]) * size
    main_theme = array("b", [-1]) * size
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)
    ids = [""] * size
    ranks: dict[str, list[tuple[Any, ...]]] = {name: [] for name in ORDERS}
    readers = [r["name"] for r in edition.rows("SELECT name FROM sources")]
    reader_of = cache(partial(source_of, sources=readers))
    known = load()
    lines = edition.connection.cursor()
    lines.row_factory = None  # a row that is asked by name is slower to ask
    for row in map(Line._make, lines.execute(f"SELECT {COLUMNS} {asked} ORDER BY e.number")):
        n = row.number
        ids[n] = row.id
        for name, values in said(row, reader_of).items():
            for value in values:
                facets[name][value].append(n)
        for code in known.parents(row.insee_code).items():
            within["".join(code)].append(n)
        if row.qpv_code:
            within[row.qpv_code].append(n)
        if row.main_theme:
            main_theme[n] = THEMES.index(row.main_theme)
        if row.longitude is not None and row.latitude is not None:
            longitude[n], latitude[n] = row.longitude, row.latitude
            cells[floor(row.longitude / CELL), floor(row.latitude / CELL)].append(n)
        title = plain(row.title)
        for name, key in ORDERS.items():
            ranks[name].append((*key(row, title), n))
    return Index(
        all=bits((n for n, identifier in enumerate(ids) if identifier), size),
        ids=ids,
        facets={
            name: {value: bits(numbers, size) for value, numbers in in_order(name, found)}
            for name, found in facets.items()
        },
        orders={name: array("I", (key[-1] for key in sorted(ranks[name]))) for name in ORDERS},
        within=dict(within),
        longitude=longitude,
        latitude=latitude,
        main_theme=main_theme,
        cells=dict(cells),
    )


def said(row: Line, reader_of: Callable[[str], str]) -> dict[str, Iterable[str]]:
    """Facet → the values that one initiative has."""
    sources = {reader_of(source) for source in listed(row.sources)}
    return {
        "quartier": ("oui",) if row.in_quartiers else (quartier_state(row.qpv_etat),),
        "theme": listed(row.themes) or (UNKNOWN,),
        "certitude": ("sur",) if row.digital else ("doute",),
        "forme": listed(row.forms),
        "lieu": listed(row.place_types),
        "porteur": (kind_of(row.carrier_type) if row.carrier_type else UNKNOWN,),
        "infra": listed(row.infra),
        "monde": (row.world or UNKNOWN,),
        "annee": ((row.start or "")[:4] or UNKNOWN,),
        "source": sources,
    }


@lru_cache(maxsize=4096)
def listed(text: str | None) -> tuple[str, ...]:
    """A list as the edition writes it; the same few come back all the time."""
    return tuple(json.loads(text or "[]"))


@lru_cache(maxsize=4096)
def kind_of(carrier_type: str) -> str:
    """The kind of carrier that a source's word means."""
    return carrier_kind(carrier_type)


@lru_cache(maxsize=8192)
def commune_name(name: str) -> str:
    """A commune's name, for sorting."""
    return plain(name)


@lru_cache(maxsize=8192)
def latest_first(day: str) -> tuple[int, ...]:
    """A key that sorts days from the latest to the earliest."""
    return tuple(-ord(c) for c in day)


#: Order → the key of an initiative in it (its row, its plain title); the number breaks ties.
ORDERS: dict[str, Callable[[Line, str], tuple[Any, ...]]] = {
    "documentees": lambda row, _: (
        not row.in_quartiers,
        row.digital is None,
        -len(row.sources),
        -row.length,
    ),
    "recentes": lambda row, title: (
        row.start is None,
        latest_first(row.start or ""),
        title,
    ),
    "titre": lambda _, title: (title,),
    "territoire": lambda row, title: (
        row.insee_code is None,
        (row.insee_code or "")[:2],
        commune_name(row.commune or ""),
        title,
    ),
}


def quartier_state(state: str) -> str:
    """Near, elsewhere, or not known, for what no source places in a quarter."""
    return state if state in ("proche", "hors") else UNKNOWN


def in_order(name: str, found: dict[str, list[int]]) -> list[tuple[str, list[int]]]:
    """The values of a facet in the order shown; what is not said comes last."""
    order = FACETS[name]
    if order is not None:
        return [(value, found[value]) for value in order if value in found]
    if name == "annee":
        ranked = sorted(found.items(), key=lambda item: (item[0] != UNKNOWN, item[0]), reverse=True)
        return ranked
    return sorted(found.items(), key=lambda i: (i[0] in (UNKNOWN, "Autre"), -len(i[1]), i[0]))
