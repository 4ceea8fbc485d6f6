"""What is loaded before the first visitor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from observatory import ground, warmth
from observatory.edition import Edition, current
from quartiers.errors import EditionError


def test_an_edition_is_warmed_once_and_a_newer_one_again(
    monkeypatch: Any, settings: Any, served: Path, tmp_path: Path
) -> None:
    warmed: list[Path] = []
    monkeypatch.setattr(warmth, "warm", lambda edition: warmed.append(edition.path))
    known = warmth.warm_newest(None)
    assert warmth.warm_newest(known) == known
    newer = tmp_path / "newer"
    newer.symlink_to(served)
    settings.EDITION = newer
    assert warmth.warm_newest(known) == known  # another link to the same folder is no other edition
    assert warmth.warm_newest(tmp_path / "older") == served
    assert warmed == [served, served]


def test_an_edition_of_an_older_method_is_said_and_does_not_stop_the_site(
    monkeypatch: Any, caplog: pytest.LogCaptureFixture, served: Path
) -> None:
    def refuse(edition: Edition) -> None:
        raise EditionError("no search index of this version")

    monkeypatch.setattr(warmth, "warm", refuse)
    assert warmth.warm_newest(None) == served
    assert "no search index of this version" in caplog.text


def test_without_an_edition_it_waits(settings: Any, tmp_path: Path) -> None:
    settings.EDITION = tmp_path / "none"
    assert warmth.warm_newest(None) is None


def test_a_page_after_it_finds_the_territories_counted() -> None:
    warmth.warm(current())
    before = ground.counts.cache_info().misses
    ground.count(current(), "FR")
    assert ground.counts.cache_info().misses == before
