"""The door of contribution: what one can do, what happens next.

**Reads** nothing. **Writes** nothing.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _


def page(request: HttpRequest) -> HttpResponse:
    """``/contribuer/``"""
    doors = [
        {
            "title": _("Une initiative"),
            "text": _(
                "Quatre petites pages : quoi, où, qui, puis relire. Nous proposons, vous corrigez."
            ),
            "address": reverse("contribute_declare"),
            "words": _("Ajouter une initiative"),
        },
        {
            "title": _("Une liste entière"),
            "text": _("Un tableur de vos actions : nous vous disons ligne par ligne ce qui va."),
            "address": reverse("contribute_sheet"),
            "words": _("Envoyer un tableur"),
        },
    ]
    try:
        has_catalogue = bool(reverse("catalogue"))
    except NoReverseMatch:
        has_catalogue = False
    context = {"doors": doors, "has_catalogue": has_catalogue, "months": settings.CONTACT_MONTHS}
    return render(request, "contribute/start.html", context)
