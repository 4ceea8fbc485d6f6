"""A page on paper: PDF/UA-1, in a process of its own.

**Reads** a path and an HTML page on its standard input. **Writes** the PDF.
**Method** WeasyPrint, which takes a third of a second to load and one core for as long as it draws: the
process is started before the page is made, loads what it can meanwhile, and the workbook is written while
it draws.
**Limits** One page a process.
"""

from __future__ import annotations

import gc
import logging
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from xml.etree.ElementTree import Element, ParseError, fromstring

from quartiers.errors import QuartiersError
from quartiers.publish.columns import size_columns

if TYPE_CHECKING:
    from pydyf import PDF
    from weasyprint import Document

#: Where a rule of a style sheet names its pseudo-element (cssselect2, ``Matcher.add_selector``).
PSEUDO = 3
SHEET = Path(__file__).parent / "templates" / "report.css"


class Printing:
    """A PDF under way: give it its page, then wait for it; leaving the block stops it."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.process = subprocess.Popen(
            [sys.executable, "-m", "quartiers.publish.paper"],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # WeasyPrint tries twenty names of libraries, and for each that is none Python would run the
            # compilers that it finds: half a second.
            env={**os.environ, "PATH": ""},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        with suppress(BrokenPipeError):  # it stopped first: `wait` has told why
            self.process.__exit__(None, None, None)

    def give(self, html: str, path: Path) -> None:
        """The whole page, and where to print it. What is made of it is known at :meth:`wait`."""
        assert self.process.stdin is not None
        self.path = path
        try:
            self.process.stdin.write(os.fsencode(path) + b"\0" + html.encode())
            self.process.stdin.close()
        except BrokenPipeError:
            self.wait()

    def wait(self) -> None:
        """Until the file is written. Raises QuartiersError with the last words of what failed."""
        assert self.process.stderr is not None
        lines = self.process.stderr.read().decode(errors="replace").split("\n")
        if code := self.process.wait():
            last = next((line for line in reversed(lines) if line.strip()), f"exit code {code}")
            raise QuartiersError(f"{self.path}: the PDF could not be written ({last}).")


def print_page() -> None:
    """A tagged PDF (PDF/UA-1) of the page on the standard input."""
    gc.disable()  # a process of one page lets go of nothing: looking for it is a tenth of its time
    from weasyprint import CSS, HTML  # slow to import: done while the page is being made
    from weasyprint.html import UA_STYLESHEET
    from weasyprint.text.fonts import FontConfiguration

    # Footnotes: five styles computed for each element, where our pages have none.
    rules = UA_STYLESHEET.matcher.other_selectors
    rules[:] = [rule for rule in rules if "note" not in (rule[PSEUDO] or "")]
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    fonts, sheet = FontConfiguration(), SHEET.read_text("utf-8")
    style = CSS(string=sheet, font_config=fonts)
    path, _, html = sys.stdin.buffer.read().partition(b"\0")
    if not html:  # whoever asked has stopped
        sys.exit(1)
    page = HTML(string="<html></html>")
    read_into(page.etree_element, html.decode().replace(sheet, "", 1))
    size_columns(page.etree_element)
    page.write_pdf(
        os.fsdecode(path),
        pdf_variant="pdf/ua-1",
        stylesheets=[style],
        font_config=fonts,
        finisher=scope_heads,
    )
    os._exit(0)  # a million objects let go one by one are another tenth


def read_into(root: Element, html: str) -> None:
    """The page's tree, put in the place of an empty one.

    Our pages are well-formed: read as XML they cost twenty times less than as HTML.
    """
    try:
        tree = fromstring(html)
    except ParseError:  # a source's text with a character that XML forbids
        from weasyprint import HTML

        tree = HTML(string=html).etree_element
    root.attrib.update(tree.attrib)
    root[:] = list(tree)


def scope_heads(_: Document, pdf: PDF) -> None:
    """Say of each head of a table what it is the head of: cells name theirs, but the corner has no cell."""

    def parent(element: Any) -> Any:
        return pdf.objects[int(element["P"].split()[0])]

    for element in pdf.objects:
        if isinstance(element, dict) and element.get("S") == "/TH":
            above = parent(parent(element))["S"] == "/THead"
            element["A"]["Scope"] = "/Column" if above else "/Row"


if __name__ == "__main__":
    print_page()
