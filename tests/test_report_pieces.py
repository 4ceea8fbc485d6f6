"""The pieces of a report: figures as French readers write them, examples, maps, charts."""

from __future__ import annotations

import re

from quartiers.compare.answers import number, percent
from quartiers.compare.examples import choose, summary_of
from quartiers.publish.charts import columns, decades, forest
from quartiers.publish.maps import Spot, dot_map, territory_map
from quartiers.publish.pages import day, figure_text, listed, plural, typeset


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
