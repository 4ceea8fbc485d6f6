"""Winners of the Paris participatory budget.

**Reads** the columns named in the card. **Writes** records.
**Method** The title alone; the arrondissement gives the INSEE code.
**Limits** «Quartier populaire» is the city's own zoning, not a QPV: it is not read.
"""

from __future__ import annotations

from typing import Any

from quartiers.shapes import Issue, Record
from quartiers.values import amount, known, words


def read_row(number: int, row: dict[str, Any]) -> Record | Issue:
    """One project."""
    title, local = words(row["titre_projet_gagnant"]), words(row["identifiant_projet_gagnant"])
    if not title:
        source = "paris-budget-participatif"
        return Issue(
            "collect", source, local or str(number), "projet sans titre", "un titre", "rien"
        )
    return Record(
        source="paris-budget-participatif",
        source_id=local or f"ligne-{number}",
        kind="projet",
        title=title,
        carrier="Ville de Paris",
        carrier_type="collectivité",
        start=known(row["edition"]),
        amount_eur=amount(row["budget_global_projet_gagnant"]),
        address=known(row["adresse_projet_gagnant"]),
        commune="Paris",
        insee_code=arrondissement(words(row["arrondissement_projet_gagnant"])),
        services=[s for s in (words(row["thematique"]),) if s],
    )


def arrondissement(number: str) -> str:
    """The INSEE code of a Paris arrondissement; the city's when none is given."""
    digits = number.removesuffix("e").removesuffix("er")
    return f"751{int(digits):02d}" if digits.isdigit() and 1 <= int(digits) <= 20 else "75056"
