"""Reading a table that may be anything.

**Reads** one file or standard input. **Writes** nothing.
**Method** The bytes say what they are, not the name: gzip and zip by their first bytes, HTML by its
first tag, the encoding by a whole pass (a mark, else UTF-8, else Windows-1252, said in ``notes``),
the separator by the header line. Rows are streamed; the header must be there, once each name. A row
that has not the header's number of cells is given with ``problem`` set: nothing is guessed, nothing
is lost. Sizes are capped before anything is unpacked in memory.
**Limits** Spreadsheets and JSON are read whole (300 MB unpacked at most); only the first sheet
unless one is named.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook

from quartiers.errors import InputError

#: A file that unpacks to more than this is refused (bytes): thirty times the largest source.
MAX_BYTES = 4_000_000_000
#: The same for what must be held in memory whole.
MAX_WHOLE_BYTES = 300_000_000
#: A compressed file that swells more than this is a bomb, not a table.
MAX_RATIO = 200
#: The longest cell (characters).
MAX_CELL = 1_000_000
SEPARATORS = (",", ";", "\t", "|")


class Row(NamedTuple):
    """One row: its number in the file (the header is 1), its cells, and what is wrong with it."""

    number: int
    cells: dict[str, Any]
    problem: str | None = None


@dataclass
class Table:
    """A table being read. ``kind`` ∈ csv | jsonl | json | xlsx; ``notes`` are said to the user."""

    name: str
    kind: str
    columns: list[str]
    rows: Callable[[], Iterator[Row]]
    notes: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Row]:
        return self.rows()


def open_table(
    path: Path | str, *, sheet: str | None = None, separator: str | None = None
) -> Table:
    """The table in ``path`` («-» is standard input). Raises InputError with one clear sentence."""
    if str(path) == "-":
        path = spool(sys.stdin.buffer)
        name = "standard input"
    else:
        path = Path(path)
        name = path.name
    if not path.is_file():
        raise InputError(f"{name}: there is no such file.")
    with path.open("rb") as stream:
        start = stream.read(4)
    if not start:
        raise InputError(f"{name} is empty: send a file with a header line and at least one row.")
    if start[:2] == b"PK":
        return open_workbook(path, name, sheet)
    if start[:2] == b"\x1f\x8b":
        path = unpack(path, name)
    return open_text(path, name, separator)


@cache
def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder for what is unpacked, removed when the program ends."""
    return tempfile.TemporaryDirectory(prefix="quartiers-")


def spool(stream: IO[bytes]) -> Path:
    """Standard input as a file that can be read twice."""
    with tempfile.NamedTemporaryFile(dir=scratch().name, delete=False) as target:
        shutil.copyfileobj(stream, target)
    return Path(target.name)


def unpack(path: Path, name: str) -> Path:
    """A gzipped file, unpacked to a temporary one, size and ratio watched while it swells."""
    limit = min(MAX_BYTES, max(path.stat().st_size, 4096) * MAX_RATIO)
    done = 0
    with tempfile.NamedTemporaryFile(dir=scratch().name, delete=False) as target:
        unpacked = Path(target.name)
        try:
            with gzip.open(path) as stream:
                while block := stream.read(1 << 20):
                    done += len(block)
                    if done > limit:
                        raise InputError(
                            f"{name} swells beyond {limit:,} bytes once unpacked: it is refused. "
                            "Send it uncompressed if it is really a table of that size."
                        )
                    target.write(block)
        except (EOFError, gzip.BadGzipFile, OSError) as error:
            unpacked.unlink()
            raise InputError(
                f"{name} is a damaged gzip file ({error}): download or compress it again."
            ) from None
        except InputError:
            unpacked.unlink()
            raise
    return unpacked


def open_text(path: Path, name: str, separator: str | None) -> Table:
    """CSV, JSON Lines, JSON or GeoJSON, by the first character."""
    notes: list[str] = []
    encoding = find_encoding(path, name, notes)
    with path.open(encoding=encoding, newline="") as stream:
        head = stream.read(65_536)
    first = head.lstrip()[:1]
    if not first:
        raise InputError(f"{name} holds only blanks: a header line and rows were expected.")
    if first == "<":
        raise InputError(
            f"{name} is a web page or an XML file, not a table: the download link probably led to an "
            "error page. Open it in a browser, then save the CSV itself."
        )
    if first == "[":
        return open_json(path, name, encoding, notes)
    if first == "{":
        return open_json_lines(path, name, encoding, notes, head)
    return open_csv(path, name, encoding, notes, head, separator)


