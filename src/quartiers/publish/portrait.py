"""The portrait of a territory: what was found there, beside what resembles it.

**Reads** a :class:`Folder` and the territories. **Writes** the template's words.
**Method** The study's second part, chapter by chapter, for an EPCI, a commune, a QPV, a département or
a région. Under five initiatives nothing is a share: the initiatives themselves are named.
**Limits** A territory with nothing known says what the sources should have shown, and whom to ask.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from quartiers.compare.answers import figure, number, percent, span
from quartiers.compare.cards import label, relays
from quartiers.compare.examples import choose
from quartiers.compare.holdings import STANDS, Row
from quartiers.compare.indicators import rests_on_relay, year_of
from quartiers.compare.intervals import median_interval
from quartiers.compare.reading import FEW, initiatives_of, portrait_of
from quartiers.errors import InputError
from quartiers.publish.around import (
    lacking_rows,
    nearby,
    peer_rows,
    picture,
    quartier_rows,
    renewal_groups,
    walks,
)
from quartiers.publish.charts import columns, decades, forest
from quartiers.publish.folder import Folder, Measures
from quartiers.publish.opening import facts_line, keys, silence
from quartiers.publish.pages import case, listed, plural
from quartiers.territories import Territories
from quartiers.vocabularies import FORMS, THEMES

LISTED = 40
#: Carriers that are named.
CARRIERS = 8
#: Under this many dated initiatives, no chart of years.
DATED = 8
KINDS: dict[str, str] = {
    "EPCI": "Intercommunalité",
    "COM": "Commune",
    "QPV": "Quartier prioritaire",
    "DEP": "Département",
    "REG": "Région",
}
EMERGING = ("mobilite", "culture", "logement", "citoyennete")


def portrait(folder: Folder, territories: Territories, code: str) -> dict[str, Any]:
    """The whole context of ``portrait.html``. Raises InputError for ground without a QPV."""
    page = portrait_of(folder.tables, code)
    if page is None:
        raise InputError(
            f"territory {code} ({territories.label(code)}): it holds no priority neighbourhood "
            "of 2024, so there is nothing to portray; ask for its département."
        )
    here = page["territory"]
    mine = initiatives_of(folder.tables, code)
    name, shown = here["name"], set[str]()
    return {
        **folder.frame,
        "title": f"{name} — le numérique des quartiers prioritaires",
        "running": f"Quartiers, portrait : {name}, édition {folder.manifest['edition']}",
        "description": f"Portrait numérique des quartiers prioritaires : {name}.",
        "name": name,
        "kind": KINDS[here["level"]],
        "level": here["level"],
        "code": code,
        "few": len(mine) < FEW,
        "n": len(mine),
        "credit": folder.credit(mine),
        "facts": facts_line(page, territories),
        "keys": keys(page, mine, len(folder.told_by(mine))),
        "silence": silence(mine, page),
        **picture(page, mine, territories),
        "walks": walks(page),
        "near": nearby(page, folder, territories),
        **themes(mine, page["measures"][code], name),
        **social(mine, folder, shown),
        **teaching(mine, folder, shown),
        **emerging(mine, page, folder, shown),
        **time(mine, page),
        "quartiers": quartier_rows(page, territories, folder),
        "peers": peer_rows(page),
        "lacking": lacking_rows(page, folder),
        "renewal": renewal_groups(page, int(folder.manifest["built_at"][:4]), territories),
        "all": told_apart([case(r, folder.title_of) for r in choose(mine, LISTED)]),
        "more": max(0, len(mine) - LISTED),
        "unknown": unknown(mine),
        **sources(mine, folder),
    }


def themes(mine: Sequence[Row], here: Measures, name: str) -> dict[str, Any]:
    """The eight themes: counts, shares where there are enough, quotients to the rest of France."""
    rows = []
    for theme in THEMES:
        k = sum(theme in (r["themes"] or ()) for r in mine)
        row = figure(label("theme", theme), k, len(mine)) | {"count": k}
        status = here.get(("theme", theme), {}).get("status")
        rate = here.get(("pour_1000_theme_lisse", theme), {})
        row["rate"] = (rate.get("value"), rate.get("low"), rate.get("high"))
        row["note"] = "absent" if not k and status == "absent" else ("" if k else "non observé")
        rows.append(row)
    quotients = [
        (label("theme", t), q["value"], q["low"], q["high"])
        for t in THEMES
        if (q := here.get(("quotient_theme", t))) and q["value"] is not None and q["high"]
    ]
    text = " ; ".join(
        f"{n} : {number(v, 2)} ({number(lo, 2)} à {number(hi, 2)})" for n, v, lo, hi in quotients
    )
    return {
        "themes": rows,
        "quotients": quotients,
        "forest": forest(
            [q for q in quotients if q[1] > 0],
            f"{name} : part de chaque thème, rapportée au reste de la France",
            text,
            middle="comme ailleurs",
        )
        if any(q[1] > 0 for q in quotients)
        else "",
    }


def social(mine: Sequence[Row], folder: Folder, shown: set[str]) -> dict[str, Any]:
    """Social innovation and its augmented forms."""
    forms = [
        figure(label("forme", f), sum(f in (r["forms"] or ()) for r in mine), len(mine))
        for f in FORMS
    ]
    hybrid = [r for r in mine if {"hybride", "frugal"} & set(r["forms"] or ())]
    counts = [
        f"{label('forme', f).lower()} ({k})"
        for f in FORMS
        if (k := sum(f in (r["forms"] or ()) for r in mine))
    ]
    return {
        "forms": forms,
        "forms_text": listed(counts),
        "forms_cases": [case(r, folder.title_of) for r in choose(hybrid, 4, shown)],
    }


def teaching(mine: Sequence[Row], folder: Folder, shown: set[str]) -> dict[str, Any]:
    """Awareness and training: who carries them, where, with what means."""
    part = [r for r in mine if {"formation", "insertion"} & set(r["themes"] or ())]
    names = Counter(str(r["carrier"]) for r in part if r["carrier"])
    places = Counter(p for r in mine for p in sorted(relays() & set(r["place_types"] or ())))
    amounts = [float(r["amount_eur"]) for r in mine if r["amount_eur"]]
    middle, low, high = median_interval(amounts)
    means = "Aucun montant n'est connu pour ces initiatives."
    if middle is not None:
        means = f"{plural(len(amounts), 'montant')} connus, médiane {number(middle)} euros"
        means += f" ({number(low)} à {number(high)})." if low is not None and high else "."
    return {
        "teaching_n": len(part),
        "teaching_carriers": [{"name": n, "n": k} for n, k in names.most_common(CARRIERS)],
        "carriers": len(names),
        "teaching_cases": [case(r, folder.title_of) for r in choose(part, 4, shown)],
        "means": means,
        "places": [
            {
                "label": label("lieu", p),
                "n": k,
                "names": listed(
                    [
                        r["title"]
                        for r in choose([r for r in mine if p in (r["place_types"] or ())], 4)
                    ]
                ),
            }
            for p, k in places.most_common()
        ],
    }


def emerging(
    mine: Sequence[Row], page: dict[str, Any], folder: Folder, shown: set[str]
) -> dict[str, Any]:
    """The four emerging themes: here, or, failing that, among the peers; those found nowhere, by name."""
    others = [row for peer in page["peers"] for row in initiatives_of(folder.tables, peer["code"])]
    lines: list[dict[str, Any]] = []
    for theme in EMERGING:
        part = [r for r in mine if theme in (r["themes"] or ())]
        theirs = [r for r in others if theme in (r["themes"] or ())]
        lines.append(
            {
                "label": label("theme", theme),
                "n": len(part),
                "cases": [
                    case(r, folder.title_of)
                    for r in choose(main_first(part or theirs, theme), 2, shown)
                ],
                "here": bool(part),
                "peers": len(theirs),
            }
        )
    return {
        "emerging": [line for line in lines if line["n"] or line["peers"]],
        "silent": ", ".join(
            line["label"] for line in lines if not (line["n"] or line["peers"])
        ).capitalize(),
    }


def time(mine: Sequence[Row], page: dict[str, Any]) -> dict[str, Any]:
    """Initiatives by year of start, where enough of them are dated."""
    counts = {r["year"]: r["n"] for r in page["years"] if r["theme"] is None}
    total = sum(counts.values())
    if total < DATED or len(counts) < 3:
        words = f"{plural(total, 'initiative')} sur {number(len(mine))}"
        return {
            "years": "",
            "year_counts": [],
            "time_words": f"{words} seulement {'a' if total < 2 else 'ont'} une année de début "
            "connue : aucune tendance ne s'y lit.",
        }
    text = f"De {min(counts)} à {max(counts)}, {total} initiatives datées sur {len(mine)}."
    return {
        "years": columns(counts, "Initiatives par année de début", text),
        "year_counts": decades(counts),
        "time_words": f"{number(total)} initiatives sur {number(len(mine))} ont une année de début "
        "connue. Une baisse récente peut ne dire que le retard des sources.",
    }


def told_apart(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cases with their first words where several bear one title («Médiation numérique»)."""
    titles = Counter(row["title"] for row in cases)
    for row in cases:
        words = row["summary"][:80].rsplit(" ", 1)[0]
        row["detail"] = f"{words} …" if titles[row["title"]] > 1 and words else ""
    return cases


