"""The lexicon: the thesaurus's labels and the words of context, found in a text in one pass.

**Reads** the thesaurus and ``study/cues.toml``. **Writes** nothing.
**Method** Terms are sequences of stems, filed under their first stem; articles and «de» do not count
(«aide à la démarche» is «aide aux démarches»), word boundaries and plurals come for free. Concepts:
leftmost, then longest; a false friend takes its words, so that the label inside it is not heard; an
acronym that is also a word counts only in capitals; a negation takes a hit back. A word that no list
knows and that is one letter away from a long term of the lexicon is read as that term
(«numérioque»). Each distinct word is looked up once and remembered.
**Limits** A term split by other words («accès gratuit à internet» for «accès à internet») is found
only by the words it holds. Misspellings of the first two letters are not mended.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from rapidfuzz.distance import OSA
from simplemma.strategies.dictionaries import DefaultDictionaryFactory

from quartiers import thesaurus
from quartiers.text import fold, stem, tokens, words

#: Words that a term may hold or lack.
STOP = frozenset(
    ["d", "de", "du", "des", "la", "le", "les", "l", "a", "au", "aux", "un", "une", "et"]
)
#: Misspellings are looked for in words at least this long.
LONG_WORD = 8
#: Strengths that speak for something digital.
STRONG = ("decisive", "support")
#: Words remembered before the memory is emptied: memory stays flat on any number of texts.
REMEMBERED = 400_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A term of the lexicon: what it speaks for. ``strength`` ∈ decisive | support | none | faux.
    ``capitals``: an acronym is heard in capitals only; a ``doubtful`` one, not in a text that is all
    in capitals."""

    slug: str
    strength: str
    theme: str | None = None
    infra: str | None = None
    form: str | None = None
    capitals: str = ""


class Hit(NamedTuple):
    """A term found: words ``first`` to ``last`` (excluded); ``negated`` when a «sans» precedes."""

    first: int
    last: int
    entry: Entry
    negated: bool


class Cue(NamedTuple):
    """A word of context found."""

    first: int
    last: int
    slug: str


#: A term: its stems after the first, and what it is (entries of concepts, or slugs of cues).
Term = tuple[tuple[str, ...], tuple[Any, ...]]


class Branch(NamedTuple):
    """The terms that begin with one word: what it is alone, and the longer ones by second stem;
    ``article``: one of those second stems is an article."""

    alone: tuple[Any, ...]
    longer: dict[str, tuple[Term, ...]]
    article: bool = False


NOTHING = Branch((), {})


class First(dict[str, Branch]):
    """Word → terms that may begin there; fills itself, one look-up a distinct word."""

    def __init__(self, terms: dict[str, Branch], *, mend: bool) -> None:
        super().__init__()
        self.terms = terms
        self.near: dict[str, str] = {}
        long = sorted(s for s in terms if len(s) >= LONG_WORD) if mend else []
        for term in reversed(long):
            self.near.update(dict.fromkeys(shortened(term), term))
        self.near.update((term, term) for term in long)

    def __missing__(self, word: str) -> Branch:
        if len(self) > REMEMBERED:
            self.clear()
        found = self.terms.get(word) or self.terms.get(stem(word))
        if found is None:
            found = self.misspelt(stem(word)) if self.near else NOTHING
        self[word] = found
        return found

    def misspelt(self, base: str) -> Branch:
        """The single-word term that ``base`` is one slip away from, when no list knows it."""
        if len(base) < LONG_WORD or not base.isalpha():
            return NOTHING
        near = self.near
        term = near.get(base) or next((near[s] for s in shortened(base) if s in near), None)
        if term is None or term[:2] != base[:2] or OSA.distance(base, term) > 1:
            return NOTHING
        return NOTHING if base in french_words() else Branch(self.terms[term].alone, {})


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Terms filed under their first stem, and the words that take a hit back."""

    first: First
    first_cues: First
    negations: frozenset[str]
    concepts: tuple[str, ...]
    cues: tuple[str, ...]

    def find(self, found: Sequence[str], text: str | None = None) -> list[Hit]:
        """The concepts that a text's folded words name; ``text`` tells their capitals."""
        return self.named_at(found, beginnings(found, self.first), text)

    def find_cues(self, found: Sequence[str]) -> list[Cue]:
        """The words of context of a text."""
        return self.cues_at(found, beginnings(found, self.first_cues))

    def named_at(
        self, found: Sequence[str], places: Iterable[int], text: str | None = None
    ) -> list[Hit]:
        """The concepts named at ``places`` (in order), where a term may begin."""
        first, free = self.first, 0
        hits: list[Hit] = []
        for at in places:
            if at < free:
                continue
            end, entries = longest(found, at, first[found[at]])
            if not entries:
                continue
            if (
                entries[0].capitals
                and text is not None
                and not in_capitals(text, at, entries[0].capitals)
            ):
                continue
            negated = self.is_negated(found, at)
            hits.extend([Hit(at, end, entry, negated) for entry in entries])
            free = end
        return hits

    def cues_at(self, found: Sequence[str], places: Iterable[int]) -> list[Cue]:
        """The words of context at ``places`` (in order), where one may begin."""
        first, free = self.first_cues, 0
        cues: list[Cue] = []
        for at in places:
            if at >= free:
                end, slugs = longest(found, at, first[found[at]])
                if slugs:
                    cues.extend([Cue(at, end, slug) for slug in slugs if slug])
                    free = end
        return cues

    def is_negated(self, found: Sequence[str], at: int) -> bool:
        """A negation just before, but for articles and «accès»."""
        back = at - 1
        while back >= 0 and at - back <= 4 and (found[back] in STOP or found[back] == "acces"):
            back -= 1
        return back >= 0 and found[back] in self.negations


