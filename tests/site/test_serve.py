"""``quartiers serve``: it starts, serves the edition, follows the link to a newer one, and stops."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quartiers.cli.serve import check_port
from quartiers.errors import InputError

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def get(port: int, path: str) -> tuple[int, bytes]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return answer.status, answer.read()


def wait(port: int, process: subprocess.Popen[str]) -> None:
    """Until the site answers (half a minute at most)."""
    for _ in range(300):
        assert process.poll() is None, process.communicate()
        try:
            get(port, "/sante")
            return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError("the site did not start")


@pytest.fixture
def site(embedded: Path, tmp_path: Path) -> Iterator[tuple[int, Path, subprocess.Popen[str]]]:
    """The real server on a link to the embedded edition: its port, the link, the process."""
    editions, port = tmp_path / "editions", free_port()
    editions.mkdir()
    shutil.copytree(embedded, editions / "une")
    link = editions / "current"
    link.symlink_to("une")
    environment = os.environ | {
        "QUARTIERS_VAR": str(tmp_path / "var"),
        "QUARTIERS_EDITIONS": str(editions),
        "QUARTIERS_PLAIN_STATIC": "1",
        "DATABASE_URL": "",
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    arguments = ["serve", "--port", str(port), "--workers", "2"]
    process = subprocess.Popen(
        [sys.executable, "-c", "from quartiers.cli import main; main()", *arguments],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait(port, process)
        yield port, link, process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def test_a_new_edition_is_swapped_in_under_load_without_a_failed_request(
    site: tuple[int, Path, subprocess.Popen[str]],
) -> None:
    port, link, _ = site
    first = link.resolve()
    second = first.with_name("deux")
    shutil.copytree(first, second)
    manifest = json.loads((second / "manifest.json").read_text("utf-8")) | {"edition": "deux"}
    (second / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    names: list[str] = []
    failures: list[str] = []
    stop = threading.Event()

    def visit() -> None:
        while not stop.is_set():
            try:
                names.append(json.loads(get(port, "/api/v1/initiatives?limit=2")[1])["edition"])
                assert get(port, "/initiatives/")[0] == 200
            except (OSError, ValueError, AssertionError) as error:
                failures.append(repr(error))

    visitors = [threading.Thread(target=visit) for _ in range(3)]
    for visitor in visitors:
        visitor.start()
    for target in (second, first, second):
        time.sleep(0.5)
        aside = link.with_name(".current-new")
        aside.symlink_to(target.name)
        aside.replace(link)
    time.sleep(0.5)
    stop.set()
    for visitor in visitors:
        visitor.join()
    assert failures == []
    assert set(names) == {"deux", json.loads((first / "manifest.json").read_text())["edition"]}
    assert json.loads(get(port, "/sante")[1])["edition"] == "deux"


def test_the_server_stops_when_it_is_told_to(
    site: tuple[int, Path, subprocess.Popen[str]],
) -> None:
    port, _, process = site
    assert get(port, "/api/ogc/")[0] == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0
    with pytest.raises(urllib.error.URLError):
        get(port, "/sante")


def test_serving_what_is_no_edition_is_a_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from quartiers.cli import main; main()", "serve", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "no edition at" in done.stderr


def test_the_method_never_imports_the_website() -> None:
    code = (
        "import sys, pkgutil, importlib, quartiers\n"
        "[importlib.import_module(m.name) for m in pkgutil.walk_packages(quartiers.__path__, "
        "'quartiers.') if '_modele' not in m.name]\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('observatory', 'django')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def documented() -> str:
    return (ROOT / "docs" / "exploitation.md").read_text("utf-8")


def test_the_guide_of_operation_names_every_setting() -> None:
    source = (ROOT / "src" / "observatory" / "settings.py").read_text("utf-8")
    import re

    names: set[Any] = set(
        re.findall(r'(?:environ\.get|flag|words|environ)\(?\[?\s*"([A-Z_]+)"', source)
    )
    assert len(names) > 10
    assert not {name for name in names if f"`{name}`" not in documented()}


def test_a_port_that_is_taken_is_said_at_once_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match="choose another port"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)
