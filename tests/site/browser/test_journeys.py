"""What people come to do, done as they do it: with a mouse, a keyboard, a phone, without a script."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.core.management import call_command
from playwright.sync_api import FilePayload, Page, expect

from observatory.contribute.limits import FASTEST
from observatory.contribute.models import Contribution
from observatory.edition import current

pytestmark = pytest.mark.django_db(transaction=True)

Visit = Callable[..., Page]
PASSWORD = "une longue phrase de passe"


def titles(page: Page) -> list[str]:
    """The initiatives that a page of the catalogue shows."""
    return [words.strip() for words in page.locator(".results .rows h3").all_inner_texts()]


def button(page: Page, name: str) -> Any:
    """The one button of that name in the page's content."""
    return page.locator("main").get_by_role("button", name=name, exact=True)


def link(page: Page, name: str) -> Any:
    """The first link of that name in the page's content."""
    return page.locator("main").get_by_role("link", name=name).first


def wait_as_a_person(page: Page) -> None:
    """Nobody fills a form in three seconds, and the site knows it."""
    page.wait_for_timeout((FASTEST + 1.1) * 1000)


def mailed_link(name: str) -> str:
    """The path of a link in the last e-mail."""
    found = re.search(rf"https?://[^/\s]+(/contribuer/{name}/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


@pytest.mark.parametrize(("js", "width"), [(True, 1280), (False, 1280), (True, 360)])
def test_find_then_export_exactly_what_is_shown(visit: Visit, js: bool, width: int) -> None:
    page = visit("/", js=js, width=width)
    page.get_by_role("searchbox").fill("médiathèque")
    button(page, "Chercher").click()
    page.wait_for_url("**/initiatives/?q=m*")
    filters = page.locator("summary", has_text="Filtrer")
    if filters.is_visible():
        filters.click()
    page.get_by_role("checkbox", name="Formation au numérique").check()
    button(page, "Appliquer les filtres").click()
    shown = titles(page)
    assert shown
    assert len(shown) <= 20
    with page.expect_download() as waiting:
        link(page, "CSV").click()
    rows = list(csv.DictReader(io.StringIO(waiting.value.path().read_text("utf-8-sig"))))
    assert [row["title"] for row in rows][: len(shown)] == shown
    count = re.sub(r"\D", "", page.locator("#resultats").inner_text())
    assert len(rows) == int(count)
    assert all("formation" in row["themes"] for row in rows)


def test_a_search_of_nothing_known_offers_ways_out(visit: Visit) -> None:
    page = visit("/initiatives/?q=zzzzzz")
    expect(page.locator("#resultats")).to_have_text("Rien ne correspond")
    expect(page.locator(".empty")).to_contain_text("Cela ne veut pas dire qu'il n'y en a pas")


@pytest.mark.parametrize("js", [True, False])
def test_understand_why_an_initiative_is_there(visit: Visit, js: bool) -> None:
    page = visit("/initiatives/?quartier=oui", js=js)
    first = page.locator(".results .rows h3 a").first
    title = first.inner_text()
    first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_role("heading", name="Pourquoi cette fiche est ici")).to_be_visible()
    marked = page.locator("blockquote mark").first
    expect(marked).to_be_visible()
    decisions = page.locator(".decisions").first.inner_text().casefold()
    assert marked.inner_text().casefold() in decisions
    assert page.locator(".by").first.inner_text()


@pytest.mark.parametrize(("js", "width"), [(True, 1280), (False, 360)])
def test_compare_my_quarter(visit: Visit, js: bool, width: int) -> None:
    page = visit("/territoires/", js=js, width=width)
    page.get_by_role("searchbox").fill("Minguettes")
    button(page, "Trouver").click()
    page.wait_for_url("**/territoires/QN06913M/")
    link(page, "Comparer").click()
    page.wait_for_url("**/comparer/?t=QN06913M*")
    heads = page.locator("table.beside").first.locator("thead th").all_inner_texts()
    assert "Minguettes" in heads[1]
    before = len(heads)
    page.get_by_role("searchbox").fill("69259")
    button(page, "Ajouter").click()
    page.wait_for_url("**t=69259*")
    after = page.locator("table.beside").first.locator("thead th").all_inner_texts()
    assert len(after) == before + 1
    assert "Vénissieux" in after[-1]
    with page.expect_download() as waiting:
        link(page, "CSV").click()
    assert "Vénissieux" in waiting.value.path().read_text("utf-8-sig")


