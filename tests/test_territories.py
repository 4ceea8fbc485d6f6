"""The embedded tables of territories: complete, consistent, found by code and by name."""

from __future__ import annotations

import re

import pytest

from quartiers.errors import InputError
from quartiers.territories import load, plain

T = load()


def test_every_quarter_of_2024_is_there_once() -> None:
    assert len(T.qpv) == 1_609
    assert all(re.fullmatch(r"QN\w{5}[IMN]", code) for code in T.qpv)
    assert sum(q.usable for q in T.qpv.values()) == 1_606


def test_every_commune_of_a_quarter_is_a_known_commune_with_its_departement() -> None:
    for q in T.qpv.values():
        assert len(q.communes) == len(q.communes_noms) >= 1
        for code in q.communes:
            assert T.commune[code].departement in T.departement


def test_a_quarter_over_several_communes_is_found_from_each() -> None:
    assert T.qpv["QN06913M"].communes == ("69199", "69259")
    assert "QN06913M" in T.qpv_of_commune["69199"]
    assert "QN06913M" in T.qpv_of_commune["69259"]


def test_a_population_that_nobody_published_is_none_and_not_zero() -> None:
    assert T.qpv["QN98701M"].population is None
    assert T.qpv["QN06913M"].population == 21_975
    assert all(q.population is None or q.population > 0 for q in T.qpv.values())
    assert all(q.indicateurs_source for q in T.qpv.values() if q.population is not None)


def test_the_rhone_has_its_forty_eight_quarters() -> None:
    assert len(T.quartiers_of("DEP69")) == 48
    assert set(T.quartiers_of("EPCI200046977")) < set(T.quartiers_of("DEP69"))
    assert set(T.quartiers_of("DEP69")) < set(T.quartiers_of("REG84"))


def test_an_arrondissement_answers_as_its_city() -> None:
    assert [T.city(c) for c in ("69387", "75118", "13214", "69259")] == [
        "69123", "75056", "13055", "69259",
    ]  # fmt: skip
    assert T.quartiers_of("COM69387") == T.quartiers_of("COM69123")


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("QN06913M", "QN06913M"),
        ("qn06913m", "QN06913M"),
        ("69259", "COM69259"),
        ("COM69259", "COM69259"),
        ("Vénissieux", "COM69259"),
        ("venissieux", "COM69259"),
        ("200046977", "EPCI200046977"),
        ("Métropole de Lyon", "EPCI200046977"),
        ("DEP69", "DEP69"),
        ("Rhône", "DEP69"),
        ("Auvergne-Rhône-Alpes", "REG84"),
        ("France", "FR"),
        ("Minguettes - Clochettes", "QN06913M"),
        ("69387", "COM69123"),
    ],
)
def test_a_territory_is_found_from_its_code_or_its_name(wanted: str, code: str) -> None:
    assert T.resolve(wanted).code == code


def test_an_unknown_territory_is_refused_with_what_to_do() -> None:
    with pytest.raises(InputError, match="give a QPV code"):
        T.resolve("Zzyzx")


def test_a_name_that_several_bear_is_refused_with_their_codes() -> None:
    with pytest.raises(InputError, match=r"bear this name.*QN"):
        T.resolve("Centre Ville")


def test_a_renewal_site_is_tied_to_quarters_of_2024_that_exist() -> None:
    tied = [code for site in T.renewal.values() for code in site.qpv]
    assert len(T.renewal) == 453
    assert len(tied) > 400
    assert set(tied) <= T.qpv.keys()
    assert all(site.source_url and site.confidence for site in T.renewal.values())


def test_the_doors_of_a_site_are_said_only_when_its_phase_is_known() -> None:
    unknown = next(s for s in T.renewal.values() if s.phase_code is None)
    works = next(s for s in T.renewal.values() if s.phase_code == "travaux")
    assert T.doors_of(unknown) == {}
    assert T.doors_of(works)["fourreaux"] == "ideale"
    assert T.doors_of(works).keys() == T.subjects.keys()


def test_each_phase_has_its_door_for_each_subject() -> None:
    known = {"ideale", "possible", "avenant", "chere", "fermee"}
    for doors in T.doors.values():
        assert doors.keys() == T.phase.keys()
        assert set(doors.values()) <= known


def test_a_quarter_of_2015_is_tied_to_quarters_that_exist() -> None:
    assert {t.code_2024 for t in T.ties} <= T.qpv.keys()
    drawn = [t for t in T.ties if t.part_2015 is not None]
    assert len(drawn) > 150
    assert all(0 <= (t.part_2015 or 0) <= 1.001 and 0 <= (t.part_2024 or 0) <= 1.001 for t in drawn)


def test_no_name_of_a_table_is_cut_or_broken() -> None:
    for q in T.qpv.values():
        assert q.nom == q.nom.strip()
        assert "\ufffd" not in q.nom
        assert plain(q.nom)
