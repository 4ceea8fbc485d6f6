"""Open-data exports of an edition: CSV, GeoJSON, XLSX, Turtle, the Mednum list, a DCAT catalogue.

**Reads** the initiatives and the manifest. **Writes** ``exports/``.
**Method** One function a format, each over the same table. Cells that a spreadsheet would run as a
formula are quoted (OWASP, CSV injection). The Mednum projection keeps to the seven compulsory
columns and those we know; what the standard has no word for is left out, and said in the catalogue.
**Limits** Initiatives in doubt are published with ``digital`` empty: unknown is not no.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from quartiers.edition import file_digest
from quartiers.shelf import read_manifest
from quartiers.tabular.cells import flat, printable
from quartiers.thesaurus import write_turtle
from quartiers.thesaurus.linked import write_linked

LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
#: The columns of the standard that we can fill, in its order.
MEDNUM_COLUMNS = (
    *("id", "pivot", "nom", "commune", "code_postal", "code_insee", "adresse"),
    *("latitude", "longitude", "typologie", "source", "date_maj", "services"),
)
#: Our type of place → the standard's code that says it best.
TYPOLOGIES = {
    **{"epn": "EPN", "mediatheque": "BIB", "mission-locale": "ML", "fablab": "FABLAB"},
    **{"tiers-lieu": "TIERS_LIEUX", "centre-social": "CS", "maison-de-quartier": "MQ"},
    **{"mjc": "MJC", "point-information-jeunesse": "PIJ_BIJ", "france-services": "RFS"},
    **{"ccas": "CCAS", "mairie": "MUNI", "la-poste": "LA_POSTE", "pimms": "PIMMS"},
    **{"ressourcerie": "RESSOURCERIE", "association": "ASSO", "itinerant": "ENM"},
    **{"ecole-deuxieme-chance": "E2C", "point-d-acces-au-droit": "PAD"},
}
#: The standard's nine services, spelt as it spells them.
SERVICES = frozenset(
    {
        "Acquisition de matériel informatique à prix solidaire",
        "Aide aux démarches administratives",
        "Maîtrise des outils numériques du quotidien",
        "Insertion professionnelle via le numérique",
        "Utilisation sécurisée du numérique",
        "Parentalité et éducation avec le numérique",
        "Loisirs et créations numériques",
        "Compréhension du monde numérique",
        "Accès internet et matériel informatique",
    }
)
#: File → (media type, title) of what the catalogue lists.
DISTRIBUTIONS: dict[str, tuple[str, str]] = {
    "initiatives.csv": ("text/csv", "Initiatives (CSV)"),
    "initiatives.geojson": ("application/geo+json", "Initiatives localisées (GeoJSON)"),
    "initiatives.xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "Initiatives (classeur)",
    ),
    "lieux-de-mediation-numerique.csv": ("text/csv", "Lieux, au schéma Médiation numérique 1.0.1"),
    "thesaurus.ttl": ("text/turtle", "Thésaurus commun (SKOS)"),
    "thesaurus.jsonld": ("application/ld+json", "Thésaurus commun (SKOS, JSON-LD)"),
    "thesaurus-changelog.md": ("text/markdown", "Thésaurus commun : journal"),
}


def write_exports(edition: Path) -> Path:
    """``<edition>/exports/`` in every format; returns the folder."""
    folder = edition / "exports"
    folder.mkdir(exist_ok=True)
    rows = pq.read_table(edition / "initiatives.parquet").to_pylist()
    write_csv(folder / "initiatives.csv", rows)
    write_geojson(folder / "initiatives.geojson", rows)
    write_workbook(folder / "initiatives.xlsx", rows)
    write_mednum(folder / "lieux-de-mediation-numerique.csv", rows)
    write_turtle(folder / "thesaurus.ttl")
    write_linked(folder)
    write_catalogue(folder, read_manifest(edition))
    return folder


def write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    """UTF-8, commas, one header line."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(list(rows[0]) if rows else [])
        writer.writerows([flat(value) for value in row.values()] for row in rows)


