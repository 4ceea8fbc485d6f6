"""Rows of the edition as the API says them.

**Reads** rows of the edition's SQLite. **Writes** nothing.
**Limits** Text is as the sources gave it: whoever shows it must escape it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from observatory.api.errors import Refusal, unknown
from observatory.edition import Edition

#: Columns that are lists, as JSON text.
LISTS = ("themes", "infra", "forms", "place_types", "services", "sources", "records")
CERTAINTY = {"numerique": "certain", "non-numerique": "non", None: "doute"}
QPV = ("code", "nom", "etat", "distance_m", "methode")


def listed(text: str | None) -> list[Any]:
    """A cell of JSON text as a list."""
    found = json.loads(text) if text else []
    return found if isinstance(found, list) else []


def initiative(row: Any) -> dict[str, Any]:
    """One row of ``initiatives``, lists read, the place in one object."""
    told = dict(row)
    for name in LISTS:
        told[name] = listed(told[name])
    told["certainty"] = CERTAINTY[told.pop("digital")]
    told["in_quartiers"] = bool(told["in_quartiers"])
    told["qpv"] = {name: told.pop(f"qpv_{name}") for name in QPV}
    told["page"] = f"/initiatives/{told['id']}/"
    return told


def resolve(edition: Edition, identifier: str) -> Any:
    """The row of an initiative, by its id of today or of before. Raises Refusal (404, 410)."""
    found = edition.row("SELECT * FROM initiatives WHERE id = ?", (identifier[:80],))
    if found is not None:
        return found
    old = edition.value(
        "SELECT replaced_by FROM identities WHERE entity_id = ?", (identifier[:80],)
    )
    if old is None:
        raise unknown(identifier)
    heirs = listed(old)
    if len(heirs) == 1:
        return resolve(edition, heirs[0])
    said = ", ".join(heirs) or "—"
    raise Refusal(
        410,
        f"Cette initiative n'existe plus sous ce nom ; voir : {said}.",
        f"This initiative is no longer called so; see: {said}.",
    )


def whole(edition: Edition, row: Any) -> dict[str, Any]:
    """An initiative with the records it rests on and the reasons of each decision."""
    told = initiative(row)
    ids = told["records"][:200]
    marks = ", ".join("?" * len(ids))
    told["edition"] = edition.name
    told["disagreements"] = json.loads(row["disagreements"]) if row["disagreements"] else None
    told["records"] = [
        dict(record)
        for record in edition.rows(
            "SELECT id, source, title, url, licence, retrieved_at FROM records "
            f"WHERE id IN ({marks}) ORDER BY id",
            ids,
        )
    ]
    told["verdicts"] = list(verdicts(edition, ids, marks))
    return told


def verdicts(edition: Edition, ids: list[str], marks: str) -> Iterator[dict[str, Any]]:
    """detect, classify, locate: what was concluded of each record."""
    questions = (
        f"SELECT about, 'digital' AS dimension, value, score, method, because FROM detections "
        f"WHERE about IN ({marks}) ORDER BY about",
        f"SELECT about, dimension, value, score, method, because FROM classifications "
        f"WHERE about IN ({marks}) ORDER BY about, dimension, rank",
        f"SELECT about, 'qpv' AS dimension, coalesce(code, etat) AS value, score, "
        f"methode AS method, because FROM locations WHERE about IN ({marks}) ORDER BY about, rank",
    )
    for question in questions:
        for row in edition.rows(question, ids):
            yield dict(row) | {"because": listed(row["because"])}


def finding(row: Any) -> dict[str, Any]:
    """One row of ``findings``."""
    told = dict(row)
    told["figures"], told["evidence"] = listed(told["figures"]), listed(told["evidence"])
    return told
