"""The indicators: one function a figure, named as the thing measured.

**Reads** the initiatives that one territory holds. **Writes** nothing.
**Method** Each function takes a :class:`Scene` and yields :class:`Figure`; its card, of the same name,
is in ``study/indicateurs.toml``. :data:`INDICATORS` is their order in every table.
**Limits** Shares are shares of what was found. A figure under its smallest base keeps its interval
and loses its value: see :func:`quartiers.compare.measuring.status_of`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from quartiers.compare.cards import carrier_kind, relays
from quartiers.compare.coverage import counted
from quartiers.compare.holdings import STANDS, Ground, Row
from quartiers.compare.intervals import (
    concentration,
    median_interval,
    poisson_limits,
    quotient,
    shrunk,
    wilson,
)
from quartiers.text import fold
from quartiers.vocabularies import FORMS, INFRA, THEMES

#: Years back from the edition's year that count as recent.
RECENT_YEARS = 5
#: Under this many initiatives a location quotient says nothing.
QUOTIENT_MIN = 5


@dataclass(slots=True)
class Figure:
    """One value of an indicator, with its interval and its base."""

    modality: str | None
    value: float | None
    low: float | None
    high: float | None
    n: int
    absent: bool | None = None


@dataclass(slots=True)
class Scene:
    """A territory under the eye: what it holds, what the nation holds, what could be seen."""

    ground: Ground
    held: Sequence[Row]
    widely_told: Mapping[str, frozenset[str]]
    themes_nation: Counter[str]
    carriers_nation: Counter[str]
    prior: tuple[float, float] | None = None
    expected: float | None = None
    looking: int = 0
    none_by_chance: float | None = None
    theme_none: dict[str, float] = field(default_factory=dict)
    theme_rates: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    year: int = 0
    walkable: Mapping[str, frozenset[str]] = field(default_factory=dict)


def share(modality: str | None, k: int, n: int) -> Figure:
    """``k / n`` and its Wilson interval."""
    low, high = wilson(k, n)
    return Figure(modality, k / n if n else None, low, high, n)


def shares(
    values: Iterable[Iterable[str] | None], modalities: Sequence[str] | None, n: int
) -> Iterator[Figure]:
    """The share of initiatives having each value; every modality asked for, or those found."""
    counts = Counter(value for row in values for value in set(row or ()))
    for name in modalities if modalities is not None else sorted(counts):
        yield share(name, counts[name], n)


def initiatives(scene: Scene) -> Iterator[Figure]:
    k = len(scene.held)
    low, high = poisson_limits(k)
    yield Figure(None, float(k), low, high, k)


def attendues(scene: Scene) -> Iterator[Figure]:
    if scene.expected is not None and scene.looking:
        yield Figure(None, scene.expected, None, None, scene.looking)


def trouvees_sur_attendues(scene: Scene) -> Iterator[Figure]:
    if scene.expected and scene.looking:
        k = counted(scene.held)
        low, high = poisson_limits(k)
        yield Figure(None, k / scene.expected, low / scene.expected, high / scene.expected, k)


def chance_de_zero(scene: Scene) -> Iterator[Figure]:
    if scene.none_by_chance is not None and scene.looking and not scene.held:
        yield Figure(None, scene.none_by_chance, None, None, scene.looking)


def pour_1000(scene: Scene) -> Iterator[Figure]:
    population = scene.ground.population
    if population:
        k = len(scene.held)
        low, high = poisson_limits(k)
        scale = 1000 / population
        yield Figure(None, k * scale, low * scale, high * scale, population)


def pour_1000_lisse(scene: Scene) -> Iterator[Figure]:
    population = scene.ground.population
    if population and scene.prior:
        value, low, high = shrunk(len(scene.held), population / 1000, scene.prior)
        yield Figure(None, value, low, high, population)


def pour_1000_theme(scene: Scene) -> Iterator[Figure]:
    population = scene.ground.population
    if population:
        counts = Counter(t for r in scene.held for t in set(r["themes"] or ()))
        for name in THEMES:
            low, high = poisson_limits(counts[name])
            scale = 1000 / population
            yield Figure(name, counts[name] * scale, low * scale, high * scale, population)


def pour_1000_theme_lisse(scene: Scene) -> Iterator[Figure]:
    population = scene.ground.population
    if population and scene.theme_rates:
        counts = Counter(t for r in scene.held for t in set(r["themes"] or ()))
        for name, prior in scene.theme_rates.items():
            if counts[name] or scene.ground.level not in ("COM", "QPV"):
                yield Figure(name, *shrunk(counts[name], population / 1000, prior), population)


def theme(scene: Scene) -> Iterator[Figure]:
    for figure in shares((r["themes"] for r in scene.held), THEMES, len(scene.held)):
        if figure.value == 0 and figure.modality in scene.theme_none:
            figure.absent = scene.theme_none[figure.modality] < 0.05
        yield figure


def quotient_theme(scene: Scene) -> Iterator[Figure]:
    shared = [scene.widely_told[r["id"]] for r in scene.held if r["id"] in scene.widely_told]
    n, others = len(shared), len(scene.widely_told) - len(shared)
    if n < QUOTIENT_MIN or others < QUOTIENT_MIN:
        return
    here = Counter(theme for told in shared for theme in told)
    for name in THEMES:
        elsewhere = scene.themes_nation[name] - here[name]
        value, low, high = quotient(here[name], n, elsewhere, others)
        if value is not None:
            yield Figure(name, value, low, high if math.isfinite(high) else None, n)


def forme(scene: Scene) -> Iterator[Figure]:
    yield from shares((r["forms"] for r in scene.held), FORMS, len(scene.held))


def infra(scene: Scene) -> Iterator[Figure]:
    yield from shares((r["infra"] for r in scene.held), INFRA, len(scene.held))
    yield share("ensemble", sum(bool(r["infra"]) for r in scene.held), len(scene.held))


def rests_on_relay(initiative: Row) -> bool:
    """Whether it names, or is, a relay place."""
    return bool(relays() & set(initiative["place_types"] or ()))


def lieu_relais(scene: Scene) -> Iterator[Figure]:
    yield share(None, sum(map(rests_on_relay, scene.held)), len(scene.held))


def lieu_type(scene: Scene) -> Iterator[Figure]:
    yield from shares((r["place_types"] for r in scene.held), None, len(scene.held))


def porteur_type(scene: Scene) -> Iterator[Figure]:
    known = [carrier_kind(r["carrier_type"]) for r in scene.held if r["carrier_type"]]
    yield from shares(([kind] for kind in known), None, len(known))


def carriers(held: Iterable[Row]) -> Counter[str]:
    """Carrier's folded name → initiatives carried."""
    return Counter(fold(str(r["carrier"])).strip() for r in held if r["carrier"])


