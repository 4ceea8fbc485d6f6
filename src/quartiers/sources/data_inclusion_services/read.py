"""Insertion services with a summary and themes.

**Reads** the columns named in the card. **Writes** records.
**Method** Title and summary as written; the themes' slugs are kept as services.
**Limits** Not located; an empty list of themes is not a no.
"""

from __future__ import annotations

from typing import Any

from quartiers.shapes import Issue, Record
from quartiers.values import several, words


def read_row(number: int, row: dict[str, Any]) -> Record | Issue:
    """One service."""
    name = words(row.get("nom"))
    if not name:
        source = "data-inclusion-services-2022"
        return Issue("collect", source, str(number), "service sans nom", "un nom", "rien")
    return Record(
        source="data-inclusion-services-2022",
        source_id=words(row.get("id")) or f"ligne-{number}",
        kind="service",
        title=name,
        text=words(row.get("presentation_resume")),
        services=[*several(row.get("thematiques")), *several(row.get("types"))],
    )
