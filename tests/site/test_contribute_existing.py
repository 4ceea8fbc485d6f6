"""Correct, claim, declare an error: about an initiative of the edition."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from observatory.contribute import limits
from observatory.contribute.existing import existing
from observatory.contribute.forms import CORRECTED
from observatory.contribute.models import Contribution
from observatory.edition import current

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_a_persons_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FASTEST", -1)


@pytest.fixture
def about() -> Any:
    found = existing(current().value("SELECT id FROM initiatives WHERE text <> '' ORDER BY id"))
    assert found
    return found


def guarded(**given: str) -> dict[str, str]:
    return {
        "opened": str(limits.Guarded().fields["opened"].initial),
        "email": "a@exemple.fr",
    } | given


def test_a_correction_keeps_what_changed_and_what_was_said_before(client: Any, about: Any) -> None:
    path = f"/contribuer/corriger/{about.id}/"
    assert about.title in client.get(path).content.decode().replace("&#x27;", "'")
    cells = {name: about.cells.get(name, "") for name in CORRECTED} | {"porteur": "La Régie"}
    assert client.post(path, guarded(**cells, message="J'y travaille")).status_code == 302
    kept = Contribution.objects.get()
    assert kept.cells == {"porteur": "La Régie"}
    assert kept.before["porteur"] == about.cells["porteur"]
    assert len(mail.outbox) == 1


def test_a_correction_that_changes_nothing_is_refused(client: Any, about: Any) -> None:
    cells = {name: about.cells.get(name, "") for name in CORRECTED}
    answer = client.post(f"/contribuer/corriger/{about.id}/", guarded(**cells))
    assert answer.status_code == 422
    assert "Rien n&#x27;a changé" in answer.content.decode()


def test_one_claims_an_initiative_with_what_lets_it_be_checked(client: Any, about: Any) -> None:
    path = f"/contribuer/revendiquer/{about.id}/"
    assert client.get(path).status_code == 200
    assert client.post(path, guarded(porteur="X", message="court")).status_code == 422
    answer = client.post(path, guarded(porteur="Centre social", message="J'y coordonne l'atelier"))
    assert answer.status_code == 302
    assert Contribution.objects.get().cells == {"porteur": "Centre social"}


def test_an_error_is_declared_in_one_page(client: Any, about: Any) -> None:
    path = f"/contribuer/signaler/{about.id}/"
    assert client.get(path).status_code == 200
    assert client.post(path, guarded(trouble="finie")).status_code == 302
    assert Contribution.objects.get().trouble == "finie"


def test_the_same_thing_twice_is_said_not_kept(client: Any, about: Any) -> None:
    path = f"/contribuer/signaler/{about.id}/"
    client.post(path, guarded(trouble="finie"))
    assert client.post(path, guarded(trouble="finie")).status_code == 409
    assert client.post(path, guarded(trouble="theme")).status_code == 302
    assert Contribution.objects.count() == 2


def test_what_is_not_in_the_edition_is_a_404(client: Any) -> None:
    for word in ("corriger", "revendiquer", "signaler"):
        assert client.get(f"/contribuer/{word}/qzzzzzzzzzz/").status_code == 404
