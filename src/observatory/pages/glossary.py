"""The glossary: two worlds' words, side by side, and the bridges between them.

**Reads** the thesaurus, its crosswalks, the edition's index of who says what. **Writes** nothing.
**Method** What the thesaurus says, in a reader's order; a quote is a sentence of an initiative where the
notion's words are said, one a world. **Limits** Words are counted, not meanings.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache, lru_cache
from heapq import heappop, heappush
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from rapidfuzz import fuzz, process

from observatory.edition import Edition, current
from observatory.names import INFRA, THEMES
from observatory.templatetags.site import notion
from quartiers import thesaurus
from quartiers.territories import plain
from quartiers.text import fold, tokens
from quartiers.thesaurus import Concept
from quartiers.thesaurus.crosswalks import LISTS, crossings
from quartiers.thesaurus.usage import sentence

LONGEST = 80
MOST = 60
NEAR = 75
#: Initiatives read to find one whose text holds the words as they are.
QUOTED_FROM = 6


def page(request: HttpRequest) -> HttpResponse:
    """``/glossaire/``"""
    known = thesaurus.load().concepts
    wanted = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST]
    theme = request.GET.get("theme", "")
    theme = theme if theme in THEMES or theme in INFRA else ""
    letter = request.GET.get("lettre", "").upper()[:1]
    rows = [c for c in known.values() if not theme or theme in (c.theme, c.infra)]
    letters = sorted({initial(c) for c in rows})
    letter = letter if letter in letters else ""
    found = (
        look_for(wanted, rows)
        if wanted
        else [c for c in rows if not letter or initial(c) == letter]
    )
    if not wanted:
        found.sort(key=lambda c: plain(notion(c)))
        if not letter and not theme:
            found = [c for c in found if is_bridge(c)]
    context = {
        "wanted": wanted,
        "theme": theme,
        "letter": letter,
        "letters": letters,
        "themes": [*THEMES.items(), *INFRA.items()],
        "pairs": [pair(concept) for concept in found],
        "total": len(known),
        "bridges": not (wanted or letter or theme),
    }
    return render(request, "glossary.html", context)


def is_bridge(concept: Concept) -> bool:
    """A word of the quarters for which the other world has the same, or one close to it."""
    return concept.schemes == ("quartiers",) and bool({"exact", "close"} & set(concept.mappings))


def initial(concept: Concept) -> str:
    """The letter that a notion is under."""
    first = unicodedata.normalize("NFD", notion(concept))[:1].upper()
    return first if first.isalpha() else "#"


@cache
def labels() -> dict[str, tuple[str, ...]]:
    """Notion → its labels in both languages, small letters without accents."""
    return {
        c.slug: tuple(plain(word) for word in (*c.labels, c.pref_en, *c.alt_en))
        for c in thesaurus.load().concepts.values()
    }


def look_for(wanted: str, rows: list[Concept]) -> list[Concept]:
    """Notions whose labels are, begin with, hold or nearly spell the words, in this order."""
    words = plain(wanted)
    if not words:
        return []
    ranks: dict[str, int] = {}
    for concept in rows:
        for label in labels()[concept.slug]:
            rank = 0 if label == words else 1 if label.startswith(words) else 2
            if rank < 2 or words in label:
                ranks[concept.slug] = min(rank, ranks.get(concept.slug, rank))
    if not ranks:
        flat = {label: c.slug for c in rows for label in labels()[c.slug]}
        for label, _, _ in process.extract(
            words, flat.keys(), scorer=fuzz.ratio, limit=8, score_cutoff=NEAR
        ):
            ranks.setdefault(flat[label], 3)
    known = thesaurus.load().concepts
    order = sorted(ranks, key=lambda slug: (ranks[slug], plain(notion(known[slug]))))
    return [known[slug] for slug in order[:MOST]]


def pair(concept: Concept) -> dict[str, Any]:
    """A notion and what the other world says, the quarters' side first."""
    known = thesaurus.load()
    across = [(relation, known.concepts[slug]) for relation, slug in known.across(concept.slug)]
    here = "quartiers" if "quartiers" in concept.schemes else "ville-intelligente"
    return {
        "concept": concept,
        "both": len(concept.schemes) > 1,
        "left": here == "quartiers",
        "across": across,
    }


