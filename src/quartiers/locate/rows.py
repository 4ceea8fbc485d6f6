"""A file's rows, read as records: what ``quartiers locate FILE`` adds to each.

**Reads** rows (dicts). **Writes** nothing.
**Method** Columns are known by their usual names (``longitude``/``lon``, ``insee_code``/``code_insee``…)
or told. A row is a record without a source; its answers are those of the build. Long files go through
a process pool, in order.
**Limits** Coordinates are degrees WGS84; Lambert coordinates are «hors de France», and said.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from quartiers.errors import InputError
from quartiers.locate.addresses import open_addresses
from quartiers.locate.answers import Answer, locate_records
from quartiers.locate.points import NEAR_M
from quartiers.shapes import Record
from quartiers.tabular import in_short
from quartiers.text import fold
from quartiers.values import code as short_code

#: field of a record → the names of columns that hold it; the first found wins.
NAMES: dict[str, tuple[str, ...]] = {
    "longitude": ("longitude", "lon", "lng", "long", "x_longitude", "coord_x", "longitude_wgs84"),
    "latitude": ("latitude", "lat", "y_latitude", "coord_y", "latitude_wgs84"),
    "title": ("title", "titre", "intitule", "nom", "name", "nom_structure", "libelle"),
    "text": ("text", "texte", "description", "presentation", "resume", "objet", "contenu"),
    "commune": ("commune", "ville", "nom_commune", "lib_commune", "lib_com", "city"),
    "insee_code": ("insee_code", "code_insee", "insee", "insee_com", "code_commune", "citycode", "codgeo"),
    "postcode": ("postcode", "code_postal", "cp", "codepostal"),
    "address": ("address", "adresse", "adresse_complete"),
    "neighbourhood": ("neighbourhood", "quartier", "nom_quartier"),
    "qpv_code": ("qpv_code", "code_qpv", "code_qp", "codeqpv", "qpv_declare"),
}  # fmt: skip
#: What is added to a row of a table, in this order.
ADDED = ("qpv_code", "qpv_nom", "qpv_etat", "qpv_distance_m", "qpv_methode", "qpv_score", "qpv_codes",
         "qpv_because")  # fmt: skip
#: What is added to a JSON object.
ADDED_JSON = ("qpv", "qpv_etat", "qpv_because")
#: Where the user's own ``qpv_code`` goes, in a table: ours takes the name.
DECLARED = "qpv_code_declare"
CHUNK = 5_000


@dataclass(frozen=True)
class Asked:
    """What to locate with; travels to the workers."""

    columns: Mapping[str, str]  # empty: told by each row's own keys (JSON)
    told: tuple[str, ...] = ()
    perimeters: Path | None = None
    near_m: float = NEAR_M
    addresses: str | None = None
    kind: str = "lieu"


def find_columns(columns: Sequence[str], told: Sequence[str]) -> dict[str, str]:
    """Field → column. ``told``: «field=column», as the user says. Raises InputError."""
    for pair in told:
        wanted, _, column = pair.partition("=")
        if wanted not in NAMES or column not in columns:
            raise InputError(
                f"--column {pair}: say field=column, the field one of {', '.join(NAMES)}, "
                f"the column one of {in_short(columns)}."
            )
    found = dict(row_columns(tuple(columns), tuple(told)))
    if not found:
        raise InputError(
            f"none of the columns ({in_short(columns)}) says where anything is: expected one of "
            f"{', '.join(NAMES)}; name it with --column field=column."
        )
    return found


@lru_cache(maxsize=256)
def row_columns(names: tuple[str, ...], told: tuple[str, ...]) -> Mapping[str, str]:
    """Field → key, for one JSON object; none is no error: another object may have them."""
    by_name = {fold(c).strip().replace(" ", "_"): c for c in reversed(names)}
    found = {f: next((by_name[n] for n in known if n in by_name), "") for f, known in NAMES.items()}
    found |= {
        f: c for f, _, c in (pair.partition("=") for pair in told) if f in NAMES and c in names
    }
    return {f: c for f, c in found.items() if c}


def number(value: Any) -> float | None:
    """A coordinate as written, the decimal comma taken; None when it is no number."""
    try:
        return float(str(value).strip().replace(",", "."))
    except ValueError:
        return None


def word(value: Any) -> str | None:
    """A cell as words; None when empty."""
    text = "" if value is None else str(value).strip()
    return text or None


def row_record(row: Mapping[str, Any], asked: Asked, rank: int) -> Record:
    """One row as a record."""
    columns = asked.columns or row_columns(tuple(row), asked.told)
    cells = {f: row.get(c) for f, c in columns.items()}
    declared = cells.get("qpv_code")
    codes = declared if isinstance(declared, list) else [declared]
    title, text = word(cells.get("title")), word(cells.get("text"))
    return Record(
        source="fichier",
        source_id=str(rank),
        kind=asked.kind,
        title=title or "",
        text="" if cells.get("text") is None else str(cells["text"]) if text else "",
        longitude=number(cells.get("longitude")),
        latitude=number(cells.get("latitude")),
        address=word(cells.get("address")),
        postcode=short_code(cells.get("postcode")),
        commune=word(cells.get("commune")),
        insee_code=short_code(cells.get("insee_code")),
        neighbourhood=word(cells.get("neighbourhood")),
        declared_qpv=[c for code in codes if (c := word(code))],
    )


def chunk_answers(rows: list[dict[str, Any]], asked: Asked) -> list[list[Answer]]:
    """One task of the pool."""
    records = [row_record(row, asked, rank) for rank, row in enumerate(rows)]
    base = open_addresses(asked.addresses) if asked.addresses else None
    return locate_records(records, asked.perimeters, near_m=asked.near_m, addresses=base)


def locate_rows(
    rows: Iterable[dict[str, Any]], asked: Asked, workers: int
) -> Iterator[tuple[dict[str, Any], list[Answer]]]:
    """Each row with its answers, in order; memory does not grow with the file."""
    source = iter(rows)
    chunk = list(islice(source, CHUNK))
    if workers <= 1 or len(chunk) < CHUNK:
        while chunk:
            yield from zip(chunk, chunk_answers(chunk, asked), strict=True)
            chunk = list(islice(source, CHUNK))
        return
    waiting: deque[tuple[list[dict[str, Any]], Future[list[list[Answer]]]]] = deque()
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        while chunk or waiting:
            if chunk:
                waiting.append((chunk, pool.submit(chunk_answers, chunk, asked)))
                chunk = list(islice(source, CHUNK))
            if len(waiting) > 2 * workers or not chunk:
                sent, done = waiting.popleft()
                yield from zip(sent, done.result(), strict=True)


def as_object(a: Answer) -> dict[str, Any]:
    """An answer as JSON."""
    row = a.row("", 0)
    told = {
        k: row[k] for k in ("code", "nom", "generation", "etat", "distance_m", "methode", "score")
    }
    return told | {"because": reasons(a)}


def reasons(a: Answer) -> list[dict[str, Any]]:
    return [{k: v for k, v in b.as_dict().items() if v is not None} for b in a.because]


def json_cells(answers: list[Answer]) -> dict[str, Any]:
    """What is added to a JSON object: ``qpv`` holds the answers that name a quarter."""
    return {
        "qpv": [as_object(a) for a in answers if a.code],
        "qpv_etat": answers[0].etat,
        "qpv_because": reasons(answers[0]),
    }


def table_cells(answers: list[Answer]) -> dict[str, Any]:
    """What is added to a row of a table: the best answer, and all the codes."""
    best = answers[0].row("", 0)
    said = "; ".join(b.note or f"« {b.quote} »" for b in answers[0].because)
    return {
        "qpv_code": best["code"],
        "qpv_nom": best["nom"],
        "qpv_etat": best["etat"],
        "qpv_distance_m": best["distance_m"],
        "qpv_methode": best["methode"],
        "qpv_score": best["score"],
        "qpv_codes": "|".join(a.code for a in answers if a.code),
        "qpv_because": said,
    }
