"""The site served from the embedded edition."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def served(embedded: Path, settings: Any) -> Path:
    """The embedded edition, as the site's own."""
    settings.EDITION = embedded
    return embedded


@pytest.fixture(autouse=True)
def site(request: pytest.FixtureRequest) -> None:
    """Every test of ``tests/site/`` is served the embedded edition."""
    if "site" in request.path.parent.parts[-2:]:
        request.getfixturevalue("served")


@pytest.fixture
def client_of() -> Any:
    """Another browser, each time it is called."""
    from django.test import Client

    return Client
