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
from quartiers.compare.portraits import portraits
from quartiers.compare.reading import neighbours_of
from quartiers.errors import InputError
from quartiers.publish.around import walks
from quartiers.publish.folder import open_folder
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
