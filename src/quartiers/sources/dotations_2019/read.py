"""State investment grants of 2019.

**Reads** the columns named in the card. **Writes** records.
**Method** The title is the description; the point is the town's centre, hence not read.
**Limits** Mostly rural; titles are short, in capitals or misspelt.
"""

from __future__ import annotations

from typing import Any

from quartiers.shapes import Issue, Record
from quartiers.values import amount, code, known, words


def read_row(number: int, row: dict[str, Any]) -> Record | Issue:
    """One project."""
    title = words(row["description"])
    if not title:
        return Issue(
            "collect",
            "dotations-2019",
            words(row["id_projet"]),
            "projet sans intitulé",
            "un intitulé",
            "rien",
        )
    in_commune = words(row["echelon"]).startswith("com")
    return Record(
        source="dotations-2019",
        source_id=words(row["id_projet"]),
        kind="projet",
        title=title,
        carrier=known(row["nom_terr"]),
        carrier_type="collectivité",
        start="2019",
        amount_eur=amount(row["montant_sub"]),
        commune=known(row["nom_terr"]) if in_commune else None,
        insee_code=code(row["id_terr"]) if in_commune else None,
        services=[s for s in (words(row["categorie"]), words(row["dotation"])) if s],
    )
