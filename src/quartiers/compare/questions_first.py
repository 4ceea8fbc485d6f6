"""Questions C1 to C7: how many, declared or not, of which forms, resting on what, in which words.

**Reads** a :class:`Study`. **Writes** nothing.
**Method** See ``findings``; each function is one question of ``study/constats.toml``.
**Limits** C1's comparison with the rest of the country holds for the inventories that give points.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from quartiers.compare.answers import (
    VOICE,
    Answer,
    Study,
    bounds,
    described,
    figure,
    number,
    percent,
    share_answer,
    stratum_of,
    threshold,
)
from quartiers.compare.holdings import STANDS, Row
from quartiers.compare.indicators import rests_on_relay
from quartiers.compare.intervals import poisson_limits, rates_ratio
from quartiers.compare.vocabulary import worlds_gap


def ask_C1(study: Study) -> Answer:
    n = len(study.held)
    low, high = poisson_limits(n)
    reached = study.measures[("FR", "quartiers_atteints", None)] if n else {"value": 0.0, "n": 0}
    rate = study.measures.get(("FR", "pour_1000", None), {})
    line = density_ratio(study)
    counted = [r for r in study.held if stratum_of(r) != "corpus"]
    figures = [figure("quartiers où une initiative est localisée", *reach(study))]
    words = {
        "value": number(n),
        "densite": number(rate["value"], 2) if rate.get("value") else "—",
        "atteints": number(reach(study)[0]),
        "invisible": "Faute de sources qui se recoupent assez, on ne peut pas estimer celles que nous ne voyons pas.",
        "rapport": "",
    }
    if study.unseen and study.unseen.get("value") is not None:
        unseen = study.unseen
        words["invisible"] = (
            f"Environ {number(unseen['value'])} autres lieux échappent sans doute aux listes nationales "
            f"(de {number(unseen['low'])} à {number(unseen['high'])}, si aucune liste n'évite les lieux "
            "d'une autre)."
        )
        figures.append(
            {"label": "initiatives non vues (estimation)", "unit": "initiatives"}
            | {"n": int(unseen.get("seen", n))}
            | {k: float(unseen[k]) for k in ("value", "low", "high")}
        )
    if line:
        figures.append(line)
        words["rapport"] = (
            f"Dans les inventaires géolocalisés, on en trouve {number(line['value'], 2)} fois autant "
            f"par habitant dans les quartiers qu'ailleurs, à département égal ({number(line['low'], 2)} à "
            f"{number(line['high'], 2)})."
        )
    verdict = "cannot-be-said"
    if len(counted) >= 100:
        enough = (reached["value"] or 0) > threshold("C1")
        verdict = "holds" if enough and study.unseen else "holds-in-part"
    return Answer(n, low, high, n, verdict, words, figures, [r["id"] for r in study.held])


def reach(study: Study) -> tuple[int, int]:
    """Quarters with at least one located initiative, of all quarters."""
    found = {r["qpv_code"] for r in study.held if r["qpv_etat"] in STANDS and r["qpv_code"]}
    return len(found), len(study.territories.qpv)


def density_ratio(study: Study) -> dict[str, Any] | None:
    """Initiatives per inhabitant inside the quarters over outside, département by département.

    Only inventories that give points. The ratio of rates is pooled over départements by Mantel and
    Haenszel, so that a région with many lists does not speak for the others; its interval is that of
    Greenland and Robins (1985). None where there is nothing on one of the sides.
    """
    towns = study.territories.commune
    people: Counter[str] = Counter()
    quarters: Counter[str] = Counter()
    for town in towns.values():
        if not town.parent:
            people[town.departement] += town.population or 0
    for q in study.territories.qpv.values():
        quarters[q.departement] += q.population or 0
    inside: Counter[str] = Counter()
    outside: Counter[str] = Counter()
    for row in study.view:
        found = towns.get(row["insee_code"] or "")
        listed = row["digital"] == "numerique" and stratum_of(row) == "recensement"
        if listed and row["qpv_methode"] == "point" and found:
            side = inside if row["qpv_etat"] in STANDS else outside
            side[found.departement] += 1
    value, low, high = rates_ratio(
        [
            (inside[place], quarters[place], outside[place], total - quarters[place])
            for place, total in people.items()
        ]
    )
    if value is None:
        return None
    return {
        "label": "inventaires : densité dans les quartiers / ailleurs, à département égal",
        "value": value,
        "low": low,
        "high": high,
        "n": inside.total() + outside.total(),
        "unit": "rapport",
    }


def ask_C2(study: Study) -> Answer:
    return share_answer(
        described(study),
        lambda r: "declared" not in (r["forms"] or ()),
        threshold("C2"),
        strata=("corpus", "tout-venant", "recensement"),
    )


def ask_C3(study: Study) -> Answer:
    def has_infra(row: Row) -> bool:
        return bool(row["infra"])

    here = figure("quartiers", sum(map(has_infra, study.held)), len(study.held))
    there = figure(
        "programmes de ville intelligente", sum(map(has_infra, study.smart)), len(study.smart)
    )
    funded = figure("financements et votes numériques des mêmes communes", *around(study))
    verdict = "cannot-be-said"
    if here["n"] and there["n"] >= VOICE:
        apart = here["high"] < there["low"]
        verdict = "no-longer-holds" if not apart else "holds-in-part"
        if apart and here["high"] < threshold("C3") / 2:
            verdict = "holds"
    return Answer(
        *bounds(here),
        verdict,
        {
            "value": percent(here["value"]),
            "smart": percent(there["value"]),
            "autour": f"{percent(funded['value'])} de ce qui est numérique et financé ou voté en relèvent"
            if funded["n"]
            else "aucune source de tout-venant ne permet de comparer",
        },
        [here, there, funded],
        [r["id"] for r in study.held if has_infra(r)],
    )


def around(study: Study) -> tuple[int, int]:
    """What is funded or voted in communes that have a QPV, no quarter said: infrastructure, all."""
    communes = {
        study.territories.city(c) for q in study.territories.qpv.values() for c in q.communes
    }
    kept = [
        r
        for r in study.view
        if r["digital"] == "numerique"
        and not r["in_quartiers"]
        and stratum_of(r) == "tout-venant"
        and r["insee_code"]
        and study.territories.city(r["insee_code"]) in communes
    ]
    return sum(bool(r["infra"]) for r in kept), len(kept)


def ask_C4(study: Study) -> Answer:
    return share_answer(
        described(study),
        lambda r: bool({"frugal", "hybride"} & set(r["forms"] or ())),
        threshold("C4"),
        strata=("corpus", "tout-venant", "recensement"),
    )


def ask_C5(study: Study) -> Answer:
    return share_answer(
        described(study),
        lambda r: "mediation" in (r["forms"] or ()),
        threshold("C5"),
        strata=("corpus", "tout-venant"),
    )


def ask_C6(study: Study) -> Answer:
    answer = share_answer(
        [r for r in study.held if r["kind"] != "lieu"],
        rests_on_relay,
        threshold("C6"),
        strata=("corpus", "tout-venant"),
    )
    near = study.measures.get(("FR", "relais_a_pied", None))
    answer.words["a_pied"] = ""
    if near and near["value"]:
        label = "quartiers ayant un lieu relais connu à un quart d'heure à pied"
        answer.figures.append(figure(label, round(near["value"] * near["n"]), near["n"]))
        answer.words["a_pied"] = (
            f"{percent(near['value'])} des quartiers en ont un à un quart d'heure à pied."
        )
    return answer


def ask_C7(study: Study) -> Answer:
    gap = worlds_gap(study.view)
    if gap is None:
        blank = dict.fromkeys(("value", "hasard", "mots", "innovation", "intelligence"), "—")
        return Answer(None, None, None, 0, "cannot-be-said", blank)
    telling = [w for w in gap.words if abs(w.z) > 1.96]
    uses = {
        c.name: [
            figure(f"«{c.name}» : {world}", k, n)
            for world, k, n in zip(
                ("quartiers", "ville intelligente"), c.texts, gap.texts, strict=True
            )
        ]
        for c in gap.companies
    }
    words = {
        name: f"{percent(a['value'])} des textes des quartiers et {percent(b['value'])} de l'autre côté"
        for name, (a, b) in uses.items()
    }
    apart = gap.distance > gap.chance[1]
    alike = [a["high"] < b["low"] or a["low"] > b["high"] for a, b in uses.values()]
    return Answer(
        gap.distance,
        gap.chance[0],
        gap.chance[1],
        sum(gap.texts),
        ("holds" if all(alike) else "holds-in-part") if apart else "no-longer-holds",
        {
            "value": number(gap.distance, 2),
            "hasard": f"{number(gap.chance[0], 2)} à {number(gap.chance[1], 2)}",
            "mots": number(len(telling)),
            **words,
        },
        [line for lines in uses.values() for line in lines],
        [q.initiative for c in gap.companies for side in c.quotes for q in side],
    )
