"""What people answered to propositions: accepted, refused. They come back as data, nobody is tracked.

**Reads** ``study/judgements.csv`` (one answer a line, given by a person who chose to give it).
**Writes** the table ``judgements`` of an edition; :func:`add` appends an answer to the sheet.
**Method** An answer is about an initiative (or a query) and a result. A meeting counts both ways; a
query is compared by its stems. The last answer about a pair wins. Refused partners are not proposed
again, refused results sink; accepted ones rise.
**Limits** Answers correct propositions one by one; they teach no weight.
"""

from __future__ import annotations

import csv
import datetime
import sqlite3
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from quartiers.bridge.words import EMPTY
from quartiers.errors import InputError, StudyError
from quartiers.text import spelt, stem, words

COLUMNS = ("kind", "about", "result", "verdict", "author", "date")
KINDS = ("match", "search")
VERDICTS = ("accepted", "refused")
#: What an accepted result is multiplied by; and a refused one (refused partners are left out).
RISES, SINKS = 1.5, 0.3


class Judgement(NamedTuple):
    """One answer. ``about``: an id for a meeting, the query for a search."""

    kind: str
    about: str
    result: str
    verdict: str
    author: str
    date: str


def sheet() -> Path:
    """Where answers are kept."""
    return Path(str(files("quartiers.study") / "judgements.csv"))


def load(path: Path | None = None) -> list[Judgement]:
    """Every answer, in the order given. StudyError says which line is wrong."""
    found = []
    with (path or sheet()).open(encoding="utf-8", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), 2):
            try:
                one = Judgement(*(row[column].strip() for column in COLUMNS))
            except (KeyError, AttributeError):
                raise StudyError(
                    f"judgements.csv, line {number}: expected the columns {', '.join(COLUMNS)}."
                ) from None
            if one.kind not in KINDS or one.verdict not in VERDICTS:
                raise StudyError(
                    f"judgements.csv, line {number}: «{one.kind}», «{one.verdict}»; say "
                    f"{' or '.join(KINDS)}, {' or '.join(VERDICTS)}."
                )
            found.append(one)
    return found


def add(
    kind: str, about: str, result: str, verdict: str, author: str, path: Path | None = None
) -> Judgement:
    """Append one answer. InputError when it is not one."""
    if kind not in KINDS or verdict not in VERDICTS or not (about and result and author):
        raise InputError(
            f"an answer says {' or '.join(KINDS)}, about what, which result, "
            f"{' or '.join(VERDICTS)}, and who answers."
        )
    one = Judgement(kind, about, result, verdict, author, datetime.date.today().isoformat())
    with (path or sheet()).open("a", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerow(one)
    return one


def key(kind: str, about: str) -> str:
    """What an answer is about, as it is compared: an id, or the stems of a query."""
    if kind == "match":
        return about
    return " ".join(sorted({stem(w) for w in words(spelt(about)) if w not in EMPTY}))


def write_judgements(connection: sqlite3.Connection, path: Path | None = None) -> None:
    """The table ``judgements``; a meeting is written both ways."""
    connection.execute(
        "CREATE TABLE judgements (kind TEXT NOT NULL, about TEXT NOT NULL, result TEXT NOT NULL, "
        "verdict TEXT NOT NULL, date TEXT NOT NULL, PRIMARY KEY (kind, about, result))"
    )
    for one in load(path):
        about = key(one.kind, one.about)
        pairs = [(about, one.result)]
        if one.kind == "match":
            pairs.append((one.result, about))
        connection.executemany(
            "INSERT OR REPLACE INTO judgements VALUES (?,?,?,?,?)",
            [(one.kind, a, b, one.verdict, one.date) for a, b in pairs],
        )


def verdicts(connection: sqlite3.Connection, kind: str, *about: str | None) -> dict[str, str]:
    """Result → verdict, of what was answered about an id or a query."""
    found: dict[str, str] = {}
    for name in about:
        if name:
            rows = connection.execute(
                "SELECT result, verdict FROM judgements WHERE kind = ? AND about = ?",
                (kind, key(kind, name)),
            )
            found.update(rows)
    return found
