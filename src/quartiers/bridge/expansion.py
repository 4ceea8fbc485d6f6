"""From a query's words to the concepts of both worlds, with the path taken.

**Reads** the thesaurus. **Writes** nothing.
**Method** A query is cut into *aspects*: the longest sequences of words that name a concept (its labels,
or the words of those who search), and what is left, word by word. One more aspect holds the concepts
that the whole query resembles: the label nearest to it in families of words, rare ones first. An English
query is also said in French, word by word (``english.py``). A word that no label holds is read as the one
that is a slip away, or that sounds the same. From each concept, steps are taken along the mappings and the hierarchy; each step multiplies the weight by the
relation's own, and the best path to a concept is kept.
**Limits** Two steps at most: beyond, everything is related to everything.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain

from rapidfuzz import process
from rapidfuzz.distance import OSA
from simplemma.strategies.dictionaries import DefaultDictionaryFactory

from quartiers import lexicon, thesaurus
from quartiers.bridge.aspects import Aspect, Path
from quartiers.bridge.english import IDLE, in_french
from quartiers.bridge.wording import step_said
from quartiers.bridge.words import EMPTY, families, sound
from quartiers.lexicon import STOP, sequence
from quartiers.text import fold, spelt, stem, tokens
from quartiers.text import words as of_text

#: What is left of a query's meaning after one step along a relation.
STEPS = {
    **{"exact": 0.95, "close": 0.85, "narrow": 0.8, "narrower": 0.8},
    **{"broad": 0.5, "broader": 0.45, "related": 0.4},
}
MAX_STEPS = 2
#: Paths weaker than this are not followed.
FAINT = 0.15
#: Weight of a concept that the query names in the words of those who search.
ASKED = 0.9
#: Weight of the concepts that a misspelt or cut word may stand for; of those that a lone word is part of.
NEAR, PART = 0.3, 0.15
#: The whole query beside the nearest labels: how alike at least, how many concepts, what they weigh.
ALIKE, MOST_ALIKE, WHOLE = 0.35, 8, 0.9
#: Sounds shorter than this are those of many words.
TELLING_SOUND = 4
#: What is left of a meaning once an English query is said word by word in French.
ENGLISH = 0.85
#: A concept's definition resembles less surely than a label.
DEFINED, FIELD_WORD = 0.6, 0.9


def read_query(query: str, *, bridges: bool = True, written: Collection[str] = ()) -> list[Aspect]:
    """What a query asks for. Without ``bridges``: its words, and the concepts that they name.

    ``written`` are stems known to be words (those of the edition): they are not mended.
    """
    text = spelt(query)
    found = tokens(fold(text))
    words = [word for _, _, word in found]
    aspects: list[Aspect] = []
    covered: set[int] = set()
    for first, last, slugs in named(words):
        covered.update(range(first, last))
        aspect = Aspect([w for w in words[first:last] if w not in EMPTY])
        said = text[found[first][0] : found[last - 1][1]]
        for slug, weight in slugs.items():
            aspect.add(Path(slug, weight, (f"« {said} » : {label(slug)}",)))
        aspects.append(aspect)
    french = in_french(words) if bridges else {}
    for at, word in enumerate(words):
        if at not in covered and word not in EMPTY and len(word) > 1:
            if french and word in IDLE:
                continue
            aspect = Aspect([word, *(w for w in french.get(word, ()) if w not in EMPTY)])
            if bridges:
                for slug, likeness, near in resembling(word):
                    step = f"« {word} » est dans « {near} » : {label(slug)}"
                    aspect.add(Path(slug, PART * likeness, (step,)))
                for slug, weight, note in near_labels(word) if stem(word) not in written else ():
                    aspect.add(Path(slug, weight, (f"« {word} » {note} {label(slug)}",)))
            aspects.append(aspect)
    if not bridges:
        return aspects
    whole = Aspect([])
    for slug, likeness, near in resembling(text):
        step = f"la recherche ressemble à « {near} » : {label(slug)}"
        whole.add(Path(slug, WHOLE * likeness, (step,)))
    if french:
        for path in translated(" ".join(" ".join(french.get(w, (w,))) for w in words)):
            whole.add(path)
    return [followed(aspect) for aspect in (*aspects, whole)]


def translated(said: str) -> Iterator[Path]:
    """The concepts that an English query names or resembles once it is said in French."""
    found = tokens(said)
    for first, last, slugs in named([word for _, _, word in found]):
        for slug, weight in slugs.items():
            words = said[found[first][0] : found[last - 1][1]]
            yield Path(slug, weight * ENGLISH, (f"en français « {words} » : {label(slug)}",))
    for slug, likeness, near in resembling(said):
        step = f"en français, la recherche ressemble à « {near} » : {label(slug)}"
        yield Path(slug, WHOLE * ENGLISH * likeness, (step,))


def query_concepts(query: str) -> dict[str, Path]:
    """Concepts that the query's own words name, by slug."""
    return best_of(read_query(query, bridges=False))