def concept(request: HttpRequest, slug: str) -> HttpResponse:
    """``/glossaire/<slug>/``"""
    known = thesaurus.load()
    found = known.concepts.get(slug)
    if found is None:
        near = look_for(slug.replace("-", " ")[:LONGEST], list(known.concepts.values()))
        if len(near) == 1:
            return redirect("concept", near[0].slug)
        context = {"wanted": slug[:LONGEST], "near": near[:8]}
        return render(request, "concept_unknown.html", context, status=404)
    edition = current()
    return render(
        request,
        "concept.html",
        {
            **pair(found),
            "broader": [known.concepts[s] for s in found.broader],
            "narrower": [known.concepts[s] for s in found.narrower],
            "related": [known.concepts[s] for s in found.related],
            "aligned": aligned(slug),
            "usage": usage(edition, slug),
        },
    )


#: Other lists → how people call them.
LIST_NAMES = {
    "mednum_services": "Standard des lieux de médiation numérique : services",
    "data_inclusion_thematiques": "data·inclusion : thématiques",
    "eu_data_themes": "Thèmes de données européens",
    "inspire_themes": "Thèmes INSPIRE",
    "aides_territoires_mots_cles": "Aides-territoires : mots-clés",
}


@cache
def alignments() -> dict[str, list[dict[str, str]]]:
    """Notion → the values of official lists that speak of it."""
    found: dict[str, list[dict[str, str]]] = {}
    for name in LISTS:
        for line in crossings(name):
            if line.concept:
                found.setdefault(line.concept, []).append(
                    {
                        "list": LIST_NAMES.get(name, name),
                        "value": line.value,
                        "relation": line.relation,
                        "reason": line.reason,
                    }
                )
    return found


def aligned(slug: str) -> list[dict[str, str]]:
    """The values of official lists that speak of a notion."""
    return alignments().get(slug, [])


@dataclass(slots=True)
class Said:
    """How one world says a notion: in how many initiatives, with which words, best places first."""

    n: int = 0
    words: Counter[str] = field(default_factory=Counter)
    best: list[tuple[float, str, str]] = field(default_factory=list)  # weight, initiative, words


@lru_cache(maxsize=2)
def usages(edition: Edition) -> dict[tuple[str, str], Said]:
    """(notion, world) → how it is said, counted once an edition."""
    found: dict[tuple[str, str], Said] = defaultdict(Said)
    for slug, words, weight, world, initiative in edition.rows(
        "SELECT c.slug, c.words, c.weight, e.world, e.id FROM search_concepts c "
        "JOIN search_entries e ON e.number = c.number WHERE e.world IS NOT NULL"
    ):
        said = found[slug, str(world)]
        said.n += 1
        said.words[words.lower()] += 1
        heappush(said.best, (weight, initiative, words))
        if len(said.best) > QUOTED_FROM:
            heappop(said.best)
    return dict(found)


@lru_cache(maxsize=512)
def usage(edition: Edition, slug: str) -> list[dict[str, Any]]:
    """In each world: how many initiatives say it, with which words, and one quote."""
    rows = []
    for world in thesaurus.WORLDS[::-1]:
        said = usages(edition).get((slug, world), Said())
        rows.append(
            {
                "world": world,
                "n": said.n,
                "words": said.words.most_common(5),
                "quote": quote(edition, said),
            }
        )
    return rows


def quote(edition: Edition, said: Said) -> dict[str, str] | None:
    """A sentence of an initiative that says the notion in its own words."""
    for _, initiative, words in sorted(said.best, reverse=True):
        row = edition.row("SELECT id, title, text FROM initiatives WHERE id = ?", (initiative,))
        if row is None:
            continue
        wanted = [word for _, _, word in tokens(fold(words))]
        places = tokens(fold(row["text"]))
        length = len(wanted)
        for first in range(len(places) - length + 1):
            if [w for _, _, w in places[first : first + length]] == wanted:
                text = sentence(row["text"], places[first][0], places[first + length - 1][1])
                return {"id": row["id"], "title": row["title"], "text": text}
    return None
