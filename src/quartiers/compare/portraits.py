"""What a page about a territory needs beyond its measures, computed once, so that no page computes.

**Reads** the initiative view, the territories, the perimeters when given. **Writes** the tables of
:data:`PORTRAITS`.
**Method** One function a table: who each territory is, which initiatives stand on it, its peers and
what they do that it does not, its nearest relay places, its years; and, for the nation, the profile of
each theme, the words of the two worlds and the sentences that hold them, the renewal sites with their
doors, the perimeters. A page, a report or a program reads rows.
**Limits** Peers are looked for among EPCI, communes and quarters only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import shapely

from quartiers.bridge.opportunities import opportunity_rows
from quartiers.compare.cards import carrier_kind, label, relays
from quartiers.compare.examples import choose
from quartiers.compare.holdings import STANDS, Ground, Grounds, Row, hold, is_held, lay, read_view
from quartiers.compare.indicators import year_of
from quartiers.compare.intervals import wilson
from quartiers.compare.peers import Peer, city_of, facts_of, lacking, level_of, peers_in, region_of
from quartiers.compare.vocabulary import worlds_gap
from quartiers.locate.perimeters import read_perimeters_wgs84
from quartiers.locate.relays import coverage, minutes
from quartiers.shapes import FORMS, THEMES, rows_batch
from quartiers.tables import PORTRAITS
from quartiers.territories import Territories

#: Levels whose territories have peers.
PEERED = ("EPCI", "COM", "QPV")
#: Practices of the peers that a territory lacks: how many are kept, with how many examples each.
LACKS, EXAMPLES = 12, 3
#: Decimals of a degree kept in a drawn perimeter: about a metre.
DECIMALS = 5


def portraits(
    initiatives: pa.Table, territories: Territories, *, perimeters: Path | None = None
) -> dict[str, pa.Table]:
    """Every table of :data:`PORTRAITS`, by name."""
    view = read_view(initiatives)
    grounds = lay(territories)
    held = hold(view, grounds)
    peers = {
        code: peers_in(level, code)
        for level in (level_of(grounds, name) for name in PEERED)
        for code in level.place
    }
    rows: dict[str, Iterator[dict[str, Any]]] = {
        "territories": territory_rows(grounds, held),
        "holdings": holding_rows(grounds, held),
        "peers": peer_rows(peers),
        "lacks": lack_rows(grounds, held, peers),
        "relays": relay_rows(view, territories, perimeters),
        "years": year_rows(grounds, held),
        "profiles": profile_rows(held.get("FR", [])),
        **word_tables(view),
        "renewals": renewal_rows(territories),
        "opportunities": opportunity_rows(grounds, held, view, peers, relays()),
        "perimeters": perimeter_rows(perimeters),
    }
    return {
        name: pa.Table.from_batches([rows_batch(rows[name], schema)])
        for name, schema in PORTRAITS.items()
    }


def territory_rows(grounds: Grounds, held: Mapping[str, Sequence[Row]]) -> Iterator[dict[str, Any]]:
    """Each territory that has quarters: its facts, all of them about its quarters but ``city``."""
    for ground in grounds.by_code.values():
        if not ground.quartiers:
            continue
        quarters = [grounds.territories.qpv[code] for code in ground.quartiers]
        facts = facts_of(ground, grounds.territories)
        yield {
            "code": ground.code,
            "level": ground.level,
            "name": ground.name,
            "region": region_name(ground, grounds.territories),
            "departments": sorted(ground.departments),
            "communes": sorted({n for q in quarters for n in q.communes_noms}),
            "quartiers": ground.quartiers,
            "population": ground.population,
            "poverty": facts["poverty"],
            "city": city_of(ground, grounds.territories) or None,
            "renewal": facts["renewal"],
            "longitude": sum(q.longitude for q in quarters) / len(quarters),
            "latitude": sum(q.latitude for q in quarters) / len(quarters),
            "initiatives": len(held.get(ground.code, ())),
        }


def region_name(ground: Ground, territories: Territories) -> str | None:
    """The name of the région of most of its quarters; None for the nation and where there is none."""
    code = region_of(ground, territories)
    return territories.label(f"REG{code}") if code and ground.level != "FR" else None


def holding_rows(grounds: Grounds, held: Mapping[str, Sequence[Row]]) -> Iterator[dict[str, Any]]:
    """Which initiatives of the quarters stand on which territory (the nation's are all of them)."""
    for code in grounds.by_code:
        for row in held.get(code, ()):
            yield {"territory": code, "initiative": row["id"]}


def peer_rows(peers: Mapping[str, Sequence[Peer]]) -> Iterator[dict[str, Any]]:
    """The territories that resemble each one, nearest first."""
    for code, alike in peers.items():
        for rank, peer in enumerate(alike, 1):
            yield {
                "territory": code,
                "rank": rank,
                "peer": peer.ground.code,
                "distance": peer.distance,
            }


def lack_rows(
    grounds: Grounds, held: Mapping[str, Sequence[Row]], peers: Mapping[str, Sequence[Peer]]
) -> Iterator[dict[str, Any]]:
    """What a territory's peers do and that was not found on it, with initiatives to call."""
    for code, alike in peers.items():
        found = lacking(grounds.by_code[code], alike, held)
        for rank, item in enumerate(found[:LACKS], 1):
            yield {
                "territory": code,
                "rank": rank,
                "kind": item.kind,
                "value": item.value,
                "label": label(item.kind, item.value),
                "having": item.having,
                "peers": item.peers,
                "expected": item.expected,
                "examples": [r["id"] for r in choose(item.examples, EXAMPLES)],
            }


def relay_rows(
    view: Sequence[Row], territories: Territories, perimeters: Path | None
) -> Iterator[dict[str, Any]]:
    """For each quarter, the nearest relay place of each type that is known around it."""
    places = [row for row in view if relays() & set(row["place_types"] or ())]
    titles = {row["id"]: row["title"] for row in places}
    inside: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in places:  # an initiative may name its quarter and have no point
        if is_held(row) and row["qpv_etat"] in STANDS:
            for kind in relays() & set(row["place_types"] or ()):
                inside[row["qpv_code"], kind].append(row)
    covers = {
        (c.qpv_code, c.place_type): c for c in coverage(places, perimeters, types=sorted(relays()))
    }
    for code, quarter in territories.qpv.items():
        for kind in sorted(relays()):
            cover, here = covers.get((code, kind)), inside.get((code, kind), [])
            metres = 0.0 if here else (cover.nearest_m if cover else None)
            if metres is None or minutes(metres) > 60:
                continue
            count = max(len(here), cover.within_walk if cover else 0)
            nearest = here[0]["id"] if here else (cover.nearest_id if cover else None)
            yield {
                "territory": code,
                "place_type": kind,
                "label": label("lieu", kind),
                "nearest": nearest,
                "title": titles.get(nearest or ""),
                "metres": metres,
                "minutes": minutes(metres),
                "within_walk": count,
                "inhabitants": quarter.population / count if count and quarter.population else None,
            }


def year_rows(grounds: Grounds, held: Mapping[str, Sequence[Row]]) -> Iterator[dict[str, Any]]:
    """Initiatives by year of start, of all themes (``theme`` None) and of each."""
    for code in grounds.by_code:
        counts: Counter[tuple[str, int]] = Counter()
        for row in held.get(code, ()):
            if (year := year_of(row)) is not None:
                counts.update((theme, year) for theme in ["", *(row["themes"] or ())])
        for (theme, year), n in sorted(counts.items()):
            yield {"territory": code, "theme": theme or None, "year": year, "n": n}


def profile_rows(held: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Each theme over forms, relay places and carriers: shares with their interval and base."""
    for theme in THEMES:
        part = [r for r in held if theme in (r["themes"] or ())]
        known = [[carrier_kind(r["carrier_type"])] for r in part if r["carrier_type"]]
        values: dict[str, list[Sequence[str]]] = {
            "forme": [r["forms"] or () for r in part],
            "lieu": [sorted(relays() & set(r["place_types"] or ())) for r in part],
            "porteur": list(known),
        }
        for dimension, rows in values.items():
            counts = Counter(v for row in rows for v in set(row))
            if dimension == "lieu":
                counts["un-relais"] = sum(bool(row) for row in rows)
            names = FORMS if dimension == "forme" else sorted(counts)
            for value in names:
                low, high = wilson(counts[value], len(rows))
                yield {
                    "theme": theme,
                    "dimension": dimension,
                    "value": value,
                    "label": label(dimension, value),
                    "k": counts[value],
                    "n": len(rows),
                    "share": counts[value] / len(rows) if rows else None,
                    "low": low,
                    "high": high,
                }


def word_tables(view: Sequence[Row]) -> dict[str, Iterator[dict[str, Any]]]:
    """The words of the two worlds, the company of two of them, and sentences that hold them."""
    gap = worlds_gap(view)
    words = gap.words if gap else []
    companies = gap.companies if gap else []
    return {
        "words": (
            {"word": w.word, "quarters": w.quarters, "smart": w.smart, "delta": w.delta, "z": w.z}
            for w in sorted(words, key=lambda w: (-w.z, w.word))
        ),
        "neighbours": (
            {"family": c.name, "world": world, "word": word, "n": n}
            for c in companies
            for world, side in zip(WORLDS, c.neighbours, strict=True)
            for word, n in side
        ),
        "quotes": (
            {"family": c.name, "world": world, "initiative": q.initiative, "title": q.title}
            | {"quote": q.quote}
            for c in companies
            for world, side in zip(WORLDS, c.quotes, strict=True)
            for q in side
        ),
    }


WORLDS = ("quartiers", "ville-intelligente")


def renewal_rows(territories: Territories) -> Iterator[dict[str, Any]]:
    """Each renewal site, a row a quarter, with the door open to each subject at its phase."""
    for site in territories.renewal.values():
        doors = territories.doors_of(site)
        for code in site.qpv or (None,):
            yield {
                "site": site.site_id,
                "territory": code,
                "name": site.nom,
                "commune": site.commune,
                "phase": site.phase,
                "phase_code": site.phase_code,
                "seen": site.phase_as_of,
                "protocole": site.protocole,
                "convention": site.convention,
                "travaux": site.travaux,
                "fin_prevue": site.fin_prevue,
                "concertation": site.concertation,
                "doors": [f"{territories.subjects[s]}={door}" for s, door in doors.items()],
                "url": site.source_url if site.source_url.startswith("http") else None,
                "source": site.source_title,
            }


def perimeter_rows(path: Path | None) -> Iterator[dict[str, Any]]:
    """Each quarter's perimeter as GeoJSON, for a map; nothing when no perimeters were read."""
    if path is None or not path.is_file():
        return
    for code, shape in sorted(read_perimeters_wgs84(path).items()):
        rounded = shapely.set_precision(shape, 10**-DECIMALS)
        yield {"territory": code, "geojson": shapely.to_geojson(rounded)}
