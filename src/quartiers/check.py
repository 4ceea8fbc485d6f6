"""Check: a contributor's table against the published schema, and its rows as records.

**Reads** CSV, XLSX, ODS or JSON Lines, and ``study/schema/contributions.table-schema.json`` (a
frictionless Table Schema). **Writes** nothing.
**Method** Each cell is held against its field's type and constraints. An error names the row, the
column, the value and the remedy, in plain French; a warning is what does not keep the row out
(unknown column, contact details, a point outside the commune's country). A row with an error is an
issue of the edition and not a record; the others are read.
**Limits** Facts are not verified: a false address well formed passes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from quartiers import values
from quartiers.collect import EMAIL, PHONE, Source, separate_ids, strip_contacts, without_contacts
from quartiers.errors import InputError
from quartiers.place_types import place_slugs
from quartiers.shapes import Issue, Record
from quartiers.tabular import Row, open_table

SCHEMA = Path(__file__).parent / "study" / "schema" / "contributions.table-schema.json"
#: Accepted spellings of the columns, beside the schema's names and titles.
SPELLINGS = {
    "titre": "nom",
    "intitule": "nom",
    "resume": "description",
    "structure": "porteur",
    "insee": "code_insee",
    "cp": "code_postal",
    "ville": "commune",
    "lat": "latitude",
    "lon": "longitude",
    "lng": "longitude",
    "url": "site_web",
    "qpv": "code_qpv",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. ``severity`` ∈ erreur | avertissement."""

    row: int
    column: str
    value: str
    what: str
    remedy: str
    severity: str = "erreur"


@dataclass
class Report:
    """What was found in a file: rows, rows that can be read, problems, notes on how it was read."""

    name: str
    rows: int = 0
    good_rows: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        return [p for p in self.problems if p.severity == "erreur"]

    @property
    def warnings(self) -> list[Problem]:
        return [p for p in self.problems if p.severity != "erreur"]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"valid": not self.errors}


@cache
def fields() -> dict[str, dict[str, Any]]:
    """The schema's fields, by name."""
    return {f["name"]: f for f in json.loads(SCHEMA.read_text("utf-8"))["fields"]}


@cache
def spellings() -> dict[str, str]:
    """Folded spelling of a column → the schema's name."""
    known = {fold_name(name): name for name in fields()}
    known |= {fold_name(f["title"]): name for name, f in fields().items()}
    return {**SPELLINGS, **known}


def fold_name(column: str) -> str:
    """A column's name without case, accents and punctuation."""
    from quartiers.text import fold

    return "_".join(fold(column).split())


def check(path: Path | str) -> Report:
    """The report on a contributor's file. Raises InputError when it is no table at all."""
    report, rows = open_checked(path)
    for _ in rows:
        pass
    return report


def open_checked(path: Path | str) -> tuple[Report, Iterator[tuple[Row, dict[str, str]]]]:
    """The report, filled while the good rows are drawn: (row, cells by the schema's names)."""
    table = open_table(path)
    report = Report(table.name, notes=list(table.notes))
    names = {column: spellings().get(fold_name(column)) for column in table.columns}
    for missing in ("nom", "description"):
        if missing not in names.values():
            raise InputError(
                f"{table.name} : la colonne obligatoire « {missing} » manque ; on y trouve "
                f"{', '.join(c[:40] for c in table.columns[:12])}. Renommez la colonne qui en tient lieu."
            )
    for column, again in repeated(names).items():
        report.problems.append(
            Problem(
                1,
                column,
                "",
                f"colonne qui redit « {again} » : elle ne sera pas lue",
                "gardez une seule des deux, ou renommez celle-ci",
                "avertissement",
            )
        )
        del names[column]
    for column, name in names.items():
        if name is None:
            report.problems.append(
                Problem(
                    1,
                    column,
                    "",
                    "colonne inconnue du schéma : elle ne sera pas lue",
                    "retirez-la, ou donnez-lui l'un des noms du schéma",
                    "avertissement",
                )
            )
    return report, checked_rows(table, names, report)


def repeated(names: dict[str, str | None]) -> dict[str, str]:
    """Columns that say a field that another one says: the schema's own name wins, then the first."""
    chosen: dict[str, str] = {}
    for column, name in names.items():
        if name and (name not in chosen or fold_name(column) == name != fold_name(chosen[name])):
            chosen[name] = column
    return {c: name for c, name in names.items() if name and chosen[name] != c}


def checked_rows(
    table: Any, names: dict[str, str | None], report: Report
) -> Iterator[tuple[Row, dict[str, str]]]:
    """Good rows; the problems of all go to the report."""
    identifiers: dict[str, int] = {}
    for row in table:
        report.rows += 1
        if row.problem:
            what = f"ligne mal formée : {row.problem}"
            remedy = "vérifiez les séparateurs et les guillemets de cette ligne"
            report.problems.append(Problem(row.number, "", "", what, remedy))
            continue
        told = {name: row.cells.get(column) for column, name in names.items() if name}
        cells = {name: as_words(value) for name, value in told.items()}
        found = list(row_problems(row.number, cells))
        for name, value in told.items():
            if is_nested(value):
                what, remedy = "un objet dans la case", "donnez un texte, ou une liste de textes"
                found.append(Problem(row.number, name, "", what, remedy))
        identifier = cells.get("id")
        if identifier and identifiers.setdefault(identifier, row.number) != row.number:
            what = f"identifiant déjà pris à la ligne {identifiers[identifier]}"
            found.append(Problem(row.number, "id", identifier, what, "donnez un autre identifiant"))
        report.problems += found
        if all(p.severity != "erreur" for p in found):
            report.good_rows += 1
            yield row, cells


