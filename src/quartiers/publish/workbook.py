"""The workbook of a report: all the tables behind it, a sheet each, at full precision.

**Reads** the edition's SQLite file. **Writes** an XLSX file.
**Method** Each sheet is one question to the edition, its columns named in French; a first sheet says
what each one holds, the edition and the sources. An empty cell is «unknown», never zero.
**Limits** Figures, not their layout: the pages' words are in the report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from quartiers.compare.cards import label, read_cards
from quartiers.compare.reading import ask, findings, territory
from quartiers.errors import InputError
from quartiers.publish.folder import Folder
from quartiers.tabular.cells import flat, printable

Lines = list[dict[str, Any]]
HEAD = PatternFill("solid", fgColor="0D4F6B")
DIMENSIONS = {
    **{"theme": "theme", "quotient_theme": "theme", "pour_1000_theme": "theme"},
    **{"pour_1000_theme_lisse": "theme", "forme": "forme", "infra": "infra"},
    **{"lieu_type": "lieu", "relais_a_pied": "lieu"},
}
INITIATIVE = """i.id, i.title AS titre, i.kind AS nature, i.themes, i.forms AS formes, i.infra,
    i.carrier AS porteur, i.carrier_type AS type_de_porteur, i.start AS debut, i.amount_eur AS
    montant_eur, i.commune, i.insee_code AS code_insee, i.qpv_code, i.qpv_nom, i.qpv_etat,
    i.place_types AS lieux, i.longitude, i.latitude, i.records AS fiches, i.sources, i.url, i.licence"""


def write_workbook(folder: Folder, code: str, path: Path) -> None:
    """The workbook of a territory's report. Raises InputError when it holds no quarter."""
    here = territory(folder.tables, code)
    if here is None:
        raise InputError(
            f"territory {code}: it holds no priority neighbourhood; ask for its département."
        )
    found = list(sheets(folder, here))
    book = Workbook(write_only=True)
    about = [
        {"feuille": name, "contenu": words, "lignes": len(rows)} for name, words, rows in found
    ]
    about += [
        {"feuille": "", "contenu": words, "lignes": None}
        for words in (
            f"{here['name']} ({code}). {folder.frame['edition_line']}",
            "Intervalles à 95 %. Une case vide veut dire « inconnu » ou « retiré, base trop petite », jamais zéro.",
            "Données et texte : Licence Ouverte 2.0 ; chaque source garde la sienne (feuille Sources).",
        )
    ]
    add_sheet(book, "Lisez-moi", about)
    for name, _, rows in found:
        add_sheet(book, name, rows)
    book.properties.title = f"{here['name']} : le numérique des quartiers prioritaires"
    book.properties.creator = "Quartiers"
    book.save(path)


def sheets(folder: Folder, here: dict[str, Any]) -> Iterator[tuple[str, str, Lines]]:
    """(name, what it holds, rows) of each sheet that has rows."""
    for name, words, rows in [
        *(nation_sheets(folder) if here["code"] == "FR" else territory_sheets(folder, here)),
        ("Sources", "Ce qui a été lu", sources(folder)),
        ("Indicateurs", "Ce que chaque indicateur mesure, et ne dit pas", cards()),
    ]:
        if rows:
            yield name, words, rows


def nation_sheets(folder: Folder) -> list[tuple[str, str, Lines]]:
    """The nation: findings and their evidence, measures, profiles, words, initiatives."""
    c = folder.tables
    answers = findings(c)
    figures = [
        {"constat": f["id"], "mesure": g["label"], "valeur": g["value"], "bas": g["low"]}
        | {"haut": g["high"], "base": g["n"], "unite": g["unit"]}
        for f in answers
        for g in f["figures"] or ()
    ]
    proof = f"""SELECT e.finding AS constat, {INITIATIVE} FROM finding_evidence e
        JOIN initiatives i ON i.id = e.initiative ORDER BY e.rowid"""
    return [
        ("Constats", "Les treize questions, leur réponse, leur chiffre", constats(answers)),
        ("Chiffres", "Les autres chiffres de chaque réponse", figures),
        ("Preuves", "Toutes les initiatives que compte chaque constat", ask(c, proof)),
        (
            "Mesures",
            "Tous les indicateurs, France entière et régions",
            measured(folder, "FR", "REG"),
        ),
        (
            "Profils",
            "Chaque thème par forme, lieu et porteur",
            ask(
                c,
                """SELECT theme, dimension, label AS valeur, k AS initiatives, n AS base, share AS
                part, low AS bas, high AS haut FROM profiles""",
            ),
        ),
        ("Années", "Initiatives par année de début", years(folder, "FR")),
        (
            "Mots",
            "Les mots des deux mondes (z > 0 : quartiers)",
            ask(
                c,
                "SELECT word AS mot, quarters AS quartiers, smart AS ville_intelligente, delta, z FROM words",
            ),
        ),
        (
            "Voisinages",
            "Les mots voisins d'innovation et d'intelligence",
            ask(c, "SELECT * FROM neighbours"),
        ),
        ("Citations", "Des phrases qui les emploient", ask(c, "SELECT * FROM quotes")),
        ("Renouvellement", "Les sites, leur phase, leurs portes", ask(c, "SELECT * FROM renewals")),
        ("Initiatives", "Toutes les initiatives des quartiers", initiatives(folder, "FR")),
    ]


