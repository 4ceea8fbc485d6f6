"""Compare: figures recomputed by hand on a tiny view, and what must not be said."""

from __future__ import annotations

from typing import Any

import pytest

from compare_fixtures import (
    LYON,
    MINGUETTES,
    VAULX,
    VENISSIEUX,
    classified,
    measured,
    one,
    records,
    tiny,
    view,
)
from quartiers.compare import cards
from quartiers.compare.cards import carrier_kind, label, read_cards, stratum
from quartiers.compare.coverage import department, expectations
from quartiers.compare.holdings import Ground, hold, lay
from quartiers.compare.indicators import INDICATORS
from quartiers.compare.intervals import wilson
from quartiers.compare.measuring import measures
from quartiers.compare.peers import facts_of, find_peers, lacking
from quartiers.errors import StudyError
from quartiers.shapes import (
    THEMES,
)
from quartiers.territories import load


def test_figures_are_those_found_by_hand() -> None:
    found = measured(tiny())
    quarters = load().qpv
    people = sum(quarters[c].population or 0 for c in load().quartiers_of("COM" + VENISSIEUX))
    by_hand: dict[tuple[Any, ...], float] = {
        ("FR", "initiatives", None): 10,
        (LYON, "initiatives", None): 8,
        ("DEP69", "initiatives", None): 8,
        ("REG84", "initiatives", None): 8,
        ("REG11", "initiatives", None): 1,
        ("COM75056", "initiatives", None): 1,
        ("COM69123", "initiatives", None): 1,
        (f"COM{VENISSIEUX}", "initiatives", None): 5,
        (MINGUETTES, "initiatives", None): 2,
        (f"COM{VENISSIEUX}", "pour_1000", None): 5000 / people,
        (MINGUETTES, "pour_1000", None): 2000 / (quarters[MINGUETTES].population or 0),
        ("FR", "theme", "formation"): 6 / 10,
        ("FR", "theme", "culture"): 2 / 10,
        (LYON, "theme", "citoyennete"): 1 / 8,
        ("FR", "forme", "mediation"): 2 / 10,
        ("FR", "infra", "donnees"): 1 / 10,
        ("FR", "infra", "ensemble"): 1 / 10,
        ("FR", "lieu_relais", None): 2 / 10,
        ("FR", "porteur_concentration", None): (3 * 2 + 2 * 1) / (5 * 4),
        ("FR", "localisees", None): 2 / 10,
        ("FR", "source", "essai"): 1,
        (LYON, "quartiers_atteints", None): 1 / len(load().quartiers_of(LYON)),
        ("FR", "quartiers_relais", None): 1 / len(quarters),
    }
    assert {key: pytest.approx(found[key]["value"]) for key in by_hand} == by_hand
    share = found[("FR", "theme", "culture")]
    assert (share["low"], share["high"]) == pytest.approx(wilson(2, 10))
    assert share["n"] == 10


def test_a_small_base_keeps_its_interval_and_loses_its_value() -> None:
    found = measured(tiny())
    dated = found[("FR", "renouvellement", None)]
    assert (dated["value"], dated["status"], dated["n"]) == (None, "petit-nombre", 3)
    assert dated["low"] < dated["high"]
    vaulx = found[(f"COM{VAULX}", "theme", "insertion")]
    assert (vaulx["value"], vaulx["n"]) == (None, 2)


def test_what_is_in_doubt_or_outside_counts_nowhere() -> None:
    held = hold(tiny(), lay(load()))
    assert {r["id"] for r in held["FR"]} == {f"i{n:03}" for n in range(1, 11)}
    assert len(held[f"COM{VENISSIEUX}"]) == 5


def test_a_quarter_near_an_initiative_does_not_hold_it() -> None:
    rows = [one(1, qpv_code=MINGUETTES, qpv_etat="proche"), one(2, qpv_code=MINGUETTES)]
    assert MINGUETTES not in hold(rows, lay(load()))