def is_nested(value: Any) -> bool:
    """A cell, from JSON, that holds more than a value or a list of values."""
    inside = value if isinstance(value, list) else [value]
    return any(isinstance(item, list | dict) for item in inside)


def as_words(value: Any) -> str:
    """A cell as words that are all seen; a list, from JSON, as the schema writes one."""
    parts = value if isinstance(value, list) else [value]
    return values.visible("|".join(values.words(part) for part in parts))


def row_problems(number: int, cells: dict[str, str]) -> Iterator[Problem]:
    """What one row has wrong, cell by cell."""
    for name, rule in fields().items():
        yield from cell_problems(number, name, cells.get(name, ""), rule)
    for name, value in cells.items():
        if EMAIL.search(value) or PHONE.search(value):
            yield Problem(
                number,
                name,
                "(masqué)",
                "un courriel ou un téléphone s'y trouve : il sera retiré",
                "n'écrivez pas de coordonnées personnelles",
                "avertissement",
            )
    if bool(cells.get("latitude")) != bool(cells.get("longitude")):
        yield Problem(
            number, "latitude", "", "une coordonnée sans l'autre", "donnez les deux, ou aucune"
        )


def cell_problems(number: int, name: str, value: str, rule: dict[str, Any]) -> Iterator[Problem]:
    """One cell against its field: required, length, list, pattern, number, bounds."""
    limits = rule["constraints"]
    example = f"exemple : {rule['example']}" if rule.get("example") else ""
    expected = f"{rule['description']} {example[:1].upper()}{example[1:]}".strip()
    if not value:
        if limits.get("required"):
            yield Problem(number, name, "", "case obligatoire vide", f"remplissez-la ; {example}")
        return
    shown = value if len(value) <= 60 else value[:57] + "…"
    if len(value) < limits.get("minLength", 0):
        yield Problem(number, name, shown, "texte trop court", f"dites-en plus ; {example}")
    if len(value) > limits.get("maxLength", 10**9):
        what = f"texte trop long ({len(value)} caractères, {limits['maxLength']} au plus)"
        yield Problem(number, name, shown, what, "raccourcissez-le")
    if "enum" in limits and value not in limits["enum"]:
        remedy = f"choisissez parmi : {', '.join(limits['enum'])}"
        yield Problem(number, name, shown, "valeur hors de la liste", remedy)
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        yield Problem(number, name, shown, "forme inattendue", expected)
    if rule["type"] == "number":
        figure = values.amount(value)
        if figure is None or not limits.get("minimum", figure) <= figure <= limits.get(
            "maximum", figure
        ):
            yield Problem(number, name, shown, "nombre attendu", expected)


def contributed(path: Path) -> tuple[Source, list[Record], list[Issue]]:
    """A contributor's file as a source of the build: good rows are records, the others issues."""
    report, rows = open_checked(path)
    records = [as_record(path.stem, row.number, cells) for row, cells in rows]
    for record in records:
        strip_contacts(record)
    name = f"contributions-{fold_name(path.stem)}"
    lost = sorted({p.row for p in report.errors})
    issues = [
        Issue(
            "collect",
            name,
            f"ligne {number}",
            *map(without_contacts, first_error(report.errors, number)),
        )
        for number in lost
    ]
    issues += separate_ids(Source("contributions", {"name": name}, None), records)
    card = {
        "name": name,
        "title": f"Contributions ({path.name})",
        "publisher": "contributeurs",
        "licence": "Licence Ouverte 2.0",
    }
    return Source("contributions", card, None), records, issues


def first_error(errors: Sequence[Problem], number: int) -> tuple[str, str, str, str]:
    """(what, expected, found, remedy) of a row's first error."""
    problem = next(p for p in errors if p.row == number)
    return problem.what, problem.column, problem.value, problem.remedy


def as_record(stem: str, number: int, cells: dict[str, str]) -> Record:
    """One good row as a record."""

    def cell(name: str) -> str | None:
        return cells.get(name) or None

    return Record(
        source=f"contributions-{fold_name(stem)}",
        source_id=without_contacts(cell("id") or "") or f"ligne-{number}",
        kind=cell("type") or "action",
        title=cells["nom"],
        text=cells["description"],
        carrier=cell("porteur"),
        carrier_type=cell("type_porteur"),
        siret=values.siret(cell("siret")),
        start=cell("debut"),
        end=cell("fin"),
        amount_eur=values.amount(cell("montant")),
        longitude=values.degrees(cell("longitude")),
        latitude=values.degrees(cell("latitude")),
        address=cell("adresse"),
        postcode=cell("code_postal"),
        commune=cell("commune"),
        insee_code=cell("code_insee"),
        neighbourhood=cell("quartier"),
        declared_qpv=[cells["code_qpv"]] if cell("code_qpv") else [],
        place_types=place_slugs(values.several(cell("lieux"))),
        url=values.web_address(cell("site_web")),
        licence="Licence Ouverte 2.0",
    )
