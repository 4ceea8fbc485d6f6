"""Many texts read at once: the stems and the concepts of each entry.

**Reads** texts, the lexicon. **Writes** nothing.
**Method** The texts of a batch are folded and cut into words in one pass; each distinct word is looked up
once (its stem, whether terms of the lexicon begin there) and remembered from batch to batch. What is left
is arithmetic on arrays: stems are counted by sorting (stem, entry) pairs, and the lexicon is only asked
about the places where a term may begin.
**Limits** Finds exactly what ``lexicon.find`` finds text by text, ligatures spelt in two letters.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from quartiers import lexicon
from quartiers.bridge.words import spelt
from quartiers.lexicon import NOTHING, STOP, Lexicon, Term, in_capitals, longest, mean_anything
from quartiers.text import fold, stem, tokens

#: Title, services, body: an entry's parts in this order.
PARTS = 3
#: Weight of a word by its part.
WEIGHTS = np.array([3.0, 1.5, 1.0], np.float32)
#: Weight of a concept by the part of its first words.
NAMED = (1.6, 1.2, 1.0)
#: A negation is looked for in so many words before a term.
BEFORE = 5


class Vocabulary(dict[str, int]):
    """Word → number; fills itself, with what is known of each word."""

    def __init__(self) -> None:
        super().__init__()
        self.lexicon: Lexicon = lexicon.load(told=True)
        self.listed: list[str] = []
        self.stems: dict[str, int] = {}
        self.stem_of = array("i")
        self.begins, self.stops, self.negates = array("b"), array("b"), array("b")
        self.stemmed: list[str] = []
        self.told = _Told(self)

    def __missing__(self, word: str) -> int:
        base, stop = stem(word), word in STOP
        self.listed.append(word)
        self.stemmed.append(base)
        self.stem_of.append(-1 if stop else self.stems.setdefault(base, len(self.stems)))
        self.begins.append(self.lexicon.first[word] is not NOTHING)
        self.stops.append(stop)
        self.negates.append(word in self.lexicon.negations)
        number = self[word] = len(self)
        return number


class Told(NamedTuple):
    """What the words of a place name: these concepts, by so many telling words. ``ahead``: how many
    telling words more may change it. ``capitals``: only when so written (see ``lexicon.Entry``).
    ``sure`` unless an article may be part of the term: the lexicon is then asked on the spot."""

    slugs: tuple[str, ...]
    taken: int
    ahead: int
    capitals: str
    sure: bool


UNSURE = Told((), 0, 0, "", sure=False)


class _Told(dict[tuple[int, ...], "Told | None"]):
    """Telling words from a place on → what they name; fills itself."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.vocabulary = vocabulary

    def __missing__(self, ahead: tuple[int, ...]) -> Told | None:
        found = self[ahead] = self.told([self.vocabulary.listed[n] for n in ahead if n >= 0])
        return found

    def told(self, said: list[str]) -> Told | None:
        branch = self.vocabulary.lexicon.first[said[0]]
        if branch.article:
            return UNSURE
        terms: tuple[Term, ...] = ()
        if len(said) > 1:
            terms = branch.longer.get(said[1]) or branch.longer.get(stem(said[1]), ())
        if any(part in STOP for rest, _ in terms for part in rest):
            return UNSURE
        end, entries = longest(said, 0, branch)
        if not entries and not terms:
            return None
        heard = tuple(entry.slug for entry in entries if entry.strength != "faux")
        longer = max((len(rest) for rest, _ in terms), default=0)
        if not entries:
            return Told((), 0, longer, "", sure=True)
        return Told(heard, end, longer, entries[0].capitals, sure=True)


class Named(NamedTuple):
    """The concepts of a batch, place by place: entry, concept, weight, words as written."""

    entries: list[int]
    slugs: list[str]
    weights: list[float]
    said: list[str]


