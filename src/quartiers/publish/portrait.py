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
from quartiers.compare.holdings import STANDS, Ground, Row, hold, lay
from quartiers.compare.indicators import rests_on_relay, year_of
from quartiers.compare.intervals import median_interval
from quartiers.compare.peers import Peer, find_peers
from quartiers.errors import InputError
from quartiers.publish.around import (
    lacking_rows,
    nearby,
    peer_rows,
    quartier_rows,
    renewal_rows,
    walks,
)
from quartiers.publish.charts import forest
from quartiers.publish.folder import Folder, Measures
from quartiers.publish.national import source_rows
from quartiers.publish.pages import case, listed, plural
from quartiers.shapes import FORMS, THEMES
from quartiers.territories import Territories

#: Under this many initiatives, none is a share.
FEW = 5
LISTED = 80
KINDS: dict[str, str] = {
    "EPCI": "Intercommunalité",
    "COM": "Commune",
    "QPV": "Quartier prioritaire",
    "DEP": "Département",
    "REG": "Région",
}
EMERGING = ("mobilite", "culture", "logement", "citoyennete")


def portrait(folder: Folder, territories: Territories, territory: str) -> dict[str, Any]:
    """The whole context of ``portrait.html``. Raises InputError for ground without a QPV."""
    grounds = lay(territories)
    code = territories.resolve(territory).code
    if code not in grounds.by_code or not grounds.by_code[code].quartiers:
        raise InputError(
            f"territory {territory} ({territories.label(code)}): it holds no priority neighbourhood "
            "of 2024, so there is nothing to portray; ask for its département."
        )
    ground = grounds.by_code[code]
    held = hold(folder.held, grounds)
    mine = list(held.get(code, ()))
    peers = find_peers(grounds, code) if ground.level in ("EPCI", "COM", "QPV") else []
    measures = folder.measures(code, "FR", *(p.ground.code for p in peers))
    name, shown = ground.name, set[str]()
    return {
        **folder.frame,
        "title": f"{name} — le numérique des quartiers prioritaires",
        "running": f"Quartiers, portrait : {name}, édition {folder.manifest['edition']}",
        "description": f"Portrait numérique des quartiers prioritaires : {name}.",
        "name": name,
        "kind": KINDS[ground.level],
        "code": code,
        "few": len(mine) < FEW,
        "n": len(mine),
        "facts": facts_line(ground, territories),
        "keys": keys(ground, mine, measures[code], measures["FR"]),
        "silence": silence(mine, measures[code], ground),
        "walks": walks(ground, folder, territories, mine),
        "near": nearby(ground, folder, grounds, held),
        **themes(mine, measures[code], name),
        **social(mine, folder, shown),
        **teaching(mine, folder, shown),
        "emerging": emerging(mine, peers, held, folder, shown),
        "quartiers": quartier_rows(ground, territories, folder, held),
        "peers": peer_rows(ground, grounds, peers, measures),
        "lacking": lacking_rows(ground, peers, held, folder),
        "renewal": renewal_rows(ground, territories, folder),
        "all": told_apart([case(r, folder.titles) for r in choose(mine, LISTED)]),
        "more": max(0, len(mine) - LISTED),
        "unknown": unknown(mine),
        "sources": [s for s in source_rows(folder) if s["rows"]],
    }


def facts_line(ground: Ground, territories: Territories) -> str:
    """The territory's facts in a sentence."""
    quartiers = [territories.qpv[c] for c in ground.quartiers]
    poor = [q for q in quartiers if q.taux_pauvrete is not None and q.population]
    people = sum(q.population or 0 for q in poor)
    words = []
    if ground.level == "QPV":
        q = quartiers[0]
        words.append(f"à {listed(q.communes_noms)} ({q.departement_nom})")
    else:
        words.append(plural(len(quartiers), "quartier prioritaire", "quartiers prioritaires"))
    if ground.population:
        words.append(f"{number(ground.population)} habitants dans les quartiers")
    if people:
        rate = sum((q.population or 0) * (q.taux_pauvrete or 0) for q in poor) / people
        words.append(f"taux de pauvreté {number(rate)}\u00a0%")
    renewed = sum(q.in_renewal for q in quartiers)
    if ground.level == "QPV":
        words.append(
            "en renouvellement urbain" if renewed else "hors renouvellement urbain national"
        )
    else:
        words.append(f"{number(renewed)} en renouvellement urbain")
    sentence = ", ".join(words)
    return sentence[:1].upper() + sentence[1:] + "."


