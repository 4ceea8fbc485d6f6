"""What people have decided since the study was written: labels, pairs, corrections, from outside.

**Reads** tables (CSV, as a rule) given by ``build --judgements``; the header says which of three kinds each one is.
**Writes** nothing.
**Method** *Labels* (the columns of ``study/labels``) win over the model and over older labels. *Pairs*
(the columns of ``study/link/judgements``) win over linking: «même» unites, «différent» keeps apart. *Corrections*
(``about,field,value,author,date,mark``; fields of the contributions' schema) replace a value of a record as
its source gives it, and leave an issue that shows both. ``mark`` is of what the source said when it was
corrected: once the source says something else (it has mended itself, or moved on), the correction retires,
and an issue says so; without a mark it always holds. What names a record that is no longer there does
nothing.
**Limits** A corrected address or commune drops the record's point: nobody has checked the new one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quartiers import values
from quartiers.collect import strip_contacts, without_contacts
from quartiers.errors import InputError
from quartiers.link.judgements import ANSWERS, Judgement
from quartiers.link.judgements import COLUMNS as PAIR_COLUMNS
from quartiers.place_types import place_slugs
from quartiers.reading.experts import COLUMNS, Label, as_label
from quartiers.shapes import Issue, Record
from quartiers.tabular import in_short, open_table

CORRECTION_COLUMNS = ("about", "field", "value", "author", "date", "mark")
#: Column of the contributions' schema → field of a record.
FIELDS = {
    "nom": "title",
    "description": "text",
    "type": "kind",
    "porteur": "carrier",
    "type_porteur": "carrier_type",
    "adresse": "address",
    "code_postal": "postcode",
    "commune": "commune",
    "quartier": "neighbourhood",
    "code_qpv": "declared_qpv",
    "lieux": "place_types",
    "debut": "start",
    "fin": "end",
    "site_web": "url",
}
#: Fields that say where: once corrected, the record's point and commune code no longer hold.
WHERE = ("adresse", "code_postal", "commune")


@dataclass(frozen=True, slots=True)
class Correction:
    """A value put in the place of a source's; ``mark`` of what the source said (empty: always holds)."""

    value: str
    mark: str = ""


@dataclass(slots=True)
class Judgements:
    """Labels by record; pairs; corrections by record."""

    labels: dict[str, Label] = field(default_factory=dict)
    pairs: list[Judgement] = field(default_factory=list)
    corrections: dict[str, dict[str, Correction]] = field(default_factory=dict)


def read_judgements(paths: Iterable[Path]) -> Judgements:
    """Every file, the last line about one thing winning. Raises InputError."""
    found = Judgements()
    for path in paths:
        table = open_table(path)
        header = tuple(table.columns)
        if header not in (COLUMNS, PAIR_COLUMNS, CORRECTION_COLUMNS, CORRECTION_COLUMNS[:-1]):
            raise InputError(
                f"{path.name}: its columns are {in_short(header)}; labels have "
                f"{', '.join(COLUMNS)}, pairs {', '.join(PAIR_COLUMNS)}, corrections "
                f"{', '.join(CORRECTION_COLUMNS)}."
            )
        for row in table:
            if row.problem:
                raise InputError(f"{path.name}, line {row.number}: {row.problem}; mend that line.")
            read_line(found, f"{path.name}, line {row.number}", header, row.cells)
    return found


def read_line(found: Judgements, where: str, header: tuple[str, ...], row: dict[str, Any]) -> None:
    """One line of one of the three kinds. Raises InputError."""
    if header == COLUMNS:
        label = as_label(where, row)
        if label.role == "expert":
            found.labels[label.id] = label
    elif header == PAIR_COLUMNS:
        read_pair(found, where, row)
    elif row["field"] not in FIELDS:
        raise InputError(
            f"{where}: field is «{row['field']}»; expected one of {', '.join(FIELDS)}."
        )
    else:
        new = Correction(row["value"], row.get("mark") or "")
        found.corrections.setdefault(row["about"], {})[row["field"]] = new


def read_pair(found: Judgements, where: str, row: dict[str, str]) -> None:
    """One pair, its records in order. Raises InputError."""
    if row["answer"] not in ANSWERS or not row["a"] < row["b"]:
        raise InputError(
            f"{where}: «{row['a']}», «{row['b']}», answer «{row['answer']}»; "
            f"two records in order and one of {', '.join(ANSWERS)} were expected."
        )
    found.pairs.append(Judgement(**row))


def mark(said: Any) -> str:
    """A mark of what a source says of a field; it changes when the source does."""
    text = "|".join(said) if isinstance(said, list) else str(said or "")
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:12]


def correct(
    records: Sequence[Record], corrections: Mapping[str, Mapping[str, Correction]]
) -> list[Issue]:
    """Put the corrected values in the records; an issue each, with what the source says."""
    issues = []
    for record in records:
        for name, one in corrections.get(record.id, {}).items():
            before, value = getattr(record, FIELDS[name]), corrected(name, one.value)
            if one.mark and one.mark != mark(before):
                what = f"correction de « {name} » retirée : la source a changé depuis"
                mended = mark(before) == mark(value)
                remedy = "rien : la source dit la même chose" if mended else "à relire"
            else:
                what = f"« {name} » corrigé par une contribution relue"
                remedy = "à signaler au producteur de la source"
                setattr(record, FIELDS[name], value)
                strip_contacts(record)
                if name in WHERE:
                    record.longitude = record.latitude = record.insee_code = None
            issues.append(
                Issue(
                    stage="collect",
                    source=record.source,
                    record=record.id,
                    what=what,
                    expected=without_contacts(one.value[:200]),
                    found=without_contacts(str(before or "")[:200]),
                    remedy=remedy,
                    severity="alerte",
                )
            )
    return issues


def corrected(name: str, value: str) -> Any:
    """A cell of the schema as a record holds it."""
    if name == "code_qpv":
        return [value] if value else []
    if name == "lieux":
        return place_slugs(values.several(value))
    if name == "site_web":
        return values.web_address(value)
    return value if name in ("nom", "description", "type") else value or None
