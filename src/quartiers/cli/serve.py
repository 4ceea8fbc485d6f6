"""``quartiers serve``: the website on an edition."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from quartiers.edition import editions_root, open_edition


@click.command()
@click.argument("edition", required=False)
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--bind", multiple=True, help="host:port or unix:path, instead of --host, --port.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--threads", type=click.IntRange(1, 64), default=4, show_default=True)
def command(
    edition: str | None, port: int, host: str, bind: tuple[str, ...], workers: int, threads: int
) -> None:
    """Serve the website on EDITION (a folder or a name; the current one by default).

    A link is followed anew at each request: point it at a newer edition, no restart is needed. The
    site's own database and files are under QUARTIERS_VAR (docs/exploitation.md).

    Example: quartiers serve --port 8000
    """
    served = link_or_folder(edition)
    # Threads that each keep a reserve of memory of their own would double a worker's.
    environment = {"MALLOC_ARENA_MAX": "2"} | os.environ | {"QUARTIERS_EDITION": str(served)}
    sockets = bind or (f"{host}:{port}",)
    arguments = [sys.executable, "-m", "observatory", "serve"]
    arguments += [word for socket in sockets for word in ("--bind", socket)]
    arguments += ["--workers", str(workers), "--threads", str(threads)]
    sys.stdout.flush()
    os.execve(sys.executable, arguments, environment)


def link_or_folder(edition: str | None) -> Path:
    """The edition's path, links left to be followed by the site. Raises EditionError."""
    open_edition(edition)
    root = editions_root()
    candidates = [root / "current"] if edition is None else [Path(edition), root / edition]
    return next(path.absolute() for path in candidates if (path / "manifest.json").is_file())
