"""Grants of the city of Montpellier, 2014.

**Reads** the columns named in the card. **Writes** records.
**Method** The project's name, then the association's; without a project, the association alone.
**Limits** Names are cut and in capitals; «Thématique» is filled by blocks only.
"""

from __future__ import annotations

from typing import Any

from quartiers.shapes import Issue, Record
from quartiers.values import amount, words


def read_row(number: int, row: dict[str, Any]) -> Record | Issue:
    """One grant."""
    project, carrier = words(row["Nom du projet"]), words(row["Structure"])
    if not (project or carrier):
        return Issue(
            "collect", "montpellier-2014", str(number), "ni projet ni structure", "un nom", "rien"
        )
    return Record(
        source="montpellier-2014",
        source_id=str(number - 2),
        kind="action",
        title=project or carrier,
        text=carrier if project else "",
        carrier=carrier or None,
        carrier_type="association",
        start="2014",
        amount_eur=amount(row["Montant"]),
        commune="Montpellier",
        insee_code="34172",
        services=[s for s in (words(row["Thématique"]),) if s],
    )
