"""Who may enter: one wall for every page of moderation.

**Reads** the account, its permissions, its second factor. **Writes** nothing.
**Method** Nobody: to the door. An account that has set up a second factor and has not shown it: to the
second door. An account without the permission: 403, in words.
**Limits** Rights are those of the groups (contributor, moderator, editor, administrator).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django_otp import user_has_device

from observatory.contribute.stop import not_allowed

Page = Callable[..., HttpResponse]


def lacks_second_factor(request: HttpRequest) -> bool:
    """An account with a confirmed device that has not shown its code in this session."""
    user: Any = request.user
    return bool(user_has_device(user, confirmed=True) and not user.is_verified())


def to_door(request: HttpRequest, name: str) -> HttpResponse:
    """Go and say who you are, then come back."""
    return redirect(f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}")


def needs(permission: str | None) -> Callable[[Page], Page]:
    """``@needs("contribute.moderate")``: the wall before a page; None: any account."""

    def wall(page: Page) -> Page:
        @wraps(page)
        @never_cache
        def behind(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_door(request, "login")
            if lacks_second_factor(request):
                return to_door(request, "login_code")
            if permission and not request.user.has_perm(permission):
                return not_allowed(request)
            return page(request, *arguments, **named)

        return behind

    return wall
