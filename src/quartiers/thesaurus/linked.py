"""The thesaurus as JSON-LD, from its loaded form: no RDF library at build time.

**Reads** the loaded thesaurus, ``study/thesaurus/changelog.md``. **Writes** two files of the exports.
**Method** One node a concept, SKOS's own names; IRIs are those of the Turtle and never change.
**Limits** The schemes' descriptions are in the Turtle only.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from quartiers.thesaurus import CONCEPT, NAMESPACE, Concept, folder, load

CONTEXT = {"skos": "http://www.w3.org/2004/02/skos/core#", "qt": NAMESPACE, "c": CONCEPT}
MATCHES = ("exact", "close", "broad", "narrow", "related")


def write_linked(where: Path) -> None:
    """``thesaurus.jsonld`` and ``thesaurus-changelog.md``."""
    graph = [node(concept) for concept in load().concepts.values()]
    text = json.dumps({"@context": CONTEXT, "@graph": graph}, ensure_ascii=False, indent=1)
    (where / "thesaurus.jsonld").write_text(text + "\n", "utf-8")
    told = (folder() / "changelog.md").read_text("utf-8")
    (where / "thesaurus-changelog.md").write_text(told, "utf-8")


def node(concept: Concept) -> dict[str, Any]:
    """One concept; empty members are left out."""
    found: dict[str, Any] = {
        "@id": f"c:{concept.slug}",
        "@type": "skos:Concept",
        "skos:inScheme": [{"@id": f"qt:{s}"} for s in concept.schemes],
        "skos:prefLabel": [*said("fr", concept.pref), *said("en", concept.pref_en)],
        "skos:altLabel": [*said("fr", *concept.alt), *said("en", *concept.alt_en)],
        "skos:hiddenLabel": said("fr", *concept.hidden),
        "skos:definition": said("fr", concept.definition),
        "skos:scopeNote": said("fr", concept.note),
        "skos:broader": links(concept.broader),
        "skos:related": links(concept.related),
        "qt:asked": [*said("fr", *concept.asked), *said("en", *concept.asked_en)],
        "qt:told": said("fr", *concept.told),
        "qt:falseFriend": said("fr", *concept.false_friends),
        "qt:noEquivalent": said("fr", concept.no_equivalent),
    }
    for relation in MATCHES:
        found[f"skos:{relation}Match"] = links(concept.mappings.get(relation, ()))
    return {key: value for key, value in found.items() if value}


def said(language: str, *texts: str | None) -> list[dict[str, str]]:
    """Texts in a language."""
    return [{"@value": text, "@language": language} for text in texts if text]


def links(slugs: tuple[str, ...]) -> list[dict[str, str]]:
    """Links to concepts."""
    return [{"@id": f"c:{slug}"} for slug in slugs]
