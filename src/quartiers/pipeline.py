"""The study, from records to a published edition: eight verbs, read top to bottom.

**Reads** the embedded study, and the source files of ``data`` and ``contributions`` when given; what people decided since (``judgements.py``).
**Writes** an edition (``edition.py``).
**Method** collect writes the records; detect, classify and locate judge them a batch at a time in a
process pool; link and compare see the whole; publish writes what people read. Each stage is timed.
**Limits** Records that detect rejects are not linked, unless they describe a place, and are located
only if they describe one or name their quarter.
"""

from __future__ import annotations

import json
import platform
import resource
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from quartiers import __version__
from quartiers.bridge.alignments import alignments
from quartiers.classify import classify_batch
from quartiers.collect import collect, input_files
from quartiers.compare.findings import findings
from quartiers.compare.measuring import measures
from quartiers.compare.portraits import portraits
from quartiers.detect import detect_batch
from quartiers.edition import building, digest, file_digest, method_files
from quartiers.engine import BATCH_ROWS, map_batches, usable_cores
from quartiers.judgements import Judgements, correct, read_judgements
from quartiers.link import Memory, identities, initiatives, link, unseen
from quartiers.link.judgements import read_judgements as pairs_of_study
from quartiers.link.judgements import retired
from quartiers.link.unseen import national
from quartiers.locate import locate_batch, perimeter_issues
from quartiers.locate.perimeters import NATIONAL
from quartiers.publish.exports import write_exports
from quartiers.publish.report import write_report
from quartiers.publish.sqlite import write_sqlite
from quartiers.reading.experts import Label
from quartiers.review import write_doubts
from quartiers.shapes import (
    CLASSIFICATION_SCHEMA,
    DETECTION_SCHEMA,
    FINDING_SCHEMA,
    IDENTITY_SCHEMA,
    INITIATIVE_SCHEMA,
    ISSUE_SCHEMA,
    LINK_SCHEMA,
    LOCATION_SCHEMA,
    MEASURE_SCHEMA,
    PAIR_SCHEMA,
    RECORD_SCHEMA,
    Issue,
    Record,
    records_batch,
    rows_batch,
)
from quartiers.tables import CLAIMS
from quartiers.territories import load as load_territories


@dataclass
class Progress:
    """What a build tells while it works: a line a stage, and how far the stage is."""

    stage: Callable[[str], None] = lambda name: None
    step: Callable[[int], None] = lambda done: None


@dataclass
class Build:
    """One build under way: where it writes, what it has counted and timed."""

    work: Path
    data: Path | None
    contributions: tuple[Path, ...]
    workers: int
    progress: Progress
    judged: Judgements = field(default_factory=Judgements)
    timings: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    sources: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def timed(self, verb: str) -> Iterator[None]:
        """Name the stage to the person waiting; keep its time."""
        self.progress.stage(verb)
        begun = time.perf_counter()
        yield
        self.timings[verb] = round(time.perf_counter() - begun, 3)

    @property
    def perimeters(self) -> Path | None:
        """The national perimeters, where they are."""
        path = None if self.data is None else self.data / NATIONAL
        return path if path and path.is_file() else None

    def table(self, name: str) -> Path:
        return self.work / f"{name}.parquet"