def beginnings(found: Sequence[str], first: First) -> list[int]:
    """The places where a term may begin: the word is one, or the next leads on."""
    following = next_words(found)
    return [
        at
        for at, branch in enumerate([first[w] for w in found])
        if branch is not NOTHING and (branch.alone or not leads_nowhere(following[at], branch))
    ]


def shortened(word: str) -> list[str]:
    """The word without each of its letters: two words one slip apart share one of these."""
    return [word[:i] + word[i + 1 :] for i in range(len(word))]


def in_capitals(text: str, at: int, capitals: str) -> bool:
    """Is the word number ``at`` an acronym in capitals, and do they mean anything here?"""
    start, end, _ = tokens(fold(text))[at]
    if not text[start:end].rstrip("s").isupper():
        return False
    return mean_anything(text, capitals)


def mean_anything(text: str, capitals: str) -> bool:
    """Do capitals say in this text that a word is an acronym?"""
    return capitals == "trusted" or len(text) < 12 or any(c.islower() for c in text)


def next_words(found: Sequence[str]) -> list[str]:
    """For each word, the next one that is no article; "" at the end."""
    following, last = [""] * len(found), ""
    for at in range(len(found) - 1, -1, -1):
        following[at] = last
        if found[at] not in STOP:
            last = found[at]
    return following


def leads_nowhere(word: str, branch: Branch) -> bool:
    """Whether no longer term of the branch goes on with ``word``, articles left aside."""
    longer = branch.longer
    return not branch.article and word not in longer and stem(word) not in longer


def longest(found: Sequence[str], at: int, branch: Branch) -> tuple[int, tuple[Any, ...]]:
    """The longest term that begins at ``at``: where it ends and what it is."""
    longer, after, total = branch.longer, at + 1, len(found)
    if longer and after < total:
        word = found[after]
        if word not in STOP and leads_nowhere(word, branch):
            return after, branch.alone
        maybe: list[Term] = []
        while after < total and found[after] in STOP:
            if found[after] in longer:
                maybe.extend(longer[found[after]])
            after += 1
        if after < total:
            word = found[after]
            maybe.extend(longer.get(word) or longer.get(stem(word), ()))
        if len(maybe) > 1:
            maybe.sort(key=lambda term: -len(term[0]))
        for rest, told in maybe:
            end = reach(found, at + 1, rest)
            if end:
                return end, told
    return at + 1, branch.alone


def reach(found: Sequence[str], end: int, rest: Sequence[str]) -> int:
    """Where the term ends when its other stems are looked for from ``end``; 0 when they are not
    there."""
    total = len(found)
    for wanted in rest:
        while end < total and found[end] in STOP and found[end] != wanted:
            end += 1
        if end >= total or (found[end] != wanted and stem(found[end]) != wanted):
            return 0
        end += 1
    return end


