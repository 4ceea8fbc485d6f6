"""Moderation: what waits, what it may repeat, what is decided, what the next edition holds."""

from __future__ import annotations

import csv
import io
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.core import mail
from django.core.management import call_command

from observatory.contribute.existing import existing
from observatory.contribute.models import Act, Batch, Contribution, Judgement, Opinion
from observatory.contribute.story import ACTS, MOST, story
from observatory.edition import current
from quartiers.judgements import mark

pytestmark = pytest.mark.django_db


def some_initiative(condition: str = "1") -> Any:
    found = existing(current().value(f"SELECT id FROM initiatives WHERE {condition} ORDER BY id"))
    assert found
    return found


def test_the_queue_shows_what_waits_with_the_machines_reading(account: Any, sent: Any) -> None:
    sent()
    page = account("moderator").get("/moderation/").content.decode()
    assert "Les mardis de la tablette" in page
    assert "La machine lit\u00a0: numérique" in page


def test_what_is_not_confirmed_is_not_in_the_queue(account: Any, sent: Any) -> None:
    contribution = sent()
    Contribution.objects.filter(id=contribution.id).update(status="unconfirmed")
    assert "mardis" not in account("moderator").get("/moderation/").content.decode()


def test_a_new_initiative_is_shown_with_reasons_and_history(account: Any, sent: Any) -> None:
    page = account("moderator").get(f"/moderation/{sent().id}/").content.decode()
    assert '<q lang="fr">démarches en ligne</q>' in page
    assert "QN06913M" in page


def test_the_history_of_a_contribution_is_told_in_words(account: Any, sent: Any) -> None:
    client, contribution = account("moderator"), sent()
    client.post(f"/moderation/{contribution.id}/", {"verdict": "ask", "reason": "Quel jour ?"})
    page = client.get(f"/moderation/{contribution.id}/").content.decode()
    story = page.split('class="story')[1].split("</ul>")[0]
    assert "Précision demandée" in story
    assert "<q>Quel jour ?</q>" in story
    assert "compte-moderator" in story
    assert "asked" not in story


@pytest.mark.parametrize(("changes", "begins"), [(MOST - 1, True), (MOST, False)])
def test_a_long_story_tells_its_last_steps_and_makes_none_of_them_its_beginning(
    sent: Any, changes: int, begins: bool
) -> None:
    contribution = sent()
    for n in range(changes):
        contribution.message = f"Précision {n}"
        contribution.save()
    told = [step["what"] for step in story(contribution)]
    assert len(told) == MOST
    assert (told[-1] == ACTS["envoi"]) is begins
    assert ACTS["envoi"] not in told[:-1]


def test_a_list_tells_a_correction_by_what_it_changes(account: Any, sent: Any) -> None:
    sent("correct", about="qaaaaaaaaaa", cells={"debut": "2016"}, before={"nom": "Atelier"})
    page = account("moderator").get("/moderation/").content.decode()
    assert "2016" in page


def test_a_likely_duplicate_is_proposed_with_its_facts(account: Any, sent: Any) -> None:
    row = current().row(
        "SELECT * FROM records WHERE commune <> '' AND address <> '' AND kind = 'lieu' ORDER BY id"
    ) or current().row("SELECT * FROM records WHERE commune <> '' ORDER BY id")
    assert row
    cells = {
        "nom": row["title"],
        "description": "La même initiative, dite autrement.",
        "commune": row["commune"],
        "code_postal": row["postcode"] or "",
        "adresse": row["address"] or "",
    }
    contribution = sent(cells=cells)
    client = account("moderator")
    page = client.get(f"/moderation/{contribution.id}/").content.decode()
    assert f'value="{row["id"]}"' in page
    assert "<b>Pour\u00a0:</b>" in page, "the facts that agree are told"
    assert (
        f"/initiatives/{current().value('SELECT entity_id FROM links WHERE about = ?', [row['id']])}/"
        in page
    )
    client.post(f"/moderation/{contribution.id}/", {"verdict": "accept", "same_as": [row["id"]]})
    judgement = Judgement.objects.get(subject="pair")
    assert judgement.answer == "meme"
    assert {judgement.first, judgement.second} == {row["id"], contribution.record}


