"""JSON: lines of objects, a list of objects, a GeoJSON collection.

**Reads** a text file. **Writes** nothing.
**Method** Lines are streamed, after a first pass that names the columns of all of them; one document is
read whole. A point becomes longitude and latitude. A row with half a character (a lone surrogate, that
no file can hold) is given with ``problem`` set.
**Limits** One document: 300 MB at most.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from quartiers.errors import InputError
from quartiers.tabular.delimited import MAX_LINE, OTHERWISE, bounded_lines
from quartiers.tabular.table import Row, Table

#: The largest document held in memory whole (bytes).
MAX_WHOLE_BYTES = 300_000_000


def open_json(path: Path, name: str, encoding: str, notes: list[str]) -> Table:
    """A JSON list of objects, or a GeoJSON collection, read whole."""
    if path.stat().st_size > MAX_WHOLE_BYTES:
        raise InputError(f"{name} is too large for one JSON document: send JSON Lines or CSV.")
    try:
        content = json.loads(path.read_text(encoding, errors=OTHERWISE))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name} is not valid JSON ({error}): export it again.") from None
    if isinstance(content, dict) and isinstance(content.get("features"), list):
        content = [flatten_feature(f) for f in content["features"] if isinstance(f, dict)]
    if not isinstance(content, list) or not all(isinstance(item, dict) for item in content):
        raise InputError(f"{name}: a list of objects was expected in this JSON document.")
    if not content:
        raise InputError(f"{name} holds an empty list: nothing to read.")
    columns = named(column_names(content), name)

    def rows() -> Iterator[Row]:
        for number, item in enumerate(content, start=1):
            yield Row(number, item, half_character(item))

    return Table(name, "json", columns, rows, notes)


def flatten_feature(feature: dict[str, Any]) -> dict[str, Any]:
    """A GeoJSON feature as a row; a point becomes longitude and latitude."""
    properties, geometry = feature.get("properties"), feature.get("geometry")
    row = dict(properties) if isinstance(properties, dict) else {}
    if isinstance(geometry, dict) and geometry.get("type") == "Point":
        point = geometry.get("coordinates")
        if isinstance(point, list) and len(point) >= 2:
            row.setdefault("longitude", point[0])
            row.setdefault("latitude", point[1])
    return row


def column_names(items: Iterable[dict[str, Any]]) -> list[str]:
    """Every key, in the order in which they come."""
    found: dict[str, None] = {}
    for item in items:
        if not found.keys() >= item.keys() and half_character(item) is None:
            found |= dict.fromkeys(item)
    return list(found)


def named(columns: list[str], name: str) -> list[str]:
    """The columns; no row at all that can be read is an error."""
    if not columns:
        raise InputError(f"{name}: no object of it can be read; export it again.")
    return columns


def half_character(item: dict[str, Any]) -> str | None:
    """What is wrong with an object that cannot be written as text; None when nothing is."""
    try:
        json.dumps(item, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return "it holds half a character (\\ud800 to \\udfff alone), which no file can hold"
    return None


def open_json_lines(path: Path, name: str, encoding: str, notes: list[str]) -> Table:
    """JSON Lines, streamed; or one JSON object that holds the rows."""

    def items() -> Iterator[tuple[int, dict[str, Any]]]:
        with path.open(encoding=encoding, errors=OTHERWISE) as stream:
            for number, line in enumerate(bounded_lines(stream, name), start=1):
                if not line.strip():
                    continue
                try:
                    item = json.loads(line)
                except (ValueError, RecursionError) as error:
                    raise InputError(
                        f"{name}, line {number} is not valid JSON ({error}): mend that line, or "
                        "export the file again."
                    ) from None
                if not isinstance(item, dict):
                    raise InputError(
                        f"{name}, line {number}: an object {{…}} was expected; one object a line."
                    )
                yield number, item

    with path.open(encoding=encoding, errors=OTHERWISE) as stream:
        while not (first_line := stream.readline(MAX_LINE + 1)).strip():  # «{» is there: it ends
            continue
        is_alone = len(first_line) > MAX_LINE or not any(
            map(str.strip, bounded_lines(stream, name))
        )
    try:
        first = json.loads(first_line if len(first_line) <= MAX_LINE else "")
    except (ValueError, RecursionError):
        return open_json(path, name, encoding, notes)
    if isinstance(first.get("features"), list):
        return open_json(path, name, encoding, notes)
    if is_alone and set(first) & {"error", "errors", "message"}:
        raise InputError(
            f"{name} is an error message from a service, not a table ({first_line[:80]}): download it "
            "again."
        )
    columns = named(column_names(item for _, item in items()), name)

    def rows() -> Iterator[Row]:
        for number, item in items():
            yield Row(number, item, half_character(item))

    return Table(name, "jsonl", columns, rows, notes)
