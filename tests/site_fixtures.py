"""The site served from the embedded edition."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches


def told(client: Any, address: str, status: int = 200) -> str:
    """A page, answered as expected."""
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return str(answer.content.decode())


@pytest.fixture
def served(embedded: Path, settings: Any) -> Path:
    """The embedded edition, as the site's own."""
    settings.EDITION = embedded
    return embedded


@pytest.fixture(autouse=True)
def site(request: pytest.FixtureRequest) -> None:
    """Every test of ``tests/site/`` is served the embedded edition."""
    if "site" in request.path.relative_to(Path(__file__).parent).parts:
        request.getfixturevalue("served")
        caches["pages"].clear()


@pytest.fixture
def client_of() -> Any:
    """Another browser, each time it is called."""
    from django.test import Client

    return Client


@pytest.fixture
def account(db: None) -> Any:
    """``account("moderator")``: a browser logged in with a role; none for an account without one."""
    from django.contrib.auth.models import Group, User
    from django.test import Client

    def of(role: str | None) -> Any:
        user = User.objects.create_user(f"compte-{role}", password="une longue phrase de passe")
        if role:
            user.groups.add(Group.objects.get(name=role))
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        client.user = user
        return client

    return of


@pytest.fixture
def sent(db: None) -> Any:
    """``sent(nom=…)``: a confirmed contribution in the queue."""
    from observatory.contribute.models import Contact, Contribution

    def of(kind: str = "declare", **given: Any) -> Any:
        contact = Contact.objects.create(email="ana@exemple.fr")
        cells = given.pop("cells", None) or {
            "nom": "Les mardis de la tablette",
            "description": "Un bénévole aide les aînés à faire leurs démarches en ligne.",
            "commune": "Vénissieux",
            "code_postal": "69200",
            "quartier": "Les Minguettes",
        }
        return Contribution.objects.create(
            kind=kind, status="pending", cells=cells, contact=contact, **given
        )

    return of
