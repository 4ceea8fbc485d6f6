"""How fast a report is made, beside Chromium's own print-to-PDF of the same page.

**Reads** an edition. **Writes** a table on the screen; its files go to a folder that is removed.
**Method** Each report is made by the command that a person types, in a process of its own, its start
counted: the page alone, then the page, the PDF and the workbook. The alternative is the shortest way to a
PDF without WeasyPrint: the same command for the page, then a Chromium of its own that prints it, tagged
and with its outline, its start counted too. Best and median of several runs, seconds of the clock and, beside,
of CPU (all processes), which tell more on a busy machine. The ratio is of the bests.
**Limits** Chromium gives no PDF/UA: no identification as such, no heads named by cells; it breaks pages by itself.

Run: ``.venv/bin/python benchmarks/report_speed.py [--edition E] [--runs 5] [--territory CODE ...]``.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from quartiers.shelf import open_edition

#: A quarter, a commune, a metropolis, and the nation.
TERRITORIES = ("QN06913M", "COM69256", "EPCI200046977", "FR")
COMMAND = "from quartiers.cli import main; main()"
PRINT = "import sys; sys.path.insert(0, sys.argv[1]); from report_speed import print_page; print_page(*sys.argv[2:])"


def report(edition: Path, code: str, formats: str, stem: Path) -> None:
    """The command, as it is typed."""
    asked = ["report", "-t", code, "-f", formats, "-o", str(stem), "--edition", str(edition)]
    subprocess.run([sys.executable, "-c", COMMAND, *asked], check=True, stdout=subprocess.DEVNULL)


def print_page(page: str, target: str) -> None:
    """Chromium's PDF of a page: in a process of its own, see ``chromium``."""
    options = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=options)
        tab = browser.new_page()
        tab.goto(Path(page).resolve().as_uri())
        tab.pdf(path=target, tagged=True, outline=True, prefer_css_page_size=True)
        browser.close()


def chromium(edition: Path, code: str, stem: Path) -> None:
    """The page by our command, then its PDF by Chromium."""
    report(edition, code, "html", stem)
    asked = [str(Path(__file__).parent), f"{stem}.html", f"{stem}.chromium.pdf"]
    subprocess.run([sys.executable, "-c", PRINT, *asked], check=True)


def timed(make: Callable[[], None], runs: int) -> tuple[float, float, float]:
    """Best and median seconds, and the least seconds of CPU."""
    clock, spent = [], []
    for _ in range(runs):
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        make()
        clock.append(time.perf_counter() - begun)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(clock), statistics.median(clock), min(spent)


def measure(edition: Path, codes: Sequence[str], runs: int, folder: Path) -> None:
    """Print a line a report and way."""
    print(f"{'':14} {'':16} {'best':>6} {'median':>6} {'CPU':>6}")
    for code in codes:
        stem = folder / code
        ways: dict[str, Callable[[], None]] = {
            "html": lambda s=stem, c=code: report(edition, c, "html", s),
            "html,pdf": lambda s=stem, c=code: report(edition, c, "html,pdf", s),
            "html,pdf,xlsx": lambda s=stem, c=code: report(edition, c, "html,pdf,xlsx", s),
            "html + Chromium": lambda s=stem, c=code: chromium(edition, c, s),
        }
        best = {}
        for name, way in ways.items():
            best[name], median, spent = timed(way, runs)
            print(f"{code:14} {name:16} {best[name]:6.2f} {median:6.2f} {spent:6.2f}", flush=True)
        sizes = [f"{kind} {(folder / f'{code}.{kind}').stat().st_size // 1000} kB"
                 for kind in ("html", "pdf", "xlsx", "chromium.pdf")]  # fmt: skip
        ratio = best["html,pdf"] / best["html + Chromium"]
        print(f"{code:14} ours takes {ratio:.2f} times Chromium's; {', '.join(sizes)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edition")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--territory", nargs="*", default=TERRITORIES)
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        measure(open_edition(given.edition), given.territory, given.runs, Path(folder))


if __name__ == "__main__":
    main()
