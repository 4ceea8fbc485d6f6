"""Provence-Alpes-Côte d'Azur: postcodes without their zero, dates of 1970.

**Reads** the columns named in the card. **Writes** records.
**Method** The description is rare: services and equipment make the text.
**Limits** A date of 1970 is unknown, as everywhere.
"""

from __future__ import annotations

from typing import Any

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


def read_row(number: int, row: dict[str, Any]) -> Record | Issue:
    """One place."""
    name = words(row.get("nom"))
    if not name:
        return Issue("collect", "paca", str(number), "lieu sans nom", "un nom", "rien")
    services = several(row.get("services"), "|;,")
    equipment = several(row.get("materiels_disponibles"), "|;,")
    text = sentence(
        words(row.get("description")),
        f"Services : {', '.join(services)}" if services else None,
        f"Matériel : {', '.join(equipment)}" if equipment else None,
    )
    street = " ".join(
        filter(None, (words(row.get("adresse_numero")), words(row.get("adresse_rue"))))
    )
    types = [words(row.get("type_lieu")), name]
    return Record(
        source="mednum-paca-2023-02",
        source_id=str(number - 1),
        kind="lieu",
        title=name,
        text=text or "Lieu de médiation numérique.",
        carrier=known(row.get("structure_porteuse")),
        carrier_type=known(row.get("nature_juridique")),
        siret=siret(row.get("siret")),
        longitude=degrees(row.get("longitude")),
        latitude=degrees(row.get("latitude")),
        address=street or known(row.get("adresse_brut")),
        postcode=code(row.get("adresse_code_postal")),
        commune=known(row.get("adresse_commune")),
        insee_code=code(row.get("adresse_code_insee")),
        place_types=place_slugs(
            [*types, "bus itinérant" if row.get("itinerant") == "Oui" else None]
        ),
        services=services,
        url=web_address(row.get("contact_web")),
        retrieved_at=date(row.get("date")),
    )
