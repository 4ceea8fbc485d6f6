"""The Atom feed of what is new, the site map, robots.txt.

**Reads** the edition. **Writes** nothing.
**Method** An entry's id is a tag: URI (RFC 4151) of the site's host and the initiative's lasting id: the
same over editions, so that a reader shows a change as a change. The date of an entry is that of the
edition that brought it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.feedgenerator import Atom1Feed

from observatory.api.changes import Change, changes
from observatory.api.grounds import grounds
from observatory.edition import current
from quartiers import thesaurus

#: The year from which the host's name is ours, as tag: URIs want.
SINCE = "2026"
WHAT = {"nouvelle": "Nouvelle", "modifiee": "Modifiée", "recente": "Récente"}


class Initiatives(Feed):
    """/flux/initiatives.atom"""

    feed_type = Atom1Feed
    title = "Quartiers : initiatives nouvelles ou modifiées"
    link = "/initiatives/"
    author_name = "Quartiers"
    title_template = None

    def get_object(self, request: HttpRequest) -> HttpRequest:
        return request

    def feed_guid(self, request: HttpRequest) -> str:
        return f"tag:{host(request)},{SINCE}:flux/initiatives"

    def subtitle(self, request: HttpRequest) -> str:
        found = changes(current())
        if not found.before:
            return "Première édition : les fiches les plus récemment mises à jour."
        return (
            f"Depuis l'édition {found.before} : {found.new} nouvelles, {found.changed} modifiées ; "
            "les premières sont ici, toutes sont dans l'API."
        )

    def items(self, request: HttpRequest) -> Sequence[tuple[Change, HttpRequest]]:
        return [(change, request) for change in changes(current()).entries]

    def item_title(self, item: tuple[Change, HttpRequest]) -> str:
        row = item[0].row
        where = f" ({row['commune']})" if row["commune"] else ""
        return f"{WHAT[item[0].kind]} : {plain(row['title'])}{where}"

    def item_description(self, item: tuple[Change, HttpRequest]) -> str:
        return plain(item[0].row["text"])[:600]

    def item_link(self, item: tuple[Change, HttpRequest]) -> str:
        return f"/initiatives/{item[0].row['id']}/"

    def item_guid(self, item: tuple[Change, HttpRequest]) -> str:
        return f"tag:{host(item[1])},{SINCE}:initiative/{item[0].row['id']}"

    def item_updateddate(self, item: tuple[Change, HttpRequest]) -> datetime:
        return current().built_at

    def item_categories(self, item: tuple[Change, HttpRequest]) -> list[str]:
        return [theme] if (theme := item[0].row["main_theme"]) else []


def host(request: HttpRequest) -> str:
    """The site's name, without its port."""
    return str(request.get_host().rsplit(":", 1)[0].strip("[]"))


def plain(text: str) -> str:
    """Text without the control characters that XML forbids."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", " ", text)


class Pages(Sitemap):
    """The pages that have no number."""

    names = ("home", "catalogue", "map", "territories", "themes", "findings", "glossary",
             "opportunities", "compare", "data", "quality", "method", "contribute", "api")  # fmt: skip

    def items(self) -> list[str]:
        found = []
        for name in self.names:
            try:
                found.append(reverse(name))
            except NoReverseMatch:
                continue
        return found

    def location(self, item: str) -> str:
        return item


class InitiativePages(Sitemap):
    """One page an initiative; the day is that of its source, where the day is known."""

    limit = 10_000

    def items(self) -> list[Any]:
        return current().rows(
            "SELECT id, updated FROM initiatives WHERE digital = 'numerique' ORDER BY id"
        )

    def location(self, item: Any) -> str:
        return f"/initiatives/{item['id']}/"

    def lastmod(self, item: Any) -> datetime | None:
        told = item["updated"] or ""
        return datetime.fromisoformat(told) if re.fullmatch(r"\d{4}-\d\d-\d\d", told) else None


class TerritoryPages(Sitemap):
    """One page a territory."""

    def items(self) -> list[str]:
        return list(grounds(current()))

    def location(self, item: str) -> str:
        return f"/territoires/{item}/"


class ConceptPages(Sitemap):
    """One page a concept."""

    def items(self) -> list[str]:
        return sorted(thesaurus.load().concepts)

    def location(self, item: str) -> str:
        return f"/glossaire/{item}/"


SITEMAPS = {
    "pages": Pages,
    "initiatives": InitiativePages,
    "territoires": TerritoryPages,
    "glossaire": ConceptPages,
}
ROBOTS = """\
User-agent: *
Disallow: /moderation/
Disallow: /connexion/
Disallow: /admin/
Disallow: /initiatives/export
Crawl-delay: 1

Sitemap: {}
"""


def robots(request: HttpRequest) -> HttpResponse:
    """/robots.txt: everything may be read, but what is for those who work on it."""
    address = request.build_absolute_uri("/sitemap.xml")
    return HttpResponse(ROBOTS.format(address), content_type="text/plain; charset=utf-8")
