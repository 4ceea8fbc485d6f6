"""Measures: every indicator on every territory, with interval, base and status.

**Reads** the initiative view, the records, the territories. **Writes** rows of MEASURE_SCHEMA.
**Method** Territories of one level share a prior (rates) and an expectation (what sources should
find). ``status``: «mesure»; «petit-nombre», the base is under the card's smallest and the value is
withheld; «absent», none found where finding none was less than 5 % likely; «non-observe», none found
and nothing learnt from it.
**Limits** The 5 % is asked of each territory by itself: of a thousand that hold as much as the
others, some fifty would be called absent. Read the probability beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from quartiers.compare.cards import read_cards, relays
from quartiers.compare.coverage import expectations, looks, wide_sources
from quartiers.compare.holdings import (
    COLUMNS,
    LEVELS,
    NATION,
    STANDS,
    Ground,
    Row,
    hold,
    is_held,
    lay,
    read_view,
)
from quartiers.compare.indicators import INDICATORS, OF_NOTHING, Figure, Scene, carriers, year_of
from quartiers.compare.intervals import chance_of_none, fit_gamma
from quartiers.locate.relays import coverage
from quartiers.shapes import MEASURE_SCHEMA, THEMES, rows_batch
from quartiers.territories import Territories

#: Finding none is news under this probability.
SURPRISE = 0.05


def measures(
    initiatives: pa.Table,
    records: pa.Table,
    classifications: pa.Table,
    territories: Territories,
    *,
    perimeters: Path | None = None,
) -> pa.Table:
    """Every indicator for every territory: rows of MEASURE_SCHEMA, in a fixed order."""
    grounds = lay(territories)
    rows = read_view(initiatives.select(list(COLUMNS)))
    held = hold(rows, grounds)
    seen = looks(records)
    widely = widely_told(held.get(NATION, ()), classifications, wide_sources(seen))
    walkable = walkable_relays(rows, perimeters)
    lines = [
        line
        for level in LEVELS
        for line in measure_level(
            [g for g in grounds.by_code.values() if g.level == level],
            held,
            seen,
            widely,
            study_year(rows),
            walkable,
        )
    ]
    return pa.Table.from_batches([rows_batch(lines, MEASURE_SCHEMA)])


def measure_level(
    level: Sequence[Ground],
    held: Mapping[str, Sequence[Row]],
    seen: Mapping[str, set[str]],
    widely: Mapping[str, frozenset[str]],
    year: int,
    walkable: Mapping[str, frozenset[str]],
) -> Iterator[dict[str, Any]]:
    """The measures of the territories of one level."""
    nation = held.get(NATION, [])
    themes = Counter(theme for told in widely.values() for theme in told)
    known = carriers(nation)
    peopled = [g for g in level if g.population]
    prior = fit_gamma(
        [len(held.get(g.code, ())) for g in peopled],
        [(g.population or 0) / 1000 for g in peopled],
    )
    foreseen = expectations(level, held, seen)
    by_theme = theme_priors(level, held, {c: e.expected for c, e in foreseen.items()})
    rates = theme_priors(level, held, {g.code: (g.population or 0) / 1000 for g in peopled})
    for ground in level:
        here = foreseen.get(ground.code)
        scene = Scene(
            ground,
            held.get(ground.code, ()),
            widely,
            themes,
            known,
            prior=prior if len(peopled) > 1 else None,
            expected=here.expected if here else None,
            looking=here.looking if here else 0,
            none_by_chance=here.none if here else None,
            theme_none={
                name: chance_of_none(here.expected, by_theme[name])
                for name in by_theme
                if here and here.expected
            },
            theme_rates=rates if len(peopled) > 1 else {},
            year=year,
            walkable=walkable,
        )
        yield from measure_ground(scene)


def widely_told(
    nation: Sequence[Row], classifications: pa.Table, everywhere: frozenset[str]
) -> dict[str, frozenset[str]]:
    """Initiative → the themes told by its records of the sources present everywhere (maybe none); the
    initiatives without such a record are left out. What a local source adds is told of one place only."""
    told: dict[str, set[str]] = {}
    themes = classifications.filter(pc.field("dimension") == "theme")
    for about, value in zip(themes["about"].to_pylist(), themes["value"].to_pylist(), strict=True):
        told.setdefault(about, set()).add(value)
    known = {
        row["id"]: [r for r in row["records"] or () if r.split(":", 1)[0] in everywhere]
        for row in nation
    }
    return {
        entity: frozenset(theme for record in records for theme in told.get(record, ()))
        for entity, records in known.items()
        if records
    }


def walkable_relays(rows: Sequence[Row], perimeters: Path | None) -> dict[str, frozenset[str]]:
    """QPV → the types of relay place known within a quarter of an hour's walk (maybe none)."""
    places = [row for row in rows if relays() & set(row["place_types"] or ())]
    near: dict[str, set[str]] = {}
    for cover in coverage(places, perimeters, types=sorted(relays())):
        types = near.setdefault(cover.qpv_code, set())
        if cover.status == "present":
            types.add(cover.place_type)
    for row in places:  # an initiative may name its quarter and have no point
        if is_held(row) and row["qpv_etat"] in STANDS and row["qpv_code"] in near:
            near[row["qpv_code"]] |= relays() & set(row["place_types"] or ())
    return {code: frozenset(types) for code, types in near.items()}


def theme_priors(
    level: Sequence[Ground],
    held: Mapping[str, Sequence[Row]],
    exposed: Mapping[str, float],
) -> dict[str, tuple[float, float]]:
    """Theme → the prior of how many of it a territory holds for each unit of its exposure."""
    fitted = [g for g in level if exposed.get(g.code, 0) > 0]
    exposures = [exposed[g.code] for g in fitted]
    return {
        theme: fit_gamma(
            [sum(theme in (r["themes"] or ()) for r in held.get(g.code, ())) for g in fitted],
            exposures,
        )
        for theme in (THEMES if fitted else ())
    }


def measure_ground(scene: Scene) -> Iterator[dict[str, Any]]:
    """The rows of one territory; of empty ground, only what emptiness can say."""
    for indicator in INDICATORS if scene.held else OF_NOTHING:
        name = indicator.__name__
        for figure in indicator(scene):
            if scene.ground.level in ("COM", "QPV") and is_silent(figure):
                continue
            status = status_of(name, figure, scene)
            yield {
                "territory": scene.ground.code,
                "indicator": name,
                "modality": figure.modality,
                "value": figure.value if status in ("mesure", "absent") else None,
                "low": figure.low,
                "high": figure.high,
                "n": figure.n,
                "status": status,
            }


def is_silent(figure: Figure) -> bool:
    """A zero of a detail on a small territory, of which nothing is learnt: no row says as much."""
    return figure.modality is not None and figure.value == 0 and not figure.absent


def status_of(indicator: str, figure: Figure, scene: Scene) -> str:
    """«mesure», «petit-nombre», «absent» or «non-observe»: see the module."""
    if indicator == "initiatives" and not scene.held:
        sure = scene.looking > 0 and (scene.none_by_chance or 1.0) < SURPRISE
        return "absent" if sure else "non-observe"
    if figure.absent is not None:
        return "absent" if figure.absent else "non-observe"
    return "mesure" if figure.n >= read_cards()[indicator].n_min else "petit-nombre"


def study_year(rows: Sequence[Row]) -> int:
    """The year of the study: the latest in which an initiative of the view began."""
    return max((year for row in rows if (year := year_of(row))), default=0)