def expand(query: str, *, bridges: bool = True) -> dict[str, Path]:
    """Every concept worth looking for, by slug; without ``bridges`` only those of the query."""
    return best_of(read_query(query, bridges=bridges))


def best_of(aspects: Iterable[Aspect]) -> dict[str, Path]:
    """The best path to each concept, over all aspects."""
    best = Aspect([])
    for aspect in aspects:
        for path in aspect.paths.values():
            best.add(path)
    return best.paths


def label(slug: str) -> str:
    """A concept's preferred label."""
    return thesaurus.load().concepts[slug].pref


def named(words: list[str]) -> list[tuple[int, int, dict[str, float]]]:
    """(first, last, concept → weight) where the words name concepts, longest first, overlaps joined."""
    spans: dict[tuple[int, int], dict[str, float]] = {}
    for hit in lexicon.load().find(words):
        if hit.entry.strength != "faux":
            spans.setdefault((hit.first, hit.last), {})[hit.entry.slug] = 1.0
    index, longest = asked_index()
    places = [at for at, word in enumerate(words) if word not in STOP]
    stems = [stem(words[at]) for at in places]
    for start in range(len(places)):
        for end in range(start + 1, min(len(places), start + longest) + 1):
            for slug in index.get(tuple(stems[start:end]), ()):
                span = spans.setdefault((places[start], places[end - 1] + 1), {})
                span[slug] = max(span.get(slug, 0.0), ASKED)
    kept: list[tuple[int, int]] = []
    for first, last in sorted(spans, key=lambda s: (s[0] - s[1], s[0])):
        if not any(a <= first and last <= b for a, b in kept):
            kept.append((first, last))
    joined: list[tuple[int, int, dict[str, float]]] = []
    for first, last in sorted(kept):
        slugs = dict(spans[first, last])
        if joined and first < joined[-1][1]:
            before, end, others = joined.pop()
            first, last = before, max(last, end)
            slugs = {s: max(slugs.get(s, 0.0), others.get(s, 0.0)) for s in {**others, **slugs}}
        joined.append((first, last, slugs))
    return joined


@cache
def asked_index() -> tuple[dict[tuple[str, ...], tuple[str, ...]], int]:
    """Stems of a phrase that the lexicon does not know → concepts; and the longest phrase's length."""
    index: dict[tuple[str, ...], list[str]] = {}
    for slug, concept in thesaurus.load().concepts.items():
        for phrase in (*concept.asked, *concept.asked_en, concept.pref_en, *concept.alt_en):
            slugs = index.setdefault(sequence(phrase), [])
            if slug not in slugs:
                slugs.append(slug)
    index.pop((), None)
    return {key: tuple(slugs) for key, slugs in index.items()}, max(map(len, index), default=0)


@cache
def word_index() -> dict[str, tuple[str, ...]]:
    """Stem of a word → concepts that it may name when it is misspelt or cut."""
    index: dict[str, list[str]] = {}
    for slug, concept in thesaurus.load().concepts.items():
        for phrase in (
            concept.pref,
            *concept.alt,
            concept.pref_en,
            *concept.asked,
            *concept.asked_en,
        ):
            for _, _, word in tokens(fold(phrase)):
                slugs = index.setdefault(stem(word), [])
                if len(word) > 3 and slug not in slugs:
                    slugs.append(slug)
    return {word: tuple(slugs) for word, slugs in index.items() if slugs}


def near_labels(word: str) -> list[tuple[str, float, str]]:
    """Concepts one of whose words is this one misspelt by one slip, or begun."""
    index = word_index()
    base = stem(word)
    if base in index or len(base) < 5:
        return []
    near = process.extractOne(base, list(index), scorer=OSA.distance, score_cutoff=1)
    if near and word in french_words():
        return []
    if near:
        return [(slug, NEAR * 1.5, f"(lu « {near[0]} ») :") for slug in index[near[0]][:4]]
    alike = sounding().get(sound(base), ())
    if alike and word not in french_words():
        return [(slug, NEAR * 1.5, f"(lu « {alike[0]} ») :") for slug in index[alike[0]][:4]]
    begun = [key for key in index if key.startswith(base)]
    if len(begun) > 3:
        return []
    return [(slug, NEAR, "commence :") for key in begun for slug in index[key][:3]]


