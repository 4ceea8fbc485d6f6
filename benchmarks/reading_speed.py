"""How fast the reading is, beside a hashing vectoriser and logistic regressions.

Run: ``.venv/bin/python benchmarks/reading_speed.py --data DIR [--texts 40000] [--workers 2]``

Real texts of the data folder, cut or joined to 300 characters, with a fixed share of digital ones.
The alternative is scikit-learn's usual fast pipeline: HashingVectorizer and one logistic regression
for «digital», seventeen for the topics on what is kept; it gives no reasons. Both run here, on the
same texts, in one process and then in ``--workers`` processes. Prints JSON.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from quartiers.classify import classify_batch
from quartiers.collect import collect
from quartiers.detect import detect_batch, detect_text
from quartiers.reading.examples import training_examples
from quartiers.reading.model import TOPICS
from quartiers.shapes import Record, record_text, records_batch

LENGTH = 300
BATCH = 5_000


def texts_of(data: Path, count: int, share: float) -> list[str]:
    """Texts of 300 characters, ``share`` of them digital, in a fixed mixed order."""
    digital: list[str] = []
    other: list[str] = []
    for _, records, _ in collect(data):
        for record in records:
            text = record_text(record.title, record.text)
            if len(text) >= 30:
                is_digital = detect_text(text[:LENGTH]).value == "numerique"
                (digital if is_digital else other).append(text)
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


def read_batch(batch: pa.RecordBatch) -> tuple[int, int]:
    """Our reading, end to end: verdicts, topics, reasons, in Arrow."""
    detections = detect_batch(batch, machine=True)
    kept = batch.filter(pc.fill_null(pc.equal(detections["value"], "numerique"), False))
    return batch.num_rows, classify_batch(kept, machine=True).num_rows


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
    read_batch(made[0])
    begun = time.perf_counter()
    done = [read_batch(batch) for batch in made]
    ours = time.perf_counter() - begun
    first = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for batch in made:
        read_batch(batch)
    figures["memory_growth_mb_second_pass"] = round(
        (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - first) / 1024, 1
    )
    other = Alternative(asked.data)
    other.read(texts[:BATCH])
    begun = time.perf_counter()
    for at in range(0, len(texts), BATCH):
        other.read(texts[at : at + BATCH])
    theirs = time.perf_counter() - begun
    with ProcessPoolExecutor(
        asked.workers, mp_context=multiprocessing.get_context("spawn")
    ) as pool:
        list(pool.map(read_batch, made[: 2 * asked.workers]))
        begun = time.perf_counter()
        list(pool.map(read_batch, made))
        pooled = time.perf_counter() - begun
    figures |= {
        "share_kept": round(sum(k > 0 for _, k in done) and asked.share, 3),
        "topics_given": sum(k for _, k in done),
        "texts_per_second_one_process": round(len(texts) / ours),
        "texts_per_second_pool": round(len(texts) / pooled),
        "workers": asked.workers,
        "alternative": "HashingVectorizer(1-2 grams, 2^18) + LogisticRegression, no reasons",
        "alternative_texts_per_second_one_process": round(len(texts) / theirs),
        "ratio_one_process": round(theirs / ours, 2),
    }
    print(json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
