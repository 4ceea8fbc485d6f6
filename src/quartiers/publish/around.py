"""What surrounds a portrait: its quarters, its peers, its renewal operations.

**Reads** a :class:`Folder` and the territories. **Writes** the template's words.
**Method** One function a table. A door at a phase of renewal is the study's judgement.
**Limits** A phase seen more than two years ago is printed with «à vérifier».
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow.parquet as pq

from quartiers.compare.answers import number
from quartiers.compare.cards import label, relays
from quartiers.compare.examples import choose
from quartiers.compare.holdings import STANDS, Ground, Grounds, Row
from quartiers.compare.peers import Peer, lacking
from quartiers.locate.relays import coverage, minutes
from quartiers.publish.folder import Folder, Measures
from quartiers.publish.pages import case, day, listed
from quartiers.territories import Territories

DOORS: dict[str, str] = {
    "ideale": "c'est le moment",
    "possible": "encore possible",
    "avenant": "par avenant",
    "chere": "possible, mais payé deux fois",
    "fermee": "trop tard",
}


def nearby(
    ground: Ground, folder: Folder, grounds: Grounds, held: dict[str, list[Row]]
) -> list[dict[str, Any]]:
    """For a quarter: what its commune holds without saying in which quarter, and what is close."""
    if ground.level != "QPV":
        return []
    communes = {grounds.territories.city(c) for c in grounds.territories.qpv[ground.code].communes}
    near = [r for r in folder.view if r["qpv_code"] == ground.code and r["qpv_etat"] == "proche"]
    vague = [
        r for c in sorted(communes) for r in held.get(f"COM{c}", ()) if r["qpv_etat"] not in STANDS
    ]
    kept = {r["id"]: r for r in [*near, *vague] if r["digital"] == "numerique"}
    return [case(r, folder.titles) for r in choose(list(kept.values()), 8)]


#: How far around a quarter its relay places are looked for, in degrees (some eleven kilometres).
AROUND_DEG = 0.1


def walks(
    ground: Ground, folder: Folder, territories: Territories, mine: Sequence[Row]
) -> list[dict[str, Any]]:
    """For a quarter: the nearest relay place of each type, and how many are within a walk."""
    if ground.level != "QPV":
        return []
    q = territories.qpv[ground.code]
    columns = ["id", "title", "longitude", "latitude", "place_types"]
    near = pq.read_table(
        folder.path / "initiatives.parquet",
        columns=columns,
        filters=[
            ("longitude", ">", q.longitude - AROUND_DEG),
            ("longitude", "<", q.longitude + AROUND_DEG),
            ("latitude", ">", q.latitude - AROUND_DEG),
            ("latitude", "<", q.latitude + AROUND_DEG),
        ],
    )
    places = [row for row in near.to_pylist() if relays() & set(row["place_types"] or ())]
    names = {row["id"]: row["title"] for row in places}
    inside = {
        kind: [r["title"] for r in mine if kind in (r["place_types"] or ())]
        for row in mine
        for kind in relays() & set(row["place_types"] or ())
    }
    covers = {c.place_type: c for c in coverage(places) if c.qpv_code == ground.code}
    lines = []
    for kind in sorted(relays() & (covers.keys() | inside.keys())):
        cover, here = covers.get(kind), inside.get(kind, [])
        metres = 0.0 if here else (cover.nearest_m if cover else None)
        if metres is None:
            continue
        count = max(len(here), cover.within_walk if cover else 0)
        lines.append(
            {
                "label": label("lieu", kind),
                "nearest": here[0] if here else names.get(cover.nearest_id or "" if cover else ""),
                "minutes": walk_text(metres),
                "metres": metres,
                "count": number(count) if count else "non observé",
                "people": q.population / count if count and q.population else None,
            }
        )
    return sorted(lines, key=lambda line: (line["metres"], line["label"]))


def walk_text(metres: float) -> str:
    """A walk as people say it."""
    if not metres:
        return "dans le quartier"
    return f"{number(minutes(metres))} min" if minutes(metres) < 60 else "plus d'une heure"


def quartier_rows(
    ground: Ground, territories: Territories, folder: Folder, held: dict[str, list[Row]]
) -> list[dict[str, Any]]:
    """Each quarter of the territory: people, what was found, what was expected."""
    if ground.level == "QPV":
        return []
    measures = folder.measures(*ground.quartiers)
    rows = []
    for code in ground.quartiers:
        q, here = territories.qpv[code], measures[code]
        count, expected = here.get(("initiatives", None), {}), here.get(("attendues", None), {})
        rows.append(
            {
                "name": q.nom,
                "code": code,
                "communes": listed(q.communes_noms),
                "population": q.population,
                "n": len(held.get(code, ())),
                "expected": expected.get("value"),
                "status": {"absent": "absent", "non-observe": "non observé"}.get(
                    str(count.get("status")), ""
                ),
                "renewal": "oui" if q.in_renewal else "",
            }
        )
    return sorted(rows, key=lambda r: (-r["n"], -(r["population"] or 0), r["code"]))


def peer_rows(
    ground: Ground, grounds: Grounds, peers: Sequence[Peer], measures: dict[str, Measures]
) -> list[dict[str, Any]]:
    """The territory and its peers, side by side."""
    rows = []
    for other, distance in [(ground, 0.0), *((p.ground, p.distance) for p in peers)]:
        here = measures[other.code]
        count, rate = here.get(("initiatives", None), {}), here.get(("pour_1000_lisse", None), {})
        region = grounds.territories.qpv[other.quartiers[0]].region_nom if other.quartiers else ""
        town = grounds.territories.qpv[other.quartiers[0]].communes_noms
        rows.append(
            {
                "name": f"{other.name}, {town[0]}" if other.level == "QPV" else other.name,
                "region": region,
                "population": other.population,
                "distance": distance,
                "n": count.get("value") or 0,
                "value": rate.get("value"),
                "low": rate.get("low"),
                "high": rate.get("high"),
                "self": other is ground,
            }
        )
    return rows


def lacking_rows(
    ground: Ground, peers: Sequence[Peer], held: dict[str, list[Row]], folder: Folder
) -> list[dict[str, Any]]:
    """What peers do and that was not found here, with an example to call."""
    return [
        {
            "label": label(item.kind, item.value),
            "kind": {
                "theme": "thème",
                "forme": "forme",
                "infra": "infrastructure",
                "lieu": "lieu relais",
            }[item.kind],
            "having": f"{item.having} sur {item.peers}",
            "expected": item.expected,
            "case": case(choose(item.examples, 1)[0], folder.titles),
        }
        for item in lacking(ground, peers, held)[:10]
    ]


def renewal_rows(ground: Ground, territories: Territories, folder: Folder) -> list[dict[str, Any]]:
    """The urban-renewal operations, their phase, what can still be brought in."""
    sites = {s.site_id: s for code in ground.quartiers for s in territories.renewals_of(code)}
    year = int(folder.manifest["built_at"][:4])
    rows = []
    for site in sites.values():
        seen = (site.phase_as_of or "")[:4]
        recent = bool(site.phase_code) and seen.isdigit() and year - int(seen) < 2
        doors = territories.doors_of(site)
        rows.append(
            {
                "name": f"{site.nom} ({site.commune})",
                "phase": site.phase,
                "seen": day(site.phase_as_of) if site.phase_as_of else "date inconnue",
                "dates": ", ".join(
                    f"{word} {value}"
                    for word, value in (
                        ("protocole", site.protocole),
                        ("convention", site.convention),
                        ("travaux", site.travaux),
                        ("fin prévue", site.fin_prevue),
                    )
                    if value
                ),
                "recent": recent,
                "concertation": site.concertation,
                "doors": [
                    {"subject": territories.subjects[s], "door": DOORS[door], "key": door}
                    for s, door in doors.items()
                ],
                "url": site.source_url if site.source_url.startswith("http") else None,
                "title": site.source_title,
            }
        )
    return rows
