"""The common thesaurus: two worlds, one vocabulary.

**Reads** ``study/thesaurus/*.ttl`` (SKOS, written by hand, one file a chapter) through its compiled
form ``thesaurus.json``. **Writes** nothing, but :func:`write_turtle` for the exports.
**Method** The Turtle is the source. Parsing it takes rdflib about a second, which each worker would
pay again: the JSON beside it holds the same facts and the digest of the Turtle that it comes from.
When an expert has edited the Turtle, the digests differ and the Turtle itself is read: never stale,
only slower until ``quartiers thesaurus compile``.
**Limits** One theme, one infrastructure topic and one form a concept: the one that its words alone
speak for. Labels are French; English labels are for the website and for queries.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from quartiers.errors import StudyError

#: Concepts are ``urn:quartiers:concept:<slug>``; properties and schemes ``urn:quartiers:<name>``.
NAMESPACE = "urn:quartiers:"
CONCEPT = NAMESPACE + "concept:"
#: The two worlds. A concept of both is a word that both use alike.
WORLDS = ("ville-intelligente", "quartiers")
#: relation → its converse. Mappings join the two worlds; inside one, broader and related do.
CONVERSE = {
    "exact": "exact",
    "close": "close",
    "broad": "narrow",
    "narrow": "broad",
    "related": "related",
}
STRENGTHS = ("decisive", "support", "none")


@dataclass(frozen=True, slots=True)
class Concept:
    """One notion. ``alt`` are accepted synonyms; ``hidden`` are field words, matched, never shown.
    ``asked`` (``asked_en``) are the words of people who search: they lead to the concept from a query,
    and are never looked for in a record. ``told`` are the words by which a record tells the concept
    without naming it: heard by search, never by the reader; several concepts may share one.

    ``digital`` ∈ decisive | support | none: what its words alone announce. ``mappings`` is relation
    (exact, close, broad, narrow, related) → slugs of the other world; ``broader``, ``narrower`` and
    ``related`` stay inside a world. ``no_equivalent`` says why the other world has no word.
    ``false_friends`` are phrases that hold a label and are not the concept; ``false_friend_note``
    says that none is known.
    """

    slug: str
    iri: str
    pref: str
    pref_en: str
    alt: tuple[str, ...]
    alt_en: tuple[str, ...]
    hidden: tuple[str, ...]
    asked: tuple[str, ...]
    asked_en: tuple[str, ...]
    told: tuple[str, ...]
    definition: str
    schemes: tuple[str, ...]
    theme: str | None
    infra: str | None
    form: str | None
    place_type: str | None
    digital: str | None
    broader: tuple[str, ...]
    narrower: tuple[str, ...]
    related: tuple[str, ...]
    mappings: dict[str, tuple[str, ...]]
    false_friends: tuple[str, ...]
    false_friend_note: str | None
    no_equivalent: str | None
    note: str | None
    chapter: str

    @property
    def labels(self) -> tuple[str, ...]:
        """All the French words that name the concept, the preferred one first."""
        return (self.pref, *self.alt, *self.hidden)


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """The concepts by slug, in the order of the chapters, and the digest of their Turtle."""

    concepts: dict[str, Concept]
    digest: str

    def across(self, slug: str) -> list[tuple[str, str]]:
        """(relation, slug) of what the other world calls it, the nearest relation first."""
        mapped = self.concepts[slug].mappings
        return [(relation, other) for relation in CONVERSE for other in mapped.get(relation, ())]


def folder() -> Path:
    """Where the Turtle lives."""
    return Path(str(files("quartiers.study") / "thesaurus"))


def chapters(where: Path | None = None) -> list[Path]:
    """The Turtle files in their order."""
    found = sorted((where or folder()).glob("[0-9][0-9]-*.ttl"))
    if not found:
        raise StudyError(
            f"{where or folder()}: no chapter of the thesaurus is there (expected files named "
            "«NN-name.ttl»); reinstall the package or give the right folder."
        )
    return found


def digest(paths: list[Path]) -> str:
    """One fingerprint of the chapters, names and contents."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode())
        total.update(path.read_bytes())
    return total.hexdigest()


@cache
def load(where: Path | None = None) -> Thesaurus:
    """The thesaurus, read once a process."""
    paths = chapters(where)
    mark = digest(paths)
    compiled = paths[0].parent / "thesaurus.json"
    if compiled.exists():
        kept = json.loads(compiled.read_text("utf-8"))
        if kept["digest"] == mark:
            return _thesaurus(kept["concepts"], mark)
    from quartiers.thesaurus.turtle import parse

    return _thesaurus(parse(paths), mark)


def _thesaurus(rows: list[dict[str, Any]], mark: str) -> Thesaurus:
    """Concepts from plain rows; narrower is worked out from broader."""
    narrower: dict[str, list[str]] = {}
    for row in rows:
        for above in row["broader"]:
            narrower.setdefault(above, []).append(row["slug"])
    concepts = {}
    for row in rows:
        lists = {k: tuple(v) for k, v in row.items() if isinstance(v, list)}
        mappings = {k: tuple(v) for k, v in row["mappings"].items()}
        below = tuple(sorted(narrower.get(row["slug"], [])))
        concepts[row["slug"]] = Concept(
            **{
                **row,
                **lists,
                "mappings": mappings,
                "narrower": below,
                "iri": CONCEPT + row["slug"],
            }
        )
    return Thesaurus(concepts, mark)


def write_turtle(path: Path) -> None:
    """The whole thesaurus as one Turtle file: the chapters themselves, one after another."""
    from quartiers.thesaurus.turtle import joined

    path.write_text(joined(chapters()), "utf-8")
