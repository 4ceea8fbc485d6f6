"""Winners of the Fonds vert, 2023.

**Reads** the columns named in the card. **Writes** records.
**Method** The project's name is the title; the call it answers is kept as a service.
**Limits** Ecology: nearly all are not digital, which is what makes it a good test.
"""

from __future__ import annotations

from typing import Any

from quartiers.shapes import Issue, Record
from quartiers.values import amount, code, known, words


def read_row(number: int, row: dict[str, Any]) -> Record | Issue:
    """One project."""
    title, file_number = words(row["nom_du_projet"]), words(row["numero_dossier_ds"])
    if not title:
        return Issue("collect", "fonds-vert-2023", file_number, "projet sans nom", "un nom", "rien")
    return Record(
        source="fonds-vert-2023",
        source_id=file_number or f"ligne-{number}",
        kind="projet",
        title=title,
        carrier=known(row["nom_beneficiaire_principal"]),
        start="2023",
        amount_eur=amount(row["montant_engage"]),
        commune=known(row["nom_commune"]),
        insee_code=code(row["code_commune"]),
        services=[s for s in (words(row["nom_demarche_ds"]),) if s],
    )
