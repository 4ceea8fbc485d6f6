"""``python -m observatory serve``: the site, ready to be visited (what ``quartiers serve`` runs).

**Reads** the edition. **Writes** the site's database and its collected static files.
**Method** Migrations, static files, then the catalogue's index are done by a process of their own, aside, on
the second core. Meanwhile this one loads the code, the study and the edition's long lists, so that workers
share its memory; what is loaded is frozen out of the garbage collector's reach, which would copy the
shared pages. Then gunicorn.
**Limits** No https here: that is the proxy's (docs/exploitation.md).
"""

from __future__ import annotations

import ctypes
import gc
import hashlib
import os
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandParser, call_command
from django.core.wsgi import get_wsgi_application
from gunicorn.app.base import BaseApplication

from observatory.edition import Edition, NoEdition, close, current
from quartiers import __version__

if TYPE_CHECKING:
    from observatory.catalogue.index import Index


class Site(BaseApplication):
    """gunicorn with our options and our application."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        return get_wsgi_application()


class Command(BaseCommand):
    """Migrate, collect, serve."""

    help = "Prepare the database and the static files, then serve the site with gunicorn."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bind", action="append", default=[], help="host:port or unix:path")
        parser.add_argument("--workers", type=int, default=2)
        parser.add_argument("--threads", type=int, default=4)

    def execute(self, *args: Any, **options: Any) -> None:
        """No check of the whole project at each start: ``manage check`` is for that."""
        self.handle(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        few_reserves()
        gc.disable()  # nothing of what is loaded here is ever let go: looking for it is time lost
        with ProcessPoolExecutor(1, mp_context=get_context("fork")) as aside:
            prepared, index = aside.submit(prepare), aside.submit(catalogue_index)
            warm(index)
            prepared.result()
        share()
        bind = options["bind"] or ["127.0.0.1:8000"]
        where = ", ".join(b if b.startswith("unix:") else f"http://{b}/" for b in bind)
        try:
            what = f"édition {current().name}"
        except NoEdition:
            what = f"pas encore d'édition à {settings.EDITION}"
        self.stdout.write(f"Quartiers : {where} ({what}). Ctrl-C pour arrêter.")
        Site(gunicorn_options(bind, options["workers"], options["threads"])).run()


def few_reserves() -> None:
    """Threads that each keep a reserve of memory of their own would double a worker's (glibc)."""
    arenas = -8  # M_ARENA_MAX
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(arenas, 2)


def gunicorn_options(bind: list[str], workers: int, threads: int) -> dict[str, Any]:
    """What gunicorn is told; a worker is renewed now and then, its siblings serving meanwhile."""
    return {
        "bind": bind,
        "workers": workers,
        "threads": threads,
        "worker_class": "gthread",
        "preload_app": True,
        "post_fork": lambda _arbiter, _worker: started(),
        "timeout": 30,
        "graceful_timeout": 20,
        "keepalive": 5,
        "max_requests": 200_000,
        "max_requests_jitter": 50_000,
        "control_socket_disable": True,
        "forwarded_allow_ips": os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1"),
        "proc_name": "quartiers",
    }


def started() -> None:
    """In a new worker: watch for a newer edition than the one loaded before the fork."""
    from observatory.warmth import keep_warm

    keep_warm()


def prepare() -> None:
    """The site's own database and static files, as this version wants them."""
    call_command("migrate", interactive=False, verbosity=0)
    collect()


def collect() -> None:
    """Collect and compress the static files, unless they are those of the last time."""
    told = hashlib.sha256(f"{__version__} {settings.STORAGES['staticfiles']}".encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            told.update(f"{name} {Path(storage.path(name)).stat().st_mtime_ns}\n".encode())
    mark = settings.STATIC_ROOT / ".collected"
    if mark.is_file() and mark.read_text("utf-8") == told.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(told.hexdigest(), "utf-8")


def catalogue_index() -> tuple[Edition, Index] | None:
    """The edition served now and its index; None when there is nothing to read."""
    from observatory.catalogue.index import build

    with suppress(NoEdition):
        edition = current()
        return edition, build(edition)
    return None


def warm(listed: Future[tuple[Edition, Index] | None]) -> None:
    """Load what every worker needs: the code, the study, the edition's lists."""
    from django.urls import get_resolver

    from observatory import warmth
    from observatory.catalogue.index import keep

    get_resolver().url_patterns  # noqa: B018 — imports every view
    warmth.warm_study()
    if built := listed.result():
        keep(*built)
        warmth.warm_lists(built[0])


def share() -> None:
    """Close what must not cross a fork; what is loaded stays where workers share it."""
    from django.db import connections

    close()
    connections.close_all()
    gc.freeze()
    gc.enable()
