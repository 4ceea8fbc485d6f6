"""Collect: what do the sources say?

**Reads** the folders of ``sources/`` and, under the data folder, the files their cards name.
**Writes** records and issues (for the edition's ``records`` and ``issues``).
**Method** A source is a folder: ``source.toml`` (identity card: which file, which columns are read,
which are ignored, how many rows and how full are expected) and ``read.py`` with one function
``read_row(number, row) -> Record | Issue``. Reading is strict: a column that the card does not name, or
one that it names and the file lacks, stops the source with a sentence. Rows read = records + issues
of severity «perte». Contact details are taken out of every text. A second row with the same id is
kept under an id of its own and said.
**Limits** Strictness is about shape: a false fact well formed passes.
"""

from __future__ import annotations

import importlib
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from quartiers.errors import SourceError
from quartiers.shapes import Issue, Record
from quartiers.tabular import Table, open_table

SOURCES = Path(__file__).parent / "sources"
ReadRow = Callable[[int, dict[str, Any]], Record | Issue]

EMAIL = re.compile(
    r"[\w.+-]+\s?(?:[@＠]|[\[(]\s?(?:at|arobase)\s?[\])])\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE
)
#: France and its overseas numbers, written at home or from abroad.
PHONE = re.compile(
    r"(?<![\d.])(?:(?:\+|00)\s?(?:33|262|508|590|594|596|687|689)\s?\(?0?\)?|0)\s?[1-9]"
    r"(?:[\s./-]?\d{2}){4}(?!\d)"
)
PERSON = re.compile(
    r"\b(?:M\.|Mme\.?|Mlle|Monsieur|Madame)\s+[A-ZÉÈÀÎ][\w’'-]+(?:\s+[A-ZÉÈÀÎ][\w’'-]+)*"
)
#: A quick test: most texts hold none of the three.
SUSPECT = re.compile(
    r"[@＠]|[\[(]\s?(?:at|AT|arobase)|\d{2}[\s./-]?\d{2}|\b(?:M\.|Mme|Mlle|Monsieur|Madame)\s"
)
FREE_TEXTS = ("title", "text", "carrier", "address", "neighbourhood", "commune")


@dataclass(frozen=True)
class Source:
    """One source: its folder's name, its card, the data folder it is read from."""

    folder: str
    card: dict[str, Any]
    data: Path | None

    @property
    def name(self) -> str:
        return str(self.card["name"])

    @property
    def path(self) -> Path | None:
        """The file that the card names; None for what is embedded."""
        return None if self.data is None else self.data / self.card["file"]

    def card_row(self, records: Sequence[Record], issues: Sequence[Issue]) -> dict[str, Any]:
        """What the edition says of this source."""
        lost = sum(issue.severity == "perte" for issue in issues)
        return {
            "name": self.name,
            "title": self.card["title"],
            "publisher": self.card["publisher"],
            "licence": self.card["licence"],
            "url": self.card.get("url"),
            "frequency": self.card.get("frequency"),
            "retrieved_at": self.card.get("retrieved_at"),
            "rows": len(records) + lost,
            "records": len(records),
            "issues": len(issues),
        }


def cards() -> dict[str, dict[str, Any]]:
    """Folder → identity card, in the order of the folders' names."""
    read: dict[str, dict[str, Any]] = {}
    for path in sorted(SOURCES.glob("*/source.toml")):
        if not path.parent.name.startswith("_"):
            read[path.parent.name] = tomllib.loads(path.read_text("utf-8"))
    return read


def sources(data: Path | None) -> list[Source]:
    """The embedded study, then every source whose file is under ``data``."""
    found: list[Source] = []
    for folder, card in cards().items():
        if card.get("embedded"):
            found.insert(0, Source(folder, card, None))
        elif data is not None and (data / card["file"]).is_file():
            found.append(Source(folder, card, data))
    return found


def input_files(data: Path | None, contributions: Sequence[Path]) -> list[Path]:
    """Every file that :func:`collect` will read outside the package."""
    return [s.path for s in sources(data) if s.path is not None] + list(contributions)


def collect(
    data: Path | None, *, contributions: Sequence[Path] = ()
) -> Iterator[tuple[Source, list[Record], list[Issue]]]:
    """Each source with its records and issues. Raises SourceError at the first broken one."""
    found = sources(data)
    replaced = {r for s in found for r in s.card.get("replaces", ())}
    for source in found:
        yield source, *read_source(source, replaced)
    for path in contributions:
        from quartiers.check import contributed  # the contributors' schema, only when it is needed

        yield contributed(path)


