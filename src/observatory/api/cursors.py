"""Where a reading stopped: a cursor that names its edition.

**Reads** nothing. **Writes** nothing.
**Method** A cursor is the edition's name and the last key given (or how many rows), in URL-safe base64.
An edition never changes, so pages neither repeat nor skip; a cursor of another edition is refused
(410): its list is no longer there.
**Limits** Not signed: a forged cursor only starts the list elsewhere.
"""

from __future__ import annotations

import base64
import binascii

from observatory.api.errors import Refusal
from observatory.edition import Edition

LONGEST = 300


def write(edition: Edition, after: str) -> str:
    """The cursor that goes on after a key."""
    return base64.urlsafe_b64encode(f"{edition.name}\n{after}".encode()).decode().rstrip("=")


def read(edition: Edition, cursor: str | None) -> str:
    """The key to go on after; «» at the beginning. Raises Refusal (400, 410)."""
    if not cursor:
        return ""
    try:
        padded = cursor[:LONGEST] + "=" * (-len(cursor[:LONGEST]) % 4)
        name, after = base64.urlsafe_b64decode(padded.encode()).decode().split("\n")
    except (binascii.Error, ValueError):
        raise Refusal(
            400,
            "Ce curseur est illisible : reprenez celui de la réponse précédente, sans le changer.",
            "This cursor cannot be read: use the one of the previous answer, unchanged.",
        ) from None
    if name != edition.name:
        raise Refusal(
            410,
            "Ce curseur vient d'une édition passée : reprenez la liste du début.",
            "This cursor comes from a past edition: start the list again.",
        )
    return after


def read_offset(edition: Edition, cursor: str | None) -> int:
    """The number of rows already given. Raises Refusal (400, 410)."""
    after = read(edition, cursor)
    if after and not (after.isascii() and after.isdigit() and len(after) < 9):
        raise Refusal(
            400,
            "Ce curseur appartient à une autre liste.",
            "This cursor belongs to another list.",
        )
    return int(after or 0)