def declare(page: Page) -> None:
    """The four pages of a declaration, to the sending."""
    page.get_by_label("Comment s'appelle l'initiative ?").fill("Les mardis de la tablette")
    page.get_by_label("Que s'y passe-t-il ?").fill(
        "Un bénévole aide les aînés des Minguettes à faire leurs démarches en ligne."
    )
    button(page, "Continuer").click()
    expect(page.locator("main")).to_contain_text("démarches en ligne")
    expect(page.get_by_role("checkbox", name="E-administration")).to_be_checked()
    page.get_by_label("Dans quelle commune ?").fill("Vénissieux")
    page.get_by_label("Code postal").fill("69200")
    button(page, "Continuer").click()
    expect(page.get_by_role("radio", name="QN06913M")).to_be_checked()
    page.get_by_label("Qui la porte ?").fill("Centre social des Clochettes")
    button(page, "Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Relire et envoyer")
    page.get_by_label("Votre courriel").fill("ana@exemple.fr")
    wait_as_a_person(page)
    button(page, "Envoyer").click()


def login(visit: Visit, role: str) -> Page:
    """Someone of that role, entered by the door."""
    user = User.objects.create_user(f"compte-{role}", password=PASSWORD)
    user.groups.add(Group.objects.get(name=role))
    page = visit("/moderation/")
    page.locator("[name=username]").fill(user.username)
    page.locator("[name=password]").fill(PASSWORD)
    button(page, "Entrer").click()
    return page


def test_contribute_confirm_moderate_then_see_it_in_the_next_edition(
    visit: Visit, quartiers: Any, settings: Any, tmp_path: Path
) -> None:
    page = visit("/")
    link(page, "Ajouter une initiative").click()
    link(page, "Ajouter une initiative").click()
    page.wait_for_url("**/contribuer/initiative/")
    page.get_by_label("Que s'y passe-t-il ?").fill("Aide aux démarches en ligne")
    expect(page.locator("#proposal")).to_contain_text("démarches en ligne")
    declare(page)
    assert Contribution.objects.get().status == "unconfirmed"
    page.goto(mailed_link("confirmer"))
    button(page, "C'est bien moi, envoyer").click()
    expect(page.get_by_role("status")).to_contain_text("C'est confirmé")
    office = login(visit, "editor")
    link(office, "Les mardis de la tablette").click()
    expect(office.locator("main")).to_contain_text("démarches en ligne")
    button(office, "Refuser").click()
    expect(office.get_by_role("alert")).to_be_visible()
    button(office, "Accepter").click()
    expect(office).to_have_url(re.compile("/moderation/"))
    assert Contribution.objects.get().status == "accepted"
    page.goto(mailed_link("suivre"))
    expect(page.locator("main")).to_contain_text("Les mardis de la tablette")
    call_command("export_contributions", str(tmp_path / "out"), stdout=io.StringIO())
    files = ["--contributions", str(tmp_path / "out" / "observatoire.csv")]
    for name in ("etiquettes.csv", "paires.csv", "corrections.csv"):
        files += ["--judgements", str(tmp_path / "out" / name)]
    quartiers("build", "--embedded", *files, editions=tmp_path / "editions")
    settings.EDITION = tmp_path / "editions" / "current"
    page.goto("/initiatives/?q=mardis+de+la+tablette")
    link(page, "Les mardis de la tablette").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Les mardis de la tablette")
    expect(page.locator(".where").first).to_contain_text("Minguettes")


def upload(page: Page, content: str) -> None:
    """A spreadsheet chosen and sent."""
    file = FilePayload(name="actions.csv", mimeType="text/csv", buffer=content.encode())
    page.get_by_label("Votre fichier").set_input_files(file)
    page.get_by_label("Votre courriel").fill("ana@exemple.fr")
    wait_as_a_person(page)
    button(page, "Relire mon fichier").click()


@pytest.mark.parametrize("js", [True, False])
def test_a_bad_spreadsheet_is_explained_then_a_good_one_is_taken(visit: Visit, js: bool) -> None:
    good = "nom;description;commune\nAtelier;Cours de tablette pour tous;Lyon\n"
    page = visit("/contribuer/tableur/", js=js)
    upload(page, good + "X;trop;Lyon\n")
    expect(page.get_by_role("alert")).to_contain_text("Rien n'a été gardé")
    row = page.locator("table tbody tr", has_text="texte trop court")
    expect(row.first.get_by_role("rowheader")).to_have_text("3")
    assert not Contribution.objects.exists()
    upload(page, good)
    expect(page).to_have_url(re.compile("/contribuer/envoye/"))
    assert Contribution.objects.count() == 1
    assert "/contribuer/confirmer/" in mail.outbox[0].body


