"""The API's own page for people: every address, what it takes, what it gives; no script.

**Reads** the published schema. **Writes** nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify

from observatory.api.door import door
from observatory.api.ogc.collections import COLLECTIONS


def page(request: HttpRequest) -> HttpResponse:
    """``/api/``"""
    root = request.build_absolute_uri("/").rstrip("/")
    return render(
        request,
        "api.html",
        {"groups": operations(), "root": root, "collections": list(COLLECTIONS.values())},
    )


@lru_cache(maxsize=1)
def operations() -> dict[str, list[dict[str, Any]]]:
    """Tag → its operations, in the order of the schema."""
    schema = door.get_openapi_schema(path_prefix="/api/v1/")
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            parameters = [parameter(told) for told in operation.get("parameters", ())]
            groups.setdefault(operation["tags"][0], []).append(
                {
                    "method": method.upper(),
                    "path": path,
                    "anchor": slugify(f"{method} {path.removeprefix('/api/v1')}".replace("/", " ")),
                    "summary": operation.get("description") or operation.get("summary", ""),
                    "parameters": parameters,
                    "answers": sorted(map(str, operation["responses"])),
                }
            )
    return groups


def parameter(told: dict[str, Any]) -> dict[str, Any]:
    """A parameter in words: its name, whether it must be given, what it may be."""
    schema = told["schema"]
    choices = [s for s in schema.get("anyOf", [schema]) if s.get("type") != "null"]
    words = []
    for choice in choices:
        if "enum" in choice:
            words.append(", ".join(map(str, choice["enum"])))
        else:
            words.append(
                {"integer": "entier", "boolean": "true ou false"}.get(choice.get("type", ""), "")
            )
    return {
        "name": told["name"],
        "required": told.get("required", False),
        "values": " ; ".join(word for word in words if word),
        "said": told.get("description") or schema.get("description", ""),
        "default": schema.get("default"),
    }
