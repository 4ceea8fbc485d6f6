"""The edition as a dataset that other catalogues harvest: DCAT-AP, schema.org; and its files.

**Reads** ``exports/`` of the edition. **Writes** nothing.
**Method** The edition's own DCAT description (``publish/exports.py``) is completed with what only a site
knows: addresses. rdflib turns it into Turtle and RDF/XML. One description, four clothes.
**Limits** One dataset, whose files are the exports of the current edition; the API is its service.
"""

from __future__ import annotations

import json
import warnings
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from observatory.edition import Edition, current

#: Ending → what rdflib calls it, and its media type.
FORMATS = {
    "jsonld": ("json-ld", "application/ld+json"),
    "ttl": ("turtle", "text/turtle; charset=utf-8"),
    "rdf": ("pretty-xml", "application/rdf+xml"),
}
FRANCE = "http://publications.europa.eu/resource/authority/country/FRA"
FRENCH = "http://publications.europa.eu/resource/authority/language/FRA"
THEME = "http://publications.europa.eu/resource/authority/data-theme/SOCI"
PUBLIC = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"


@require_safe
def catalogue(request: HttpRequest, kind: str) -> HttpResponse:
    """/catalogue.jsonld, .ttl, .rdf"""
    root = request.build_absolute_uri("/").rstrip("/")
    return HttpResponse(written(current(), root, kind), content_type=FORMATS[kind][1])


@lru_cache(maxsize=12)
def written(edition: Edition, root: str, kind: str) -> str:
    """The catalogue in one of its clothes."""
    text = json.dumps(described(edition, root), ensure_ascii=False, indent=1)
    if kind == "jsonld":
        return text
    from rdflib import Graph

    with warnings.catch_warnings():
        # rdflib's own JSON-LD reader uses a class that rdflib has deprecated.
        warnings.filterwarnings("ignore", "ConjunctiveGraph", DeprecationWarning)
        graph = Graph().parse(data=text, format="json-ld")
    return str(graph.serialize(format=FORMATS[kind][0]))


def own_description(edition: Edition) -> dict[str, Any]:
    """What the edition says of itself."""
    found: dict[str, Any] = json.loads(
        (edition.path / "exports" / "catalogue.jsonld").read_text("utf-8")
    )
    return found


def described(edition: Edition, root: str) -> dict[str, Any]:
    """The DCAT-AP catalogue of the site: one dataset, its files, its service."""
    dataset = own_description(edition)
    context = dataset.pop("@context")
    publisher = {
        "@id": f"{root}/#editeur",
        "@type": "foaf:Agent",
        "foaf:name": settings.BRANDING.name,
    }
    for file in dataset["dcat:distribution"]:
        address = f"{root}/donnees/fichiers/{file['dct:identifier']}"
        file |= {
            "dcat:accessURL": {"@id": f"{root}/donnees/"},
            "dcat:downloadURL": {"@id": address},
            "dcat:mediaType": {
                "@id": f"https://www.iana.org/assignments/media-types/{file['dcat:mediaType']}"
            },
            "dcat:byteSize": {
                "@type": "xsd:nonNegativeInteger",
                "@value": str(file["dcat:byteSize"]),
            },
        }
        checksum = file["spdx:checksum"]
        checksum["spdx:algorithm"] = {"@id": "spdx:checksumAlgorithm_sha256"}
        checksum["spdx:checksumValue"] = {
            "@type": "xsd:hexBinary",
            "@value": checksum["spdx:checksumValue"],
        }
    dataset |= {
        "@id": f"{root}/#jeu-de-donnees",
        "dct:issued": {"@type": "xsd:dateTime", "@value": dataset["dct:issued"]},
        "dct:publisher": publisher,
        "dct:spatial": {"@id": FRANCE},
        "dct:language": {"@id": FRENCH},
        "dct:accessRights": {"@id": PUBLIC},
        "dcat:theme": {"@id": THEME},
        "dcat:landingPage": {"@id": f"{root}/donnees/"},
        "owl:versionInfo": edition.name,
    }
    service = {
        "@id": f"{root}/api/v1/",
        "@type": "dcat:DataService",
        "dct:title": "API de Quartiers",
        "dcat:endpointURL": {"@id": f"{root}/api/v1/"},
        "dcat:endpointDescription": {"@id": f"{root}/api/v1/openapi.json"},
        "dct:license": dataset["dct:license"],
        "dcat:servesDataset": {"@id": dataset["@id"]},
    }
    return {
        "@context": context
        | {
            "foaf": "http://xmlns.com/foaf/0.1/",
            "owl": "http://www.w3.org/2002/07/owl#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": f"{root}/catalogue.ttl",
        "@type": "dcat:Catalog",
        "dct:title": settings.BRANDING.name,
        "dct:description": "Le catalogue des données de ce site.",
        "dct:publisher": publisher,
        "dct:license": dataset["dct:license"],
        "dct:language": {"@id": FRENCH},
        "foaf:homepage": {"@id": f"{root}/"},
        "dct:issued": dataset["dct:issued"],
        "dcat:dataset": dataset,
        "dcat:service": service,
    }


@lru_cache(maxsize=8)
def for_search_engines(edition: Edition, root: str) -> dict[str, Any]:
    """The same as schema.org's DataCatalog and Dataset, for the page of the data."""
    own = own_description(edition)
    return {
        "@context": "https://schema.org/",
        "@type": "DataCatalog",
        "name": settings.BRANDING.name,
        "url": f"{root}/",
        "dataset": {
            "@type": "Dataset",
            "@id": f"{root}/#jeu-de-donnees",
            "name": own["dct:title"],
            "description": own["dct:description"],
            "url": f"{root}/donnees/",
            "version": edition.name,
            "dateModified": own["dct:issued"],
            "license": own["dct:license"]["@id"],
            "keywords": own["dcat:keyword"],
            "inLanguage": "fr",
            "isAccessibleForFree": True,
            "creator": {"@type": "Organization", "name": settings.BRANDING.name, "url": f"{root}/"},
            "spatialCoverage": {"@type": "Place", "name": "France"},
            "distribution": [
                {
                    "@type": "DataDownload",
                    "name": file["dct:title"],
                    "encodingFormat": file["dcat:mediaType"],
                    "contentSize": f"{file['dcat:byteSize']} B",
                    "contentUrl": f"{root}/donnees/fichiers/{file['dct:identifier']}",
                }
                for file in own["dcat:distribution"]
            ],
        },
    }


@require_safe
def schema_org(request: HttpRequest) -> HttpResponse:
    """/catalogue.schema.json"""
    root = request.build_absolute_uri("/").rstrip("/")
    text = json.dumps(for_search_engines(current(), root), ensure_ascii=False, indent=1)
    return HttpResponse(text, content_type="application/ld+json")
