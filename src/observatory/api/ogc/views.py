"""The resources of OGC API – Features: landing page, conformance, collections, items, item.

**Reads** the edition. **Writes** nothing.
**Method** Links and media types are those of 17-069r4, chapter 7; errors follow its exception schema
and this API's (``detail``).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from observatory.api.errors import Refusal
from observatory.api.ogc import openapi
from observatory.api.ogc.collections import COLLECTIONS, Collection, collection, extent, turned
from observatory.api.ogc.parameters import CRS, CRS84, only, read
from observatory.edition import Edition, current
from quartiers.publish.exports import LICENCE

JSON, GEOJSON = "application/json", "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
CONFORMS = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
)
View = Callable[..., HttpResponse]


def answers(view: View) -> View:
    """GET and HEAD; a refusal as an exception document."""

    @require_safe
    @wraps(view)
    def safe(request: HttpRequest, **names: str) -> HttpResponse:
        try:
            return view(request, **names)
        except Refusal as error:
            said = {"code": str(error.status), "description": error.detail, "detail": error.detail}
            return say(said, status=error.status)

    return safe


def say(content: Any, media: str = JSON, status: int = 200) -> HttpResponse:
    """A JSON document."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text, content_type=media, status=status)


def root(request: HttpRequest) -> str:
    """The absolute address of the landing page, without its last slash."""
    return str(request.build_absolute_uri("/api/ogc"))


def link(href: str, rel: str, media: str, title: str = "") -> dict[str, str]:
    """A link of RFC 8288; rel and type always (/req/core/fc-links, …)."""
    told = {"href": href, "rel": rel, "type": media, "title": title, "hreflang": "fr"}
    return {name: value for name, value in told.items() if value}


@answers
def landing(request: HttpRequest) -> HttpResponse:
    """/req/core/root-success"""
    only(request.GET, ())
    here = root(request)
    return say(
        {
            "title": "Quartiers",
            "description": "Les initiatives numériques des quartiers prioritaires de France, "
            f"édition {current().name}.",
            "links": [
                link(f"{here}/", "self", JSON, "Cette page"),
                link(f"{here}/openapi.json", "service-desc", OPENAPI, "Définition de l'API"),
                link(
                    request.build_absolute_uri("/api/"), "service-doc", "text/html", "Mode d'emploi"
                ),
                link(f"{here}/conformance", "conformance", JSON, "Classes de conformité"),
                link(f"{here}/collections", "data", JSON, "Collections"),
                link(LICENCE, "license", "text/html", "Licence Ouverte 2.0"),
            ],
        }
    )


@answers
def conformance(request: HttpRequest) -> HttpResponse:
    """/req/core/conformance-success"""
    only(request.GET, ())
    return say({"conformsTo": list(CONFORMS)})


@answers
def definition(request: HttpRequest) -> HttpResponse:
    """/req/core/api-definition-success, /req/oas30/oas-definition-2"""
    return say(openapi.document(root(request)), OPENAPI)


@answers
def collections(request: HttpRequest) -> HttpResponse:
    """/req/core/fc-md-success, /req/core/fc-md-items"""
    only(request.GET, ())
    here, edition = root(request), current()
    return say(
        {
            "links": [link(f"{here}/collections", "self", JSON)],
            "crs": list(CRS),
            "collections": [described(here, edition, c) for c in COLLECTIONS.values()],
        }
    )


@answers
def one_collection(request: HttpRequest, name: str) -> HttpResponse:
    """/req/core/sfc-md-success"""
    only(request.GET, ())
    return say(described(root(request), current(), collection(name)))


def described(here: str, edition: Edition, c: Collection) -> dict[str, Any]:
    """A collection's description (/req/core/fc-md-links, /req/core/fc-md-extent)."""
    address = f"{here}/collections/{c.id}"
    return {
        "id": c.id,
        "title": c.title,
        "description": c.description,
        "itemType": "feature",
        "extent": extent(edition, c.id),
        "crs": list(CRS),
        "storageCrs": CRS84,
        "links": [
            link(address, "self", JSON),
            link(f"{address}/items", "items", GEOJSON, c.title),
            link(LICENCE, "license", "text/html", "Licence Ouverte 2.0"),
        ],
    }


@answers
def items(request: HttpRequest, name: str) -> HttpResponse:
    """/req/core/fc-response, /req/core/fc-links, /req/core/fc-numberMatched"""
    c = collection(name)
    asked = read(request.GET, c.filters)
    count, features = c.find(current(), asked)
    links = [link(request.build_absolute_uri(), "self", GEOJSON)]
    if asked.offset + len(features) < count and features:
        links.append(link(moved(request, asked.offset + asked.limit), "next", GEOJSON))
    if asked.offset:
        links.append(link(moved(request, max(0, asked.offset - asked.limit)), "prev", GEOJSON))
    links.append(link(f"{root(request)}/collections/{name}", "collection", JSON))
    response = say(
        {
            "type": "FeatureCollection",
            "timeStamp": datetime.now(UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            "numberMatched": count,
            "numberReturned": len(features),
            "links": links,
            "features": features,
        },
        GEOJSON,
    )
    response["Content-Crs"] = f"<{asked.crs}>"
    return response


def moved(request: HttpRequest, offset: int) -> str:
    """This address, from another offset on."""
    query = request.GET.copy()
    query["offset"] = str(offset)
    return str(request.build_absolute_uri(f"{request.path}?{query.urlencode()}"))


@answers
def item(request: HttpRequest, name: str, identifier: str) -> HttpResponse:
    """/req/core/f-success, /req/core/f-links"""
    c = collection(name)
    only(request.GET, ("crs",))
    asked = read(request.GET, ())
    found = c.one(current(), identifier)
    address = f"{root(request)}/collections/{name}"
    links = [
        link(request.build_absolute_uri(), "self", GEOJSON),
        link(address, "collection", JSON, c.title),
        link(request.build_absolute_uri(found["properties"]["page"]), "alternate", "text/html"),
    ]
    response = say(turned(found, asked.crs) | {"links": links}, GEOJSON)
    response["Content-Crs"] = f"<{asked.crs}>"
    return response
