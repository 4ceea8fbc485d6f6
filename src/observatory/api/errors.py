"""What went wrong, in one sentence of each language.

**Reads** nothing. **Writes** nothing.
"""

from __future__ import annotations

#: The statuses of answers that say what went wrong.
REFUSALS = (400, 404, 410, 422, 429)


class Refusal(Exception):
    """A question that cannot be answered: HTTP status, the sentence in French, in English."""

    def __init__(self, status: int, french: str, english: str) -> None:
        super().__init__(french)
        self.status = status
        self.detail = f"{french} ({english})"


def unknown(what: str) -> Refusal:
    """404: nothing is called so in this edition."""
    said = what if len(what) <= 80 else what[:80] + "…"
    return Refusal(
        404,
        f"« {said} » n'existe pas dans cette édition.",
        f"“{said}” is not in this edition.",
    )