def test_something_unlike_anything_has_no_duplicate(account: Any, sent: Any) -> None:
    page = account("moderator").get(f"/moderation/{sent().id}/").content.decode()
    assert 'name="same_as"' not in page


@pytest.mark.parametrize(
    ("verdict", "status"), [("accept", "accepted"), ("refuse", "refused"), ("ask", "asked")]
)
def test_each_decision_is_written_and_told_with_its_reason(
    account: Any, sent: Any, verdict: str, status: str
) -> None:
    contribution = sent()
    client = account("moderator")
    told = {"verdict": verdict, "reason": "Parce que c'est ainsi.", "digital": "oui"}
    assert client.post(f"/moderation/{contribution.id}/", told).status_code == 302
    contribution.refresh_from_db()
    assert contribution.status == status
    assert "Parce que c'est ainsi." in mail.outbox[0].body
    assert mail.outbox[0].to == ["ana@exemple.fr"]
    assert "/contribuer/suivre/" in mail.outbox[0].body
    assert Act.objects.filter(about=contribution.id, who="compte-moderator").exists()
    assert contribution.history.count() == 2


def test_a_refusal_without_a_reason_is_not_taken(account: Any, sent: Any) -> None:
    contribution = sent()
    answer = account("moderator").post(f"/moderation/{contribution.id}/", {"verdict": "refuse"})
    assert answer.status_code == 422
    contribution.refresh_from_db()
    assert contribution.status == "pending"


def test_two_moderators_do_not_decide_twice(account: Any, sent: Any) -> None:
    contribution = sent()
    client = account("moderator")
    client.post(f"/moderation/{contribution.id}/", {"verdict": "accept"})
    client.post(f"/moderation/{contribution.id}/", {"verdict": "refuse", "reason": "non"})
    contribution.refresh_from_db()
    assert contribution.status == "accepted"
    assert len(mail.outbox) == 1


def test_nothing_is_decided_when_the_mail_cannot_leave(
    account: Any, sent: Any, settings: Any
) -> None:
    contribution = sent()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    account("moderator").post(f"/moderation/{contribution.id}/", {"verdict": "accept"})
    contribution.refresh_from_db()
    assert contribution.status == "pending"
    assert not Act.objects.filter(what="accept").exists()


def test_a_question_is_answered_from_the_mails_link_and_comes_back(
    account: Any, sent: Any, client: Any
) -> None:
    contribution = sent()
    account("moderator").post(
        f"/moderation/{contribution.id}/", {"verdict": "ask", "reason": "Quel jour ?"}
    )
    link = next(w for w in mail.outbox[0].body.split() if "/contribuer/suivre/" in w)
    path = "/" + link.split("/", 3)[3]
    assert "Quel jour ?" in client.get(path).content.decode()
    client.post(path, {"about": contribution.id, "message": "Le mardi, appelez le 06 12 34 56 78"})
    contribution.refresh_from_db()
    assert contribution.status == "pending"
    assert "Le mardi" in contribution.message
    assert "06 12" not in contribution.message


def test_a_correction_is_shown_as_what_changes(account: Any, sent: Any) -> None:
    about = some_initiative()
    contribution = sent(
        "correct", about=about.id, cells={"porteur": "Après"}, before={"porteur": "Avant"}
    )
    page = account("moderator").get(f"/moderation/{contribution.id}/").content.decode()
    assert "<del>Avant</del>" in page
    assert "<ins>Après</ins>" in page


