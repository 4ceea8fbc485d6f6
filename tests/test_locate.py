"""The QPV answer: points, distances, declared codes, addresses, on perimeters drawn for the test."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quartiers.errors import InputError
from quartiers.locate import locate_batch, perimeter_issues, points_batch
from quartiers.locate.answers import Answer, locate_records
from quartiers.locate.metres import ZONES, to_degrees, to_metres, zone_numbers
from quartiers.locate.perimeters import NATIONAL, open_perimeters
from quartiers.locate.points import check_points, probability, state
from quartiers.shapes import LOCATION_SCHEMA, Record, record_text, records_batch

#: name → (zone of metres.ZONES, a corner in its metres). Squares of 1 km.
LYON = (0, 845_000.0, 6_512_000.0)
SAINT_DENIS = (3, 338_000.0, 7_690_000.0)
FORT_DE_FRANCE = (1, 708_000.0, 1_616_000.0)
MAMOUDZOU = (4, 521_000.0, 8_588_000.0)
PAPEETE = (7, 230_000.0, 8_058_000.0)
CAYENNE = (2, 354_000.0, 546_000.0)


def square(corner: tuple[int, float, float], x: float, y: float, side: float) -> list[list[float]]:
    """A closed ring, in degrees, ``x`` and ``y`` metres from the corner."""
    zone, x0, y0 = corner
    xs = [x0 + x + dx for dx in (0, side, side, 0, 0)]
    ys = [y0 + y + dy for dy in (0, 0, side, side, 0)]
    return [list(to_degrees(a, b, zone)) for a, b in zip(xs, ys, strict=True)]


def feature(code: str, rings: list[list[list[float]]], communes: str = "69123") -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"code_qp": code, "lib_qp": f"Quartier {code}", "insee_com": communes},
        "geometry": {"type": "MultiPolygon", "coordinates": [rings]},
    }


def at(corner: tuple[int, float, float], x: float, y: float) -> tuple[float, float]:
    """A point, in degrees, some metres from a corner."""
    zone, x0, y0 = corner
    lon, lat = to_degrees(x0 + x, y0 + y, zone)
    return float(lon), float(lat)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A square with a hole, its neighbour over two communes, a bow tie, a point, five overseas."""
    bow = [at(LYON, x, y) for x, y in ((5_000, 0), (6_000, 1_000), (6_000, 0), (5_000, 1_000))]
    point = [list(at(LYON, 9_000, 500))] * 4
    features = [
        feature("QN06999I", [square(LYON, 0, 0, 1_000), square(LYON, 400, 400, 200)]),
        feature("QN06998I", [square(LYON, 1_100, 0, 1_000)], "69123, 69259"),
        feature("QN06997I", [[list(p) for p in [*bow, bow[0]]]]),
        feature("QN06996I", [point]),
        feature("QN97499I", [square(SAINT_DENIS, 0, 0, 1_000)], "97411"),
        feature("QN97299I", [square(FORT_DE_FRANCE, 0, 0, 1_000)], "97209"),
        feature("QN97699I", [square(MAMOUDZOU, 0, 0, 1_000)], "97611"),
        feature("QN98799I", [square(PAPEETE, 0, 0, 1_000)], "98735"),
        feature("QN97399I", [square(CAYENNE, 0, 0, 1_000)], "97302"),
    ]
    path = tmp_path_factory.mktemp("perimeters") / "quartiers.geojson.gz"
    content = json.dumps({"type": "FeatureCollection", "features": features})
    path.write_bytes(gzip.compress(content.encode()))
    return path


def record(**fields: Any) -> Record:
    return Record(**({"source": "essai", "source_id": "1", "kind": "lieu", "title": ""} | fields))


def place(drawn: Path | None, **fields: Any) -> list[Answer]:
    return locate_records([record(**fields)], drawn)[0]


def placed(
    drawn: Path, corner: tuple[int, float, float], x: float, y: float, **more: Any
) -> Answer:
    lon, lat = at(corner, x, y)
    return place(drawn, longitude=lon, latitude=lat, **more)[0]


@pytest.mark.parametrize(
    ("x", "y", "etat", "metres"),
    [
        (200, 500, "dedans", -200),
        (985, 300, "limite", -15),
        (1_010, 300, "limite", 10),
        (-250, 500, "proche", 250),
        (500, 500, "proche", 100),
        (-400, 500, "hors", None),
    ],
)
def test_a_point_is_placed_with_its_signed_distance_and_a_hole_is_outside(
    drawn: Path, x: float, y: float, etat: str, metres: float | None
) -> None:
    answer = placed(drawn, LYON, x, y)
    assert answer.etat == etat
    assert answer.methode == "point"
    if metres is None:
        assert answer.code is None and answer.distance_m is None
    else:
        assert answer.code == "QN06999I"
        assert answer.distance_m == pytest.approx(metres, abs=0.5)


