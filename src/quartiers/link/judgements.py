"""«Même» or «différent», said by a person of two records, and kept as data.

**Reads** ``study/link/judgements/*.csv`` (or another folder), the pairs of an edition, a sheet filled in.
**Writes** a sheet of questions, and the author's file of judgements.
**Method** Pairs in doubt go out, the nearest to one half first. An answer keeps its author, its day and a
mark of the facts judged (title, address, point, SIRET, kinds) of each side. The next link takes the
answer for the last word while both marks still hold; when a source has changed what it says, the answer
retires by itself and the pair is judged afresh (a side without a mark always holds). Between two answers on one pair, the later day wins.
**Limits** A judgement says nothing of the pairs around it, except that one group never holds two records
judged different.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from quartiers.authored import append, file_of
from quartiers.errors import QuartiersError
from quartiers.link.earlier import JUDGED
from quartiers.link.items import Item, as_item
from quartiers.link.pairs import Pair
from quartiers.shapes import Because, Issue
from quartiers.tabular import open_output, open_table

#: What a person may answer.
ANSWERS = ("même", "différent")
#: Columns of the sheet: what is shown, then what is asked.
SHOWN = ("a", "b", "nom a", "nom b", "adresse a", "adresse b", "score", "pourquoi", "marques")
ASKED = ("réponse", "remarque")


@dataclass(frozen=True, slots=True)
class Judgement:
    """One answer: two record ids in order, the answer, who, when, the marks of the facts judged."""

    a: str
    b: str
    answer: str
    author: str
    date: str
    mark_a: str
    mark_b: str


COLUMNS = tuple(f.name for f in fields(Judgement))


def judgements_folder() -> Path:
    """Where the study's own answers are."""
    return Path(str(files("quartiers.study") / "link" / "judgements"))


