"""Relay places around the quarters: counted, measured, and never said absent without a complete list."""

from __future__ import annotations

from typing import Any

import pytest

from quartiers.locate.relays import WALK_M, Cover, coverage, hosts, minutes
from quartiers.territories import load

MINGUETTES = load().qpv["QN06913M"]


def place(id: str, types: list[str], **more: Any) -> dict[str, Any]:
    return {
        "id": id, "title": "Médiathèque d'essai", "text": "", "carrier": None, "siret": None,
        "insee_code": "69259", "longitude": MINGUETTES.longitude, "latitude": MINGUETTES.latitude,
        "place_types": types,
    } | more  # fmt: skip


def of(covers: list[Cover], code: str, place_type: str) -> Cover:
    return next(c for c in covers if (c.qpv_code, c.place_type) == (code, place_type))


def test_a_quarter_of_an_hour_is_865_metres_as_the_crow_flies() -> None:
    assert pytest.approx(865, abs=1) == WALK_M
    assert minutes(WALK_M) == pytest.approx(15)


def test_a_place_in_the_quarter_is_counted_for_its_inhabitants() -> None:
    covers = coverage([place("a", ["mediatheque"]), place("b", ["mediatheque"])])
    here = of(covers, "QN06913M", "mediatheque")
    assert (here.status, here.within_walk, here.nearest_m) == ("present", 2, 0.0)
    assert here.inhabitants_per_relay == pytest.approx(21_975 / 2)


def test_a_place_too_far_to_walk_to_is_the_nearest_but_not_counted() -> None:
    covers = coverage([place("a", ["mediatheque"], latitude=MINGUETTES.latitude + 0.05)])
    here = of(covers, "QN06913M", "mediatheque")
    assert (here.status, here.within_walk, here.nearest_id) == ("non-observe", 0, "a")
    assert 3_000 < (here.nearest_m or 0) < 6_000
    assert here.inhabitants_per_relay is None


def test_none_is_said_only_of_a_type_that_a_complete_list_covers() -> None:
    far = [place("a", ["france-services", "fablab"], latitude=48.0)]
    covers = coverage(far)
    assert of(covers, "QN06913M", "france-services").status == "aucun"
    assert of(covers, "QN06913M", "fablab").status == "non-observe"


def test_a_type_that_nobody_listed_is_not_observed_and_has_no_distance() -> None:
    here = of(coverage([], types=["epn"]), "QN06913M", "epn")
    assert (here.status, here.nearest_m, here.nearest_id) == ("non-observe", None, None)


def test_a_place_across_the_ocean_is_not_the_nearest_of_an_island() -> None:
    covers = coverage([place("a", ["epn"])])
    assert of(covers, "QN97431I", "epn").nearest_m is None


def test_a_place_without_a_point_is_left_aside() -> None:
    assert coverage([place("a", ["epn"], longitude=None)]) == []


def action(**more: Any) -> dict[str, Any]:
    return {
        "id": "x", "title": "Atelier CV", "text": "", "carrier": None, "siret": None,
        "insee_code": "69259", "longitude": None, "latitude": None,
    } | more  # fmt: skip


def test_an_action_that_names_a_place_is_hosted_there_in_its_own_words() -> None:
    text = "Tous les mardis à la médiathèque d'essai."
    (tie,) = hosts([action(text=text)], [place("a", [])])
    assert (tie.kind, tie.because[0].quote) == ("heberge", "médiathèque d'essai")


def test_the_same_siret_or_carrier_ties_an_action_to_a_place() -> None:
    spot = place("a", [], siret="12345678900011", carrier="Association d'essai")
    (tie,) = hosts([action(siret="12345678900011")], [spot])
    assert tie.kind == "meme-porteur"
    (tie,) = hosts([action(carrier="ASSOCIATION D'ESSAI")], [spot])
    assert tie.kind == "meme-porteur"


def test_an_action_beside_a_place_is_near_and_no_more() -> None:
    point = {"longitude": MINGUETTES.longitude, "latitude": MINGUETTES.latitude + 0.0002}
    (tie,) = hosts([action(**point)], [place("a", [])])
    assert tie.kind == "proche"


def test_nothing_in_common_ties_nothing() -> None:
    assert hosts([action()], [place("a", [])]) == []
    assert hosts([action(siret="1", insee_code="75056")], [place("a", [], siret="1")]) == []
