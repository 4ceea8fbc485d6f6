"""Services of the Rhône, located.

**Reads** the columns named in the card. **Writes** records.
**Method** Title and summary as written; summaries are cut upstream by «…».
**Limits** The structure's name stands only in the summary.
"""

from __future__ import annotations

from typing import Any

from quartiers.shapes import Issue, Record
from quartiers.values import code, degrees, known, several, words


def read_row(number: int, row: dict[str, Any]) -> Record | Issue:
    """One service."""
    name = words(row["nom"])
    if not name:
        source = "data-inclusion-rhone-2024"
        return Issue("collect", source, str(number), "service sans nom", "un nom", "rien")
    return Record(
        source="data-inclusion-rhone-2024",
        source_id=str(number - 2),
        kind="service",
        title=name,
        text=words(row["presentation_resume"]),
        longitude=degrees(row["longitude"]),
        latitude=degrees(row["latitude"]),
        address=known(row["adresse"]),
        postcode=code(row["code_postal"]),
        commune=known(row["commune"]),
        services=several(row["types"]),
    )
