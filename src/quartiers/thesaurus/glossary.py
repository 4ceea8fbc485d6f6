"""The glossary page: both worlds' words, chapter by chapter, made from the thesaurus.

**Reads** the thesaurus and the titles of its chapters. **Writes** the text of
``docs/glossary.md``; a test checks that the page is fresh.
**Method** One entry a concept: definition, accepted words, what the other world says, false friends.
**Limits** Hidden labels (misspellings, field words) are matched, not shown. Who uses which word is
counted on demand: ``quartiers thesaurus usage``.
"""

from __future__ import annotations

from collections.abc import Iterator

from quartiers.thesaurus import Concept, Thesaurus, chapters

SAID = {
    "exact": "équivaut à",
    "close": "proche de",
    "narrow": "comprend",
    "broad": "fait partie de",
    "related": "touche à",
}
WORLD = {"quartiers": "quartiers", "ville-intelligente": "ville intelligente"}
HEAD = """# Glossaire commun
Page produite par `quartiers thesaurus glossary` : la corriger, c'est corriger le thésaurus
(`src/quartiers/study/thesaurus/`).

Deux mondes parlent des mêmes besoins avec d'autres mots. Pour chaque notion : ce qu'elle veut dire, les
mots acceptés, ce que dit l'autre monde, et les faux amis. `quartiers thesaurus usage` compte qui emploie
quels mots, citations à l'appui.
"""


def page(thesaurus: Thesaurus) -> str:
    """The whole page."""
    parts = [HEAD, f"{len(thesaurus.concepts)} notions."]
    for path in chapters():
        entries = [c for c in thesaurus.concepts.values() if c.chapter == path.stem]
        if not entries:
            continue
        parts.append(f"\n## {title(path.read_text('utf-8'))}\n")
        for concept in sorted(entries, key=lambda c: c.pref.casefold()):
            parts.extend(entry(concept, thesaurus))
    return "\n".join(parts) + "\n"


def title(turtle: str) -> str:
    """A chapter's title: its first comment."""
    comments = [line[1:].strip() for line in turtle.splitlines() if line.startswith("#")]
    return comments[0] if comments else ""


def entry(concept: Concept, thesaurus: Thesaurus) -> Iterator[str]:
    """One concept's lines."""
    worlds = " et ".join(WORLD[s] for s in concept.schemes)
    yield f'### <a id="{concept.slug}"></a>{concept.pref}\n'
    yield f"*{concept.pref_en}* · {worlds}\n"
    yield concept.definition + "\n"
    if concept.alt:
        yield f"- On dit aussi : {', '.join(concept.alt)}."
    for relation, target in thesaurus.across(concept.slug):
        other = thesaurus.concepts[target]
        yield f"- Dans l'autre monde, {SAID[relation]} : [{other.pref}](#{target})."
    if concept.no_equivalent:
        yield f"- Sans équivalent dans l'autre monde : {concept.no_equivalent}"
    if concept.broader:
        above = (f"[{thesaurus.concepts[b].pref}](#{b})" for b in concept.broader)
        yield f"- Notion plus large : {', '.join(above)}."
    if concept.false_friends:
        yield f"- À ne pas confondre : {', '.join(f'« {f} »' for f in concept.false_friends)}."
    if concept.note:
        yield f"- Remarque : {concept.note}"
    yield ""
