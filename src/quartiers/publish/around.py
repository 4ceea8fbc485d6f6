"""What surrounds a portrait: its map, its quarters, its peers, its renewal operations.

**Reads** a :class:`Folder`. **Writes** the template's words.
**Method** One function a table, from the rows that the build wrote (``compare.reading``). A door at a
phase of renewal is the study's judgement; sites at the same phase are told together.
**Limits** A phase seen more than two years ago is printed with «à vérifier».
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from quartiers.compare.answers import number
from quartiers.compare.examples import choose
from quartiers.compare.holdings import STANDS, Row
from quartiers.compare.reading import neighbours_of
from quartiers.publish.folder import Folder
from quartiers.publish.maps import Spot, territory_map
from quartiers.publish.pages import case, day, listed
from quartiers.territories import Territories, plain

Line = dict[str, Any]
#: The state of a door → its words, the best first.
DOORS: dict[str, str] = {
    "ideale": "C'est le moment",
    "possible": "Encore possible",
    "avenant": "Par avenant",
    "chere": "Possible, mais payé deux fois",
    "fermee": "Trop tard",
}
KINDS = {"theme": "thème", "forme": "forme", "infra": "infrastructure", "lieu": "lieu relais"}


def nearby(page: Line, folder: Folder, territories: Territories) -> list[Line]:
    """For a quarter: what its commune holds without saying in which quarter, and what is close."""
    code = page["territory"]["code"]
    if page["territory"]["level"] != "QPV":
        return []
    kept = neighbours_of(folder.tables, code, territories.qpv[code].communes)
    return [case(r, folder.title_of) for r in choose(kept, 8)]


def picture(page: Line, mine: Sequence[Row], territories: Territories) -> Line:
    """The map of the quarters, with what it shows in words; nothing for a région or a département."""
    here = page["territory"]
    if here["level"] not in ("EPCI", "COM", "QPV"):
        return {"map": "", "map_text": ""}
    counts: dict[str, int] = {}
    for row in mine:
        if row["qpv_etat"] in STANDS:
            counts[row["qpv_code"]] = counts.get(row["qpv_code"], 0) + 1
    spots = [
        Spot(
            code,
            territories.qpv[code].nom,
            territories.qpv[code].longitude,
            territories.qpv[code].latitude,
            territories.qpv[code].superficie_ha,
            counts.get(code, 0),
            page["perimeters"].get(code),
        )
        for code in here["quartiers"]
    ]
    points = [(r["longitude"], r["latitude"]) for r in mine if r["longitude"] is not None]
    drawn = (
        "périmètres de 2024, simplifiés"
        if page["perimeters"]
        else "chaque quartier est un disque de même surface : cette édition n'a pas lu de périmètres"
    )
    told = "en bleu, les quartiers où une initiative au moins est localisée" if counts else ""
    dots = "points bruns, les initiatives dont l'adresse est connue" if points else ""
    text = " ; ".join(part for part in (drawn, told, dots) if part)
    text = text[:1].upper() + text[1:] + "."
    title = f"{here['name']} : les quartiers prioritaires"
    return {"map": territory_map(spots, points, title, text), "map_text": text}


def walks(page: Line) -> list[Line]:
    """For a quarter: the nearest relay place of each type, and how many are within a walk."""
    return [
        row
        | {
            "walk": walk_text(row["metres"], row["minutes"]),
            "count": number(row["within_walk"]) if row["within_walk"] else "non observé",
        }
        for row in page["relays"]
    ]


def walk_text(metres: float, minutes: float) -> str:
    """A walk as people say it."""
    return f"{number(max(1, minutes))} min" if metres else "dans le quartier"


def quartier_rows(page: Line, territories: Territories, folder: Folder) -> list[Line]:
    """Each quarter of the territory: people, what was found, what was expected."""
    if page["territory"]["level"] == "QPV":
        return []
    codes = page["territory"]["quartiers"]
    measures = folder.measures(*codes)
    rows = []
    for code in codes:
        q, here = territories.qpv[code], measures[code]
        count, expected = here.get(("initiatives", None), {}), here.get(("attendues", None), {})
        none = here.get(("chance_de_zero", None), {})
        ratio = here.get(("trouvees_sur_attendues", None), {})
        rows.append(
            {
                "name": q.nom,
                "code": code,
                "communes": listed(q.communes_noms),
                "population": q.population,
                "n": count.get("n") or 0,
                "found": ratio.get("n") or 0,
                "expected": expected.get("value"),
                "none": none.get("value"),
                "status": {"absent": "absent", "non-observe": "non observé"}.get(
                    str(count.get("status")), ""
                ),
                "renewal": "oui" if q.in_renewal else "",
            }
        )
    return sorted(rows, key=lambda r: (-r["n"], -(r["population"] or 0), r["code"]))


def peer_rows(page: Line) -> list[Line]:
    """The territory and its peers, side by side."""
    rows = []
    for other in [page["territory"] | {"distance": 0.0, "rank": 0}, *page["peers"]]:
        here = page["measures"][other["code"]]
        count, rate = here.get(("initiatives", None), {}), here.get(("pour_1000_lisse", None), {})
        ratio = here.get(("trouvees_sur_attendues", None), {})
        name = other["name"]
        rows.append(
            {
                "name": f"{name}, {other['communes'][0]}" if other["level"] == "QPV" else name,
                "code": other["code"],
                "region": other["region"] or "",
                "population": other["population"],
                "poverty": other["poverty"],
                "city": other["city"],
                "renewal": other["renewal"],
                "distance": other["distance"],
                "n": count.get("n") or 0,
                "rate": (rate.get("value"), rate.get("low"), rate.get("high")),
                "value": ratio.get("value"),
                "low": ratio.get("low"),
                "high": ratio.get("high"),
                "self": other["rank"] == 0,
            }
        )
    return rows


def lacking_rows(page: Line, folder: Folder) -> list[Line]:
    """What peers do and that was not found here, with examples to call."""
    return [
        row
        | {
            "what": KINDS[row["kind"]],
            "ratio": f"{row['having']} sur {row['peers']}",
            "cases": [
                case(page["examples"][i], folder.title_of)
                for i in row["examples"][:2]
                if i in page["examples"]
            ],
        }
        for row in page["lacks"][:10]
    ]


def renewal_groups(page: Line, year: int, territories: Territories) -> list[Line]:
    """The renewal operations by phase: the sites, and what can still be brought in at that phase."""
    found = []
    names = {p.code: p.nom for p in territories.phase.values()} | {"travaux": "Travaux"}
    sites = sorted(page["renewals"], key=lambda s: (s["phase_code"] or "~", s["name"]))
    for code, group in groupby(sites, key=lambda s: s["phase_code"]):
        rows = [site_row(site, year) for site in group]
        doors: dict[str, list[str]] = {}
        for line in rows[0]["doors"]:
            subject, door = line.rsplit("=", 1)
            doors.setdefault(door, []).append(subject)
        found.append(
            {
                "phase": code,
                "phase_name": names.get(code or ""),
                "sites": rows,
                "old": [r["name"] for r in rows if not r["recent"]],
                "doors": [
                    {"door": words, "subjects": " ; ".join(doors[door]).lower()}
                    for door, words in DOORS.items()
                    if door in doors
                ],
            }
        )
    return sorted(found, key=lambda g: g["phase"] is None)


def site_row(site: Line, year: int) -> Line:
    """One operation: its phase, when it was seen, its dates in words."""
    seen, commune = (site["seen"] or "")[:4], site["commune"].replace(" Arrondissement", "")
    dates = ", ".join(
        f"{word} {site[key]}"
        for word, key in (
            ("protocole", "protocole"),
            ("convention", "convention"),
            ("travaux", "travaux"),
            ("fin prévue", "fin_prevue"),
        )
        if site[key]
    )
    return site | {
        "name": site["name"]
        if plain(commune) in plain(site["name"])
        else f"{site['name']} ({commune})",
        "seen": day(site["seen"]).replace(" ", "\u00a0") if site["seen"] else "date inconnue",
        "dates": dates[:1].upper() + dates[1:],
        "recent": bool(site["phase_code"]) and seen.isdigit() and year - int(seen) < 2,
    }
