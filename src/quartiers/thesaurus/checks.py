"""What makes a thesaurus sound: rules in the manner of qSKOS, one sentence a problem.

**Reads** the loaded thesaurus. **Writes** nothing.
**Method** Each rule is a function that takes the concepts and yields sentences: which concept, what is
wrong, what to do. Labels are compared as the reader of texts compares them (stems, no articles):
what it cannot tell apart must not name two concepts.
**Limits** The rules see form, not sense: a wrong definition passes.
Reference: qSKOS (Mader, Haslhofer, Isaac 2012), SKOS integrity conditions S13, S14, S27, S46.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from quartiers.lexicon import STOP, sequence
from quartiers.place_types import terms
from quartiers.shapes import FORMS, INFRA, THEMES
from quartiers.text import words
from quartiers.thesaurus import CONVERSE, STRENGTHS, WORLDS, Concept, Thesaurus

Concepts = dict[str, Concept]


def check(thesaurus: Thesaurus) -> list[str]:
    """All problems, rule after rule; empty when the thesaurus is sound."""
    return [said for rule in RULES for said in rule(thesaurus.concepts)]


def documented(concepts: Concepts) -> Iterator[str]:
    """Preferred labels in both languages, a definition, something said of false friends."""
    for slug, c in concepts.items():
        for what, said in (
            ("French preferred label", c.pref),
            ("English label", c.pref_en),
            ("definition", c.definition),
        ):
            if not said.strip():
                yield f"{c.chapter}: «{slug}» has no {what}; add one."
        if not c.false_friends and not c.false_friend_note:
            yield (
                f"{c.chapter}: «{slug}» says nothing of false friends; list them in qt:falseFriend, "
                'or write qt:falseFriendNote "aucun connu".'
            )
        if any(not phrase.strip() for phrase in c.false_friends):
            yield f"{c.chapter}: «{slug}» has an empty false friend; take it out."


def known_values(concepts: Concepts) -> Iterator[str]:
    """Schemes, strengths, themes, topics, forms, place types are of their lists."""
    for slug, c in concepts.items():
        for name, value, allowed in (
            ("theme", c.theme, THEMES),
            ("infra", c.infra, INFRA),
            ("form", c.form, FORMS),
            ("place type", c.place_type, tuple(set(terms()[1].values()))),
        ):
            if value is not None and value not in allowed:
                yield (
                    f"{c.chapter}: «{slug}» has the {name} «{value}», which is not one of "
                    f"{', '.join(sorted(allowed))}."
                )
        if c.digital not in STRENGTHS:
            yield f"{c.chapter}: «{slug}» has qt:digital «{c.digital}»; say {', '.join(STRENGTHS)}."
        if not c.schemes or not set(c.schemes) <= set(WORLDS):
            yield f"{c.chapter}: «{slug}» is in no known world; give skos:inScheme one or both."


def labels_apart(concepts: Concepts) -> Iterator[str]:
    """No two concepts claim one label, no concept has one twice, none is made of stopwords."""
    owners: dict[tuple[str, ...], tuple[str, str]] = {}
    for slug, c in concepts.items():
        for label in c.labels:
            kept = [w for w in words(label) if w not in STOP]
            if not kept:
                yield f"{c.chapter}: «{slug}» has the label «{label}», a mere stopword; take it out."
                continue
            key = sequence(label)
            if key not in owners:
                owners[key] = (slug, label)
                continue
            other, theirs = owners[key]
            if other == slug:
                yield f"{c.chapter}: «{slug}» says «{theirs}» and «{label}», one and the same."
            else:
                yield (
                    f"{c.chapter}: «{slug}» and «{other}» both claim «{label}»; leave it to one, or "
                    "say what makes the difference in the label."
                )
    for slug, c in concepts.items():
        for phrase in c.false_friends:
            owner = owners.get(sequence(phrase))
            if owner is not None:
                yield (
                    f"{c.chapter}: the false friend «{phrase}» of «{slug}» is a label of "
                    f"«{owner[0]}»; it would silence it."
                )


def told_by_telling_words(concepts: Concepts) -> Iterator[str]:
    """Words that tell a concept begin with one that tells, and are not already a label of it."""
    for slug, c in concepts.items():
        labels = {sequence(label) for label in c.labels}
        for phrase in c.told:
            first = words(phrase)[:1]
            if not first or first[0] in STOP:
                yield f"{c.chapter}: «{slug}» is told by «{phrase}», which begins with an article; cut it."
            if sequence(phrase) in labels:
                yield f"{c.chapter}: «{slug}» is told by «{phrase}», already one of its labels."


def english_apart(concepts: Concepts) -> Iterator[str]:
    """No two concepts claim one English label: the website shows them, queries use them."""
    seen: dict[tuple[str, ...], str] = {}
    for slug, c in concepts.items():
        for label in (c.pref_en, *c.alt_en):
            other = seen.setdefault(tuple(words(label)), slug)
            if other != slug:
                yield f"{c.chapter}: «{slug}» and «{other}» have the same English label «{label}»."


def links_known(concepts: Concepts) -> Iterator[str]:
    """Each relation goes to a concept that exists, and not to itself."""
    for slug, c in concepts.items():
        targets = [*c.broader, *c.related, *(t for listed in c.mappings.values() for t in listed)]
        for target in targets:
            if target not in concepts:
                yield f"{c.chapter}: «{slug}» points at «{target}», which does not exist."
            elif target == slug:
                yield f"{c.chapter}: «{slug}» points at itself."


def no_cycles(concepts: Concepts) -> Iterator[str]:
    """Going up broader never comes back."""
    for slug, c in concepts.items():
        if slug in above(concepts, slug):
            yield f"{c.chapter}: «{slug}» is broader than itself; cut one link of the circle."


def above(concepts: Concepts, slug: str) -> set[str]:
    """All that is broader than a concept, near or far."""
    seen: set[str] = set()
    to_see = list(concepts[slug].broader)
    while to_see:
        here = to_see.pop()
        if here not in seen and here in concepts:
            seen.add(here)
            to_see.extend(concepts[here].broader)
    return seen


def broader_or_related(concepts: Concepts) -> Iterator[str]:
    """S27: what is broader is not also related; related goes both ways."""
    for slug, c in concepts.items():
        up = above(concepts, slug)
        for target in c.related:
            if target not in concepts:
                continue
            if target in up:
                yield f"{c.chapter}: «{slug}» is both under «{target}» and related to it; choose."
            if slug not in concepts[target].related:
                yield f"{c.chapter}: «{slug}» is related to «{target}», but not the other way round."


def one_world_or_two(concepts: Concepts) -> Iterator[str]:
    """Inside a world broader and related; across worlds mappings."""
    for slug, c in concepts.items():
        for target in (*c.broader, *c.related):
            if target in concepts and not set(c.schemes) & set(concepts[target].schemes):
                yield (
                    f"{c.chapter}: «{slug}» and «{target}» are of different worlds: use a mapping "
                    "(skos:closeMatch, skos:broadMatch…)."
                )
        for relation, listed in c.mappings.items():
            for target in listed:
                if target in concepts and set(c.schemes) & set(concepts[target].schemes):
                    yield (
                        f"{c.chapter}: «{slug}» {relation} «{target}» stays inside one world: use "
                        "skos:broader or skos:related."
                    )


def mappings_agree(concepts: Concepts) -> Iterator[str]:
    """S46 and more: both directions are written, and one relation a pair."""
    for slug, c in concepts.items():
        pairs: dict[str, str] = {}
        for relation, listed in c.mappings.items():
            for target in listed:
                if target in pairs:
                    yield (
                        f"{c.chapter}: «{slug}» is both {pairs[target]} and {relation} to «{target}»."
                    )
                pairs[target] = relation
                back = concepts[target].mappings if target in concepts else {}
                if target in concepts and slug not in back.get(CONVERSE[relation], ()):
                    yield (
                        f"{c.chapter}: «{slug}» {relation} «{target}» is not answered by "
                        f"«{target}» {CONVERSE[relation]} «{slug}»; add it in "
                        f"{concepts[target].chapter}."
                    )


def nobody_alone(concepts: Concepts) -> Iterator[str]:
    """A concept of one world is mapped, or says why the other has no word; one of both is found."""
    for slug, c in concepts.items():
        if len(c.schemes) == 1 and not c.mappings and not c.no_equivalent:
            yield (
                f"{c.chapter}: «{slug}» has no mapping; map it to the other world, or say why there "
                "is none in qt:noEquivalent."
            )
        if c.no_equivalent and any(c.mappings.get(r) for r in ("exact", "close")):
            yield f"{c.chapter}: «{slug}» has an equivalent and says that there is none."
        linked = c.broader or c.narrower or c.related or c.mappings
        used = c.theme or c.infra or c.form or c.place_type or c.digital in ("decisive", "support")
        if not linked and not used and not c.no_equivalent:
            yield f"{c.chapter}: «{slug}» is used by nothing: link it, or say what it speaks for."


RULES: tuple[Callable[[Concepts], Iterator[str]], ...] = (
    documented,
    known_values,
    labels_apart,
    told_by_telling_words,
    english_apart,
    links_known,
    no_cycles,
    broader_or_related,
    one_world_or_two,
    mappings_agree,
    nobody_alone,
)