@pytest.mark.parametrize(
    ("corner", "code"),
    [
        (SAINT_DENIS, "QN97499I"),
        (FORT_DE_FRANCE, "QN97299I"),
        (MAMOUDZOU, "QN97699I"),
        (PAPEETE, "QN98799I"),
        (CAYENNE, "QN97399I"),
    ],
)
def test_overseas_metres_are_those_of_the_place(
    drawn: Path, corner: tuple[int, float, float], code: str
) -> None:
    inside, near = placed(drawn, corner, 500, 500), placed(drawn, corner, 1_120, 500)
    assert (inside.code, inside.etat) == (code, "dedans")
    assert inside.distance_m == pytest.approx(-500, abs=1)
    assert (near.code, near.etat) == (code, "proche")
    assert near.distance_m == pytest.approx(120, abs=1)


def test_a_point_between_two_quarters_has_both_nearest_first(drawn: Path) -> None:
    lon, lat = at(LYON, 1_040, 300)
    answers = place(drawn, longitude=lon, latitude=lat)
    assert [(a.code, a.etat) for a in answers] == [("QN06999I", "proche"), ("QN06998I", "proche")]


def test_a_quarter_over_two_communes_is_found_whatever_the_commune_said(drawn: Path) -> None:
    for commune in ("69259", "69123", "69387"):
        assert placed(drawn, LYON, 1_600, 500, insee_code=commune).code == "QN06998I"


def test_an_invalid_perimeter_is_mended_and_a_collapsed_one_is_declared_unknown(
    drawn: Path,
) -> None:
    assert placed(drawn, LYON, 5_900, 500).code == "QN06997I"
    assert placed(drawn, LYON, 5_500, 900).etat == "proche"
    answer = placed(drawn, LYON, 9_050, 500)
    assert (answer.code, answer.etat, answer.distance_m) == ("QN06996I", "inconnu", None)
    issues = perimeter_issues(drawn)
    assert [issue.record for issue in issues] == ["QN06996I"]
    assert issues[0].remedy


@pytest.mark.parametrize(
    ("longitude", "latitude", "said"),
    [
        (0.0, 0.0, "ce n'est pas un lieu"),
        (-73.98, 40.75, "hors de France"),
        (845_000.0, 6_512_000.0, "hors de France"),
        (4.86, 45.69, "arrondies"),
    ],
)
def test_a_point_that_is_none_is_unknown_and_said(
    drawn: Path, longitude: float, latitude: float, said: str
) -> None:
    answer = place(drawn, longitude=longitude, latitude=latitude, insee_code="69123")[0]
    assert answer.etat == "inconnu"
    assert answer.methode is None
    assert said in " ".join(b.note or "" for b in answer.because)


def test_exchanged_coordinates_are_turned_round_said_and_less_sure(drawn: Path) -> None:
    lon, lat = at(LYON, 200, 500)
    plain, turned = (place(drawn, longitude=a, latitude=b)[0] for a, b in ((lon, lat), (lat, lon)))
    assert (turned.code, turned.etat) == (plain.code, "dedans")
    assert (turned.score or 0) < (plain.score or 0)
    assert "échangées" in " ".join(b.note or "" for b in turned.because)


def test_the_point_of_the_commune_is_never_taken_for_an_address(drawn: Path) -> None:
    from quartiers.territories import load

    lyon = load().commune["69123"]
    answer = place(drawn, longitude=lyon.longitude, latitude=lyon.latitude, insee_code="69123")[0]
    assert answer.etat == "inconnu"
    assert "celui de la commune" in " ".join(b.note or "" for b in answer.because)


def test_a_point_far_from_the_commune_said_is_not_believed(drawn: Path) -> None:
    answer = placed(drawn, LYON, 200, 500, insee_code="75056")
    assert answer.etat == "inconnu"
    assert "trop loin" in " ".join(b.note or "" for b in answer.because)


def test_a_commune_alone_is_unknown_unless_no_quarter_touches_it() -> None:
    assert place(None, insee_code="69387")[0].etat == "inconnu"
    assert place(None, commune="Vénissieux")[0].etat == "inconnu"
    assert place(None)[0].etat == "inconnu"
    without = place(None, commune="Caluire-et-Cuire")[0]
    assert (without.etat, without.methode, without.code) == ("hors", None, None)


