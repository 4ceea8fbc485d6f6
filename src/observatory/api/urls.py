"""The list of what machines read: one line each."""

from __future__ import annotations

from django.contrib.sitemaps import views as sitemaps
from django.urls import URLPattern, URLResolver, path

from observatory.api import catalogues, feeds, guide, health, widget
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
    *(
        path(f"catalogue.{kind}", catalogues.catalogue, {"kind": kind})
        for kind in catalogues.FORMATS
    ),
    path("catalogue.schema.json", catalogues.schema_org),
    path("flux/initiatives.atom", feeds.Initiatives(), name="feed"),
    path("robots.txt", feeds.robots),
    path("sitemap.xml", sitemaps.index, {"sitemaps": feeds.SITEMAPS}),
    path(
        "sitemap-<section>.xml",
        sitemaps.sitemap,
        {"sitemaps": feeds.SITEMAPS},
        name="django.contrib.sitemaps.views.sitemap",
    ),
    path("sante", health.page),
    path("widget/", widget.page, name="widget"),
]
#: The one page of the API that people read.
GUIDE = path("api/", guide.page, name="api")