def test_a_batch_is_decided_together_with_one_mail(account: Any, sent: Any) -> None:
    batch = Batch.objects.create(name="liste.csv")
    first = sent(batch=batch)
    sent(batch=batch, cells={"nom": "Autre", "description": "Un autre atelier de tablette."})
    client = account("moderator")
    assert "liste.csv" in client.get(f"/moderation/lot/{batch.id}/").content.decode()
    client.post(f"/moderation/lot/{batch.id}/", {"verdict": "accept"})
    assert set(batch.contributions.values_list("status", flat=True)) == {"accepted"}
    assert len(mail.outbox) == 1
    first.refresh_from_db()
    assert first.decided_at


def test_doubts_about_records_become_judgements_and_leave_the_queue(account: Any) -> None:
    client = account("editor")
    page = client.get("/moderation/doutes/").content.decode()
    assert 'name="about"' in page
    about = page.split('name="about" value="')[1].split('"')[0].replace("&#x27;", "'")
    client.post("/moderation/doutes/", {"about": about, "digital": "oui", "theme": ["culture"]})
    judgement = Judgement.objects.get()
    assert (judgement.first, judgement.answer) == (about, "oui")
    assert judgement.topics["theme"] == ["culture"]
    assert f'value="{about}"' not in client.get("/moderation/doutes/").content.decode()


def test_an_answer_about_an_unknown_record_is_not_kept(account: Any) -> None:
    client = account("editor")
    client.post("/moderation/doutes/", {"about": "x:1", "digital": "oui"})
    client.post("/moderation/paires/", {"a": "x:1", "b": "x:2", "answer": "meme"})
    assert not Judgement.objects.exists()


def test_a_pair_is_settled_and_a_second_answer_replaces_the_first(account: Any) -> None:
    client = account("editor")
    assert client.get("/moderation/paires/").status_code == 200
    pair = current().row("SELECT a, b FROM pairs ORDER BY a, b")
    assert pair
    for answer in ("meme", "different"):
        client.post("/moderation/paires/", {"a": pair["a"], "b": pair["b"], "answer": answer})
    judgement = Judgement.objects.get()
    assert judgement.answer == "different"
    assert judgement.history.count() == 2


def test_an_answer_about_a_pair_leaves_the_queue_until_its_source_changes(
    account: Any, served: Path, settings: Any, tmp_path: Path
) -> None:
    client = account("editor")
    copy = tmp_path / "doubtful"
    shutil.copytree(served, copy)
    pair = current().row("SELECT a, b FROM pairs ORDER BY a, b")
    assert pair
    with sqlite3.connect(copy / "quartiers.sqlite") as connection:
        connection.execute(
            "UPDATE pairs SET decision = CASE WHEN a = ? AND b = ? THEN 'doute' ELSE 'different' END",
            tuple(pair),
        )
    settings.EDITION = copy
    asked = f'value="{pair["a"]}"'
    assert asked in client.get("/moderation/paires/").content.decode()
    client.post("/moderation/paires/", {"a": pair["a"], "b": pair["b"], "answer": "different"})
    assert asked not in client.get("/moderation/paires/").content.decode()
    newer = tmp_path / "newer"
    shutil.copytree(copy, newer)
    with sqlite3.connect(newer / "quartiers.sqlite") as connection:
        connection.execute("UPDATE records SET title = 'Autre nom' WHERE id = ?", (pair["a"],))
    settings.EDITION = newer
    assert asked in client.get("/moderation/paires/").content.decode()


def test_a_correction_is_exported_with_a_mark_of_what_the_source_said(
    account: Any, sent: Any, tmp_path: Path
) -> None:
    about = some_initiative("carrier <> ''")
    for said in ("La Régie", "La Régie des quartiers"):
        change = sent("correct", about=about.id, cells={"porteur": said}, before={})
        account("editor" if said == "La Régie" else "moderator").post(
            f"/moderation/{change.id}/", {"verdict": "accept"}
        )
    exported(tmp_path / "out")
    (line,) = csv.DictReader((tmp_path / "out" / "corrections.csv").read_text("utf-8").splitlines())
    carrier = current().value("SELECT carrier FROM records WHERE id = ?", [about.records[0]])
    assert line["value"] == "La Régie des quartiers"
    assert line["mark"] == mark(carrier)


