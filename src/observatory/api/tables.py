"""CSV, a row at a time.

**Reads** rows of the edition. **Writes** a streamed answer.
**Method** The columns of ``exports/initiatives.csv``, in its order; cells that a spreadsheet would run as
a formula are quoted, lists joined with «|».
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.http import StreamingHttpResponse

from observatory.api.filters import Where
from observatory.api.listing import stream
from observatory.api.rows import LISTS, listed
from observatory.edition import Edition
from quartiers.tabular.cells import flat

#: Rows written at once.
CHUNK = 200


class Line:
    """What the csv module writes to: gives the line back."""

    def write(self, text: str) -> str:
        return text


def cell(name: str, value: Any) -> Any:
    """A value as one safe cell; numbers stay numbers."""
    return flat(listed(value) if name in LISTS else value)


def lines(columns: list[str], rows: Iterable[Any]) -> Iterator[str]:
    """The header, then a few rows at a time."""
    writer = csv.writer(Line())
    yield str(writer.writerow(columns))
    source = iter(rows)
    while chunk := list(islice(source, CHUNK)):
        yield "".join(
            writer.writerow([cell(c, v) for c, v in zip(columns, row, strict=True)])
            for row in chunk
        )


def answer(name: str, edition: Edition, found: Where) -> StreamingHttpResponse:
    """The whole list as a file."""
    columns = [row["name"] for row in edition.rows("PRAGMA table_info(initiatives)")]
    response = StreamingHttpResponse(
        lines(columns, stream(edition, found)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}-{edition.name}.csv"'
    return response
