"""A record as linking sees it.

**Reads** rows of the records table. **Writes** nothing.
**Method** What comparing needs and no more: names, address, point, SIRET, kinds, identifiers.
**Limits** Phones, e-mails and persons' names are never read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_POSTCODE = re.compile(r"\b((?:0[1-9]|[1-8]\d|9[0-8])\d{3})\b")
#: Identifiers that are unique in the world (UUID, object ids of 24 signs), inside longer ones too.
_LASTING = re.compile(r"[0-9a-f]{24}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
#: No establishment has this number: a SIRET that ends so was rounded by a spreadsheet, and is unknown.
NO_PLACE = "00000"


@dataclass(slots=True)
class Item:
    """A record as linking sees it."""

    id: str
    source: str
    title: str
    address: str | None
    postcode: str | None
    commune: str | None
    siret: str | None
    point: tuple[float, float] | None
    types: frozenset[str]
    identifier: str | None = None

    @property
    def is_labelled(self) -> bool:
        """Whether it carries the France services label, in its name or its list."""
        return "france-services" in self.types


def as_item(row: dict[str, Any]) -> Item:
    """One row of the records table as linking sees it."""
    point = None
    if row["longitude"] is not None and row["latitude"] is not None:
        point = (row["longitude"], row["latitude"])
    return Item(
        id=row["id"],
        source=row["source"],
        title=row["title"],
        address=row["address"],
        postcode=row["postcode"] or postcode_in(row["address"]),
        commune=row["commune"],
        siret=None if (row["siret"] or "").endswith(NO_PLACE) else row["siret"],
        point=point,
        types=frozenset(row["place_types"] or ()),
        identifier=row.get("source_id"),
    )


def postcode_in(address: str | None) -> str | None:
    """The postcode written inside an address, when the column is empty."""
    found = _POSTCODE.search(address or "")
    return found.group(1) if found else None


def lasting_identifier(text: str) -> str | None:
    """The part of an identifier that is unique in the world, when there is one."""
    found = _LASTING.search(text)
    return found.group() if found else None