class Batch:
    """The texts of some entries, ``PARTS`` each, cut into numbered words."""

    def __init__(self, parts: Sequence[str], vocabulary: Vocabulary) -> None:
        joined = spelt(" ".join(parts))
        self.parts, self.vocabulary = parts, vocabulary
        folded = fold(joined)
        self.words = folded.split()
        letters = np.frombuffer(f" {folded} ".encode("ascii"), np.uint8) != ord(" ")
        edges = np.flatnonzero(letters[1:] != letters[:-1])
        self.starts, self.ends = edges[::2], edges[1::2]
        #: Parts whose words are longer here than as they write them.
        self.ligatures = {n for n, part in enumerate(parts) if "œ" in part or "Œ" in part}
        lengths = [len(part) + 1 for part in parts]
        for n in self.ligatures:
            lengths[n] = len(spelt(parts[n])) + 1
        self.opens = np.concatenate(([0], np.cumsum(lengths)))
        #: Where each part's words begin, then where the last ones end.
        self.bounds = np.searchsorted(self.starts, self.opens)
        self.numbers = np.fromiter(
            map(vocabulary.__getitem__, self.words), np.int32, len(self.words)
        )
        self.part_of = np.repeat(np.arange(len(parts), dtype=np.int32), np.diff(self.bounds))

    def __len__(self) -> int:
        return len(self.parts) // PARTS

    def lengths(self) -> Any:
        """How many words each entry has, weighted by where they stand."""
        weights = WEIGHTS[self.part_of % PARTS]
        return np.bincount(self.part_of // PARTS, weights, len(self)).astype(np.float32)

    def counted(self) -> tuple[Any, Any, Any]:
        """(stems, entries, how often, weighted by where), by stem then entry."""
        stems = np.array(self.vocabulary.stem_of, np.int64)[self.numbers]
        kept = np.flatnonzero(stems >= 0)
        pairs = stems[kept] * len(self) + self.part_of[kept] // PARTS
        weights = WEIGHTS[self.part_of[kept] % PARTS]
        order = np.argsort(pairs, kind="stable")
        pairs = pairs[order]
        first = np.flatnonzero(np.diff(pairs, prepend=-1))
        often = np.add.reduceat(weights[order], first) if len(first) else weights
        found = pairs[first]
        return (found // len(self)).astype(np.int32), found % len(self), often

    def stemmed(self) -> list[tuple[str, str, str]]:
        """The stems of each entry's title, body and services, as text."""
        known = self.vocabulary.stemmed
        stems = [known[number] for number in self.numbers.tolist()]
        bounds = self.bounds.tolist()
        said = [" ".join(stems[a:b]) for a, b in pairwise(bounds)]
        return list(zip(said[::PARTS], said[2::PARTS], said[1::PARTS], strict=True))

    def named(self) -> Named:
        """The concepts of each entry, each once, where it comes first."""
        hits: list[tuple[int, str, int, int]] = []
        free, entry, seen = 0, -1, set[str]()
        known, numbers = self.vocabulary.told, self.numbers.tolist()
        telling, places = self.telling()
        telling_numbers = [numbers[place] for place in telling]
        for at, after, last, part, told, doubt in places:
            if at < free:
                continue
            if told.ahead > 1:
                ahead = min(after + told.ahead, last)
                told = known[(numbers[at], *telling_numbers[after:ahead])] or told
            if told.sure and not doubt:
                if not told.taken or (told.capitals and not self.in_capitals(at, part, told)):
                    continue
                slugs = told.slugs
                free = (telling[after + told.taken - 2] if told.taken > 1 else at) + 1
            else:
                slugs, free = self.asked(at, part, free)
            if part // PARTS != entry:
                entry, seen = part // PARTS, set()
            for slug in slugs:
                if slug not in seen:
                    seen.add(slug)
                    hits.append((part, slug, at, free))
        where = [part for part, _, _, _ in hits]
        return Named(
            [part // PARTS for part in where],
            [slug for _, slug, _, _ in hits],
            [NAMED[part % PARTS] for part in where],
            self.said(where, [at for _, _, at, _ in hits], [end for _, _, _, end in hits]),
        )

    def asked(self, at: int, part: int, free: int) -> tuple[list[str], int]:
        """What the lexicon says of one place, and where it is free to go on."""
        start, end = self.bounds[part], self.bounds[part + 1]
        found = self.words[start:end]
        hits = self.vocabulary.lexicon.named_at(found, [at - int(start)], self.parts[part])
        if not hits:
            return [], free
        heard = [h.entry.slug for h in hits if not h.negated and h.entry.strength != "faux"]
        return heard, int(start) + hits[0].last

    def in_capitals(self, at: int, part: int, told: Told) -> bool:
        """:func:`lexicon.in_capitals`, the place in the text being known."""
        text = self.parts[part]
        if part in self.ligatures:
            return in_capitals(text, at - int(self.bounds[part]), told.capitals)
        opens = self.opens[part]
        if not text[self.starts[at] - opens : self.ends[at] - opens].rstrip("s").isupper():
            return False
        return mean_anything(text, told.capitals)

    def telling(self) -> tuple[list[int], list[Any]]:
        """Where the words that are no article stand; and the places where terms may begin:
        (place, rank of the next telling word, of the part's last, part, ``Told``, is a negation near)."""
        known, numbers = self.vocabulary, self.numbers
        begins = np.flatnonzero(np.array(known.begins, np.int8)[numbers])
        telling = np.flatnonzero(np.array(known.stops, np.int8)[numbers] == 0)
        parts = self.part_of[begins]
        after = np.searchsorted(telling, begins, side="right")
        last = np.searchsorted(telling, self.bounds)[parts + 1]
        second = np.where(after < last, numbers[np.append(telling, 0)[after]], -1)
        negating = np.concatenate(([0], np.cumsum(np.array(known.negates, np.int8)[numbers])))
        doubt = negating[begins] > negating[np.maximum(begins - BEFORE, 0)]
        pairs = zip(numbers[begins].tolist(), second.tolist(), strict=True)
        listed = (begins.tolist(), after.tolist(), last.tolist(), parts.tolist())
        told = map(known.told.__getitem__, pairs)
        places = [place for place in zip(*listed, told, doubt.tolist(), strict=True) if place[4]]
        return telling.tolist(), places

    def said(self, parts: list[int], firsts: list[int], ends: list[int]) -> list[str]:
        """Words ``firsts`` to ``ends`` (excluded) of the batch, as their parts write them."""
        at, opens = np.array(firsts, np.int64), self.opens[np.array(parts, np.int64)]
        begin = (self.starts[at] - opens).tolist()
        end = (self.ends[np.array(ends, np.int64) - 1] - opens).tolist()
        said = [self.parts[p][a:b] for p, a, b in zip(parts, begin, end, strict=True)]
        for n, part in enumerate(parts):
            if part in self.ligatures:
                text, start = self.parts[part], int(self.bounds[part])
                found = tokens(fold(text))
                said[n] = text[found[firsts[n] - start][0] : found[ends[n] - 1 - start][1]]
        return said
