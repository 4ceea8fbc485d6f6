"""When a page cannot be shown: what happened and where to go, in plain words.

**Reads** nothing of the edition beyond the frame. **Writes** nothing.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing has this address."""
    return render(request, "errors/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault; a page that needs neither the edition nor the database."""
    return HttpResponse(render_to_string("errors/500.html"), status=500)
