"""Editions: built aside, checked, swapped in whole.

**Reads** and **Writes** ``editions/<name>/`` and the link ``editions/current``.
**Method** A build works in ``editions/.building-<pid>``; once its tables are checked and its manifest
written, the folder gets its name and ``current`` is replaced in one step, so that a reader sees the
old edition or the new one. A build that dies leaves only its working folder, which the next one
clears. The name holds a digest of everything the build reads (inputs, study, method): the same
inputs need no second build.
**Limits** One machine's file system; two builds at once both work, and the last one to end wins.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from quartiers.errors import EditionError
from quartiers.tables import ALIGNMENTS, PORTRAITS

PACKAGE = Path(__file__).parent
#: The tables that every edition has, in the order of the verbs.
TABLES: tuple[str, ...] = (
    "records",
    "issues",
    "detections",
    "classifications",
    "locations",
    "links",
    "pairs",
    "identities",
    "compared",
    "initiatives",
    "claims",
    "unseen",
    "measures",
    "findings",
    *PORTRAITS,
    *ALIGNMENTS,
)


def digest(paths: Iterable[Path], words: Iterable[str] = ()) -> str:
    """One sha256 over the names and bytes of files (in the order given) and some words."""
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.name}\0{file_digest(path)}\0".encode())
    for word in words:
        total.update(f"{word}\0".encode())
    return total.hexdigest()


def file_digest(path: Path) -> str:
    """The sha256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def method_files() -> list[Path]:
    """Everything in the package that may change a figure: code and study."""
    return sorted(p for p in PACKAGE.rglob("*") if p.is_file() and "__pycache__" not in p.parts)


@contextmanager
def building(root: Path, name: str) -> Iterator[Path]:
    """A working folder that becomes ``root/name`` and ``root/current`` if the block succeeds."""
    root.mkdir(parents=True, exist_ok=True)
    clear_dead(root)
    work = root / f".building-{os.getpid()}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        yield work
        check_edition(work)
        swap_in(work, root, name)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def clear_dead(root: Path) -> None:
    """Remove what builds that no longer run have left."""
    for left in [*root.glob(".building-*"), *root.glob(".current-*")]:
        if not is_running(int(left.name.rsplit("-", 1)[1])):
            if left.is_symlink():
                left.unlink()
            else:
                shutil.rmtree(left, ignore_errors=True)


def is_running(pid: int) -> bool:
    """Whether a process of that number runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def check_edition(edition: Path) -> None:
    """Refuse an edition whose tables are missing, unreadable, or disagree. Raises EditionError."""
    missing = [t for t in TABLES if not (edition / f"{t}.parquet").is_file()]
    missing += [f for f in ("manifest.json", "quartiers.sqlite") if not (edition / f).is_file()]
    if missing:
        raise EditionError(
            f"the edition lacks {', '.join(missing)}; the previous one stays in use."
        )
    rows = {t: pq.ParquetFile(edition / f"{t}.parquet").metadata.num_rows for t in TABLES}
    if rows["records"] == 0:
        raise EditionError("the edition has no record; the previous one stays in use.")
    if rows["detections"] != rows["records"]:
        raise EditionError(
            f"the edition has {rows['records']} records and {rows['detections']} detections: "
            "one each was expected; the previous one stays in use."
        )
    uses = pq.read_table(edition / "records.parquet", columns=["id"])["id"].value_counts()
    if twice := uses.filter(pc.greater(uses.field("counts"), 1)).field("values").to_pylist():
        raise EditionError(
            f"«{twice[0]}» is the id of two records ({len(twice)} such ids): give each record its "
            "own; the previous edition stays in use."
        )


def swap_in(work: Path, root: Path, name: str) -> None:
    """Give the folder a name of its own, then point ``current`` at it in one step.

    A folder that is in use is never renamed or removed: when ``name`` is taken (a forced build), the
    new one gets a number, and the old one goes once ``current`` has left it.
    """
    target = root / name
    if target.exists():
        taken = 2
        while (target := root / f"{name}.{taken}").exists():
            taken += 1
    work.rename(target)
    link = root / f".current-{os.getpid()}"
    with suppress(FileNotFoundError):
        link.unlink()
    link.symlink_to(target.name)
    link.replace(root / "current")
    for same in root.glob(f"{name}*"):
        if same != target and same.name.split(".")[0] == name:
            shutil.rmtree(same, ignore_errors=True)
