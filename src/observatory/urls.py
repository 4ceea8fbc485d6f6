"""The list of pages: one line each.

French is at the root, English under ``/en/``; the API and files for machines have no language.
"""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from observatory.api import urls as machines
from observatory.pages import (
    atlas,
    catalogue,
    compare,
    downloads,
    errors,
    findings,
    glossary,
    home,
    initiative,
    look,
    opportunities,
    portrait,
    quality,
    territories,
    territory,
    texts,
    themes,
)

handler404 = errors.not_found
handler500 = errors.broken

#: Pages that people read. A page is one view in ``pages/``, one template, one line here.
PAGES: list[URLPattern | URLResolver] = [
    path("", home.page, name="home"),
    path("initiatives/", catalogue.page, name="catalogue"),
    path("initiatives/export.<slug:extension>", catalogue.export_page, name="catalogue_export"),
    path("initiatives/<str:identifier>/", initiative.page, name="initiative"),
    path("carte/", atlas.page, name="map"),
    path("territoires/", territories.page, name="territories"),
    path("territoires/<str:code>/portrait.<str:kind>", portrait.page, name="portrait"),
    path("territoires/<str:code>/", territory.page, name="territory"),
    path("themes/", themes.page, name="themes"),
    path("themes/<str:slug>/", themes.theme, name="theme"),
    path("enseignements/", findings.page, name="findings"),
    path("enseignements/<str:code>/", findings.finding, name="finding"),
    path("glossaire/", glossary.page, name="glossary"),
    path("glossaire/<str:slug>/", glossary.concept, name="concept"),
    path("rencontres/", opportunities.page, name="opportunities"),
    path("comparer/", compare.page, name="compare"),
    path("comparer/export.<str:kind>", compare.export, name="compare_export"),
    path("donnees/", downloads.page, name="data"),
    path("donnees/fichiers/<str:name>", downloads.download, name="download"),
    path("qualite/", quality.page, name="quality"),
    path("methode/", texts.method, name="method"),
    path("mentions-legales/", texts.legal, name="legal"),
    path("vie-privee/", texts.privacy, name="privacy"),
    path("accessibilite/", texts.accessibility, name="accessibility"),
    machines.GUIDE,
]

#: What machines read: the API, feeds, the site map.
MACHINES: list[URLPattern | URLResolver] = [
    path("carte/points.json", atlas.points, name="map_points"),
    path("carte/fiches.json", atlas.names, name="map_names"),
    path("carte/quartiers.json", atlas.quarters, name="map_quarters"),
    path("branding.css", look.colours),
    path("branding/logo", look.logo),
    *machines.MACHINES,
]

urlpatterns = [
    *MACHINES,
    path("", include("observatory.contribute.langless")),
    *i18n_patterns(
        *PAGES,
        path("", include("observatory.contribute.urls")),
        prefix_default_language=False,
    ),
]
