"""CSV, a row at a time.

**Reads** rows of the edition. **Writes** a streamed answer.
**Method** The columns of ``exports/initiatives.csv``, in its order; cells that a spreadsheet would run as
a formula are quoted, lists joined with «|».
"""

from __future__ import annotations

from django.http import StreamingHttpResponse

from observatory.api.filters import Where
from observatory.api.listing import stream
from observatory.api.rows import LISTS, listed
from observatory.edition import Edition
from observatory.sheets import lines


def answer(name: str, edition: Edition, found: Where) -> StreamingHttpResponse:
    """The whole list as a file."""
    columns = [row["name"] for row in edition.rows("PRAGMA table_info(initiatives)")]
    rows = (
        [listed(v) if c in LISTS else v for c, v in zip(columns, row, strict=True)]
        for row in stream(edition, found)
    )
    response = StreamingHttpResponse(lines(columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{edition.name}.csv"'
    return response
