"""The local engine: record-level stages over Parquet row groups, in a process pool.

**Reads** one Parquet file, a row group at a time. **Writes** one Parquet file an output table.
**Method** A stage is a pure function ``RecordBatch -> {table: RecordBatch}``; each worker reads its
own row groups, so only results travel. Results are written in the order of the row groups: the
output does not depend on the number of workers. A sliding window of tasks keeps memory flat.
Workers are spawned, not forked: Arrow and DuckDB hold threads that a fork would leave locked.
**Limits** One machine. The same stages run on Apache Spark through ``mapInArrow``; on one machine
that is slower.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from quartiers.errors import QuartiersError

Stage = Callable[[pa.RecordBatch], dict[str, pa.RecordBatch]]

#: Rows a batch: large enough to amortise the call, small enough for a progress bar to move.
BATCH_ROWS = 5_000


def usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def open_parquet(path: str) -> pq.ParquetFile:
    """One open file a worker."""
    return pq.ParquetFile(path)


def run_group(stage: Stage, path: str, group: int) -> dict[str, pa.RecordBatch]:
    """One row group through one stage, in a worker."""
    table = open_parquet(path).read_row_group(group).combine_chunks()
    batches = table.to_batches()
    batch = batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)
    return stage(batch)


def results(stage: Stage, source: Path, workers: int) -> Iterator[dict[str, pa.RecordBatch]]:
    """The stage's results, in the order of the row groups."""
    path, groups = str(source), pq.ParquetFile(source).num_row_groups
    if workers <= 1 or groups <= 1:
        try:
            for group in range(groups):
                yield run_group(stage, path, group)
        finally:
            open_parquet.cache_clear()
        return
    pending: deque[Future[dict[str, pa.RecordBatch]]] = deque()
    with ProcessPoolExecutor(
        min(workers, groups), mp_context=multiprocessing.get_context("spawn")
    ) as pool:
        try:
            for group in range(groups):
                pending.append(pool.submit(run_group, stage, path, group))
                if len(pending) > 2 * workers:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        except BrokenProcessPool as error:
            raise QuartiersError(
                "a worker process was stopped from outside (often: not enough memory); "
                "nothing was published. Build again with --workers 1."
            ) from error


def map_batches(
    stage: Stage,
    source: Path,
    targets: Mapping[str, tuple[Path, pa.Schema]],
    *,
    workers: int | None = None,
    progress: Callable[[int], None] = lambda rows: None,
) -> dict[str, int]:
    """Run ``stage`` over every row group of ``source``; write each output table; rows written.

    ``targets``: table name → (path, schema). Every name that the stage returns must be listed.
    """
    rows = dict.fromkeys(targets, 0)
    with ExitStack() as stack:
        writers = {
            name: stack.enter_context(pq.ParquetWriter(path, schema, compression="zstd"))
            for name, (path, schema) in targets.items()
        }
        for number, result in enumerate(results(stage, source, workers or usable_cores())):
            for name, batch in result.items():
                writers[name].write_batch(batch)
                rows[name] += batch.num_rows
            progress(number + 1)
    return rows
