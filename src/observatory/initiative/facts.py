"""What the sources say of an initiative: every value, by whom, as of when.

**Reads** the initiative's records, its ``claims``. **Writes** nothing.
**Method** For each field, each distinct value once with the records that say it. Where there are several,
``claims`` says which are one value, which is shown (it comes first), which contradict it; the rule is
linking's own sentence. Verdicts (quarter, digital or not) are facts here only where records differ.
**Limits** Values of a list (services) are compared as written.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from observatory.catalogue.words import source_titles
from observatory.edition import Edition
from observatory.initiative.reasons import place_words
from observatory.names import name_of, town_of
from observatory.templatetags.site import moment
from quartiers.compare.reading import source_of
from quartiers.link.fields import rules
from quartiers.territories import load as load_territories
from quartiers.territories import plain
from quartiers.values import is_web

Row = dict[str, Any]
#: Field → what it is called, in the order shown.
FIELDS = {
    "title": _("Nom"),
    "kind": _("Nature"),
    "digital": _("Numérique ou non"),
    "world": _("Monde"),
    "carrier": _("Porteur"),
    "carrier_type": _("Type de porteur"),
    "siret": _("SIRET"),
    "rna": _("Numéro d'association"),
    "start": _("Début"),
    "end": _("Fin"),
    "amount_eur": _("Montant déclaré"),
    "quarter": _("Quartier"),
    "point": _("Point sur la carte"),
    "address": _("Adresse"),
    "postcode": _("Code postal"),
    "commune": _("Commune"),
    "insee_code": _("Code de la commune"),
    "neighbourhood": _("Quartier cité"),
    "url": _("Site"),
}
#: Shown only where records differ: the page says them elsewhere.
ONLY_CLAIMED = ("title", "kind", "digital", "world", "quarter", "point", "insee_code")
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
    """One field. ``disagree``: its values cannot all be right; ``rule`` says which is shown, in French."""

    name: str
    label: str
    values: list[Value]
    disagree: bool = False
    rule: str = ""


def records_of(edition: Edition, identifier: str) -> list[Row]:
    """The records that speak of an initiative, in the order of the view."""
    rows = edition.rows(
        "SELECT r.*, l.score AS link_score, l.because AS link_because FROM links l "
        "JOIN records r ON r.id = l.about WHERE l.entity_id = ? ORDER BY r.id",
        (identifier,),
    )
    titles = source_titles(edition)
    found = []
    for row in rows:
        title = titles.get(source_of(row["source"], titles), row["source"])
        day = row["retrieved_at"] or ""
        more = {
            "source_title": title,
            "retrieved_at": "" if day and moment(day) in title else day,
            "services": json.loads(row["services"] or "[]"),
            "declared_qpv": json.loads(row["declared_qpv"] or "[]"),
        }
        found.append(dict(row) | more)
    return found


def facts(edition: Edition, identifier: str, records: list[Row]) -> list[Fact]:
    """Every field that a record fills."""
    claimed = claims(edition, identifier, records)
    found = []
    for name, label in FIELDS.items():
        if name in claimed:
            found.append(claimed[name])
        elif name not in ONLY_CLAIMED:
            found += one_fact(name, str(label), [(spelt(name, row), row) for row in records])
    for name, label in LISTS.items():
        offered = [(word, row) for row in records for word in row[name]]
        found += [together(fact) for fact in one_fact(name, str(label), offered)]
    return found


def together(fact: Fact) -> Fact:
    """The words of a list that the same sources say, as one value."""
    said: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for one in fact.values:
        said.setdefault(tuple(one.by), []).append(one.said)
    values = [Value(" · ".join(words), list(by)) for by, words in said.items()]
    return replace(fact, values=values)


def only_source(found: list[Fact]) -> tuple[str, str] | None:
    """The source and date that say everything; None when there are several."""
    said = {by for fact in found for one in fact.values for by in one.by}
    return said.pop() if len(said) == 1 else None


def spelt(name: str, row: Row) -> Any:
    """What a record says; its commune as the official name is spelt, when it is that name."""
    said = row[name]
    if name != "commune" or not said:
        return said
    official = town_of(row) or said
    return official if plain(official) == plain(said) else said


def claims(edition: Edition, identifier: str, records: list[Row]) -> dict[str, Fact]:
    """The fields of which records say several things, as linking set them side by side."""
    if len(records) < 2 or not edition.has("claims"):
        return {}
    by_id = {record["id"]: record for record in records}
    told: dict[str, dict[int, list[Row]]] = {}
    for row in edition.rows(
        "SELECT field, rank, value, opposed, record FROM claims WHERE initiative = ? "
        "ORDER BY field, rank, record",
        (identifier,),
    ):
        told.setdefault(row["field"], {}).setdefault(row["rank"], []).append(dict(row))
    found = {}
    for name, ranked in told.items():
        disagree = any(row["opposed"] for rows in ranked.values() for row in rows)
        if name in FIELDS and (disagree or name not in ("point", "insee_code")):
            values = [
                value(
                    name,
                    spelt(name, by_id[rows[0]["record"]] | {name: rows[0]["value"]}),
                    [by_id[row["record"]] for row in rows],
                )
                for rows in ranked.values()
            ]
            found[name] = Fact(name, str(FIELDS[name]), values, disagree, rules()[name].says)
    return found


def one_fact(name: str, label: str, given: list[tuple[Any, Row]]) -> list[Fact]:
    """A field whose values may all be right; nothing when no record fills it."""
    said: dict[str, list[Row]] = {}
    for one, row in given:
        if one not in (None, ""):
            said.setdefault(str(one), []).append(row)
    return (
        [Fact(name, label, [value(name, one, rows) for one, rows in said.items()])] if said else []
    )


def value(name: str, said: str, rows: list[Row]) -> Value:
    """One value with those who say it, each source and date once."""
    by = dict.fromkeys((row["source_title"], row["retrieved_at"] or "") for row in rows)
    amount = float(said) if name == "amount_eur" else None
    return Value(shown(name, said), list(by), name == "url" and is_web(said), amount)


def shown(name: str, said: str) -> str:
    """A value as people read it."""
    if name == "quarter":
        state, _space, code = said.partition(" ")
        known = load_territories().qpv.get(code)
        place = {"nom": known.nom if known else code, "etat": state}
        return place_words(place | {"distance_m": None, "methode": None})
    if name in ("kind", "world"):
        return name_of(name, said)
    if name == "digital":
        return (
            gettext("lue comme numérique")
            if said == "numerique"
            else gettext("lue comme non numérique")
        )
    return said
