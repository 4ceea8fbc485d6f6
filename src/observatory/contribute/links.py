"""Signed links: what a person holds in an e-mail instead of an account.

**Reads** and **Writes** nothing. **Method** django.core.signing, one salt a use, so that a link for one
thing does nothing else; each expires. **Limits** Who holds the link holds the right.
"""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.urls import reverse

#: Seconds that a link lasts, by use.
LASTS = {"confirm": 3 * 86_400, "follow": 400 * 86_400}


def token(use: str, value: str) -> str:
    """A signed value for one use."""
    return signing.dumps(value, salt=f"quartiers.contribute.{use}")


def read(use: str, given: str) -> str | None:
    """The value of a link, or None when it is false or too old."""
    try:
        return str(signing.loads(given, salt=f"quartiers.contribute.{use}", max_age=LASTS[use]))
    except signing.BadSignature:
        return None


def address(request: HttpRequest | None, name: str, use: str, value: str) -> str:
    """The whole address of a link, as it goes into an e-mail."""
    return root(request) + reverse(name, args=[token(use, value)])


def root(request: HttpRequest | None) -> str:
    """The site's address without its last stroke, as people write it."""
    base = settings.SITE_ADDRESS or (request.build_absolute_uri("/") if request else "")
    return base.rstrip("/")
