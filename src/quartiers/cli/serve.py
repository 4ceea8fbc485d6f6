"""``quartiers serve``: the website on an edition."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import click

from quartiers.errors import InputError
from quartiers.shelf import editions_root, open_edition


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
    if not bind:
        check_port(host, port)
    os.environ["QUARTIERS_EDITION"] = str(served)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "observatory.settings")
    from django.core.management import execute_from_command_line  # the settings come first

    arguments = ["observatory", "serve", "--workers", str(workers), "--threads", str(threads)]
    for place in bind or (f"{host}:{port}",):
        arguments += ["--bind", place]
    execute_from_command_line(arguments)


def check_port(host: str, port: int) -> None:
    """Say at once, with the way out, that somebody else listens there. Raises InputError."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError as error:
            raise InputError(
                f"{host}, port {port}: {error.strerror or error}; choose another port, for instance "
                f"`quartiers serve --port {port % 65_000 + 1}` (or `make serve PORT={port % 65_000 + 1}`)."
            ) from None


def link_or_folder(edition: str | None) -> Path:
    """The edition's path, links left to be followed by the site. Raises EditionError."""
    open_edition(edition)
    root = editions_root()
    candidates = [root / "current"] if edition is None else [Path(edition), root / edition]
    return next(path.absolute() for path in candidates if (path / "manifest.json").is_file())