def find_encoding(path: Path, name: str, notes: list[str]) -> str:
    """The encoding of a whole file, by one pass; NUL bytes and sizes are refused here."""
    with path.open("rb") as stream:
        start = stream.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            notes.append("read as UTF-16")
            return "utf-16"
        stream.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        is_utf8, done = True, 0
        while block := stream.read(1 << 20):
            done += len(block)
            if (at := block.find(b"\0")) >= 0:
                raise InputError(
                    f"{name} has a NUL byte (byte {done - len(block) + at}): it is not a text table, or it "
                    "is damaged. Export it again as CSV UTF-8."
                )
            if done > MAX_BYTES:
                raise InputError(f"{name} is larger than {MAX_BYTES:,} bytes: split it.")
            if is_utf8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    is_utf8 = False
        if is_utf8:
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                is_utf8 = False
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if is_utf8:
        return "utf-8"
    notes.append("not UTF-8: read as Windows-1252; check the accents")
    return "cp1252"


def open_csv(
    path: Path, name: str, encoding: str, notes: list[str], head: str, separator: str | None
) -> Table:
    """A CSV file, streamed."""
    comma = separator or find_separator(head)
    csv.field_size_limit(MAX_CELL)

    def lines() -> Iterator[list[str]]:
        with path.open(encoding=encoding, errors="replace", newline="") as stream:
            reader = csv.reader(stream, delimiter=comma)
            try:
                yield from reader
            except csv.Error as error:
                raise InputError(
                    f"{name}, line {reader.line_num}: {error}; a quote was probably opened and never "
                    "closed, or a cell is longer than a million characters. Mend that line."
                ) from None

    columns = check_columns(next(lines(), []), name)

    def rows() -> Iterator[Row]:
        width = len(columns)
        for number, cells in enumerate(lines(), start=1):
            if number == 1 or not any(cells):
                continue
            problem = None
            if len(cells) != width:
                problem = f"{len(cells)} cells where the header has {width}"
            yield Row(number, dict(zip(columns, cells, strict=False)), problem)

    return Table(name, "csv", columns, rows, notes)


def find_separator(head: str) -> str:
    """The separator that the header line holds most often, outside quotes."""
    header: list[str] = []
    quoted = False
    for character in head:
        if character == '"':
            quoted = not quoted
        elif character in "\r\n" and not quoted:
            break
        elif not quoted:
            header.append(character)
    counts = {s: header.count(s) for s in SEPARATORS}
    return max(SEPARATORS, key=lambda s: counts[s])


def check_columns(columns: list[str], name: str) -> list[str]:
    """The header, blanks and invisible marks stripped; each name there, and once."""
    clean = [c.strip().strip("\ufeff\u200b\u200d").strip() for c in columns]
    while clean and not clean[-1]:
        clean.pop()
    if not clean:
        raise InputError(f"{name} has no header line: name the columns on the first line.")
    for position, column in enumerate(clean, start=1):
        if not column:
            raise InputError(f"{name}: column {position} has no name in the header line; name it.")
    if doubled := sorted({c for c in clean if clean.count(c) > 1}):
        raise InputError(
            f"{name}: the header names {', '.join(doubled)} more than once; rename one of them."
        )
    return clean


def open_json(path: Path, name: str, encoding: str, notes: list[str]) -> Table:
    """A JSON list of objects, or a GeoJSON collection, read whole."""
    if path.stat().st_size > MAX_WHOLE_BYTES:
        raise InputError(f"{name} is too large for one JSON document: send JSON Lines or CSV.")
    try:
        content = json.loads(path.read_text(encoding))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name} is not valid JSON ({error}): export it again.") from None
    if isinstance(content, dict) and isinstance(content.get("features"), list):
        content = [flatten_feature(f) for f in content["features"] if isinstance(f, dict)]
    if not isinstance(content, list) or not all(isinstance(item, dict) for item in content):
        raise InputError(f"{name}: a list of objects was expected in this JSON document.")
    if not content:
        raise InputError(f"{name} holds an empty list: nothing to read.")
    return whole_table(name, "json", content, notes)


