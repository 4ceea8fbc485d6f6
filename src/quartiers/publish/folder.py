"""An edition's tables, as the reports read them.

**Reads** ``<edition>/*.parquet``, ``quartiers.sqlite`` and ``manifest.json``. **Writes** nothing.
**Method** One read, whole: the view of initiatives is small beside the records, which stay on disk.
**Limits** Meant for a report or two, not for a server.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from quartiers.compare.holdings import Row, is_held, read_view
from quartiers.compare.reading import Measures, measures_of, open_tables
from quartiers.edition import read_manifest
from quartiers.publish.pages import day

__all__ = ["Folder", "Measures", "open_folder"]


@dataclass
class Folder:
    """What a report reads of an edition."""

    path: Path
    manifest: dict[str, Any]
    view: list[Row]  # what a report speaks of, see `reported`
    held: list[Row]
    findings: list[dict[str, Any]]

    @cached_property
    def titles(self) -> dict[str, tuple[str, str]]:
        """Source → its anchor and title; a list inside a consolidated source is named after both."""
        found: dict[str, tuple[str, str]] = {}
        for source in {s for row in self.view for s in row["sources"] or ()}:
            name = self.reader_of(source)
            title = self.manifest["sources"].get(name, {}).get("title") or name
            inner = "" if source == name else f" ({source[len(name) + 1 :]})"
            found[source] = (name, title + inner)
        return found

    def reader_of(self, source: str) -> str:
        """The source of the manifest that a source's name belongs to: itself, or the longest start."""
        known = self.manifest["sources"]
        starts = [name for name in known if source == name or source.startswith(f"{name}-")]
        return max(starts, key=len, default=source)

    @cached_property
    def tables(self) -> Connection:
        """The edition's SQLite file, for what is asked of one territory."""
        return open_tables(self.path)

    @cached_property
    def by_id(self) -> dict[str, Row]:
        """Id → initiative, of those that a report speaks of."""
        return {row["id"]: row for row in self.view}

    def credit(self, rows: Iterable[Row], shown: int = 3) -> list[dict[str, str]]:
        """The sources that tell of initiatives, most telling first: what stands under a table.

        Beyond ``shown``, the last line counts the others (its ``id`` is empty).
        """
        counts = Counter(
            name for row in rows for name in {self.reader_of(s) for s in row["sources"] or ()}
        )
        lines = [self.source_line(name) for name, _ in counts.most_common(shown)]
        if (others := len(counts) - len(lines)) > 0:
            more = "une autre" if others == 1 else f"{others} autres"
            lines.append({"id": "", "title": more, "date": ""})
        return lines

    def source_line(self, name: str) -> dict[str, str]:
        """A source as a credit names it: its anchor, its title, its year."""
        card = self.manifest["sources"].get(name, {})
        year = str(card.get("retrieved_at") or "")[:4]
        return {"id": name, "title": card.get("title") or name, "date": year}

    @property
    def frame(self) -> dict[str, Any]:
        """What every page says of its edition."""
        name, date = self.manifest["edition"], day(self.manifest["built_at"])
        return {
            "edition": name,
            "date": date,
            "edition_line": f"Quartiers, édition {name}, {date}.",
        }

    def measures(self, *territories: str) -> dict[str, Measures]:
        """Territory → (indicator, modality) → its row."""
        return measures_of(self.tables, *territories)

    def indicator(self, name: str, prefix: str) -> dict[str, dict[str, Any]]:
        """Territory → its row of an indicator, for the territories whose code begins so."""
        table = pq.read_table(self.path / "measures.parquet", filters=[("indicator", "=", name)])
        kept = table.filter(pc.starts_with(table["territory"], prefix))
        return {row["territory"]: row for row in kept.to_pylist()}

    def issues(self) -> Counter[str]:
        """What was lost or doubtful, by stage."""
        stages = pq.read_table(self.path / "issues.parquet", columns=["stage"])
        return Counter(stages["stage"].to_pylist())


def reported(initiatives: pa.Table) -> pa.Table:
    """What a report speaks of: the quarters and what is near, the other world, the doubts."""
    kept = pc.or_(initiatives["in_quartiers"], pc.is_null(initiatives["digital"]))
    kept = pc.or_(kept, pc.is_valid(initiatives["world"]))
    kept = pc.or_(kept, pc.greater(pc.list_value_length(initiatives["infra"]), 0))
    return initiatives.filter(
        pc.or_(pc.fill_null(kept, True), pc.equal(initiatives["qpv_etat"], "proche"))
    )


def open_folder(path: Path) -> Folder:
    """The tables of the edition at ``path``."""
    view = read_view(reported(pq.read_table(path / "initiatives.parquet")))
    return Folder(
        path,
        read_manifest(path),
        view,
        [row for row in view if is_held(row)],
        pq.read_table(path / "findings.parquet").to_pylist(),
    )
