"""Who is asking, when we must count: the address of the client.

**Reads** the request. **Writes** nothing.
**Method** The address that the connection comes from; behind ``QUARTIERS_PROXIES`` proxies that we
trust, the one that the outermost of them saw (the n-th from the right of ``X-Forwarded-For``).
**Limits** Addresses on the left of that one are the client's own words: never believed.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def address(request: HttpRequest) -> str:
    """The client's address, «» when the connection has none (a local socket)."""
    told = [a.strip() for a in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if a.strip()]
    if settings.TRUSTED_PROXIES and told:
        return str(told[-min(settings.TRUSTED_PROXIES, len(told))])[:64]
    return str(request.META.get("REMOTE_ADDR") or "")
