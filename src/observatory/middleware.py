"""What is true of every answer.

**Reads** the edition. **Writes** nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from hashlib import sha256

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from observatory.edition import NoEdition, current


class EditionMiddleware:
    """Without an edition to serve, a plain page says so (503) and a program may try again later."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """NoEdition becomes a 503; any other error goes its way."""
        if not isinstance(exception, NoEdition):
            return None
        page = render_to_string("errors/503.html")
        return HttpResponse(page, status=503, headers={"Retry-After": "60"})


class BodyMiddleware:
    """A request larger than any of our forms is refused before it is read (413)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the announced length; what has none is read as empty by Django."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > settings.MOST_BODY_BYTES:
            words = "Cet envoi dépasse 2 Mo : partagez-le en plusieurs. (More than 2 MB.)"
            return HttpResponse(words, status=413, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


class RememberMiddleware:
    """A page made once for a visitor without an account is kept ten minutes for the next ones.

    Kept under the edition's name and the whole address: a new edition is seen at once. What carries a
    form to send (its mark is one visitor's own), a message, a header of its own, or is sent bit by bit,
    is made anew.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = {settings.SESSION_COOKIE_NAME, "messages"} & request.COOKIES.keys()
        if request.method != "GET" or known:
            return self.get_response(request)
        pages = caches["pages"]
        try:
            key = sha256(f"{current().name} {request.build_absolute_uri()}".encode()).hexdigest()
        except NoEdition:
            return self.get_response(request)
        if kept := pages.get(key):
            return HttpResponse(zlib.decompress(kept))
        response = self.get_response(request)
        if is_for_all(request, response):
            pages.set(key, zlib.compress(response.content, 1))
        return response


def is_for_all(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether a page would be the same for any visitor, and is only a page."""
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and set(response.headers) <= {"Content-Type"}
        and response.headers["Content-Type"] == "text/html; charset=utf-8"
        and not any(name.startswith("_csp") for name in vars(response))
        and "CSRF_COOKIE" not in request.META
    )
