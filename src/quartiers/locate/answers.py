"""The QPV answer of each record: what its point, declared codes, address and words say, put together.

**Reads** records, perimeters when given, an address base when configured. **Writes** answers.
**Method** Per quarter, the surest method speaks and the others are added to its reasons: point, then
declared code, address, name in the text. A place whose point is outside keeps its point's answer; an
action's named quarter comes before the office that carries it. A record with its commune only is
``inconnu``, unless no QPV touches that commune: ``hors``. Codes of 2015 are carried to 2024.
**Limits** A commune having a QPV is no proof. ``dedans`` by a name means «the text says so».
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from quartiers.locate.addresses import AddressBase, Geocoded
from quartiers.locate.communes import commune_codes, departement_of, main_commune
from quartiers.locate.fields import field_mentions
from quartiers.locate.mentions import Mention, mentions
from quartiers.locate.metres import great_circle_m
from quartiers.locate.perimeters import Perimeters, open_perimeters
from quartiers.locate.points import (
    MISSING,
    NEAR_M,
    OK,
    SAYINGS,
    SWAPPED,
    check_points,
    probability,
    state,
    unusable_near,
)
from quartiers.shapes import Because, Record, record_text
from quartiers.territories import Territories, load

#: Kinds of records that are where their point is; the others are where they are said to act.
#: A quarter's middle farther than this from the point makes a declared code doubtful.
DECLARED_REACH_M = 5_000.0
PLACES = frozenset(("lieu", "service", "organisation"))


@dataclass(slots=True)
class Answer:
    """One row of ``locations``."""

    etat: str
    code: str | None = None
    nom: str | None = None
    generation: str | None = None
    distance_m: float | None = None
    methode: str | None = None
    score: float | None = None
    insee_code: str | None = None
    because: list[Because] = field(default_factory=list)

    def row(self, about: str, rank: int) -> dict[str, Any]:
        """As a row of ``LOCATION_SCHEMA``."""
        return {
            "about": about,
            "rank": rank,
            "code": self.code,
            "nom": self.nom,
            "generation": self.generation,
            "etat": self.etat,
            "distance_m": None if self.distance_m is None else round(self.distance_m, 1),
            "methode": self.methode,
            "score": None if self.score is None else round(self.score, 3),
            "insee_code": self.insee_code,
            "because": [b.as_dict() for b in self.because],
        }


@dataclass(slots=True)
class Point:
    """What one record's point says: ``hits`` are (rank of the quarter, metres)."""

    longitude: float
    latitude: float
    verdict: int
    sigma: float
    hits: list[tuple[int, float]]


def locate_records(
    records: list[Record],
    perimeters: Path | None,
    *,
    near_m: float = NEAR_M,
    addresses: AddressBase | None = None,
) -> list[list[Answer]]:
    """The answers of each record, best first; at least one a record."""
    known = None if perimeters is None else open_perimeters(perimeters)
    communes = [commune_codes(r.insee_code, r.commune, r.postcode) for r in records]
    points = read_points(records, communes, known, near_m)
    found = {} if addresses is None else ask_addresses(records, points, addresses)
    geocoded = geocoded_points(found, known, near_m)
    return [
        answer(record, communes[i], points[i], found.get(i), geocoded.get(i), known, near_m)
        for i, record in enumerate(records)
    ]


def read_points(
    records: list[Record],
    communes: list[frozenset[str]],
    known: Perimeters | None,
    near_m: float,
) -> list[Point]:
    """Every record's point, checked and set against the perimeters in one go."""
    lon = np.array([np.nan if r.longitude is None else r.longitude for r in records], np.float64)
    lat = np.array([np.nan if r.latitude is None else r.latitude for r in records], np.float64)
    checked = check_points(lon, lat, [main_commune(codes) for codes in communes])
    points = [
        Point(float(x), float(y), int(v), float(s), [])
        for x, y, v, s in zip(
            checked.longitude, checked.latitude, checked.verdict, checked.sigma, strict=True
        )
    ]
    if known is not None:
        usable = np.flatnonzero(checked.usable)
        at, quarter, metres = known.near(
            checked.longitude[usable], checked.latitude[usable], near_m
        )
        for a, q, m in zip(usable[at], quarter, metres, strict=True):
            points[a].hits.append((int(q), float(m)))
    return points


def ask_addresses(
    records: list[Record], points: list[Point], addresses: AddressBase
) -> dict[int, Geocoded]:
    """Look up the addresses of the records that have no usable point."""
    return {
        i: hit
        for i, r in enumerate(records)
        if r.address and points[i].verdict > SWAPPED
        if (hit := addresses.one(r.address, r.postcode, r.insee_code, r.commune))
    }


