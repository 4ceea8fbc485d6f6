"""Lists of initiatives and places, a page at a time or all of them.

**Reads** the edition's SQLite. **Writes** nothing.
**Method** Without words, by id, each page beginning after the last id of the one before: the cost of a
page does not grow with its rank. With words, by relevance, among the first results of the search.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.http import HttpRequest

from observatory.api import cursors
from observatory.api.filters import Where
from observatory.api.rows import initiative
from observatory.edition import Edition


def page(
    request: HttpRequest, edition: Edition, found: Where, limit: int, cursor: str | None
) -> dict[str, Any]:
    """One page, and the address of the next. Raises Refusal (400, 410)."""
    count = counted(edition, found.sql, tuple(found.values))
    if found.ranked is not None:
        rows, after = ranked(edition, found, limit, cursors.read_offset(edition, cursor))
    else:
        rows, after = by_id(edition, found, limit, cursors.read(edition, cursor))
    return {
        "edition": edition.name,
        "count": count,
        "next": following(request, cursors.write(edition, after)) if after else None,
        "items": [initiative(row) for row in rows],
    }


@lru_cache(maxsize=512)
def counted(edition: Edition, sql: str, values: tuple[Any, ...]) -> int:
    """How many rows pass the filters."""
    return int(edition.value(f"SELECT count(*) FROM initiatives i WHERE {sql}", values))


def by_id(edition: Edition, found: Where, limit: int, after: str) -> tuple[list[Any], str]:
    """The rows after an id, and the id to go on after («» at the end)."""
    rows = edition.rows(
        f"SELECT i.* FROM initiatives i WHERE {found.sql} AND i.id > ? ORDER BY i.id LIMIT ?",
        (*found.values, after, limit + 1),
    )
    return rows[:limit], rows[limit - 1]["id"] if len(rows) > limit else ""


def ranked(edition: Edition, found: Where, limit: int, start: int) -> tuple[list[Any], str]:
    """The rows of a search from a rank on, the most relevant first."""
    passing = {
        row[0]
        for row in edition.rows(f"SELECT i.id FROM initiatives i WHERE {found.sql}", found.values)
    }
    order = [identifier for identifier in found.ranked or () if identifier in passing]
    wanted = order[start : start + limit]
    marks = ", ".join("?" * len(wanted))
    by_id_ = {
        row["id"]: row
        for row in edition.rows(f"SELECT * FROM initiatives WHERE id IN ({marks})", wanted)
    }
    more = len(order) > start + limit
    return [by_id_[identifier] for identifier in wanted], str(start + limit) if more else ""


def following(request: HttpRequest, cursor: str) -> str:
    """This address with another cursor."""
    query = request.GET.copy()
    query["cursor"] = cursor
    return str(request.build_absolute_uri(f"{request.path}?{query.urlencode()}"))


def stream(edition: Edition, found: Where) -> Iterator[Any]:
    """Every row, by id, a few at a time: memory does not grow with the list."""
    sql = f"SELECT i.* FROM initiatives i WHERE {found.sql} ORDER BY i.id"
    yield from edition.connection.execute(sql, found.values)
