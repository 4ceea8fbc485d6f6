"""What is true of every answer.

**Reads** the edition. **Writes** nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from observatory.edition import NoEdition


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
