"""Gironde: the column named X holds the latitude.

**Reads** the columns named in the card. **Writes** records.
**Method** X is the latitude and Y the longitude in this list: checked on Bordeaux (44.8, -0.6).
**Limits** The postcode is read at the end of the address.
"""

from __future__ import annotations

import re
from typing import Any

from quartiers.place_types import place_slugs
from quartiers.shapes import Issue, Record
from quartiers.values import date, degrees, known, sentence, several, web_address, words


def read_row(number: int, row: dict[str, Any]) -> Record | Issue:
    """One place."""
    name = words(row.get("Lieu"))
    if not name:
        return Issue("collect", "gironde", str(number), "lieu sans nom", "un nom", "rien")
    services = several(row.get("services"), "/|")
    offered = f"Services : {', '.join(services)}" if services else None
    address = words(row.get("Adresse postale"))
    postcode = re.search(r"\b(33\d{3})\b", address)
    return Record(
        source="mednum-gironde",
        source_id=str(number - 1),
        kind="lieu",
        title=name,
        text=sentence(words(row.get("Description")), offered) or "Lieu de médiation numérique.",
        carrier_type=known(row.get("Type Structure")),
        longitude=degrees(row.get("Coord. Y")),
        latitude=degrees(row.get("Coord. X")),
        address=address or None,
        postcode=postcode.group(1) if postcode else None,
        commune=known(row.get("Commune")),
        place_types=place_slugs([words(row.get("Type Structure")), name]),
        services=[*services, *several(row.get("equipements"), "/|")],
        url=web_address(row.get("Site internet")),
        retrieved_at=date(row.get("Dernière MAJ")),
    )