def territory_sheets(folder: Folder, here: dict[str, Any]) -> list[tuple[str, str, Lines]]:
    """A territory: its measures and its peers', quarters, relay places, renewal, initiatives."""
    c, code = folder.tables, here["code"]
    peers = ask(
        c,
        """SELECT p.rank AS rang, t.code, t.name AS nom, p.distance, t.region, t.population,
        t.poverty AS pauvrete_pct, t.city AS habitants_de_la_ville, t.renewal AS
        part_en_renouvellement, t.initiatives FROM peers p JOIN territories t ON t.code = p.peer
        WHERE p.territory = ? ORDER BY p.rank""",
        (code,),
    )
    lacks = ask(
        c,
        """SELECT kind AS sorte, label AS pratique, "having" AS pairs_qui_l_ont, peers AS pairs,
        expected AS attendues_ici, examples AS a_appeler FROM lacks WHERE territory = ?""",
        (code,),
    )
    marks = ", ".join("?" * len(here["quartiers"]))
    inside = f"IN ({marks})"
    return [
        ("Mesures", "Tous les indicateurs : ici, chez les pairs, en France",
         measured(folder, code, "FR", *(p["code"] for p in peers))),
        ("Quartiers", "Les quartiers du territoire",
         ask(c, f"SELECT * FROM territories WHERE code {inside}", here["quartiers"])),
        ("Mesures des quartiers", "Compte, attente et chance de zéro, quartier par quartier",
         quarters(folder, here["quartiers"])),
        ("Pairs", "Les territoires qui ressemblent, leur distance", peers),
        ("Chez les pairs", "Ce qu'ils font, et qu'on n'a pas trouvé ici", lacks),
        ("Lieux relais", "Le plus proche de chaque sorte, quartier par quartier",
         ask(c, f"SELECT * FROM relays WHERE territory {inside}", here["quartiers"])),
        ("Années", "Initiatives par année de début", years(folder, code)),
        ("Renouvellement", "Les sites, leur phase, leurs portes",
         ask(c, f"SELECT * FROM renewals WHERE territory {inside}", here["quartiers"])),
        ("Initiatives", "Toutes les initiatives du territoire", initiatives(folder, code)),
    ]  # fmt: skip


def constats(answers: Lines) -> Lines:
    """The findings as rows."""
    names = {"id": "constat", "section": "section", "question": "question", "statement": "enonce"}
    names |= {"verdict_label": "verdict", "answer": "reponse", "value": "valeur", "low": "bas"}
    names |= {"high": "haut", "n": "base", "unit": "unite", "limits": "ne_voit_pas"}
    return [{new: row[old] for old, new in names.items()} for row in answers]


def measured(folder: Folder, *codes: str) -> Lines:
    """The measures of territories (of all régions for «REG»), with the indicators' French names."""
    marks = ", ".join("?" * len(codes))
    sql = f"""SELECT m.*, t.name FROM measures m LEFT JOIN territories t ON t.code = m.territory
        WHERE m.territory IN ({marks}) OR (? AND m.territory LIKE 'REG%')"""
    shown = read_cards()
    return [
        {
            "territoire": row["name"] or row["territory"],
            "code": row["territory"],
            "indicateur": shown[row["indicator"]].fr,
            "modalite": label(DIMENSIONS.get(row["indicator"], ""), row["modality"] or "") or None,
            "valeur": row["value"],
            "bas": row["low"],
            "haut": row["high"],
            "base": row["n"],
            "unite": shown[row["indicator"]].unit,
            "statut": row["status"],
        }
        for row in ask(folder.tables, sql, (*codes, int("REG" in codes)))
    ]


def quarters(folder: Folder, codes: Sequence[str]) -> Lines:
    """For each quarter: found, expected, the chance of finding none."""
    wanted = (
        *("initiatives", "attendues", "trouvees_sur_attendues", "chance_de_zero"),
        "pour_1000_lisse",
    )
    names = {read_cards()[name].fr for name in wanted}
    return [row for row in measured(folder, *codes) if row["indicateur"] in names]


def years(folder: Folder, code: str) -> Lines:
    """Initiatives by year, of all themes and of each."""
    sql = "SELECT theme, year AS annee, n AS initiatives FROM years WHERE territory = ?"
    rows = ask(folder.tables, sql, (code,))
    return [row | {"theme": label("theme", row["theme"] or "") or "ensemble"} for row in rows]


def initiatives(folder: Folder, code: str) -> Lines:
    """The initiatives that stand on a territory."""
    sql = f"""SELECT {INITIATIVE} FROM holdings h JOIN initiatives i ON i.id = h.initiative
        WHERE h.territory = ? ORDER BY i.id"""
    return ask(folder.tables, sql, (code,))


def sources(folder: Folder) -> Lines:
    """What was read."""
    names = {"id": "source", "title": "titre", "publisher": "editeur", "licence": "licence"}
    names |= {"date": "date", "rows": "lignes_lues", "kept": "initiatives_des_quartiers"}
    return [{new: row[old] for old, new in names.items()} for row in folder.source_rows()]


def cards() -> Lines:
    """The indicators' cards."""
    return [
        {"indicateur": c.fr, "unite": c.unit, "base": c.base, "ne_dit_pas": c.ne_dit_pas}
        | {"reference": c.reference, "plus_petite_base_montree": c.n_min}
        for c in read_cards().values()
    ]


def add_sheet(book: Workbook, name: str, rows: Lines) -> None:
    """One sheet: a header that stays in sight, a filter, columns as wide as their words."""
    sheet = book.create_sheet(name)
    columns = list(rows[0])
    for i, column in enumerate(columns, 1):
        longest = max((len(str(r[column] or "")) for r in rows[:200]), default=0)
        sheet.column_dimensions[get_column_letter(i)].width = min(
            60, max(len(column) + 3, longest + 2, 9)
        )
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"
    head = []
    for column in columns:
        cell = WriteOnlyCell(sheet, value=column.replace("_", " "))
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        head.append(cell)
    sheet.append(head)
    for row in rows:
        sheet.append([printable(flat(value)) for value in row.values()])