def sequence(term: str) -> tuple[str, ...]:
    """A term's stems, without articles unless little else is left."""
    all_words = words(term)
    kept = [w for w in all_words if w not in STOP]
    if len(kept) < 2 and len(all_words) > len(kept):
        kept = all_words
    return tuple(stem(w) for w in kept)


@cache
def load(*, told: bool = False) -> Lexicon:
    """The lexicon, built once a process. ``told``: with the words by which records tell a concept
    without naming it; search hears them, the reader does not."""
    cards = tomllib.loads((files("quartiers.study") / "cues.toml").read_text("utf-8"))
    capitals = {sequence(w) for w in cards["uppercase_only"]}
    trusted, unheard, weaker = (
        {sequence(w) for w in cards[name]} for name in ("trusted", "unheard", "weaker")
    )
    terms: dict[tuple[str, ...], tuple[list[Entry], list[str]]] = {}

    def add(term: str, entry: Entry | None, cue: str | None = None) -> None:
        for spelling in {term, term.replace("œ", "oe")}:
            key = sequence(spelling)
            if not key:
                continue
            entries, cues = terms.setdefault(key, ([], []))
            if entry is not None and all(e.slug != entry.slug for e in entries):
                entries.append(entry)
            if cue is not None and cue not in cues:
                cues.append(cue)

    no_hint, roots = frozenset(cards["no_hint"]), tuple(cards["roots"])
    for concept in thesaurus.load().concepts.values():
        facts = (concept.theme, concept.infra, concept.form)
        for label in (concept.pref, *concept.alt, *concept.hidden):
            key = sequence(label)
            if key in unheard:
                continue
            strength = concept.digital or "none"
            if key in weaker and strength == "decisive":
                strength = "support"
            if concept.slug in no_hint and not any(r in fold(label) for r in roots):
                strength = "none"
            is_acronym = len(key) == 1 and (key in capitals or (label.isupper() and len(label) < 6))
            form = "" if not is_acronym else "trusted" if key in trusted else "doubtful"
            add(label, Entry(concept.slug, strength, *facts, capitals=form))
        for phrase in concept.told if told else ():
            add(phrase, Entry(concept.slug, "none"))
        for phrase in concept.false_friends:
            add(phrase, Entry(concept.slug, "faux"))
    for phrase in cards["false_friends"]:
        add(phrase, Entry("faux-ami", "faux"))
    for slug, listed in cards["cue"].items():
        for term in listed:
            add(term, None, slug)
    for phrase in cards["other_meaning"]:
        add(phrase, None, "")
    named = {key: entries for key, (entries, _) in terms.items() if entries}
    around = {key: slugs for key, (_, slugs) in terms.items() if slugs}
    return Lexicon(
        first=First(_by_first(named), mend=True),
        first_cues=First(_by_first(around), mend=False),
        negations=frozenset(cards["negations"]),
        concepts=tuple(thesaurus.load().concepts),
        cues=tuple(cards["cue"]),
    )


def _by_first(terms: Mapping[tuple[str, ...], Sequence[Any]]) -> dict[str, Branch]:
    """Terms filed under their first stem, then their second; a false friend silences a label."""
    alone: dict[str, tuple[Any, ...]] = {}
    longer: dict[str, dict[str, list[Term]]] = {}
    for key, told in sorted(terms.items()):
        false = [e for e in told if isinstance(e, Entry) and e.strength == "faux"]
        kept = tuple(false or told)
        if len(key) == 1:
            alone[key[0]] = kept
        else:
            longer.setdefault(key[0], {}).setdefault(key[1], []).append((key[1:], kept))
    return {
        first: Branch(
            alone.get(first, ()),
            {
                second: tuple(sorted(listed, key=lambda term: (-len(term[0]), term[0])))
                for second, listed in longer.get(first, {}).items()
            },
            any(second in STOP for second in longer.get(first, {})),
        )
        for first in sorted({*alone, *longer})
    }


@cache
def french_words() -> frozenset[str]:
    """Stems of the long French words: a word that exists is never read as another."""
    listed = DefaultDictionaryFactory().get_dictionary("fr")
    long = " ".join(word for word in listed if len(word) >= LONG_WORD and word.isalpha())
    return frozenset(map(stem.__wrapped__, fold(long).split()))
