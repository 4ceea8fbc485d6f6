"""How fast the reading is, beside a hashing vectoriser and logistic regressions.

Run: ``.venv/bin/python benchmarks/reading_speed.py --data DIR [--texts 40000] [--workers 2]``

Real texts of the data folder, cut or joined to 300 characters, with a fixed share of digital ones.
The alternative is scikit-learn's usual fast pipeline: HashingVectorizer and one logistic regression
for «digital», seventeen for the topics on what is kept; it gives no reasons. Both run here, on the
same texts, in one process. Ours then runs in ``--workers`` processes, in three ways: Arrow batches in,
the tables of the build out (each worker warm from one batch, as the one process is); from Parquet to
Parquet by the build's own engine; row by row as ``quartiers detect FILE`` does. The last two count the
start of the workers. CPU seconds are those of all processes: on a busy machine, trust them rather than
the clock. Prints JSON.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import resource
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from quartiers.classify import classify_batch
from quartiers.collect import collect
from quartiers.detect import detect_batch, detect_texts
from quartiers.engine import map_batches
from quartiers.reading.examples import training_examples
from quartiers.reading.model import TOPICS
from quartiers.reading.rows import judge_rows
from quartiers.shapes import (
    CLASSIFICATION_SCHEMA,
    DETECTION_SCHEMA,
    RECORD_SCHEMA,
    Record,
    record_text,
    records_batch,
)

LENGTH = 300
BATCH = 5_000


def texts_of(data: Path, count: int, share: float) -> list[str]:
    """Texts of 300 characters, ``share`` of them digital, in a fixed mixed order."""
    digital: list[str] = []
    other: list[str] = []
    texts = [record_text(r.title, r.text) for _, records, _ in collect(data) for r in records]
    texts = [text for text in texts if len(text) >= 30]
    for text, verdict in zip(texts, detect_texts([t[:LENGTH] for t in texts]), strict=True):
        (digital if verdict.value == "numerique" else other).append(text)
    wanted = int(count * share)
    made = []
    feed = {True: itertools.cycle(digital), False: itertools.cycle(other)}
    for i in range(count):
        is_digital = (i * wanted) // count != ((i + 1) * wanted) // count
        text = next(feed[is_digital])
        while len(text) < LENGTH:
            text += " " + next(feed[False])
        made.append(text[:LENGTH])
    return made


def batches(texts: list[str]) -> list[pa.RecordBatch]:
    return [
        records_batch(
            [
                Record("x", str(at + i), "action", "", t)
                for i, t in enumerate(texts[at : at + BATCH])
            ]
        )
        for at in range(0, len(texts), BATCH)
    ]


def read(batch: pa.RecordBatch) -> dict[str, pa.RecordBatch]:
    """Our reading, end to end: verdicts, topics, reasons, in Arrow; a stage of the build."""
    detections = detect_batch(batch, machine=True)
    kept = batch.filter(pc.fill_null(pc.equal(detections["value"], "numerique"), False))
    return {"detections": detections, "classifications": classify_batch(kept, machine=True)}


@contextmanager
def measured(figures: dict[str, object], name: str, texts: int) -> Iterator[None]:
    """Note how many texts a second, and what CPU time they took in all processes."""
    clock, spent = time.perf_counter(), cpu_seconds()
    yield
    figures[f"texts_per_second_{name}"] = round(texts / (time.perf_counter() - clock))
    figures[f"cpu_seconds_{name}"] = round(cpu_seconds() - spent, 2)


def cpu_seconds() -> float:
    """CPU time of this process and of its children that have ended."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, kinds))


def timed_read(batch: pa.RecordBatch) -> tuple[dict[str, pa.RecordBatch], float]:
    """In a worker: the tables, and the CPU time they took."""
    spent = time.process_time()
    return read(batch), time.process_time() - spent


