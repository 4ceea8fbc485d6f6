"""Tables to take away: CSV and XLSX that a spreadsheet opens without harm.

**Reads** nothing. **Writes** nothing: bytes are returned.
**Method** Text that a spreadsheet would run as a formula is quoted (``quartiers.tabular.cells``). XLSX is written row by row (openpyxl, write-only).
**Limits** Meant for hundreds of rows; the catalogue's own export streams.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from quartiers.tabular.cells import flat

Row = Sequence[Any]


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


def table(header: Row, rows: Iterable[Row]) -> bytes:
    """A CSV file: UTF-8, comma, one header line."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([flat(cell) for cell in header])
    writer.writerows([flat(cell) for cell in row] for row in rows)
    return stream.getvalue().encode()
