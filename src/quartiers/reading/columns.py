"""Between Arrow columns and what the reading uses: texts in, reasons out.

**Reads** and **Writes** nothing.
**Method** Reasons are laid out field by field, which costs a fifth of what dicts do.
**Limits** Texts are those of records (title, then text).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain

import pyarrow as pa

from quartiers.shapes import BECAUSE_TYPE, Because, record_text


def batch_texts(batch: pa.RecordBatch) -> list[str]:
    """:func:`record_text` of each record of an Arrow batch."""
    return list(map(record_text, batch["title"].to_pylist(), batch["text"].to_pylist()))


def because_column(rows: Sequence[Sequence[Because]]) -> pa.Array:
    """The reasons of each row, as the tables hold them."""
    flat = list(chain.from_iterable(rows))
    fields = list(BECAUSE_TYPE.value_type)
    columns = [pa.array([getattr(reason, f.name) for reason in flat], f.type) for f in fields]
    ends = pa.array(accumulate(map(len, rows), initial=0), pa.int32())
    return pa.ListArray.from_arrays(ends, pa.StructArray.from_arrays(columns, fields=fields))
