"""The report of an edition: the national panorama, or the portrait of a territory.

**Reads** an edition's tables and manifest, the study, the territories. **Writes** HTML; PDF (PDF/UA)
and XLSX when asked for.
**Method** Nothing is computed here that the edition's tables do not hold, but the counts of a chapter;
``national`` and ``portrait`` lay out what the templates say; ``workbook`` gives the tables behind. The
process that prints is started first; the rest is loaded when it is needed, beside it.
**Limits** A report is of one edition: it says which, and when.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from quartiers.publish.paper import Printing

if TYPE_CHECKING:
    from quartiers.publish.folder import Folder

FORMATS = ("html", "pdf", "xlsx")


class Written(NamedTuple):
    """A report that was written: whose, and where."""

    code: str
    name: str
    files: list[Path]


def write_report(
    edition: Path,
    territory: str = "FR",
    *,
    output: Path | None = None,
    formats: Sequence[str] = ("html",),
) -> Written:
    """The report of ``territory`` (a code or a name, see ``Territories.resolve``).

    ``output`` is the path without its ending, or a folder; by default ``rapport`` (the nation) or
    ``rapport-<code>``, in the edition.
    """
    with Printing() if "pdf" in formats else nullcontext() as printing:
        from quartiers.publish.folder import open_folder

        folder = open_folder(edition)
        code, name = folder.find(territory)
        stem = output or edition / ("rapport" if code == "FR" else f"rapport-{code}")
        stem = stem / f"rapport-{code}" if stem.is_dir() else stem
        files = {kind: stem.with_name(f"{stem.name}.{kind}") for kind in formats}
        html = page_of(folder, code)
        if printing is not None:
            printing.give(html, files["pdf"])
        if "html" in files:
            files["html"].write_text(html, "utf-8")
        if "xlsx" in files:
            from quartiers.publish.workbook import write_workbook

            write_workbook(folder, code, files["xlsx"])
        if printing is not None:
            printing.wait()
    return Written(code, name, list(files.values()))


def report_html(edition: Path, territory: str = "FR") -> str:
    """The whole page."""
    from quartiers.publish.folder import open_folder

    folder = open_folder(edition)
    return page_of(folder, folder.find(territory)[0])


def page_of(folder: Folder, code: str) -> str:
    """The page of the nation, or of a territory."""
    from quartiers.publish.pages import render
    from quartiers.territories import load

    if code == "FR":
        from quartiers.publish.national import national

        return render("national.html", national(folder, load()))
    from quartiers.publish.portrait import portrait

    return render("portrait.html", portrait(folder, load(), code))
