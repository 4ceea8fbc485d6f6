"""Tables to take away: CSV and XLSX that a spreadsheet opens without harm.

**Reads** nothing. **Writes** nothing: bytes are returned.
**Method** Text that a spreadsheet would run as a formula is quoted (``quartiers.tabular.cells``). XLSX is
written row by row (openpyxl, write-only).
**Limits** A workbook here is meant for hundreds of rows: the catalogue has its own.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from quartiers.tabular.cells import flat

Row = Sequence[Any]
#: Rows of a CSV file written at once.
CHUNK = 200


def workbook(sheets: Iterable[tuple[str, Row, Iterable[Row]]]) -> bytes:
    """Sheets (name, header, rows) as one XLSX file."""
    from openpyxl import Workbook  # slow to import, and only a spreadsheet needs it

    book = Workbook(write_only=True)
    for name, header, rows in sheets:
        sheet = book.create_sheet(name[:31])
        sheet.freeze_panes = "A2"
        sheet.append([flat(cell) for cell in header])
        for row in rows:
            sheet.append([flat(cell) for cell in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


class Echo:
    """A stream that gives each line back instead of keeping it (Django, «Streaming CSV»)."""

    def write(self, line: str) -> str:
        return line


def lines(header: Row, rows: Iterable[Row]) -> Iterator[str]:
    """A CSV file to be streamed, a few rows at a time."""
    writer = csv.writer(Echo())
    source = chain([header], rows)
    while chunk := list(islice(source, CHUNK)):
        yield "".join(writer.writerow([flat(cell) for cell in row]) for row in chunk)


def table(header: Row, rows: Iterable[Row]) -> bytes:
    """A CSV file: UTF-8, comma, one header line."""
    return "".join(lines(header, rows)).encode()