def keys(
    ground: Ground, mine: Sequence[Row], here: Measures, nation: Measures
) -> list[dict[str, str]]:
    """The figures of the first page, each with what it rests on."""
    found = [
        {
            "big": number(len(mine)),
            "what": "initiatives numériques repérées" if len(mine) != 1 else "initiative repérée",
            "rest": f"de {plural(len({s for r in mine for s in r['sources'] or ()}), 'source')}."
            if mine
            else "Ce n'est pas la preuve d'une absence : voir ci-dessous.",
        }
    ]
    if expected := here.get(("attendues", None)):
        found.append(
            {
                "big": number(expected["value"], 1 if expected["value"] < 20 else 0),
                "what": "attendues, pour autant d'habitants",
                "rest": f"d'après {plural(expected['n'], 'source')} qui regardent ce département.",
            }
        )
    smooth, whole = here.get(("pour_1000_lisse", None)), nation.get(("pour_1000", None))
    if smooth and smooth["value"] is not None:
        rest = f"taux lissé ({number(smooth['low'], 2)} à {number(smooth['high'], 2)})"
        if whole and whole["value"] is not None:
            rest += f" ; France entière : {number(whole['value'], 2)}"
        found.append(
            {
                "big": number(smooth["value"], 2),
                "what": "initiatives pour 1 000 habitants des quartiers",
                "rest": rest + ".",
            }
        )
    reached = here.get(("quartiers_atteints", None))
    if reached and reached["value"] is not None:
        found.append(
            {
                "big": f"{number(reached['value'] * reached['n'])} sur {reached['n']}",
                "what": "quartiers ont une initiative à leur adresse",
                "rest": "Des autres, on ne sait pas.",
            }
        )
    return found


def silence(mine: Sequence[Row], here: Measures, ground: Ground) -> str:
    """What finding none means: absent, or not observed."""
    if mine:
        return ""
    expected, chance = here.get(("attendues", None)), here.get(("chance_de_zero", None))
    if not expected or not chance:
        return (
            "Aucune source lue ne regarde assez ce territoire pour que ne rien trouver veuille dire "
            "quelque chose : c'est « non observé »."
        )
    p = chance["value"]
    word = "absent" if p < 0.05 else "non observé"
    verdict = (
        "Ne rien trouver est donc une vraie surprise : ou bien il y a peu, ou bien cela ne laisse pas de trace."
        if p < 0.05
        else "Ne rien trouver n'apprend donc presque rien."
    )
    return (
        f"{plural(expected['n'], 'source')} regardent ce département ; pour "
        f"{number(ground.population or 0)} habitants elles trouvent en moyenne "
        f"{number(expected['value'], 1)} initiatives. Des territoires comme celui-ci où elles n'en "
        f"trouvent aucune : {percent(p)}. {verdict} Nous écrivons « {word} »."
    )


def themes(mine: Sequence[Row], here: Measures, name: str) -> dict[str, Any]:
    """The eight themes: counts, shares where there are enough, quotients to the rest of France."""
    rows = []
    for theme in THEMES:
        k = sum(theme in (r["themes"] or ()) for r in mine)
        row = figure(label("theme", theme), k, len(mine)) | {"count": k}
        status = here.get(("theme", theme), {}).get("status")
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
        "forms_cases": [case(r, folder.titles) for r in choose(hybrid, 4, shown)],
    }


def teaching(mine: Sequence[Row], folder: Folder, shown: set[str]) -> dict[str, Any]:
    """Awareness and training: who carries them, where, with what means."""
    part = [r for r in mine if {"formation", "insertion"} & set(r["themes"] or ())]
    names = Counter(str(r["carrier"]) for r in part if r["carrier"])
    places = Counter(p for r in mine for p in relays() & set(r["place_types"] or ()))
    amounts = [float(r["amount_eur"]) for r in mine if r["amount_eur"]]
    middle, low, high = median_interval(amounts)
    means = "Aucun montant n'est connu pour ces initiatives."
    if middle is not None:
        means = f"{plural(len(amounts), 'montant')} connus, médiane {number(middle)} euros"
        means += f" ({number(low)} à {number(high)})." if low is not None and high else "."
    return {
        "teaching_n": len(part),
        "teaching_carriers": [{"name": n, "n": k} for n, k in names.most_common(12)],
        "teaching_cases": [case(r, folder.titles) for r in choose(part, 4, shown)],
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
    mine: Sequence[Row],
    peers: Sequence[Peer],
    held: dict[str, list[Row]],
    folder: Folder,
    shown: set[str],
) -> list[dict[str, Any]]:
    """The four emerging themes: here, or, failing that, among the peers."""
    lines = []
    for theme in EMERGING:
        part = [r for r in mine if theme in (r["themes"] or ())]
        others = [
            r for p in peers for r in held.get(p.ground.code, ()) if theme in (r["themes"] or ())
        ]
        lines.append(
            {
                "label": label("theme", theme),
                "n": len(part),
                "cases": [
                    case(r, folder.titles)
                    for r in choose(main_first(part or others, theme), 2, shown)
                ],
                "here": bool(part),
                "peers": len(others),
            }
        )
    return lines


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
            f"Sur {plural(len(mine), 'initiative')}, {number(unplaced)} sans quartier identifié, "
            f"{number(undated)} sans date de début, "
            f"{number(sum(not r['carrier'] for r in mine))} sans porteur connu."
        )
        k = sum(map(rests_on_relay, mine))
        line = figure("", k, len(mine))
        if len(mine) >= FEW:
            lines.append(
                f"Un lieu relais est nommé pour {number(k)} d'entre elles, soit "
                f"{percent(line['value'])} ({span(line['low'], line['high'])})."
            )
    return lines
