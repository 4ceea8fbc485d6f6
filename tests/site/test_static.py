"""What is collected of the static files: all that pages name, nothing else of what packages bring."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.contrib.staticfiles.finders import get_finders

import observatory


@pytest.fixture(scope="module")
def collected() -> set[str]:
    """The names that ``collectstatic`` would take."""
    left_out = apps.get_app_config("staticfiles").ignore_patterns
    found = (pair for finder in get_finders() for pair in finder.list(left_out))
    return {
        f"{getattr(storage, 'prefix', None) or ''}/{name}".lstrip("/") for name, storage in found
    }


def test_what_our_templates_name_is_collected(collected: set[str]) -> None:
    templates = Path(observatory.__file__).parent.rglob("*.html")
    named = {n for t in templates for n in re.findall(r'{% static "([^"]+)"', t.read_text("utf-8"))}
    assert "site/site.css" in named
    assert {name for name in named if not name.startswith("fonts/")} <= collected


def test_what_the_administration_asks_for_is_collected(collected: set[str]) -> None:
    media = [admin.media for admin in site._registry.values()]
    named = {
        name for one in media for name in (*one._js, *(n for c in one._css.values() for n in c))
    }
    assert len(named) > 5
    assert {str(name).removeprefix("/static/") for name in named} <= collected


def test_what_no_page_uses_is_left_out(collected: set[str]) -> None:
    assert "leaflet/leaflet.js" in collected
    assert not {n for n in collected if re.search(r"leaflet-src|/draw/|select2|proj4", n)}
