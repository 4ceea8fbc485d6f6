"""The national panorama: what each chapter says, from the edition's tables.

**Reads** a :class:`Folder` and the territories. **Writes** the template's words.
**Method** One function a chapter. Every share has its interval and its base beside it.
**Limits** A chapter without matter says so in a sentence; it is never left empty.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from quartiers.compare.answers import STRATA, figure, number, percent, span, stratum_of
from quartiers.compare.cards import label, read_cards
from quartiers.compare.examples import choose
from quartiers.compare.holdings import STANDS
from quartiers.compare.indicators import year_of
from quartiers.compare.reading import unseen_of
from quartiers.link.unseen import card
from quartiers.publish.chapters import (
    gap_chapter,
    relay_chapter,
    renewal_chapter,
    themes_chapter,
    time_chapter,
    told_share,
)
from quartiers.publish.folder import Folder
from quartiers.publish.maps import dot_map
from quartiers.publish.pages import case, day, listed, plural
from quartiers.territories import Territories

#: The chapters in the study's order; the eight themes come after «themes», each its own.
BEFORE: dict[str, str] = {
    "preambule": "Préambule",
    "perimetre": "Méthode et périmètre",
    "themes": "Huit thèmes d'un regard",
}
AFTER: dict[str, str] = {
    "enseignements": "Premiers enseignements",
    "conclusion": "Conclusion",
    "inconnu": "Annexe : ce que nous ne savons pas",
    "preuves": "Annexe : remonter aux fiches",
    "sources": "Annexe : sources",
    "indicateurs": "Annexe : indicateurs",
}
#: Findings told under each heading of the lessons, in the report's order.
LESSONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "nombre": ("Nombreuses, et rarement dites innovantes", ("C1", "C2", "C4", "C11")),
    "relais": ("Portées par des lieux relais et par la médiation", ("C5", "C6", "C12", "C10")),
    "infrastructure": ("L'infrastructure et la donnée, ailleurs", ("C3",)),
    "mots": ("Deux vocabulaires", ("C7",)),
    "renouvellement": ("Le moment du renouvellement urbain", ("C8", "C9")),
    "temps": ("Dans le temps", ("C13",)),
}
#: Initiatives listed under a finding in the annex; the workbook lists them all.
TRACED = 12
#: Words of a finding's own figure, where it is not one of those listed under the answer.
HEADLINES: dict[str, str] = {
    "C1": "initiatives repérées",
    "C2": "ensemble",
    "C4": "ensemble",
    "C5": "ensemble",
    "C6": "ensemble",
    "C7": "distance (intervalle : au hasard)",
    "C8": "quotient (en renouvellement / ailleurs)",
    "C10": "montant médian dans les quartiers",
    "C11": "ensemble",
    "C12": "ensemble",
}


def national(folder: Folder, territories: Territories) -> dict[str, Any]:
    """The whole context of ``national.html``."""
    held = folder.held
    smart = [r for r in folder.view if r["world"] == "ville-intelligente" and r["digital"]]
    gap = gap_chapter(folder)
    parts = themes_chapter(folder, smart, territories)
    named = {t["id"]: t["title"] for t in parts["theme_chapters"]}
    shown = BEFORE | named | AFTER
    answers = [finding_view(f, folder) for f in folder.findings]
    by_name = {f["id"]: f for f in answers}
    return {
        **folder.frame,
        "title": "Le numérique que les quartiers inventent — panorama national",
        "running": f"Quartiers, panorama national, édition {folder.manifest['edition']}",
        "description": "Panorama national des initiatives numériques des quartiers prioritaires.",
        "numbers": numbers_of(shown),
        "credit": folder.credit(held),
        "chapters": [{"id": key, "title": title} for key, title in shown.items()],
        **first_page(folder, territories),
        **perimeter_chapter(folder, territories),
        **parts,
        **relay_chapter(folder),
        "gap": gap,
        **renewal_chapter(folder, territories),
        **time_chapter(held),
        "findings": answers,
        "lessons": {
            key: {"title": title, "findings": [by_name[n] for n in names]}
            for key, (title, names) in LESSONS.items()
        },
        "conclusion": conclusion(answers),
        "unknown": unknown_lines(folder, territories),
        **unseen_rows(folder, territories),
        "sources": folder.source_rows(),
        "cards": list(read_cards().values()),
    }


def numbers_of(chapters: dict[str, str]) -> dict[str, str]:
    """Chapter → its number; annexes have letters."""
    plain = [key for key, title in chapters.items() if not title.startswith("Annexe")]
    annexes = [key for key in chapters if key not in plain]
    return {key: str(i) for i, key in enumerate(plain, 1)} | {
        key: "ABCDEF"[i] for i, key in enumerate(annexes)
    }


def conclusion(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The questions by verdict, the surest first: what an elected member takes away."""
    order = ("holds", "holds-in-part", "no-longer-holds", "cannot-be-said")
    return [
        {"verdict": verdict, "label": rows[0]["verdict_label"], "findings": rows}
        for verdict in order
        if (rows := [f for f in answers if f["verdict"] == verdict])
    ]