def build(
    root: Path,
    *,
    data: Path | None = None,
    contributions: tuple[Path, ...] = (),
    judgements: tuple[Path, ...] = (),
    workers: int | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> tuple[Path, bool]:
    """Build an edition under ``root``; its folder, and whether it was built now.

    The same inputs, study and method give the same edition: unless ``force``, it is not built again.
    """
    begun = time.perf_counter()
    inputs = input_files(data, contributions) + list(judgements)
    judged = read_judgements(judgements)
    if data is not None and (data / NATIONAL).is_file():
        inputs.append(data / NATIONAL)
    scope = "embarquee" if data is None and not (contributions or judgements) else "complete"
    name = f"{scope}-{digest([*inputs, *method_files()], [__version__])[:12]}"
    current = root / "current"
    if not force and (root / name / "manifest.json").is_file():
        if not current.exists() or current.resolve().name != name:
            current.unlink(missing_ok=True)
            current.symlink_to(name)
        return root / name, False
    previous = current / "links.parquet" if (current / "links.parquet").is_file() else None
    with building(root, name) as work:
        told = progress or Progress()
        job = Build(work, data, contributions, workers or usable_cores(), told, judged)
        with job.timed("collect"):
            collect_records(job)
        with job.timed("detect, classify, locate"):
            judge_records(job)
        with job.timed("link"):
            link_records(job, previous)
        with job.timed("compare"):
            compare_territories(job)
        with job.timed("publish"):
            publish(job, name, inputs, begun)
        write_manifest(job, name, inputs, begun)
    return (root / "current").resolve(), True


def collect_records(job: Build) -> None:
    """collect: every source, strictly; what is lost is an issue, and counted."""
    issues: list[Issue] = []
    waiting: list[Record] = []
    with pq.ParquetWriter(job.table("records"), RECORD_SCHEMA, compression="zstd") as writer:
        for source, records, lost in collect(job.data, contributions=job.contributions):
            job.progress.stage(f"collect {source.name}")
            lost = lost + correct(records, job.judged.corrections)
            issues += lost
            waiting += records
            job.sources.append(source.card_row(records, lost))
            while len(waiting) >= BATCH_ROWS:
                writer.write_batch(records_batch(waiting[:BATCH_ROWS]))
                del waiting[:BATCH_ROWS]
        if waiting:
            writer.write_batch(records_batch(waiting))
    if job.perimeters is not None:
        issues += perimeter_issues(job.perimeters)
    write(job, "issues", rows_batch((asdict(i) for i in issues), ISSUE_SCHEMA))
    job.counts["records"] = sum(row["records"] for row in job.sources)


def judge_records(job: Build) -> None:
    """detect, classify, locate: each record by itself, in parallel."""
    stage = partial(judge, perimeters=job.perimeters, labels=job.judged.labels)
    targets = {
        "detections": (job.table("detections"), DETECTION_SCHEMA),
        "classifications": (job.table("classifications"), CLASSIFICATION_SCHEMA),
        "locations": (job.table("locations"), LOCATION_SCHEMA),
    }
    job.counts |= map_batches(
        stage, job.table("records"), targets, workers=job.workers, progress=job.progress.step
    )


def judge(
    batch: pa.RecordBatch, *, perimeters: Path | None, labels: Mapping[str, Label] | None = None
) -> dict[str, pa.RecordBatch]:
    """Digital or not; if so, its themes; if kept, a place, or naming its quarter: where."""
    detections = detect_batch(batch, labels=labels)
    digital = pc.equal(detections["value"], "numerique")
    located = pc.or_(kept_mask(batch, detections), pc.is_valid(batch["neighbourhood"]))
    return {
        "detections": detections,
        "classifications": classify_batch(
            batch.filter(pc.fill_null(digital, False)), labels=labels
        ),
        "locations": locate_batch(batch.filter(located), perimeters),
    }


def kept_mask(batch: Any, detections: Any) -> Any:
    """Digital, in doubt, or a place: what is located and linked."""
    rejected = pc.fill_null(pc.equal(detections["value"], "non-numerique"), False)
    return pc.or_(pc.invert(rejected), pc.equal(batch["kind"], "lieu"))


def link_records(job: Build, previous: Path | None) -> None:
    """link: which records speak of the same thing; the view that people read."""
    records, detections = pq.read_table(job.table("records")), read(job, "detections")
    records = records.filter(kept_mask(records, detections)).combine_chunks()
    locations = read(job, "locations")
    memory, answers = Memory(previous), [*pairs_of_study(), *job.judged.pairs]
    links, pairs = link(records, previous, answers, memory)
    if lost := retired(records, answers):
        told = rows_batch((asdict(i) for i in lost), ISSUE_SCHEMA)
        issues = pa.concat_tables([read(job, "issues"), pa.Table.from_batches([told])])
        write(job, "issues", issues)
    write(job, "links", links.cast(LINK_SCHEMA))
    write(job, "pairs", pairs.cast(PAIR_SCHEMA))
    write(job, "compared", memory.as_table())
    write(job, "identities", identities(links, previous).cast(IDENTITY_SCHEMA))
    classified = read(job, "classifications")
    view, claims = initiatives(records, detections, classified, locations, links)
    write(job, "initiatives", view.cast(INITIATIVE_SCHEMA))
    write(job, "claims", claims.cast(CLAIMS))


def compare_territories(job: Build) -> None:
    """compare: figures with their interval and base; the study's questions asked again."""
    territories = load_territories()
    view, records = read(job, "initiatives"), pq.read_table(job.table("records"))
    perimeters = job.perimeters
    classified = read(job, "classifications")
    figures = measures(view, records, classified, territories, perimeters=perimeters)
    write(job, "measures", figures.cast(MEASURE_SCHEMA))
    columns = ["kind", "digital", "in_quartiers", "insee_code", "themes", "sources"]
    missing = unseen(view.select(columns).to_pylist(), territories)
    write(job, "unseen", missing)
    answers = findings(view, records, figures, territories, unseen=national(missing))
    write(job, "findings", answers.cast(FINDING_SCHEMA))
    for name, table in portraits(view, territories, perimeters=perimeters).items():
        write(job, name, table)


def publish(job: Build, name: str, inputs: list[Path], begun: float) -> None:
    """publish: SQLite, exports, report; they read the manifest, complete but for the last times."""
    write(job, "alignments", alignments(read(job, "initiatives")))
    write_manifest(job, name, inputs, begun)
    write_sqlite(job.work, job.sources)
    write_exports(job.work)
    write_report(job.work)
    write_doubts(job.work)


def write_manifest(job: Build, name: str, inputs: list[Path], begun: float) -> None:
    """What went in (sha256), what came out (rows), how long, how much memory, which versions."""
    manifest = {
        "edition": name,
        "quartiers": __version__,
        "python": platform.python_version(),
        "built_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "inputs": {str(p.name): file_digest(p) for p in inputs},
        "sources": {row["name"]: row for row in job.sources},
        "counts": job.counts,
        "timings": job.timings,
        "workers": job.workers,
        "build_seconds": round(time.perf_counter() - begun, 2),
        "peak_memory_mb": peak_memory_mb(job.workers),
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
    (job.work / "manifest.json").write_text(text + "\n", "utf-8")


def peak_memory_mb(workers: int) -> int:
    """An upper bound: this process's peak, and each worker's taken as the largest worker's."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return int((own + (worker * workers if workers > 1 else 0)) / 1024)


def read(job: Build, table: str) -> pa.Table:
    return pq.read_table(job.table(table))


def write(job: Build, name: str, table: pa.Table | pa.RecordBatch) -> None:
    """One table of the edition."""
    kept = pa.Table.from_batches([table]) if isinstance(table, pa.RecordBatch) else table
    pq.write_table(kept, job.table(name), compression="zstd")
    job.counts[name] = kept.num_rows
