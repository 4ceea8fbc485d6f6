"""Why this is here: each decision of the method in plain French, the evidence in its text.

**Reads** the verdicts about an initiative's records. **Writes** nothing.
**Method** A reason is words of the record (marked where they stand) or a fact. What weighs against is
said as well. Certainty is the method's own probability; an expert's opinion is said to be one.
**Limits** Words alone do not decide: a decision also rests on weights that only the method page tells.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from observatory.edition import Edition
from observatory.names import name_of, town_of
from observatory.templatetags.site import notion
from quartiers import thesaurus
from quartiers.shapes import record_text

Row = dict[str, Any]
HOW_LOCATED = {
    "point": gettext_lazy("d'après le point que la source place sur la carte"),
    "code-declare": gettext_lazy("la source donne elle-même le code du quartier"),
    "nom-dans-le-texte": gettext_lazy("le quartier est nommé dans la fiche"),
    "adresse": gettext_lazy("d'après son adresse"),
}
#: Records whose reasons are told in full; the others are named.
TOLD_IN_FULL = 6


@dataclass(frozen=True, slots=True)
class Reason:
    """Words quoted, or a fact; the notion they name; whether they weigh for or against."""

    quote: str
    note: str
    concept: str
    concept_label: str
    against: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """``what`` was decided (a slug for themes), how sure, by whom, and why."""

    kind: str
    slug: str
    what: str
    score: float | None
    by_expert: bool
    reasons: list[Reason]


def journeys(edition: Edition, records: list[Row]) -> list[Row]:
    """Each record with its marked text and its decisions."""
    told = records[:TOLD_IN_FULL]
    ids = [record["id"] for record in told]
    marks = ", ".join("?" * len(ids))
    verdicts: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for table, order in (
        ("detections", "about"),
        ("classifications", "about, dimension, rank"),
        ("locations", "about, rank"),
    ):
        sql = f"SELECT * FROM {table} WHERE about IN ({marks}) ORDER BY {order}"
        for row in edition.rows(sql, ids):
            read = dict(row) | {"because": json.loads(row["because"] or "[]")}
            verdicts[row["about"]][table].append(read)
    return [journey(record, verdicts[record["id"]]) for record in told]


def journey(record: Row, verdicts: dict[str, list[Row]]) -> Row:
    """One record: the text in pieces (marked or not), the decisions."""
    text = record_text(record["title"], record["text"])
    spans = [
        (because["start"], because["end"])
        for rows in verdicts.values()
        for row in rows
        for because in row["because"]
        if because.get("start") is not None and because.get("end") is not None
    ]
    decisions = [detected(row) for row in verdicts["detections"]]
    decisions += [classified(row) for row in verdicts["classifications"]]
    decisions += [located(row) for row in verdicts["locations"][:3]]
    return record | {"pieces": pieces(text, spans), "decisions": decisions}


def pieces(text: str, spans: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    """A text cut where evidence begins and ends: (words, is evidence)."""
    merged: list[list[int]] = []
    for start, end in sorted(spans):
        start, end = max(0, start), min(len(text), end)
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    cut, position = [], 0
    for start, end in merged:
        cut += [(text[position:start], False), (text[start:end], True)]
        position = end
    return [(words, marked) for words, marked in [*cut, (text[position:], False)] if words]


def detected(row: Row) -> Decision:
    """Is it digital?"""
    what = {
        "numerique": _("C'est une initiative numérique"),
        "non-numerique": _("Ce n'est pas une initiative numérique"),
    }.get(row["value"] or "", _("On ne peut pas dire si c'est une initiative numérique"))
    score = 1 - row["score"] if row["value"] == "non-numerique" else row["score"]
    return decision("digital", row["value"] or "", what, row, score if row["value"] else None)


def classified(row: Row) -> Decision:
    """A theme, a form, an infrastructure topic."""
    label = name_of(row["dimension"], row["value"])
    said = {
        "theme": _("Thème : %(name)s"),
        "form": _("Forme : %(name)s"),
        "infra": _("Infrastructure : %(name)s"),
    }[row["dimension"]]
    return decision(row["dimension"], row["value"], said % {"name": label}, row, row["score"])


def located(row: Row) -> Decision:
    """Where it is, and how that is known."""
    score = None if row["etat"] == "inconnu" else row["score"]
    return decision("place", row["etat"], place_words(row), row, score)


def place_words(row: Row) -> str:
    """«Dans le quartier Berthe, d'après…»: a location in one sentence."""
    name = row["nom"] or ""
    state = {
        "dedans": _("Dans le quartier %(name)s"),
        "limite": _("En limite du quartier %(name)s"),
        "proche": _("À proximité du quartier %(name)s"),
        "hors": _("Hors des quartiers prioritaires"),
    }.get(row["etat"], _("On ne sait pas si c'est dans un quartier prioritaire"))
    said = state % {"name": name} if "%" in state else state
    if row["etat"] != "inconnu" and row["distance_m"] is not None:
        metres = round(abs(row["distance_m"]))
        if row["etat"] == "hors" and name:
            said += _(" (le plus proche, %(name)s, est à %(m)s m)") % {"name": name, "m": metres}
        elif row["distance_m"] < 0:
            said += _(" (à %(m)s m de son bord, à l'intérieur)") % {"m": metres}
        else:
            said += _(" (à %(m)s m de son bord)") % {"m": metres}
    if row["methode"] in HOW_LOCATED:
        said += f", {HOW_LOCATED[row['methode']]}"
    return said


def decision(kind: str, slug: str, what: str, row: Row, score: float | None) -> Decision:
    """A decision with its reasons, the heaviest first as the method wrote them."""
    expert = row.get("method") == "expert"
    return Decision(kind, slug, what, score, expert, [reason(b) for b in row["because"]])


def reason(because: Row) -> Reason:
    """One reason, its notion named by its label."""
    slug = because.get("concept") or ""
    known = thesaurus.load().concepts.get(slug)
    note = because.get("note") or ""
    if note.startswith("contexte :"):
        note = _("(mot de contexte)")
    return Reason(
        quote=because.get("quote") or "",
        note=note,
        concept=slug,
        concept_label=notion(known) if known else slug,
        against=(because.get("weight") or 0.0) < 0,
    )


def told_links(records: list[Row]) -> list[Row]:
    """For an initiative of several records: why each is held to be the same thing."""
    if len(records) < 2:
        return []
    return [
        record
        | {
            "why": [b.get("note", "") for b in json.loads(record["link_because"] or "[]")][:3],
        }
        for record in records
    ]


def doubtful_twins(edition: Edition, records: list[Row], identifier: str) -> list[Row]:
    """Other initiatives that may be the same one: pairs left in doubt, the likeliest first."""
    ids = [record["id"] for record in records]
    marks = ", ".join("?" * len(ids))
    rows = edition.rows(
        f"WITH near AS (SELECT b AS other, score FROM pairs WHERE decision = 'doute' AND a IN ({marks})"
        f" UNION ALL SELECT a, score FROM pairs WHERE decision = 'doute' AND b IN ({marks})) "
        "SELECT i.id, i.title, i.commune, i.insee_code, max(n.score) AS score FROM near n "
        "JOIN links l ON l.about = n.other JOIN initiatives i ON i.id = l.entity_id "
        "WHERE i.id <> ? GROUP BY i.id ORDER BY score DESC LIMIT 4",
        [*ids, *ids, identifier],
    )
    return [dict(row) | {"commune": town_of(row)} for row in rows]
