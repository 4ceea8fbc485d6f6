"""The colours and the logo of a territory's own site.

**Reads** ``settings.BRANDING``. **Writes** nothing.
**Method** Colours were checked when the branding was read (#rrggbb, contrast); they replace two tokens of
the style, in light mode only: on dark paper they would not be read. The logo is served with the type
of its name, among three that hold no script; an SVG goes with a policy that runs nothing.
**Limits** A logo of more than :data:`LARGEST` bytes is not served.
"""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control

LOGOS = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}
LARGEST = 200_000
HOUR = 3600


@cache_control(public=True, max_age=HOUR)
def colours(request: HttpRequest) -> HttpResponse:
    """``/branding.css``"""
    tokens = []
    if settings.BRANDING.colour:
        tokens += [
            f"--blue:{settings.BRANDING.colour}",
            f"--blue-strong:{settings.BRANDING.colour}",
        ]
    if settings.BRANDING.accent:
        tokens.append(f"--brick:{settings.BRANDING.accent}")
    light = f":root:not([data-mode=dark]){{{';'.join(tokens)}}}"
    css = f"@media (prefers-color-scheme:light){{{light}}}\n:root[data-mode=light]{{{';'.join(tokens)}}}\n"
    return HttpResponse(css if tokens else "", content_type="text/css; charset=utf-8")


@cache_control(public=True, max_age=HOUR)
@csp_replace({"default-src": [NONE], "style-src": ["'unsafe-inline'"], "sandbox": True})
def logo(request: HttpRequest) -> HttpResponse:
    """``/branding/logo``"""
    path = Path(settings.BRANDING.logo or "/nowhere")
    kind = LOGOS.get(path.suffix.lower())
    if kind is None or not path.is_file() or path.stat().st_size > LARGEST:
        raise Http404
    return HttpResponse(path.read_bytes(), content_type=kind)
