"""Accounts: doors that hold, a second factor that is asked, roles that mean something."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import Group
from django.core import mail
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from observatory.contribute.models import Act

pytestmark = pytest.mark.django_db
PASSWORD = "une longue phrase de passe"


def code_of(device: TOTPDevice) -> str:
    return f"{totp(device.bin_key):06d}"


def test_one_enters_with_a_password_and_comes_back_where_one_was(account: Any, client: Any) -> None:
    account("moderator")
    door = client.get("/moderation/").headers["Location"]
    assert door == "/connexion/?next=%2Fmoderation%2F"
    given = {"username": "compte-moderator", "password": PASSWORD, "next": "/moderation/"}
    assert client.post(door, given).headers["Location"] == "/moderation/"
    assert client.get("/moderation/").status_code == 200


def test_ten_wrong_passwords_lock_the_door_and_no_address_is_kept(
    account: Any, client: Any
) -> None:
    account("moderator")
    given = {"username": "compte-moderator", "password": "faux"}
    for _ in range(10):
        answer = client.post("/connexion/", given, REMOTE_ADDR="203.0.113.9")
    assert answer.status_code == 429
    assert "bloquée" in answer.content.decode()
    right = {"username": "compte-moderator", "password": PASSWORD}
    assert client.post("/connexion/", right, REMOTE_ADDR="203.0.113.9").status_code == 429
    assert client.post("/connexion/", right, REMOTE_ADDR="203.0.113.10").status_code == 302
    assert not AccessAttempt.objects.filter(ip_address="203.0.113.9").exists()


def test_a_second_factor_is_set_up_by_its_first_code_then_asked(account: Any, client: Any) -> None:
    logged = account("administrator")
    page = logged.get("/compte/double-authentification/").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    assert " style=" not in page
    assert logged.post("/compte/double-authentification/", {"code": "000000"}).status_code == 422
    device = TOTPDevice.objects.get()
    device.throttle_reset()
    answer = logged.post("/compte/double-authentification/", {"code": code_of(device)})
    assert answer.status_code == 302
    given = {"username": "compte-administrator", "password": PASSWORD}
    client.post("/connexion/", given)
    for path in ("/moderation/", "/administration/", "/compte/"):
        assert "/connexion/code/" in client.get(path, follow=True).redirect_chain[-1][0]
    TOTPDevice.objects.update(last_t=-1)
    device.refresh_from_db()
    assert client.post("/connexion/code/", {"code": code_of(device)}).status_code == 302
    assert client.get("/moderation/").status_code == 200
    assert client.get("/administration/").status_code == 200


def test_a_code_serves_once(account: Any) -> None:
    logged = account("moderator")
    device = TOTPDevice.objects.create(user=logged.user, name="x", confirmed=True)
    token = code_of(device)
    assert logged.post("/connexion/code/", {"code": token}).status_code == 302
    other = account("editor")
    other.force_login(logged.user, backend="django.contrib.auth.backends.ModelBackend")
    assert other.post("/connexion/code/", {"code": token}).status_code == 422


def test_a_password_is_changed_and_the_session_lasts(account: Any) -> None:
    logged = account("moderator")
    assert logged.get("/compte/mot-de-passe/").status_code == 200
    new = "encore une autre phrase de passe"
    given = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert logged.post("/compte/mot-de-passe/", given).status_code == 302
    assert logged.get("/compte/").status_code == 200
    logged.user.refresh_from_db()
    assert logged.user.check_password(new)


def test_one_leaves_by_a_button_not_by_a_link(account: Any) -> None:
    logged = account("moderator")
    assert logged.get("/deconnexion/").status_code == 405
    assert logged.post("/deconnexion/").status_code == 302
    assert logged.get("/compte/").status_code == 302


def test_each_role_holds_what_the_one_before_it_may_do() -> None:
    held = {
        g.name: set(g.permissions.values_list("codename", flat=True)) for g in Group.objects.all()
    }
    assert "send_directly" in held["contributor"]
    assert held["contributor"] < held["moderator"] < held["editor"] < held["administrator"]


def test_an_account_known_to_us_sends_without_a_link(
    account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from observatory.contribute import limits
    from observatory.contribute.models import Contribution
    from observatory.edition import current

    monkeypatch.setattr(limits, "FASTEST", -1)
    about = current().value("SELECT id FROM initiatives ORDER BY id")
    opened = str(limits.Guarded().fields["opened"].initial)
    given = {"email": "a@exemple.fr", "opened": opened, "trouble": "finie"}
    answer = account("contributor").post(f"/contribuer/signaler/{about}/", given)
    assert answer.headers["Location"] == "/contribuer/recu/"
    assert Contribution.objects.get().status == "pending"


def test_administration_runs_under_the_strict_policy(account: Any) -> None:
    page = account("administrator").get("/administration/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", text)
    assert " style=" not in text


def test_administration_shows_contributions_without_their_contact(account: Any, sent: Any) -> None:
    contribution = sent()
    logged = account("administrator")
    assert logged.get("/administration/contribute/contribution/").status_code == 200
    page = logged.get(f"/administration/contribute/contribution/{contribution.id}/change/")
    assert page.status_code == 200
    assert "ana@exemple.fr" not in page.content.decode()


def ask_for_a_link(client: Any, address: str, **more: Any) -> Any:
    return client.post("/connexion/oubli/", {"email": address}, **more)


def test_a_forgotten_password_is_changed_by_a_link_that_serves_once(
    account: Any, client: Any
) -> None:
    user = account("moderator").user
    user.email = "lea@exemple.fr"
    user.save()
    assert "/connexion/oubli/" in client.get("/connexion/").content.decode()
    ask_for_a_link(client, "Lea@exemple.fr")
    [letter] = mail.outbox
    assert letter.to == ["lea@exemple.fr"]
    assert "compte-moderator" in letter.body
    found = re.search(r"http://testserver(/connexion/nouveau/\S+)", letter.body)
    assert found
    form = client.get(found[1]).headers["Location"]
    other = {
        "new_password1": "encore une longue phrase",
        "new_password2": "encore une longue phras",
    }
    assert 'class="wrong"' in client.post(form, other).content.decode()
    assert client.post(form, dict.fromkeys(other, "12345678")).status_code == 200
    answer = client.post(form, dict.fromkeys(other, "encore une longue phrase"), follow=True)
    assert answer.redirect_chain[-1][0] == "/connexion/"
    assert "est changé" in answer.content.decode()
    given = {"username": "compte-moderator", "password": "encore une longue phrase"}
    assert client.post("/connexion/", given).status_code == 302
    assert "ne sert plus" in client.get(found[1], follow=True).content.decode()
    assert Act.objects.filter(what="mot de passe", who="compte-moderator").exists()


def test_nobody_learns_who_has_an_account_by_asking_for_a_link(account: Any, client: Any) -> None:
    user = account("moderator").user
    user.email = "lea@exemple.fr"
    user.save()
    known, unknown = (ask_for_a_link(client, f"{name}@exemple.fr") for name in ("lea", "leo"))
    assert known.headers["Location"] == unknown.headers["Location"]
    assert known.status_code == unknown.status_code == 302
    assert known.content == unknown.content == b""
    assert len(mail.outbox) == 1


def test_an_e_mail_server_that_refuses_changes_nothing_of_what_is_said(
    account: Any, client: Any, settings: Any, caplog: Any
) -> None:
    user = account("moderator").user
    user.email = "lea@exemple.fr"
    user.save()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert ask_for_a_link(client, "lea@exemple.fr").status_code == 302
    assert "Failed to send password reset email" in caplog.text


def test_links_are_not_asked_for_without_end(client: Any) -> None:
    answers = [ask_for_a_link(client, "lea@exemple.fr").status_code for _ in range(11)]
    assert answers == [302] * 10 + [429]


def test_a_link_says_the_address_of_the_site_not_the_one_a_request_pretends(
    account: Any, client: Any, settings: Any
) -> None:
    user = account("moderator").user
    user.email = "lea@exemple.fr"
    user.save()
    settings.SITE_ADDRESS = "https://quartiers.exemple.fr/"
    ask_for_a_link(client, "lea@exemple.fr", HTTP_HOST="localhost")
    assert "https://quartiers.exemple.fr/connexion/nouveau/" in mail.outbox[0].body
    assert "localhost" not in mail.outbox[0].body
