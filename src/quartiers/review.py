"""The review loop: doubts out to an expert's sheet, answers back as labels.

**Reads** an edition (records, detections, links), the labels, a sheet filled in. **Writes** a sheet
(XLSX or CSV), ``study/labels/<author>.csv``, and the
edition's ``doubts.parquet``.
**Method** Usefulness of a record to an expert's time = uncertainty (1 at one half, 0 at 0 or 1) ×
novelty (how little its words resemble what is labelled or already queued) × reach (how many
records say nearly the same, and inhabitants' quarters first). The sheet holds the text, the machine's
opinion with its words, and empty columns. Reading back adds labels, never changes one: an answer
that differs from a label already there is shown as a conflict and left out.
**Limits** The sheet holds texts of the sources: it is for the expert, not for publication.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from quartiers.authored import append, file_of
from quartiers.classify import classify_text
from quartiers.detect import detect_text
from quartiers.errors import QuartiersError
from quartiers.reading.examples import FILE_NAMES, VALUES
from quartiers.reading.experts import COLUMNS, DIGITAL, Label, all_labels, labels_folder
from quartiers.shapes import DIMENSIONS, record_text
from quartiers.tabular import open_output, open_table
from quartiers.text import stem, words

#: Columns of the sheet: what the expert sees, then what the expert fills in.
SHOWN = ("id", "texte", "machine", "score", "mots", "utilité")
ASKED = ("digital", "themes", "infra", "facets", "remarque")
#: A probability in this interval may be wrong often enough to be worth an expert's minute.
WORTH = (0.1, 0.9)


@dataclass(slots=True)
class Doubt:
    """One record worth asking about."""

    id: str
    text: str
    score: float
    usefulness: float


def doubts(edition: Path, most: int) -> list[Doubt]:
    """The most useful records of an edition to label, the best first."""
    scores = pq.read_table(edition / "detections.parquet", columns=["about", "score"]).to_pylist()
    between = {r["about"]: r["score"] for r in scores if WORTH[0] <= r["score"] <= WORTH[1]}
    labelled = {label.id for label in all_labels()}
    columns = ["id", "title", "text", "declared_qpv"]
    worth = pc.field("id").isin(list(between))
    table = pq.read_table(edition / "records.parquet", columns=columns, filters=worth).to_pylist()
    said: dict[str, int] = {}
    for row in table:
        if row["id"] in between:
            key = " ".join(words(row["title"]))
            said[key] = said.get(key, 0) + 1
    waiting: list[tuple[float, Doubt]] = []
    for row in table:
        if row["id"] not in between or row["id"] in labelled:
            continue
        text, score = record_text(row["title"], row["text"]), between[row["id"]]
        uncertainty = 1 - abs(score - 0.5) * 2
        reach = 1 + min(said[" ".join(words(row["title"]))], 20) / 10 + bool(row["declared_qpv"])
        base = uncertainty * reach
        waiting.append((base, Doubt(row["id"], text, score, base)))
    return spread(waiting, most)


def content(text: str) -> frozenset[str]:
    """The words that tell two texts apart."""
    return frozenset(stem(w) for w in words(text) if len(w) > 3)


def spread(waiting: list[tuple[float, Doubt]], most: int) -> list[Doubt]:
    """The best, each weighed down by how much it repeats those already chosen."""
    waiting = sorted(waiting, key=lambda w: (-w[0], w[1].id))[: most * 20]
    terms = [content(doubt.text) for _, doubt in waiting]
    repeats = [0.0] * len(waiting)  # likeness to the chosen one that it repeats most
    left = list(range(len(waiting)))
    chosen: list[Doubt] = []
    while left and len(chosen) < most:
        best = max(left, key=lambda i: (waiting[i][0] * (1 - repeats[i]), -i))
        base, doubt = waiting[best]
        doubt.usefulness = round(base * (1 - repeats[best]), 4)
        chosen.append(doubt)
        left.remove(best)
        for i in left:
            repeats[i] = max(repeats[i], likeness(terms[i], terms[best]))
    return chosen


def likeness(a: frozenset[str], b: frozenset[str]) -> float:
    """Share of words in common (Jaccard)."""
    return len(a & b) / len(a | b) if a | b else 1.0


def export(edition: Path, output: Path, most: int = 100) -> int:
    """Write the sheet; how many records it asks about."""
    queue = doubts(edition, most)
    with open_output(output, "csv", [], [*SHOWN, *ASKED]) as write:
        for doubt in queue:
            write({}, sheet_row(doubt))
    return len(queue)


def write_doubts(edition: Path, most: int = 300) -> int:
    """``doubts.parquet``: the same queue, for the website's moderators; how many."""
    rows = [{"id": d.id, "text": d.text, "score": d.score} for d in doubts(edition, most)]
    schema = pa.schema([("id", pa.string()), ("text", pa.string()), ("score", pa.float64())])
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), edition / "doubts.parquet")
    return len(rows)


