"""What the API says, field by field: the schema that /api/v1/openapi.json publishes.

**Reads** nothing. **Writes** nothing.
**Method** None is «unknown», never «no» nor zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from ninja import Field, Schema

from quartiers.compare.cards import sheet
from quartiers.shapes import FORMS, INFRA, KINDS, THEMES

if TYPE_CHECKING:
    Theme = str
    Infra = str
    Form = str
    Kind = str
    PlaceType = str
    Carrier = str
else:
    #: The words a filter may take, as the study lists them.
    Theme = Literal[THEMES]
    Infra = Literal[INFRA]
    Form = Literal[FORMS]
    Kind = Literal[KINDS]
    PlaceType = Literal[tuple(sorted(sheet()["libelles"]["lieu"]))]
    Carrier = Literal[tuple(sorted({*(str(k["type"]) for k in sheet()["porteur"]), "Autre"}))]
World = Literal["quartiers", "ville-intelligente"]
Certainty = Literal["certain", "doute", "tous"]
Level = Literal["pays", "region", "departement", "epci", "commune", "qpv"]

#: What filters met in several lists mean.
THEME = "One of the eight themes"
WORLD = "The world it comes from: neighbourhoods or smart city"
CERTAINTY = "certain: digital; doute: cannot say; tous: both"
LIMIT = "How many at most"

#: Texts that the engine reads: their longest, and how many at once.
LONGEST_TEXT, MOST_TEXTS = 2_000, 50


class Problem(Schema):
    """A sentence in French, then in English."""

    detail: str


class Place(Schema):
    """Where it is among the priority neighbourhoods (QPV); ``distance_m`` is negative inside."""

    code: str | None
    nom: str | None
    etat: str
    distance_m: float | None
    methode: str | None


class Initiative(Schema):
    """An initiative or a relay place, as the edition holds it."""

    id: str
    title: str
    text: str
    kind: str
    certainty: Annotated[str, Field(description="certain, doute or non")]
    score: float | None
    world: str | None
    in_quartiers: bool
    main_theme: str | None
    themes: list[str]
    infra: list[str]
    forms: list[str]
    carrier: str | None
    carrier_type: str | None
    siret: str | None
    rna: str | None
    start: str | None
    end: str | None
    amount_eur: float | None
    address: str | None
    postcode: str | None
    commune: str | None
    insee_code: str | None
    longitude: float | None
    latitude: float | None
    qpv: Place
    place_types: list[str]
    services: list[str]
    sources: list[str]
    url: str | None
    licence: str | None
    updated: str | None
    page: Annotated[str, Field(description="The page that people read")]


class Reason(Schema):
    """The record's own words (``quote``, with their place) or the fact used (``note``)."""

    quote: str | None = None
    start: int | None = None
    end: int | None = None
    concept: str | None = None
    weight: float | None = None
    note: str | None = None
    column: str | None = None


class Verdict(Schema):
    """One conclusion about one record, and why."""

    about: str
    dimension: str
    value: str | None
    score: float | None
    method: str | None
    because: list[Reason]


class SourceRecord(Schema):
    """One record that a source holds on the initiative."""

    id: str
    source: str
    title: str
    url: str | None
    licence: str | None
    retrieved_at: str | None


class InitiativeWhole(Initiative):
    """An initiative with the records it rests on and the reasons of each decision."""

    edition: str
    disagreements: Any | None
    records: list[SourceRecord]
    verdicts: list[Verdict]


class Page(Schema):
    """What every list says: its edition, how many in all, the address of what follows."""

    edition: str
    count: int
    next: str | None


class Initiatives(Page):
    items: list[Initiative]


class TerritoryShape(Schema):
    """A territory that the edition has figures on."""

    code: str
    nom: str
    level: str
    parents: list[str]
    quartiers: int
    population: Annotated[int | None, Field(description="Inhabitants of its QPV; null: unknown")]
    longitude: float | None
    latitude: float | None
    page: str


class TerritoriesPage(Page):
    items: list[TerritoryShape]


