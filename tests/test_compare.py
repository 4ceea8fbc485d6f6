"""Compare: figures recomputed by hand on a tiny view, and what must not be said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quartiers.compare import cards
from quartiers.compare.answers import questions
from quartiers.compare.cards import carrier_kind, label, read_cards, stratum
from quartiers.compare.coverage import department, expectations
from quartiers.compare.findings import QUESTIONS, findings
from quartiers.compare.holdings import Ground, hold, lay
from quartiers.compare.indicators import INDICATORS
from quartiers.compare.intervals import wilson
from quartiers.compare.measuring import measures
from quartiers.compare.peers import facts_of, find_peers, lacking
from quartiers.compare.vocabulary import jensen_shannon, log_odds, worlds_gap
from quartiers.errors import StudyError
from quartiers.shapes import (
    CLASSIFICATION_SCHEMA,
    FINDING_SCHEMA,
    INITIATIVE_SCHEMA,
    MEASURE_SCHEMA,
    RECORD_SCHEMA,
    THEMES,
    rows_batch,
)
from quartiers.territories import load

MINGUETTES, VENISSIEUX, VAULX, LYON = "QN06913M", "69259", "69256", "EPCI200046977"


def one(number: int, **fields: Any) -> dict[str, Any]:
    """An initiative of the quarters, of the kind that a grant list shows."""
    return {
        "id": f"i{number:03}",
        "title": f"Atelier {number}",
        "text": "Un atelier où l'on apprend ensemble à se servir d'un ordinateur, chaque semaine.",
        "kind": "action",
        "digital": "numerique",
        "world": None,
        "in_quartiers": True,
        "main_theme": "formation",
        "themes": ["formation"],
        "infra": [],
        "forms": [],
        "insee_code": VENISSIEUX,
        "commune": "Vénissieux",
        "qpv_etat": "inconnu",
        "place_types": [],
        "services": [],
        "records": [f"essai:{number}"],
        "sources": ["essai"],
    } | fields


def tiny() -> list[dict[str, Any]]:
    """Twelve rows: ten initiatives of the quarters, one in doubt, one outside."""
    inside = {"qpv_code": MINGUETTES, "qpv_nom": "Minguettes - Clochettes", "qpv_etat": "dedans"}
    return [
        one(1, **inside, forms=["mediation"], place_types=["epn"], carrier="Asso A", start="2016"),
        one(2, **inside, themes=["culture"], carrier="Asso A", start="2017-05-01"),
        one(3, themes=["culture", "formation"], carrier="ASSO A", carrier_type="association"),
        one(
            4, carrier="Ville", carrier_type="Collectivité locale", start="2020", amount_eur=1000.0
        ),
        one(5, infra=["donnees"], themes=["citoyennete"], carrier="Ville"),
        one(6, insee_code=VAULX, commune="Vaulx-en-Velin", themes=["insertion"]),
        one(7, insee_code=VAULX, commune="Vaulx-en-Velin", forms=["frugal", "mediation"]),
        one(8, insee_code="69381", commune="Lyon 1er", place_types=["mediatheque"]),
        one(9, insee_code="75118", commune="Paris 18e", themes=[]),
        one(10, insee_code=None, commune=None),
        one(11, digital=None),
        one(12, in_quartiers=False),
    ]


def view(rows: Sequence[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_batches([rows_batch(rows, INITIATIVE_SCHEMA)])


def records(*rows: dict[str, Any]) -> pa.Table:
    base = {"kind": "action", "title": "x", "text": ""}
    kept = [
        base | {"id": f"{r['source']}:{i}", "source_id": str(i)} | r for i, r in enumerate(rows)
    ]
    return pa.Table.from_batches([rows_batch(kept, RECORD_SCHEMA)])


def classified(themes: dict[str, list[str]]) -> pa.Table:
    """Record → its themes."""
    lines = [
        {"about": about, "dimension": "theme", "value": value, "rank": rank, "score": 0.9}
        | {"method": "modele", "because": []}
        for about, values in themes.items()
        for rank, value in enumerate(values)
    ]
    return pa.Table.from_batches([rows_batch(lines, CLASSIFICATION_SCHEMA)])


def measured(rows: Sequence[dict[str, Any]], *seen: dict[str, Any]) -> dict[tuple[Any, ...], Any]:
    table = measures(view(rows), records(*seen), classified({}), load())
    assert table.schema == MEASURE_SCHEMA
    return {(m["territory"], m["indicator"], m["modality"]): m for m in table.to_pylist()}


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


# Findings


def asked(rows: Sequence[dict[str, Any]], **more: Any) -> dict[str, dict[str, Any]]:
    table, seen = view(rows), records({"source": "essai", "insee_code": "69259"})
    answers = findings(table, seen, measures(table, seen, classified({}), load()), load(), **more)
    assert answers.schema == FINDING_SCHEMA
    return {row["id"]: row for row in answers.to_pylist()}


def test_thirteen_questions_are_answered_whatever_there_is() -> None:
    for rows in ([], tiny()):
        found = asked(rows)
        assert list(found) == list(QUESTIONS) == [f"C{n}" for n in range(1, 14)]
        for row in found.values():
            assert row["verdict"] in questions()["verdicts"]
            assert "{" not in row["answer"] and "None" not in row["answer"]


def test_with_nothing_found_nothing_is_concluded() -> None:
    assert {row["verdict"] for row in asked([]).values()} == {"cannot-be-said"}


def test_a_share_far_above_its_threshold_holds_and_far_below_no_longer_does() -> None:
    human = [one(n, forms=["mediation"]) for n in range(60)]
    assert asked(human)["C5"]["verdict"] == "holds"
    none = [one(n) for n in range(60)]
    assert asked(none)["C5"]["verdict"] == "no-longer-holds"
    astride = [one(n, forms=["mediation"] if n % 3 == 0 else []) for n in range(60)]
    assert asked(astride)["C5"]["verdict"] == "cannot-be-said"


def test_an_inventory_of_mediation_places_has_no_voice_on_mediation() -> None:
    places = [one(n, sources=["mednum"], forms=["mediation"], kind="service") for n in range(60)]
    found = asked(places)["C5"]
    assert (found["n"], found["verdict"]) == (0, "cannot-be-said")


def test_strata_that_disagree_make_a_finding_hold_in_part() -> None:
    corpus = [one(n, sources=["benchmark"], forms=["frugal"]) for n in range(60)]
    grants = [one(100 + n) for n in range(60)]
    found = asked([*corpus, *grants])["C4"]
    assert found["verdict"] == "holds-in-part"
    assert [(f["label"], f["value"]) for f in found["figures"]] == [
        ("corpus du projet", 1.0),
        ("sources de tout-venant", 0.0),
    ]


def test_a_finding_can_be_traced_to_its_initiatives() -> None:
    rows = tiny()
    assert asked(rows)["C3"]["evidence"] == ["i005"]
    assert asked(rows)["C1"]["evidence"] == [f"i{n:03}" for n in range(1, 11)]


def test_infrastructure_is_compared_with_the_other_world() -> None:
    smart = [
        one(200 + n, world="ville-intelligente", in_quartiers=False, infra=["capteurs"])
        for n in range(40)
    ]
    plain = [one(n) for n in range(300)]
    assert asked([*plain, *smart])["C3"]["verdict"] == "holds"
    assert asked(plain)["C3"]["verdict"] == "cannot-be-said"
    equipped = [one(n, infra=["donnees"]) for n in range(300)]
    assert asked([*equipped, *smart])["C3"]["verdict"] == "no-longer-holds"


def test_the_unseen_is_said_only_when_it_was_estimated() -> None:
    assert "on ne peut pas estimer" in asked(tiny())["C1"]["answer"]
    told = asked(tiny(), unseen={"value": 40.0, "low": 12.0, "high": 90.0})["C1"]
    assert "Environ 40 autres lieux échappent" in told["answer"]
    assert "de 12 à 90, si aucune liste n'évite" in told["answer"]
    assert any(f["label"].startswith("initiatives non vues") for f in told["figures"])


# Vocabulary


def two_worlds(quarters: str, smart: str) -> list[dict[str, Any]]:
    return [one(n, world="quartiers", text=quarters, title="Un lieu") for n in range(30)] + [
        one(100 + n, world="ville-intelligente", text=smart, title="Un lieu") for n in range(30)
    ]


def test_the_same_words_are_no_further_than_chance() -> None:
    same = "des jeunes montent un atelier vidéo avec la médiathèque"
    gap = worlds_gap(two_worlds(same, same))
    assert gap is not None
    assert gap.distance <= gap.chance[1]
    assert all(abs(word.z) < 1e-9 for word in gap.words)


def test_words_of_one_world_are_found_and_keep_their_sentence() -> None:
    gap = worlds_gap(
        two_worlds(
            "L'innovation naît des jeunes du lieu. Un atelier ouvert.",
            "L'innovation vient des capteurs. Un réseau piloté.",
        )
    )
    assert gap is not None
    assert gap.distance > gap.chance[1]
    strongest = {max(gap.words, key=lambda w: w.z).word, min(gap.words, key=lambda w: w.z).word}
    assert strongest <= {"jeunes", "atelier", "capteurs", "réseau", "naît", "vient", "piloté"}
    innovation = gap.companies[0]
    assert innovation.texts == (30, 30)
    assert innovation.quotes[0][0].quote == "L'innovation naît des jeunes du lieu."
    assert ("jeunes", 30) in innovation.neighbours[0]
    assert ("jeunes", 30) not in innovation.neighbours[1]


def test_a_smartphone_is_not_smart() -> None:
    gap = worlds_gap(two_worlds("Un smartphone prêté aux jeunes.", "Une smart city pilotée."))
    assert gap is not None
    assert gap.companies[1].texts == (0, 30)


def test_too_few_texts_of_one_world_say_nothing() -> None:
    rows = two_worlds("des jeunes", "des capteurs")
    assert worlds_gap(rows[:40]) is None


def test_log_odds_are_antisymmetric_and_distance_is_a_distance() -> None:
    import numpy as np

    a, b = np.array([9.0, 1.0, 4.0]), np.array([2.0, 8.0, 4.0])
    (_, left), (_, right) = log_odds(a, b), log_odds(b, a)
    assert left == pytest.approx(-right)
    assert jensen_shannon(a, a) == pytest.approx(0.0, abs=1e-9)
    assert jensen_shannon(a, b) == pytest.approx(jensen_shannon(b, a))
    assert 0 < jensen_shannon(a, b) < 1


def test_means_are_told_in_posts_too_with_what_they_do_not_say(embedded: Path) -> None:
    rows = pq.read_table(embedded / "findings.parquet", filters=[("id", "=", "C10")]).to_pylist()
    assert "En 2024" in rows[0]["answer"] and "rien ne dit lesquels" in rows[0]["answer"]
    told = [f for f in rows[0]["figures"] if f["unit"] == "postes"]
    known = {p.dispositif: p for p in load().posts if p.annee == 2024}
    assert sorted(f["value"] for f in told) == sorted(p.postes for p in known.values())
    assert all(f["low"] is None for f in told)
    assert all(0 < p.structures <= p.postes for p in load().posts)


def test_a_card_that_lacks_a_field_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "sheet", lambda: {"indicateur": {"neuf": {"fr": "Neuf"}}})
    with pytest.raises(StudyError, match=r"\[indicateur\.neuf\]: base, en"):
        cards.read_cards.__wrapped__()
