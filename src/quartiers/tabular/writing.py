"""Giving a table back: the user's columns in their order, ours after.

**Reads** nothing. **Writes** CSV, JSON Lines or XLSX, to a file or to standard output.
**Method** The output has the input's kind unless the output's name says otherwise. A file is written
beside its final name and renamed once whole. Only the cells that we add are guarded against being
run as formulas: the user's own are given back untouched.
**Limits** XLSX goes to a file only. Lists and objects are JSON inside a cell.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from quartiers.errors import InputError
from quartiers.tabular.cells import flat, printable

#: An output's ending → the kind written; other endings that mean something are refused.
KINDS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".xlsx": "xlsx"}
OTHER_KINDS = (".ods", ".xls", ".pdf", ".html", ".geojson", ".parquet", ".gz", ".zip", ".docx")
Write = Callable[[dict[str, Any], dict[str, Any]], None]


@contextmanager
def open_output(
    output: Path | str | None, kind: str, columns: Sequence[str], added: Sequence[str]
) -> Iterator[Write]:
    """A function ``write(row, ours)``, one call a row, in the order of the input.

    ``output`` None or «-» is standard output; ``kind`` is the input table's kind; ``columns`` are the
    user's, ``added`` ours (one that the user already has is replaced, in its place).
    """
    to_screen = output is None or str(output) == "-"
    suffix = "" if to_screen else Path(str(output)).suffix.lower()
    if suffix in OTHER_KINDS:
        raise InputError(f"{output}: name it .csv, .jsonl or .xlsx, which are what can be written.")
    kind = KINDS.get(suffix, kind)
    kind = {"json": "jsonl"}.get(kind, kind)
    if kind == "xlsx" and to_screen:
        kind = "csv"
    header = [*columns, *(c for c in added if c not in columns)]
    if to_screen:
        if sys.stdout is None:
            raise InputError("the output is closed: name a file with -o.")
        if isinstance(sys.stdout, TextIOWrapper):  # a real text stream
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        yield text_writer(sys.stdout, kind, header)
        sys.stdout.flush()
        return
    target = Path(os.path.realpath(str(output)))  # a link stays a link
    if target.is_dir():
        raise InputError(f"{output} is a folder: name a file to write in it.")
    if not target.parent.is_dir():
        raise InputError(f"{target.parent}: there is no such folder to write in; make it first.")
    if target.exists() and not target.is_file():  # a device or a pipe is never replaced
        raise InputError(
            f"{output} is not a file: leave -o out and send the screen's output there."
        )
    work = target.with_name(f".{target.name}.part")
    try:
        if kind == "xlsx":
            from openpyxl import Workbook  # slow to import, and only a workbook needs it

            book = Workbook(write_only=True)
            sheet = book.create_sheet("quartiers")
            sheet.append(header)
            yield lambda row, ours: sheet.append(as_cells(row, ours, header, workbook=True))
            book.save(work)
        else:
            with work.open("w", encoding="utf-8", newline="") as stream:
                yield text_writer(stream, kind, header)
        work.replace(target)
    finally:
        work.unlink(missing_ok=True)


def text_writer(stream: Any, kind: str, header: list[str]) -> Write:
    """Rows to a text stream, as CSV or JSON Lines."""
    if kind == "jsonl":
        return lambda row, ours: stream.write(json.dumps(row | ours, ensure_ascii=False) + "\n")
    writer = csv.writer(stream)
    writer.writerow(header)
    return lambda row, ours: writer.writerow(as_cells(row, ours, header))


def as_cells(
    row: dict[str, Any], ours: dict[str, Any], header: list[str], *, workbook: bool = False
) -> list[Any]:
    """One line: the user's cells untouched, ours guarded."""
    cells = [flat(ours[c]) if c in ours else plain(row.get(c)) for c in header]
    return [printable(cell) for cell in cells] if workbook else cells


def plain(value: Any) -> Any:
    """A cell as it was; lists and objects (from JSON) as JSON."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
