"""Several records, one initiative: which value of each field wins, and what contradicts it.

**Reads** ``study/link/fields.toml``, the rules: one a field, each said in a sentence. **Writes** the
``claims`` table, through ``view.py``.
**Method** :data:`WINS` puts the records that give a field in order: the first one's value is shown.
:data:`SAME` says which spellings are one value; :data:`OPPOSED`, which values cannot both be right.
Every value stays in ``records`` with its source and date; ``claims`` sets side by side, for each
field that has several, who says which as of when, which is shown, which are opposed to it.
**Limits** A rule prefers; it does not know. Two spellings too far apart to be seen as one value count
as two. Values of lists, and descriptions, are not set side by side: all are kept, and shown.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from quartiers.link.names import saints, take_street
from quartiers.locate.metres import great_circle_m
from quartiers.territories import load as load_territories
from quartiers.vocabularies import STATES

Row = dict[str, Any]
#: Points nearer than this are the same site told with more or less care.
APART_M = 250.0
#: Fields that are not set side by side: lists are united, texts and dates of reading read in records.
NOT_CLAIMED = ("text", "licence", "updated")


@dataclass(frozen=True, slots=True)
class Rule:
    """One field: its label, who wins, what is one value, what is a contradiction, the sentence."""

    field: str
    label: str
    wins: tuple[str, ...]
    same: str
    opposed: str
    says: str


@dataclass(slots=True)
class Value:
    """One value of a field with the records that give it. ``opposed``: to a value before it."""

    said: Any
    records: list[Row]
    opposed: bool = False


@cache
def rules() -> dict[str, Rule]:
    """Field → its rule, in the order of the page."""
    text = (files("quartiers.study") / "link" / "fields.toml").read_text("utf-8")
    return {
        field: Rule(field=field, **row | {"wins": tuple(row["wins"])})
        for field, row in tomllib.loads(text).items()
    }


@lru_cache(100_000)
def day(date: str | None) -> int:
    """A date or a year as a number that grows with time; 0 when unknown."""
    return int(re.sub(r"\D", "", date or "")[:8].ljust(8, "0"))


def standing(place: Row | None) -> tuple[Any, ...]:
    """How well a place in (or out of) a quarter is established: the least is the best."""
    if place is None:
        return (len(STATES), 0, 0.0, "")
    score = -(place["score"] or 0)
    return (STATES.index(place["etat"]), place["rank"], score, place["code"] or "")


#: Who comes first: of a record, its value, how many records give that value. The least wins.
WINS: dict[str, Callable[[Row, Any, int], Any]] = {
    "all": lambda r, said, n: 0,
    "study": lambda r, said, n: r["source"] != "benchmark",
    "mixed_case": lambda r, said, n: r["title"].isupper() or r["title"].islower(),
    "longest_text": lambda r, said, n: -len(r["text"]),
    "most_said": lambda r, said, n: -n,
    "latest": lambda r, said, n: -day(r["retrieved_at"]),
    "earliest": lambda r, said, n: said,
    "last": lambda r, said, n: -day(said),
    "digital": lambda r, said, n: said != "numerique",
    "quartiers": lambda r, said, n: said != "quartiers",
    "quarter": lambda r, said, n: standing(r["place"]),
    "point": lambda r, said, n: r["longitude"] is None,
    "address": lambda r, said, n: r["address"] is None,
}

#: Two values with the same key are one value.
SAME: dict[str, Callable[[Any], Any]] = {
    "exact": lambda said: said,
    "words": lambda said: saints(said),
    "web": lambda said: re.sub(r"^https?://(www\.)?|/+$", "", said.lower()),
    "near": lambda said: tuple(round(degrees, 4) for degrees in said),
}


def never(a: Value, b: Value) -> bool:
    """Both may be true."""
    return False


def different(a: Value, b: Value) -> bool:
    """Two values are one too many."""
    return True


def dates(a: Value, b: Value) -> bool:
    """Neither is a part of the other, as a year is of a day."""
    return not (a.said.startswith(b.said) or b.said.startswith(a.said))


def words(a: Value, b: Value) -> bool:
    """Neither name holds the other."""
    one, other = set(saints(a.said).split()), set(saints(b.said).split())
    return not (one <= other or other <= one)


def streets(a: Value, b: Value) -> bool:
    """Two numbers of one street, or no word of the street in common."""
    one, other = (take_street(v.said, v.records[0]["commune"]) for v in (a, b))
    if one is None or other is None:
        return False
    if set(one.words) & set(other.words):
        return bool(one.number and other.number and one.number != other.number)
    return bool(one.words and other.words)


def communes(a: Value, b: Value) -> bool:
    """Two cities, arrondissements being parts of theirs."""
    city = load_territories().city
    return city(a.said) != city(b.said)


def metres(a: Value, b: Value) -> bool:
    """Points too far apart to be one site."""
    return float(great_circle_m(*a.said, *b.said)) > APART_M


def quarters(a: Value, b: Value) -> bool:
    """Two quarters, or in for one and out for the other; an edge and its surroundings go together."""
    (first, code), (second, other) = sorted(
        (v.said for v in (a, b)), key=lambda said: STATES.index(said[0])
    )
    if first in ("dedans", "limite") and second in ("dedans", "limite"):
        return bool(code != other)
    return (first, second) in (("dedans", "proche"), ("dedans", "hors"), ("limite", "hors"))


OPPOSED: dict[str, Callable[[Value, Value], bool]] = {
    f.__name__: f for f in (never, different, dates, words, streets, communes, metres, quarters)
}


def said_by(row: Row, field: str) -> Any:
    """What a record, with its verdicts, gives for a field; None when it says nothing."""
    if field == "point":
        return None if row["longitude"] is None else (row["longitude"], row["latitude"])
    if field == "quarter":
        place = row["place"] or {"etat": "inconnu"}
        return None if place["etat"] == "inconnu" else (place["etat"], place["code"])
    if field == "updated":
        return row["retrieved_at"]
    return None if row[field] == "" else row[field]


def values(field: str, members: list[Row]) -> list[Value]:
    """Every value of a field, the one shown first; the same one in two spellings is one."""
    rule = rules()[field]
    given = [(row, said) for row in members if (said := said_by(row, field)) is not None]
    if not given:
        return []
    if all(said == given[0][1] for _, said in given):
        return [Value(given[0][1], [row for row, _ in given])]
    same = SAME[rule.same]
    keys = [same(said) for _, said in given]
    counted = Counter(keys)
    first = [WINS[name] for name in rule.wins]
    order = sorted(
        range(len(given)),
        key=lambda i: (
            *(win(given[i][0], given[i][1], counted[keys[i]]) for win in first),
            given[i][0]["id"],
        ),
    )
    found: dict[Any, Value] = {}
    for i in order:
        row, said = given[i]
        found.setdefault(keys[i], Value(said, [])).records.append(row)
    ranked = list(found.values())
    against = OPPOSED[rule.opposed]
    for i, one in enumerate(ranked):
        one.opposed = any(against(before, one) for before in ranked[:i])
    return ranked


def all_values(members: list[Row]) -> dict[str, list[Value]]:
    """Every value of every field but lists, which are united."""
    return {name: values(name, members) for name, rule in rules().items() if rule.wins != ("all",)}


def claims_of(entity: str, told: dict[str, list[Value]]) -> list[Row]:
    """Who says what of each field that has several values: rows of ``claims``."""
    return [
        {
            "initiative": entity,
            "field": field,
            "rank": rank,
            "value": told_as(field, value.said),
            "opposed": value.opposed,
            "record": row["id"],
            "source": row["source"],
            "date": row["retrieved_at"],
        }
        for field, ranked in told.items()
        if len(ranked) > 1 and field not in NOT_CLAIMED
        for rank, value in enumerate(ranked)
        for row in value.records
    ]


def told_as(field: str, said: Any) -> str:
    """A value as text: a point is «latitude, longitude», a quarter its state and code."""
    if field == "point":
        return f"{said[1]:.5f}, {said[0]:.5f}"
    if field == "quarter":
        return " ".join(part for part in said if part)
    if field == "amount_eur":
        return f"{said:g}" if said % 1 else f"{said:.0f}"
    return str(said)


def disagreements(claims: list[Row]) -> dict[str, dict[str, list[str]]]:
    """Of an initiative's claims, the fields whose values cannot all be right: value → records."""
    opposed = {row["field"] for row in claims if row["opposed"]}
    told: dict[str, dict[str, list[str]]] = {}
    for row in claims:
        if row["field"] in opposed:
            told.setdefault(row["field"], {}).setdefault(row["value"], []).append(row["record"])
    return told
