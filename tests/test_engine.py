"""The engine: order kept, memory flat, any number of workers."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quartiers.engine import map_batches
from quartiers.errors import QuartiersError

SCHEMA = pa.schema([("n", pa.int64())])
DOUBLED = pa.schema([("n", pa.int64()), ("twice", pa.int64())])


def double(batch: pa.RecordBatch) -> dict[str, pa.RecordBatch]:
    numbers = batch["n"].to_pylist()
    columns = [pa.array(numbers), pa.array([2 * n for n in numbers])]
    return {"doubled": pa.RecordBatch.from_arrays(columns, schema=DOUBLED)}


def die(batch: pa.RecordBatch) -> dict[str, pa.RecordBatch]:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def numbers(folder: Path, rows: int, group: int) -> Path:
    path = folder / "numbers.parquet"
    pq.write_table(pa.table({"n": list(range(rows))}, schema=SCHEMA), path, row_group_size=group)
    return path


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_the_output_is_the_same_whatever_the_number_of_workers(
    tmp_path: Path, workers: int
) -> None:
    source = numbers(tmp_path, 1_000, 90)
    target = tmp_path / "doubled.parquet"
    rows = map_batches(double, source, {"doubled": (target, DOUBLED)}, workers=workers)
    table = pq.read_table(target)
    assert rows == {"doubled": 1_000}
    assert table["n"].to_pylist() == list(range(1_000))
    assert table["twice"].to_pylist() == [2 * n for n in range(1_000)]


def test_an_empty_table_gives_an_empty_table(tmp_path: Path) -> None:
    source = numbers(tmp_path, 0, 10)
    target = tmp_path / "doubled.parquet"
    assert map_batches(double, source, {"doubled": (target, DOUBLED)}) == {"doubled": 0}
    assert pq.read_table(target).num_rows == 0


def test_a_killed_worker_is_said_in_a_sentence(tmp_path: Path) -> None:
    source = numbers(tmp_path, 100, 10)
    with pytest.raises(QuartiersError, match="stopped from outside"):
        map_batches(die, source, {"doubled": (tmp_path / "d.parquet", DOUBLED)}, workers=2)