@cache
def sounding() -> dict[str, tuple[str, ...]]:
    """Sound → the words of labels that sound so."""
    found: dict[str, list[str]] = {}
    for word in word_index():
        found.setdefault(sound(word), []).append(word)
    return {said: tuple(listed) for said, listed in found.items() if len(said) >= TELLING_SOUND}


@cache
def french_words() -> frozenset[str]:
    """The French words: one of them is not another one misspelt."""
    listed = DefaultDictionaryFactory().get_dictionary("fr")
    return frozenset(chain.from_iterable(map(of_text, listed)))


@dataclass(frozen=True, slots=True)
class _Likeness:
    """Labels by family of words, to find the one nearest to a query."""

    labels: list[tuple[str, float, float, str]]
    holding: dict[str, list[int]]
    rare: dict[str, float]


@cache
def label_likeness() -> _Likeness:
    """Every label and definition as a set of families: (slug, trust, length, as written)."""
    concepts = thesaurus.load().concepts
    sets: list[tuple[str, float, str, frozenset[str]]] = []
    held: dict[str, set[str]] = {}
    for slug, concept in concepts.items():
        for phrase, trust in phrases(concept):
            of_phrase = frozenset(f for f in families(phrase) if len(f) > 2)
            if of_phrase:
                sets.append((slug, trust, phrase, of_phrase))
                for name in of_phrase:
                    held.setdefault(name, set()).add(slug)
    rare = {name: math.log(1 + len(concepts) / (1 + len(slugs))) for name, slugs in held.items()}
    holding: dict[str, list[int]] = {}
    labels = []
    for number, (slug, trust, phrase, of_phrase) in enumerate(sets):
        labels.append(
            (slug, trust, math.sqrt(sum(rare[f] ** 2 for f in sorted(of_phrase))), phrase)
        )
        for name in of_phrase:
            holding.setdefault(name, []).append(number)
    return _Likeness(labels, holding, rare)


def phrases(concept: thesaurus.Concept) -> Iterator[tuple[str, float]]:
    """All that names a concept, and how much each is trusted to resemble a query."""
    for phrase in (concept.pref, *concept.alt, concept.pref_en, *concept.alt_en):
        yield phrase, 1.0
    for phrase in (*concept.asked, *concept.asked_en):
        yield phrase, 1.0
    for phrase in concept.hidden:
        yield phrase, FIELD_WORD
    yield concept.definition, DEFINED


def resembling(query: str) -> list[tuple[str, float, str]]:
    """(concept, likeness, its nearest label) of the concepts that the whole query resembles."""
    known = label_likeness()
    wanted = [name for name in sorted(families(query)) if len(name) > 2]
    unknown = math.log(1 + len(thesaurus.load().concepts))
    length = math.sqrt(sum(known.rare.get(name, unknown) ** 2 for name in wanted))
    shared: dict[int, float] = {}
    for name in wanted:
        for number in known.holding.get(name, ()):
            shared[number] = shared.get(number, 0.0) + known.rare[name] ** 2
    best: dict[str, tuple[float, str]] = {}
    for number, value in shared.items():
        slug, trust, long, phrase = known.labels[number]
        likeness = trust * value / (long * length)
        if likeness > best.get(slug, (ALIKE, ""))[0]:
            best[slug] = (likeness, phrase)
    ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))[:MOST_ALIKE]
    return [(slug, likeness, phrase) for slug, (likeness, phrase) in ranked]


def followed(aspect: Aspect) -> Aspect:
    """The aspect with what its concepts lead to, two steps away at most."""
    front = dict(aspect.paths)
    aspect.own = tuple(front)
    for _ in range(MAX_STEPS):
        following: dict[str, Path] = {}
        for path in front.values():
            for relation, target in neighbours(path.slug):
                weight = path.weight * STEPS[relation]
                known = aspect.paths.get(target)
                if weight > max(known.weight if known else 0.0, FAINT):
                    step = step_said(relation, target)
                    following[target] = Path(target, weight, (*path.steps, step))
                    aspect.paths[target] = following[target]
        front = following
    return aspect


@cache
def neighbours(slug: str) -> tuple[tuple[str, str], ...]:
    """(relation, slug) one step away, in both worlds."""
    concept = thesaurus.load().concepts[slug]
    steps = [(relation, t) for relation, ts in concept.mappings.items() for t in ts]
    steps += [("broader", t) for t in concept.broader]
    steps += [("narrower", t) for t in concept.narrower]
    steps += [("related", t) for t in concept.related]
    return tuple(steps)
