"""What tests share: the real data where present, one embedded edition built once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

#: Fixtures of the website and of its browser, for the tests under ``tests/site/``.
pytest_plugins = ["site_fixtures", "browser_fixtures"]

ROOT = Path(__file__).resolve().parents[1]


def data_folder() -> Path | None:
    """The real data: ``QUARTIERS_DATA``, or ``../shared/data`` beside the checkout."""
    given = os.environ.get("QUARTIERS_DATA")
    candidates = [Path(given)] if given else [ROOT.parent / "shared" / "data"]
    return next((path for path in candidates if path.is_dir()), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests of the real data are left out, and counted as such, where there is none."""
    if data_folder() is not None:
        return
    left = [item for item in items if item.get_closest_marker("data")]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if not item.get_closest_marker("data")]


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data."""
    folder = data_folder()
    assert folder is not None
    return folder


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The embedded edition, built once by the command a person would type."""
    root = tmp_path_factory.mktemp("editions")
    run_quartiers("build", "--embedded", editions=root)
    yield (root / "current").resolve()


@pytest.fixture(scope="session")
def quartiers() -> Callable[..., subprocess.CompletedProcess[str]]:
    """The command line, for tests in folders that have a conftest of their own."""
    return run_quartiers


def run_quartiers(
    *arguments: str, editions: Path | None = None, stdin: str | None = None, code: int = 0
) -> subprocess.CompletedProcess[str]:
    """The command line, in a process of its own; asserts its exit code."""
    environment = {k: v for k, v in os.environ.items() if k != "QUARTIERS_DATA"}
    if editions is not None:
        environment["QUARTIERS_EDITIONS"] = str(editions)
    done = subprocess.run(
        [sys.executable, "-c", "from quartiers.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        input=stdin,
        env=environment,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done
