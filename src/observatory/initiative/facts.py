"""What the sources say of an initiative: every value, by whom, as of when.

**Reads** the initiative's records. **Writes** nothing.
**Method** For each field, each distinct value once with the records that say it; the value that the
view retained comes first. Two values on which records cannot both be right are a disagreement.
**Limits** Values are compared as written: two spellings of one name are two values.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from observatory.catalogue.index import longest_start
from observatory.catalogue.words import source_titles
from observatory.edition import Edition

Row = dict[str, Any]
#: Field of a record → what it is called, in the order shown.
FIELDS = {
    "carrier": _("Porteur"),
    "carrier_type": _("Type de porteur"),
    "siret": _("SIRET"),
    "rna": _("Numéro d'association"),
    "start": _("Début"),
    "end": _("Fin"),
    "amount_eur": _("Montant déclaré"),
    "address": _("Adresse"),
    "postcode": _("Code postal"),
    "commune": _("Commune"),
    "neighbourhood": _("Quartier cité"),
    "url": _("Site"),
}
LISTS = {"services": _("Services proposés")}


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a field, and who says it: (source's title, date) pairs."""

    said: str
    by: list[tuple[str, str]]
    is_link: bool = False
    amount: float | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One field. ``disagree``: its values cannot all be right."""

    name: str
    label: str
    values: list[Value]
    disagree: bool


def records_of(edition: Edition, identifier: str) -> list[Row]:
    """The records that speak of an initiative, in the order of the view."""
    rows = edition.rows(
        "SELECT r.*, l.score AS link_score, l.because AS link_because FROM links l "
        "JOIN records r ON r.id = l.about WHERE l.entity_id = ? ORDER BY r.id",
        (identifier,),
    )
    titles = source_titles(edition)
    readers = tuple(sorted(titles, key=len))
    return [
        dict(row)
        | {
            "source_name": longest_start(row["source"], readers),
            "source_title": titles.get(longest_start(row["source"], readers), row["source"]),
            "services": json.loads(row["services"] or "[]"),
            "declared_qpv": json.loads(row["declared_qpv"] or "[]"),
        }
        for row in rows
    ]


def facts(view: Row, records: list[Row]) -> list[Fact]:
    """Every field that a record fills."""
    contradicted = json.loads(view["disagreements"] or "{}")
    found = []
    for name, label in FIELDS.items():
        said: dict[Any, list[Row]] = {}
        for record in records:
            if record[name] not in (None, ""):
                said.setdefault(record[name], []).append(record)
        if said:
            values = [value(name, one, rows) for one, rows in said.items()]
            kept = shown(name, view.get(name))
            values.sort(key=lambda v: v.said != kept)
            found.append(Fact(name, str(label), values, name in contradicted))
    for name, label in LISTS.items():
        offered: dict[str, list[Row]] = {}
        for record in records:
            for word in record[name]:
                offered.setdefault(word, []).append(record)
        if offered:
            values = [value(name, one, rows) for one, rows in offered.items()]
            found.append(Fact(name, str(label), values, False))
    return found


def value(name: str, said: Any, rows: list[Row]) -> Value:
    """One value with those who say it, each source and date once."""
    by = dict.fromkeys((row["source_title"], row["retrieved_at"] or "") for row in rows)
    return Value(
        shown(name, said),
        list(by),
        is_link=name == "url" and is_web(str(said)),
        amount=float(said) if name == "amount_eur" else None,
    )


def shown(name: str, said: Any) -> str:
    """A value as text."""
    return "" if said is None else str(said)


def is_web(address: str) -> bool:
    """Only http(s) addresses become links."""
    return address.startswith(("https://", "http://"))