def test_a_declared_code_is_said_and_one_of_2015_is_carried_to_2024() -> None:
    new = place(None, declared_qpv=["QN06913M"])[0]
    old = place(None, declared_qpv=["QP069026"])[0]
    assert (new.code, new.methode, new.generation) == ("QN06913M", "code-declare", "2024")
    assert (old.code, old.generation) == ("QN06923M", "2024")
    assert "2015" in (old.because[0].note or "")
    assert place(None, declared_qpv=["QN00000X"])[0].etat == "inconnu"


def test_a_declared_code_far_from_the_point_is_doubted(drawn: Path) -> None:
    answer = placed(drawn, LYON, -400, 500, declared_qpv=["QN97431I"])
    assert (answer.code, answer.score) == ("QN97431I", 0.5)


def test_an_action_is_where_its_words_say_and_a_place_where_its_point_is(drawn: Path) -> None:
    lon, lat = at(LYON, -400, 500)
    said = {"title": "Atelier au quartier des Minguettes", "longitude": lon, "latitude": lat}
    action, spot = place(drawn, kind="action", **said)[0], place(drawn, kind="lieu", **said)[0]
    assert (action.code, action.methode) == ("QN06913M", "nom-dans-le-texte")
    assert (spot.code, spot.etat) == (None, "hors")
    assert "Minguettes" in " ".join(b.note or "" for b in spot.because)


def test_a_text_may_name_several_quarters_and_quotes_its_own_words() -> None:
    title, text = "Bus numérique", "Il passe à Hautepierre, puis au Neuhof."
    answers = place(None, title=title, text=text, kind="action", commune="Strasbourg")
    assert {a.code for a in answers} == {"QN06710I", "QN06715M"}
    for a in answers:
        reason = a.because[0]
        assert record_text(title, text)[reason.start : reason.end] == reason.quote


def test_the_batch_has_at_least_a_row_a_record_ranked_from_zero(drawn: Path) -> None:
    lon, lat = at(LYON, 1_040, 300)
    records = [
        record(source_id="a", longitude=lon, latitude=lat),
        record(source_id="b"),
        record(source_id="c", declared_qpv=["QN06913M"]),
    ]
    batch = locate_batch(records_batch(records), drawn)
    assert batch.schema == LOCATION_SCHEMA
    rows = batch.to_pylist()
    assert [(r["about"], r["rank"]) for r in rows] == [
        ("essai:a", 0), ("essai:a", 1), ("essai:b", 0), ("essai:c", 0),
    ]  # fmt: skip
    assert locate_batch(records_batch([]), drawn).num_rows == 0


def test_the_same_batch_cut_otherwise_gives_the_same_answers(drawn: Path) -> None:
    spots = [at(LYON, x, 500) for x in range(-500, 2_500, 50)]
    records = [record(source_id=str(i), longitude=a, latitude=b) for i, (a, b) in enumerate(spots)]
    whole = locate_batch(records_batch(records), drawn).to_pylist()
    halves = [records[:17], records[17:]]
    assert whole == [
        row for half in halves for row in locate_batch(records_batch(half), drawn).to_pylist()
    ]


def test_a_file_of_perimeters_that_is_none_is_refused_in_one_sentence(tmp_path: Path) -> None:
    wrong = tmp_path / "faux.geojson"
    wrong.write_text("<html>", "utf-8")
    for path in (wrong, tmp_path / "absent.geojson"):
        with pytest.raises(InputError, match="--perimeters"):
            open_perimeters(path)


@settings(max_examples=200, deadline=None)
@given(x=st.floats(-1_500, 2_500), y=st.floats(-1_500, 2_500))
def test_the_distance_is_that_of_plane_geometry(drawn: Path, x: float, y: float) -> None:
    """Against the square with a hole, computed by hand."""
    lon, lat = at(LYON, x, y)
    known = open_perimeters(drawn)
    _, quarter, metres = known.near(np.array([lon]), np.array([lat]), 400.0)
    found = {known.codes[q]: m for q, m in zip(quarter, metres, strict=True)}
    outer = float(np.hypot(max(-x, 0, x - 1_000), max(-y, 0, y - 1_000)))
    if outer == 0:
        edges = min(x, 1_000 - x, y, 1_000 - y)
        if 400 < x < 600 and 400 < y < 600:
            expected = min(x - 400, 600 - x, y - 400, 600 - y)
        else:
            gap = float(np.hypot(max(400 - x, 0, x - 600), max(400 - y, 0, y - 600)))
            expected = -min(edges, gap)
    else:
        expected = outer
    if expected < 399:
        assert found["QN06999I"] == pytest.approx(expected, abs=0.2)
    if expected > 401:
        assert "QN06999I" not in found


