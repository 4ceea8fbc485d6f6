"""Opportunities: where the smart city's infrastructure could come into a territory's quarters, and how.

**Reads** what each territory holds, its peers, its renewal sites. **Writes** the table
``opportunities``.
**Method** For each infrastructure topic that was not found on a territory (EPCI, commune, quarter), four
facts are joined: the door that the phase of a renewal site leaves open to it, the relay places that
could carry it, the peers that have it, and a project of the smart city to call: one of the same EPCI,
else the nearest in kind (about the topic first of all, in a city of like size, not far, on what the site
is about to build). The score is the sum of what speaks for it, the door first; each fact is a reason in
words.
**Limits** «Not found» is not «absent»: the sources may not say. Doors hold for sites whose phase is
known; the weights are a choice, written below, not learnt.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from quartiers.shapes import INFRA

if TYPE_CHECKING:  # compare stores the table: it reads this module, not the other way round
    from quartiers.compare.holdings import Ground, Grounds, Row
    from quartiers.compare.peers import Peer
    from quartiers.territories import Territories
    from quartiers.territories.tables import Commune

#: Infrastructure topic → subjects of the renewal phases that open a door to it.
SUBJECTS: dict[str, tuple[str, ...]] = {
    "energie": ("immeuble",),
    "reseaux": ("fourreaux", "immeuble"),
    "donnees": ("donnees",),
    "capteurs": ("eclairage",),
    "securite": ("eclairage",),
}
NAMES = {
    **{"energie": "l'énergie", "reseaux": "les réseaux", "donnees": "les données"},
    **{"capteurs": "les capteurs", "securite": "la sécurité"},
}
#: What an open door is worth; a site whose phase is not known is to be asked.
DOORS = {
    **{"ideale": 1.0, "possible": 0.7, "avenant": 0.4, "chere": 0.1, "fermee": 0.0},
    "inconnue": 0.3,
}
SAID = {
    "ideale": "c'est le meilleur moment pour y inscrire {topic}",
    "possible": "il est encore possible d'y inscrire {topic}",
    "avenant": "y inscrire {topic} demanderait un avenant",
    "chere": "y inscrire {topic} maintenant se paierait deux fois",
    "fermee": "il est trop tard pour y inscrire {topic}",
    "inconnue": "l'étape est à demander au porteur du projet",
}
#: What sources say when they do not tell the phase.
UNTOLD = " (étape non trouvée)"
#: What peers that all have it, a relay place and a project of the same EPCI are worth.
PEERS, RELAY, NEIGHBOUR, ELSEWHERE = 0.6, 0.3, 0.4, 0.1
#: What makes a project of elsewhere less alike: cities ten times apart in size, five hundred kilometres, a
#: topic that is not its first; what the site is about to build makes it more alike.
SIZE, FAR, SECOND, FITS = 0.5, 1.0, 0.5, 0.3
KM_A_DEGREE = 111.2
#: Words kept small in a name that a source writes in capitals.
SMALL = frozenset(("De", "Du", "Des", "Et", "La", "Le", "Les", "D", "L", "Aux", "Au", "En", "Sur"))
#: How many topics a territory is shown, how many initiatives of peers and relay places.
MOST, EXAMPLES = 3, 3


class Seat(NamedTuple):
    """Where a territory is: the EPCI of its quarters, the inhabitants of their communes, their middle."""

    epci: set[str | None]
    people: int
    latitude: float
    longitude: float


class Project(NamedTuple):
    """A smart-city project, its commune and its EPCI where known."""

    row: Row
    there: Commune | None
    epci: str | None


def opportunity_rows(
    grounds: Grounds,
    held: Mapping[str, Sequence[Row]],
    view: Sequence[Row],
    peers: Mapping[str, Sequence[Peer]],
    relays: frozenset[str],
) -> Iterator[dict[str, Any]]:
    """The best topics of each territory that has peers, with their reasons."""
    smart = [
        project_of(row, grounds.territories)
        for row in view
        if row["world"] == "ville-intelligente" and row["digital"] == "numerique"
    ]
    projects = {topic: [p for p in smart if topic in (p.row["infra"] or ())] for topic in INFRA}
    for ground in sorted(grounds.by_code.values(), key=lambda g: g.code):
        if ground.level not in ("EPCI", "COM", "QPV") or not ground.quartiers:
            continue
        here = held.get(ground.code, ())
        present = {topic for row in here for topic in row["infra"] or ()}
        places = [r for r in here if relays & set(r["place_types"] or ())][:EXAMPLES]
        alike = {p.ground.code: held.get(p.ground.code, ()) for p in peers[ground.code]}
        at = seat_of(ground, grounds.territories)
        found = [
            opportunity(ground, at, topic, places, alike, projects[topic], grounds.territories)
            for topic in INFRA
            if topic not in present
        ]
        found.sort(key=lambda row: (-row["score"], row["topic"]))
        for rank, row in enumerate(found[:MOST], 1):
            yield {**row, "rank": rank}


def opportunity(
    ground: Ground,
    at: Seat,
    topic: str,
    places: Sequence[Row],
    alike: Mapping[str, Sequence[Row]],
    projects: Sequence[Project],
    territories: Territories,
) -> dict[str, Any]:
    """One topic on one territory: its score, the facts, and the reasons in words."""
    site, phase, door = open_door(ground, topic, territories)
    having = [
        code for code, rows in alike.items() if any(topic in (r["infra"] or ()) for r in rows)
    ]
    examples = [r for code in having for r in alike[code] if topic in (r["infra"] or ())][:EXAMPLES]
    partner, near = nearest(at, topic, SUBJECTS[topic] if door else (), projects)
    named = NAMES[topic]
    because = [
        f"rien trouvé ici sur {named} (il peut en exister que les sources consultées ne disent pas)"
    ]
    score = PEERS * len(having) / max(len(alike), 1)
    if site and phase:
        score += DOORS[door or "inconnue"]
        told = SAID[door or "inconnue"].format(topic=named)
        because.append(f"renouvellement urbain « {site} », {phase.removesuffix(UNTOLD)} : {told}")
    if places:
        score += RELAY
        because.append(f"lieu relais sur place : « {as_name(places[0]['title'])} »")
    if examples:
        because.append(f"{having_it(len(having), len(alike))} : {quoted(examples[0])}")
    if partner:
        score += NEIGHBOUR if near else ELSEWHERE
        where = "du même territoire" if near else "à appeler"
        because.append(f"projet de ville intelligente {where} : {quoted(partner)}")
    return {
        "territory": ground.code,
        "topic": topic,
        "score": round(score, 4),
        "site": site,
        "phase": phase,
        "door": door,
        "having": len(having),
        "peers": len(alike),
        "relays": [r["id"] for r in places],
        "partner": partner["id"] if partner else None,
        "examples": [r["id"] for r in examples],
        "because": because,
    }


def open_door(
    ground: Ground, topic: str, territories: Territories
) -> tuple[str | None, str | None, str | None]:
    """(site, phase, door) of the renewal site of the territory that is most open to the topic."""
    best: tuple[float, str | None, str | None, str | None] = (-1.0, None, None, None)
    for code in ground.quartiers:
        for site in territories.renewals_of(code):
            doors = territories.doors_of(site)
            open_ = [doors[s] for s in SUBJECTS[topic] if s in doors]
            door = max(open_, key=DOORS.__getitem__) if open_ else None
            worth = DOORS[door or "inconnue"]
            if worth > best[0]:
                best = (worth, site.nom, site.phase, door)
    return best[1:]


def seat_of(ground: Ground, territories: Territories) -> Seat:
    """Where a territory's quarters are, and how many people live in their communes."""
    quarters = [territories.qpv[code] for code in ground.quartiers]
    communes = {c for q in quarters for c in q.communes}
    cities = {territories.city(c) for c in communes}
    return Seat(
        {territories.parents(c).get("EPCI") for c in communes} - {None},
        sum(territories.commune[c].population or 0 for c in cities if c in territories.commune),
        sum(q.latitude for q in quarters) / len(quarters),
        sum(q.longitude for q in quarters) / len(quarters),
    )


