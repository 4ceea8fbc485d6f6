"""Reading a table that may be anything.

**Reads** one file or standard input. **Writes** nothing.
**Method** The bytes say what they are, not the name: gzip and zip by their first bytes, HTML by its
first tag, the encoding by a whole pass (a mark, else UTF-8, else Windows-1252; of both in one file, each
byte by its own; said in ``notes``).
``delimited.py``, ``objects.py`` and ``workbook.py`` then read CSV, JSON and workbooks. Rows are
streamed; the header must be there, once each name. A row that cannot be read is given with ``problem``
set: nothing is guessed, nothing is lost. Sizes are capped before anything is unpacked in memory.
**Limits** Spreadsheets and JSON documents are read whole (300 MB unpacked at most); only the first
sheet unless one is named.
"""

from __future__ import annotations

import codecs
import gzip
import sys
import tempfile
import zlib
from functools import cache
from pathlib import Path

from quartiers.errors import InputError
from quartiers.tabular.delimited import OTHERWISE, open_csv
from quartiers.tabular.objects import open_json, open_json_lines
from quartiers.tabular.table import Table
from quartiers.tabular.workbook import MAX_RATIO, open_workbook

#: A file that unpacks to more than this is refused (bytes): thirty times the largest source.
MAX_BYTES = 4_000_000_000
#: What people send by mistake, by its first bytes → what to do.
NO_TABLES = {
    b"%PDF": "a PDF: ask its author for the table itself (XLSX or CSV)",
    b"\xd0\xcf\x11\xe0": "an old Office file (.xls, .doc): save it as XLSX or CSV",
    b"\xff\xfe\0\0": "in UTF-32: export it again as CSV UTF-8",
    b"\0\0\xfe\xff": "in UTF-32: export it again as CSV UTF-8",
}


def as_1252(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8, as Windows-1252; what is neither is «�», never a stop."""
    assert isinstance(error, UnicodeDecodeError)
    wrong = error.object[error.start : error.end] if error.encoding == "utf-8" else b"\x81"
    return bytes(wrong).decode("cp1252", errors="replace"), error.end


codecs.register_error(OTHERWISE, as_1252)


def open_table(
    path: Path | str, *, sheet: str | None = None, separator: str | None = None
) -> Table:
    """The table in ``path`` («-» is standard input). Raises InputError with one clear sentence."""
    if str(path) == "-":
        name = "standard input"
        path = spool(name)
    else:
        path = Path(path)
        name = path.name
    check_file(path, name)
    with path.open("rb") as stream:
        start = stream.read(4)
    if not start:
        raise InputError(f"{name} is empty: send a file with a header line and at least one row.")
    if start in NO_TABLES:
        raise InputError(f"{name} is {NO_TABLES[start]}.")
    if start[:2] == b"PK":
        return open_workbook(path, name, sheet)
    if start[:2] == b"\x1f\x8b":
        path = unpack(path, name)
    return open_text(path, name, separator)


def check_file(path: Path, name: str) -> None:
    """Refuse what is not a file that can be read, for what it is. Raises InputError."""
    if path.is_dir():
        raise InputError(f"{name} is a folder: name one of the files that it holds.")
    if path.is_file():
        return
    if path.is_symlink():
        raise InputError(f"{name} is a link that leads nowhere: name the file itself.")
    if path.exists():
        raise InputError(
            f"{name} is a pipe or a device: send it on standard input, and name it «-»."
        )
    raise InputError(f"{name}: there is no such file; check its name and its folder.")


@cache
def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder for what is unpacked, removed when the program ends."""
    return tempfile.TemporaryDirectory(prefix="quartiers-")


def spool(name: str) -> Path:
    """Standard input as a file that can be read twice. Raises InputError."""
    if sys.stdin is None:
        raise InputError(f"{name} is closed: name a file, or send one with «<» or «|».")
    done = 0
    with tempfile.NamedTemporaryFile(dir=scratch().name, delete=False) as target:
        while block := sys.stdin.buffer.read(1 << 20):
            done += len(block)
            if done > MAX_BYTES:
                raise InputError(f"{name} is larger than {MAX_BYTES:,} bytes: split it.")
            target.write(block)
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
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
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
    with path.open(encoding=encoding, errors=OTHERWISE, newline="") as stream:
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
        return open_json_lines(path, name, encoding, notes)
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
        done, lines, wrong, is_mixed = 0, 1, 0, start.startswith(codecs.BOM_UTF8)
        while block := stream.read(1 << 20):
            done += len(block)
            if (at := block.find(b"\0")) >= 0:
                raise InputError(
                    f"{name} has a NUL byte (byte {done - len(block) + at}): it is not a text table, or it "
                    "is damaged. Export it again as CSV UTF-8."
                )
            if done > MAX_BYTES:
                raise InputError(f"{name} is larger than {MAX_BYTES:,} bytes: split it.")
            if not wrong:
                try:
                    decoder.decode(block)
                    lines += block.count(b"\n")
                except UnicodeDecodeError as error:
                    wrong = lines + block.count(b"\n", 0, error.start)
                    is_mixed = is_mixed or not block[: error.start].isascii()
                is_mixed = is_mixed or not (wrong or block.isascii())
        if not wrong:
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                wrong = lines
    mark = "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8"
    if not wrong:
        return mark
    if is_mixed:
        notes.append(f"line {wrong} is not UTF-8 as those before it: read as Windows-1252 there")
        return mark
    notes.append(f"not UTF-8 (line {wrong}): read as Windows-1252; check the accents")
    return "cp1252"
