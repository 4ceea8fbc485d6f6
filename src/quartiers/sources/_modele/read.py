"""One sentence: what this list is, and its worst habit.

**Reads** the columns named in the card. **Writes** records.
**Method** What becomes the title, what becomes the text, and why.
**Limits** What the list does not say.
"""

from __future__ import annotations

from typing import Any

from quartiers.shapes import Issue, Record
from quartiers.values import amount, known, words


def read_row(number: int, row: dict[str, Any]) -> Record | Issue:
    """One action. A row that cannot be one is an Issue: named and counted, never dropped."""
    title = words(row["Intitulé"])
    if not title:
        return Issue("collect", "mon-territoire-actions-2026", str(number), "action sans intitulé")
    return Record(
        source="mon-territoire-actions-2026",
        source_id=str(number),
        kind="action",
        title=title,
        carrier=known(row["Porteur"]),
        amount_eur=amount(row["Montant"]),
    )