def project_of(row: Row, territories: Territories) -> Project:
    """A smart-city project, with its commune and its EPCI."""
    code = row["insee_code"]
    there = territories.commune.get(territories.city(code or ""))
    return Project(row, there, territories.parents(code).get("EPCI"))


def nearest(
    at: Seat, topic: str, subjects: Sequence[str], projects: Sequence[Project]
) -> tuple[Row | None, bool]:
    """The project on the topic to call, of the same EPCI if there is one; and whether it is."""
    near = [p for p in projects if p.epci in at.epci]
    best = min(near or projects, key=lambda p: unlikeness(at, p, topic, subjects), default=None)
    return (best.row if best else None), bool(near)


def unlikeness(at: Seat, project: Project, topic: str, subjects: Sequence[str]) -> float:
    """How far from a territory a project is, in kind and on the map."""
    row, there = project.row, project.there
    total: float = SECOND * (row["infra"][0] != topic)
    if "immeuble" in subjects and "logement" in (row["themes"] or ()):
        total -= FITS
    if there is None:
        return total + SIZE + FAR
    if at.people and there.population:
        total += SIZE * abs(math.log10(at.people / there.population))
    if there.longitude is None or there.latitude is None:
        return total + FAR
    north, east = at.latitude - there.latitude, at.longitude - there.longitude
    east *= math.cos(math.radians(there.latitude))
    return total + FAR * min(math.hypot(north, east) * KM_A_DEGREE / 500, 1.0)


def having_it(having: int, peers: int) -> str:
    """How many peers have it, in words that agree."""
    plural = "s" if having > 1 else ""
    verb = "ont" if having > 1 else "a"
    return f"{having} territoire{plural} semblable{plural} sur {peers} y {verb} une initiative"


def quoted(row: Row) -> str:
    """An initiative and its commune."""
    return f"« {row['title']} »" + (f" ({row['commune']})" if row["commune"] else "")


def as_name(title: str) -> str:
    """A name, out of the capitals that some sources write."""
    if not title.isupper():
        return title
    first, *rest = title.title().split()
    return " ".join((first, *(word.lower() if word in SMALL else word for word in rest)))
