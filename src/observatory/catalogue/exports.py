"""The catalogue's answer as a file: CSV, workbook, GeoJSON, JSON Lines.

**Reads** the edition. **Writes** a stream.
**Method** Every answer, in the order shown, the columns of the edition's own exports. The file's name
says the edition and the filters; the workbook has them on a sheet, GeoJSON in a member of its own. An
initiative without a point is a GeoJSON feature without a geometry (RFC 7946, 3.2): it is shown, so
it is exported.
**Limits** A workbook is a closed archive: its rows are written one by one to a file aside, then closed and
sent (17,000 rows of 36 columns: six seconds of one core, four megabytes of memory). Past
:data:`QUICK` rows one at a time on the machine; past the format's own height, CSV only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from functools import partial
from io import BytesIO
from typing import IO, Any

from django.http import (
    FileResponse,
    Http404,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.utils.text import slugify
from django.utils.translation import gettext as _

from observatory.catalogue.results import Answer
from observatory.catalogue.words import active
from observatory.edition import Edition
from observatory.sheets import lines
from observatory.turns import alone
from quartiers.publish.exports import LICENCE
from quartiers.shapes import INITIATIVE_SCHEMA
from quartiers.tabular.cells import flat, printable

COLUMNS = [field.name for field in INITIATIVE_SCHEMA]
LISTS = ("themes", "infra", "forms", "place_types", "services", "records", "sources")
TRUTHS = ("in_quartiers",)
#: Rows that a sheet holds under its header (ECMA-376).
LARGEST_WORKBOOK = 1_048_575
#: Rows of a workbook made at once for anybody: under a second of one core.
QUICK = 2_000
CHUNK = 500
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "jsonl": "application/jsonl; charset=utf-8",
}


def export(edition: Edition, found: Answer, extension: str) -> HttpResponseBase:
    """The file. Raises Http404 for a format that we do not write."""
    if extension not in FORMATS:
        raise Http404(extension)
    if extension == "xlsx":
        return workbook(edition, found)
    written = {"csv": csv_lines, "geojson": geojson_lines, "jsonl": jsonl_lines}[extension]
    answer = StreamingHttpResponse(written(edition, found), content_type=FORMATS[extension])
    answer["Content-Disposition"] = f'attachment; filename="{file_name(edition, found, extension)}"'
    return answer


def file_name(edition: Edition, found: Answer, extension: str) -> str:
    """``initiatives_theme-logement_REG84_complete-8570a62f95e3.csv``"""
    said = [slugify(f"{name} {value}") for name, value in found.question.pairs(page=False)]
    return "_".join(["initiatives", *filter(None, said)])[:150] + f"_{edition.name}.{extension}"


def rows(edition: Edition, found: Answer) -> Iterator[dict[str, Any]]:
    """Every answer in order, lists as lists."""
    ids = found.every()
    columns = ", ".join(f'"{column}"' for column in COLUMNS)
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        marks = ", ".join("?" * len(part))
        sql = f"SELECT {columns} FROM initiatives WHERE id IN ({marks})"
        by_id = {row["id"]: row for row in edition.rows(sql, part)}
        for identifier in part:
            row = dict(by_id[identifier])
            for name in LISTS:
                row[name] = json.loads(row[name] or "[]")
            for name in TRUTHS:
                row[name] = bool(row[name])
            yield row


def csv_lines(edition: Edition, found: Answer) -> Iterator[str]:
    """UTF-8 with its mark (spreadsheets need it), formula starts quoted."""
    yield "\ufeff"
    yield from lines(COLUMNS, (list(row.values()) for row in rows(edition, found)))


def jsonl_lines(edition: Edition, found: Answer) -> Iterator[str]:
    """One object a line."""
    for row in rows(edition, found):
        yield json.dumps(row, ensure_ascii=False) + "\n"


def geojson_lines(edition: Edition, found: Answer) -> Iterator[str]:
    """RFC 7946, with the edition, the filters and the licence beside the features."""
    beside = {
        "edition": edition.name,
        "filters": [one["said"] for one in active(edition, found.question)],
        "licence": LICENCE,
    }
    told = json.dumps(beside, ensure_ascii=False)[1:-1]
    yield '{"type": "FeatureCollection", ' + told + ', "features": [\n'
    between = ""
    for row in rows(edition, found):
        lon, lat = row.pop("longitude"), row.pop("latitude")
        point = {"type": "Point", "coordinates": [lon, lat]}
        feature = {
            "type": "Feature",
            "id": row["id"],
            "geometry": None if lon is None or lat is None else point,
            "properties": {k: v for k, v in row.items() if v is not None},
        }
        yield between + json.dumps(feature, ensure_ascii=False)
        between = ",\n"
    yield "\n]}\n"


def workbook(edition: Edition, found: Answer) -> HttpResponseBase:
    """The workbook as a download. Raises Busy when another large one is being made."""
    if found.count > LARGEST_WORKBOOK:
        said = _("Un classeur contient au plus %(most)s lignes ; prenez le CSV, sans limite.")
        return HttpResponse(
            said % {"most": LARGEST_WORKBOOK}, status=413, content_type="text/plain; charset=utf-8"
        )
    stream = BytesIO()
    with alone("workbooks") if found.count > QUICK else nullcontext():
        write_workbook(edition, found, stream)
    stream.seek(0)
    answer = partial(FileResponse, stream, as_attachment=True, content_type=FORMATS["xlsx"])
    return answer(filename=file_name(edition, found, "xlsx"))


def write_workbook(edition: Edition, found: Answer, stream: IO[bytes]) -> None:
    """One sheet of initiatives, one that says the edition and the filters."""
    from openpyxl import Workbook  # slow to import, and only a spreadsheet needs it

    book = Workbook(write_only=True)
    sheet = book.create_sheet("initiatives")
    sheet.freeze_panes = "A2"
    sheet.append(COLUMNS)
    for row in rows(edition, found):
        sheet.append([printable(flat(value)) for value in row.values()])
    about = book.create_sheet("filtres")
    about.append(["edition", edition.name])
    about.append(["licence", LICENCE])
    for one in active(edition, found.question):
        about.append(["filtre", printable(flat(one["said"]))])
    book.save(stream)
