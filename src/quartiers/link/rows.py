"""Anyone's own lists, as rows that linking can compare.

**Reads** tables. **Writes** nothing.
**Method** Columns are recognised by their usual names, or mapped by the user (``name=Nom du lieu``). A
name is compulsory; a place (address, commune, postcode or point) makes linking possible. The list a
row comes from is its file, or the column ``jeu`` of the consolidated Mednum list.
**Limits** One name column: join several before. A row that cannot be read is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from quartiers.errors import InputError
from quartiers.link.identity import mint, unite
from quartiers.link.items import Item, as_item
from quartiers.link.pairs import Pair, judge, reasons_of
from quartiers.place_types import place_slugs
from quartiers.tabular import Table, in_short
from quartiers.text import fold
from quartiers.values import code, degrees, known, several, siret, words

#: Our field → usual names of its column, folded, the likeliest first.
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("nom", "name", "title", "titre", "lib_fs", "lieu", "nom_structure", "raison_sociale"),
    "address": ("adresse", "address", "adresse_postale", "adresse_rue"),
    "postcode": ("code_postal", "postcode", "cp", "zip_code"),
    "commune": ("commune", "ville", "lib_com", "city", "adresse_commune"),
    "insee_code": ("code_insee", "insee_code", "insee_com"),
    "longitude": ("longitude", "lon", "lng", "long"),
    "latitude": ("latitude", "lat"),
    "siret": ("siret", "pivot"),
    "list": ("jeu", "source"),
    "identifier": ("id_source", "source_id", "id", "identifiant"),
    "kind": ("typologie", "type_lieu", "type"),
    "labels": ("labels", "labels_nationaux"),
}


@dataclass(frozen=True, slots=True)
class Linked:
    """What a row receives: the entity, the score of its best tie, the reasons, its row number."""

    entity_id: str
    score: float
    because: list[dict[str, Any]]
    row: int


def find_columns(table: Table, given: dict[str, str]) -> dict[str, str]:
    """Our field → the table's column. Raises InputError when no name can be found."""
    folded = {"_".join(fold(c).split()): c for c in table.columns}
    found = {
        field: folded[usual]
        for field, names in COLUMNS.items()
        for usual in reversed(names)
        if usual in folded
    }
    for field, column in given.items():
        if field not in COLUMNS or column not in table.columns:
            raise InputError(
                f"{table.name}: «{field}={column}» cannot be used; fields are {', '.join(COLUMNS)}, and "
                f"the file's columns are {in_short(table.columns)}."
            )
        found[field] = column
    if "name" not in found:
        raise InputError(
            f"{table.name}: no column of names was recognised among {in_short(table.columns)}; "
            "say which one with --map name=COLUMN."
        )
    return found


def as_items(table: Table, number: int, given: dict[str, str]) -> list[Item]:
    """Every row of one table as linking sees it; its id sorts by file then by row."""
    columns = find_columns(table, given)
    own_list = Path(table.name).stem.split(".")[0]
    items = []
    for position, row in enumerate(table):
        if row.problem:
            continue
        cells = {field: row.cells.get(column) for field, column in columns.items()}
        name = words(cells["name"])
        labels = several(cells.get("labels"))
        types = place_slugs([*several(cells.get("kind"), "|;,"), name, *labels])
        is_label_list = columns["name"] == "lib_fs"
        listed = words(cells.get("list"))
        source = "france-services" if is_label_list else f"mednum-{listed}" if listed else own_list
        items.append(
            as_item(
                {
                    "id": f"{number}:{position:08d}",
                    "source": source,
                    "source_id": known(cells.get("identifier")),
                    "title": name,
                    "address": known(cells.get("address")),
                    "postcode": code(cells.get("postcode")),
                    "commune": known(cells.get("commune")),
                    "siret": siret(cells.get("siret")),
                    "longitude": degrees(cells.get("longitude")),
                    "latitude": degrees(cells.get("latitude")),
                    "place_types": [*types, "france-services"] if is_label_list else types,
                }
            )
        )
    return items


def link_tables(tables: Sequence[Table], given: dict[str, str]) -> list[list[Linked]]:
    """For each table, what each row that can be read receives, in the order of the rows."""
    by_table = [as_items(table, number, given) for number, table in enumerate(tables)]
    items = [item for part in by_table for item in part]
    named = [item for item in items if item.title]
    groups, pairs = unite(sorted(item.id for item in items), judge(named, with_reasons=False))
    entity = {about: mint(group) for group, members in groups.items() for about in members}
    best = best_ties(pairs, entity)
    said = reasons(best, items, tables)
    return [
        [
            Linked(
                entity[item.id],
                round(best[item.id].score, 4) if item.id in best else 1.0,
                said.get(item.id, []),
                int(item.id.split(":")[1]),
            )
            for item in part
        ]
        for part in by_table
    ]


def best_ties(pairs: list[Pair], entity: dict[str, str]) -> dict[str, Pair]:
    """Row → the surest pair that ties it to another row of its group."""
    best: dict[str, Pair] = {}
    for pair in pairs:
        if entity[pair.a] == entity[pair.b]:
            for about in (pair.a, pair.b):
                if about not in best or pair.score > best[about].score:
                    best[about] = pair
    return best


def reasons(
    best: dict[str, Pair], items: list[Item], tables: Sequence[Table]
) -> dict[str, list[dict[str, Any]]]:
    """For each row tied: the other row, then the facts that agree and disagree."""
    place = {item.id: n for n, item in enumerate(items)}
    pairs = list(dict.fromkeys((pair.a, pair.b) for pair in best.values()))
    keys = np.array([(place[a], place[b]) for a, b in pairs], np.int64).reshape(-1, 2)
    because = dict(zip(pairs, reasons_of(items, keys), strict=True))
    said: dict[str, list[dict[str, Any]]] = {}
    for about, pair in best.items():
        number, row = (pair.b if pair.a == about else pair.a).split(":")
        note = f"même chose que la ligne {int(row)} de {tables[int(number)].name}"
        facts: list[dict[str, Any]] = [
            {"note": b.note, "weight": b.weight} for b in because[pair.a, pair.b]
        ]
        said[about] = [{"note": note, "weight": round(pair.score, 4)}, *facts]
    return said
