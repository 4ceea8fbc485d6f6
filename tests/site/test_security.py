"""Hostile visitors: what they type, send, follow and ask for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from observatory.contribute import limits, links
from observatory.contribute.models import Batch, Contribution

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = "<script>alert(1)</script>"
WALLS = {
    "/moderation/": "moderate",
    "/moderation/journal/": "moderate",
    "/moderation/abcdefghjkmn/": "moderate",
    "/moderation/lot/1/": "moderate",
    "/moderation/doutes/": "judge",
    "/moderation/paires/": "judge",
    "/administration/": "administer",
    "/administration/auth/user/": "administer",
    "/administration/contribute/contribution/": "administer",
}
MAY = {
    None: set(),
    "contributor": set(),
    "moderator": {"moderate"},
    "editor": {"moderate", "judge"},
    "administrator": {"moderate", "judge", "administer"},
}


@pytest.fixture(autouse=True)
def at_a_persons_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FASTEST", -1)


@pytest.mark.parametrize("path", WALLS)
def test_nobody_passes_a_wall_without_an_account(client: Any, path: str) -> None:
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(("/connexion/?", "/administration/login/?"))


@pytest.mark.parametrize("role", MAY)
def test_each_role_passes_its_own_walls_and_no_other(account: Any, role: str | None) -> None:
    logged = account(role)
    for path, permission in WALLS.items():
        answer = logged.get(path, follow=True)
        if permission in MAY[role]:
            assert answer.status_code in (200, 404), path
        else:
            assert answer.status_code == 403, path
            assert logged.post(path, follow=True).status_code == 403, path


def test_every_page_of_moderation_is_in_the_table_of_walls() -> None:
    from observatory.contribute.urls import urlpatterns

    shown = {str(p.pattern) for p in urlpatterns if str(p.pattern).startswith("moderation/")}
    assert len(shown) == sum(path.startswith("/moderation/") for path in WALLS)


@pytest.mark.parametrize(
    "path",
    [
        "/contribuer/initiative/",
        "/contribuer/initiative/ou/",
        "/contribuer/proposer/",
        "/contribuer/tableur/",
        "/connexion/",
        "/deconnexion/",
        "/moderation/",
        "/moderation/doutes/",
        "/moderation/paires/",
        "/compte/mot-de-passe/",
        "/compte/double-authentification/",
        "/rencontres/avis/",
    ],
)
def test_no_form_is_taken_without_its_token(path: str) -> None:
    assert Client(enforce_csrf_checks=True).post(path, {"nom": "x"}).status_code == 403


def test_what_is_typed_is_never_a_tag(account: Any, sent: Any, client: Any) -> None:
    said = {"nom": SCRIPT, "description": f"Un atelier de tablette {SCRIPT}", "type": "action"}
    client.post("/contribuer/initiative/", said)
    batch = Batch.objects.create(name=SCRIPT)
    cells = {"nom": SCRIPT, "description": f"Tablette {SCRIPT}", "commune": SCRIPT, SCRIPT: SCRIPT}
    contribution = sent(cells=cells, message=SCRIPT, batch=batch)
    logged = account("editor")
    pages = [
        client.get("/contribuer/initiative/"),
        client.get("/contribuer/initiative/ou/"),
        client.get("/contribuer/initiative/relire/"),
        client.post("/contribuer/proposer/", said),
        logged.get("/moderation/"),
        logged.get(f"/moderation/{contribution.id}/"),
        logged.get(f"/moderation/lot/{batch.id}/"),
        client.get(f"/contribuer/suivre/{links.token('follow', str(contribution.contact_id))}/"),
    ]
    for page in pages:
        assert page.status_code == 200
        assert SCRIPT not in page.content.decode()


@pytest.mark.parametrize(
    "target", ["https://ailleurs.example/", "//ailleurs.example", "javascript:x"]
)
def test_no_redirection_leaves_the_site(account: Any, client: Any, target: str) -> None:
    account("moderator")
    given = {"username": "compte-moderator", "password": "une longue phrase de passe"}
    answers = [
        client.post("/rencontres/avis/", {"opportunity": "x", "useful": "oui", "next": target}),
        client.post("/connexion/", given | {"next": target}),
    ]
    for answer in answers:
        assert "ailleurs" not in answer.headers["Location"]
        assert "javascript" not in answer.headers["Location"]


@pytest.mark.parametrize("email", ["a@exemple.fr\nBcc: b@exemple.fr", "a@exemple.fr, b@exemple.fr"])
def test_an_address_carries_one_person_and_no_header(client: Any, email: str) -> None:
    said = {"nom": "Atelier", "description": "Un atelier de tablette.", "type": "action"}
    client.post("/contribuer/initiative/", said)
    opened = str(limits.Guarded().fields["opened"].initial)
    answer = client.post("/contribuer/initiative/relire/", {"email": email, "opened": opened})
    assert answer.status_code == 422
    assert not mail.outbox


def test_a_title_of_several_lines_makes_no_header(account: Any, sent: Any) -> None:
    contribution = sent(cells={"nom": "Atelier\nBcc: x@exemple.fr", "description": "Tablettes."})
    reason = "non\r\nBcc: x@exemple.fr"
    account("moderator").post(
        f"/moderation/{contribution.id}/", {"verdict": "refuse", "reason": reason}
    )
    message = mail.outbox[0]
    assert "\n" not in message.subject
    assert message.recipients() == ["ana@exemple.fr"]
    assert not message.message()["Bcc"]


def test_what_is_too_long_is_refused_not_cut(client: Any) -> None:
    said = {"nom": "x" * 300, "description": "y" * 6000, "type": "action"}
    assert client.post("/contribuer/initiative/", said).status_code == 422
    assert client.post("/contribuer/initiative/", {"nom": "x" * 2_500_000}).status_code == 413
    many = {f"champ{n}": "x" for n in range(300)}
    assert client.post("/contribuer/initiative/", many).status_code == 400


@pytest.mark.parametrize("given", ["\x00", "é" * 500, "../../etc/passwd", "1' OR '1'='1"])
def test_a_strange_address_is_a_404_not_an_error(client: Any, account: Any, given: str) -> None:
    from urllib.parse import quote

    logged = account("editor")
    for path in ("contribuer/corriger", "contribuer/suivre", "contribuer/confirmer", "moderation"):
        assert logged.get(f"/{path}/{quote(given, safe='')}/").status_code == 404


@pytest.mark.parametrize("query", ["?page=x", "?page=-1", "?page=99999999999", "?etat=x&etat=y"])
def test_strange_parameters_of_the_queue_are_answered(account: Any, query: str) -> None:
    assert account("moderator").get(f"/moderation/{query}").status_code == 200


def test_a_nul_character_typed_is_refused_in_words(client: Any) -> None:
    said = {"nom": "Ate\x00lier", "description": "Un atelier de tablette.", "type": "action"}
    assert client.post("/contribuer/initiative/", said).status_code == 422


def test_pages_behind_the_wall_are_kept_by_no_cache(account: Any) -> None:
    policy = account("moderator").get("/moderation/").headers["Cache-Control"]
    assert "no-store" in policy


def test_cookies_are_read_by_no_script(client: Any) -> None:
    said = {"nom": "Atelier", "description": "Un atelier de tablette.", "type": "action"}
    client.post("/contribuer/initiative/", said)
    cookie = client.cookies["brouillon"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    cookie.set("brouillon", "faux:faux:faux", "faux:faux:faux")
    assert client.get("/contribuer/initiative/").status_code == 200


def test_the_deployment_check_is_clean_behind_https(tmp_path: Path) -> None:
    own = {k: v for k, v in os.environ.items() if k != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    environment = own | {
        "QUARTIERS_HTTPS": "1",
        "QUARTIERS_VAR": str(tmp_path),
        "ALLOWED_HOSTS": "quartiers.example",
        "DJANGO_SETTINGS_MODULE": "observatory.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }
    command = [sys.executable, "-m", "observatory", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


def test_migrations_say_all_that_the_models_say(capsys: Any) -> None:
    from django.core.management import call_command

    call_command("makemigrations", "contribute", "--check", "--dry-run")


def test_forgetting_is_asked_by_a_link_that_nobody_can_forge(client: Any, sent: Any) -> None:
    contribution = sent()
    forged = links.token("follow", str(contribution.contact_id))[:-2] + "xx"
    assert client.post(f"/contribuer/oublier/{forged}/", {"what": "all"}).status_code == 404
    assert Contribution.objects.get().status == "pending"