def test_the_order_of_the_rows_changes_no_figure() -> None:
    assert measured(tiny()) == measured(tiny()[::-1])


def test_finding_none_where_nothing_looks_is_not_observed() -> None:
    found = measured(tiny())
    row = found[("DEP59", "initiatives", None)]
    assert (row["value"], row["status"]) == (None, "non-observe")
    assert ("DEP59", "attendues", None) not in found


def test_absent_is_told_from_not_observed_by_what_sources_should_have_found() -> None:
    grounds = [
        Ground(f"G{i}", "COM", f"G{i}", 1000 if i else 20_000, departments={"69"})
        for i in range(200)
    ]
    grounds += [Ground("ailleurs", "COM", "ailleurs", 20_000, departments={"59"})]
    row = {"sources": ["liste"]}
    held = {f"G{i}": [row] * 2 for i in range(1, 200)}
    foreseen = expectations(grounds, held, {"liste": {"69"}})
    large, small, unseen = foreseen["G0"], foreseen["G1"], foreseen["ailleurs"]
    assert large.expected == pytest.approx(20_000 * 398 / 219_000)
    assert large.none < 0.05 < small.none
    assert (unseen.looking, unseen.expected, unseen.none) == (0, 0.0, 1.0)


def test_the_hand_made_corpus_is_never_a_look() -> None:
    seen = {"source": "benchmark", "insee_code": "59350"}
    assert ("DEP59", "attendues", None) not in measured(tiny(), seen)
    looked = measured(
        [*tiny(), one(20, sources=["liste"])], {"source": "liste", "insee_code": "69259"}
    )
    assert looked[("DEP69", "attendues", None)]["n"] == 1


@pytest.mark.parametrize(
    ("insee_code", "postcode", "found"),
    [
        ("69259", None, "69"),
        ("97411", None, "974"),
        ("2A004", None, "2A"),
        (None, "75018", "75"),
        (None, "20000", None),  # a postcode of Corsica does not say which département
        (None, None, None),
        ("6925", "", None),
    ],
)
def test_the_departement_of_a_code(
    insee_code: str | None, postcode: str | None, found: str | None
) -> None:
    assert department(insee_code, postcode) == found


def test_each_indicator_has_its_card_and_each_card_its_indicator() -> None:
    assert [indicator.__name__ for indicator in INDICATORS] == [
        name for name in read_cards() if name in {i.__name__ for i in INDICATORS}
    ]
    assert {indicator.__name__ for indicator in INDICATORS} == set(read_cards())
    assert all(label("theme", theme) != theme for theme in THEMES)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Privé à but non lucratif (association, ONG...)", "Association"),
        ("Public : Collectivité", "Collectivité"),
        ("Société par actions simplifiée (SAS)", "Entreprise"),
        ("Public : État", "État et établissements publics"),
        ("bailleur", "Bailleur"),
        ("Autre / Inconnu", "Autre"),
    ],
)
def test_the_words_of_sources_for_carriers_become_one_list(words: str, kind: str) -> None:
    assert carrier_kind(words) == kind


def test_strata_of_the_sources() -> None:
    assert stratum("benchmark") == "corpus"
    assert stratum("mednum-cnfs-2022-12") == "recensement"
    assert stratum("fonds-vert-2023") == "tout-venant"
    assert stratum("mednumerique") == "tout-venant"  # a name that only begins alike


# Peers


def test_peers_are_of_the_same_level_nearest_first_and_never_oneself() -> None:
    grounds = lay(load())
    peers = find_peers(grounds, MINGUETTES)
    distances = [p.distance for p in peers]
    assert len(peers) == 6
    assert distances == sorted(distances)
    assert MINGUETTES not in [p.ground.code for p in peers]
    assert {p.ground.level for p in peers} == {"QPV"}
    people = [p.ground.population or 0 for p in peers]
    assert all(7_000 < n < 70_000 for n in people), "as large as the Minguettes, or nearly"