def geocoded_points(
    found: dict[int, Geocoded], known: Perimeters | None, near_m: float
) -> dict[int, list[tuple[int, float]]]:
    """The quarters near each address found."""
    if known is None or not found:
        return {}
    rows = list(found)
    lon = np.array([found[i].longitude for i in rows])
    lat = np.array([found[i].latitude for i in rows])
    at, quarter, metres = known.near(lon, lat, near_m)
    out: dict[int, list[tuple[int, float]]] = {}
    for a, q, m in zip(at, quarter, metres, strict=True):
        out.setdefault(rows[a], []).append((int(q), float(m)))
    return out


def answer(
    record: Record,
    communes: frozenset[str],
    point: Point,
    geocoded: Geocoded | None,
    address_hits: list[tuple[int, float]] | None,
    known: Perimeters | None,
    near_m: float,
) -> list[Answer]:
    """One record's answers, best first."""
    territories = load()
    commune = main_commune(communes)
    by_point = point_answers(point, known) if point.verdict <= SWAPPED else []
    placed = known is not None and point.verdict <= SWAPPED
    by_address: list[Answer] = []
    if geocoded is not None and known is not None and not placed:
        by_address = address_answers(geocoded, address_hits or [], known)
    declared = declared_answers(record.declared_qpv, territories)
    named = name_answers(record, communes, territories)
    inside = [a for a in by_point if a.etat in ("dedans", "limite")]
    if placed:
        for a in declared:
            doubt_declared(a, point, territories)
    if placed and not inside and not declared and record.kind in PLACES:
        ranked = merge(by_point, [a for a in named if a.code in {b.code for b in by_point}])
        dropped = [a for a in named if a.code not in {b.code for b in ranked}]
        if not ranked:
            ranked = [outside(point, known, near_m)]
        for a in dropped:
            ranked[0].because += [
                Because(b.quote, b.start, b.end, note=f"nommé ({a.nom}), mais le point est au-delà")
                for b in a.because[:1]
            ]
    elif placed and not inside:
        ranked = merge(declared, named, by_point) or [outside(point, known, near_m)]
    else:
        ranked = merge(inside, declared, by_address, named, by_point)
    if not ranked:
        ranked = [unknown(communes, territories)]
    notes = remarks(point, known, geocoded)
    if point.verdict == SWAPPED:
        for a in ranked:
            a.score = None if a.score is None or a.methode != "point" else a.score * 0.9
    ranked[0].because += notes
    for a in ranked:
        a.insee_code = a.insee_code or commune
    return ranked


def remarks(point: Point, known: Perimeters | None, geocoded: Geocoded | None) -> list[Because]:
    """What is worth saying of the point, when it is not a plain one."""
    if point.verdict == OK and known is None:
        return [Because(note="pas de périmètres : le point n'a pas été confronté")]
    if point.verdict in (OK, MISSING) or (geocoded is not None and point.verdict != SWAPPED):
        return []
    return [Because(note=SAYINGS[point.verdict])]


def point_answers(point: Point, known: Perimeters | None) -> list[Answer]:
    """The quarters that hold the point or are near, nearest first; those that nobody can draw."""
    if known is None:
        return []
    place = f"point ({point.longitude:.5f}, {point.latitude:.5f})"
    out = [quarter_answer(known, q, m, point.sigma, "point", place) for q, m in point.hits]
    for rank in unusable_near(known, point.longitude, point.latitude):
        note = "périmètre réduit à un point dans le fichier partagé : dedans ou dehors, on ne sait"
        name, code = known.names[rank], known.codes[rank]
        out.append(
            Answer("inconnu", code, name, generation(code), None, "point", 0.0,
                   because=[Because(note=note)])
        )  # fmt: skip
    return out


def quarter_answer(
    known: Perimeters, rank: int, metres: float, sigma: float, methode: str, place: str
) -> Answer:
    """One quarter near one point."""
    code = known.codes[rank]
    side = "à l'intérieur" if metres < 0 else "à l'extérieur"
    return Answer(
        etat=state(metres),
        code=code,
        nom=known.names[rank],
        generation=generation(code),
        distance_m=metres,
        methode=methode,
        score=probability(metres, sigma),
        because=[Because(note=f"{place}, {abs(metres):.0f} m {side} de la limite")],
    )


def address_answers(
    geocoded: Geocoded, hits: list[tuple[int, float]], known: Perimeters
) -> list[Answer]:
    """As a point, less sure by the geocoder's own score."""
    place = f"adresse reconnue « {geocoded.label} » (score {geocoded.score:.2f})"
    out = [quarter_answer(known, q, m, 20.0, "adresse", place) for q, m in hits]
    for a in out:
        a.score = (a.score or 0.0) * geocoded.score
    if not out:
        out = [Answer("hors", methode="adresse", score=geocoded.score * 0.98,
                      because=[Because(note=f"{place}, aucun QPV à proximité")])]  # fmt: skip
    return out


