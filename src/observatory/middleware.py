"""What is true of every answer.

**Reads** the edition. **Writes** nothing.
"""

from __future__ import annotations

from collections.abc import Callable

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