def porteur_concentration(scene: Scene) -> Iterator[Figure]:
    counts = list(carriers(scene.held).values())
    value, low, high = concentration(counts)
    if value is not None:
        yield Figure(None, value, low, high, sum(counts))


def porteur_isole(scene: Scene) -> Iterator[Figure]:
    names = carriers(scene.held)
    if names:
        yield share(None, sum(scene.carriers_nation[name] == 1 for name in names), len(names))


def montant_median(scene: Scene) -> Iterator[Figure]:
    amounts = [float(r["amount_eur"]) for r in scene.held if r["amount_eur"]]
    if amounts:
        yield Figure(None, *median_interval(amounts), len(amounts))


def year_of(initiative: Row) -> int | None:
    """The year in which it began, if its source says so credibly."""
    text = str(initiative["start"] or "")[:4]
    return int(text) if text.isdigit() and 1980 <= int(text) <= 2100 else None


def annee_mediane(scene: Scene) -> Iterator[Figure]:
    years = [float(year) for r in scene.held if (year := year_of(r))]
    if years:
        yield Figure(None, *median_interval(years), len(years))


def renouvellement(scene: Scene) -> Iterator[Figure]:
    years = [year for r in scene.held if (year := year_of(r))]
    if years:
        yield share(None, sum(y > scene.year - RECENT_YEARS for y in years), len(years))


def quartiers_atteints(scene: Scene) -> Iterator[Figure]:
    quartiers = set(scene.ground.quartiers)
    if quartiers and scene.ground.level != "QPV":
        found = {r["qpv_code"] for r in scene.held if r["qpv_etat"] in STANDS}
        yield share(None, len(found & quartiers), len(quartiers))


def quartiers_relais(scene: Scene) -> Iterator[Figure]:
    quartiers = set(scene.ground.quartiers)
    if quartiers and scene.ground.level != "QPV":
        found = {r["qpv_code"] for r in scene.held if r["qpv_etat"] in STANDS and rests_on_relay(r)}
        yield share(None, len(found & quartiers), len(quartiers))


def relais_a_pied(scene: Scene) -> Iterator[Figure]:
    near = [scene.walkable[c] for c in scene.ground.quartiers if c in scene.walkable]
    if near and scene.ground.level != "QPV":
        yield share(None, sum(map(bool, near)), len(near))
        yield from shares(near, None, len(near))


def localisees(scene: Scene) -> Iterator[Figure]:
    if scene.ground.level != "QPV":
        located = sum(bool(r["qpv_code"]) and r["qpv_etat"] in STANDS for r in scene.held)
        yield share(None, located, len(scene.held))


def source(scene: Scene) -> Iterator[Figure]:
    yield from shares((r["sources"] for r in scene.held), None, len(scene.held))


#: Every indicator, in the order of the tables. Those of :data:`OF_NOTHING` speak of empty ground too.
INDICATORS: tuple[Callable[[Scene], Iterator[Figure]], ...] = (
    *(initiatives, attendues, trouvees_sur_attendues, chance_de_zero),
    *(pour_1000, pour_1000_lisse),
    *(pour_1000_theme, pour_1000_theme_lisse, theme, quotient_theme),
    *(forme, infra, lieu_relais, lieu_type, porteur_type, porteur_concentration, porteur_isole),
    *(montant_median, annee_mediane, renouvellement, quartiers_atteints, quartiers_relais),
    *(relais_a_pied, localisees, source),
)
OF_NOTHING = (initiatives, attendues, chance_de_zero, pour_1000_lisse, relais_a_pied)
