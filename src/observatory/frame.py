"""What every page shows around its own content.

**Reads** the edition served, the branding. **Writes** nothing.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.translation import override

from observatory.edition import NoEdition, current


def frame(request: HttpRequest) -> dict[str, Any]:
    """The edition, the branding, and this page's address in the other language."""
    try:
        edition = current()
    except NoEdition:
        edition = None
    return {
        "edition": edition,
        "branding": settings.BRANDING,
        "other_language": other_language(request),
        "tiles": settings.TILES,
        "typeface": settings.HAS_TYPEFACE,
    }


def other_language(request: HttpRequest) -> dict[str, str]:
    """This page in the other language, filters kept; its home page if it has none."""
    code = "en" if request.LANGUAGE_CODE == "fr" else "fr"
    try:
        found = resolve(request.path_info)
        name = ":".join([*found.namespaces, found.url_name or ""])
        with override(code):
            address = reverse(name, args=found.args, kwargs=found.kwargs)
    except (Resolver404, NoReverseMatch):
        address = "/en/" if code == "en" else "/"
    query = request.META.get("QUERY_STRING", "")
    return {
        "code": code,
        "name": "English" if code == "en" else "Français",
        "address": f"{address}?{query}" if query else address,
    }
