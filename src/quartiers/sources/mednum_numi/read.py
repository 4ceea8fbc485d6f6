"""Normandy, in data·inclusion's format: themes as slugs.

**Reads** the columns named in the card. **Writes** records.
**Method** «numerique--acceder-a-du-materiel» is read as words; that is what the row offers.
**Limits** Slugs have no accents; the reader of French does not need them.
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
        return Issue("collect", "numi", str(number), "lieu sans nom", "un nom", "rien")
    slugs = several(row.get("services")) or several(row.get("thematiques"))
    services = [s.split("--")[-1].replace("-", " ") for s in slugs if "--" in s]
    offered = f"Services numériques : {', '.join(services)}" if services else None
    labels = [label.replace("-", " ") for label in several(row.get("labels_nationaux"))]
    return Record(
        source="mednum-numi-2023-04",
        source_id=words(row.get("id")) or str(number - 1),
        kind="lieu",
        title=name,
        text=sentence(offered) or "Lieu de médiation numérique.",
        siret=siret(row.get("siret")),
        longitude=degrees(row.get("longitude")),
        latitude=degrees(row.get("latitude")),
        address=known(row.get("adresse")),
        postcode=code(row.get("code_postal")),
        commune=known(row.get("commune")),
        insee_code=code(row.get("code_insee")) or code(row.get("_di_geocodage_code_insee")),
        place_types=place_slugs([name, *labels]),
        services=services,
        url=web_address(row.get("site_web")),
        retrieved_at=date(row.get("date_maj")),
    )
