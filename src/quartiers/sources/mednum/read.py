"""The consolidated list of digital-mediation places, one source name a list.

**Reads** the columns named in the card. **Writes** records.
**Method** Being in one of these lists is itself a statement of its publisher: where the row describes
nothing, the text is what the list states. A list that has its own reader is left to it.
**Limits** Lists overlap and are not deduplicated: that is for ``link``.
"""

from __future__ import annotations

from typing import Any

from quartiers.errors import SourceError
from quartiers.place_types import place_slugs
from quartiers.shapes import Issue, Record
from quartiers.values import (
    code,
    date,
    degrees,
    known,
    sentence,
    several,
    siret,
    web_address,
    words,
)

#: What a list states of each of its rows, by the start of its name.
STATEMENTS = {
    "aidants-connect": "Structure habilitée Aidants Connect : démarches en ligne avec un aidant",
    "structures-aidants-connect": "Structure habilitée Aidants Connect",
    "cnfs": "Lieu d'accueil d'un conseiller numérique",
    "ile-de-france-cnfs": "Lieu d'accueil d'un conseiller numérique",
    "etapes-numerique": "Étape numérique en bureau de poste",
    "grandlyon-mdm": "",
}
DEFAULT = "Lieu de médiation numérique"


def is_replaced(row: dict[str, Any]) -> bool:
    """Whether the row's list has its own reader."""
    return row["jeu"] in row["_replaced"]


def statement(jeu: str) -> str:
    """What a list states of each of its rows."""
    for start, said in STATEMENTS.items():
        if jeu.startswith(start):
            return said
    if not jeu:
        raise SourceError("mednum: a row has no «jeu»; write there the list it comes from.")
    return DEFAULT


def read_row(number: int, row: dict[str, Any]) -> Record | Issue:
    """One place."""
    name = words(row["nom"])
    if not name:
        return Issue("collect", "mednum", str(number), "lieu sans nom", "un nom", "rien")
    services = several(row["services"])
    described = words(row["presentation"])
    offered = f"Services : {', '.join(services)}" if services else None
    labels = several(row["labels"])
    text = sentence(described, offered) or sentence(statement(row["jeu"]))
    return Record(
        source=f"mednum-{row['jeu']}",
        source_id=words(row["id_source"]) or f"ligne-{number - 2}",
        kind="lieu",
        title=name,
        text=text,
        siret=siret(row["siret"]),
        longitude=degrees(row["longitude"]),
        latitude=degrees(row["latitude"]),
        address=known(row["adresse"]),
        postcode=code(row["code_postal"]),
        commune=known(row["commune"]),
        insee_code=code(row["code_insee"]),
        place_types=place_slugs([*several(row["typologie"], "|;,"), name, *labels]),
        services=services,
        url=web_address(row["site_web"]),
        start=None,
        retrieved_at=date(row["date_maj"]),
    )