def doubt_declared(a: Answer, point: Point, territories: Territories) -> None:
    """A declared quarter that is nowhere near the point: still said, much less sure."""
    quartier = territories.qpv.get(a.code or "")
    if quartier is None:
        return
    places = (point.longitude, point.latitude, quartier.longitude, quartier.latitude)
    metres = float(great_circle_m(*(np.array([v]) for v in places))[0])
    if metres > DECLARED_REACH_M:
        a.score = 0.5
        a.because.append(Because(note=f"mais le point est à {metres / 1000:.0f} km de ce quartier"))


def generation(code: str) -> str:
    return "2015" if code.startswith("QP") else "2024"


def declared_answers(codes: list[str], territories: Territories) -> list[Answer]:
    """The codes that the source itself gives; those of 2015 are carried to 2024."""
    out: list[Answer] = []
    for raw in codes:
        code = raw.strip().upper()
        if code in territories.qpv:
            note = Because(code, note="code déclaré par la source")
            out.append(Answer("dedans", code, territories.qpv[code].nom, "2024", None,
                              "code-declare", 0.95, because=[note]))  # fmt: skip
            continue
        ties = [t for t in territories.ties if t.code_2015 == code]
        if len(ties) > 1:
            best = max((t.part_2015 or 0.0) for t in ties)
            ties = [t for t in ties if (t.part_2015 or 0.0) == best and best >= 0.5]
        for tie in ties:
            share = "" if tie.part_2015 is None else f", {tie.part_2015:.0%} de sa surface"
            note = Because(
                code, note=f"code de 2015 déclaré, repris en 2024 ({tie.methode}{share})"
            )
            out.append(Answer("dedans", tie.code_2024, territories.qpv[tie.code_2024].nom, "2024",
                              None, "code-declare", 0.8, because=[note]))  # fmt: skip
        if not ties and code in territories.names_2015:
            note = Because(code, note="code de 2015 déclaré, sans suite établie en 2024")
            out.append(Answer("dedans", code, territories.names_2015[code][0], "2015", None,
                              "code-declare", 0.9, because=[note]))  # fmt: skip
    return merge(out)


def name_answers(
    record: Record, communes: frozenset[str], territories: Territories
) -> list[Answer]:
    """The quarters that the record's field or words name."""
    departement = departement_of(record.postcode)
    found: list[tuple[Mention, bool]] = [
        (m, False) for m in field_mentions(record.neighbourhood, communes)
    ]
    text = record_text(record.title, record.text)
    found += [(m, True) for m in mentions(text, communes, departement)]
    out = []
    for m, in_text in found:
        where = m.how if in_text else "champ « quartier » de la fiche"
        nom = territories.qpv[m.code].nom
        reason = Because(
            quote=m.quote,
            start=m.start if in_text else None,
            end=m.end if in_text else None,
            weight=m.score,
            note=f"{nom}, {', '.join(territories.qpv[m.code].communes_noms)} ({where})",
        )
        out.append(Answer("dedans", m.code, nom, "2024", None, "nom-dans-le-texte", m.score,
                          m.insee_code, [reason]))  # fmt: skip
    return merge(out)


def merge(*groups: list[Answer]) -> list[Answer]:
    """One answer a quarter: the first said, with the reasons of the others."""
    kept: list[Answer] = []
    for a in (a for group in groups for a in group):
        same = next((k for k in kept if k.code == a.code), None)
        if same is None:
            kept.append(a)
        else:
            same.because += [b for b in a.because if b not in same.because]
    return kept


def outside(point: Point, known: Perimeters | None, near_m: float) -> Answer:
    """A good point, near no quarter."""
    place = f"point ({point.longitude:.5f}, {point.latitude:.5f})"
    note = f"{place}, aucun QPV à moins de {near_m:.0f} m"
    return Answer("hors", methode="point", score=0.99, because=[Because(note=note)])


def unknown(communes: frozenset[str], territories: Territories) -> Answer:
    """Nothing but a commune, or not even that."""
    cities = {territories.city(code) for code in communes}
    if cities and not any(territories.qpv_of_commune.get(code) for code in cities):
        return Answer("hors", score=0.97, because=[Because(note="commune sans QPV")])
    note = (
        "commune seule : avoir un QPV n'est pas y être" if cities else "ni lieu ni commune établis"
    )
    return Answer("inconnu", score=0.0, because=[Because(note=note)])
