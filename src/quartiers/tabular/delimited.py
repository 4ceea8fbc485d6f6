"""CSV: streamed, each row held against the header.

**Reads** a text file. **Writes** nothing.
**Method** The separator is the header's most frequent one, or the one that Excel's «sep=» line says. A
row that has not the header's number of cells is given with ``problem`` set, and so is what a quote
opened and never closed has swallowed: nothing is guessed, nothing is lost. Empty cells beyond the
header are what a spreadsheet leaves, and are no problem.
**Limits** A quote closed by another one, lines further, in a row of the right length, is a cell of
several lines.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import IO

from quartiers.errors import InputError
from quartiers.tabular.table import Row, Table, check_columns

#: The longest cell (characters).
MAX_CELL = 1_000_000
#: The longest line: what must be held at once.
MAX_LINE = 20_000_000
#: What is done of bytes that are not of the file's encoding (``reading.as_1252``).
OTHERWISE = "quartiers-1252"
SEPARATORS = (",", ";", "\t", "|")
#: A line of our own after the file's last: it comes out alone unless a quote is still open.
LAST = "\0quartiers: the end"
EXCEL = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)


def bounded_lines(stream: IO[str], name: str) -> Iterator[str]:
    """The lines of a text, none longer than what memory can hold. Raises InputError."""
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            raise InputError(
                f"{name}, line {number} is longer than {MAX_LINE:,} characters: it is not one row of "
                "a table. Export the file again, one row a line."
            )
        yield line


def open_csv(
    path: Path, name: str, encoding: str, notes: list[str], head: str, separator: str | None
) -> Table:
    """A CSV file, streamed."""
    told_by_excel = EXCEL.fullmatch(head.splitlines()[0])
    skipped = 1 if told_by_excel else 0
    if told_by_excel:
        separator, head = separator or told_by_excel[1], head.split("\n", 1)[-1]
    comma = separator or find_separator(head)
    csv.field_size_limit(MAX_CELL)

    def lines() -> Iterator[tuple[int, int, list[str]]]:
        """(first line, last line, cells) of each record."""
        with path.open(encoding=encoding, errors=OTHERWISE, newline="") as stream:
            texts = bounded_lines(stream, name)
            for _ in range(skipped):
                next(texts)
            reader = csv.reader(chain(texts, [LAST]), delimiter=comma)
            before = 0
            try:
                for cells in reader:
                    if cells != [LAST]:
                        yield before + 1 + skipped, reader.line_num + skipped, cells
                    before = reader.line_num
            except csv.Error as error:
                raise InputError(
                    f"{name}, line {reader.line_num + skipped}: {error}; a quote was probably opened "
                    "and never closed, or a cell is longer than a million characters. Mend that line."
                ) from None

    header = next(lines(), (1, 1, []))[2]
    if header and header[-1].endswith(LAST):
        raise InputError(f"{name}: a quote opened in the header line is never closed; mend it.")
    columns = check_columns(header, name)

    def rows() -> Iterator[Row]:
        width = len(columns)
        for number, (first, last, cells) in enumerate(lines(), start=1 + skipped):
            if number == 1 + skipped or not any(cells):
                continue
            problem = None
            if cells[-1].endswith(LAST):
                cells[-1] = cells[-1].removesuffix(LAST)
                problem = f"a quote opened on line {first} is never closed: it swallows all to line {last - 1}"
            elif len(cells) != width and (len(cells) < width or any(cells[width:])):
                problem = f"{len(cells)} cells where the header has {width}"
                if last > first:
                    problem += f"; it runs from line {first} to line {last}: see to its quotes"
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