def first_page(folder: Folder, territories: Territories) -> dict[str, Any]:
    """The key figures, and what they rest on."""
    held = folder.held
    n = len(held)
    reached = {r["qpv_code"] for r in held if r["qpv_etat"] in STANDS and r["qpv_code"]}
    sources = folder.manifest["sources"]
    dates = sorted(str(s["retrieved_at"])[:10] for s in sources.values() if s.get("retrieved_at"))
    when = f", recueillies jusqu'au {day(dates[-1])}" if dates else ""
    verdicts = Counter(f["verdict_label"] for f in folder.findings)
    doubts = sum(r["digital"] is None for r in folder.view)
    keys = [
        {
            "big": number(n),
            "what": "initiatives numériques repérées dans les quartiers prioritaires",
            "rest": f"sur {plural(folder.manifest['counts']['records'], 'fiche')} lues dans "
            f"{plural(len(sources), 'source')}{when}. C'est ce que les sources laissent voir, "
            "non ce qui existe.",
        },
        {
            "big": number(len(reached)),
            "what": "quartiers ont au moins une initiative à leur adresse",
            "rest": f"sur {number(len(territories.qpv))}, soit "
            f"{told_share(len(reached), len(territories.qpv))}. Des autres, on ne sait "
            "pas : l'adresse manque souvent.",
        },
        *share_keys(folder),
        {
            "big": number(doubts),
            "what": "fiches en doute, laissées à la relecture",
            "rest": "la machine ne peut dire si elles sont numériques : elles ne comptent nulle part.",
        },
    ]
    answers = [plural(k, "réponse") + f" « {name.lower()} »" for name, k in verdicts.most_common()]
    return {
        "lead": "Ateliers, fablabs, médias d'habitants, écoles de code, guichets accompagnés : la "
        "plupart de ces initiatives ne se disent pas « ville intelligente ». Ce panorama les "
        "cherche dans les données publiques, les compte avec prudence et les donne à lire.",
        "keys": keys,
        "tally": f"Aujourd'hui : {listed(answers)}." if answers else "",
    }


def share_keys(folder: Folder) -> list[dict[str, str]]:
    """The three shares of the first page: forms, relay places, infrastructure."""
    found = {f["id"]: f for f in folder.findings}
    words = {
        "C2": "ne se présentent pas comme innovantes",
        "C6": "des actions et services nomment un lieu relais du quartier",
        "C3": "touchent aux réseaux, à la donnée, aux capteurs, à l'énergie ou à la sécurité",
        "C5": "passent par une médiation humaine",
    }
    return [
        {
            "big": percent(f["value"]),
            "what": what,
            "rest": f"({span(f['low'], f['high'])}), base : {plural(f['n'], 'initiative')}"
            + ("." if name == "C3" else " dont la fiche se lit."),
        }
        for name, what in words.items()
        if (f := found.get(name)) and f["value"] is not None
    ]


