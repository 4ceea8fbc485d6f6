"""What people said and decided, as files that the next build reads.

**Reads** contributions, judgements, opinions; the edition. **Writes** five CSV files in a folder.
**Method** ``observatoire.csv``: accepted initiatives in the published Table Schema, each under the id that it
was given when it was sent (so the initiative's id lasts). ``etiquettes.csv``: labels, in the columns of
``study/labels``. ``paires.csv``: pairs settled. ``corrections.csv``: values mended, one line a record, with a
mark of what the source said: once it says something else, the correction retires. They are written aside, then put in place together. ``avis.csv``: counts of opinions on proposed meetings.
**Limits** Authors are «moderation»: nobody's name goes into an edition.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.db.models import Sum

from observatory.contribute.decide import mended
from observatory.contribute.existing import existing
from observatory.contribute.models import SOURCE, Contribution, Judgement, Opinion
from quartiers.check import fields as schema
from quartiers.judgements import CORRECTION_COLUMNS, corrected, mark
from quartiers.link.judgements import COLUMNS as PAIR_COLUMNS
from quartiers.reading.experts import COLUMNS as LABEL_COLUMNS

AUTHOR = "moderation"
#: Our answers about pairs, as linking's own files say them.
ANSWERS = {"meme": "même", "different": "différent"}
Kind, Status = Contribution.Kind, Contribution.Status
#: What ``quartiers build`` takes by --contributions; the others go by --judgements.
CONTRIBUTIONS = f"{SOURCE.removeprefix('contributions-')}.csv"
Line = Sequence[object]


def export(folder: Path) -> dict[str, int]:
    """Write the files; how many lines each."""
    folder.mkdir(parents=True, exist_ok=True)
    opinions = Opinion.objects.values_list("opportunity", "answer").annotate(n=Sum("count"))
    tables: dict[str, tuple[Sequence[str], Iterable[Line]]] = {
        CONTRIBUTIONS: (list(schema()), initiatives()),
        "etiquettes.csv": (LABEL_COLUMNS, labels()),
        "paires.csv": (PAIR_COLUMNS, pairs()),
        "corrections.csv": (CORRECTION_COLUMNS, corrections()),
        "avis.csv": (
            ("opportunity", "answer", "count"),
            opinions.order_by("opportunity", "answer"),
        ),
    }
    counts = {}
    for name, (header, lines) in tables.items():
        rows = list(lines)
        with (folder / f".{name}").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
        counts[name] = len(rows)
    for name in tables:
        (folder / f".{name}").replace(folder / name)
    return counts


def initiatives() -> list[Line]:
    """Accepted initiatives, in the order of ids."""
    accepted = Contribution.objects.filter(kind=Kind.DECLARE, status=Status.ACCEPTED)
    return [
        [c.id if name == "id" else c.cells.get(name, "") for name in schema()]
        for c in accepted.order_by("id")
    ]


def labels() -> list[Line]:
    """Answers about records: a line each."""
    found = Judgement.objects.filter(subject=Judgement.Subject.RECORD).order_by("first")
    gone = withdrawn()
    lines: list[Line] = []
    for j in found:
        if j.first in gone:
            continue
        source, number = j.first.split(":", 1)
        topics = [" ".join(j.topics.get(d, [])) for d in ("theme", "infra", "form")]
        lines.append([source, number, j.answer, *topics, "", "expert", AUTHOR, day_of(j)])
    return lines


def pairs() -> list[Line]:
    """Answers about pairs, with the marks of what was seen; «on ne peut pas dire» is none."""
    found = Judgement.objects.filter(subject=Judgement.Subject.PAIR).order_by("first", "second")
    gone = withdrawn()
    return [
        [j.first, j.second, ANSWERS[j.answer], AUTHOR, day_of(j), *j.topics.get("marks", ["", ""])]
        for j in found
        if j.answer in ANSWERS and not gone & {j.first, j.second}
    ]


def corrections() -> list[Line]:
    """Accepted corrections and claims, the last one about a field winning: for each record of the
    initiative. A reported end gives the year of the report."""
    accepted = Contribution.objects.filter(
        status=Status.ACCEPTED, kind__in=(Kind.CORRECT, Kind.CLAIM, Kind.ERROR)
    )
    values: dict[tuple[str, str], tuple[str, str, str]] = {}
    for c in accepted.order_by("decided_at", "id"):
        about = existing(c.about)
        marks = c.before.get("records", {})
        for record in about.records if about else ():
            for name, value in mended(c).items():
                seen = marks.get(record, {}).get(name, "")
                before = values.get((record, name))
                if before is not None and seen == mark(corrected(name, before[0])):
                    seen = before[2]  # it corrects our own correction: what the source said then
                values[record, name] = (value, f"{c.decided_at:%Y-%m-%d}", seen)
    return [
        [record, name, value, AUTHOR, day, seen]
        for (record, name), (value, day, seen) in sorted(values.items())
    ]


def day_of(judgement: Judgement) -> str:
    """The day of an answer."""
    return f"{judgement.created_at:%Y-%m-%d}"


def withdrawn() -> set[str]:
    """Records of contributions that are to be forgotten."""
    gone = Contribution.objects.exclude(status=Status.ACCEPTED).values_list("id", flat=True)
    return {f"{SOURCE}:{identifier}" for identifier in gone}
