"""The chapters of the national panorama: themes, relay places, words, renewal, years.

**Reads** a :class:`Folder` and the territories. **Writes** the template's words.
**Method** One function a chapter. Every share has its interval and its base beside it.
**Limits** A chapter without matter says so in a sentence; it is never left empty.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from quartiers.compare.answers import figure, number, percent, span, stratum_of
from quartiers.compare.cards import carrier_kind, label, relays, sheet
from quartiers.compare.examples import choose
from quartiers.compare.holdings import STANDS, Row
from quartiers.compare.indicators import rests_on_relay, year_of
from quartiers.compare.vocabulary import Company, worlds_gap
from quartiers.publish.charts import columns
from quartiers.publish.folder import Folder
from quartiers.publish.pages import case, listed, plural
from quartiers.shapes import THEMES
from quartiers.territories import Territories

EXAMPLES = 6
PROFILE: dict[str, Callable[[Row], bool]] = {
    "Médiation": lambda r: "mediation" in (r["forms"] or ()),
    "Frugale": lambda r: "frugal" in (r["forms"] or ()),
    "Hybride": lambda r: "hybride" in (r["forms"] or ()),
    "Se dit innovante": lambda r: "declared" in (r["forms"] or ()),
    "Lieu relais": rests_on_relay,
}
CARRIERS: dict[str, tuple[str, ...]] = {
    "Association": ("Association",),
    "Collectivité": ("Collectivité",),
    "Bailleur": ("Bailleur",),
}


def told_share(k: int, n: int) -> str:
    """«12 % (10 à 14 %)»."""
    line = figure("", k, n)
    return f"{percent(line['value'])} ({span(line['low'], line['high'])})"


def themes_chapter(folder: Folder, smart: Sequence[Row]) -> dict[str, Any]:
    """The eight themes: their shares, their profile, a chapter each."""
    held = folder.held
    by_theme = {t: [r for r in held if t in (r["themes"] or ())] for t in THEMES}
    rows = [figure(label("theme", t), len(by_theme[t]), len(held)) for t in THEMES]
    listed_ones = [r for r in held if stratum_of(r) == "recensement"]
    others = [r for r in held if stratum_of(r) != "recensement"]
    pairs = [
        {
            "id": t,
            "label": label("theme", t),
            "n": len(by_theme[t]),
            "sides": [
                figure("", sum(t in (r["themes"] or ()) for r in part), len(part))
                for part in (others, listed_ones)
            ],
        }
        for t in THEMES
    ]
    return {
        "themes": pairs,
        "themes_bases": [len(others), len(listed_ones)],
        "profile_columns": [*PROFILE, *CARRIERS],
        "profile": [
            {"label": label("theme", t), "n": len(part), "cells": profile(part)}
            for t, part in by_theme.items()
        ],
        "theme_chapters": [
            theme_chapter(t, part, rows[i], smart, folder.titles)
            for i, (t, part) in enumerate(by_theme.items())
        ],
    }


def scale(rows: Sequence[dict[str, Any]]) -> float:
    """The end of a common scale: the next tenth above the widest interval."""
    widest = max((row["high"] for row in rows), default=1.0)
    return min(1.0, (int(widest * 10) + 1) / 10)


def profile(part: Sequence[Row]) -> list[float | None]:
    """The shares of a theme's initiatives by form, place and carrier; None under five."""
    known = [carrier_kind(r["carrier_type"]) for r in part if r["carrier_type"]]
    forms = [
        sum(map(has, part)) / len(part) if len(part) >= 5 else None for has in PROFILE.values()
    ]
    return forms + [
        sum(kind in kinds for kind in known) / len(known) if len(known) >= 5 else None
        for kinds in CARRIERS.values()
    ]


