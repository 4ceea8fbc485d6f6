"""A form begun and kept: on the server, under a number that the browser holds signed.

**Reads** and **Writes** drafts. **Method** No session, no account: one cookie for this purpose only,
read by no script, gone after a week with what it names. Going back shows what was typed.
**Limits** One draft a browser.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from observatory.contribute.models import Draft

COOKIE = "brouillon"
SALT = "quartiers.contribute.draft"
KEPT = timedelta(days=7)


def find(request: HttpRequest) -> Draft | None:
    """The draft of this browser, if it has one."""
    given = request.get_signed_cookie(COOKIE, default=None, salt=SALT)
    if not given:
        return None
    try:
        key = uuid.UUID(given)
    except ValueError:
        return None
    return Draft.objects.filter(id=key, updated_at__gt=timezone.now() - KEPT).first()


def keep(response: HttpResponse, draft: Draft) -> HttpResponse:
    """Give the browser the number of its draft."""
    response.set_signed_cookie(
        COOKIE,
        str(draft.id),
        salt=SALT,
        max_age=KEPT,
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )
    return response


def drop(response: HttpResponse, draft: Draft | None) -> HttpResponse:
    """The draft was sent, or thrown away."""
    if draft is not None:
        draft.delete()
    response.delete_cookie(COOKIE, samesite="Lax")
    return response