def focused(page: Page) -> str:
    """What holds the focus, as a screen reader would name it; fails if it cannot be seen."""
    told = page.evaluate(
        """() => {
          const one = document.activeElement, style = getComputedStyle(one);
          const box = one.getBoundingClientRect();
          return {name: (one.getAttribute("aria-label") || one.innerText || one.id || one.tagName).trim(),
            tag: one.tagName,
            seen: one === document.body || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
              && box.width > 0 && box.height > 0)};
        }"""
    )
    assert told["seen"], told
    return str(told["name"])


def tab_to(page: Page, name: str, most: int = 120) -> None:
    """Tab until something of that name has the focus, which shows all along."""
    passed = []
    for _ in range(most):
        page.keyboard.press("Tab")
        passed.append(focused(page))
        if name in passed[-1]:
            return
    raise AssertionError(f"{name} not reached: {passed}")


def test_the_keyboard_alone_finds_filters_and_reads(visit: Visit) -> None:
    page = visit("/")
    page.keyboard.press("Tab")
    assert focused(page) == "Aller au contenu"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "q"
    page.keyboard.type("tablette")
    page.keyboard.press("Enter")
    page.wait_for_url("**/initiatives/?q=tablette")
    tab_to(page, "Thèmes")
    page.keyboard.press("Enter")
    page.wait_for_url("**/themes/")
    page.go_back()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    box = page.get_by_role("checkbox", name="Formation au numérique")
    box.focus()
    page.keyboard.press("Space")
    tab_to(page, "Appliquer les filtres")
    page.keyboard.press("Enter")
    page.wait_for_url("**theme=formation**")
    first = titles(page)[0]
    tab_to(page, first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(first)


def test_the_keyboard_alone_fills_the_form(visit: Visit) -> None:
    page = visit("/contribuer/initiative/")
    tab_to(page, "id_nom")
    page.keyboard.type("Les mardis de la tablette")
    tab_to(page, "id_description")
    page.keyboard.type("Aide aux démarches en ligne.")
    tab_to(page, "Continuer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Où est-ce ?")


def test_the_map_holds_no_one_and_moves_by_keys(visit: Visit) -> None:
    page = visit("/carte/")
    expect(page.locator("#map canvas")).to_be_visible()
    tab_to(page, "Carte\u00a0: flèches")
    before = page.url
    page.keyboard.press("+")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("before => location.href !== before", arg=before)
    tab_to(page, "Données et API", most=60)


def test_without_a_script_every_page_has_its_content(visit: Visit) -> None:
    page = visit("/carte/", js=False)
    assert page.locator(".atlas .rows h3 a").count() > 5
    expect(page.locator("#map")).to_be_hidden()
    page.goto("/contribuer/initiative/")
    declare(page)
    expect(page).to_have_url(re.compile("/contribuer/envoye/"))
    page.goto(mailed_link("confirmer"))
    button(page, "C'est bien moi, envoyer").click()
    assert Contribution.objects.get().status == "pending"


def test_the_whole_way_in_english(visit: Visit) -> None:
    page = visit("/")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("searchbox").fill("tablette")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/initiatives/?q=tablette")
    page.locator(".results .rows h3 a").first.click()
    assert "/en/initiatives/" in page.url
    expect(page.locator("h1")).to_have_attribute("lang", "fr")
    page.get_by_role("link", name="Français").click()
    assert "/en/" not in page.url
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_on_a_phone_a_quarter_is_read_from_the_first_screen(visit: Visit) -> None:
    page = visit("/", width=360)
    link(page, "Choisir un territoire").click()
    page.get_by_role("searchbox").fill("QN06913M")
    button(page, "Trouver").click()
    page.wait_for_url("**/territoires/QN06913M/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    n = current().value(
        "SELECT CAST(value AS INTEGER) FROM measures WHERE territory = 'QN06913M' AND indicator = 'initiatives'"
    )
    expect(page.locator(".figures b").first).to_have_text(str(n))