def test_an_opinion_on_a_meeting_is_a_count_and_nobodys(client: Any) -> None:
    for _ in range(2):
        client.post("/rencontres/avis/", {"opportunity": "o-1", "useful": "oui"})
    client.post("/rencontres/avis/", {"opportunity": "o-1", "useful": "n'importe quoi"})
    client.post("/rencontres/avis/", {"opportunity": "", "useful": "oui"})
    assert Opinion.objects.get().count == 2
    assert client.get("/rencontres/avis/").status_code == 405


def test_the_journal_says_who_did_what(account: Any, sent: Any) -> None:
    client, contribution = account("moderator"), sent()
    client.post(f"/moderation/{contribution.id}/", {"verdict": "accept"})
    page = client.get("/moderation/journal/").content.decode()
    assert "compte-moderator" in page
    assert f"/moderation/{contribution.id}/" in page
    assert "accept<" not in page, "acts are told in words"


def exported(folder: Path) -> list[str]:
    """The export, as options of a build."""
    call_command("export_contributions", str(folder), stdout=io.StringIO())
    judged = ("etiquettes.csv", "paires.csv", "corrections.csv")
    options = ["--contributions", str(folder / "observatoire.csv")]
    return options + [w for name in judged for w in ("--judgements", str(folder / name))]


def test_the_next_edition_holds_what_was_accepted_under_an_id_that_lasts(
    account: Any, sent: Any, tmp_path: Path, quartiers: Any
) -> None:
    client = account("editor")
    new, refused = sent(), sent(cells={"nom": "Non", "description": "Tablettes à vendre."})
    forgotten = sent(cells={"nom": "Oubliée", "description": "Un atelier de tablette."})
    about = some_initiative("carrier <> ''")
    change = sent("correct", about=about.id, cells={"porteur": "La Régie"}, before={})
    wrong = some_initiative(f"id <> '{about.id}' AND digital = 'numerique'")
    error = sent("error", about=wrong.id, cells={"autre": ""}, trouble="numerique")
    said = {"verdict": "accept", "digital": "oui", "themes": ["culture"]}
    client.post(f"/moderation/{new.id}/", said)
    client.post(f"/moderation/{refused.id}/", {"verdict": "refuse", "reason": "une publicité"})
    for each in (change, error, forgotten):
        client.post(f"/moderation/{each.id}/", {"verdict": "accept"})
    one = build(quartiers, exported(tmp_path / "out"), tmp_path)
    record = new.record
    assert one[record]["title"] == "Les mardis de la tablette"
    assert one[record]["main_theme"] == "culture"
    assert one[record]["qpv_code"] == "QN06913M"
    assert one[about.records[0]]["carrier"] == "La Régie"
    assert wrong.records[0] not in one or one[wrong.records[0]]["digital"] != "numerique"
    assert refused.record not in one
    assert forgotten.record in one
    from observatory.contribute.forget import forget

    forgotten.refresh_from_db()
    forget(forgotten.contact, everything=True)
    two = build(quartiers, exported(tmp_path / "out"), tmp_path)
    assert two[record]["id"] == one[record]["id"]
    assert forgotten.record not in two


def build(quartiers: Any, options: list[str], tmp_path: Path) -> dict[str, dict[str, Any]]:
    """A real build; record → its initiative."""
    quartiers("build", "--embedded", *options, editions=tmp_path / "editions")
    edition = tmp_path / "editions" / "current"
    rows = pq.read_table(edition / "initiatives.parquet").to_pylist()
    return {record: row for row in rows for record in row["records"]}


def test_no_address_and_no_name_goes_into_the_exported_files(
    account: Any, sent: Any, tmp_path: Path
) -> None:
    client = account("moderator")
    client.post(f"/moderation/{sent().id}/", {"verdict": "accept", "digital": "non"})
    exported(tmp_path / "out")
    for path in (tmp_path / "out").iterdir():
        text = path.read_text("utf-8")
        assert "@" not in text
        assert "compte-" not in text
