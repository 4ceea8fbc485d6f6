"""The data to take away: files of the edition, the API, ways to start.

**Reads** the edition's ``exports/`` and their DCAT catalogue, ``docs/recettes.md``. **Writes** nothing.
**Method** Only files that the folder holds are listed and served, by their exact name.
**Limits** Files are streamed as they are; their compression is the server's.
"""

from __future__ import annotations

import json
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from observatory.edition import Edition, current
from observatory.markdown import DOCS, document

#: What each file is for; a file that is not named here is listed by its catalogue title.
FILES = {
    "initiatives.csv": _("Toutes les initiatives, une par ligne, pour un tableur ou un programme."),
    "initiatives.xlsx": _("Les mêmes, en classeur."),
    "initiatives.geojson": _("Celles qui ont un point, pour une carte."),
    "lieux-de-mediation-numerique.csv": _(
        "Les lieux, au standard national de la médiation numérique."
    ),
    "thesaurus.ttl": _("Le glossaire commun, en SKOS (Turtle)."),
    "thesaurus.jsonld": _("Le même, en JSON-LD."),
    "thesaurus-changelog.md": _("Ce qui a changé dans ce glossaire."),
    "catalogue.jsonld": _("La description de ces fichiers, en DCAT-AP."),
    "quartiers.sqlite": _("Toute l'édition en une base SQLite : preuves, mesures, constats."),
    "manifest.json": _("Ce qui a été lu, avec quelles versions, et combien."),
    "rapport.html": _("Le panorama national, à lire ou à imprimer."),
    "rapport.pdf": _("Le panorama national, en PDF accessible."),
}
#: Files of the edition's own folder that may be taken.
WHOLE = ("quartiers.sqlite", "manifest.json", "rapport.html", "rapport.pdf")


def page(request: HttpRequest) -> HttpResponse:
    """``/donnees/``"""
    edition = current()
    recipes = document(DOCS / "recettes.md")
    context = {"files": files(edition), "recipes": recipes, "columns": columns(edition)}
    return render(request, "data.html", context)


@lru_cache(maxsize=2)
def files(edition: Edition) -> list[dict[str, Any]]:
    """The files of an edition: name, what for, size, digest."""
    described = {
        one.get("dct:identifier"): one
        for one in catalogue(edition.path / "exports" / "catalogue.jsonld")
    }
    rows = []
    for path in paths(edition).values():
        one = described.get(path.name, {})
        rows.append(
            {
                "name": path.name,
                "what": FILES.get(path.name) or one.get("dct:title") or "",
                "size": path.stat().st_size,
                "sha256": one.get("spdx:checksum", {}).get("spdx:checksumValue", ""),
                "kind": path.suffix.removeprefix("."),
            }
        )
    order = list(FILES)
    known = {name: i for i, name in enumerate(order)}
    return sorted(rows, key=lambda r: (known.get(r["name"], len(order)), r["name"]))


def paths(edition: Edition) -> dict[str, Path]:
    """Name → file, for what may be taken."""
    found = sorted((edition.path / "exports").glob("*")) + [edition.path / n for n in WHOLE]
    return {path.name: path for path in found if path.is_file() and path.name[0] != "."}


def catalogue(path: Path) -> list[dict[str, Any]]:
    """The distributions of a DCAT catalogue; none when the file is not there."""
    if not path.is_file():
        return []
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8")).get("dcat:distribution", [])
    return found


@lru_cache(maxsize=2)
def columns(edition: Edition) -> list[dict[str, Any]]:
    """The columns of the initiatives, as the SQLite file declares them."""
    rows = edition.rows("SELECT name, type FROM pragma_table_info('initiatives')")
    return [dict(row) for row in rows]


def download(request: HttpRequest, name: str) -> FileResponse:
    """``/donnees/fichiers/<name>``"""
    path = paths(current()).get(name)
    if path is None:
        raise Http404
    kinds = {".ttl": "text/turtle; charset=utf-8", ".jsonld": "application/ld+json"}
    kinds |= {".geojson": "application/geo+json", ".sqlite": "application/vnd.sqlite3"}
    guessed = kinds.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return FileResponse(path.open("rb"), content_type=guessed, as_attachment=True, filename=name)
