"""The chapters of the national panorama: themes, relay places, words, renewal, years.

**Reads** a :class:`Folder` and the territories. **Writes** the template's words.
**Method** One function a chapter. Every share has its interval and its base beside it.
**Limits** A chapter without matter says so in a sentence; it is never left empty.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from quartiers.compare.answers import figure, number, percent, span, stratum_of
from quartiers.compare.cards import label, relays, sheet
from quartiers.compare.examples import choose
from quartiers.compare.holdings import STANDS, Row
from quartiers.compare.indicators import rests_on_relay, year_of
from quartiers.compare.reading import ask
from quartiers.compare.vocabulary import Company, worlds_gap
from quartiers.publish.charts import columns, decades
from quartiers.publish.folder import Folder
from quartiers.publish.maps import dot_map
from quartiers.publish.pages import case, listed, plural
from quartiers.territories import Territories
from quartiers.vocabularies import FORMS, THEMES

EXAMPLES = 6
#: Kinds of carriers set side by side.
CARRIERS = 5
#: Under this base a share is not printed.
SHARE_MIN = 5
DIMENSIONS = {"forme": "Forme", "lieu": "Lieu", "porteur": "Porteur"}


def told_share(k: int, n: int) -> str:
    """«12 % (10 à 14 %)»."""
    line = figure("", k, n)
    return f"{percent(line['value'])} ({span(line['low'], line['high'])})"


def themes_chapter(
    folder: Folder, smart: Sequence[Row], territories: Territories
) -> dict[str, Any]:
    """The eight themes: their shares, their profile, a chapter each."""
    held = folder.held
    by_theme = {t: [r for r in held if t in (r["themes"] or ())] for t in THEMES}
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
    profiles = ask(folder.tables, "SELECT * FROM profiles")
    carriers = [
        name
        for name, _ in Counter(
            {
                p["label"]: sum(q["k"] for q in profiles if q["value"] == p["value"])
                for p in profiles
                if p["dimension"] == "porteur" and p["value"] != "Autre"
            }
        ).most_common(CARRIERS)
    ]
    return {
        "themes": pairs,
        "themes_bases": [len(others), len(listed_ones)],
        "forms_columns": [label("forme", f).split(" (")[0] for f in FORMS] + ["Lieu relais"],
        "forms_profile": [
            profile(t, [*FORMS, "un-relais"], profiles, ("forme", "lieu")) for t in THEMES
        ],
        "carriers_columns": carriers,
        "carriers_profile": [profile(t, carriers, profiles, ("porteur",)) for t in THEMES],
        "theme_chapters": [
            theme_chapter(
                t, by_theme[t], pairs[i], smart, folder, territories, [
                    p for p in profiles if p["theme"] == t
                ],
            )
            for i, t in enumerate(THEMES)
        ],
    }  # fmt: skip


def scale(rows: Sequence[dict[str, Any]]) -> float:
    """The end of a common scale: the next tenth above the widest interval."""
    widest = max((row["high"] for row in rows), default=1.0)
    return min(1.0, (int(widest * 10) + 1) / 10)


def profile(
    theme: str, values: Sequence[str], rows: Sequence[dict[str, Any]], dimensions: Sequence[str]
) -> dict[str, Any]:
    """A theme's shares by form, place or carrier; a dash under five known."""
    found = {p["value"]: p for p in rows if p["theme"] == theme and p["dimension"] in dimensions}
    base = max((p["n"] for p in found.values()), default=0)
    return {
        "label": label("theme", theme),
        "n": base,
        "cells": [
            (found[v] if v in found else figure("", 0, base) | {"share": 0.0 if base else None})
            if base >= SHARE_MIN
            else None
            for v in values
        ],
    }


