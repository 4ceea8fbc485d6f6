"""What changed since the edition before this one.

**Reads** this edition and the ones beside it. **Writes** nothing.
**Method** The edition before is the newest of the neighbouring folders that was built earlier. An
initiative is new when its id is not there, changed when what people read of it differs. Worked out
once an edition.
**Limits** Without an edition before, the most recently updated ones stand in, and the feed says so.
What has left the edition is not told.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from observatory.edition import Edition

#: Entries of a feed.
MOST = 200
COMPARED = (
    *(
        "title",
        "text",
        "kind",
        "main_theme",
        "themes",
        "forms",
        "carrier",
        "start",
        "end",
        "commune",
    ),
    *("qpv_code", "qpv_etat", "place_types", "services", "url"),
)
SHOWN = "id, title, text, kind, commune, qpv_nom, main_theme, updated"


@dataclass(frozen=True)
class Change:
    """One initiative: what it was (``nouvelle``, ``modifiee``, ``recente``), and its row."""

    kind: str
    row: dict[str, Any]


@dataclass(frozen=True)
class Changes:
    """The feed's content; ``before`` is the name of the edition compared with, «» without one."""

    before: str
    new: int
    changed: int
    entries: tuple[Change, ...]


def built(folder: Path) -> tuple[datetime, str] | None:
    """When an edition was built and its name; None for a folder that is no edition."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        moment = datetime.fromisoformat(manifest["built_at"].replace("Z", "+00:00"))
    except (OSError, ValueError, KeyError):
        return None
    return moment, manifest["edition"]


def before(edition: Edition) -> tuple[Path, str] | None:
    """The folder and the name of the edition before."""
    found = [
        (when[0], when[1], folder)
        for folder in edition.path.parent.iterdir()
        if not folder.name.startswith(".")
        and not folder.is_symlink()
        and folder != edition.path
        and (folder / "quartiers.sqlite").is_file()
        and (when := built(folder)) is not None
        and when[0] < edition.built_at
    ]
    if not found:
        return None
    _, name, folder = max(found, key=lambda f: f[0])
    return folder, name


def marks(connection: sqlite3.Connection) -> dict[str, int]:
    """Id → a mark of what people read of an initiative."""
    columns = ", ".join(f'"{column}"' for column in COMPARED)
    sql = f"SELECT id, {columns} FROM initiatives WHERE digital = 'numerique'"
    return {row[0]: hash(tuple(row[1:])) for row in connection.execute(sql)}


@lru_cache(maxsize=2)
def changes(edition: Edition) -> Changes:
    """New ones first, then changed ones, by id."""
    previous = before(edition)
    if previous is None:
        recent = edition.rows(
            f"SELECT {SHOWN} FROM initiatives WHERE digital = 'numerique' AND in_quartiers "
            "ORDER BY updated DESC, id LIMIT ?",
            (MOST,),
        )
        return Changes("", 0, 0, tuple(Change("recente", dict(row)) for row in recent))
    path, name = previous
    address = f"file:{path / 'quartiers.sqlite'}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        old = marks(connection)
    now = marks(edition.connection)
    new = sorted(now.keys() - old.keys())
    changed = sorted(i for i in now.keys() & old.keys() if now[i] != old[i])
    wanted = [("nouvelle", i) for i in new] + [("modifiee", i) for i in changed]
    entries = []
    for kind, identifier in wanted[:MOST]:
        row = edition.row(f"SELECT {SHOWN} FROM initiatives WHERE id = ?", (identifier,))
        entries.append(Change(kind, dict(row or {})))
    return Changes(name, len(new), len(changed), tuple(entries))
