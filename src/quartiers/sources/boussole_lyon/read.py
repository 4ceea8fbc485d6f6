"""A small hand-made list of social associations in Lyon.

**Reads** the columns named in the card. **Writes** records.
**Method** Name and description as written.
**Limits** Irregular categories, kept as services.
"""

from __future__ import annotations

import re
from typing import Any

from quartiers.place_types import place_slugs
from quartiers.shapes import Issue, Record
from quartiers.values import degrees, known, several, words


def read_row(number: int, row: dict[str, Any]) -> Record | Issue:
    """One association or public service."""
    name = words(row["nom"])
    if not name:
        return Issue(
            "collect", "boussole-lyon", str(number), "structure sans nom", "un nom", "rien"
        )
    address = words(row["adresse"])
    postcode = re.search(r"\b(69\d{3})\b", address)
    return Record(
        source="boussole-lyon",
        source_id=str(number - 2),
        kind="organisation",
        title=name,
        text=words(row["description"]),
        longitude=degrees(row["longitude"]),
        latitude=degrees(row["latitude"]),
        address=known(address),
        postcode=postcode.group(1) if postcode else None,
        commune="Lyon" if "lyon" in address.lower() else None,
        place_types=place_slugs([name]),
        services=[*several(row["categorie"]), *several(row["services"])],
    )
