"""A file's rows, read one by one: what ``quartiers detect FILE`` adds to each.

**Reads** rows (dicts). **Writes** nothing.
**Method** The text of a row is its title column, then its text column, joined as a record's are; the
places of a quote are given within its own column, which ``column`` names. The machine alone
judges: experts' labels are for the build. What follows the first 20,000 rows goes through a process
pool, in order.
**Limits** A row without text is in doubt, score 0, with a note.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from typing import Any

from quartiers.classify import Topic, classify_texts
from quartiers.detect import Detection, detect_texts
from quartiers.errors import QuartiersError
from quartiers.reading.columns import uncollected
from quartiers.shapes import Because, record_text
from quartiers.tabular import in_short
from quartiers.text import fold

#: What is added to each row, in this order.
ADDED = ("digital", "score", "themes", "infra", "facets", "because")
#: Column names taken for the title and for the text, the first found wins.
TITLES = ("title", "titre", "intitule", "nom", "name", "action", "projet", "libelle")
TEXTS = (
    "text",
    "texte",
    "description",
    "presentation",
    "resume",
    "objet",
    "objectif",
    "objectifs",
    "contenu",
)
SAID = {"numerique": "oui", "non-numerique": "non", None: "incertain"}
NOTHING_SAID: dict[str, Any] = dict(
    zip(ADDED, ("incertain", 0.0, [], [], [], [{"note": "ligne sans texte"}]), strict=True)
)
#: Rows read together: a task of the pool.
CHUNK = 2_000
#: The first chunks are read by this process: a pool takes longer to start.
ALONE = 10


def text_columns(columns: Sequence[str], asked: Sequence[str] = ()) -> list[str]:
    """The columns to read, in order. Raises QuartiersError when none can be told."""
    missing = [c for c in asked if c not in columns]
    if missing:
        raise QuartiersError(
            f"no column is called {', '.join(missing)}; the file has: {in_short(columns)}."
        )
    if asked:
        return list(asked)
    by_name = {fold(c).strip().replace(" ", "_"): c for c in reversed(columns)}
    found = [by_name[n] for n in TITLES if n in by_name][:1]
    found += [by_name[n] for n in TEXTS if n in by_name][:1]
    if not found:
        raise QuartiersError(
            f"none of the columns ({in_short(columns)}) looks like a text; name it with --text-column."
        )
    return found


def row_texts(row: dict[str, Any], columns: Sequence[str]) -> list[tuple[str, str]]:
    """(column, text) of the columns that say something new, in order: joined, they are the text of
    the record that a build would make of the row."""
    kept: list[tuple[str, str]] = []
    for column in columns:
        value = row.get(column)
        text = "" if value is None else str(value)
        if not text.strip():
            continue
        if not kept or text != kept[-1][1]:
            kept.append((column, text))
    return kept


def judge_row(row: dict[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    """The cells added to one row."""
    return judge_rows_together([row], columns)[0]


@uncollected()
def judge_rows_together(
    rows: Sequence[dict[str, Any]], columns: Sequence[str]
) -> list[dict[str, Any]]:
    """The cells added to each row: one task of the pool."""
    joined = [joined_texts(row, columns) for row in rows]
    verdicts = detect_texts([text for text, _ in joined])
    kept = [
        at for at, verdict in enumerate(verdicts) if joined[at][0] and verdict.value == "numerique"
    ]
    topics = dict(zip(kept, classify_texts([joined[at][0] for at in kept]), strict=True))
    return [
        cells(verdict, topics.get(at, []), starts) if text else dict(NOTHING_SAID)
        for at, ((text, starts), verdict) in enumerate(zip(joined, verdicts, strict=True))
    ]


def joined_texts(
    row: dict[str, Any], columns: Sequence[str]
) -> tuple[str, list[tuple[int, int, str]]]:
    """The text of the record that a build would make of the row; where each column stands in it."""
    whole = ""
    starts: list[tuple[int, int, str]] = []
    for column, text in row_texts(row, columns):
        whole = record_text(whole, text)
        starts.append((len(whole) - len(text), len(whole), column))
    return whole, starts


def cells(
    verdict: Detection, topics: Sequence[Topic], starts: Sequence[tuple[int, int, str]]
) -> dict[str, Any]:
    """What is said of one text, as cells."""
    values: dict[str, list[str]] = {"theme": [], "infra": [], "form": []}
    for topic in topics:
        values[topic.dimension].append(topic.value)
    return {
        "digital": SAID[verdict.value],
        "score": round(verdict.score, 4),
        "themes": values["theme"],
        "infra": values["infra"],
        "facets": values["form"],
        "because": [placed(reason, starts) for reason in verdict.because],
    }


def placed(reason: Because, starts: Sequence[tuple[int, int, str]]) -> dict[str, Any]:
    """A reason as a plain object, its places told within its own column."""
    said = {name: value for name, value in reason.as_dict().items() if value is not None}
    if reason.start is None or reason.end is None or reason.quote is None:
        return said
    for begin, end, column in starts:
        if reason.start < end:
            start, stop = max(reason.start, begin), min(reason.end, end)
            said["quote"] = reason.quote[start - reason.start : stop - reason.start]
            said["start"], said["end"] = start - begin, stop - begin
            if len(starts) > 1:
                said["column"] = column
            return said
    return said


def judge_rows(
    rows: Iterable[dict[str, Any]], columns: Sequence[str], workers: int = 1
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each row with the cells added to it, in order; memory does not grow with the file."""
    source = iter(rows)
    chunks = iter(lambda: list(islice(source, CHUNK)), [])
    for chunk in chunks if workers <= 1 else islice(chunks, ALONE):
        yield from zip(chunk, judge_rows_together(chunk, columns), strict=True)
    following = next(chunks, None)
    if following is None:
        return
    waiting: deque[tuple[list[dict[str, Any]], Future[list[dict[str, Any]]]]] = deque()
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for chunk in chain([following], chunks):
            told = [{c: row.get(c) for c in columns} for row in chunk]
            waiting.append((chunk, pool.submit(judge_rows_together, told, columns)))
            if len(waiting) > 2 * workers:
                done, future = waiting.popleft()
                yield from zip(done, future.result(), strict=True)
        while waiting:
            done, future = waiting.popleft()
            yield from zip(done, future.result(), strict=True)
