"""/api/v1/: search, match, detect, locate: the method's own commands, bounded, for everyone.

**Reads** the edition; the QPV perimeters when the site has them. **Writes** nothing: a text sent here is
read, answered, forgotten.
**Method** The very functions of ``quartiers search``, ``match``, ``detect`` and ``locate``.
**Limits** ``detect``: 2,000 characters a text, 50 texts at once. ``locate``: one place at a time; without
``QUARTIERS_DATA`` there are no perimeters, and a point alone is not placed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router

from observatory.api import shapes
from observatory.api.errors import REFUSALS, Refusal, unknown
from observatory.api.filters import territory_code
from observatory.edition import Edition, current
from quartiers import bridge
from quartiers.errors import InputError
from quartiers.reading.rows import judge_row

router = Router(tags=["Engine"])


def told(edition: Edition, hits: list[bridge.Hit]) -> dict[str, Any]:
    """Results with what people read of them."""
    marks = ", ".join("?" * len(hits))
    sql = f"SELECT id, title, commune, world FROM initiatives WHERE id IN ({marks})"
    known = {row["id"]: row for row in edition.rows(sql, [hit.id for hit in hits])}
    items = [
        dict(known[hit.id])
        | {"score": hit.score, "path": hit.path, "page": f"/initiatives/{hit.id}/"}
        for hit in hits
        if hit.id in known  # what the study judged not digital has no page
    ]
    return {"edition": edition.name, "items": items}


@router.get("/search", response={200: shapes.Hits, REFUSALS: shapes.Problem})
def search(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=200, description="Words of either world")],
    bridges: Annotated[bool, Query(description="Follow the thesaurus, or words alone")] = True,
    theme: Annotated[shapes.Theme | None, Query(description=shapes.THEME)] = None,
    territory: Annotated[
        str | None, Query(max_length=100, description="A commune or a QPV")
    ] = None,
    world: Annotated[shapes.World | None, Query(description=shapes.WORLD)] = None,
    limit: Annotated[int, Query(ge=1, le=100, description=shapes.LIMIT)] = 20,
) -> Any:
    """Find initiatives, even those that use none of your words, with the path taken."""
    edition = current()
    where = territory_code(territory).removeprefix("COM") if territory else None
    hits = bridge.search(
        edition.connection,
        q,
        bridges=bridges,
        theme=theme,
        territory=where,
        world=world,
        limit=limit,
    )
    return told(edition, hits)


@router.get("/match/{identifier}", response={200: shapes.Hits, REFUSALS: shapes.Problem})
def match(
    request: HttpRequest,
    identifier: str,
    limit: Annotated[int, Query(ge=1, le=20, description=shapes.LIMIT)] = 6,
) -> Any:
    """Propose partners of the other world, with reasons that quote both sides."""
    edition = current()
    try:
        return told(edition, bridge.match(edition.connection, identifier, limit))
    except InputError:
        raise unknown(identifier) from None


@router.post("/detect", response={200: shapes.Readings, REFUSALS: shapes.Problem})
def detect(request: HttpRequest, asked: shapes.TextsIn) -> Any:
    """Say of each text: digital or not, which themes, and the words it rests on."""
    texts = [asked.text] if asked.text is not None else []
    texts += asked.texts or []
    if not texts or len(texts) > shapes.MOST_TEXTS:
        raise Refusal(
            422,
            f"Donnez « text », ou « texts » (de 1 à {shapes.MOST_TEXTS}).",
            f"Give “text”, or “texts” (1 to {shapes.MOST_TEXTS}).",
        )
    return {"items": [judge_row({"text": text}, ["text"]) for text in texts]}


@router.get("/locate", response={200: shapes.Located, REFUSALS: shapes.Problem})
def locate(request: HttpRequest, asked: Query[shapes.WhereIn]) -> Any:
    """Say in which QPV a place is, how far, known how."""
    return located(asked)


@router.post("/locate", response={200: shapes.Located, REFUSALS: shapes.Problem})
def locate_body(request: HttpRequest, asked: shapes.WhereIn) -> Any:
    """The same, for words too long for an address."""
    return located(asked)


def located(asked: shapes.WhereIn) -> dict[str, Any]:
    """The answer of ``quartiers locate`` to one row. Raises Refusal (422)."""
    from quartiers.locate.rows import Asked, chunk_answers, json_cells

    row = {name: value for name, value in asked.dict().items() if value not in (None, "")}
    kind = row.pop("kind")
    if not row or ("longitude" in row) != ("latitude" in row):
        raise Refusal(
            422,
            "Donnez longitude et latitude, ou des mots (commune, adresse, quartier, texte).",
            "Give longitude and latitude, or words (commune, address, neighbourhood, text).",
        )
    with_what = Asked(columns={}, perimeters=perimeters(), kind=kind)
    return json_cells(chunk_answers([row], with_what)[0])


def perimeters() -> Path | None:
    """The national perimeters, where the site has the data folder."""
    if not settings.DATA:
        return None
    from quartiers.locate.perimeters import NATIONAL

    path = Path(settings.DATA) / NATIONAL
    return path if path.is_file() else None
