"""The closed lists of the study: kinds of things, themes, infrastructure topics, forms of innovation.

**Reads** nothing. **Writes** nothing.
**Method** A value that is in none of these lists is a mistake. ``shapes`` gives them again beside the shapes
that hold them; a program that only shows an edition needs no more than this.
**Limits** Slugs: their French names are in the thesaurus and in ``compare.cards``.
"""

from __future__ import annotations

KINDS: tuple[str, ...] = ("action", "lieu", "service", "projet", "organisation")

#: The study's eight themes, in its own order (DESIGN of the study, chapters 1 to 8).
THEMES: tuple[str, ...] = (
    "e-administration",
    "citoyennete",
    "formation",
    "insertion",
    "entrepreneuriat",
    "logement",
    "mobilite",
    "culture",
)
#: The infrastructure topics of the smart city.
INFRA: tuple[str, ...] = ("energie", "reseaux", "donnees", "capteurs", "securite")
#: The observable forms of innovation.
FORMS: tuple[str, ...] = ("mediation", "frugal", "hybride", "declared")
#: How a point or a text stands to a quarter (`locate`), the nearest first.
STATES: tuple[str, ...] = ("dedans", "limite", "proche", "hors", "inconnu")
#: What `classify` decides about: one dimension a row.
DIMENSIONS: tuple[str, ...] = ("theme", "infra", "form")