def test_facts_of_a_commune_weigh_its_quarters_by_their_people() -> None:
    facts = facts_of(lay(load()).by_code[f"COM{VENISSIEUX}"], load())
    quarters = [load().qpv[c] for c in load().quartiers_of(f"COM{VENISSIEUX}")]
    weights = [(q.population or 0, q.taux_pauvrete or 0) for q in quarters if q.taux_pauvrete]
    assert facts["poverty"] == pytest.approx(
        sum(n * rate for n, rate in weights) / sum(n for n, _ in weights)
    )


def test_what_peers_do_and_this_does_not_is_named_with_what_to_expect() -> None:
    grounds = lay(load())
    peers = find_peers(grounds, MINGUETTES)
    held = {p.ground.code: [one(n, themes=["mobilite"])] for n, p in enumerate(peers[:3])}
    found = lacking(grounds.by_code[MINGUETTES], peers, held)
    assert [(x.value, x.having, x.peers) for x in found] == [("mobilite", 3, 6)]
    people = sum(p.ground.population or 0 for p in peers)
    mine = grounds.by_code[MINGUETTES].population or 0
    assert found[0].expected == pytest.approx(3 / people * mine)
    held[MINGUETTES] = [one(50, themes=["mobilite"])]
    assert lacking(grounds.by_code[MINGUETTES], peers, held) == []


def test_what_is_found_is_set_against_what_is_expected_without_the_study_s_corpus() -> None:
    looking = [
        {"source": "liste", "insee_code": VENISSIEUX},
        {"source": "liste", "insee_code": "75118"},
    ]
    rows = [one(n, sources=["liste"], records=[f"liste:{n}"]) for n in range(6)]
    rows += [one(n, sources=["benchmark"], records=[f"benchmark:{n}"]) for n in range(10, 30)]
    paris = {"insee_code": "75118", "sources": ["liste"]}
    rows += [one(n, **paris, records=[f"liste:{n}"]) for n in range(40, 44)]
    found = measured(rows, *looking)
    expected = found[LYON, "attendues", None]["value"]
    ratio = found[LYON, "trouvees_sur_attendues", None]
    assert found[LYON, "initiatives", None]["value"] == 26
    assert (ratio["n"], ratio["value"]) == (6, pytest.approx(6 / expected))
    assert ratio["low"] < ratio["value"] < ratio["high"]


def test_a_quotient_hears_only_what_the_sources_present_everywhere_say() -> None:
    everywhere = [
        {"source": "partout", "insee_code": f"{n:02}001"} for n in range(1, 96) if n != 20
    ]
    local = {"source": "ici-seulement", "insee_code": VENISSIEUX}
    rich = {"themes": ["formation", "entrepreneuriat"], "sources": ["ici-seulement", "partout"]}
    rows = [one(n, **rich, records=[f"ici-seulement:{n}", f"partout:{n}"]) for n in range(10)]
    rows += [one(50, themes=["culture"], sources=["ici-seulement"], records=["ici-seulement:50"])]
    paris = {"insee_code": "75118", "sources": ["partout"]}
    rows += [one(n, **paris, records=[f"partout:{n}"]) for n in range(10, 40)]
    told = {f"partout:{n}": ["formation"] for n in range(40)} | {"partout:20": ["entrepreneuriat"]}
    told |= {f"ici-seulement:{n}": ["entrepreneuriat"] for n in range(10)}
    table = measures(view(rows), records(*everywhere, local), classified(told), load())
    found = {
        m["modality"]: m
        for m in table.to_pylist()
        if (m["territory"], m["indicator"]) == (LYON, "quotient_theme")
    }
    assert found["formation"]["n"] == 10
    assert found["formation"]["value"] == pytest.approx(1 / (29 / 30))
    assert found["entrepreneuriat"]["value"] == 0
    assert "culture" not in found


def test_a_card_that_lacks_a_field_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "sheet", lambda: {"indicateur": {"neuf": {"fr": "Neuf"}}})
    with pytest.raises(StudyError, match=r"\[indicateur\.neuf\]: base, en"):
        cards.read_cards.__wrapped__()
