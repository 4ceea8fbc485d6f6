"""An edition's tables, as the reports read them.

**Reads** ``<edition>/quartiers.sqlite`` and ``manifest.json``. **Writes** nothing.
**Method** Each table is asked for what a page needs of it, when the page needs it: a portrait takes its
own initiatives, the national report takes them all.
**Limits** Meant for a report or two, not for a server.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from quartiers.compare import reading
from quartiers.compare.holdings import Row, is_held
from quartiers.compare.reading import Measures, ask, measures_of, open_tables
from quartiers.publish.pages import day
from quartiers.shelf import read_manifest
from quartiers.territories import load

__all__ = ["Folder", "Measures", "open_folder"]

#: What a report speaks of: the quarters and what is near, the other world, the doubts.
REPORTED = """in_quartiers OR digital IS NULL OR world IS NOT NULL OR json_array_length(infra) > 0
    OR qpv_etat = 'proche'"""


@dataclass
class Folder:
    """What a report reads of an edition."""

    path: Path
    manifest: dict[str, Any]
    readers: dict[str, str] = field(default_factory=dict)  # as they are met, see `reader_of`

    @cached_property
    def tables(self) -> Connection:
        """The edition's SQLite file."""
        return open_tables(self.path)

    def find(self, wanted: str) -> tuple[str, str]:
        """The code and the name of a territory, as ``Territories.resolve`` does: raises InputError.

        What the edition itself names by that code needs no search in the tables of all communes.
        """
        text = wanted.strip().upper()
        for code in (text, f"COM{text}", f"EPCI{text}"):
            if here := reading.territory(self.tables, code):
                return here["code"], here["name"]
        found = load().resolve(wanted)
        return found.code, found.nom

    @cached_property
    def view(self) -> list[Row]:
        """Every initiative that a report speaks of."""
        return list(ask(self.tables, f"SELECT * FROM initiatives WHERE {REPORTED} ORDER BY rowid"))

    @cached_property
    def held(self) -> list[Row]:
        """The digital initiatives of the quarters."""
        return [row for row in self.view if is_held(row)]

    @cached_property
    def by_id(self) -> dict[str, Row]:
        """Id → initiative, of those that a report speaks of."""
        return {row["id"]: row for row in self.view}

    @cached_property
    def findings(self) -> list[dict[str, Any]]:
        """The study's questions, answered."""
        return reading.findings(self.tables)

    @cached_property
    def kept(self) -> Counter[str]:
        """Source of the manifest → the digital initiatives of the quarters that it tells of."""
        sql = """SELECT i.sources, count(*) AS n FROM holdings h
            JOIN initiatives i ON i.id = h.initiative WHERE h.territory = 'FR' GROUP BY i.sources"""
        counts: Counter[str] = Counter()
        for row in ask(self.tables, sql):
            for name in {self.reader_of(s) for s in row["sources"] or ()}:
                counts[name] += row["n"]
        return counts

    def title_of(self, source: str) -> tuple[str, str]:
        """A source's anchor and title; a list inside a consolidated source bears the whole's."""
        name = self.reader_of(source)
        return name, self.manifest["sources"].get(name, {}).get("title") or name

    def reader_of(self, source: str) -> str:
        """The source of the manifest that a source's name belongs to."""
        if source not in self.readers:
            self.readers[source] = reading.source_of(source, self.manifest["sources"])
        return self.readers[source]

    def credit(self, rows: Iterable[Row], shown: int = 3) -> list[dict[str, str]]:
        """The sources that tell of initiatives, most telling first: what stands under a table.

        Beyond ``shown``, the last line counts the others (its ``id`` is empty).
        """
        counts = self.told_by(rows)
        lines = [self.source_line(name) for name, _ in counts.most_common(shown)]
        if (others := len(counts) - len(lines)) > 0:
            more = "une autre" if others == 1 else f"{others} autres"
            lines.append({"id": "", "title": more, "date": ""})
        return lines

    def told_by(self, rows: Iterable[Row]) -> Counter[str]:
        """Source of the manifest → how many of the initiatives it tells of."""
        return Counter(
            name
            for row in rows
            for name in sorted({self.reader_of(s) for s in row["sources"] or ()})
        )

    def source_line(self, name: str) -> dict[str, str]:
        """A source as a credit names it: its anchor, its title, its year."""
        card = self.manifest["sources"].get(name, {})
        year = str(card.get("retrieved_at") or "")[:4]
        return {"id": name, "title": card.get("title") or name, "date": year}

    def source_rows(self) -> list[dict[str, Any]]:
        """Each source read: who, under which licence, when, how much, and what it gave."""
        return [
            {
                "id": name,
                "title": row.get("title") or name,
                "publisher": row.get("publisher") or "—",
                "licence": row.get("licence") or "inconnue",
                "date": day(row.get("retrieved_at")),
                "rows": row["rows"],
                "kept": self.kept[name],
            }
            for name, row in sorted(self.manifest["sources"].items())
        ]

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
        sql = "SELECT * FROM measures WHERE indicator = ? AND territory GLOB ? || '*'"
        return {row["territory"]: row for row in ask(self.tables, sql, (name, prefix))}

    def issues(self) -> Counter[str]:
        """What was lost or doubtful, by stage."""
        rows = ask(self.tables, "SELECT stage, count(*) AS n FROM issues GROUP BY stage")
        return Counter({row["stage"]: row["n"] for row in rows})


def open_folder(path: Path) -> Folder:
    """The edition at ``path``."""
    return Folder(path, read_manifest(path))
