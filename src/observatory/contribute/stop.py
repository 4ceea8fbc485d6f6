"""Pages that say no, each with its reason and a way on.

**Reads**, **writes** nothing.
**Method** One template; what each says, and its status, is written here.
**Limits** The site's own errors (404, 500) are pages of their own (``pages/errors.py``).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def stop(request: HttpRequest, title: str, words: str, status: int) -> HttpResponse:
    """One such page."""
    told = {"title": title, "words": words}
    return render(request, "contribute/stop.html", told, status=status)


def too_many(request: HttpRequest) -> HttpResponse:
    """More than people send in an hour."""
    words = _("Beaucoup d'envois viennent de votre connexion. Réessayez dans une heure.")
    return stop(request, _("Pas maintenant"), words, 429)


def already(request: HttpRequest) -> HttpResponse:
    """The same thing was sent before."""
    words = _("Exactement cet envoi est en cours de relecture, ou accepté. Rien d'autre à faire.")
    return stop(request, _("Nous l'avons déjà reçu"), words, 409)


def lost(request: HttpRequest) -> HttpResponse:
    """A link that opens nothing."""
    words = _("Il a servi à tout effacer, ou il est trop ancien. Vous pouvez refaire votre envoi.")
    return stop(request, _("Ce lien ne sert plus"), words, 404)


def not_allowed(request: HttpRequest) -> HttpResponse:
    """An account without the right."""
    words = _("Votre compte n'a pas ce droit. Demandez-le à un administrateur.")
    return stop(request, _("Page réservée"), words, 403)
