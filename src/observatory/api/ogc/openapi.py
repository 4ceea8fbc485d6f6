"""The OpenAPI 3.0 document of the OGC API (/req/oas30/oas-definition-2).

**Reads** the collections. **Writes** nothing.
"""

from __future__ import annotations

from typing import Any

from observatory.api.ogc.collections import COLLECTIONS, Collection
from observatory.api.ogc.parameters import CRS, CRS84, DEFAULT_LIMIT, MOST
from quartiers import __version__
from quartiers.shapes import THEMES

#: What has a point of its own.
LEVELS = ("commune", "qpv")


def parameter(name: str, schema: dict[str, Any], said: str, **more: Any) -> dict[str, Any]:
    """A query parameter."""
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": said,
        "schema": schema,
        "style": "form",
        "explode": False,
    } | more


CRS_SCHEMA = {"type": "string", "format": "uri", "enum": list(CRS), "default": CRS84}
PARAMETERS = {
    "limit": parameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT},
        "How many features at most",
    ),
    "offset": parameter(
        "offset",
        {"type": "integer", "minimum": 0, "maximum": 10_000_000, "default": 0},
        "How many features to pass over",
    ),
    "bbox": parameter(
        "bbox",
        {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}},
        "west,south,east,north in degrees",
    ),
    "bbox-crs": parameter("bbox-crs", CRS_SCHEMA, "The reference system of bbox"),
    "crs": parameter("crs", CRS_SCHEMA, "The reference system of the answer"),
    "datetime": parameter("datetime", {"type": "string"}, "A day, or an interval a/b, a/.., ../b"),
    "theme": parameter("theme", {"type": "string", "enum": list(THEMES)}, "One of the themes"),
    "territory": parameter("territory", {"type": "string", "maxLength": 100}, "A territory's code"),
    "level": parameter("level", {"type": "string", "enum": list(LEVELS)}, "The kind of territory"),
}


def answer(schema: str, media: str, said: str) -> dict[str, Any]:
    """What an operation answers: 200, or an exception."""
    problem = {"application/json": {"schema": {"$ref": "#/components/schemas/exception"}}}
    found = {media: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {
        "200": {"description": said, "content": found},
        "400": {"description": "A parameter is wrong or unknown", "content": problem},
        "404": {"description": "Nothing is called so", "content": problem},
        "410": {"description": "It is no longer called so", "content": problem},
        "429": {"description": "Too many requests", "content": problem},
    }


def operation(
    name: str, said: str, schema: str, media: str, parameters: list[dict[str, Any]]
) -> dict[str, Any]:
    """A GET."""
    return {
        "get": {
            "operationId": name,
            "summary": said,
            "tags": ["Features"],
            "parameters": parameters,
            "responses": answer(schema, media, said),
        }
    }


def named(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/parameters/{name}"}


def paths(c: Collection) -> dict[str, Any]:
    """The three resources of a collection."""
    identifier = {
        "name": "featureId",
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
    }
    common = ("limit", "offset", "bbox", "bbox-crs", "datetime", "crs")
    base = f"/collections/{c.id}"
    geojson = "application/geo+json"
    return {
        base: operation(f"describe_{c.id}", c.title, "collection", "application/json", []),
        f"{base}/items": operation(
            f"list_{c.id}",
            c.description,
            "featureCollectionGeoJSON",
            geojson,
            [named(p) for p in (*common, *c.filters)],
        ),
        f"{base}/items/{{featureId}}": operation(
            f"get_{c.id}", c.title, "featureGeoJSON", geojson, [identifier, named("crs")]
        ),
    }


def shape(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


TEXT: dict[str, Any] = {"type": "string"}
LINKS = {"type": "array", "items": {"$ref": "#/components/schemas/link"}}
POINT = shape(
    ["type", "coordinates"],
    type={"type": "string", "enum": ["Point"]},
    coordinates={"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "number"}},
)
SCHEMAS: dict[str, Any] = {
    "exception": shape(["code"], code=TEXT, description=TEXT, detail=TEXT),
    "link": shape(["href", "rel"], href=TEXT, rel=TEXT, type=TEXT, title=TEXT, hreflang=TEXT),
    "landingPage": shape(["links"], title=TEXT, description=TEXT, links=LINKS),
    "confClasses": shape(["conformsTo"], conformsTo={"type": "array", "items": TEXT}),
    "collection": shape(
        ["id", "links"],
        id=TEXT,
        title=TEXT,
        description=TEXT,
        links=LINKS,
        extent={"type": "object"},
        itemType={"type": "string", "default": "feature"},
        crs={"type": "array", "items": TEXT},
        storageCrs=TEXT,
    ),
    "collections": shape(
        ["links", "collections"],
        links=LINKS,
        crs={"type": "array", "items": TEXT},
        collections={"type": "array", "items": {"$ref": "#/components/schemas/collection"}},
    ),
    "featureGeoJSON": shape(
        ["type", "geometry", "properties"],
        type={"type": "string", "enum": ["Feature"]},
        id=TEXT,
        geometry=POINT,
        bbox={"type": "array", "items": {"type": "number"}},
        properties={"type": "object", "nullable": True},
        links=LINKS,
    ),
    "featureCollectionGeoJSON": shape(
        ["type", "features"],
        type={"type": "string", "enum": ["FeatureCollection"]},
        features={"type": "array", "items": {"$ref": "#/components/schemas/featureGeoJSON"}},
        links=LINKS,
        timeStamp={"type": "string", "format": "date-time"},
        numberMatched={"type": "integer", "minimum": 0},
        numberReturned={"type": "integer", "minimum": 0},
    ),
}


def document(root: str) -> dict[str, Any]:
    """The whole definition, for a landing page at ``root``."""
    json = "application/json"
    found: dict[str, Any] = {
        "/": operation("landing", "Landing page", "landingPage", json, []),
        "/conformance": operation("conformance", "Conformance classes", "confClasses", json, []),
        "/collections": operation("collections", "The collections", "collections", json, []),
    }
    for c in COLLECTIONS.values():
        found |= paths(c)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Quartiers — OGC API – Features",
            "version": __version__,
            "description": "The digital initiatives of France's priority neighbourhoods. No key.",
            "license": {
                "name": "Licence Ouverte 2.0",
                "url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
            },
        },
        "servers": [{"url": root}],
        "tags": [{"name": "Features"}],
        "paths": found,
        "components": {"schemas": SCHEMAS, "parameters": PARAMETERS},
    }
