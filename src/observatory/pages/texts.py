"""Pages of text: the method, legal notice, privacy, accessibility.

**Reads** ``docs/methode.md``, the branding. **Writes** nothing.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from observatory.markdown import DOCS, document


def method(request: HttpRequest) -> HttpResponse:
    """``/methode/``"""
    context = {"page": document(DOCS / "methode.md"), "figures": document(DOCS / "statistiques.md")}
    return render(request, "method.html", context)


def legal(request: HttpRequest) -> HttpResponse:
    """``/mentions-legales/``"""
    return render(request, "legal.html")


def privacy(request: HttpRequest) -> HttpResponse:
    """``/vie-privee/``"""
    return render(request, "privacy.html")


def accessibility(request: HttpRequest) -> HttpResponse:
    """``/accessibilite/``"""
    return render(request, "accessibility.html")
