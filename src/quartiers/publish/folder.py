"""An edition's tables, as the reports read them.

**Reads** ``<edition>/*.parquet`` and ``manifest.json``. **Writes** nothing.
**Method** One read, whole: the view of initiatives is small beside the records, which stay on disk.
**Limits** Meant for a report or two, not for a server.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from quartiers.compare.holdings import Row, is_held, read_view
from quartiers.edition import read_manifest
from quartiers.publish.pages import day

Measures = dict[tuple[str, str | None], dict[str, Any]]


@dataclass
class Folder:
    """What a report reads of an edition."""

    path: Path
    manifest: dict[str, Any]
    view: list[Row]  # what a report speaks of, see `reported`
    held: list[Row]
    findings: list[dict[str, Any]]

    @cached_property
    def titles(self) -> dict[str, str]:
        """Source → its title; a list inside a consolidated source is named after both."""
        found: dict[str, str] = {}
        for source in {s for row in self.view for s in row["sources"] or ()}:
            name = self.reader_of(source)
            title = self.manifest["sources"].get(name, {}).get("title") or name
            found[source] = title if source == name else f"{title} ({source[len(name) + 1 :]})"
        return found

    def reader_of(self, source: str) -> str:
        """The source of the manifest that a source's name belongs to: itself, or the longest start."""
        known = self.manifest["sources"]
        starts = [name for name in known if source == name or source.startswith(f"{name}-")]
        return max(starts, key=len, default=source)

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
        table = pq.read_table(
            self.path / "measures.parquet", filters=[("territory", "in", list(territories))]
        )
        found: dict[str, Measures] = {code: {} for code in territories}
        for row in table.to_pylist():
            found[row["territory"]][row["indicator"], row["modality"]] = row
        return found

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
