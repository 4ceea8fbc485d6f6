"""/sante: is all well? For the people who run the site, and their alarms.

**Reads** the edition, the site's database. **Writes** nothing.
**Method** 200 when the edition answers and the database too, else 503 with what does not.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from observatory.edition import NoEdition, current


@require_safe
def page(request: HttpRequest) -> JsonResponse:
    """What answers, and how old the edition is."""
    told: dict[str, Any] = {"edition": None, "initiatives": None, "age_days": None}
    try:
        edition = current()
        told["edition"] = edition.name
        told["built_at"] = edition.built_at.isoformat()
        told["age_days"] = round((datetime.now(UTC) - edition.built_at).total_seconds() / 86_400, 2)
        told["initiatives"] = edition.value("SELECT count(*) FROM initiatives")
    except (NoEdition, sqlite3.Error) as error:
        told["edition_error"] = type(error).__name__
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        told["database"] = connection.vendor
    except DatabaseError as error:
        told["database"] = None
        told["database_error"] = type(error).__name__
    well = told["initiatives"] is not None and told["database"] is not None
    answer = JsonResponse(told | {"well": well}, status=200 if well else 503)
    answer["Cache-Control"] = "no-store"
    return answer
