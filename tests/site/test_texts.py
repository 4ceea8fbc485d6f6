"""Quality, method, data, the colours of a territory: what is shown is what there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from observatory.branding import Branding
from observatory.edition import current
from observatory.markdown import document
from observatory.sheets import table
from observatory.templatetags.site import moment

pytestmark = pytest.mark.django_db


def test_quality_lists_every_source_with_its_licence(client: Any) -> None:
    page = client.get("/qualite/").content.decode()
    for row in current().rows("SELECT title, licence FROM sources"):
        assert row["title"].replace("'", "&#x27;") in page


def test_data_lists_each_export_and_gives_it(client: Any, served: Path) -> None:
    page = client.get("/donnees/").content.decode()
    for path in (served / "exports").iterdir():
        assert f"/donnees/fichiers/{path.name}" in page
        answer = client.get(f"/donnees/fichiers/{path.name}")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert sum(map(len, answer.streaming_content)) == path.stat().st_size


def test_markdown_never_carries_markup_of_its_own(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# Titre\n\n## 3. Classer — quoi\n\n<script>alert(1)</script> [x](javascript:alert(1)) "
        "[doc](tutoriel.md) [site](https://exemple.fr/)\n",
        "utf-8",
    )
    read = document(page)
    assert read is not None
    assert read.title == "Titre"
    assert read.parts == (("3-classer", "3. Classer — quoi"),)
    assert "<script>" not in read.body
    assert 'href="javascript' not in read.body
    assert "tutoriel.md" not in read.body
    assert 'rel="noopener nofollow ugc"' in read.body


def test_a_page_that_is_not_installed_is_none(tmp_path: Path) -> None:
    assert document(tmp_path / "absent.md") is None


def test_a_site_without_branding_has_no_colours_and_no_logo(client: Any) -> None:
    assert client.get("/branding.css").content == b""
    assert client.get("/branding/logo").status_code == 404


def test_a_territory_s_colours_replace_ours_in_light_mode_only(client: Any, settings: Any) -> None:
    settings.BRANDING = Branding(colour="#123456", accent="#654321")
    answer = client.get("/branding.css")
    assert answer.headers["Content-Type"].startswith("text/css")
    assert "--blue:#123456" in answer.content.decode()
    assert "dark){" not in answer.content.decode().replace("not([data-mode=dark])", "")


def test_a_logo_is_served_as_an_image_that_runs_nothing(
    client: Any, settings: Any, tmp_path: Path
) -> None:
    drawn = tmp_path / "logo.svg"
    drawn.write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "utf-8")
    settings.BRANDING = Branding(logo=str(drawn))
    answer = client.get("/branding/logo")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["page.html", "secret_key", "logo.js"])
def test_what_is_not_an_image_is_never_a_logo(
    client: Any, settings: Any, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("x", "utf-8")
    settings.BRANDING = Branding(logo=str(tmp_path / name))
    assert client.get("/branding/logo").status_code == 404


def test_a_cell_that_a_spreadsheet_would_run_is_guarded() -> None:
    assert table(["a"], [["=1+1"], [-2], ["-3"]]).decode().split() == ["a", "'=1+1", "-2", "'-3"]


@pytest.mark.parametrize(
    ("said", "shown"),
    [("2026-01", "janvier 2026"), ("2024-08-01", "1er août 2024"), ("2019", "2019"), ("", ""),
     (None, ""), ("2019-13", "2019-13"), ("hier", "hier")],
)  # fmt: skip
def test_a_date_is_read_as_people_say_it(said: str | None, shown: str) -> None:
    assert moment(said) == shown
