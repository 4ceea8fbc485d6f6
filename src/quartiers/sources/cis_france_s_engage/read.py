"""Winners described by the Carrefour des innovations sociales.

**Reads** the columns named in the card. **Writes** records.
**Method** Name and description; a project comes back once an address: ``link`` unites the rows.
**Limits** The points are unreliable upstream and not read.
"""

from __future__ import annotations

from typing import Any

from quartiers.shapes import Issue, Record
from quartiers.values import code, date, known, words

THEMES = tuple(f"Tag CIS - Niveau - 1 - Thématiques {n}" for n in (1, 2, 3))


def read_row(number: int, row: dict[str, Any]) -> Record | Issue:
    """One project at one address."""
    title, local = words(row["Nom du projet"]), words(row["ID CIS"])
    if not title:
        return Issue("collect", "cis-france-s-engage", local, "projet sans nom", "un nom", "rien")
    return Record(
        source="cis-france-s-engage",
        source_id=local or f"ligne-{number}",
        kind="projet",
        title=title,
        text=words(row["Description"]),
        carrier=known(row["Structure porteuse"]),
        start=date(row["Lauréats"]),
        postcode=code(row["Code postal"]),
        commune=known(row["Ville"]),
        services=[s for s in (words(row[column]) for column in THEMES) if s],
    )
