"""Every page type, in both languages, light and dark: no fault that axe-core can see (WCAG 2.2 AA),
no sideways scrolling on a small phone, and a light page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import override
from playwright.sync_api import Page

from browser_fixtures import is_page
from observatory.contribute import links, urls
from observatory.contribute.models import Batch
from observatory.edition import current
from observatory.urls import PAGES

pytestmark = pytest.mark.django_db(transaction=True)

RULES = [
    *("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"),
    "best-practice",
]
#: What fills the blanks of an address, asked of the edition; a new page with a blank adds its line.
BLANKS = {
    "initiative": "SELECT id FROM initiatives WHERE digital = 'numerique' AND qpv_code <> '' ORDER BY id",
    "territory": "SELECT 'QN06913M'",
    "theme": "SELECT 'formation'",
    "finding": "SELECT 'C1'",
    "concept": "SELECT 'mediation-numerique'",
}
#: Pages with a frame of their own: portraits of a quarter, a commune, a region, the country; the widget.
APART = [f"/territoires/{code}/portrait.html" for code in ("QN06913M", "COM69259", "REG84", "FR")]
APART += ["/widget/?territory=COM69259", "/widget/"]
#: Page weights: HTML, styles, scripts, fonts, images, before compression; the map apart.
MOST_BYTES, MOST_REQUESTS = 150_000, 25
#: Addresses of people's pages end with a stroke; those of files with their kind.
NAMES = [page.name for page in PAGES if is_page(page)]
#: Where people contribute, and where others read what they sent.
DESKS = [page.name for page in urls.urlpatterns if is_page(page)]
WHAT = {
    "nom": "Les mardis de la tablette",
    "description": "Un bénévole aide les aînés des Minguettes à faire leurs démarches en ligne.",
    "type": "action",
}
WHERE = {"commune": "Vénissieux", "code_postal": "69200", "themes": ["e-administration"]}


def address_of(name: str, language: str = "fr") -> str:
    """The address of a page, its blank filled from the edition."""
    with override(language):
        return str(reverse(name, args=[current().value(BLANKS[name])] if name in BLANKS else []))


def faults(page: Page) -> list[str]:
    """What axe-core holds against a page, and where."""
    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    return list(told(Axe().run(page, options=options).response["violations"]))


def told(violations: list[dict[str, Any]]) -> Iterator[str]:
    """Each fault, where it is."""
    for fault in violations:
        for node in fault["nodes"]:
            yield f"{fault['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_no_fault_that_axe_can_see_light_or_dark(
    tab: Callable[..., Page], name: str, language: str
) -> None:
    page = tab(address_of(name, language))
    assert not (found := faults(page)), "\n".join(found)
    page.emulate_media(color_scheme="dark")
    assert not (found := faults(page)), "\n".join(found)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_a_small_phone_never_scrolls_sideways(
    tab: Callable[..., Page], name: str, language: str
) -> None:
    page = tab(address_of(name, language), width=320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(
    "address", ["/territoires/COM69256/", "/territoires/REG84/", "/comparer/?t=COM69256&t=COM69259"]
)
def test_wide_tables_scroll_in_their_own_frame_not_the_page(
    tab: Callable[..., Page], address: str
) -> None:
    page = tab(address, width=320)
    assert page.locator(".table").count()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("address", APART)
def test_no_fault_that_axe_can_see_in_reports_to_print_and_in_the_widget(
    tab: Callable[..., Page], address: str
) -> None:
    page = tab(address)
    assert not (found := faults(page)), "\n".join(found)
    page.emulate_media(color_scheme="dark")
    assert not (found := faults(page)), "\n".join(found)
    page.set_viewport_size({"width": 320, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("name", NAMES)
def test_pages_are_light(visit: Callable[..., Page], name: str) -> None:
    page = visit("about:blank")
    weights: list[int] = []
    page.on("response", lambda answer: weights.append(len(answer.body())))
    page.goto(address_of(name), wait_until="networkidle")
    assert len(weights) <= MOST_REQUESTS
    assert name == "map" or sum(weights) <= MOST_BYTES, weights


def begun(client: Any) -> str:
    """The mark of an account whose link to another password was just followed by this browser."""
    mark = str(urlsafe_base64_encode(force_bytes(client.user.pk)))
    secret = default_token_generator.make_token(client.user)
    client.get(reverse("password_reset_confirm", args=[mark, secret]))
    return mark


@pytest.fixture
def desk(roles: None, account: Any, sent: Any) -> Callable[..., tuple[str, Any]]:
    """The address of a page of contribution or moderation, and the client that may open it:
    an editor with a draft begun and contributions waiting."""
    client = account("editor")
    client.post("/contribuer/initiative/", WHAT)
    client.post("/contribuer/initiative/ou/", WHERE)
    contribution = sent(batch=Batch.objects.create(name="actions.csv"))
    initiative = current().value(BLANKS["initiative"])
    blanks = {
        "contribute_step": "ou",
        "moderation_batch": contribution.batch_id,
        "moderation_one": contribution.id,
        **dict.fromkeys(["contribute_correct", "contribute_claim", "contribute_error"], initiative),
        **{
            f"contribute_{use}": links.token(use, str(contribution.contact_id))
            for use in ("confirm", "follow")
        },
        "contribute_erase": links.token("follow", str(contribution.contact_id)),
        "password_reset_confirm": [begun(client), "set-password"],
    }

    def found(name: str, language: str) -> tuple[str, Any]:
        with override(language):
            given = blanks.get(name, [])
            return reverse(name, args=given if isinstance(given, list) else [given]), client

    return found


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", DESKS)
def test_no_fault_that_axe_can_see_where_people_contribute_and_moderate(
    desk: Callable[..., tuple[str, Any]], tab: Callable[..., Page], name: str, language: str
) -> None:
    address, client = desk(name, language)
    if (status := client.get(address).status_code) != 200:
        assert status == 405 or name == "login_code", "what only answers forms is no page"
        return
    page = tab(address, cookies={name: one.value for name, one in client.cookies.items()})
    assert not (found := faults(page)), "\n".join(found)
    page.emulate_media(color_scheme="dark")
    assert not (found := faults(page)), "\n".join(found)
    page.set_viewport_size({"width": 320, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
