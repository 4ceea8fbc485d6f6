"""The report of an edition: the national panorama, or the portrait of a territory.

**Reads** an edition's tables and manifest, the study, the territories. **Writes** HTML, and PDF when
asked for (WeasyPrint, PDF/UA).
**Method** Nothing is computed here that the edition's tables do not hold, but the counts of a chapter;
``national`` and ``portrait`` lay out what the templates say.
**Limits** A report is of one edition: it says which, and when.
"""

from __future__ import annotations

import logging
from pathlib import Path

from quartiers.publish.folder import open_folder
from quartiers.publish.national import national
from quartiers.publish.pages import render
from quartiers.publish.portrait import portrait
from quartiers.territories import load


def write_report(
    edition: Path, territory: str = "FR", *, output: Path | None = None, pdf: bool = False
) -> Path:
    """The report of ``territory`` (a code, see ``Territories.resolve``); returns the file written.

    Without ``output``: ``rapport.html`` (the nation) or ``rapport-<code>.html``, in the edition.
    """
    html = report_html(edition, territory)
    name = "rapport" if territory == "FR" else f"rapport-{territory}"
    path = output or edition / f"{name}.{'pdf' if pdf else 'html'}"
    if pdf:
        write_pdf(html, path)
    else:
        path.write_text(html, "utf-8")
    return path


def report_html(edition: Path, territory: str = "FR") -> str:
    """The whole page."""
    folder = open_folder(edition)
    if territory == "FR":
        return render("national.html", national(folder, load()))
    return render("portrait.html", portrait(folder, load(), territory))


def write_pdf(html: str, path: Path) -> None:
    """A tagged PDF (PDF/UA-1) of a page."""
    from weasyprint import HTML  # slow to import, and only the PDF needs it

    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    HTML(string=html).write_pdf(path, pdf_variant="pdf/ua-1")
