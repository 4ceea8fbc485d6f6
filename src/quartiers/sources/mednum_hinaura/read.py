"""Auvergne-Rhône-Alpes: a rich form, long column names, some HTML left in the texts.

**Reads** the columns named in the card. **Writes** records.
**Method** The free text, then what the form's boxes say is offered.
**Limits** Opening hours and audiences are not read.
"""

from __future__ import annotations

from typing import Any

from quartiers.place_types import place_slugs
from quartiers.shapes import Issue, Record
from quartiers.values import code, date, degrees, known, sentence, several, web_address, words

NAME = "Nom du lieu ou de la structure *"
FREE_TEXT = (
    "Informations diverses (précisions sur votre structure, vos services, vos partenaires...)"
)
OFFERED = (
    "À disposition",
    "Types d'accompagnement proposés",
    "Accompagnements proposés aux démarches en ligne",
    "Formations compétences de base proposées",
    "Comprendre et Utiliser les sites d’accès aux droits proposées",
    "Sensibilisations culture numérique",
)


def read_row(number: int, row: dict[str, Any]) -> Record | Issue:
    """One place of the map."""
    name = words(row.get(NAME))
    if not name:
        return Issue("collect", "hinaura", str(number), "lieu sans nom", "un nom", "rien")
    services = [item for column in OFFERED for item in several(row.get(column), "|;,")]
    if words(row.get("Accueille un ou des Conseillers Numériques France Services")).lower() in (
        "oui",
        "yes",
    ):
        services.append("conseiller numérique")
    offered = f"Services : {', '.join(dict.fromkeys(services))}" if services else None
    text = sentence(words(row.get(FREE_TEXT)), offered) or "Lieu de médiation numérique."
    return Record(
        source="mednum-hinaura-2023-01",
        source_id=str(number - 1),
        kind="lieu",
        title=name,
        text=text,
        carrier_type=known(row.get("Type d'opérateur")),
        longitude=degrees(row.get("bf_longitude")),
        latitude=degrees(row.get("bf_latitude")),
        address=known(row.get("Adresse postale *")),
        postcode=code(row.get("Code postal")),
        commune=known(row.get("Ville *")),
        place_types=place_slugs([words(row.get("Type de lieu")), name]),
        services=list(dict.fromkeys(services)),
        url=web_address(row.get("Site Web")),
        retrieved_at=date(row.get("datetime_latest")),
    )