def write_workbook(path: Path, rows: list[dict[str, Any]]) -> None:
    """One sheet, text cells never run as formulas."""
    from openpyxl import Workbook  # slow to import, and only a workbook needs it

    book = Workbook(write_only=True)
    sheet = book.create_sheet("initiatives")
    sheet.append(list(rows[0]) if rows else [])
    for row in rows:
        sheet.append([printable(flat(value)) for value in row.values()])
    book.save(path)


def write_geojson(path: Path, rows: list[dict[str, Any]]) -> None:
    """RFC 7946: the initiatives that have a point of their own."""
    features = (
        {
            "type": "Feature",
            "id": row["id"],
            "geometry": {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]},
            "properties": {
                k: v for k, v in row.items() if k not in ("longitude", "latitude") and v is not None
            },
        }
        for row in rows
        if row["longitude"] is not None and row["latitude"] is not None
    )
    with path.open("w", encoding="utf-8") as stream:
        stream.write('{"type": "FeatureCollection", "features": [\n')
        for number, feature in enumerate(features):
            stream.write((",\n" if number else "") + json.dumps(feature, ensure_ascii=False))
        stream.write("\n]}\n")


def write_mednum(path: Path, rows: list[dict[str, Any]]) -> None:
    """Places in the national standard «Lieux de médiation numérique» 1.0.1.

    ``pivot`` is compulsory there: an unknown SIRET is the standard's own convention of zeros.
    """
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        places = list(mednum_rows(rows))
        columns = list(MEDNUM_COLUMNS)
        writer.writerow(columns)
        writer.writerows([flat(place[c]) for c in columns] for place in places)


def mednum_rows(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The initiatives that are places, with the compulsory columns known."""
    for row in rows:
        if row["kind"] != "lieu" or row["digital"] != "numerique":
            continue
        needed = (row["commune"], row["postcode"], row["address"], row["updated"])
        if not all(needed):
            continue
        yield {
            "id": row["id"],
            "pivot": "00000000000000",
            "nom": row["title"],
            "commune": row["commune"],
            "code_postal": row["postcode"],
            "code_insee": row["insee_code"],
            "adresse": row["address"],
            "latitude": row["latitude"],
            "longitude": row["longitude"],
            "typologie": [TYPOLOGIES[p] for p in row["place_types"] or [] if p in TYPOLOGIES],
            "source": "Quartiers",
            "date_maj": row["updated"],
            "services": sorted(SERVICES & set(row["services"] or ())),
        }


def write_catalogue(folder: Path, manifest: dict[str, Any]) -> None:
    """A DCAT catalogue (JSON-LD) of the files beside it, as data.gouv.fr's harvester reads it."""
    urn = f"urn:quartiers:edition:{manifest['edition']}"
    catalogue = {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "spdx": "http://spdx.org/rdf/terms#",
        },
        "@id": urn,
        "@type": "dcat:Dataset",
        "dct:identifier": urn,
        "dct:title": "Initiatives numériques des quartiers prioritaires",
        "dct:description": "Initiatives numériques repérées, classées et localisées, avec leurs "
        "sources ; une case vide veut dire « inconnu », jamais zéro.",
        "dct:issued": manifest["built_at"],
        "dct:license": {"@id": LICENCE},
        "dct:accrualPeriodicity": {
            "@id": "http://publications.europa.eu/resource/authority/frequency/MONTHLY"
        },
        "dcat:keyword": ["politique de la ville", "QPV", "numérique", "médiation numérique"],
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "@id": f"{urn}:{name}",
                "dct:identifier": name,
                "dct:title": title,
                "dcat:mediaType": media,
                "dcat:byteSize": (folder / name).stat().st_size,
                "dct:license": {"@id": LICENCE},
                "spdx:checksum": {
                    "@type": "spdx:Checksum",
                    "spdx:checksumValue": file_digest(folder / name),
                },
            }
            for name, (media, title) in DISTRIBUTIONS.items()
        ],
    }
    text = json.dumps(catalogue, ensure_ascii=False, indent=1)
    (folder / "catalogue.jsonld").write_text(text + "\n", "utf-8")