class Measure(Schema):
    """One figure, its interval (95 %) and base; ``status`` says when it cannot be shown."""

    indicator: str
    modality: str | None
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    status: str | None


class Measures(Schema):
    edition: str
    territory: str
    items: list[Measure]


class Indicator(Schema):
    """An indicator's card: what it measures, and what it does not say."""

    id: str
    fr: str
    en: str
    unit: str
    base: str
    ne_dit_pas: str
    reference: str
    n_min: int


class Indicators(Schema):
    edition: str
    items: list[Indicator]


class ThemeCount(Schema):
    id: str
    label: str
    covers: str
    initiatives: int


class Themes(Schema):
    edition: str
    items: list[ThemeCount]


class Figure(Schema):
    label: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    unit: str | None = None


class Finding(Schema):
    """One question of the study asked again: ``verdict``, figures with their base, limits."""

    id: str
    question: str
    statement: str
    section: str
    indicator: str
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    unit: str
    verdict: str
    verdict_label: str
    answer: str
    limits: str
    figures: list[Figure]
    evidence: Annotated[list[str], Field(description="Initiatives or territories it rests on")]


class Findings(Schema):
    edition: str
    items: list[Finding]


class ConceptShape(Schema):
    """One notion of the common thesaurus, and what the other world calls it."""

    id: str
    iri: str
    label: str
    label_en: str
    alt: list[str]
    definition: str
    worlds: list[str]
    theme: str | None
    infra: str | None
    form: str | None
    broader: list[str]
    narrower: list[str]
    related: list[str]
    mappings: dict[str, list[str]]
    no_equivalent: str | None
    page: str


class Concepts(Page):
    items: list[ConceptShape]


class HitShape(Schema):
    """One result: its score, and the path from your words to its own."""

    id: str
    title: str
    commune: str | None
    world: str | None
    score: float
    path: list[str]
    page: str


class Hits(Schema):
    edition: str
    items: list[HitShape]


class TextsIn(Schema):
    """One text, or several."""

    text: Annotated[str | None, Field(max_length=LONGEST_TEXT)] = None
    texts: (
        Annotated[
            list[Annotated[str, Field(max_length=LONGEST_TEXT)]],
            Field(min_length=1, max_length=MOST_TEXTS),
        ]
        | None
    ) = None


class Reading(Schema):
    """What ``quartiers detect`` says of a text: digital ∈ oui, non, incertain."""

    digital: str
    score: float
    themes: list[str]
    infra: list[str]
    facets: list[str]
    because: list[Reason]


class Readings(Schema):
    items: list[Reading]


class WhereIn(Schema):
    """What is known of a place: a point (WGS84 degrees), words, or both."""

    longitude: Annotated[float | None, Field(ge=-180, le=180, description="Degrees (WGS84)")] = None
    latitude: Annotated[float | None, Field(ge=-90, le=90, description="Degrees (WGS84)")] = None
    text: Annotated[
        str | None, Field(max_length=LONGEST_TEXT, description="A text that may name the place")
    ] = None
    commune: Annotated[str | None, Field(max_length=200, description="Its name")] = None
    insee_code: Annotated[
        str | None, Field(max_length=5, description="The INSEE code of the commune")
    ] = None
    postcode: Annotated[str | None, Field(max_length=5, description="Five digits")] = None
    address: Annotated[str | None, Field(max_length=300, description="Number and street")] = None
    neighbourhood: Annotated[
        str | None, Field(max_length=200, description="The name in use, as one says it")
    ] = None
    qpv_code: Annotated[
        str | None, Field(max_length=20, description="The code of the quarter, if known")
    ] = None
    kind: Annotated[
        Literal["lieu", "action"], Field(description="A place with walls, or an action")
    ] = "lieu"


class QpvAnswer(Schema):
    code: str | None
    nom: str | None
    generation: str | None
    etat: str
    distance_m: float | None
    methode: str | None
    score: float | None
    because: list[Reason]


class Located(Schema):
    """What ``quartiers locate`` says: the quarters, the state of the best answer, why."""

    qpv: list[QpvAnswer]
    qpv_etat: str
    qpv_because: list[Reason]
