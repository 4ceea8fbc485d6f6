"""Django's administration, for administrators only.

**Reads** and **Writes** accounts, groups, devices; contributions and judgements read-only.
**Method** Its own login is ours (throttled, second factor); decisions are taken in the moderation pages,
which tell the contributor, so that nothing is decided here.
**Limits** Contacts are not shown.
"""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.http import HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin

from observatory.contribute.stop import not_allowed
from observatory.contribute.walls import lacks_second_factor, to_door


class Administration(AdminSite):
    """The administration behind our own doors."""

    site_header = site_title = "Quartiers"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """An administrator who has shown what their account asks."""
        user: Any = request.user
        return bool(
            user.is_active
            and user.has_perm("contribute.administer")
            and not lacks_second_factor(request)
        )

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Our doors; an account without the right is told so."""
        user: Any = request.user
        if not user.is_authenticated:
            return to_door(request, "login")
        if lacks_second_factor(request):
            return to_door(request, "login_code")
        return not_allowed(request)


class ReadOnly(ModelAdmin):
    """Looked at, never changed here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyHistory(ReadOnly, SimpleHistoryAdmin):
    """The same, with its history."""
