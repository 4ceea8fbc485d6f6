"""The API's own page for people: every address and what it takes; no script.

**Reads** the published schema. **Writes** nothing.
**Method** The schema is in English; the French page says the same by ``french.py``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import get_language, gettext

from observatory.api.door import door
from observatory.api.french import FRENCH
from observatory.api.ogc.collections import COLLECTIONS

#: What a value may be, where its name does not say it.
KINDS = {"integer": "whole number", "boolean": "true or false"}


def page(request: HttpRequest) -> HttpResponse:
    """``/api/``"""
    root = request.build_absolute_uri("/").rstrip("/")
    return render(
        request,
        "api.html",
        {
            "groups": operations(get_language() == "fr"),
            "root": root,
            "collections": [(c.id, gettext(c.description)) for c in COLLECTIONS.values()],
        },
    )


@lru_cache(maxsize=2)
def operations(in_french: bool) -> dict[str, list[dict[str, Any]]]:
    """Tag → its operations, in the order of the schema."""
    schema = door.get_openapi_schema(path_prefix="/api/v1/")
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            said = operation.get("description") or operation["summary"]
            groups.setdefault(spoken(operation["tags"][0], in_french), []).append(
                {
                    "method": method.upper(),
                    "path": path,
                    "anchor": slugify(f"{method} {path.removeprefix('/api/v1')}".replace("/", " ")),
                    "summary": spoken(said, in_french),
                    "parameters": [
                        parameter(told, in_french)
                        for told in operation.get("parameters", ())
                        if told["in"] == "query"  # the summary says what an address holds
                    ],
                }
            )
    return groups


def spoken(said: str, in_french: bool) -> str:
    """A sentence of the schema in the language of the page."""
    return FRENCH[said] if in_french else said


def parameter(told: dict[str, Any], in_french: bool) -> dict[str, Any]:
    """A parameter in words: its name, whether it must be given, what it may be."""
    schema = told["schema"]
    words = []
    for choice in schema.get("anyOf", [schema]):
        if "enum" in choice:
            words.append((True, ", ".join(map(str, choice["enum"]))))
        elif choice.get("type") in KINDS:
            words.append((False, spoken(KINDS[choice["type"]], in_french)))
    return {
        "name": told["name"],
        "required": told.get("required", False),
        "values": words,
        "said": spoken(told.get("description") or schema["description"], in_french),
        "default": schema.get("default"),
    }
