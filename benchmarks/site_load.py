"""The website under load: 50 requests a second for the pages people open most.

**Reads** an edition. **Writes** one line of figures a page.
**Method** Starts the real server (``quartiers serve``, two workers), then asks for pages at a steady rate
whatever the answers' pace (open loop: a slow answer delays no later question, and its wait counts from
the moment it was due). Pages: catalogue with its filters, initiatives, territories, searches, drawn at
random with a fixed seed. Then datasette, when it is installed (``--datasette PATH``), shows the table of
initiatives of the same edition at the same rate on the same machine: a ratio is printed.
**Limits** Server and load share the machine; run it alone for wall-clock figures. CPU per page is the
processes' own, and holds on a busy machine too.

    python benchmarks/site_load.py editions/current --seconds 60 --datasette .venv-bench/bin/datasette
"""

from __future__ import annotations

import argparse
import http.client
import os
import queue
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path
from urllib.parse import quote

SEARCHES = ("wifi", "civic tech", "atelier numérique", "fablab", "médiation", "logement connecté")
THEMES = ("logement", "mobilite", "culture", "formation", "insertion", "citoyennete")
CLIENTS = 32


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def draw_pages(edition: Path, count: int) -> list[tuple[str, str]]:
    """(kind, address): a quarter of each kind."""
    drawn = random.Random(2018)
    with sqlite3.connect(f"file:{edition / 'quartiers.sqlite'}?mode=ro", uri=True) as connection:
        ids = [
            r[0]
            for r in connection.execute("SELECT id FROM initiatives WHERE digital = 'numerique'")
        ]
        # Four départements overseas have measures and no quarter, hence no page.
        sql = "SELECT code FROM territories WHERE quartiers <> '[]' AND level <> 'FR' ORDER BY code"
        places = [r[0] for r in connection.execute(sql)]
    makers = {
        "catalogue": lambda: (
            f"/initiatives/?theme={drawn.choice(THEMES)}&page={drawn.randint(1, 5)}"
        ),
        "initiative": lambda: f"/initiatives/{drawn.choice(ids)}/",
        "territory": lambda: f"/territoires/{drawn.choice(places)}/",
        "search": lambda: f"/initiatives/?q={quote(drawn.choice(SEARCHES))}",
    }
    kinds = list(makers)
    return [(kind := kinds[n % 4], makers[kind]()) for n in range(count)]


def drive(
    port: int, pages: list[tuple[str, str]], rate: float
) -> dict[str, list[tuple[float, int]]]:
    """kind → (seconds from the moment it was due, status) of each page; status 0: no answer."""
    told: dict[str, list[tuple[float, int]]] = defaultdict(list)
    due: queue.Queue[tuple[float, str, str] | None] = queue.Queue()
    lock = threading.Lock()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while (asked := due.get()) is not None:
            moment, kind, address = asked
            try:
                connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
                answer = connection.getresponse()
                answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException):
                connection.close()
                status = 0
            with lock:
                told[kind].append((time.perf_counter() - moment, status))

    clients = [threading.Thread(target=client, daemon=True) for _ in range(CLIENTS)]
    for one in clients:
        one.start()
    begun = time.perf_counter() + 0.2
    for number, (kind, address) in enumerate(pages):
        moment = begun + number / rate
        time.sleep(max(0.0, moment - time.perf_counter()))
        due.put((moment, kind, address))
    for _ in clients:
        due.put(None)
    for one in clients:
        one.join()
    return told


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def family(pid: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(int(child) for child in children)]


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its children."""
    ticks = 0
    for one in family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> tuple[int, int]:
    """Resident and proportional memory, in MB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    found = {line.split()[0]: int(line.split()[1]) // 1024 for line in lines[1:] if " kB" in line}
    return found["Rss:"], found["Pss:"]


def wait(port: int, address: str, process: subprocess.Popen[bytes]) -> float:
    """Seconds until the first answer."""
    begun = time.perf_counter()
    while time.perf_counter() - begun < 60:
        if process.poll() is not None:
            raise SystemExit(f"the server stopped: {process.args}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", address)
            if connection.getresponse().status < 500:
                return time.perf_counter() - begun
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the server did not start in a minute")


def measure(
    name: str,
    arguments: list[str],
    port: int,
    first: str,
    pages: list[tuple[str, str]],
    rate: float,
) -> float:
    """Start a server, drive it, print its figures; its overall p95 in seconds."""
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        print(f"{name}: first answer after {wait(port, first, process):.2f} s")
        drive(port, pages[: int(2 * rate)], rate)  # each worker meets each kind of page once
        before = cpu_seconds(process.pid)
        told = drive(port, pages, rate)
        spent = cpu_seconds(process.pid) - before
        every = [pair for pairs in told.values() for pair in pairs]
        for kind, pairs in sorted({**told, "all": every}.items()):
            times = [seconds for seconds, _ in pairs]
            bad = Counter(status for _, status in pairs if status != 200)
            p50, p95, p99 = (1000 * percentile(times, share) for share in (0.5, 0.95, 0.99))
            print(f"  {kind:11} n {len(pairs):6}  p50 {p50:7.1f}  p95 {p95:7.1f}  p99 {p99:7.1f} ms"
                  f"  errors {bad.total()} {dict(bad) or ''}")  # fmt: skip
        print(f"  CPU {1000 * spent / len(every):.1f} ms a page")
        for pid in family(process.pid):
            print("  process {}: RSS {} MB, PSS {} MB".format(pid, *memory_mb(pid)))
        return percentile([seconds for seconds, _ in every], 0.95)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("edition", type=Path)
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--datasette", help="datasette's command, to compare with")
    asked = parser.parse_args()
    pages = draw_pages(asked.edition.resolve(), int(asked.rate * asked.seconds))
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("QUARTIERS_VAR", folder)
        serve = [sys.executable, "-c", "from quartiers.cli import main; main()", "serve"]
        serve += [str(asked.edition), "--port", str(port), "--workers", str(asked.workers)]
        ours = measure("quartiers serve", serve, port, "/sante", pages, asked.rate)
    if asked.datasette:
        port, name = free_port(), "/quartiers/initiatives"
        tables = [
            ("table", f"{name}?main_theme__exact={THEMES[n % 6]}&_size=20&_facet=world")
            for n in range(len(pages))
        ]
        base = str(asked.edition.resolve() / "quartiers.sqlite")
        command = [asked.datasette, "serve", "-i", base, "-p", str(port), "-h", "127.0.0.1"]
        theirs = measure("datasette", command, port, name, tables, asked.rate)
        print(f"p95, datasette's table / ours: {theirs / ours:.1f}")


if __name__ == "__main__":
    main()
