"""A table being read: its columns, its rows one by one, what is wrong with each.

**Reads** and **Writes** nothing. **Method** Rows are drawn, never held. **Limits** None of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from quartiers.errors import InputError

#: Columns named in a message.
SHOWN = 12


class Row(NamedTuple):
    """One row: its number in the file (the header is 1), its cells, and what is wrong with it."""

    number: int
    cells: dict[str, Any]
    problem: str | None = None


@dataclass
class Table:
    """A table being read. ``kind`` ∈ csv | jsonl | json | xlsx; ``notes`` are said to the user."""

    name: str
    kind: str
    columns: list[str]
    rows: Callable[[], Iterator[Row]]
    notes: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Row]:
        return self.rows()

    def readable(self, problems: list[Row]) -> Iterator[dict[str, Any]]:
        """The cells of the rows that could be read; the others are noted in ``problems``."""
        for row in self:
            if row.problem:
                problems.append(row)
            else:
                yield row.cells


def in_short(columns: Sequence[str]) -> str:
    """Names as a message gives them: the first ones, and how many follow."""
    shown = ", ".join(column[:40] for column in columns[:SHOWN])
    return f"{shown} and {len(columns) - SHOWN:,} more" if len(columns) > SHOWN else shown


def check_columns(columns: Sequence[str], name: str) -> list[str]:
    """The header, blanks and invisible marks stripped; each name there, and once."""
    clean = [c.strip().strip("\ufeff\u200b\u200d").strip() for c in columns]
    while clean and not clean[-1]:
        clean.pop()
    if not clean:
        raise InputError(f"{name} has no header line: name the columns on the first line.")
    seen: dict[str, int] = {}
    for position, column in enumerate(clean, start=1):
        if not column:
            raise InputError(f"{name}: column {position} has no name in the header line; name it.")
        seen[column] = seen.get(column, 0) + 1
    if doubled := sorted(c for c, count in seen.items() if count > 1):
        raise InputError(
            f"{name}: the header names {in_short(doubled)} more than once; rename one of them."
        )
    return clean
