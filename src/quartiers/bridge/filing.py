"""Many texts read at once: the stems and the concepts of each entry.

**Reads** texts, the lexicon. **Writes** nothing.
**Method** The texts of a batch are folded and cut into words in one pass, each distinct word being looked up
once (``vocabulary.py``). What is left is arithmetic on arrays: stems are counted by sorting (stem, entry)
pairs; terms are followed from all the places where one may begin, and of those that overlap the first is
kept.
**Limits** Finds exactly what ``lexicon.find`` finds text by text, ligatures spelt in two letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from quartiers.bridge.vocabulary import NOWHERE, UNSURE, Vocabulary
from quartiers.lexicon import in_capitals, mean_anything
from quartiers.text import fold, spelt, tokens

#: Title, services, body, subjects (how a documentalist files it): an entry's parts in this order.
PARTS = 4
SUBJECTS = 3
#: Weight of a word by its part.
WEIGHTS = np.array([3.0, 1.5, 1.0, 1.0], np.float32)
#: Weight of a concept by the part of its first words.
NAMED = np.array([1.6, 1.2, 1.0, 0.8])
#: A negation is looked for in so many words before a term.
BEFORE = 5
#: No term, articles counted, is longer than so many words.
AFTER = 32


class Named(NamedTuple):
    """The concepts of a batch, each once an entry: entry, concept (as the vocabulary numbers it), part where
    it is first, words as written."""

    entries: Any
    concepts: Any
    parts: Any
    said: list[str]

    @property
    def weights(self) -> Any:
        return NAMED[self.parts]


class Batch:
    """The texts of some entries, ``PARTS`` each, cut into numbered words."""

    def __init__(self, parts: Sequence[str], vocabulary: Vocabulary) -> None:
        self.parts, self.vocabulary = parts, vocabulary
        self.joined = spelt(" ".join(parts))
        folded = fold(f" {self.joined} ").encode("ascii")
        inside = np.frombuffer(folded, np.uint8) != ord(" ")
        edges = np.flatnonzero(inside[1:] != inside[:-1])
        #: Where each word begins and ends in ``joined``.
        self.starts, self.ends = edges[::2], edges[1::2]
        #: Parts whose words are longer here than as they write them.
        self.ligatures = {n for n, part in enumerate(parts) if "œ" in part or "Œ" in part}
        lengths = [len(part) + 1 for part in parts]
        for n in self.ligatures:
            lengths[n] = len(spelt(parts[n])) + 1
        self.opens = np.concatenate(([0], np.cumsum(lengths)))
        #: Where each part's words begin, then where the last ones end.
        self.bounds = np.searchsorted(self.starts, self.opens)
        self.part_of = np.repeat(np.arange(len(parts), dtype=np.int32), np.diff(self.bounds))
        # Each word with the spaces after it, as it stands: nothing to copy before it is looked up.
        begins = np.append(self.starts + 1, len(folded)).astype(np.int32)
        found = pa.StringArray.from_buffers(
            len(self.starts), pa.py_buffer(begins), pa.py_buffer(folded)
        ).dictionary_encode()
        #: The distinct words (as numbered in the vocabulary), which one each word is, its number.
        said = map(str.rstrip, found.dictionary.to_pylist())
        self.distinct = np.array([vocabulary[word] for word in said], np.int32)
        self.which = found.indices.to_numpy()
        self.numbers = self.distinct[self.which]

    def __len__(self) -> int:
        return len(self.parts) // PARTS

    def lengths(self) -> Any:
        """How many words each entry has, weighted by where they stand."""
        return np.diff(self.bounds).astype(np.float32).reshape(-1, PARTS) @ WEIGHTS

    def counted(self) -> tuple[Any, Any, Any]:
        """(stems, entries, how often, weighted by where), by stem then entry."""
        every = np.array(self.vocabulary.stem_of, np.int32)[self.distinct]
        stems, own = np.unique(every, return_inverse=True)
        own = own.astype(np.min_scalar_type(len(stems)))[self.which]
        kept = np.flatnonzero(own >= np.searchsorted(stems, 0))  # no article
        order = kept[np.argsort(own[kept], kind="stable")]
        own, parts = own[order], self.part_of[order]
        entries = parts // PARTS
        first = np.ones(len(order), bool)
        first[1:] = (own[1:] != own[:-1]) | (entries[1:] != entries[:-1])
        first = np.flatnonzero(first)
        weights = WEIGHTS[parts % PARTS]
        often = np.add.reduceat(weights, first) if len(first) else weights
        return stems[own[first]], entries[first], often

    def named(self) -> Named:
        """The concepts of each entry, each once, where it comes first."""
        places, ends, sets = self.terms()
        known = self.vocabulary.sets
        sizes = np.array([len(concepts) for concepts in known])
        opens = np.concatenate(([0], np.cumsum(sizes)))
        flat = np.fromiter(chain.from_iterable(known), np.int64, opens[-1])
        times = sizes[sets]
        which = np.repeat(np.arange(len(sets)), times)
        within = np.arange(len(which)) - np.repeat(np.cumsum(times) - times, times)
        concepts = flat[opens[sets][which] + within]
        entries = self.part_of[places][which] // PARTS
        first = first_ones(entries.astype(np.int64) * len(self.vocabulary.concepts) + concepts)
        which = which[first]
        parts, said = self.part_of[places[which]] % PARTS, self.said(places[which], ends[which])
        return Named(entries[first], concepts[first], parts, said)

    def terms(self) -> tuple[Any, Any, Any]:
        """The terms of the lexicon, leftmost then longest: first word, last (excluded), set of concepts."""
        known, numbers = self.vocabulary, self.numbers
        start = np.array(known.start, np.int32)
        is_telling = np.array(known.stops, bool)[numbers] == 0
        ranks = np.concatenate(([0], np.cumsum(is_telling)))
        telling = np.flatnonzero(is_telling)
        places = np.flatnonzero(start[numbers] != NOWHERE)
        after = ranks[places + 1]
        last = ranks[self.bounds[1:]][self.part_of[places]]
        states = known.follow(numbers[places], numbers[telling], after, last)
        before_article = np.append(~is_telling, False)[places + 1]
        states[np.array(known.articles, bool)[numbers[places]] & before_article] = UNSURE
        taken = np.array(known.taken, np.int32)[states]
        heard = (taken > 0) | (states == UNSURE)
        places, states, taken, after = places[heard], states[heard], taken[heard], after[heard]
        ends, longer = places + 1, np.flatnonzero(taken > 1)
        ends[longer] = telling[after[longer] + taken[longer] - 2] + 1
        sets = np.array(known.names, np.int32)[states]
        self.listen(places, states, ends, sets)
        heard = ends > places
        places, ends, sets = places[heard], ends[heard], sets[heard]
        kept = apart(places, ends)
        return places[kept], ends[kept], sets[kept]

    def listen(self, places: Any, states: Any, ends: Any, sets: Any) -> None:
        """Mend, in place, what depends on more than the words that follow: articles that may be part of a
        term, capitals, negations. What is not heard after all ends where it begins."""
        known, numbers = self.vocabulary, self.numbers
        negations = np.flatnonzero(np.array(known.negates, bool)[numbers])
        edges = np.searchsorted(negations, (places - BEFORE, places))
        capital = np.array([bool(c) for c in known.capitals])[states]
        for n in np.flatnonzero((edges[0] < edges[1]) | capital | (states == UNSURE)).tolist():
            at, part, capitals = (
                int(places[n]),
                int(self.part_of[places[n]]),
                known.capitals[states[n]],
            )
            if states[n] == UNSURE:
                ends[n], sets[n] = self.asked(at, part)
            elif capitals and not self.in_capitals(at, part, capitals):
                ends[n] = at
            else:
                first = max(int(self.bounds[part]), at - BEFORE)
                before = [known.listed[number] for number in numbers[first:at].tolist()]
                if known.lexicon.is_negated(before, len(before)):
                    sets[n] = 0

    def asked(self, at: int, part: int) -> tuple[int, int]:
        """What the lexicon says of one place: where its term ends, and which concepts."""
        first = max(int(self.bounds[part]), at - BEFORE)
        last = min(int(self.bounds[part + 1]), at + AFTER)
        found = [self.vocabulary.listed[number] for number in self.numbers[first:last].tolist()]
        hits = self.vocabulary.lexicon.named_at(found, [at - first])
        if not hits:
            return at, 0
        capitals = hits[0].entry.capitals
        if capitals and not self.in_capitals(at, part, capitals):
            return at, 0
        heard = [h.entry.slug for h in hits if not h.negated and h.entry.strength != "faux"]
        return first + hits[0].last, self.vocabulary.set_of(heard)

    def in_capitals(self, at: int, part: int, capitals: str) -> bool:
        """:func:`lexicon.in_capitals`, the place in the text being known."""
        text = self.parts[part]
        if part in self.ligatures:
            return in_capitals(text, at - int(self.bounds[part]), capitals)
        if not self.joined[self.starts[at] : self.ends[at]].rstrip("s").isupper():
            return False
        return mean_anything(text, capitals)

    def said(self, firsts: Any, ends: Any) -> list[str]:
        """Words ``firsts`` to ``ends`` (excluded) of the batch, as their parts write them."""
        joined = self.joined
        edges = zip(self.starts[firsts].tolist(), self.ends[ends - 1].tolist(), strict=True)
        said = [joined[a:b] for a, b in edges]
        if self.ligatures:
            parts = self.part_of[firsts]
            where = {part: tokens(fold(self.parts[part])) for part in self.ligatures}
            for n in np.flatnonzero(np.isin(parts, list(self.ligatures))).tolist():
                text, start = self.parts[parts[n]], int(self.bounds[parts[n]])
                found = where[parts[n]]
                said[n] = text[found[firsts[n] - start][0] : found[ends[n] - 1 - start][1]]
        return said


def first_ones(keys: Any) -> Any:
    """Where each key comes first."""
    # Arrow numbers keys as they come: a new one is above all before.
    met = pa.array(keys).dictionary_encode().indices.to_numpy()
    return np.flatnonzero(np.diff(np.maximum.accumulate(met), prepend=-1))


def apart(places: Any, ends: Any) -> Any:
    """Which stretches to keep, in order, so that none begins inside one that is kept."""
    kept = np.ones(len(places), bool)
    furthest = np.maximum.accumulate(ends)
    inside = np.flatnonzero(places[1:] < furthest[:-1]) + 1
    last, free = -1, 0
    for n, at, end in zip(
        inside.tolist(), places[inside].tolist(), ends[inside].tolist(), strict=True
    ):
        if n - 1 != last:
            free = int(ends[n - 1])  # the one before is kept
        kept[n] = at >= free
        last, free = n, end if at >= free else free
    return kept
