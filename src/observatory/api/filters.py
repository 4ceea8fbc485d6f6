"""Filters of the initiatives, as SQL on the edition.

**Reads** the edition's SQLite, the territories. **Writes** nothing.
**Method** Each filter is one condition, all must hold. A territory is everything whose commune lies in
it; a quarter, what stands inside it or at its edge. ``certainty``: *certain* are those that the method
calls digital, *doute* those it cannot judge; places that are not digital are among the places only.
**Limits** An initiative whose commune is unknown is in no territory but France. The year is the year of
the beginning: most places have none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from observatory.api.errors import Refusal, unknown
from observatory.edition import Edition
from quartiers.bridge import search
from quartiers.compare.cards import carrier_kind, relays
from quartiers.errors import InputError
from quartiers.territories import load, split_code

#: What each filter on a list column asks of which table.
LISTS = {
    "theme": ("initiative_themes", "theme"),
    "form": ("initiative_forms", "form"),
    "infra": ("initiative_infra", "topic"),
    "place_type": ("initiative_places", "place_type"),
}
CERTAINTIES = {
    "certain": "i.digital = 'numerique'",
    "doute": "i.digital IS NULL",
    "tous": "(i.digital = 'numerique' OR i.digital IS NULL)",
}
STANDS = "i.qpv_etat IN ('dedans', 'limite')"
#: How many results a search in words goes through.
DEEPEST = 400


@dataclass
class Where:
    """Conditions on ``initiatives i``, their values, and the order of a search when there is one."""

    conditions: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    ranked: list[str] | None = None

    def add(self, condition: str, *values: Any) -> None:
        self.conditions.append(condition)
        self.values += values

    @property
    def sql(self) -> str:
        return " AND ".join(self.conditions) or "1"


def where(edition: Edition, asked: dict[str, Any], *, places: bool = False) -> Where:
    """The conditions for what is asked (None or «»: no filter). Raises Refusal."""
    found = Where()
    if places:
        found.add(f"i.kind = 'lieu' AND {relay_condition()}")
        if asked.get("certainty"):
            found.add(CERTAINTIES[asked["certainty"]])
    else:
        found.add(CERTAINTIES[asked.get("certainty") or "certain"])
    for name, (table, column) in LISTS.items():
        if asked.get(name):
            found.add(
                f"EXISTS (SELECT 1 FROM {table} l WHERE l.initiative = i.id AND l.{column} = ?)",
                asked[name],
            )
    for name in ("world", "kind"):
        if asked.get(name):
            found.add(f"i.{name} = ?", asked[name])
    if asked.get("in_quartiers") is not None:
        found.add("i.in_quartiers = ?", int(asked["in_quartiers"]))
    if asked.get("year"):
        found.add("i.start >= ? AND i.start < ?", str(asked["year"]), str(asked["year"] + 1))
    if asked.get("territory"):
        add_territory(found, asked["territory"])
    if asked.get("carrier_type"):
        add_list(found, "i.carrier_type", carrier_words(edition, asked["carrier_type"]))
    if asked.get("q"):
        hits = search(edition.connection, asked["q"], limit=DEEPEST)
        found.ranked = [hit.id for hit in hits]
        add_list(found, "i.id", found.ranked)
    return found


def add_list(found: Where, column: str, values: list[str]) -> None:
    """One of several values; none at all finds nothing."""
    found.add(f"{column} IN ({', '.join('?' * len(values))})" if values else "0", *values)


def relay_condition() -> str:
    """A place that the study calls a relay."""
    kinds = ", ".join(f"'{kind}'" for kind in sorted(relays()))
    return (
        "EXISTS (SELECT 1 FROM initiative_places p WHERE p.initiative = i.id "
        f"AND p.place_type IN ({kinds}))"
    )


@lru_cache(maxsize=64)
def carrier_words(edition: Edition, kind: str) -> list[str]:
    """The sources' own words for a kind of carrier. Raises Refusal when no kind is called so."""
    rows = edition.rows("SELECT DISTINCT carrier_type FROM initiatives WHERE carrier_type <> ''")
    kinds: dict[str, list[str]] = {}
    for (words,) in rows:
        kinds.setdefault(carrier_kind(words), []).append(words)
    if kind not in kinds:
        said = ", ".join(sorted(kinds))
        raise Refusal(
            400,
            f"Ce type de porteur est inconnu ; dites l'un de ceux-ci : {said}.",
            "unknown carrier type; say one of these",
        )
    return sorted(kinds[kind])


@lru_cache(maxsize=2048)
def territory_code(wanted: str) -> str:
    """The code of a territory from a code or a name. Raises Refusal (404)."""
    if len(wanted) > 100:
        raise unknown(wanted)
    try:
        return load().resolve(wanted).code
    except InputError:
        raise unknown(wanted) from None


def add_territory(found: Where, wanted: str) -> None:
    """What lies in a territory. Raises Refusal (404)."""
    territories, code = load(), territory_code(wanted)
    if code == "FR":
        return
    if code in territories.qpv:
        found.add(f"i.qpv_code = ? AND {STANDS}", code)
        return
    kind, bare = split_code(code)
    if kind in ("DEP", "REG"):
        areas = territories.departement.values()
        inside = [bare] if kind == "DEP" else [a.code for a in areas if a.parent == bare]
        ranges = " OR ".join("(i.insee_code >= ? AND i.insee_code < ?)" for _ in inside)
        found.add(f"({ranges or '0'})", *(edge for dep in inside for edge in (dep, dep + "~")))
        return
    add_list(found, "i.insee_code", communes_of(kind, bare))


@lru_cache(maxsize=512)
def communes_of(kind: str, code: str) -> list[str]:
    """The INSEE codes of a commune (its arrondissements and former communes too) or of an EPCI."""
    territories = load()
    known = territories.commune.values()
    if kind == "COM":
        return sorted({code} | {c.code for c in known if c.parent == code})
    own = {c.code for c in known if c.epci == code}
    return sorted(own | {c.code for c in known if c.parent in own})
