"""A batch: its texts out of Arrow columns, its reasons into them.

**Reads** and **Writes** nothing.
**Method** Reasons are laid out field by field, which costs a fifth of what dicts do.
**Limits** Texts are those of records (title, then text).
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate, chain

import pyarrow as pa

from quartiers.shapes import BECAUSE_TYPE, Because, record_text


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for cycles meanwhile: a batch makes many objects and no cycle, and each search walks
    through all that the lexicon remembers (a seventh of the time)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


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
