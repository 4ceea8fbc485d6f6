"""The home page says what this is, with figures that the edition holds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches

from observatory.edition import current

pytestmark = pytest.mark.django_db


def test_the_home_page_counts_what_the_edition_measures(client: Any) -> None:
    told = client.get("/").content.decode()
    count = current().value(
        "SELECT value FROM measures WHERE territory = 'FR' AND indicator = 'initiatives' "
        "AND modality IS NULL"
    )
    assert f"<b>{count:.0f}</b>" in told


def test_english_is_under_its_own_address(client: Any) -> None:
    page = client.get("/en/").content.decode()
    assert '<html lang="en">' in page
    assert re.search(r'hreflang="fr"[^>]*>Français', page)


def test_a_wrong_address_is_said_plainly(client: Any) -> None:
    answer = client.get("/nulle-part/")
    assert answer.status_code == 404
    assert "<h1>Cette page n'existe pas</h1>" in answer.content.decode()


def test_no_page_allows_inline_script_or_style(client: Any) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "script-src 'self'" in policy


def test_an_edition_swapped_in_is_served_without_a_restart(
    client: Any, settings: Any, served: Path, tmp_path: Path
) -> None:
    link = tmp_path / "current"
    settings.EDITION = link
    assert client.get("/").status_code == 503
    link.symlink_to(served)
    assert client.get("/").status_code == 200


def test_a_page_is_remembered_for_visitors_and_never_a_form_or_a_session(client: Any) -> None:
    pages = caches["pages"]
    client.get("/themes/")
    assert len(pages._cache) == 1
    assert client.get("/themes/").content == client.get("/themes/?").content
    client.get("/connexion/")
    assert len(pages._cache) == 1
    client.cookies["sessionid"] = "someone"
    client.get("/mentions-legales/")
    assert len(pages._cache) == 1
