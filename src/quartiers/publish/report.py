"""The report of an edition: the national panorama, or the portrait of a territory.

**Reads** an edition's tables and manifest, the study, the territories. **Writes** HTML; PDF (PDF/UA)
and XLSX when asked for.
**Method** Nothing is computed here that the edition's tables do not hold, but the counts of a chapter;
``national`` and ``portrait`` lay out what the templates say; ``workbook`` gives the tables behind.
**Limits** A report is of one edition: it says which, and when.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from quartiers.publish.folder import Folder, open_folder
from quartiers.publish.national import national
from quartiers.publish.pages import render
from quartiers.publish.paper import Printing
from quartiers.publish.portrait import portrait
from quartiers.publish.workbook import write_workbook
from quartiers.territories import load

FORMATS = ("html", "pdf", "xlsx")


def write_report(
    edition: Path,
    territory: str = "FR",
    *,
    output: Path | None = None,
    formats: Sequence[str] = ("html",),
) -> list[Path]:
    """The report of ``territory`` (a code, see ``Territories.resolve``); returns the files written.

    ``output`` is the path without its ending; by default ``rapport`` (the nation) or
    ``rapport-<code>``, in the edition.
    """
    name = "rapport" if territory == "FR" else f"rapport-{territory}"
    stem = output or edition / name
    files = {kind: stem.with_name(f"{stem.name}.{kind}") for kind in formats}
    with Printing(files["pdf"]) if "pdf" in files else nullcontext() as printing:
        folder = open_folder(edition)
        html = page_of(folder, territory)
        if printing is not None:
            printing.give(html)
        if "html" in files:
            files["html"].write_text(html, "utf-8")
        if "xlsx" in files:
            write_workbook(folder, territory, files["xlsx"])
        if printing is not None:
            printing.wait()
    return list(files.values())


def report_html(edition: Path, territory: str = "FR") -> str:
    """The whole page."""
    return page_of(open_folder(edition), territory)


def page_of(folder: Folder, territory: str) -> str:
    """The page of the nation, or of a territory."""
    if territory == "FR":
        return render("national.html", national(folder, load()))
    return render("portrait.html", portrait(folder, load(), territory))
