"""A page on paper: PDF/UA-1, in a process of its own.

**Reads** an HTML page on its standard input. **Writes** the PDF.
**Method** WeasyPrint, which takes half a second to load and one core for as long as it draws: the process
is started before the page is made, and the workbook is written meanwhile.
**Limits** One page a process.
"""

from __future__ import annotations

import gc
import logging
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Self

from quartiers.errors import QuartiersError
from quartiers.publish.columns import size_columns


class Printing:
    """A PDF under way: give it its page, then wait for it; leaving the block stops it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.process = subprocess.Popen(
            [sys.executable, "-m", "quartiers.publish.paper", str(path)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        with suppress(BrokenPipeError):  # it stopped first: `wait` has told why
            self.process.__exit__(None, None, None)

    def give(self, html: str) -> None:
        """The whole page. What is made of it is known at :meth:`wait`."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(html.encode())
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


def print_page(path: Path) -> None:
    """A tagged PDF (PDF/UA-1) of the page on the standard input."""
    from weasyprint import HTML  # slow to import: done while the page is being made

    gc.disable()  # a process of one page lets go of nothing: looking for it is a tenth of its time
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    html = sys.stdin.buffer.read().decode()
    if not html:  # whoever asked has stopped
        sys.exit(1)
    page = HTML(string=html)
    size_columns(page.etree_element)
    page.write_pdf(path, pdf_variant="pdf/ua-1")


if __name__ == "__main__":
    print_page(Path(sys.argv[1]))
