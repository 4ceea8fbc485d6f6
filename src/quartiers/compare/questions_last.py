"""Questions C8 to C13: renewal, concertation, means, social needs, relays, what emerges.

**Reads** a :class:`Study`. **Writes** nothing.
**Method** See ``findings``; each function is one question of ``study/constats.toml``.
**Limits** C8 to C10 rest on facts that few sources give: they often cannot be said, and say so.
"""

from __future__ import annotations

import re
from typing import Any

from quartiers.compare.answers import (
    VOICE,
    Answer,
    Study,
    bounds,
    described,
    figure,
    number,
    passes,
    percent,
    share_answer,
    stratum_of,
    threshold,
)
from quartiers.compare.holdings import STANDS, Row
from quartiers.compare.indicators import carriers, rests_on_relay, year_of
from quartiers.compare.intervals import median_interval, quotient
from quartiers.territories.tables import Posts
from quartiers.text import fold

SOCIAL = frozenset({"e-administration", "insertion", "logement", "mobilite"})
TEACHING = frozenset({"formation", "insertion"})
#: The places of the study's statement on awareness and training.
PILLARS = frozenset({"centre-social", "mediatheque", "mission-locale"})
#: Schemes that finance posts of people → as they are named.
SCHEMES = {"adulte-relais": "d'adultes-relais", "fonjep": "Fonjep"}
EMERGING = {
    "mobilite": "mobilité",
    "culture": "arts et culture",
    "logement": "logement",
    "citoyennete": "citoyenneté",
}
#: The year of the study: what began since then is set against what was there.
STUDY_YEAR = 2018
SPEAKS_OF_CONCERTATION = re.compile(
    r"\b(concertation|participati\w*|consultation|budget participatif|conseils? citoyens?"
    r"|co ?construction|coconstruction|contributif|contributive)\b"
)
DIGITAL_TOOL = re.compile(r"\b(site|application|plateforme|en ligne|numerique|internet|maquette)\b")
#: A phase seen within two years of the study's year is recent; older, it is to be checked.
RECENT_PHASE_YEARS = 2


def ask_C8(study: Study) -> Answer:
    located = [r for r in study.held if r["qpv_code"] and r["qpv_etat"] in STANDS]
    renewed = {code for code, q in study.territories.qpv.items() if q.in_renewal}
    inside = [r for r in located if r["qpv_code"] in renewed]
    outside = [r for r in located if r["qpv_code"] not in renewed]
    counts = [(sum(bool(r["infra"]) for r in part), len(part)) for part in (inside, outside)]
    value, low, high = quotient(*counts[0], *counts[1])
    sites = list(study.territories.renewal.values())
    known = [s for s in sites if s.phase_code]
    recent = [s for s in known if (s.phase_as_of or "") >= str(study.year - RECENT_PHASE_YEARS)]
    lines = [
        figure("infrastructure, quartiers en renouvellement", *counts[0]),
        figure("infrastructure, autres quartiers", *counts[1]),
        figure("sites dont la phase est connue", len(known), len(sites)),
    ]
    verdict = "cannot-be-said"
    if value is not None and (low > 1 or high < 1):
        verdict = "holds" if low > 1 else "no-longer-holds"
    return Answer(
        value,
        low if value is not None else None,
        high if value is not None else None,
        len(located),
        verdict,
        {
            "dedans": f"{counts[0][0]} initiative(s) d'infrastructure sur {number(counts[0][1])} localisées",
            "dehors": f"{counts[1][0]} sur {number(counts[1][1])}",
            "connus": number(len(known)),
            "sites": number(len(sites)),
            "recents": number(len(recent)),
        },
        lines,
        [r["id"] for r in inside if r["infra"]],
    )


def ask_C9(study: Study) -> Answer:
    def speaks(row: Row) -> bool:
        return bool(SPEAKS_OF_CONCERTATION.search(" ".join(fold(row["text"] or "").split())))

    kept = [r for r in described(study) if stratum_of(r) != "recensement"]
    here = figure("quartiers", sum(map(speaks, kept)), len(kept))
    there = figure(
        "programmes de ville intelligente", sum(map(speaks, study.smart)), len(study.smart)
    )
    sites = list(study.territories.renewal.values())
    tools = [s for s in sites if s.concertation and DIGITAL_TOOL.search(fold(s.concertation))]
    verdict = "cannot-be-said"
    if here["n"] >= VOICE and there["n"] >= VOICE:
        if here["low"] > there["high"]:
            verdict = "holds-in-part"
        elif here["high"] < there["low"]:
            verdict = "no-longer-holds"
    return Answer(
        *bounds(here),
        verdict,
        {
            "value": percent(here["value"]),
            "smart": percent(there["value"]),
            "sites": number(len(sites)),
            "outils": number(len(tools)),
        },
        [here, there, figure("sites où un outil numérique est cité", len(tools), len(sites))],
        [r["id"] for r in kept if speaks(r)],
    )


