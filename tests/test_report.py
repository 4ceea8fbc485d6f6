"""The report: complete, light, accessible, without a script or an outside request."""

from __future__ import annotations

import html
import json
import re
import sqlite3
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from conftest import run_quartiers
from quartiers.compare.answers import number, percent
from quartiers.compare.examples import choose, summary_of
from quartiers.compare.portraits import portraits
from quartiers.compare.reading import neighbours_of
from quartiers.errors import InputError
from quartiers.publish.around import walks
from quartiers.publish.charts import columns, decades, forest
from quartiers.publish.folder import open_folder
from quartiers.publish.maps import Spot, dot_map, territory_map
from quartiers.publish.pages import day, figure_text, listed, plural, typeset
from quartiers.publish.report import report_html, write_report
from quartiers.shapes import THEMES
from quartiers.summary import summarise
from quartiers.territories import load

LYON, VAULX, MINGUETTES = "EPCI200046977", "COM69256", "QN06913M"


class Outline(HTMLParser):
    """Headings, tables, links and pictures of a page; refuses tags left open."""

    VOID = frozenset({"meta", "link", "br", "img", "hr", "input", "path", "line", "rect", "circle"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tables: list[dict[str, int]] = []
        self.pictures: list[dict[str, str | None]] = []
        self.tags: set[str] = set()
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "a":
            self.links.append(str(given.get("href")))
        if tag == "table":
            self.tables.append({"caption": 0, "th": 0, "scoped": 0})
        if tag in ("caption", "th") and self.tables:
            self.tables[-1][tag] += 1
            self.tables[-1]["scoped"] += tag == "th" and given.get("scope") in ("col", "row")
        if tag == "svg":
            self.pictures.append(given)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag, f"</{tag}> closes something else"


def words_of(page: str) -> str:
    """A page's text, spaces made plain."""
    body = re.sub(r"<style>.*?</style>|<svg.*?</svg>", " ", page, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).replace("’", "'").split())


@pytest.fixture(scope="module")
def silent() -> str:
    """A quarter of which the embedded study knows nothing."""
    return "QN02811I" if "QN02811I" in load().qpv else sorted(load().qpv)[700]


@pytest.fixture(scope="module")
def pages(embedded: Path, silent: str) -> dict[str, str]:
    return {code: report_html(embedded, code) for code in ("FR", LYON, VAULX, MINGUETTES, silent)}


def test_pages_are_light_whole_and_ask_nothing_of_the_network(pages: dict[str, str]) -> None:
    for code, page in pages.items():
        assert len(page.encode()) <= 500_000, code
        outline = Outline(page)
        assert not outline.tags & {"script", "img", "iframe", "link", "form", "object"}, code
        assert not re.search(r"url\(|@import|javascript:|on(click|load)=|\sstyle=", page), code
        assert '<html lang="fr">' in page
        assert fromstring(page).tag == "html", "paper reads pages as XML"


def test_pages_can_be_read_by_ear(pages: dict[str, str]) -> None:
    for code, page in pages.items():
        outline = Outline(page)
        assert outline.headings[0] == 1 and outline.headings.count(1) == 1, code
        steps = zip(outline.headings, outline.headings[1:], strict=False)
        assert all(after - before <= 1 for before, after in steps), code
        assert all(t["caption"] == 1 and t["th"] == t["scoped"] for t in outline.tables), code
        told = [p for p in outline.pictures if p.get("aria-hidden") != "true"]
        strips = [p.get("class") for p in outline.pictures if p not in told]
        assert set(strips) <= {"strip"}, code  # its figures stand in the same row
        assert told and all(p.get("role") == "img" and p.get("aria-label") for p in told), code
        assert page.count("<svg") == page.count("<title>") - 1, code
        assert page.count("<desc>") == len(told), code
        lines = re.findall(r'<ul class="(?:keys|cases|fact)">.*?</ul>', page, flags=re.S)
        assert lines and not re.search(r"</li>\s+<li", "".join(lines)), (
            f"{code}: a space is an item"
        )
        assert not re.search(r"<a [^>]*>[^<]*<(?!/a)", page), (
            f"{code}: printed, it would be two links"
        )
        assert len(outline.ids) == len(set(outline.ids)), code


def test_links_inside_a_page_lead_somewhere_and_links_outside_are_web_addresses(
    pages: dict[str, str],
) -> None:
    for code, page in pages.items():
        outline = Outline(page)
        for link in outline.links:
            if link.startswith("#"):
                assert link[1:] in outline.ids, (code, link)
            else:
                assert re.match(r"https?://", link), (code, link)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    lines = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * lines[0] + 0.7152 * lines[1] + 0.0722 * lines[2]


@pytest.mark.parametrize(
    "colour", ["#1c2226", "#4d575e", "#0d4f6b", "#96401f", "#1d5c3a", "#6b4e00"]
)
def test_words_stand_out_from_the_paper(pages: dict[str, str], colour: str) -> None:
    paper = "#fffefb"
    assert colour in pages["FR"] and paper in pages["FR"]
    assert (luminance(paper) + 0.05) / (luminance(colour) + 0.05) >= 4.5


def test_the_national_report_says_the_edition_s_own_figures(
    embedded: Path, pages: dict[str, str]
) -> None:
    figures = summarise(embedded)
    words = words_of(pages["FR"])
    held = figures["initiatives_quartiers"]
    assert f"{number(held)} initiatives numériques repérées".replace("\u202f", " ") in words
    assert figures["edition"] in words
    for row in pq.read_table(embedded / "findings.parquet").to_pylist():
        assert " ".join(row["question"].split()) in words.replace("« ", "« ")
        assert row["verdict_label"] in words
        assert f'id="{row["id"]}"' in pages["FR"]
    for theme in THEMES:
        assert f'id="theme-{theme}"' in pages["FR"]


def test_every_theme_has_examples_that_can_be_found_again(pages: dict[str, str]) -> None:
    chapters = pages["FR"].split('<section class="theme"')[1:]
    assert len(chapters) == 8
    for chapter in chapters:
        cases = chapter.split("</ul>")[1]
        assert cases.count('class="name"') >= 4
        assert cases.count('<a href="http') >= 3


def test_a_portrait_has_the_figures_of_its_measures(embedded: Path, pages: dict[str, str]) -> None:
    rows = {
        (m["indicator"], m["modality"]): m
        for m in pq.read_table(
            embedded / "measures.parquet", filters=[("territory", "=", LYON)]
        ).to_pylist()
    }
    words = words_of(pages[LYON])
    assert f"{rows['initiatives', None]['n']} initiatives numériques repérées" in words
    for theme in THEMES:
        value = rows["theme", theme]["value"]
        assert value == 0 or percent(value).replace("\u00a0", " ") in words


def test_a_quarter_with_nothing_known_is_still_of_use(pages: dict[str, str], silent: str) -> None:
    words = words_of(pages[silent])
    assert "0 initiative numérique repérée" in words
    assert "non observé" in words
    assert "Ceux qui lui ressemblent" in words
    assert "renouvellement urbain" in words
    assert "Les huit thèmes" not in words
    assert "Sources lues, sans initiative ici" in words
    assert not re.search(r"<tbody>\s*</tbody>", pages[silent])


def test_the_first_page_counts_the_sources_that_the_last_one_lists(pages: dict[str, str]) -> None:
    for code in (LYON, VAULX, MINGUETTES):
        told = re.search(r"par (\d+)\W+sources?\.", words_of(pages[code]))
        listed = pages[code].split("Ce qui a été lu")[1].split("</table>")[0]
        assert told is not None and int(told[1]) == listed.count('<tr id="src-'), code


def test_few_initiatives_are_named_and_make_no_share(pages: dict[str, str]) -> None:
    text = words_of(pages[MINGUETTES])
    found = re.search(r"(\d+) initiatives? (?:numériques )?repérées?", text)
    assert found
    few = int(found[1]) < 5
    assert ("rien n'est une part ni une tendance" in text) is few
    assert ("Échelle : 0 à 100 %" in text) is not few


def test_ground_without_a_quarter_is_refused_with_what_to_ask(embedded: Path) -> None:
    with pytest.raises(InputError, match="no priority neighbourhood"):
        report_html(embedded, "COM01001")


@pytest.mark.parametrize(
    "wanted",
    ["FR", "69259", "com69256", "200046977", "Vénissieux", " qn06913m ", "REG84", "69387", "01001"],
)
def test_a_report_is_found_as_territories_are(embedded: Path, wanted: str) -> None:
    found = load().resolve(wanted)
    assert open_folder(embedded).find(wanted) == (found.code, found.nom)


def test_a_territory_that_is_none_is_refused_in_the_same_words(embedded: Path) -> None:
    with pytest.raises(InputError, match="neither a code nor a name"):
        open_folder(embedded).find("QN99999X")


def test_a_source_s_share_is_what_the_initiatives_of_the_quarters_say(embedded: Path) -> None:
    folder = open_folder(embedded)
    told = [{folder.reader_of(s) for s in row["sources"]} for row in folder.held]
    assert folder.kept == Counter(name for names in told for name in names)


def test_near_a_quarter_is_neither_in_it_nor_in_another(embedded: Path) -> None:
    folder = open_folder(embedded)
    rows = neighbours_of(folder.tables, MINGUETTES, ["69259"])
    assert all(r["qpv_etat"] not in ("dedans", "limite") for r in rows)
    wanted = {
        r["id"]
        for r in folder.view
        if r["digital"] == "numerique"
        and (
            (r["qpv_code"], r["qpv_etat"]) == (MINGUETTES, "proche")
            or (
                r["in_quartiers"]
                and r["insee_code"] == "69259"
                and r["qpv_etat"] not in ("dedans", "limite")
            )
        )
    }
    assert {r["id"] for r in rows} == wanted


def test_what_a_source_wrote_is_never_markup(embedded: Path, tmp_path: Path) -> None:
    for name in ("quartiers.sqlite", "manifest.json"):
        (tmp_path / name).write_bytes((embedded / name).read_bytes())
    connection = sqlite3.connect(tmp_path / "quartiers.sqlite")
    connection.execute(
        "UPDATE initiatives SET title = ?, url = ?",
        ('<script>alert("x")</script>', "javascript:alert(1)"),
    )
    connection.commit()
    connection.close()
    for code in ("FR", LYON):
        page = report_html(tmp_path, code)
        assert "<script" not in page and "javascript:" not in page
        assert "&lt;script&gt;" in page


def test_a_quarter_s_relay_places_are_told_with_their_walk(embedded: Path) -> None:
    here = load().qpv[MINGUETTES]
    table = pq.read_table(embedded / "initiatives.parquet")
    rows = table.to_pylist()
    for row in rows:  # what the study itself places in the quarter would come first
        row["place_types"] = []
    for row, north in zip(rows, (0.0, 0.025), strict=False):
        row |= {"longitude": here.longitude, "latitude": here.latitude + north}
        row |= {"title": f"Lieu à {north}", "place_types": ["fablab" if north else "epn"]}
    tables = portraits(pa.Table.from_pylist(rows, schema=table.schema), load())
    found = [r for r in tables["relays"].to_pylist() if r["territory"] == MINGUETTES]
    near, far = walks({"relays": sorted(found, key=lambda r: r["metres"])})
    assert (near["label"], near["title"], near["walk"], near["count"]) == (
        *("Espace public numérique", "Lieu à 0.0", "dans le quartier", "1"),
    )
    assert near["inhabitants"] == 21_975
    assert (far["title"], far["count"], far["inhabitants"]) == ("Lieu à 0.025", "non observé", None)
    assert re.fullmatch(r"\d\d min", far["walk"])


def test_the_pdf_can_be_read_by_ear(embedded: Path, tmp_path: Path) -> None:
    """What a checker of PDF/UA asks of the structure: each is a line below."""
    [path] = write_report(embedded, VAULX, output=tmp_path / "p", formats=["pdf"]).files
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
    import zlib

    found = []
    for match in re.finditer(rb"stream\r?\n", raw):
        try:
            found.append(zlib.decompressobj().decompress(raw[match.end() :]))
        except zlib.error:
            continue
    return found


def test_the_workbook_has_the_report_s_figures_at_full_precision(
    embedded: Path, tmp_path: Path
) -> None:
    rows = {
        (m["indicator"], m["modality"]): m
        for m in pq.read_table(
            embedded / "measures.parquet", filters=[("territory", "=", LYON)]
        ).to_pylist()
    }
    [path] = write_report(embedded, LYON, output=tmp_path / "lyon", formats=["xlsx"]).files
    book = load_workbook(path, read_only=True)
    assert {"Lisez-moi", "Mesures", "Quartiers", "Pairs", "Initiatives", "Sources"} <= set(
        book.sheetnames
    )
    head, *lines = book["Mesures"].iter_rows(values_only=True)
    here = [dict(zip(head, line, strict=True)) for line in lines]
    found = {(r["indicateur"], r["modalite"]): r for r in here if r["code"] == LYON}
    culture = found["Part des initiatives ayant le thème", "Art et culture"]
    assert culture["valeur"] == pytest.approx(rows["theme", "culture"]["value"], rel=1e-12)
    assert culture["bas"] == pytest.approx(rows["theme", "culture"]["low"], rel=1e-12)
    assert culture["base"] == rows["theme", "culture"]["n"]
    assert len(list(book["Initiatives"].iter_rows())) == rows["initiatives", None]["n"] + 1
    [path] = write_report(embedded, output=tmp_path / "fr", formats=["xlsx"]).files
    book = load_workbook(path, read_only=True)
    assert {"Constats", "Preuves", "Profils", "Mots", "Renouvellement"} <= set(book.sheetnames)
    assert len(list(book["Constats"].iter_rows())) == 14


def test_a_finding_leads_to_its_records_and_to_its_sources(pages: dict[str, str]) -> None:
    page = pages["FR"]
    for finding in re.findall(r'href="#preuves-(C\d+)"', page):
        table = page.split(f'id="preuves-{finding}"')[1].split("</table>")[0]
        assert "<code>benchmark:" in table and 'href="#src-benchmark"' in table, finding
    assert 'id="src-benchmark"' in page


def test_every_table_and_drawing_is_followed_by_its_edition(pages: dict[str, str]) -> None:
    for code, page in pages.items():
        edition = re.search(r"édition ((?:embarquee|complete)-\w+)", page)
        assert edition is not None
        for drawn in re.finditer(r"</table>|</svg>", page):
            part = page[drawn.end() :]
            assert edition[1] in part.split("<section")[0], (code, part[:200])


# The command line


def test_the_commands_write_a_report_and_set_territories_side_by_side(
    embedded: Path, tmp_path: Path
) -> None:
    root = embedded.parent
    target = tmp_path / "venissieux.html"
    done = run_quartiers(
        "report", "--territory", "Vénissieux", "-o", str(target), "--json", editions=root
    )
    told = json.loads(done.stdout)
    assert (told["territory"], told["files"]) == ("COM69259", [str(target)])
    assert "Vénissieux" in target.read_text("utf-8")
    side = json.loads(
        run_quartiers("compare", "69259", "200046977", "--json", editions=root).stdout
    )
    assert list(side["territories"]) == ["COM69259", LYON]
    assert {m["territory"] for m in side["measures"]} == {"COM69259", LYON}
    printed = run_quartiers("compare", "69259", "FR", editions=root).stdout
    assert "Vénissieux" in printed and "France" in printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("report", "-t", "Zanzibar"), "neither a code nor a name"),
        (("report", "-f", "docx"), "html, pdf, xlsx"),
        (("report", "-t", "69259", "-o", "/nowhere/at/all.html"), "not a file that can be written"),
        (("compare", "69259", "-i", "bonheur"), "not one of ours"),
        (("compare", "01001"), "no priority neighbourhood"),
        (("report", "--edition", "/nowhere"), "no edition"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    embedded: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = run_quartiers(*arguments, editions=embedded.parent, code=2)
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 3
    assert "Traceback" not in done.stderr


# Pieces


def test_french_figures() -> None:
    assert number(1234567.891, 2) == "1\u202f234\u202f567,89"
    assert [percent(v) for v in (0.0, 0.034, 0.5, 1.0, None)] == [
        *("0\u00a0%", "3,4\u00a0%", "50\u00a0%", "100\u00a0%", "—"),
    ]
    assert figure_text(float("inf"), "rapport") == "—"
    assert (plural(1, "fiche"), plural(2, "fiche"), plural(0, "fiche")) == (
        *("1 fiche", "2 fiches", "0 fiche"),
    )
    assert listed(["a", "b", "c"]) == "a, b et c"
    assert [day(d) for d in ("2026-11-01", "2025-01", "2019", None)] == [
        *("1er novembre 2026", "janvier 2025", "2019", "date inconnue"),
    ]


def test_marks_never_begin_a_line_and_addresses_are_left_alone() -> None:
    def set_(text: str) -> str:
        return re.sub(r".+", typeset, text)

    assert set_("l'« écran » : oui ?") == "l’«\u00a0écran\u00a0»\u00a0: oui\u202f?"
    assert set_("12:30, a;b, 'cité'") == "12:30, a;b, 'cité'"


def test_examples_vary_their_towns_and_put_the_met_ones_last() -> None:
    base = {
        "url": "https://x", "qpv_etat": "inconnu", "qpv_code": None, "text": "", "start": None,
        "forms": [], "sources": ["essai"], "kind": "action",
    }  # fmt: skip
    rows = [
        base | {"id": f"i{n}", "insee_code": f"0100{n // 2}", "carrier": f"asso {n}"}
        for n in range(6)
    ]
    assert [r["id"] for r in choose(rows, 3)] == ["i0", "i2", "i4"]
    met = {"i0"}
    assert [r["id"] for r in choose(rows, 2, met)] == ["i1", "i2"]
    assert met == {"i0", "i1", "i2"}
    assert len(choose(rows, 50)) == 6


def test_a_long_text_is_cut_at_the_end_of_a_sentence() -> None:
    text = "Une phrase assez longue pour être gardée entière par ce résumé court. " * 8
    cut = summary_of({"text": text})
    assert cut.endswith("court.") and len(cut) <= 300
    assert summary_of({"text": "Court."}) == "Court."


def test_a_map_draws_perimeters_where_there_are_and_discs_of_the_same_area_elsewhere() -> None:
    square = [[4.88, 45.70], [4.90, 45.70], [4.90, 45.71], [4.88, 45.71], [4.88, 45.70]]
    shape = {"type": "Polygon", "coordinates": [square]}
    drawn = Spot("QN1", "Le <Bourg>", 4.89, 45.705, 170.0, 2, shape)
    disc = Spot("QN2", "Ailleurs", 4.93, 45.705, 50.0, 0)
    picture = territory_map([drawn, disc], [(4.89, 45.705), (0.0, 0.0)], "Titre", "En mots")
    assert picture.count("<path") == 3  # two quarters and the scale bar
    assert picture.count("<circle") == 1  # a point far from every quarter is not drawn
    assert "Le &lt;Bourg&gt;" in picture and "500 m</text>" in picture
    assert "L" in picture.split('d="')[2] and "a" in picture.split('d="')[1]
    assert territory_map([], [], "t", "d") == ""


def test_years_are_told_by_decade_with_the_zeros_between() -> None:
    rows = decades({2009: 1, 2016: 3})
    assert [r["decade"] for r in rows] == ["2000–2009", "2010–2019"]
    assert rows[1]["counts"] == [0, 0, 0, 0, 0, 0, 3, 0, 0, 0]
    assert decades({}) == []


def test_charts_have_a_name_and_words_and_stay_within_their_frame() -> None:
    bars = columns({2016: 3, 2020: 9}, "Titre <a>", "En mots")
    assert "<title>Titre &lt;a&gt;</title>" in bars and bars.count("<rect") == 2
    assert columns({}, "t", "d") == ""
    row = forest([("Mobilité", 20.0, 0.001, 90.0)], "t", "d", middle="comme ailleurs")
    places = [float(v) for v in re.findall(r'c?x[12]?="([\d.]+)"', row)]
    assert all(0 <= v <= 680 for v in places)
    dots = dot_map([(4.8, 45.7, True), (2.3, 48.8, False), (-149.5, -17.5, False)], "t", "d")
    assert dots.count("h.01") == 2  # Polynesia has no box: it is told, not drawn
