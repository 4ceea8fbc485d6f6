"""A page on paper: columns sized beforehand, a process that prints apart."""

from __future__ import annotations

from html import unescape
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from weasyprint import HTML

from quartiers.errors import QuartiersError
from quartiers.publish.columns import PAGE, ems, size_columns
from quartiers.publish.paper import Printing, read_into
from quartiers.publish.report import report_html

HEAD = '<thead><tr><th scope="col">Thème</th><th scope="col" class="n">Part</th></tr></thead>'
ROW = '<tbody><tr><th scope="row">Un libellé assez long</th><td class="n">12 %</td></tr></tbody>'


def shares(page: str) -> list[list[float]]:
    """The percentages of the columns of each table."""
    tree = fromstring(page)
    size_columns(tree)
    return [
        [float(col.get("style", "")[len("width:") : -1]) for col in table.iter("col")]
        for table in tree.iter("table")
    ]


def test_every_full_width_table_of_a_report_has_its_columns_and_they_fill_it(
    embedded: Path,
) -> None:
    tree = HTML(string=report_html(embedded)).etree_element
    size_columns(tree)
    tables = [t for t in tree.iter("table") if "short" not in t.get("class", "")]
    assert len(tables) > 20
    for table in tables:
        widths = [float(col.get("style", "")[len("width:") : -1]) for col in table.iter("col")]
        assert len(widths) == max(len(list(row)) for row in table.iter("tr"))
        assert sum(widths) == pytest.approx(100, abs=0.1) and min(widths) > 1


def test_a_long_text_gets_more_room_than_a_figure() -> None:
    [[label, figure]] = shares(f"<main><table>{HEAD}{ROW}</table></main>")
    assert label > figure


def test_a_drawing_keeps_the_share_that_the_style_sheet_gives_it() -> None:
    drawn = '<tr><td>a</td><td class="draw"/><td class="draw half"/></tr>'
    [[_, whole, half]] = shares(f"<main><table><tbody>{drawn}</tbody></table></main>")
    assert (whole, half) == (24, 14)


def test_tables_with_the_same_heads_stand_under_each_other() -> None:
    other = (
        "<tbody><tr><th>Une étiquette bien plus longue que la première</th><td>1</td></tr></tbody>"
    )
    one, two = shares(f"<main><table>{HEAD}{ROW}</table><table>{HEAD}{other}</table></main>")
    assert one == two


def test_no_column_is_narrower_than_its_longest_word() -> None:
    word = "anticonstitutionnellement"
    row = f"<tbody><tr><td>{word}</td><td>{'assez de texte ' * 40}</td></tr></tbody>"
    [[first, _]] = shares(f"<main><table>{row}</table></main>")
    assert first * PAGE / 100 >= ems(word)


def test_a_table_as_wide_as_its_text_is_left_alone() -> None:
    assert shares(f'<main><table class="short">{HEAD}{ROW}</table></main>') == [[]]


def test_a_table_without_a_row_is_no_trouble() -> None:
    assert shares("<main><table><caption>Rien</caption></table></main>") == [[]]


def test_a_page_is_printed_apart(tmp_path: Path) -> None:
    with Printing() as printing:
        page = "<html lang='fr'><head><title>Essai</title></head><body><p>é</p></body></html>"
        printing.give(page, tmp_path / "page.pdf")
        printing.wait()
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("text", ["a", "a\x0cb", "a &amp; b"])
def test_a_page_is_read_the_same_whatever_its_characters(text: str) -> None:
    page = f"<!DOCTYPE html><html lang='fr'><head></head><body><p>{text}</p></body></html>"
    root = HTML(string="<html></html>").etree_element
    read_into(root, page)
    assert root.get("lang") == "fr"
    assert [e.tag for e in root.iter()] == ["html", "head", "body", "p"]
    assert root[1][0].text == unescape(text)


def test_what_cannot_be_written_says_why(tmp_path: Path) -> None:
    with (
        pytest.raises(QuartiersError, match=r"could not be written .*No such file"),
        Printing() as printing,
    ):
        page = "<html lang='fr'><head><title>Essai</title></head><body></body></html>"
        printing.give(page, tmp_path / "absent" / "page.pdf")
        printing.wait()


def test_a_report_that_fails_leaves_no_process_and_no_pdf(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="made on purpose"),
        Printing() as printing,
    ):
        raise ValueError("made on purpose")
    assert printing.process.poll() is not None
    assert not (tmp_path / "page.pdf").exists()
