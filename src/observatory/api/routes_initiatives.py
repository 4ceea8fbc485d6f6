"""/api/v1/initiatives and /api/v1/places: lists, one, CSV.

**Reads** the edition. **Writes** nothing.
"""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Field, Query, Router, Schema

from observatory.api import listing, shapes, tables
from observatory.api.filters import where
from observatory.api.rows import resolve, whole
from observatory.edition import current

router = Router(tags=["Initiatives"])
Short = Annotated[str | None, Field(max_length=100)]


class PlaceFilters(Schema):
    """What a list may be narrowed to; filters add up."""

    theme: Annotated[shapes.Theme | None, Field(description=shapes.THEME)] = None
    territory: Annotated[
        str | None,
        Field(
            max_length=100,
            description="Name or code: QN06913M, COM69259, EPCI200046977, DEP69, REG84, FR",
        ),
    ] = None
    form: Annotated[shapes.Form | None, Field(description="A form of innovation")] = None
    infra: Annotated[
        shapes.Infra | None, Field(description="An infrastructure topic of the smart city")
    ] = None
    world: Annotated[shapes.World | None, Field(description=shapes.WORLD)] = None
    carrier_type: Annotated[shapes.Carrier | None, Field(description="Who carries it")] = None
    place_type: Annotated[shapes.PlaceType | None, Field(description="The kind of relay place")] = (
        None
    )
    in_quartiers: Annotated[
        bool | None, Field(description="In or for a priority neighbourhood, or not")
    ] = None
    year: Annotated[int | None, Field(ge=1900, le=2100, description="Year of the beginning")] = None
    q: Annotated[
        str | None,
        Field(max_length=200, description="Words; the thesaurus leads to their equivalents"),
    ] = None
    certainty: Annotated[shapes.Certainty | None, Field(description=shapes.CERTAINTY)] = None


class Filters(PlaceFilters):
    kind: Annotated[shapes.Kind | None, Field(description="What the record describes")] = None
    certainty: Annotated[shapes.Certainty, Field(description=shapes.CERTAINTY)] = "certain"


class Paging(Schema):
    limit: Annotated[int, Field(ge=1, le=200, description=shapes.LIMIT)] = 50
    cursor: Annotated[
        str | None, Field(max_length=300, description="From `next` of the page before")
    ] = None


LIST = {200: shapes.Initiatives, (400, 404, 410, 422, 429): shapes.Problem}
ONE = {200: shapes.InitiativeWhole, (404, 410, 422, 429): shapes.Problem}
CSV_ANSWER: dict[str, Any] = {
    "responses": {
        200: {
            "description": "CSV, UTF-8, one header line",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    }
}


@router.get("/initiatives", response=LIST, summary="Initiatives, filtered, page after page")
def initiatives(request: HttpRequest, filters: Query[Filters], paging: Query[Paging]) -> Any:
    edition = current()
    found = where(edition, filters.dict())
    return listing.page(request, edition, found, paging.limit, paging.cursor)


@router.get(
    "/initiatives.csv",
    summary="The same list, whole, as CSV",
    response={(400, 404, 422, 429): shapes.Problem},
    openapi_extra=CSV_ANSWER,
)
def initiatives_csv(request: HttpRequest, filters: Query[Filters]) -> StreamingHttpResponse:
    edition = current()
    return tables.answer("initiatives", edition, where(edition, filters.dict()))


@router.get("/initiatives/{identifier}", response=ONE, summary="One initiative, with its reasons")
def one(request: HttpRequest, identifier: str) -> Any:
    edition = current()
    return whole(edition, resolve(edition, identifier))


@router.get("/places", response=LIST, summary="Relay places, digital or not", tags=["Places"])
def places(request: HttpRequest, filters: Query[PlaceFilters], paging: Query[Paging]) -> Any:
    edition = current()
    found = where(edition, filters.dict(), places=True)
    return listing.page(request, edition, found, paging.limit, paging.cursor)


@router.get(
    "/places.csv",
    summary="The same list, whole, as CSV",
    tags=["Places"],
    response={(400, 404, 422, 429): shapes.Problem},
    openapi_extra=CSV_ANSWER,
)
def places_csv(request: HttpRequest, filters: Query[PlaceFilters]) -> StreamingHttpResponse:
    edition = current()
    return tables.answer("lieux", edition, where(edition, filters.dict(), places=True))