def theme_chapter(
    theme: str,
    part: Sequence[Row],
    line: dict[str, Any],
    smart: Sequence[Row],
    folder: Folder,
    territories: Territories,
    profiles: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """One theme: how many, where, by whom, since when, which examples; the other world's doings."""
    mine = [r for r in part if r["main_theme"] == theme] or list(part)
    there = [r for r in smart if theme in (r["themes"] or ())]
    first = [r for r in there if r["main_theme"] == theme] or there
    quarters = {r["qpv_code"] for r in part if r["qpv_etat"] in STANDS and r["qpv_code"]}
    towns = {r["insee_code"] for r in part if r["insee_code"]}
    years = [y for r in part if (y := year_of(r))]
    rate = folder.measures("FR")["FR"].get(("pour_1000_theme", theme))
    facts = [{"big": number(len(part)), "what": "initiatives des quartiers"}]
    facts += [
        {"big": percent(side["value"]), "what": f"{what} ({span(side['low'], side['high'])})"}
        for side, what in zip(
            line["sides"], ("des actions et projets", "des lieux et services recensés"), strict=True
        )
        if side["n"] >= SHARE_MIN
    ]
    if rate and rate["value"] is not None:
        limits = f"{number(10 * rate['low'], 2)} à {number(10 * rate['high'], 2)}"
        facts.append(
            {"big": number(10 * rate["value"], 2), "what": f"pour 10 000 habitants ({limits})"}
        )
    facts.append(
        {
            "big": number(len(quarters)),
            "what": f"quartiers où il s'en trouve, dans {number(len(towns))} communes",
        }
    )
    if len(years) >= 6:
        middle = sorted(years)[len(years) // 2]
        facts.append({"big": str(middle), "what": f"début médian ({number(len(years))} datées)"})
    title = f"{label('theme', theme)} : quartiers où une initiative est localisée"
    text = f"En bleu, {plural(len(quarters), 'quartier')} sur {number(len(territories.qpv))}."
    return {
        "id": f"theme-{theme}",
        "title": label("theme", theme),
        "intro": sheet()["chapitres"][theme],
        "n": len(part),
        "facts": facts,
        "map": dot_map(
            [(q.longitude, q.latitude, c in quarters) for c, q in sorted(territories.qpv.items())],
            title,
            text,
            small=True,
        )
        if quarters
        else "",
        "map_text": text,
        "rests": [
            row
            for dimension, keep in (("forme", 3), ("lieu", 4), ("porteur", 3))
            for row in leading(profiles, dimension, keep)
        ],
        "credit": folder.credit(part),
        "cases": [case(r, folder.title_of) for r in choose(mine, EXAMPLES)],
        "smart": [case(r, folder.title_of) for r in choose(first, 3)],
        "smart_words": f"{plural(len(there), 'projet')} du corpus "
        f"{'touche' if len(there) < 2 else 'touchent'} au même thème :",
    }


def leading(profiles: Sequence[dict[str, Any]], dimension: str, keep: int) -> list[dict[str, Any]]:
    """The most frequent values of a dimension, worth a line: met at least twice."""
    rows = [
        p
        for p in profiles
        if p["dimension"] == dimension and p["k"] > 1 and p["value"] not in ("un-relais", "Autre")
    ]
    rows.sort(key=lambda p: (-p["k"], p["label"]))
    return [row | {"what": DIMENSIONS[dimension]} for row in rows[:keep]]


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
        ("Mots de la ville intelligente", [w for w in telling if w.z < 0][:14]),
        ("Mots des quartiers", [w for w in reversed(telling) if w.z > 0][:14]),
    )
    return {
        "words_text": f"D'un côté {listed([w.word for w in sides[1][1][:5]])} ; de l'autre "
        f"{listed([w.word for w in sides[0][1][:5]])}. La distance entre les deux vocabulaires "
        f"est de {number(gap.distance, 2)} sur une échelle de 0 à 1, quand le hasard donnerait "
        f"{number(gap.chance[0], 2)} à {number(gap.chance[1], 2)}.",
        "sides": [{"caption": name, "words": words} for name, words in reversed(sides)],
        "texts": gap.texts,
        "credit": folder.credit([r for r in folder.view if r["world"]]),
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
        "year_counts": decades(counts),
    }