def flatten_feature(feature: dict[str, Any]) -> dict[str, Any]:
    """A GeoJSON feature as a row; a point becomes longitude and latitude."""
    row = dict(feature.get("properties") or {})
    geometry = feature.get("geometry") or {}
    if geometry.get("type") == "Point" and len(geometry.get("coordinates") or ()) >= 2:
        row.setdefault("longitude", geometry["coordinates"][0])
        row.setdefault("latitude", geometry["coordinates"][1])
    return row


def whole_table(name: str, kind: str, content: list[dict[str, Any]], notes: list[str]) -> Table:
    """A table already in memory."""
    columns = list(dict.fromkeys(key for item in content for key in item))

    def rows() -> Iterator[Row]:
        for number, item in enumerate(content, start=1):
            yield Row(number, item)

    return Table(name, kind, columns, rows, notes)


def open_json_lines(path: Path, name: str, encoding: str, notes: list[str], head: str) -> Table:
    """JSON Lines, streamed; or one JSON object that holds the rows."""
    first_line = head.lstrip().split("\n", 1)[0]
    try:
        first = json.loads(first_line)
    except (ValueError, RecursionError):
        return open_json(path, name, encoding, notes)
    if isinstance(first.get("features"), list):
        return open_json(path, name, encoding, notes)
    if set(first) & {"error", "errors", "message"} and not head.lstrip()[len(first_line) :].strip():
        raise InputError(
            f"{name} is an error message from a service, not a table ({first_line[:80]}): download it "
            "again."
        )

    def rows() -> Iterator[Row]:
        with path.open(encoding=encoding) as stream:
            for number, line in enumerate(stream, start=1):
                if not line.strip():
                    continue
                try:
                    item = json.loads(line)
                except (ValueError, RecursionError) as error:
                    raise InputError(
                        f"{name}, line {number} is not valid JSON ({error})."
                    ) from None
                if not isinstance(item, dict):
                    raise InputError(f"{name}, line {number}: an object {{…}} was expected.")
                yield Row(number, item)

    return Table(name, "jsonl", list(first), rows, notes)


def open_workbook(path: Path, name: str, sheet: str | None) -> Table:
    """The first sheet (or the one named) of an XLSX or ODS file."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
    except zipfile.BadZipFile:
        raise InputError(f"{name} is a damaged spreadsheet or archive: save it again.") from None
    if unpacked > min(MAX_WHOLE_BYTES, max(path.stat().st_size, 4096) * MAX_RATIO):
        raise InputError(
            f"{name} swells to {unpacked:,} bytes once unpacked: it is refused. Save the sheet as CSV."
        )
    try:
        with CalamineWorkbook.from_object(io.BytesIO(path.read_bytes())) as book:
            names = book.sheet_names
            if not names or (sheet is not None and sheet not in names):
                raise InputError(f"{name} has no sheet «{sheet}»; it has {', '.join(names)}.")
            cells = book.get_sheet_by_name(sheet or names[0]).to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        raise InputError(
            f"{name} is not a spreadsheet that can be read ({error}): save it as XLSX, ODS or CSV."
        ) from None
    lines = [[as_text(cell) for cell in line] for line in cells]
    if not lines:
        raise InputError(f"{name}: the sheet is empty; a header line and rows were expected.")
    columns = check_columns(lines[0], name)
    others = [n for n in names if n != (sheet or names[0])]
    notes = [f"sheet «{sheet or names[0]}» read; not read: {', '.join(others)}"] if others else []

    def rows() -> Iterator[Row]:
        for number, line in enumerate(lines[1:], start=2):
            if any(line):
                padded = line[: len(columns)] + [""] * (len(columns) - len(line))
                yield Row(number, dict(zip(columns, padded, strict=True)))

    return Table(name, "xlsx", columns, rows, notes)


def as_text(cell: Any) -> str:
    """A spreadsheet cell as it is read on screen: 33063.0 is «33063», a date is ISO 8601."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat())
    return "" if cell is None else str(cell)