def perimeter_chapter(folder: Folder, territories: Territories) -> dict[str, Any]:
    """Where initiatives come from, and where they are."""
    held = folder.held
    kinds = Counter(stratum_of(r) for r in held)
    reached = {r["qpv_code"] for r in held if r["qpv_etat"] in STANDS}
    text = (
        f"Chaque point est un quartier prioritaire ({number(len(territories.qpv))}) ; en bleu, les "
        f"{number(len(reached & set(territories.qpv)))} où une initiative au moins est localisée."
    )
    rates, counts = folder.indicator("pour_1000", "REG"), folder.indicator("initiatives", "REG")
    regions = sorted(
        (
            row | {"label": territories.label(code), "count": number(counts[code]["value"] or 0)}
            for code, row in rates.items()
            if row["value"] is not None
        ),
        key=lambda row: (-row["value"], row["label"]),
    )
    return {
        "origins": [
            figure(STRATA[k].capitalize(), kinds[k], len(held)) for k in STRATA if kinds[k]
        ],
        "map": dot_map(
            [(q.longitude, q.latitude, c in reached) for c, q in sorted(territories.qpv.items())],
            "Les quartiers prioritaires, et ceux où une initiative est localisée",
            text,
        ),
        "map_text": text,
        "regions": regions,
        "regions_top": max((row["high"] for row in regions), default=1.0),
    }


def finding_view(finding: dict[str, Any], folder: Folder) -> dict[str, Any]:
    """A finding, and the initiatives that its figure counts: how many, and some to look at."""
    traced = [folder.by_id[i] for i in finding["evidence"] or () if i in folder.by_id]
    headline = HEADLINES.get(finding["id"]) if finding["value"] is not None else None
    return finding | {
        "headline": headline,
        "counted": len(finding["evidence"] or ()),
        "credit": folder.credit(traced),
        "traces": [case(r, folder.title_of) for r in choose(traced, TRACED)],
    }


def unknown_lines(folder: Folder, territories: Territories) -> list[str]:
    """What this edition cannot say, with how much."""
    held = folder.held
    unplaced = sum(r["qpv_etat"] not in STANDS for r in held)
    undated = sum(year_of(r) is None for r in held)
    uncarried = sum(not r["carrier"] for r in held)
    unthemed = sum(not r["themes"] for r in held)
    unlooked = sum(q.population is None for q in territories.qpv.values())
    issues = folder.issues()
    lost = listed([f"{number(k)} à l'étape « {stage} »" for stage, k in issues.most_common()])
    silent = len(territories.qpv) - len({r["qpv_code"] for r in held if r["qpv_etat"] in STANDS})
    lines = [
        f"{plural(unplaced, 'initiative')} des quartiers sur {number(len(held))} n'ont pas de quartier "
        "identifié : leur source les y situe sans dire lequel, ou l'adresse manque.",
        f"{number(silent)} quartiers n'ont aucune initiative localisée. Ce n'est pas une absence : "
        "les portraits de territoire disent, quartier par quartier, ce que les sources auraient dû "
        "trouver et la probabilité de ne rien trouver par hasard.",
        f"{number(undated)} initiatives n'ont pas de date de début, {number(uncarried)} pas de "
        f"porteur connu, {number(unthemed)} aucun des huit thèmes.",
        f"La population manque pour {plural(unlooked, 'quartier')} (Polynésie française, "
        "Saint-Martin et secret statistique) : ils comptent dans les listes, non dans les taux.",
        "Une fiche n'est pas une preuve d'activité aujourd'hui : les sources vont de 2010 à 2026.",
    ]
    if issues:
        lines.append(f"Lignes perdues ou abîmées à la lecture, chacune nommée : {lost}.")
    return lines


def unseen_rows(folder: Folder, territories: Territories) -> dict[str, Any]:
    """What no list knows, of places: each estimate and its interval, or that there is none."""
    rows = unseen_of(folder.tables)
    for row in rows:
        row["label"] = (
            label("theme", row["theme"]) if row["theme"] else territories.label(row["territory"])
        )
    said = any(row[scope]["least"] for row in rows for scope in ("quarters", "everywhere"))
    return {"unseen": rows if said else [], "unseen_methods": list(card()["methods"].values())}