def mark(item: Item) -> str:
    """A mark of all that a person saw of a record; it changes when the source does."""
    point = item.point and [round(v, 5) for v in item.point]
    seen = [item.title, item.address, item.postcode, item.commune, item.siret, point]
    told = json.dumps([*seen, sorted(item.types)], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def read_judgements(folder: Path | None = None) -> list[Judgement]:
    """Every answer of a folder, file by file."""
    found = []
    for path in sorted((folder or judgements_folder()).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(lines)
            if tuple(rows.fieldnames or ()) != COLUMNS:
                raise QuartiersError(
                    f"{path}: the columns are {rows.fieldnames}, expected {list(COLUMNS)}; "
                    "rename or reorder them."
                )
            found += [Judgement(**row) for row in rows]
    return found


def apply(pairs: list[Pair], items: Iterable[Item], given: list[Judgement]) -> list[Pair]:
    """The pairs, those judged by a person replaced or added; answers on facts that changed retire."""
    by_id = {item.id: item for item in items}
    said: dict[tuple[str, str], Judgement] = {}
    for one in sorted(given, key=lambda j: (j.date, j.author)):
        if one.a in by_id and one.b in by_id:
            marks = (mark(by_id[one.a]), mark(by_id[one.b]))
            if marks == (one.mark_a or marks[0], one.mark_b or marks[1]):
                said[one.a, one.b] = one
    kept = [pair for pair in pairs if (pair.a, pair.b) not in said]
    return sorted([*kept, *map(as_pair, said.values())], key=lambda p: (p.a, p.b))


def retired(records: pa.Table, given: list[Judgement]) -> list[Issue]:
    """An issue for each answer that no longer holds, so that somebody looks again."""
    asked = {about for one in given for about in (one.a, one.b)}
    rows = records.filter(pc.is_in(records["id"], value_set=pa.array(sorted(asked), pa.string())))
    marks = {row["id"]: mark(as_item(row)) for row in rows.to_pylist()}
    issues = []
    for one in given:
        if not {one.a, one.b} <= set(marks):
            continue
        sides = ((one.a, one.mark_a), (one.b, one.mark_b))
        changed = [about for about, seen in sides if seen and seen != marks[about]]
        if changed:
            issues.append(
                Issue(
                    stage="link",
                    source=changed[0].split(":", 1)[0],
                    record=changed[0],
                    what="réponse sur une paire retirée : la source a changé depuis",
                    expected=f"{one.a} et {one.b} : {one.answer}, {one.author}, le {one.date}",
                    remedy="à relire si la paire est encore en doute (quartiers review pairs)",
                    severity="alerte",
                )
            )
    return issues


def as_pair(one: Judgement) -> Pair:
    """An answer as a pair that is sure."""
    same = one.answer == ANSWERS[0]
    note = f"{JUDGED}{one.answer}» par {one.author} le {one.date}"
    because = (Because(note=note, weight=1.0 if same else -1.0),)
    return Pair(one.a, one.b, "meme" if same else "different", 1.0 if same else 0.0, because)


def export(edition: Path, output: Path, most: int = 100) -> int:
    """Write the questions on an edition's doubtful pairs; how many."""
    wanted = pc.field("decision") == "doute"
    pairs = pq.read_table(edition / "pairs.parquet", filters=wanted).to_pylist()
    pairs.sort(key=lambda p: (abs(p["score"] - 0.5), p["a"], p["b"]))
    rows = records_of(edition, {about for p in pairs[:most] for about in (p["a"], p["b"])})
    with open_output(output, "csv", [], [*SHOWN, *ASKED]) as write:
        for pair in pairs[:most]:
            a, b = rows[pair["a"]], rows[pair["b"]]
            shown = {
                "a": a.id,
                "b": b.id,
                "nom a": a.title,
                "nom b": b.title,
                "adresse a": place(a),
                "adresse b": place(b),
                "score": round(pair["score"], 3),
                "pourquoi": " ; ".join(
                    f"{w['note']} ({w['weight']:+.1f})" for w in pair["because"]
                ),
                "marques": f"{mark(a)} {mark(b)}",
            }
            write({}, shown | dict.fromkeys(ASKED, ""))
    return len(pairs[:most])


def records_of(edition: Path, ids: set[str]) -> dict[str, Item]:
    """Records of an edition as linking sees them."""
    wanted = pc.field("id").isin(sorted(ids))
    table = pq.read_table(edition / "records.parquet", filters=wanted)
    return {row["id"]: as_item(row) for row in table.to_pylist()}


def place(item: Item) -> str:
    """Where a record says that it is."""
    return " ".join(part for part in (item.address, item.postcode, item.commune) if part)


def is_sheet_of_pairs(sheet: Path) -> bool:
    """Whether a filled sheet asks about pairs (and not about records)."""
    return ASKED[0] in open_table(sheet).columns


def read_back(
    sheet: Path, author: str, *, date: str | None = None, folder: Path | None = None
) -> tuple[list[Judgement], list[str]]:
    """(answers added to the author's file, lines to mend); an answer already kept is not added."""
    where = folder or judgements_folder()
    path = file_of(author, where)
    day = date or datetime.date.today().isoformat()
    kept = {(j.a, j.b, j.answer, j.mark_a, j.mark_b) for j in read_judgements(where)}
    added, problems = [], []
    for row in open_table(sheet):
        cells: dict[str, Any] = row.cells
        said = str(cells.get(ASKED[0]) or "").strip().lower()
        if not said:
            continue
        answer = next(
            (a for a in ANSWERS if said in (a, a.replace("ê", "e").replace("é", "e"))), ""
        )
        marks = str(cells.get("marques") or "").split()
        if not answer or len(marks) != 2:
            problems.append(f"line {row.number}: «{said}»; say {' or '.join(ANSWERS)}")
            continue
        one = Judgement(str(cells["a"]), str(cells["b"]), answer, author, day, *marks)
        if (one.a, one.b, one.answer, one.mark_a, one.mark_b) not in kept:
            added.append(one)
    append(path, COLUMNS, map(astuple, added))
    return added, problems
