"""Themes, findings, glossary, meetings, comparison: what the edition says, in both languages."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.utils.html import escape

from observatory.edition import current
from observatory.words import against
from quartiers import thesaurus
from quartiers.shapes import THEMES
from site_fixtures import told

pytestmark = pytest.mark.django_db

LYON, LILLE = "EPCI200046977", "EPCI200093201"
ADDRESSES = [
    "/themes/",
    "/themes/formation/",
    "/enseignements/",
    "/enseignements/C1/",
    "/glossaire/",
    "/glossaire/capteur/",
    "/rencontres/",
    f"/rencontres/?territory={LYON}&sujet=donnees",
    "/comparer/",
    f"/comparer/?t={LYON}&t={LILLE}",
    "/qualite/",
    "/methode/",
    "/donnees/",
    "/mentions-legales/",
    "/vie-privee/",
    "/accessibilite/",
    "/territoires/",
]


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_each_page_is_whole_in_both_languages(client: Any, language: str, address: str) -> None:
    page = told(client, language + address)
    assert page.count("<h1") == 1
    assert "style=" not in page
    assert len(page.encode()) < 150_000
    assert f'<html lang="{"en" if language else "fr"}">' in page


@pytest.mark.parametrize(
    "address",
    [
        "/rencontres/?territory=%00&sujet=%27&page=-3",
        "/rencontres/?page=zzz",
        "/rencontres/?territory=" + "x" * 3000,
        "/comparer/?t=%00&t=%3Cscript%3E&t=" + "x" * 3000,
        "/comparer/?" + "&".join(f"t=QN{i:05d}M" for i in range(50)),
        "/glossaire/?q=%3Cscript%3E&theme=%27&lettre=%F0%9F%92%A9",
        "/glossaire/?q=" + "x" * 3000,
        "/glossaire/?q=%00",
    ],
)
def test_no_parameter_breaks_a_page(client: Any, address: str) -> None:
    assert "<script>" not in told(client, address).split("<main")[1]


@pytest.mark.parametrize(
    "address",
    ["/themes/inconnu/", "/enseignements/C99/", "/enseignements/x/", "/donnees/fichiers/secret_key",
     "/donnees/fichiers/..%2Fmanifest.json", "/comparer/export.exe"],
)  # fmt: skip
def test_what_does_not_exist_is_a_plain_404(client: Any, address: str) -> None:
    assert "<h1>" in told(client, address, 404)


@pytest.mark.parametrize("slug", THEMES)
def test_each_theme_counts_what_the_edition_holds(client: Any, slug: str) -> None:
    count = current().value(
        "SELECT count(*) FROM initiatives i JOIN initiative_themes t ON t.initiative = i.id "
        "WHERE t.theme = ? AND i.digital = 'numerique' AND i.in_quartiers",
        (slug,),
    )
    assert f"<b>{count}</b>" in told(client, f"/themes/{slug}/")


def test_the_thirteen_findings_bear_their_verdict(client: Any) -> None:
    page = told(client, "/enseignements/")
    for row in current().rows("SELECT id, verdict FROM findings"):
        assert f"/enseignements/{row['id']}/" in page
        assert f'class="verdict {row["verdict"]}"' in page


def test_a_finding_says_what_its_data_cannot_see(client: Any) -> None:
    limits = current().value("SELECT limits FROM findings WHERE id = 'C10'")
    assert limits[:40] in told(client, "/enseignements/C10/")


def test_a_concept_shows_both_banks_of_its_bridge(client: Any) -> None:
    known = thesaurus.load()
    slug = next(c.slug for c in known.concepts.values() if c.mappings.get("close"))
    other = known.concepts[slug].mappings["close"][0]
    page = told(client, f"/glossaire/{slug}/")
    assert f"/glossaire/{other}/" in page
    assert "proche de" in page
    assert f"urn:quartiers:concept:{slug}" in page


def test_a_concept_without_equivalent_says_why(client: Any) -> None:
    concept = next(c for c in thesaurus.load().concepts.values() if c.no_equivalent)
    assert "Pas d'équivalent." in told(client, f"/glossaire/{concept.slug}/")


def test_every_concept_has_a_page(client: Any) -> None:
    for slug in thesaurus.load().concepts:
        told(client, f"/glossaire/{slug}/")


def test_the_glossary_hears_words_without_accents_in_english_and_misspelt(client: Any) -> None:
    for typed in ("mediation", "sensor", "capteurr"):
        assert '<table class="pairs">' in told(client, f"/glossaire/?q={typed}"), typed


def test_an_unknown_concept_proposes_near_ones(client: Any) -> None:
    answer = client.get("/glossaire/capteurrs/")
    assert answer.status_code in (302, 404)


def test_meetings_of_a_territory_are_those_of_the_edition_with_their_reasons(client: Any) -> None:
    page = told(client, f"/rencontres/?territory={LYON}")
    own = current().rows("SELECT * FROM opportunities WHERE territory = ? ORDER BY rank", (LYON,))
    assert own
    for row in own:
        assert f'value="{LYON}:{row["topic"]}"' in page
        for reason in json.loads(row["because"]):
            assert escape(reason) in page
    assert "Le quartier apporterait" in page
    assert "La ville intelligente apporterait" in page


def test_meetings_on_a_topic_are_of_no_other(client: Any) -> None:
    page = told(client, "/rencontres/?sujet=donnees")
    keys = re.findall(r'name="opportunity" value="(.*?)"', page)
    assert keys
    assert all(key.endswith(":donnees") for key in keys)


def test_an_old_phase_is_never_shown_as_today_s(client: Any) -> None:
    year = current().built_at.year
    rows = current().rows(
        "SELECT o.territory, o.topic FROM opportunities o JOIN renewals r ON r.name = o.site "
        "WHERE o.rank = 1 GROUP BY o.territory HAVING max(substr(r.seen, 1, 4)) <= ? LIMIT 5",
        (str(year - 2),),
    )
    assert rows
    for row in rows:
        page = told(client, f"/rencontres/?territory={row['territory']}&sujet={row['topic']}")
        assert "à vérifier auprès du porteur" in page.split('<article class="meeting">')[1]


def test_an_edition_without_propositions_says_so(
    client: Any, served: Path, settings: Any, tmp_path: Path
) -> None:
    for name in ("quartiers.sqlite", "manifest.json"):
        shutil.copy(served / name, tmp_path)
    with closing(sqlite3.connect(tmp_path / "quartiers.sqlite")) as connection:
        connection.execute("DROP TABLE opportunities")
        connection.commit()
    settings.EDITION = tmp_path
    assert "ne contient pas de propositions" in told(client, "/rencontres/?sujet=donnees")


def test_a_difference_is_said_only_when_intervals_do_not_meet() -> None:
    assert against({"low": 3, "high": 5}, {"low": 1, "high": 2}) == "more"
    assert against({"low": 0, "high": 1}, {"low": 2, "high": 3}) == "less"
    assert against({"low": 0, "high": 2}, {"low": 2, "high": 3}) == "alike"
    assert against({"low": None, "high": 2}, {"low": 2, "high": 3}) == ""
    assert against(None, {"low": 2, "high": 3}) == ""


def test_a_comparison_takes_six_territories_and_no_more(client: Any) -> None:
    codes = ["QN06913M", "QN06901M", "QN06902M", "QN06903M", "QN06904M", "QN06905M", "QN06906M"]
    known = [c for c in codes if client.get(f"/territoires/{c}/").status_code == 200]
    page = told(client, "/comparer/?" + "&".join(f"t={c}" for c in known))
    assert page.count("retirer</a>") == min(6, len(known))


def test_an_ambiguous_name_is_asked_about(client: Any) -> None:
    assert "désigne plusieurs territoires" in told(client, "/comparer/?t=Saint-Denis")


def test_a_comparison_is_exported_whole(client: Any) -> None:
    answer = client.get(f"/comparer/export.csv?t={LYON}&t={LILLE}")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert {row["territoire"] for row in rows} == {LYON, LILLE}
    count = current().value(
        "SELECT count(*) FROM measures WHERE territory IN (?, ?)", (LYON, LILLE)
    )
    assert len(rows) == count


def test_a_meeting_can_be_judged_and_leads_back_to_the_same_list(client: Any) -> None:
    page = told(client, f"/rencontres/?territory={LYON}")
    site = page.split('name="opportunity" value="')[1].split('"')[0]
    answer = client.post(
        "/rencontres/avis/",
        {"opportunity": site, "useful": "oui", "next": f"/rencontres/?territory={LYON}"},
    )
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/rencontres/?territory={LYON}"
    assert "votre avis est compté" in told(client, f"/rencontres/?territory={LYON}")