def theme_chapter(
    theme: str, part: Sequence[Row], line: dict[str, Any], smart: Sequence[Row], titles: Any
) -> dict[str, Any]:
    """One theme: how many, by whom, where, which examples; what the other world does of it."""
    mine = [r for r in part if r["main_theme"] == theme] or list(part)
    there = [r for r in smart if theme in (r["themes"] or ())]
    first = [r for r in there if r["main_theme"] == theme] or there
    quarters = {r["qpv_code"] for r in part if r["qpv_etat"] in STANDS and r["qpv_code"]}
    towns = {r["insee_code"] for r in part if r["insee_code"]}
    places = Counter(p for r in part for p in relays() & set(r["place_types"] or ()))
    years = [y for r in part if (y := year_of(r))]
    facts = [
        {"big": number(len(towns)), "what": f"communes, {plural(len(quarters), 'quartier')} nommés"}
    ]
    if len(years) >= 6:
        facts.append(
            {
                "big": str(sorted(years)[len(years) // 2]),
                "what": f"année médiane de début ({number(len(years))} datées)",
            }
        )
    words = ""
    if top := places.most_common(3):
        names = [f"{label('lieu', p).lower()} ({number(k)})" for p, k in top]
        words = f"Lieux le plus souvent nommés : {listed(names)}."
    return {
        "id": f"theme-{theme}",
        "title": label("theme", theme),
        "intro": sheet()["chapitres"][theme],
        "n": len(part),
        "share": percent(line["value"]),
        "span": span(line["low"], line["high"]),
        "facts": facts,
        "words": words,
        "cases": [case(r, titles) for r in choose(mine, EXAMPLES)],
        "smart": [case(r, titles) for r in choose(first, 3)],
        "smart_words": f"{plural(len(there), 'projet')} du corpus "
        f"{'touche' if len(there) < 2 else 'touchent'} au même thème :",
    }


def relay_chapter(folder: Folder) -> dict[str, Any]:
    """The places that initiatives rest on, and those within a walk of the quarters."""
    held = folder.held
    near = {m: row for (i, m), row in folder.measures("FR")["FR"].items() if i == "relais_a_pied"}
    whole = near.pop(None, None)
    walks = sorted(
        ({**row, "label": label("lieu", m or "")} for m, row in near.items()),
        key=lambda row: (-row["value"], row["label"]),
    )
    counts = Counter(p for r in held for p in relays() & set(r["place_types"] or ()))
    rows = [figure(label("lieu", p), k, len(held)) for p, k in counts.most_common(14)]
    resting = sum(map(rests_on_relay, held))
    return {
        "relay_words": f"{number(resting)} initiatives sur {number(len(held))} nomment un lieu "
        f"relais, soit {told_share(resting, len(held))}. Ces lieux accueillent, équipent, "
        "rassurent : c'est par eux que le numérique arrive, et c'est d'abord à eux qu'une "
        "métropole peut s'adresser.",
        "places": rows,
        "places_top": scale(rows),
        "walks": walks,
        "walks_words": f"{percent(whole['value'])} des quartiers ({span(whole['low'], whole['high'])}) "
        "ont un lieu relais connu à un quart d'heure à pied, du bord du quartier."
        if whole and whole["value"] is not None
        else "",
    }


def gap_chapter(folder: Folder) -> dict[str, Any] | None:
    """The words of the two worlds, and the company that some keep."""
    gap = worlds_gap(folder.view)
    if gap is None:
        return None
    telling = sorted(gap.words, key=lambda w: w.z)
    sides = (
        ("Mots de la ville intelligente", [w for w in telling if w.z < -1.96][:14]),
        ("Mots des quartiers", [w for w in reversed(telling) if w.quarters > w.smart][:14]),
    )
    return {
        "words_text": f"D'un côté {listed([w.word for w in sides[1][1][:5]])} ; de l'autre "
        f"{listed([w.word for w in sides[0][1][:5]])}. La distance entre les deux vocabulaires "
        f"est de {number(gap.distance, 2)} sur une échelle de 0 à 1, quand le hasard donnerait "
        f"{number(gap.chance[0], 2)} à {number(gap.chance[1], 2)}.",
        "sides": [{"caption": name, "words": words} for name, words in reversed(sides)],
        "texts": gap.texts,
        "companies": [company_view(c, gap.texts) for c in gap.companies],
    }


def company_view(company: Company, texts: tuple[int, int]) -> dict[str, Any]:
    """A family of words: who uses it, beside what, in which sentences."""
    used = (
        f"{company.texts[0]} des {texts[0]} textes des quartiers et {company.texts[1]} des "
        f"{texts[1]} de la ville intelligente"
    )
    near = [
        listed([f"« {w} »" for w, k in company.neighbours[side] if k > 1][:6]) for side in (0, 1)
    ]
    sides = ("dans les quartiers", "du côté de la ville intelligente et de l'infrastructure")
    beside = " ; ".join(
        f"{side}, {words}" for side, words in zip(sides, near, strict=True) if words
    )
    text = f"Dans le corpus, {used} emploient le mot."
    if beside:
        text += f" Ses voisins, toutes sources réunies : {beside}."
    title = {"innovation": "« Innover »", "intelligence": "« Intelligent », « smart »"}
    return {
        "title": title.get(company.name, company.name),
        "text": text,
        "quotes": company.quotes,
    }


def renewal_chapter(folder: Folder, territories: Territories) -> dict[str, Any]:
    """Phases, what they still allow, and what is known of the sites."""
    sites = list(territories.renewal.values())
    phases = Counter(s.phase_code or "inconnue" for s in sites)
    names = {p.code: p.nom for p in territories.phase.values()} | {
        "inconnue": "Phase inconnue",
        "travaux": "Travaux (voirie ou bâtiment)",
    }
    renewed = {c for c, q in territories.qpv.items() if q.in_renewal}
    there = [r for r in folder.held if r["qpv_code"] in renewed and r["qpv_etat"] in STANDS]
    infra = sum(bool(r["infra"]) for r in there)
    return {
        "renewal_words": f"{number(len(renewed))} quartiers de 2024 prolongent un site du nouveau "
        f"programme de renouvellement urbain. {plural(len(there), 'initiative y est localisée', 'initiatives y sont localisées')} ; "
        f"{number(infra)} {'touche' if infra < 2 else 'touchent'} à l'infrastructure. C'est pourtant "
        "là que se posent fourreaux, éclairage et "
        "rez-de-chaussée : ce qui n'entre pas à sa phase se paie ensuite deux fois.",
        "phases": list(territories.phase.values()),
        "renewal_phases": [
            figure(names.get(code, code), k, len(sites)) for code, k in phases.most_common()
        ],
    }


def time_chapter(held: Sequence[Row]) -> dict[str, Any]:
    """Initiatives by year of start."""
    counts = Counter(y for r in held if (y := year_of(r)))
    total = counts.total()
    words = (
        f"{number(total)} initiatives sur {number(len(held))} ont une année de début connue. Une "
        "baisse récente peut ne dire que le retard des sources."
    )
    shown = Counter({y: k for y, k in counts.items() if y >= 1995})
    text = f"De {min(shown)} à {max(shown)}, {total} initiatives datées." if shown else ""
    return {
        "time_words": words if total else "Aucune initiative n'est datée dans cette édition.",
        "years": columns(shown, "Initiatives par année de début", text) if len(shown) > 2 else "",
        "year_counts": sorted(counts.items()),
    }
