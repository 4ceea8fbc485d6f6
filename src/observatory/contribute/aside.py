"""A spreadsheet read aside: in a process of its own, with little time and little memory.

**Reads** one uploaded file. **Writes** a report on standard output.
**Method** ``python -m observatory.contribute.aside FILE`` bounds its own processor time, memory and
files before it opens anything, then reads as ``quartiers check`` does. What the file makes the reader
do, it does there; the site waits :data:`WAIT_S` seconds and reads at most :data:`MOST_TOLD` bytes.
**Limits** The first sheet only. POSIX (the limits are the system's).
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MOST_BYTES = 2_000_000
MOST_ROWS = 2_000
WAIT_S = 20
CPU_S = 10
MEMORY_BYTES = 1_500_000_000
FILE_BYTES = 50_000_000
MOST_TOLD = 30_000_000


@dataclass(slots=True)
class Sheet:
    """What was read: good rows as cells of the schema, and all that is wrong."""

    name: str
    rows: int = 0
    good: list[dict[str, str]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refused: str = ""

    @property
    def errors(self) -> list[dict[str, Any]]:
        return [p for p in self.problems if p["severity"] == "erreur"]

    @property
    def warnings(self) -> list[dict[str, Any]]:
        return [p for p in self.problems if p["severity"] != "erreur"]

    @property
    def is_good(self) -> bool:
        return bool(self.good) and not self.refused and not self.errors


def read_aside(path: Path, name: str) -> Sheet:
    """The sheet, or why it is refused (``refused``: an English sentence of the reader, or a code)."""
    sheet = Sheet(name)
    if path.stat().st_size > MOST_BYTES:
        sheet.refused = "too large"
        return sheet
    command = [sys.executable, "-m", "observatory.contribute.aside", str(path)]
    environment = {"PYTHONPATH": ":".join(p for p in sys.path if p), "PATH": "/usr/bin:/bin"}
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=WAIT_S, env=environment, cwd="/", check=False
        )
    except subprocess.TimeoutExpired:
        sheet.refused = "too long"
        return sheet
    if done.returncode != 0 or len(done.stdout) > MOST_TOLD:
        sheet.refused = "too heavy"
        return sheet
    told = json.loads(done.stdout)
    sheet.rows, sheet.good = told["rows"], told["good"]
    sheet.problems, sheet.notes = told["problems"], told["notes"]
    sheet.refused = told["refused"].replace(path.name, name)
    return sheet


def bound() -> None:
    """Take away from this process what a table never needs."""
    for what, most in (
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main(path: str) -> None:
    """Read one file within the bounds; print what was found as JSON."""
    bound()
    from quartiers.check import open_checked
    from quartiers.errors import InputError

    told: dict[str, Any] = {"rows": 0, "good": [], "problems": [], "notes": [], "refused": ""}
    try:
        report, rows = open_checked(Path(path))
        for _row, cells in rows:
            told["good"].append(cells)
            if report.rows > MOST_ROWS:
                told["refused"] = "too many rows"
                break
        told |= {k: v for k, v in report.as_dict().items() if k in ("rows", "problems", "notes")}
        told["problems"] = told["problems"][:1000]
    except InputError as error:
        told["refused"] = str(error)
    json.dump(told, sys.stdout, ensure_ascii=True)


if __name__ == "__main__":
    main(sys.argv[1])
