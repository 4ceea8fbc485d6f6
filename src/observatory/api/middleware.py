"""What is true of every answer to a machine: who may read it, how long it holds, how often to ask.

**Reads** the request, the edition's name. **Writes** headers.
**Method** An answer depends on the address and the edition alone: its ETag is a digest of both, so that
a client that has it already gets a 304 before anything is computed. Any site may read (CORS), with
GET; no cookie is looked at. Clients that ask too much get a 429 with the seconds to wait.
**Limits** POST answers (detect, locate) are not cached.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from observatory.api.buckets import ENGINE, READ, take
from observatory.contribute.limits import address_of
from observatory.edition import NoEdition, current
from quartiers import __version__

#: Where machines read.
DOORS = ("/api/v1/", "/api/ogc", "/catalogue.", "/flux/", "/sitemap")
#: Those that anybody's page may read with a script.
OPEN = ("/api/v1/", "/api/ogc", "/catalogue.", "/flux/")
ENGINES = ("/api/v1/detect", "/api/v1/locate")
#: Seconds during which an answer needs no question: short, since editions are swapped at any time.
FRESH = 300
TOO_MUCH = (
    "Trop de demandes à la fois : attendez {0} s, puis reprenez. "
    "(Too many requests: wait {0} s, then go on.)"
)


class MachineMiddleware:
    """ETag, cache, CORS and rate of what lies behind :data:`DOORS`; other pages go through."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(DOORS):
            return self.get_response(request)
        response = self.answer(request)
        if request.path.startswith(OPEN):
            response["Access-Control-Allow-Origin"] = "*"
            response["Access-Control-Expose-Headers"] = "ETag, Link, Retry-After"
            response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The wait, the 304, or the page with its mark."""
        if request.method == "OPTIONS":
            return preflight()
        engine = request.path.startswith(ENGINES)
        if wait := take(address_of(request), ENGINE if engine else READ):
            said = JsonResponse({"detail": TOO_MUCH.format(wait)}, status=429)
            said["Retry-After"] = str(wait)
            return said
        tag = mark(request) if request.method in ("GET", "HEAD") and not engine else None
        if tag is None:
            response = self.get_response(request)
            response.setdefault("Cache-Control", "no-store")
            return response
        if tag in parse_etags(request.headers.get("If-None-Match", "")):
            response = HttpResponse(status=304)
        else:
            response = self.get_response(request)
            if response.status_code != 200:
                response.setdefault("Cache-Control", "no-store")
                return response
        response["ETag"] = tag
        response["Cache-Control"] = f"public, max-age={FRESH}"
        patch_vary_headers(response, ["Accept"])
        return response


def mark(request: HttpRequest) -> str | None:
    """The weak ETag of an address in the edition served; None without an edition."""
    try:
        edition = current()
    except NoEdition:
        return None
    told = "\0".join(
        (__version__, edition.name, str(edition.built_at), request.headers.get("Accept", ""),
         request.get_host(), request.scheme, request.get_full_path())
    )  # fmt: skip
    return f'W/"{hashlib.blake2s(told.encode(), digest_size=12).hexdigest()}"'


def preflight() -> HttpResponse:
    """What a browser asks before a script of another site may POST a text."""
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Methods"] = "GET, HEAD, POST, OPTIONS"
    response["Access-Control-Allow-Headers"] = "Content-Type, If-None-Match"
    response["Access-Control-Max-Age"] = "86400"
    return response
