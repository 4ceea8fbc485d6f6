"""Declare, confirm, follow, be forgotten: by anyone, without an account."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from observatory.contribute import limits, links
from observatory.contribute.forget import forget_old
from observatory.contribute.models import Contact, Contribution, Draft, Passage, Salt

pytestmark = pytest.mark.django_db

WHAT = {
    "nom": "Les mardis de la tablette",
    "description": "Un bénévole aide les aînés des Minguettes à faire leurs démarches en ligne.",
    "type": "action",
}
WHERE = {"commune": "Vénissieux", "code_postal": "69200", "themes": ["e-administration"]}
WHO = {"porteur": "Centre social des Clochettes", "code_qpv": "QN06913M", "debut": "2024"}


@pytest.fixture(autouse=True)
def at_a_persons_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """People take longer than three seconds; tests need not."""
    monkeypatch.setattr(limits, "FASTEST", -1)


def opened() -> str:
    """What the page holds when it is opened."""
    return str(limits.Guarded().fields["opened"].initial)


def declare(client: Any, email: str = "ana@exemple.fr", **changed: Any) -> Any:
    """The four pages, as a browser would send them."""
    client.post("/contribuer/initiative/", WHAT | changed)
    client.post("/contribuer/initiative/ou/", WHERE)
    client.post("/contribuer/initiative/qui/", WHO)
    sent = {"email": email, "opened": opened()}
    return client.post("/contribuer/initiative/relire/", sent)


def link_in(message: Any, name: str) -> str:
    """The path of a link in an e-mail."""
    found = re.search(rf"https?://[^/\s]+(/contribuer/{name}/\S+)", message.body)
    assert found, message.body
    return found[1]


def test_the_door_says_what_happens_next(client: Any) -> None:
    page = client.get("/contribuer/").content.decode()
    assert "sans compte" in page
    assert "/contribuer/initiative/" in page


def test_a_whole_declaration_waits_for_its_link_then_for_a_person(client: Any) -> None:
    assert declare(client).headers["Location"] == "/contribuer/envoye/"
    contribution = Contribution.objects.get()
    assert contribution.status == "unconfirmed"
    assert contribution.cells["code_qpv"] == "QN06913M"
    assert contribution.themes == ["e-administration"]
    path = link_in(mail.outbox[0], "confirmer")
    assert client.get(path).status_code == 200
    contribution.refresh_from_db()
    assert contribution.status == "unconfirmed", "a mail program that opens links decides nothing"
    assert client.post(path).status_code == 302
    contribution.refresh_from_db()
    assert contribution.status == "pending"
    assert not Draft.objects.exists()


def test_the_next_page_proposes_a_theme_with_the_persons_own_words(client: Any) -> None:
    client.post("/contribuer/initiative/", WHAT)
    page = client.get("/contribuer/initiative/ou/").content.decode()
    assert '<q lang="fr">démarches en ligne</q>' in page
    assert 'value="e-administration" checked' in page


def test_the_quarter_is_proposed_and_may_be_corrected(client: Any) -> None:
    client.post("/contribuer/initiative/", WHAT)
    client.post("/contribuer/initiative/ou/", WHERE)
    page = client.get("/contribuer/initiative/qui/").content.decode()
    assert 'value="QN06913M" checked' in page
    client.post("/contribuer/initiative/qui/", WHO | {"code_qpv": ""})
    page = client.get("/contribuer/initiative/qui/").content.decode()
    assert 'value="QN06913M" checked' not in page


def test_going_back_shows_what_was_typed(client: Any) -> None:
    client.post("/contribuer/initiative/", WHAT)
    page = client.get("/contribuer/initiative/").content.decode()
    assert "Les mardis de la tablette" in page


def test_another_browser_does_not_see_my_draft(client: Any, client_of: Any) -> None:
    client.post("/contribuer/initiative/", WHAT)
    assert "mardis" not in client_of().get("/contribuer/initiative/").content.decode()


def test_a_page_out_of_order_leads_to_the_first(client: Any) -> None:
    answer = client.get("/contribuer/initiative/relire/")
    assert answer.headers["Location"] == "/contribuer/initiative/"
    assert client.get("/contribuer/initiative/nulle/").status_code == 404


def test_what_is_missing_is_said_beside_its_field(client: Any) -> None:
    answer = client.post("/contribuer/initiative/", {"nom": "x", "type": "action"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_description_error"' in page
    assert 'aria-invalid="true"' in page


def test_the_live_proposal_is_the_same_as_the_next_pages(client: Any) -> None:
    piece = client.post("/contribuer/proposer/", WHAT).content.decode()
    assert "démarches en ligne" in piece
    assert "<html" not in piece


def test_the_live_proposal_leaves_a_text_without_anything_digital_alone(client: Any) -> None:
    said = {"nom": "Jardin partagé", "description": "Des voisins cultivent des légumes ensemble."}
    piece = client.post("/contribuer/proposer/", said).content.decode()
    assert "Nous n&#x27;y lisons rien de numérique" in piece or "rien de numérique" in piece


def test_contact_details_are_taken_out_of_texts(client: Any) -> None:
    text = "Atelier tablette. Appelez Mme Durand au 06 12 34 56 78 ou durand@exemple.fr"
    declare(client, description=text)
    kept = Contribution.objects.get().cells["description"]
    assert "Durand" not in kept
    assert "06 12" not in kept
    assert "@" not in kept


def test_a_trap_filled_in_refuses_the_sending(client: Any) -> None:
    client.post("/contribuer/initiative/", WHAT)
    sent = {"email": "a@exemple.fr", "opened": opened(), "website": "http://x.example"}
    assert client.post("/contribuer/initiative/relire/", sent).status_code == 422
    assert not Contribution.objects.exists()


def test_a_machines_pace_is_refused_and_a_forged_minute_too(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post("/contribuer/initiative/", WHAT)
    monkeypatch.setattr(limits, "FASTEST", 3)
    for given in (opened(), "1:forged:signature", ""):
        sent = {"email": "a@exemple.fr", "opened": given}
        assert client.post("/contribuer/initiative/relire/", sent).status_code == 422
    assert not Contribution.objects.exists()


def test_too_many_links_are_an_advertisement(client: Any) -> None:
    text = "Cours de tablette http://a.example http://b.example http://c.example"
    answer = client.post("/contribuer/initiative/", WHAT | {"description": text})
    assert answer.status_code == 422


def test_beyond_the_hours_allowance_sending_waits(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.DOORS, "send", 1)
    assert declare(client).status_code == 302
    assert declare(client).status_code == 429
    assert Contribution.objects.count() == 1


def test_no_address_is_kept_in_clear_and_yesterdays_salt_is_gone(client: Any) -> None:
    Salt.objects.create(day=timezone.localdate() - timedelta(days=1), value="old")
    client.post("/contribuer/proposer/", WHAT, REMOTE_ADDR="203.0.113.7")
    assert "203.0.113.7" not in str(list(Passage.objects.values()))
    assert Salt.objects.count() == 1


def test_a_link_of_one_use_opens_nothing_else(client: Any) -> None:
    declare(client)
    key = str(Contact.objects.get().id)
    assert client.get(f"/contribuer/confirmer/{links.token('follow', key)}/").status_code == 404
    assert client.get(f"/contribuer/suivre/{links.token('confirm', key)}/").status_code == 404
    assert client.get("/contribuer/suivre/n-importe-quoi/").status_code == 404


def test_a_link_expires(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    declare(client)
    path = link_in(mail.outbox[0], "confirmer")
    monkeypatch.setitem(links.LASTS, "confirm", -1)
    assert client.get(path).status_code == 404


def test_forgetting_the_contact_leaves_what_was_sent(client: Any) -> None:
    declare(client)
    path = link_in(mail.outbox[0], "suivre").replace("suivre", "oublier")
    client.post(path, {"what": "contact"})
    assert not Contact.objects.exists()
    assert Contribution.objects.get().cells["nom"] == "Les mardis de la tablette"
    assert client.get(path).status_code == 404


def test_forgetting_everything_leaves_an_id_and_nothing_else(client: Any) -> None:
    declare(client)
    path = link_in(mail.outbox[0], "suivre").replace("suivre", "oublier")
    client.post(path, {"what": "all"})
    left = Contribution.objects.get()
    assert (left.status, left.cells, left.message) == ("withdrawn", {}, "")
    assert not left.history.exists()
    assert not Contact.objects.exists()


def test_what_has_outlived_its_use_is_erased_and_the_rest_left_alone(client: Any) -> None:
    declare(client)
    declare(client, email="b@exemple.fr", nom="Un autre atelier")
    old, new = Contribution.objects.order_by("created_at")
    long_ago = timezone.now() - timedelta(days=400)
    Contribution.objects.filter(id=old.id).update(created_at=long_ago)
    Draft.objects.create()
    Draft.objects.update(updated_at=long_ago)
    gone = forget_old()
    assert gone["drafts"] == 1
    assert gone["unconfirmed"] == 1
    assert Contribution.objects.get() == new


def test_a_contact_is_erased_some_months_after_the_decision_not_before(client: Any) -> None:
    declare(client)
    now = timezone.now()
    Contact.objects.update(created_at=now - timedelta(days=400))
    Contribution.objects.update(status="accepted", decided_at=now - timedelta(days=100))
    forget_old()
    assert Contact.objects.exists()
    Contribution.objects.update(decided_at=now - timedelta(days=200))
    forget_old()
    assert not Contact.objects.exists()
    assert Contribution.objects.exists()