def sheet_row(doubt: Doubt) -> dict[str, Any]:
    """One line of the sheet."""
    verdict = detect_text(doubt.text, explain_all=True)
    topics = [t.value for t in classify_text(doubt.text)]
    heard = [b.quote or b.note or "" for b in verdict.because]
    return {
        "id": doubt.id,
        "texte": doubt.text,
        "machine": " ".join([verdict.value or "doute", *topics]),
        "score": round(doubt.score, 3),
        "mots": " · ".join(heard),
        "utilité": doubt.usefulness,
        **dict.fromkeys(ASKED, ""),
    }


@dataclass(slots=True)
class Reading:
    """What came back: labels added, answers that differ from a label, lines to mend."""

    added: list[Label]
    conflicts: list[str]
    problems: list[str]


def read_back(
    sheet: Path, author: str, *, date: str | None = None, folder: Path | None = None
) -> Reading:
    """Read a filled sheet; add its answers to the author's labels; say what differs."""
    where = folder or labels_folder()
    path = file_of(author, where)
    day = date or datetime.date.today().isoformat()
    known: dict[str, Label] = {}
    for label in all_labels(where):
        if label.role == "expert":
            known[label.id] = label
    result = Reading([], [], [])
    for number, row in answered(sheet):
        new = answer(number, row, author, day, result.problems)
        if new is None:
            continue
        before = known.get(new.id)
        if before is None:
            result.added.append(new)
        elif verdict(before) != verdict(new):
            result.conflicts.append(
                f"{new.id}: {before.author or '?'} ({before.date}) dit {told(before)}, "
                f"{author} dit {told(new)}"
            )
    append(path, COLUMNS, map(as_row, result.added))
    return result


def answered(sheet: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines of the sheet that the expert has filled in."""
    table = open_table(sheet)
    missing = [c for c in ("id", *ASKED[:4]) if c not in table.columns]
    if missing:
        raise QuartiersError(
            f"{sheet.name} lacks the columns {', '.join(missing)}: fill in a sheet written by "
            "`quartiers review export`, without renaming its columns."
        )
    for row in table:
        if str(row.cells.get("digital") or "").strip():
            yield row.number, row.cells


def answer(
    number: int, row: dict[str, Any], author: str, day: str, problems: list[str]
) -> Label | None:
    """One line as a label; a problem is noted instead."""
    digital = str(row["digital"]).strip().lower()
    about = str(row.get("id") or "")
    if digital not in DIGITAL or ":" not in about:
        problems.append(
            f"line {number}: digital «{digital}», id «{about}»; say {', '.join(DIGITAL)}"
        )
        return None
    given: dict[str, tuple[str, ...]] = {}
    for dimension in DIMENSIONS:
        cell = str(row.get(FILE_NAMES[dimension]) or "")
        values = tuple(v for v in re.split(r"[\s,;|]+", cell.strip().lower()) if v)
        strange = [v for v in values if v not in VALUES[dimension]]
        if strange:
            problems.append(
                f"line {number}: {', '.join(strange)} is not one of {', '.join(VALUES[dimension])}"
            )
            return None
        given[dimension] = values if digital == "oui" else ()
    return Label(
        id=about,
        digital=digital,
        themes=given["theme"],
        infra=given["infra"],
        forms=given["form"],
        author=author,
        date=day,
    )


def verdict(label: Label) -> tuple[str, frozenset[str]]:
    """What two labels must share to agree."""
    return label.digital, frozenset((*label.themes, *label.infra, *label.forms))


def told(label: Label) -> str:
    return " ".join((label.digital, *label.themes, *label.infra, *label.forms))


def as_row(label: Label) -> list[str]:
    """A label as a line of the author's file."""
    source, number = label.id.split(":", 1)
    values = (" ".join(v) for v in (label.themes, label.infra, label.forms, label.optional))
    return [source, number, label.digital, *values, label.role, label.author, label.date]
