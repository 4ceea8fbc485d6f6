"""A page on paper: columns sized beforehand, a process that prints apart, a PDF that can be read by ear."""

from __future__ import annotations

import re
import zlib
from html import unescape
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from weasyprint import HTML

from quartiers.errors import QuartiersError
from quartiers.publish.columns import PAGE, ems, size_columns
from quartiers.publish.paper import Printing, read_into
from quartiers.publish.report import report_html, write_report

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


def test_the_pdf_can_be_read_by_ear(embedded: Path, tmp_path: Path) -> None:
    """What a checker of PDF/UA asks of the structure: each is a line below."""
    [path] = write_report(embedded, "COM69256", output=tmp_path / "p", formats=["pdf"]).files
    raw = path.read_bytes()
    assert raw.startswith(b"%PDF-1.7")
    plain = raw + b"".join(inflated(raw))
    assert b"/StructTreeRoot" in plain and b"/ParentTree" in plain
    assert re.search(rb"/MarkInfo\s*<<\s*/Marked true", plain)
    assert b"/Lang (fr)" in plain
    assert b"pdfuaid" in plain
    assert b"/DisplayDocTitle true" in plain
    assert b"Vaulx-en-Velin" in plain or "Vaulx-en-Velin".encode("utf-16-be") in plain
    assert b"/Outlines" in plain
    tags = re.findall(rb"/S /(\w+)", plain)
    assert {b"Document", b"Table", b"TR", b"TH", b"TD", b"Link", b"Figure", b"L", b"LI"} <= set(
        tags
    )
    assert tags.count(b"H1") == 1
    levels = [int(tag[1:]) for tag in tags if re.fullmatch(rb"H[1-6]", tag)]
    assert set(levels) == set(range(1, max(levels) + 1)), "no level is jumped over"
    figures = [e for e in elements(plain) if b"/S /Figure" in e]
    assert figures and all(b"/Alt" in e for e in figures)
    heads = [e for e in elements(plain) if re.search(rb"/S /TH\b", e)]
    cells = [e for e in elements(plain) if re.search(rb"/S /TD\b", e)]
    assert heads and all(b"/ID (" in e and b"/Scope /" in e for e in heads)
    assert cells and all(re.search(rb"/Headers \[\(", e) for e in cells), "a cell names its heads"


def elements(plain: bytes) -> list[bytes]:
    """The structure elements of a PDF, one text each."""
    return re.findall(rb"/Type /StructElem.*?(?=/Type /StructElem|endobj|$)", plain, flags=re.S)


def inflated(raw: bytes) -> list[bytes]:
    """The streams of a PDF that are deflated."""
    found = []
    for match in re.finditer(rb"stream\r?\n", raw):
        try:
            found.append(zlib.decompressobj().decompress(raw[match.end() :]))
        except zlib.error:
            continue
    return found
