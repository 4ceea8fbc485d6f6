"""The national list of France services.

**Reads** the columns named in the card. **Writes** records.
**Method** The label itself says what is offered: help with online procedures (its charter).
**Limits** A bus has the point of a stop or of its depot: it is said itinerant.
"""

from __future__ import annotations

from typing import Any

from quartiers.shapes import Issue, Record
from quartiers.values import code, date, degrees, known, sentence, words


def read_row(number: int, row: dict[str, Any]) -> Record | Issue:
    """One labelled place or bus."""
    name = words(row["lib_fs"])
    if not name:
        return Issue("collect", "france-services", str(number), "espace sans nom", "un nom", "rien")
    moving = words(row["format_fs"]).lower() not in ("", "fixe")
    label = words(row["labellisation_fs"])
    return Record(
        source="france-services",
        source_id=words(row["id_fs"]) or f"ligne-{number}",
        kind="lieu",
        title=name,
        text=sentence(
            "Espace labellisé France services : accompagnement aux démarches en ligne",
            "Bus itinérant" if moving else None,
        ),
        carrier=known(row["groupe_fs"]),
        start=date(label),
        longitude=degrees(row["longitude"]),
        latitude=degrees(row["latitude"]),
        address=known(row["adresse"]),
        postcode=code(row["code_postal"]),
        commune=known(row["lib_com"]),
        insee_code=code(row["insee_com"]),
        place_types=["france-services", *(["itinerant"] if moving else [])],
        services=["démarches en ligne"],
    )
