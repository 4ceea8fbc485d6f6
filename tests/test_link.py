"""Link: one place, one id; neighbours stay two; nothing depends on the order."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import run_quartiers
from quartiers.link import Memory, identities, judgements, link, resolve_id
from quartiers.link.blocks import candidates
from quartiers.link.identity import mint, name_groups, unite
from quartiers.link.items import as_item
from quartiers.link.names import take_apart, take_street
from quartiers.link.pairs import Pair, judge_rows
from quartiers.link.telling import phrase
from quartiers.link.view import commune_of
from quartiers.shapes import PAIR_SCHEMA, RECORD_SCHEMA
from quartiers.tabular import open_table


def place(identifier: str, title: str, **facts: Any) -> dict[str, Any]:
    """One row of the records table."""
    source, local = identifier.split(":")
    row = dict.fromkeys(RECORD_SCHEMA.names) | {
        "id": identifier,
        "source": source,
        "source_id": local,
        "kind": "lieu",
        "title": title,
        "text": "",
    }
    return row | facts


def decided(a: dict[str, Any], b: dict[str, Any]) -> str:
    """What is concluded of two rows."""
    pairs = judge_rows([a, b])
    return pairs[0].decision if pairs else "different"


LYON = {"postcode": "69008", "commune": "Lyon"}
AT = {"address": "12 rue de la Paix", "longitude": 4.87, "latitude": 45.735}

SAME = [
    (
        place("a:1", "Médiathèque Aimé Césaire", **LYON, **AT),
        place("b:1", "MEDIATHEQUE MUNICIPALE A. CESAIRE", address="12 R DE LA PAIX", **LYON),
    ),
    (
        place("a:1", "Maison de services au public de Vallon", **LYON, **AT),
        place("b:1", "France services de Vallon", **LYON, **AT),
    ),
    (
        place("a:1", "Centre communal d'action sociale", siret="26690123400011", **LYON, **AT),
        place("b:1", "CCAS", siret="26690123400011", **LYON, **AT),
    ),
    (
        place("a:1", "Association Le Fil Numérique", address="3 bd Voltaire", **LYON),
        place("b:1", "LE FIL NUMERIQUE", address="3 BOULEVARD VOLTAIRE 69008 LYON", **LYON),
    ),
    (
        place("a:1", "Maison des Solidarités", siret="26690123400011", **LYON, **AT),
        place("b:1", "Centre communal d'action sociale", siret="26690123400011", **LYON, **AT),
    ),
    (
        place("a:1", "Association pour le développement local", address="3 bd Voltaire", **LYON),
        place("b:1", "ADL", address="3 BOULEVARD VOLTAIRE", **LYON),
    ),
]
HALL = {"address": "place de la Mairie"}
DIFFERENT = [
    (
        place("a:1", "Mairie de Vallon", postcode="26770", commune="Vallon", **HALL),
        place("b:1", "Mairie de Montbrun", postcode="26230", commune="Montbrun", **HALL),
    ),
    (
        place("a:1", "Médiathèque La Turbine", **LYON, **AT),
        place("a:2", "Cyberbase La Turbine", **LYON, **AT),
    ),
    (
        place("a:1", "Mairie de Vallon", siret="21690123400011", **LYON, **AT),
        place("b:1", "Médiathèque de Vallon", siret="21690123400011", **LYON, **AT),
    ),
    (
        place("a:1", "France services de Vallon", **LYON, **AT),
        place("b:1", "Bus France services de Vallon", **LYON, **AT),
    ),
    (
        place("a:1", "Maison de quartier Les Tilleuls", address="1 rue Haute", **LYON),
        place("b:1", "Maison de quartier du Lac", address="40 rue Basse", **LYON),
    ),
    (
        place("a:1", "LA POSTE", **LYON, address="4 cours Kennedy", longitude=4.80, latitude=43.94),
        place("b:1", "LA POSTE", **LYON, address="6 rue du Blé", longitude=4.82, latitude=43.92),
    ),
    (
        place("a:1", "CCAS de Vallon", siret="26690123400011", **LYON, address="1 rue Haute"),
        place("b:1", "Mairie de Vallon", siret="21690123400011", **LYON, address="9 place Neuve"),
    ),
]


@pytest.mark.parametrize(("a", "b"), SAME, ids=[a["title"] for a, _ in SAME])
def test_one_place_under_two_names_is_one(a: dict[str, Any], b: dict[str, Any]) -> None:
    assert decided(a, b) == "meme"
    assert decided(b, a) == "meme"


@pytest.mark.parametrize(("a", "b"), DIFFERENT, ids=[b["title"] for _, b in DIFFERENT])
def test_two_neighbours_stay_two(a: dict[str, Any], b: dict[str, Any]) -> None:
    assert decided(a, b) != "meme"


def test_one_commune_misspelt_is_not_two() -> None:
    named = {"title": "France services", "postcode": "26770"}
    a = place("a:1", commune="Sainte-Verone", **named, **HALL)
    b = place("b:1", commune="Saint Verone", **named, **HALL)
    assert decided(a, b) == "meme"


def test_two_islands_with_a_commune_of_one_name_have_two_places() -> None:
    reunion = {
        "postcode": "97410",
        "commune": "Saint-Pierre",
        "longitude": 55.474,
        "latitude": -21.341,
    }
    antilles = {
        "postcode": "97250",
        "commune": "Saint-Pierre",
        "longitude": -61.164,
        "latitude": 14.675,
    }
    title = "Cyberbase de Saint Pierre"
    assert decided(place("a:1", title, **reunion), place("b:1", title, **antilles)) == "different"
    assert decided(place("a:1", title, **reunion), place("b:1", title, **reunion)) == "meme"


def test_a_siret_rounded_by_a_spreadsheet_is_unknown() -> None:
    assert as_item(place("a:1", "CCAS", siret="26690100000000")).siret is None
    assert as_item(place("a:1", "CCAS", siret="26690123400011")).siret == "26690123400011"


def test_missing_is_missing_and_never_a_distance_of_zero() -> None:
    a = place("a:1", "Espace public numérique", **LYON)
    b = place("b:1", "Centre social Mermoz", **LYON)
    assert decided(a, b) != "meme"


def test_each_union_says_the_facts_that_agree_and_disagree() -> None:
    (pair,) = judge_rows(list(SAME[0]))
    assert any("même numéro" in (b.note or "") for b in pair.because)
    assert all(b.weight for b in pair.because)


def test_every_fact_of_the_model_has_a_phrase() -> None:
    from quartiers.link.pairs import model

    for fact in model()[1]:
        assert phrase(fact).strip(), fact


def test_a_name_is_taken_apart_into_kinds_and_proper_name() -> None:
    name = take_apart("CCAS de Vénissieux - Espace numérique Anatole France", "Vénissieux")
    assert name.kinds == {"ccas", "epn"}
    assert name.proper == ("anatole", "france")


def test_an_address_is_taken_apart_into_number_and_street() -> None:
    street = take_street("12 bis, Av. du Gal Leclerc 69200 Vénissieux", "Vénissieux")
    assert street is not None
    assert (street.number, street.words) == ("12", ("general", "leclerc"))
    assert take_street("", "Lyon") is None


def test_one_strong_tie_does_not_chain_strangers() -> None:
    pairs = [
        Pair("a:1", "b:1", "meme", 0.95),
        Pair("b:1", "c:1", "meme", 0.94),
        Pair("c:1", "d:1", "meme", 0.75),
        Pair("a:1", "d:1", "different", 0.16),
        Pair("b:1", "d:1", "different", 0.16),
    ]
    groups, told = unite(["a:1", "b:1", "c:1", "d:1"], pairs)
    assert sorted(map(sorted, groups.values())) == [["a:1", "b:1", "c:1"], ["d:1"]]
    assert {p.decision for p in told if (p.a, p.b) == ("c:1", "d:1")} == {"doute"}


def linked(rows: list[dict[str, Any]], previous: Path | None = None) -> dict[str, str]:
    """Record → entity."""
    links, _ = link(pa.Table.from_pylist(rows, schema=RECORD_SCHEMA), previous)
    return dict(zip(links["about"].to_pylist(), links["entity_id"].to_pylist(), strict=True))


def many_places() -> list[dict[str, Any]]:
    """A small town in four lists, with slips."""
    chance = random.Random(3)
    rows = []
    for number in range(30):
        name = f"Médiathèque {chance.choice(['Rosa', 'Jean', 'Aimé'])} {number % 11}bis Durand"
        for source in chance.sample("abcd", k=chance.randint(1, 3)):
            said = name.upper() if chance.random() < 0.5 else name
            address = f"{number + 1} rue {['Haute', 'Basse', 'Neuve'][number % 3]}"
            rows.append(place(f"{source}:{number}", said, address=address, **LYON))
    return rows


def test_fifty_shuffles_give_the_same_groups_and_ids() -> None:
    rows = many_places()
    expected = linked(rows)
    chance = random.Random(11)
    for _ in range(50):
        chance.shuffle(rows)
        assert linked(rows) == expected


def test_ids_last_when_a_source_leaves_and_comes_back(tmp_path: Path) -> None:
    rows = many_places()
    first, _ = link(pa.Table.from_pylist(rows, schema=RECORD_SCHEMA))
    pq.write_table(first, tmp_path / "1.parquet")
    without = [row for row in rows if row["source"] != "a"]
    second, _ = link(pa.Table.from_pylist(without, schema=RECORD_SCHEMA), tmp_path / "1.parquet")
    pq.write_table(second, tmp_path / "2.parquet")
    before = dict(zip(first["about"].to_pylist(), first["entity_id"].to_pylist(), strict=True))
    assert linked(rows, tmp_path / "2.parquet") == before


def test_an_id_that_is_no_more_resolves_to_what_replaced_it(tmp_path: Path) -> None:
    def links_of(names: dict[str, str]) -> pa.Table:
        return pa.table({"about": list(names), "entity_id": list(names.values())})

    first = links_of({"a:1": "q1", "b:1": "q2", "c:1": "q3"})
    pq.write_table(first, tmp_path / "links.parquet")
    pq.write_table(identities(first, None), tmp_path / "identities.parquet")
    merged = links_of({"a:1": "q1", "b:1": "q1"})
    gone = identities(merged, tmp_path / "links.parquet")
    assert gone.to_pylist() == [
        {"entity_id": "q2", "replaced_by": ["q1"], "same_as": "q1"},
        {"entity_id": "q3", "replaced_by": [], "same_as": None},
    ]
    pq.write_table(merged, tmp_path / "links.parquet")
    pq.write_table(gone, tmp_path / "identities.parquet")
    assert resolve_id(tmp_path, "q2") == ["q1"]
    assert resolve_id(tmp_path, "q1") == ["q1"]
    assert resolve_id(tmp_path, "q3") == resolve_id(tmp_path, "q9") == []
    later = identities(links_of({"a:1": "q7"}), tmp_path / "links.parquet").to_pylist()
    assert {row["entity_id"]: row["replaced_by"] for row in later} == {
        "q1": ["q7"],
        "q2": ["q7"],
        "q3": [],
    }


def test_an_id_is_never_given_twice() -> None:
    had = {"a:1": "q1", "a:2": "q1", "a:3": "q1"}
    names = name_groups({"a:1": ["a:1", "a:2"], "a:3": ["a:3"]}, had)
    assert names["a:1"] == "q1"
    assert names["a:3"] == mint("a:3")


def test_rows_that_share_nothing_are_never_compared() -> None:
    rows = [place("a:1", "Fablab du canal", **LYON), place("b:1", "Crèche", postcode="59100")]
    assert not len(candidates([as_item(row) for row in rows]))


def test_anyones_lists_are_linked_in_their_order_with_row_and_reasons(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "Nom,Adresse,Code postal,Commune\nMédiathèque Aimé Césaire,12 rue de la Paix,69008,Lyon\n"
        "Crèche des Lilas,1 rue Haute,69008,Lyon\n"
    )
    (tmp_path / "b.csv").write_text(
        "structure,adresse,cp,ville\nMEDIATHEQUE A. CESAIRE,12 R DE LA PAIX,69008,LYON\n"
    )
    done = run_quartiers("link", str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), code=2)
    assert "--map name=COLUMN" in done.stderr
    out = tmp_path / "out.csv"
    (tmp_path / "b.csv").write_text((tmp_path / "b.csv").read_text().replace("structure", "nom"))
    run_quartiers("link", str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), "-o", str(out))
    rows = list(csv.DictReader(out.read_text("utf-8").splitlines()))
    assert [row["row"] for row in rows] == ["0", "1", "0"]
    assert rows[0]["entity_id"] == rows[2]["entity_id"] != rows[1]["entity_id"]
    assert "ligne 0 de b.csv" in json.loads(rows[0]["because"])[0]["note"]


def test_a_view_keeps_every_record_and_shows_disagreements(embedded: Path) -> None:
    view = pq.read_table(embedded / "initiatives.parquet")
    linked_records = pq.read_table(embedded / "links.parquet")["about"].to_pylist()
    assert sorted(r for records in view["records"].to_pylist() for r in records) == sorted(
        linked_records
    )


HERE, OUT = {"etat": "dedans", "insee_code": "69123"}, {"etat": "hors", "insee_code": "69091"}


@pytest.mark.parametrize(
    ("said", "code", "where", "shown"),
    [
        ("Givors", "69123", HERE, "Lyon"),  # its text names three places; its quarter is in one
        ("SAINT-PRIEST", "69290", OUT, "Saint-Priest"),
        ("St Fons", "69199", OUT, "Saint-Fons"),
        ("Lyon", "69388", HERE, "Lyon"),
        ("Lyon 8", "69388", OUT, "Lyon 8"),
        ("Givors", "69123", OUT, "Givors"),
        ("Ailleurs", None, OUT, "Ailleurs"),
        (None, "69091", OUT, None),
    ],
)
def test_a_commune_bears_its_official_name_and_a_quarter_its_own_commune(
    said: str | None, code: str | None, where: dict[str, str], shown: str | None
) -> None:
    assert commune_of(said, code, where) == shown


def test_a_judgement_is_the_last_word_until_its_source_changes(tmp_path: Path) -> None:
    a, b = DIFFERENT[0]
    one = judgements.Judgement(
        "a:1",
        "b:1",
        "même",
        "A. Martin",
        "2026-11-25",
        *(judgements.mark(as_item(r)) for r in (a, b)),
    )

    def entities(rows: list[dict[str, Any]]) -> int:
        table = pa.Table.from_pylist(rows, schema=RECORD_SCHEMA)
        links, _ = link(table, judged=[one])
        return len(set(links["entity_id"].to_pylist()))

    assert entities([a, b]) == 1
    assert entities([a, b | {"address": "3 rue Neuve"}]) == 2


def test_two_records_judged_different_are_never_in_one_group() -> None:
    a, b = SAME[0]
    marks = [judgements.mark(as_item(r)) for r in (a, b)]
    one = judgements.Judgement("a:1", "b:1", "différent", "A. Martin", "2026-11-25", *marks)
    table = pa.Table.from_pylist([a, b], schema=RECORD_SCHEMA)
    links, pairs = link(table, judged=[one])
    assert len(set(links["entity_id"].to_pylist())) == 2
    assert "A. Martin le 2026-11-25" in pairs.to_pylist()[0]["because"][0]["note"]


@pytest.mark.parametrize("name", ["paires.csv", "paires.xlsx"])
def test_doubtful_pairs_go_out_as_questions_and_answers_come_back(
    tmp_path: Path, name: str
) -> None:
    rows = [DIFFERENT[0][0], DIFFERENT[0][1] | {"siret": None}]
    records = pa.Table.from_pylist(rows, schema=RECORD_SCHEMA)
    pq.write_table(records, tmp_path / "records.parquet")
    doubt = {"a": "a:1", "b": "b:1", "decision": "doute", "score": 0.5, "because": []}
    pq.write_table(pa.Table.from_pylist([doubt], schema=PAIR_SCHEMA), tmp_path / "pairs.parquet")
    assert judgements.export(tmp_path, tmp_path / name) == 1
    (question,) = open_table(tmp_path / name)
    filled = tmp_path / "answers.csv"
    with filled.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [*judgements.SHOWN, *judgements.ASKED])
        writer.writeheader()
        writer.writerow(question.cells | {"réponse": "Meme"})
    kept = tmp_path / "kept"
    for expected in (1, 0):
        added, problems = judgements.read_back(filled, "A. Martin", folder=kept)
        assert (len(added), problems) == (expected, [])
    (one,) = judgements.read_judgements(kept)
    assert (one.answer, one.author) == ("même", "A. Martin")
    links, _ = link(records, judged=[one])
    assert len(set(links["entity_id"].to_pylist())) == 1


def test_the_number_of_workers_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from quartiers.link import pairs

    items = [as_item(row) for row in many_places()]
    alone = pairs.judge(items, workers=1)
    monkeypatch.setattr(pairs, "PARALLEL", 1)
    monkeypatch.setattr(pairs, "PART", 40)
    monkeypatch.setattr(pairs, "CHUNK", 30)
    assert alone == pairs.judge(items, workers=2)
    assert alone


def kept_in(folder: Path, rows: list[dict[str, Any]], memory: Memory, **answers: Any) -> list[Any]:
    """Link rows, leave in a folder what an edition keeps of it, and tell it."""
    rows = sorted(rows, key=lambda row: str(row["id"]))
    records = pa.Table.from_pylist(rows, schema=RECORD_SCHEMA)
    links, pairs = link(records, memory=memory, **answers)
    folder.mkdir(exist_ok=True)
    made = [links, pairs, memory.as_table()]
    for name, table in zip(("links", "pairs", "compared"), made, strict=True):
        pq.write_table(table, folder / f"{name}.parquet")
    return made


def changed_places() -> list[dict[str, Any]]:
    """The same places after a while: some gone, some changed, some new."""
    rows = [dict(row) for row in many_places()]
    rows[3] |= {"title": "Médiathèque Aimé Césaire", "address": "1 rue Neuve"}
    rows[8]["postcode"] = "13001"
    new = [dict(rows[n], id=f"{rows[n]['id']}-bis") for n in (5, 6)]
    return rows[:10] + rows[14:] + new


def test_what_has_not_changed_is_not_compared_again_and_the_result_is_the_same(
    tmp_path: Path,
) -> None:
    first = Memory(None)
    kept_in(tmp_path / "a", many_places(), first)
    again = Memory(tmp_path / "a" / "links.parquet")
    whole = Memory(None)
    assert kept_in(tmp_path / "b", changed_places(), again) == kept_in(
        tmp_path / "c", changed_places(), whole
    )
    assert 0 < again.fresh < whole.fresh
    still = Memory(tmp_path / "b" / "links.parquet")
    assert kept_in(tmp_path / "d", changed_places(), still)
    assert still.fresh == 0


def test_a_retired_answer_or_another_method_makes_pairs_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = list(SAME[0])
    a, b = (judgements.mark(as_item(row)) for row in rows)
    one = judgements.Judgement("a:1", "b:1", "différent", "A. Martin", "2026-11-01", a, b)
    kept_in(tmp_path / "a", rows, Memory(None), judged=[one])
    memory = Memory(tmp_path / "a" / "links.parquet")
    _, pairs, _ = kept_in(tmp_path / "b", rows, memory, judged=[])
    assert pairs["decision"].to_pylist() == ["meme"]
    assert memory.fresh == 1
    monkeypatch.setattr("quartiers.link.earlier.method_mark", lambda: 1)
    other = Memory(tmp_path / "b" / "links.parquet")
    kept_in(tmp_path / "c", rows, other)
    assert other.fresh == 1
