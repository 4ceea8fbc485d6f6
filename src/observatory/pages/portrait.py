"""The portrait of a territory to print or download: HTML, PDF or a workbook of its figures.

**Reads** the edition. **Writes** ``VAR/portraits/<edition>/<code>.<kind>``, kept as long as the edition.
**Method** Made once, by ``quartiers report`` in a process of its own that may take :data:`SECONDS` and
no more; one at a time on the whole machine (a lock file), so that many asking cannot weigh the site
down: the others are told to come back. The HTML report carries one style sheet: its digest is the only
inline style that the answer's policy allows. **Limits** French only, as the report is.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from csp.constants import NONE
from csp.decorators import csp_replace
from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from observatory.edition import Edition, current
from observatory.ground import ground_of
from observatory.turns import RETRY_AFTER, Busy, alone

TYPES = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SECONDS = 60
#: How many editions' portraits are kept.
KEPT = 2


def page(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """``/territoires/<code>/portrait.<kind>``"""
    ground = ground_of(code)
    if kind not in TYPES:
        raise Http404
    if ground is None:
        return redirect("territory", code)
    edition = current()
    try:
        path = made(edition, code, kind)
    except Busy:
        answer = render(request, "portrait_busy.html", {"ground": ground}, status=503)
        answer.headers["Retry-After"] = RETRY_AFTER
        return answer
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return render(request, "portrait_busy.html", {"ground": ground, "failed": True}, status=503)
    if kind == "html":
        return shown(request, path)
    name = f"quartiers-{code}.{kind}"
    return FileResponse(
        path.open("rb"), content_type=TYPES[kind], as_attachment=kind == "xlsx", filename=name
    )


def shown(request: HttpRequest, path: Path) -> HttpResponse:
    """The HTML report, its own style sheet allowed by its digest, nothing else."""
    text = path.read_text("utf-8")
    marks = [
        f"'sha256-{base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()}'"
        for sheet in re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    ]

    @csp_replace({"style-src": marks or [NONE], "script-src": [NONE]})
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(text, content_type=TYPES["html"])

    answer: HttpResponse = view(request)
    return answer


def made(edition: Edition, code: str, kind: str) -> Path:
    """The portrait's file, made if it is not there. Raises Busy."""
    folder = settings.VAR / "portraits" / edition.name
    path: Path = folder / f"{code}.{kind}"
    if path.is_file():
        return path
    with alone("portraits"):
        if not path.is_file():
            folder.mkdir(parents=True, exist_ok=True)
            work = path.with_name(f"making-{path.name}")
            write(edition, code, kind, work)
            work.replace(path)
            forget(folder)
    return path


def write(edition: Edition, code: str, kind: str, path: Path) -> None:
    """One portrait. The report is made apart: its memory goes with it, and it can be stopped."""
    script = (
        "import sys; from pathlib import Path; from quartiers.publish.report import write_report; "
        "write_report(Path(sys.argv[1]), sys.argv[2], output=Path(sys.argv[3]), "
        "formats=[sys.argv[4]])"
    )
    asked = [str(edition.path), code, str(path.with_suffix("")), kind]
    with subprocess.Popen(
        [sys.executable, "-c", script, *asked], stdout=subprocess.DEVNULL, process_group=0
    ) as making:
        try:
            failed = making.wait(SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(making.pid, signal.SIGKILL)  # and the process that prints for it
            raise
    if failed:
        raise subprocess.CalledProcessError(failed, making.args)


def forget(folder: Path) -> None:
    """Portraits of older editions are removed, the :data:`KEPT` newest kept."""
    editions = sorted(folder.parent.iterdir(), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in editions[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
