"""The site served from the embedded edition."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def served(embedded: Path, settings: Any) -> Path:
    """The embedded edition, as the site's own."""
    settings.EDITION = embedded
    return embedded


@pytest.fixture
def client_of() -> Any:
    """Another browser, each time it is called."""
    from django.test import Client

    return Client
