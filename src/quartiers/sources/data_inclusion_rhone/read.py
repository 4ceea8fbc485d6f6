"""Services of the Rhône, located.

**Reads** the columns named in the card. **Writes** records.
**Method** Summaries are cut upstream by «…». Four rows in five are all called «Médiation numérique», and
name their structure in the summary («X propose des services : …»): the structure is then the title, as in
the other lists of places, and the service's name opens the text.
**Limits** Elsewhere the title is the service's, and its structure is not said.
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
    text = words(row["presentation_resume"])
    structure, told, _ = text.partition(" propose des services : ")
    return Record(
        source="data-inclusion-rhone-2024",
        source_id=str(number - 2),
        kind="service",
        title=structure if told else name,
        text=f"{name} : {text}" if told and structure != name else text,
        carrier=structure if told else None,
        longitude=degrees(row["longitude"]),
        latitude=degrees(row["latitude"]),
        address=known(row["adresse"]),
        postcode=code(row["code_postal"]),
        commune=known(row["commune"]),
        services=several(row["types"]),
    )
