"""The list of what machines read: one line each."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from observatory.api.door import door
from observatory.api.ogc import views as ogc

ITEMS = "api/ogc/collections/<str:name>/items"
MACHINES: list[URLPattern | URLResolver] = [
    path("api/v1/", door.urls),
    path("api/ogc/", ogc.landing, name="ogc"),
    path("api/ogc/conformance", ogc.conformance),
    path("api/ogc/openapi.json", ogc.definition),
    path("api/ogc/collections", ogc.collections),
    path("api/ogc/collections/<str:name>", ogc.one_collection),
    path(ITEMS, ogc.items),
    path(f"{ITEMS}/<str:identifier>", ogc.item),
]
