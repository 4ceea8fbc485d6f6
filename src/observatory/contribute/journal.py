"""The journal: who did what. **Reads** nothing. **Writes** acts, which nobody changes."""

from __future__ import annotations

from observatory.contribute.models import Act


def write(who: str, what: str, about: str, detail: str = "") -> None:
    """One line of the journal."""
    Act.objects.create(who=who[:150], what=what, about=about[:300], detail=detail[:500])
