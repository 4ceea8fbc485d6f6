"""A spreadsheet: read aside, reported in plain words, kept whole or not at all."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from observatory.contribute import aside, limits
from observatory.contribute.models import Batch, Contribution

pytestmark = pytest.mark.django_db

GOOD = "nom;description;commune\nAtelier;Cours de tablette pour tous;Lyon\nFablab;Imprimer en 3D ensemble;Bron\n"


@pytest.fixture(autouse=True)
def at_a_persons_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FASTEST", -1)


def upload(client: Any, content: bytes, name: str = "actions.csv") -> Any:
    opened = str(limits.Guarded().fields["opened"].initial)
    file = SimpleUploadedFile(name, content)
    return client.post(
        "/contribuer/tableur/", {"email": "a@exemple.fr", "opened": opened, "file": file}
    )


def zipped(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def test_the_page_says_which_columns_are_read(client: Any) -> None:
    page = client.get("/contribuer/tableur/").content.decode()
    assert "<code>code_qpv</code>" in page


def test_a_good_file_is_one_batch_and_one_mail(client: Any) -> None:
    assert upload(client, GOOD.encode()).status_code == 302
    assert Batch.objects.get().contributions.count() == 2
    assert "2 initiatives" in mail.outbox[0].body


def test_a_workbook_is_read_like_a_csv(client: Any) -> None:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for line in GOOD.splitlines():
        book.active.append(line.split(";"))
    book.save(stream)
    assert upload(client, stream.getvalue(), "actions.xlsx").status_code == 302
    assert Contribution.objects.count() == 2


def test_a_bad_row_is_told_with_its_remedy_and_nothing_is_kept(client: Any) -> None:
    answer = upload(client, (GOOD + "X;trop;Lyon\n").encode())
    page = answer.content.decode()
    assert answer.status_code == 422
    assert '<th scope="row">4</th>' in page
    assert "texte trop court" in page
    assert "Rien n'a été gardé" in page
    assert not Contribution.objects.exists()
    assert not Batch.objects.exists()
    assert not mail.outbox


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"<html><table><tr><td>nom</td></tr></table></html>", "a.csv", "page web"),
        (b"", "a.csv", "vide"),
        (b"nom;descr\0iption\n", "a.csv", "pas un texte"),
        (b"PK\x03\x04 rien", "a.xlsx", "abîmé"),
        (b"titre2;autre\nx;y\n", "a.csv", "La colonne obligatoire"),
        (b"nom;nom;description\nx;y;z\n", "a.csv", "même nom"),
        (b"%PDF-1.4 \xff\xfe\n", "a.pdf", "un PDF"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 90, "a.xls", "ancien format"),
        (b'nom;description\n"x;y\nz;t\n', "a.csv", "un guillemet ouvert ligne 2"),
    ],
)
def test_what_is_no_table_is_refused_with_one_clear_sentence(
    client: Any, content: bytes, name: str, words: str
) -> None:
    answer = upload(client, content, name)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Contribution.objects.exists()


def test_a_zip_bomb_is_refused(client: Any) -> None:
    bomb = zipped("xl/workbook.xml", b"0" * 100_000_000)
    assert len(bomb) < 200_000
    assert "gonfle" in upload(client, bomb, "a.xlsx").content.decode()


def test_a_sheet_that_lies_about_its_size_is_stopped_by_the_bounds(client: Any) -> None:
    """A workbook whose one cell is a long text is refused or read, never a server error."""
    sheet = b"<worksheet><sheetData>" + b"<row><c><v>1</v></c></row>" * 400_000
    assert upload(client, zipped("xl/worksheets/sheet1.xml", sheet), "a.xlsx").status_code == 422


def test_accents_of_an_old_spreadsheet_are_kept(client: Any) -> None:
    content = "nom;description\nAtelier été;Cours de tablette pour les aînés\n".encode("cp1252")
    assert upload(client, content).status_code == 302
    assert Contribution.objects.get().cells["nom"] == "Atelier été"


def test_more_than_two_megabytes_is_refused_before_being_read(client: Any) -> None:
    assert upload(client, b"x" * 2_500_000).status_code == 413


def test_too_many_rows_are_refused(client: Any) -> None:
    lines = "".join(f"Atelier {n};Cours de tablette pour tous;Lyon\n" for n in range(2_100))
    answer = upload(client, f"nom;description;commune\n{lines}".encode())
    assert "2 000 lignes" in answer.content.decode().replace("\u202f", " ")
    assert not Contribution.objects.exists()


def test_the_reader_lives_within_its_bounds(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """A process of its own: what asks for more memory than allowed is refused, not obeyed."""
    path = tmp_path / "a.csv"
    path.write_text(GOOD)
    assert aside.read_aside(path, "a.csv").is_good
    monkeypatch.setattr(aside, "WAIT_S", 0.001)
    assert aside.read_aside(path, "a.csv").refused == "too long"


def test_the_same_file_twice_is_said_not_kept(client: Any) -> None:
    upload(client, GOOD.encode())
    assert upload(client, GOOD.encode()).status_code == 409
    assert Batch.objects.count() == 1