def read_source(source: Source, replaced: set[str]) -> tuple[list[Record], list[Issue]]:
    """All of one source: strict, stripped of contacts, ids unique, sizes as expected."""
    reader = importlib.import_module(f"quartiers.sources.{source.folder}.read")
    if source.path is None:
        rows: Iterator[Record | Issue] = reader.read()
    else:
        table = open_table(source.path, separator=source.card.get("separator"))
        check_table_columns(source, table)
        read_row: ReadRow = reader.read_row
        skip: Callable[[dict[str, Any]], bool] | None = getattr(reader, "is_replaced", None)
        rows = (
            Issue("collect", source.name, str(row.number), f"ligne illisible : {row.problem}")
            if row.problem
            else read_row(row.number, row.cells)
            for row in table
            if skip is None or not skip(row.cells | {"_replaced": replaced})
        )
    records: list[Record] = []
    issues: list[Issue] = []
    for made in rows:
        if isinstance(made, Issue):
            issues.append(replace(made, found=without_contacts(made.found)))
        else:
            strip_contacts(made)
            made.licence = made.licence or source.card["licence"]
            made.retrieved_at = made.retrieved_at or source.card.get("retrieved_at")
            records.append(made)
    issues += separate_ids(source, records)
    check_expectations(source, records)
    return records, issues


def check_table_columns(source: Source, table: Table) -> None:
    """Every column is read or named as ignored; nothing new is swallowed. Raises SourceError."""
    card = source.card
    needed, ignored = set(card["read"]), set(card.get("ignored", ()))
    columns = (
        {key for row in table for key in row.cells} if table.kind == "json" else set(table.columns)
    )
    missing = needed - columns - set(card.get("optional", ()))
    new = columns - needed - ignored
    if missing or new:
        said = [f"lacks {', '.join(sorted(missing))}"] if missing else []
        said += [f"has {', '.join(sorted(new))}, which nobody reads"] if new else []
        raise SourceError(
            f"{source.name}: {table.name} {' and '.join(said)}. The publisher changed its list: "
            f"mend sources/{source.folder}/source.toml and read.py."
        )


def check_expectations(source: Source, records: Sequence[Record]) -> None:
    """The number of rows and how full each field is, against the card. Raises SourceError."""
    expect = source.card.get("expect", {})
    low, high = expect.get("min_records", 1), expect.get("max_records", 10**9)
    if not low <= len(records) <= high:
        raise SourceError(
            f"{source.name}: {len(records):,} records where the card expects {low:,} to {high:,}. "
            "A truncated download? If the change is real, explain it and move the bound."
        )
    for name, share in expect.get("filled", {}).items():
        filled = sum(bool(getattr(r, name)) for r in records) / len(records)
        if filled < share:
            raise SourceError(
                f"{source.name}: {name} is filled in {filled:.0%} of records where the card expects "
                f"{share:.0%}. A column was probably renamed or emptied upstream: mend read.py, "
                "or move the bound."
            )


def separate_ids(source: Source, records: Sequence[Record]) -> list[Issue]:
    """Give a second record with the same id an id of its own; say so."""
    seen: dict[str, int] = {}
    issues = []
    for record in records:
        count = seen[record.id] = seen.get(record.id, 0) + 1
        if count > 1:
            issues.append(
                Issue(
                    stage="collect",
                    source=source.name,
                    record=record.id,
                    what="identifiant déjà pris par une autre ligne",
                    expected="un identifiant par ligne",
                    found=record.title[:80],
                    remedy="les deux lignes sont gardées ; la seconde reçoit un numéro",
                    severity="alerte",
                )
            )
            record.source_id = f"{record.source_id}~{count}"
    return issues


def strip_contacts(record: Record) -> None:
    """Take e-mail addresses, telephone numbers and named persons out of a record's texts."""
    for name in FREE_TEXTS:
        value = getattr(record, name)
        if value:
            setattr(record, name, without_contacts(value))


def without_contacts(text: str) -> str:
    """A text without e-mail addresses, telephone numbers and named persons."""
    if not SUSPECT.search(text):
        return text
    return PERSON.sub("[personne]", PHONE.sub("[tel]", EMAIL.sub("[courriel]", text)))