def main_first(rows: Sequence[Row], theme: str) -> Sequence[Row]:
    """The initiatives of which it is the main theme, when there are enough."""
    mains = [r for r in rows if r["main_theme"] == theme]
    return mains if len(mains) > 1 else rows


def sources(mine: Sequence[Row], folder: Folder) -> dict[str, Any]:
    """The sources that tell of an initiative here, with how many; and the others that were read."""
    counts = folder.told_by(mine)
    read = [row | {"kept": counts[row["id"]]} for row in folder.source_rows() if row["rows"]]
    return {
        "sources": sorted((r for r in read if r["kept"]), key=lambda r: -r["kept"]),
        "elsewhere": [r for r in read if not r["kept"]],
    }


def unknown(mine: Sequence[Row]) -> list[str]:
    """What this portrait cannot say."""
    lines = [
        "Les sources disent surtout ce qui est financé ou référencé : une initiative sans "
        "subvention, sans fiche et sans page échappe. La déclarer la fait entrer dans l'édition suivante."
    ]
    if mine:
        unplaced = sum(r["qpv_etat"] not in STANDS for r in mine)
        undated = sum(year_of(r) is None for r in mine)
        lines.append(
            f"Sur {plural(len(mine), 'initiative')}, {none_or(unplaced)} sans quartier identifié, "
            f"{none_or(undated)} sans date de début, "
            f"{none_or(sum(not r['carrier'] for r in mine))} sans porteur connu."
        )
        k = sum(map(rests_on_relay, mine))
        line = figure("", k, len(mine))
        if len(mine) >= FEW:
            lines.append(
                f"Un lieu relais est nommé pour {number(k)} d'entre elles, soit "
                f"{percent(line['value'])} ({span(line['low'], line['high'])})."
            )
    return lines


def none_or(n: int) -> str:
    """How many initiatives, as a word when there is none."""
    return number(n) if n else "aucune"
