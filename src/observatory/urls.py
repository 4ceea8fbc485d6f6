"""The list of pages: one line each.

French is at the root, English under ``/en/``; the API and files for machines have no language.
"""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from observatory.pages import errors, home

handler404 = errors.not_found
handler500 = errors.broken

#: Pages that people read. A page is one view in ``pages/``, one template, one line here.
PAGES: list[URLPattern | URLResolver] = [
    path("", home.page, name="home"),
]

#: What machines read: the API, feeds, the site map.
MACHINES: list[URLPattern | URLResolver] = []

urlpatterns = [
    *MACHINES,
    path("", include("observatory.contribute.langless")),
    *i18n_patterns(
        *PAGES,
        path("", include("observatory.contribute.urls")),
        prefix_default_language=False,
    ),
]
