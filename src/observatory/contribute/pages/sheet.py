"""Import a spreadsheet: read aside, reported row by row, kept whole or not at all.

**Reads** one uploaded file. **Writes** a batch of contributions.
**Method** The report is that of ``quartiers check``. While a row has an error nothing is kept; a good file
is one batch, confirmed by one link and decided together or row by row.
**Limits** 2 MB, 2,000 rows.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from observatory.contribute import limits
from observatory.contribute.aside import MOST_BYTES, Sheet, read_aside
from observatory.contribute.forms import SheetForm
from observatory.contribute.models import Batch, Contribution
from observatory.contribute.send import NotSent, SaidAlready, clean_cells, not_sent, send
from observatory.contribute.stop import already, too_many
from quartiers.check import fields as schema

#: What the reader says → what the person is told. The first that is found in the sentence.
SAID: tuple[tuple[str, Promise], ...] = (
    ("too large", gettext_lazy("Ce fichier dépasse 2 Mo : partagez-le en plusieurs.")),
    ("too many rows", gettext_lazy("Ce fichier dépasse 2 000 lignes : partagez-le en plusieurs.")),
    ("too long", gettext_lazy("Ce fichier est trop long à lire : il est refusé.")),
    ("too heavy", gettext_lazy("Ce fichier demande trop de mémoire pour être lu : il est refusé.")),
    (
        "too much memory",
        gettext_lazy("Ce fichier demande trop de mémoire pour être lu : il est refusé."),
    ),
    (
        "is a PDF",
        gettext_lazy("Ce fichier est un PDF : demandez le tableau lui-même (XLSX ou CSV)."),
    ),
    (
        "old Office file",
        gettext_lazy(
            "Ce fichier est d'un ancien format (.xls, .doc) : enregistrez-le en XLSX ou CSV."
        ),
    ),
    (
        "is an archive",
        gettext_lazy(
            "Ce fichier est une archive : décompressez-la, puis envoyez le tableau qu'elle contient."
        ),
    ),
    (
        "swells",
        gettext_lazy(
            "Ce fichier gonfle démesurément une fois décompressé : il est refusé. "
            "Enregistrez la feuille en CSV."
        ),
    ),
    ("is empty", gettext_lazy("Ce fichier est vide.")),
    ("only blanks", gettext_lazy("Ce fichier ne contient que des blancs.")),
    (
        "web page",
        gettext_lazy(
            "Ce fichier est une page web et non un tableau : le lien de téléchargement menait "
            "sans doute à une erreur. Ouvrez-le dans un tableur, puis enregistrez-le en CSV."
        ),
    ),
    (
        "NUL byte",
        gettext_lazy(
            "Ce fichier n'est pas un texte, ou il est abîmé : enregistrez-le de nouveau en CSV "
            "UTF-8."
        ),
    ),
    ("no header line", gettext_lazy("La première ligne doit donner le nom des colonnes.")),
    ("has no name in the header", gettext_lazy("Une colonne n'a pas de nom : nommez-la.")),
    ("more than once", gettext_lazy("Deux colonnes ont le même nom : renommez l'une d'elles.")),
    ("damaged", gettext_lazy("Ce fichier est abîmé : enregistrez-le de nouveau.")),
    ("never closed", gettext_lazy("Un guillemet ouvert n'est jamais refermé dans ce fichier.")),
)
UNREADABLE = gettext_lazy(
    "Ce fichier n'est pas un tableau que nous savons lire : CSV, XLSX ou ODS."
)
MISSING = re.compile(r"la colonne obligatoire « \w+ » manque.*", re.DOTALL)
CELLS = re.compile(r"(\d+) cells where the header has (\d+)")
QUOTE = re.compile(r"a quote opened on line (\d+) is never closed: it swallows all to line (\d+)")


def page(request: HttpRequest) -> HttpResponse:
    """``/contribuer/tableur/``"""
    form = SheetForm(request.POST or None, request.FILES or None)
    sheet = None
    if request.method == "POST" and form.is_valid():
        if not limits.may_pass(request, "import"):
            return too_many(request)
        sheet = read_upload(form.cleaned_data["file"])
        if sheet.is_good:
            return keep(request, form.cleaned_data["email"], sheet)
    context = {
        "form": form,
        "sheet": sheet,
        "refused": refusal(sheet.refused) if sheet and sheet.refused else "",
        "problems": told(sheet) if sheet else [],
        "columns": schema().values(),
    }
    wrong = form.errors or sheet is not None
    return render(request, "contribute/sheet.html", context, status=422 if wrong else 200)


def read_upload(upload: UploadedFile) -> Sheet:
    """An uploaded file, written where the site keeps its own, read aside, removed."""
    name = Path(str(upload.name)).name[:100]
    if (upload.size or 0) > MOST_BYTES:
        return Sheet(name, refused="too large")
    with tempfile.TemporaryDirectory(prefix="envoi-", dir=settings.VAR) as folder:
        path = Path(folder) / "tableur"
        with path.open("wb") as stream:
            for block in upload.chunks():
                stream.write(block)
        return read_aside(path, name)


def refusal(said: str) -> str:
    """Why a file is refused, in plain words."""
    if found := MISSING.search(said):
        return found[0][:1].upper() + found[0][1:]
    return str(next((words for mark, words in SAID if mark in said), UNREADABLE))


def told(sheet: Sheet) -> list[dict[str, str]]:
    """Problems in plain words, errors first, in the order of rows."""
    rows = sorted(sheet.problems, key=lambda p: (p["severity"] != "erreur", p["row"]))[:200]
    for problem in rows:
        if found := CELLS.search(problem["what"]):
            problem["what"] = _("cette ligne a %(a)s cases ; l'en-tête en a %(b)s") % {
                "a": found[1],
                "b": found[2],
            }
        elif found := QUOTE.search(problem["what"]):
            problem["what"] = _(
                "un guillemet ouvert ligne %(a)s n'est jamais refermé : il avale tout jusqu'à la ligne %(b)s"
            ) % {"a": found[1], "b": found[2]}
    return rows


def keep(request: HttpRequest, email: str, sheet: Sheet) -> HttpResponse:
    """A good file: one batch, all its rows, one e-mail; or nothing."""
    try:
        with transaction.atomic():
            batch = Batch.objects.create(name=sheet.name)
            rows = [
                Contribution(kind=Contribution.Kind.DECLARE, cells=clean_cells(cells), batch=batch)
                for cells in sheet.good
            ]
            _contact, waits = send(request, email, rows)
    except NotSent:
        messages.error(request, not_sent(), extra_tags="wrong")
        return redirect("contribute_sheet")
    except SaidAlready:
        return already(request)
    return redirect("contribute_sent" if waits else "contribute_received")
