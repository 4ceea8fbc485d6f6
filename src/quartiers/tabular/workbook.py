"""XLSX and ODS: read in a process of its own, with little memory and little time.

**Reads** a workbook. **Writes** nothing.
**Method** A workbook of a few kilobytes may ask for terabytes (one cell far away, one row a million times,
a lie about sizes). ``python -m quartiers.tabular.workbook FILE`` bounds its own memory and processor
time, reads one sheet and prints its rows as JSON; what the file does to the reader, it does there.
**Limits** The first sheet unless one is named; a formula is its last computed value. POSIX.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from quartiers.errors import InputError
from quartiers.tabular.objects import MAX_WHOLE_BYTES
from quartiers.tabular.table import Row, Table, check_columns, in_short

#: A compressed file that swells more than this is a bomb, not a table.
MAX_RATIO = 200
#: What reading one sheet may take: ten times the largest ones met.
MEMORY_BYTES = 3_000_000_000
CPU_S = 120
#: Exit code of the reader when the file is refused, its reason on standard output.
REFUSED = 3


def open_workbook(path: Path, name: str, sheet: str | None) -> Table:
    """The first sheet (or the one named) of an XLSX or ODS file. Raises InputError."""
    check_archive(path, name)
    command = [sys.executable, "-P", "-m", "quartiers.tabular.workbook", str(path), sheet or ""]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode == REFUSED:
        raise InputError(f"{name} {done.stdout.decode()}")
    if done.returncode != 0:
        raise InputError(
            f"{name} asks for too much memory or time to be read as a workbook: a cell was probably "
            "filled far from the others. Save the sheet as CSV."
        )
    names, read, cells = json.loads(done.stdout)
    if not cells:
        raise InputError(f"{name}: the sheet is empty; a header line and rows were expected.")
    columns = check_columns(cells[0], name)
    width = len(columns)
    notes = []
    if others := [other for other in names if other != read]:
        notes.append(f"sheet «{read}» read; not read: {in_short(others)}")
    if beyond := [n for n, line in enumerate(cells[1:], start=2) if any(line[width:])]:
        notes.append(
            f"cells to the right of the last named column are not read: {len(beyond):,} rows, the "
            f"first is {beyond[0]}; name their columns in the header line if they count"
        )

    def rows() -> Iterator[Row]:
        for number, line in enumerate(cells[1:], start=2):
            if any(line[:width]):
                padded = line[:width] + [""] * (width - len(line))
                yield Row(number, dict(zip(columns, padded, strict=True)))

    return Table(name, "xlsx", columns, rows, notes)


def check_archive(path: Path, name: str) -> None:
    """Refuse what is no workbook, or swells. Raises InputError."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError):
        raise InputError(f"{name} is a damaged spreadsheet or archive: save it again.") from None
    unpacked = sum(item.file_size for item in members)
    if unpacked > min(MAX_WHOLE_BYTES, max(path.stat().st_size, 4096) * MAX_RATIO):
        raise InputError(
            f"{name} swells to {unpacked:,} bytes once unpacked: it is refused. Save the sheet as CSV."
        )
    held = {item.filename for item in members}
    if not held & {"content.xml", "[Content_Types].xml", "xl/workbook.xml", "xl/workbook.bin"}:
        raise InputError(
            f"{name} is an archive ({in_short(sorted(held)) or 'empty'}), not a spreadsheet: unpack it, then "
            "send the table that it holds."
        )


def as_text(cell: Any) -> str:
    """A spreadsheet cell as it is read on screen: 33063.0 is «33063», a date is ISO 8601."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat())
    return "" if cell is None else str(cell)


def bound() -> None:
    """Take away from this process what a sheet never needs."""
    import resource

    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, hard))


def main(path: str, sheet: str) -> None:
    """Print [sheets, sheet read, rows] as JSON; exit code :data:`REFUSED` with a reason else."""
    from python_calamine import CalamineError, CalamineWorkbook

    bound()
    try:
        with CalamineWorkbook.from_object(io.BytesIO(Path(path).read_bytes())) as book:
            names = book.sheet_names
            if not names or (sheet and sheet not in names):
                print(f"has no sheet «{sheet}»; it has {in_short(names)}.", end="")
                sys.exit(REFUSED)
            cells = book.get_sheet_by_name(sheet or names[0]).to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        why = " ".join(str(error).split())[:120]
        print(
            f"is not a spreadsheet that can be read ({why}): save it as XLSX, ODS or CSV.", end=""
        )
        sys.exit(REFUSED)
    lines = [[as_text(cell) for cell in line] for line in cells]
    json.dump([names, sheet or names[0], lines], sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
