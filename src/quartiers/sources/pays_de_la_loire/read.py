"""Grants of the five départements of Pays de la Loire.

**Reads** the columns named in the card. **Writes** records.
**Method** The object, then the beneficiary; most rows have no object and carry the name alone.
**Limits** Mixed encodings upstream: a few accents stay damaged.
"""

from __future__ import annotations

from typing import Any

from quartiers.shapes import Issue, Record
from quartiers.values import amount, date, words


def read_row(number: int, row: dict[str, Any]) -> Record | Issue:
    """One grant."""
    aim, carrier = words(row["objet"]), words(row["nomBeneficiaire"])
    if not (aim or carrier):
        source = "pays-de-la-loire-subventions"
        return Issue("collect", source, str(number), "ni objet ni bénéficiaire", "un nom", "rien")
    return Record(
        source="pays-de-la-loire-subventions",
        source_id=str(number - 2),
        kind="action",
        title=aim or carrier,
        text=carrier if aim else "",
        carrier=carrier or None,
        start=date(row["dateConvention"]),
        amount_eur=amount(row["montant"]),
        services=[words(row["nomAttribuant"])],
    )
