"""Digital or not, on which words, and when the reader does not know."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner

from quartiers.classify import classify_batch
from quartiers.cli.detect import command
from quartiers.detect import detect_batch, detect_text
from quartiers.errors import QuartiersError
from quartiers.reading import model as reading
from quartiers.reading import rows as reading_rows
from quartiers.reading.examples import Example, case_examples
from quartiers.reading.reasons import heaviest_word
from quartiers.reading.rows import ADDED, judge_row, judge_rows, text_columns
from quartiers.reading.skim import Skimmed
from quartiers.shapes import DETECTION_SCHEMA, Record, record_text, records_batch

SAID = {True: "numerique", False: "non-numerique"}


@pytest.mark.parametrize("case", case_examples("test"), ids=lambda c: c.text[:60])
def test_a_sentence_never_learnt_from_is_read_as_an_expert_reads_it(case: Example) -> None:
    verdict = detect_text(case.text)
    assert (verdict.score >= 0.5) == case.digital
    assert verdict.value in (SAID[case.digital], None)


@pytest.mark.parametrize(
    "case", [*case_examples("learn"), *case_examples("test")], ids=lambda c: c.text[:60]
)
def test_what_is_kept_quotes_its_own_words(case: Example) -> None:
    verdict = detect_text(case.text)
    if verdict.value == "non-numerique":
        assert verdict.because == []
        return
    assert verdict.because
    for reason in verdict.because:
        assert reason.start is not None and reason.end is not None
        assert reason.quote == case.text[reason.start : reason.end]
        assert reason.quote.strip()


def test_the_study_s_negatives_are_read_with_their_false_friends() -> None:
    verdict = detect_text("Réseau d'eaux pluviales et code de la route", explain_all=True)
    assert verdict.value == "non-numerique"
    assert verdict.because


def test_the_doubt_zone_is_around_one_half() -> None:
    low, high = reading.load().doubt
    assert 0.2 <= low < 0.5 < high <= 0.8


def test_accents_apart_the_place_of_a_quote_is_in_the_original() -> None:
    text = "Cours d'ordinateur nume\u0301rique"
    because = detect_text(text).because
    assert any("nume\u0301rique" in (reason.quote or "") for reason in because)
    for reason in because:
        assert reason.quote == text[reason.start : reason.end]


def batch_of(*texts: tuple[str, str]) -> pa.RecordBatch:
    return records_batch(
        [Record("essai", str(i), "action", title, text) for i, (title, text) in enumerate(texts)]
    )


def test_a_batch_gives_one_row_a_record_in_order() -> None:
    batch = batch_of(("Atelier informatique", ""), ("Jardin", "Potager"), ("EPN", "Cours"))
    out = detect_batch(batch)
    assert out.schema == DETECTION_SCHEMA
    assert out["about"].to_pylist() == batch["id"].to_pylist()
    assert out["value"].to_pylist() == ["numerique", "non-numerique", "numerique"]
    assert out["because"].to_pylist()[1] == []


def test_the_batch_and_the_file_say_the_same() -> None:
    title, text = "EPN des Tilleuls", "Cours de tablette le mardi"
    row = detect_batch(batch_of((title, text))).to_pylist()[0]
    ours = judge_row({"title": title, "text": text}, ["title", "text"])
    assert ours["score"] == pytest.approx(row["score"], abs=1e-4)
    whole = record_text(title, text)
    assert [b["quote"] for b in ours["because"]] == [b["quote"] for b in row["because"]]
    for b in row["because"]:
        assert whole[b["start"] : b["end"]] == b["quote"]
    for b in ours["because"]:
        column = {"title": title, "text": text}[b["column"]]
        assert column[b["start"] : b["end"]] == b["quote"]


def test_an_expert_s_label_wins_and_says_so() -> None:
    record = Record("benchmark", "emmaus-connect-bordeaux-aubiers", "action", "Un jardin", "")
    row = detect_batch(records_batch([record])).to_pylist()[0]
    assert row["method"] == "expert" and row["value"] == "numerique"
    assert any("expert" in (b["note"] or "") for b in row["because"])
    machine = detect_batch(records_batch([record]), machine=True).to_pylist()[0]
    assert machine["method"] == "modele" and machine["value"] == "non-numerique"


def test_a_text_that_repeats_its_title_is_read_once() -> None:
    row = {"title": "EPN des Lilas", "text": "EPN des Lilas"}
    assert judge_row(row, ["title", "text"]) == judge_row({"title": row["text"]}, ["title"])


CORNERS = [
    ("JeVeuxAider", "JeVeuxAider, la plateforme en ligne du bénévolat"),
    ("", "Cours de tablette"),
    ("EPN", "EPN"),
    ("  Atelier  ", "  informatique pour\u00a0tous "),
    ("Cyb@r-espace", "écrire à epn@exemple.fr, l'écran e\u0301tait <b>connecté</b>"),
    ("ATELIER JARDIN", "sans internet ni téléphone"),
]


@pytest.mark.parametrize(("title", "text"), CORNERS)
def test_batch_build_and_file_command_give_one_score_one_reason(
    title: str, text: str, tmp_path: Path
) -> None:
    batch = batch_of((title, text))
    detected = detect_batch(batch, machine=True).to_pylist()[0]
    classified = classify_batch(batch, machine=True).to_pylist()
    file, out = tmp_path / "une.jsonl", tmp_path / "lue.jsonl"
    file.write_text(json.dumps({"titre": title, "texte": text}) + "\n", "utf-8")
    done = CliRunner().invoke(command, [str(file), "-o", str(out)])
    assert done.exit_code == 0, done.output
    ours = json.loads(out.read_text("utf-8"))
    said = {"numerique": "oui", "non-numerique": "non", None: "incertain"}
    assert ours["digital"] == said[detected["value"]]
    assert ours["score"] == round(detected["score"], 4)
    if ours["digital"] == "oui":
        themes = [row["value"] for row in classified if row["dimension"] == "theme"]
        assert ours["themes"] == themes
    whole = record_text(title, text)
    assert len(ours["because"]) == len(detected["because"])
    for told, known in zip(ours["because"], detected["because"], strict=True):
        assert whole[known["start"] : known["end"]] == known["quote"]
        column = {"titre": title, "texte": text}[told.get("column", "titre" if title else "texte")]
        assert column[told["start"] : told["end"]] == told["quote"]
        assert told["quote"] in known["quote"]


def test_a_row_without_text_is_in_doubt() -> None:
    ours = judge_row({"text": None}, ["text"])
    assert ours["digital"] == "incertain" and ours["because"][0]["note"]


def test_columns_are_found_by_their_name_or_asked_for() -> None:
    assert text_columns(["id", "Intitulé", "Objectif"]) == ["Intitulé", "Objectif"]
    assert text_columns(["id", "text"]) == ["text"]
    assert text_columns(["a", "b"], ["b"]) == ["b"]
    with pytest.raises(QuartiersError, match="looks like a text"):
        text_columns(["a", "b"])
    with pytest.raises(QuartiersError, match="no column is called"):
        text_columns(["a", "b"], ["c"])


def test_rows_come_back_in_order_whatever_the_number_of_workers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading_rows, "ALONE", 1)
    rows = [{"n": i, "text": f"Cours de tablette {i}" if i % 3 else "Jardin"} for i in range(4_500)]
    alone = [(r["n"], o["digital"], o["score"]) for r, o in judge_rows(rows, ["text"])]
    pooled = [(r["n"], o["digital"], o["score"]) for r, o in judge_rows(rows, ["text"], workers=2)]
    assert alone == pooled and [n for n, _, _ in alone] == list(range(4_500))


def test_json_lines_come_back_with_their_keys_and_ours(tmp_path: Path) -> None:
    file = tmp_path / "actions.jsonl"
    file.write_text('{"id": 7, "text": "Atelier tablette", "note": null}\n', "utf-8")
    out = tmp_path / "out.jsonl"
    done = CliRunner().invoke(command, [str(file), "-o", str(out)])
    assert done.exit_code == 0, done.output
    row = json.loads(out.read_text("utf-8"))
    assert list(row) == ["id", "text", "note", *ADDED]
    assert row["id"] == 7 and row["digital"] == "oui" and row["themes"] == ["formation"]
    assert "tablette" in row["because"][0]["quote"]


def test_a_csv_keeps_the_user_s_columns_and_order(tmp_path: Path) -> None:
    file = tmp_path / "actions.csv"
    file.write_text("n;intitulé;lieu\n1;Cours d'informatique;Ici\n2;=Jardin;Là\n", "utf-8")
    out = tmp_path / "out.csv"
    done = CliRunner().invoke(command, [str(file), "-o", str(out)])
    assert done.exit_code == 0, done.output
    lines = out.read_text("utf-8").splitlines()
    assert lines[0].split(",") == ["n", "intitulé", "lieu", *ADDED]
    assert lines[1].startswith("1,Cours d'informatique,Ici,oui,")
    assert lines[2].startswith("2,=Jardin,Là,non,")


def quotes(text: str) -> list[str]:
    return [reason.quote or "" for reason in detect_text(text).because]


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("CCAS de Virey : atelier informatique", "CCAS"),
        ("Accès à internet à la médiathèque du centre social", "centre social"),
        ("Cours de tablette, en recherche d'emploi ou en précarité", "emploi"),
        ("Aide aux démarches en ligne et aux demandes de subvention", "subvention"),
    ],
)
def test_who_where_and_for_whom_are_no_reasons_to_be_digital(text: str, company: str) -> None:
    assert quotes(text)
    assert not any(company in quote for quote in quotes(text))


def test_a_concept_is_quoted_by_the_longest_words_that_name_it() -> None:
    said = quotes("Services : accéder à du matériel, accéder à une connexion internet")
    assert said == ["accéder à une connexion internet"]


def test_hints_are_shown_beside_few_decisive_reasons_only() -> None:
    alone = quotes("La parenthèse numérique : accès à une imprimante")
    assert "numérique" in alone and "imprimante" in alone
    many = quotes("Ateliers numériques : tablette, ordinateur, et une imprimante")
    assert len(many) >= 3 and "imprimante" not in many


def test_the_first_reasons_are_the_heaviest() -> None:
    text = "Lieu de médiation numérique : tablettes, ordinateurs, cybersécurité et jeux vidéo"
    weights = [reason.weight or 0.0 for reason in detect_text(text).because]
    assert len(weights) >= 3 and weights == sorted(weights, reverse=True)


def test_a_word_of_grammar_is_not_quoted_when_another_can_be() -> None:
    text = "Informer par SMS sur les consultations"
    heard = Skimmed([text]).heard(0)
    weights = [1.0 if word == "sms" else 2.0 if word == "par" else 0.0 for word in heard.words]
    assert [reason.quote for reason in heaviest_word(text, heard, weights)] == ["SMS"]
    few = Skimmed(["à la"]).heard(0)
    assert [reason.quote for reason in heaviest_word("à la", few, [0.1, 0.2])] == ["la"]


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("Jardin partagé du centre social, avec les associations", ["aucun mot du numérique"]),
        ("Association de quartier : réseau de fibres végétales", ["faux ami"]),
    ],
)
def test_a_no_tells_what_was_not_believed_and_nothing_beside(text: str, notes: list[str]) -> None:
    verdict = detect_text(text, explain_all=True)
    assert verdict.value == "non-numerique"
    assert [reason.note for reason in verdict.because] == notes


def test_an_expert_s_yes_against_the_model_quotes_the_text() -> None:
    record = Record("benchmark", "emmaus-connect-bordeaux-aubiers", "action", "Un jardin", "")
    row = detect_batch(records_batch([record])).to_pylist()[0]
    assert [b["quote"] for b in row["because"]] == ["jardin", None]
