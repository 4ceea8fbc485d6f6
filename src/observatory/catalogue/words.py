"""What the catalogue's facets and their values are called.

**Reads** the edition's sources. **Writes** nothing.
"""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from observatory.catalogue.index import UNKNOWN
from observatory.catalogue.question import Question
from observatory.edition import Edition
from observatory.names import name_of

LEGENDS = {
    "quartier": _("Quartier prioritaire"),
    "theme": _("Thème"),
    "certitude": _("Certitude"),
    "forme": _("Forme"),
    "lieu": _("Lieu relais"),
    "porteur": _("Porteur"),
    "infra": _("Infrastructure"),
    "monde": _("Quartiers ou ville intelligente"),
    "annee": _("Année de début"),
    "source": _("Source"),
}
VALUES = {
    "quartier": {
        "oui": _("Dans un quartier prioritaire"),
        "proche": _("À proximité d'un quartier"),
        "hors": _("Ailleurs"),
        UNKNOWN: _("On ne sait pas"),
    },
    "certitude": {"sur": _("Numérique, sûr"), "doute": _("En doute")},
    "theme": {UNKNOWN: _("Sans thème repéré")},
    "porteur": {UNKNOWN: _("Non dit par les sources")},
    "monde": {UNKNOWN: _("Non dit par les sources")},
    "annee": {UNKNOWN: _("Non dite par les sources")},
}
#: Facet → the dimension of ``names`` that its values belong to.
DIMENSION = {"theme": "theme", "forme": "form", "lieu": "place", "porteur": "carrier"}
DIMENSION |= {"infra": "infra", "monde": "world"}


def value_label(edition: Edition, facet: str, value: str) -> str:
    """What a value is called."""
    if value in VALUES.get(facet, {}):
        return str(VALUES[facet][value])
    if facet in DIMENSION:
        return name_of(DIMENSION[facet], value)
    return source_titles(edition).get(value, value) if facet == "source" else value


@lru_cache(maxsize=2)
def source_titles(edition: Edition) -> dict[str, str]:
    """Source → its title."""
    return {r["name"]: r["title"] for r in edition.rows("SELECT name, title FROM sources")}


def active(edition: Edition, question: Question) -> list[dict[str, str]]:
    """The filters in force: what each is, what it says, the question without it."""
    filters = []
    if question.words:
        filters.append(
            {"name": "q", "value": "", "said": gettext("« %(words)s »") % {"words": question.words}}
        )
    if question.place:
        named = (
            question.territory.nom
            if question.territory
            else gettext("« %(words)s »") % {"words": question.place}
        )
        filters.append({"name": "territoire", "value": "", "said": named})
    for facet, values in question.facets.items():
        for value in values:
            said = gettext("%(facet)s : %(value)s") % {
                "facet": LEGENDS[facet],
                "value": value_label(edition, facet, value),
            }
            filters.append({"name": facet, "value": value, "said": said})
    return [f | {"query": question.without(f["name"], f["value"]).query()} for f in filters]
