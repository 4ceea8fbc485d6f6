"""The edition being served: read-only, and changed for a newer one without a restart.

**Reads** the folder that ``settings.EDITION`` names or links to: ``quartiers.sqlite``,
``manifest.json``. **Writes** nothing.
**Method** The link is followed anew at each call: when ``current`` points elsewhere, the next page is
served from the new edition, while pages under way end on the one they began with. SQLite is opened
immutable (an edition never changes once swapped in), one connection a thread.
**Limits** What is cached by page (facets, figures) is keyed by the edition's name.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

_local = threading.local()


class NoEdition(Exception):
    """There is no edition to serve yet."""


@dataclass(frozen=True)
class Edition:
    """One edition: its folder, its manifest, and questions put to its SQLite file."""

    path: Path
    name: str
    built_at: datetime
    manifest_text: str

    @property
    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.manifest_text)
        return found

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's read-only connection."""
        if getattr(_local, "path", None) != self.path:
            if hasattr(_local, "connection"):
                _local.connection.close()
            _local.connection = sqlite3.connect(
                f"file:{self.path / 'quartiers.sqlite'}?mode=ro&immutable=1", uri=True
            )
            _local.connection.row_factory = sqlite3.Row
            # Read through the system's cache, which all workers share, with a little of our own: mapped
            # whole, a national edition would count in each worker's memory.
            _local.connection.execute("PRAGMA mmap_size = 0")
            _local.connection.execute("PRAGMA cache_size = -2000")
            _local.path = self.path
        connection: sqlite3.Connection = _local.connection
        return connection

    def has(self, table: str) -> bool:
        """Whether the edition has a table: one built before the table existed has not."""
        asked = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
        return self.value(asked, (table,)) is not None

    def rows(self, sql: str, values: Iterable[Any] = ()) -> list[sqlite3.Row]:
        """All the rows of a question."""
        return self.connection.execute(sql, tuple(values)).fetchall()

    def row(self, sql: str, values: Iterable[Any] = ()) -> sqlite3.Row | None:
        """The first row of a question, if any."""
        found: sqlite3.Row | None = self.connection.execute(sql, tuple(values)).fetchone()
        return found

    def value(self, sql: str, values: Iterable[Any] = ()) -> Any:
        """The first cell of the first row."""
        found = self.row(sql, values)
        return None if found is None else found[0]


def close() -> None:
    """Close this thread's connection: none may cross a fork."""
    if hasattr(_local, "connection"):
        _local.connection.close()
        del _local.connection, _local.path


def current() -> Edition:
    """The edition to answer with now. Raises NoEdition."""
    try:
        return _open(settings.EDITION.resolve(strict=True))
    except OSError:
        raise NoEdition(str(settings.EDITION)) from None


@lru_cache(maxsize=4)
def _open(path: Path) -> Edition:
    text = (path / "manifest.json").read_text("utf-8")
    manifest = json.loads(text)
    built = datetime.fromisoformat(manifest["built_at"].replace("Z", "+00:00"))
    return Edition(path, manifest["edition"], built, text)
