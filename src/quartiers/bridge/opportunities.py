"""Opportunities: where the smart city's infrastructure could come into a territory's quarters, and how.

**Reads** what each territory holds, its peers, its renewal sites. **Writes** the table
``opportunities``.
**Method** For each infrastructure topic that was not found on a territory (EPCI, commune, quarter), four
facts are joined: the door that the phase of a renewal site leaves open to it, the relay places that
could carry it, the peers that have it, and a project of the smart city in the same EPCI (or elsewhere)
to call. The score is the sum of what speaks for it, the door first; each fact is a reason in words.
**Limits** «Not found» is not «absent»: the sources may not say. Doors hold for sites whose phase is
known; the weights are a choice, written below, not learnt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from quartiers.shapes import INFRA

if TYPE_CHECKING:  # compare stores the table: it reads this module, not the other way round
    from quartiers.compare.holdings import Ground, Grounds, Row
    from quartiers.territories import Territories

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
    **{"ideale": "le meilleur moment", "possible": "encore possible", "avenant": "par avenant"},
    **{"chere": "payé deux fois", "fermee": "trop tard", "inconnue": "phase à vérifier"},
}
#: What peers that all have it, a relay place and a project of the same EPCI are worth.
PEERS, RELAY, NEIGHBOUR, ELSEWHERE = 0.6, 0.3, 0.4, 0.1
#: How many topics a territory is shown, how many initiatives of peers and relay places.
MOST, EXAMPLES = 3, 3


def opportunity_rows(
    grounds: Grounds,
    held: Mapping[str, Sequence[Row]],
    view: Sequence[Row],
    peers_of: Callable[[Ground], Sequence[str]],
    relays: frozenset[str],
) -> Iterator[dict[str, Any]]:
    """The best topics of each territory that has peers, with their reasons."""
    smart = [r for r in view if r["world"] == "ville-intelligente" and r["digital"] == "numerique"]
    for ground in sorted(grounds.by_code.values(), key=lambda g: g.code):
        if ground.level not in ("EPCI", "COM", "QPV") or not ground.quartiers:
            continue
        here = held.get(ground.code, ())
        present = {topic for row in here for topic in row["infra"] or ()}
        places = [r for r in here if relays & set(r["place_types"] or ())][:EXAMPLES]
        alike = {code: held.get(code, ()) for code in peers_of(ground)}
        found = [
            opportunity(ground, topic, places, alike, smart, grounds.territories)
            for topic in INFRA
            if topic not in present
        ]
        found.sort(key=lambda row: (-row["score"], row["topic"]))
        for rank, row in enumerate(found[:MOST], 1):
            yield {**row, "rank": rank}


def opportunity(
    ground: Ground,
    topic: str,
    places: Sequence[Row],
    alike: Mapping[str, Sequence[Row]],
    smart: Sequence[Row],
    territories: Territories,
) -> dict[str, Any]:
    """One topic on one territory: its score, the facts, and the reasons in words."""
    site, phase, door = open_door(ground, topic, territories)
    having = [
        code for code, rows in alike.items() if any(topic in (r["infra"] or ()) for r in rows)
    ]
    examples = [r for code in having for r in alike[code] if topic in (r["infra"] or ())][:EXAMPLES]
    partner, near = project(ground, topic, smart, territories)
    because = [f"rien trouvé sur {NAMES[topic]} dans ce territoire (non trouvé n'est pas absent)"]
    score = PEERS * len(having) / max(len(alike), 1)
    if site:
        score += DOORS[door or "inconnue"]
        because.append(f"renouvellement urbain « {site} », {phase} : {SAID[door or 'inconnue']}")
    if places:
        score += RELAY
        because.append(f"lieu relais sur place : « {places[0]['title']} »")
    if examples:
        because.append(
            f"{len(having)} territoires semblables sur {len(alike)} : « {examples[0]['title']} »"
        )
    if partner:
        score += NEIGHBOUR if near else ELSEWHERE
        where = "du même territoire" if near else "d'ailleurs"
        because.append(f"projet de ville intelligente {where} : « {partner['title']} »")
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


def project(
    ground: Ground, topic: str, smart: Sequence[Row], territories: Territories
) -> tuple[Row | None, bool]:
    """A smart-city project on the topic, of the same EPCI if there is one; and whether it is."""
    on_topic = [r for r in smart if topic in (r["infra"] or ())]
    cities = {c for q in ground.quartiers for c in territories.qpv[q].communes}
    epci = {territories.parents(c).get("EPCI") for c in cities} - {None}
    for row in on_topic:
        if territories.parents(row["insee_code"]).get("EPCI") in epci:
            return row, True
    return (on_topic[0], False) if on_topic else (None, False)