def ask_C10(study: Study) -> Answer:
    amounts = [float(r["amount_eur"]) for r in study.held if r["amount_eur"]]
    elsewhere = [
        float(r["amount_eur"])
        for r in study.view
        if r["amount_eur"] and r["digital"] == "numerique" and not r["in_quartiers"]
    ]
    names = carriers(study.held)
    alone = figure(
        "porteurs connus pour une seule initiative", sum(v == 1 for v in names.values()), len(names)
    )
    value, low, high = median_interval(amounts)
    other = median_interval(elsewhere)
    words = {"isoles": "", "montants": "Aucune initiative des quartiers n'a de montant connu."}
    if not amounts and other[0] is not None:
        words["montants"] += (
            f" Ailleurs, le montant médian du numérique financé est de {number(other[0])} euros "
            f"({number(len(elsewhere))} initiatives)."
        )
    elif amounts:
        words["montants"] = f"Seules {number(len(amounts))} initiatives ont un montant connu."
    if names:
        words["isoles"] = (
            f"{percent(alone['value'])} des porteurs ne sont connus que pour une initiative."
        )
    if value is not None and len(amounts) >= 6:
        words["montants"] = (
            f"{number(len(amounts))} initiatives ont un montant connu : médiane {number(value)} euros"
        )
        words["montants"] += (
            f", contre {number(other[0] or 0)} euros pour le numérique financé ailleurs."
            if len(elsewhere) >= 6
            else "."
        )
    verdict = "cannot-be-said"
    if None not in (high, other[1]) and len(amounts) >= 30 and len(elsewhere) >= 30:
        verdict = "holds-in-part" if (high or 0) < (other[1] or 0) else "cannot-be-said"
    figures = [alone, *posts(study)]
    words["postes"] = posts_told(study)
    if other[0] is not None:
        figures.append(
            {
                "label": "montant médian, numérique financé hors des quartiers",
                "value": other[0],
                "low": other[1],
                "high": other[2],
                "n": len(elsewhere),
                "unit": "euros",
            }
        )
    evidence = [r["id"] for r in study.held if r["amount_eur"]]
    return Answer(value, low, high, len(amounts), verdict, words, figures, evidence)


def last_posts(study: Study) -> list[Posts]:
    """The posts of the year before the table's last, which may not be whole."""
    known = study.territories.posts
    year = max((p.annee for p in known), default=0) - 1
    return [p for p in known if p.annee == year]


def posts(study: Study) -> list[dict[str, Any]]:
    """Posts financed for the neighbourhoods, one figure a scheme: counts, without an interval."""
    return [
        {
            "label": f"postes financés en contrats de ville, {SCHEMES[p.dispositif]}, {p.annee}",
            **{"value": float(p.postes), "low": None, "high": None},
            **{"n": p.structures, "unit": "postes"},
        }
        for p in last_posts(study)
    ]


def posts_told(study: Study) -> str:
    """The same as a sentence, with what it does not say."""
    found = last_posts(study)
    if not found:
        return ""
    parts = [
        f"{number(p.postes)} postes {SCHEMES[p.dispositif]} ({number(p.structures)} structures)"
        for p in found
    ]
    return (
        f"En {found[0].annee}, les contrats de ville finançaient {' et '.join(parts)} ; "
        "rien ne dit lesquels servent un projet numérique."
    )


def ask_C11(study: Study) -> Answer:
    return share_answer(
        described(study),
        lambda r: (
            bool(SOCIAL & set(r["themes"] or ()))
            and bool({"mediation", "hybride"} & set(r["forms"] or ()))
        ),
        threshold("C11"),
        strata=("corpus", "tout-venant", "recensement"),
    )


def ask_C12(study: Study) -> Answer:
    kept = [r for r in study.held if r["kind"] != "lieu" and TEACHING & set(r["themes"] or ())]
    answer = share_answer(
        kept,
        lambda r: bool(PILLARS & set(r["place_types"] or ())),
        threshold("C12"),
        strata=("corpus", "tout-venant"),
    )
    asked = [r for r in kept if stratum_of(r) != "recensement"]
    line = figure("tous lieux relais", sum(map(rests_on_relay, asked)), len(asked))
    answer.words["relais"] = percent(line["value"])
    answer.figures.append(line)
    if answer.verdict == "no-longer-holds" and passes(line, threshold("C12")):
        answer.verdict = "holds-in-part"
    return answer


def ask_C13(study: Study) -> Answer:
    counted = [r for r in study.held if r["kind"] != "lieu" and stratum_of(r) != "recensement"]
    dated = [(r, year) for r in counted if (year := year_of(r))]
    before = [r for r, year in dated if year < STUDY_YEAR]
    since = [r for r, year in dated if year >= STUDY_YEAR]
    lines: list[dict[str, Any]] = []
    told: list[str] = []
    for theme, name in EMERGING.items():
        counts = [
            (sum(theme in (r["themes"] or ()) for r in part), len(part)) for part in (since, before)
        ]
        value, low, high = quotient(*counts[0], *counts[1])
        if value is None:
            continue
        lines.append(
            {"label": name, "value": value, "low": low, "high": high, "n": len(dated)}
            | {"unit": "rapport"}
        )
        told.append(
            f"{name} × {number(value, 2)} ({number(low, 2)} à {number(high, 2)}, "
            f"{counts[1][0]} avant et {counts[0][0]} depuis)"
        )
    up = sum(line["low"] > 1 for line in lines)
    down = sum(line["high"] < 1 for line in lines)
    verdict = "cannot-be-said"
    if lines and up:
        verdict = "holds" if up == len(EMERGING) else "holds-in-part"
    elif lines and down == len(lines):
        verdict = "no-longer-holds"
    best = max(lines, key=lambda line: line["value"], default=None)
    return Answer(
        best["value"] if best else None,
        best["low"] if best else None,
        best["high"] if best else None,
        len(dated),
        verdict,
        {"tendances": " ; ".join(told) or "trop peu d'initiatives datées"},
        lines,
        [r["id"] for r in since if set(EMERGING) & set(r["themes"] or ())],
    )
