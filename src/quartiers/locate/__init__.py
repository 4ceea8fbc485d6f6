"""locate: in which QPV, how far, known how.

**Reads** records; the national perimeters when given. **Writes** ``locations``.
**Method** ``answers.py`` puts together what the point (``points.py``, ``perimeters.py``, ``metres.py``),
the declared codes, the address (``addresses.py``) and the words (``mentions.py``, ``fields.py``,
``names.py``) say. The index is built once a worker.
**Limits** See each module.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from quartiers.locate.answers import Answer, locate_records
from quartiers.locate.perimeters import perimeter_issues
from quartiers.locate.points import points_batch
from quartiers.shapes import LOCATION_SCHEMA, batch_records, rows_batch

__all__ = ["Answer", "locate_batch", "locate_records", "perimeter_issues", "points_batch"]


def locate_batch(batch: pa.RecordBatch, perimeters: Path | None) -> pa.RecordBatch:
    """Records → at least one row of ``LOCATION_SCHEMA`` each, ``rank`` 0 the best.

    ``perimeters``: path of the national GeoJSON (``.gz``); without it, only declared codes and names.
    """
    records = list(batch_records(batch))
    answers = locate_records(records, perimeters)
    rows = (
        a.row(record.id, rank)
        for record, found in zip(records, answers, strict=True)
        for rank, a in enumerate(found)
    )
    return rows_batch(rows, LOCATION_SCHEMA)