def in_pool(figures: dict[str, object], made: list[pa.RecordBatch], workers: int) -> None:
    """Batches in, tables out, each worker warm from the first batch."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, spawn, initializer=read, initargs=(made[0],)) as pool:
        list(pool.map(time.sleep, [1.0] * workers))
        with measured(figures, "pool", sum(b.num_rows for b in made)):
            done = list(pool.map(timed_read, made))
        figures["cpu_seconds_pool"] = round(sum(spent for _, spent in done), 2)


def as_build(figures: dict[str, object], made: list[pa.RecordBatch], workers: int) -> None:
    """From Parquet to Parquet, by the engine of the build."""
    schemas = {"detections": DETECTION_SCHEMA, "classifications": CLASSIFICATION_SCHEMA}
    with TemporaryDirectory() as folder:
        source = Path(folder) / "records.parquet"
        with pq.ParquetWriter(source, RECORD_SCHEMA) as writer:
            for batch in made:
                writer.write_batch(batch)
        targets = {n: (Path(folder) / f"{n}.parquet", schema) for n, schema in schemas.items()}
        with measured(figures, "build_engine_start_included", sum(b.num_rows for b in made)):
            map_batches(read, source, targets, workers=workers)


class Alternative:
    """HashingVectorizer and logistic regressions, learnt from the same examples."""

    def __init__(self, data: Path) -> None:
        from sklearn.feature_extraction.text import HashingVectorizer
        from sklearn.linear_model import LogisticRegression

        examples = [e for e in training_examples(data)[0] if e.digital is not None]
        self.vectors = HashingVectorizer(
            n_features=1 << 18, ngram_range=(1, 2), strip_accents="unicode"
        )
        matrix = self.vectors.transform(e.text for e in examples)
        self.digital = LogisticRegression(C=20, max_iter=300).fit(
            matrix, [e.digital for e in examples]
        )
        rows = [i for i, e in enumerate(examples) if e.digital]
        self.topics = []
        for dimension, value in TOPICS:
            target = [examples[i].holds(dimension, value) for i in rows]
            if any(target):
                self.topics.append(LogisticRegression(C=20, max_iter=300).fit(matrix[rows], target))

    def read(self, texts: list[str]) -> int:
        seen = self.vectors.transform(texts)
        kept = seen[self.digital.predict(seen).astype(bool)]
        return sum(int(t.predict(kept).sum()) for t in self.topics) if kept.shape[0] else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--texts", type=int, default=40_000)
    parser.add_argument("--share", type=float, default=0.15)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    texts = texts_of(asked.data, asked.texts, asked.share)
    made = batches(texts)
    figures: dict[str, object] = {"texts": len(texts), "characters": LENGTH}
    read(made[0])
    with measured(figures, "one_process", len(texts)):
        done = [read(batch)["classifications"].num_rows for batch in made]
    first = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for batch in made:
        read(batch)
    figures["memory_growth_mb_second_pass"] = round(
        (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - first) / 1024, 1
    )
    in_pool(figures, made, asked.workers)
    as_build(figures, made, asked.workers)
    with measured(figures, "file_command_start_included", len(texts)):
        for _ in judge_rows(({"texte": text} for text in texts), ["texte"], asked.workers):
            pass
    other = Alternative(asked.data)
    other.read(texts[:BATCH])
    with measured(figures, "alternative_one_process", len(texts)):
        for at in range(0, len(texts), BATCH):
            other.read(texts[at : at + BATCH])
    ours, theirs = (
        figures[f"cpu_seconds_{name}"] for name in ("one_process", "alternative_one_process")
    )
    assert isinstance(ours, float) and isinstance(theirs, float)
    figures |= {
        "share_kept": asked.share,
        "topics_given": sum(done),
        "workers": asked.workers,
        "alternative": "HashingVectorizer(1-2 grams, 2^18) + LogisticRegression, no reasons",
        "ratio_one_process_cpu": round(theirs / ours, 2),
    }
    print(json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