@settings(max_examples=100, deadline=None)
@given(metres=st.floats(-5_000, 300))
def test_the_nearer_the_boundary_the_less_sure(metres: float) -> None:
    assert 0.01 <= probability(metres, 12.0) <= 0.99
    assert state(metres) in ("dedans", "limite", "proche")
    if metres < -20:
        assert probability(metres, 12.0) >= probability(metres + 1, 12.0)


def test_every_zone_goes_to_metres_and_back() -> None:
    for number, zone in enumerate(ZONES):
        lon = np.array([(zone.west + zone.east) / 2])
        lat = np.array([(zone.south + zone.north) / 2])
        assert zone_numbers(lon, lat)[0] == number
        back = to_degrees(*to_metres(lon, lat, number), number)
        assert back[0][0] == pytest.approx(lon[0], abs=1e-7)
        assert back[1][0] == pytest.approx(lat[0], abs=1e-7)


def test_missing_coordinates_are_missing_and_not_the_gulf_of_guinea() -> None:
    checked = check_points(np.array([np.nan, 0.0]), np.array([45.0, 0.0]), [None, None])
    assert not checked.usable.any()
    assert checked.verdict[0] != checked.verdict[1]


def test_the_bare_kernel_gives_pairs_for_near_rows_only(drawn: Path) -> None:
    spots = [at(LYON, 500, 100), at(LYON, -5_000, 0), at(LYON, 1_040, 300)]
    batch = pa.RecordBatch.from_pydict(
        {"longitude": [s[0] for s in spots], "latitude": [s[1] for s in spots]}
    )
    rows = points_batch(batch, str(drawn)).to_pylist()
    assert [(r["row"], r["code"], r["etat"]) for r in rows] == [
        (0, "QN06999I", "dedans"), (2, "QN06999I", "proche"), (2, "QN06998I", "proche"),
    ]  # fmt: skip


@pytest.mark.data
def test_the_national_perimeters_have_1606_usable_quarters_and_three_issues(data: Path) -> None:
    known = open_perimeters(data / NATIONAL)
    assert len(known.codes) == 1_609
    assert sum(len(layer.ranks) for layer in known.layers) == 1_606
    assert {i.record for i in perimeter_issues(data / NATIONAL)} == {
        "QN09105I", "QN09113I", "QN09503I",
    }  # fmt: skip


@pytest.mark.data
def test_every_usable_quarter_holds_a_point_of_itself(data: Path) -> None:
    import shapely

    known = open_perimeters(data / NATIONAL)
    for layer in known.layers:
        inside = shapely.get_coordinates(shapely.point_on_surface(layer.polygons))
        lon, lat = to_degrees(inside[:, 0], inside[:, 1], layer.zone)
        at_, quarter, metres = known.near(np.asarray(lon), np.asarray(lat), 300.0)
        held = {(int(a), int(q)) for a, q, m in zip(at_, quarter, metres, strict=True) if m <= 0}
        assert all((n, int(rank)) in held for n, rank in enumerate(layer.ranks))


@pytest.mark.data
def test_the_quarters_of_2015_are_a_layer_of_their_own(data: Path) -> None:
    layer = data / "qpv-2015" / "qpv2015_lille.geojson"
    known = open_perimeters(layer)
    import shapely

    inside = shapely.get_coordinates(shapely.point_on_surface(known.layers[0].polygons))
    lon, lat = to_degrees(inside[:, 0], inside[:, 1], 0)
    answer = place(layer, longitude=float(lon[0]), latitude=float(lat[0]))[0]
    assert (answer.generation, answer.etat) == ("2015", "dedans")
    assert (answer.code or "").startswith("QP059")


@pytest.mark.data
def test_the_mednum_lists_reach_580_quarters(data: Path) -> None:
    """The points alone of the consolidated list: at least 2,200 rows inside at least 580 quarters."""
    import csv
    import io

    raw = gzip.decompress((data / "mednum" / "lieux_mednum_consolides.csv.gz").read_bytes())
    rows = [r for r in csv.DictReader(io.StringIO(raw.decode())) if r["latitude"]]
    lon = np.array([float(r["longitude"]) for r in rows])
    lat = np.array([float(r["latitude"]) for r in rows])
    codes = [r["code_insee"] if len(r["code_insee"]) == 5 else None for r in rows]
    checked = check_points(lon, lat, codes)
    kept = np.flatnonzero(checked.usable)
    known = open_perimeters(data / NATIONAL)
    found, quarter, metres = known.near(checked.longitude[kept], checked.latitude[kept], 300.0)
    inside = metres <= 0
    assert len(set(found[inside])) >= 2_200
    assert len(set(quarter[inside])) >= 580
