"""``quartiers compare``: territories side by side, from the edition's measures."""

from __future__ import annotations

import json
from typing import Any

import click
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from quartiers.compare.cards import label, read_cards
from quartiers.errors import InputError
from quartiers.shelf import open_edition
from quartiers.territories import Territories, load

#: What is set side by side when nothing is asked for by name.
SHOWN = (
    *("initiatives", "attendues", "pour_1000", "pour_1000_lisse", "theme", "forme", "infra"),
    *("lieu_relais", "quartiers_atteints", "porteur_isole", "annee_mediane"),
)


@click.command()
@click.argument("codes", nargs=-1, required=True, metavar="TERRITORY...")
@click.option("--indicator", "-i", "wanted", multiple=True, help="Only this one (repeatable).")
@click.option("--peers", is_flag=True, help="Add the territories that resemble the first one.")
@click.option("--edition", help="A name or a folder; the current edition by default.")
@click.option("--json", "as_json", is_flag=True, help="For programs: every indicator.")
def command(
    codes: tuple[str, ...], wanted: tuple[str, ...], peers: bool, edition: str | None, as_json: bool
) -> None:
    """Set territories side by side: value, 95 % interval, base.

    Example: quartiers compare 69259 69256 FR --json
    """
    territories = load()
    if unknown := sorted(set(wanted) - set(read_cards())):
        raise InputError(
            f"indicator {unknown[0]}: not one of ours; choose among {', '.join(read_cards())}."
        )
    found = list(dict.fromkeys(territories.resolve(code).code for code in codes))
    if peers:
        found += [code for code in resembling(found[0], territories) if code not in found]
    rows = pq.read_table(
        open_edition(edition) / "measures.parquet", filters=[("territory", "in", found)]
    ).to_pylist()
    if silent := [code for code in found if not any(r["territory"] == code for r in rows)]:
        raise InputError(
            f"territory {silent[0]} ({territories.label(silent[0])}): the edition measures nothing "
            "there: it holds no priority neighbourhood; ask for its département."
        )
    if as_json:
        kept = [r for r in rows if not wanted or r["indicator"] in wanted]
        names = {code: territories.label(code) for code in found}
        click.echo(json.dumps({"territories": names, "measures": kept}, ensure_ascii=False))
    else:
        print_table(found, rows, wanted or SHOWN, territories)


def resembling(code: str, territories: Territories) -> list[str]:
    """The peers of a territory, nearest first."""
    from quartiers.compare.holdings import lay
    from quartiers.compare.peers import find_peers

    grounds = lay(territories)
    if code not in grounds.by_code or not grounds.by_code[code].quartiers:
        return []
    return [peer.ground.code for peer in find_peers(grounds, code)]


def print_table(
    codes: list[str],
    rows: list[dict[str, Any]],
    wanted: tuple[str, ...],
    territories: Territories,
) -> None:
    """A line an indicator and modality, a column a territory."""
    cells = {(r["territory"], r["indicator"], r["modality"]): r for r in rows}
    table = Table(box=None, pad_edge=False)
    table.add_column("indicateur", overflow="fold")
    for code in codes:
        table.add_column(f"{territories.label(code)}\n{code}", justify="right", overflow="fold")
    for name, card in read_cards().items():
        if name not in wanted:
            continue
        modalities = list(dict.fromkeys(r["modality"] for r in rows if r["indicator"] == name))
        for modality in sorted(modalities, key=lambda m: (m is not None, m or "")):
            title = card.fr if modality is None else f"{card.fr} : {label(name, modality)}"
            table.add_row(title, *(cell(cells.get((c, name, modality)), card.unit) for c in codes))
    Console(soft_wrap=False, highlight=False).print(table)


def cell(row: dict[str, Any] | None, unit: str) -> str:
    """«27 % (23–31)», the status where there is no value, nothing where there is no row."""
    if row is None:
        return ""
    if row["value"] is None:
        return {"non-observe": "non observé", "petit-nombre": f"n = {row['n']}"}.get(
            str(row["status"]), "—"
        )
    scale, digits = (
        (100, 0) if unit == "part" else (1, 0 if float(row["value"]).is_integer() else 2)
    )
    text = f"{row['value'] * scale:.{digits}f}" + (" %" if unit == "part" else "")
    if row["low"] is None or row["high"] is None:
        return text
    return f"{text} ({row['low'] * scale:.{digits}f}–{row['high'] * scale:.{digits}f})"
