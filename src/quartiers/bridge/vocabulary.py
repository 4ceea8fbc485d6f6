"""The words of many texts, numbered, and the lexicon's terms as steps from one word to the next.

**Reads** the lexicon. **Writes** nothing.
**Method** Each distinct word is looked up once: its stem, whether it is an article, the *state* of a place
where it stands. From a state, the next telling word leads to another or nowhere; a state knows the longest
term said so far. A step is worked out when first met and remembered, so that many places are followed
together, in a few operations on arrays.
**Limits** Where an article may be part of a term the state is ``UNSURE``: the lexicon is asked on the spot.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from quartiers import lexicon
from quartiers.lexicon import NOTHING, STOP, Lexicon, Term
from quartiers.text import stem

#: No term goes on so; the lexicon has to be asked.
NOWHERE, UNSURE = 0, 1


class State(NamedTuple):
    """After ``said`` telling words: the longest term among them (of ``taken`` words, what it is), the terms
    that may follow the first word, by second, or what those begun still lack."""

    said: int
    taken: int
    told: tuple[Any, ...]
    second: Mapping[str, tuple[Term, ...]]
    lacking: tuple[Term, ...] = ()

    def after(self, word: str, base: str) -> State | None:
        """The state after one more telling word and its stem; None when no term goes on so."""
        if self.said == 1:
            begun = self.second.get(word) or self.second.get(base, ())
        else:
            begun = tuple(term for term in self.lacking if term[0][0] in (word, base))
        if not begun:
            return None
        said = self.said + 1
        lacking = tuple((rest[1:], told) for rest, told in begun if len(rest) > 1)
        whole = [told for rest, told in begun if len(rest) == 1]
        if whole:
            return State(said, said, whole[0], {}, lacking)
        return State(said, self.taken, self.told, {}, lacking)

    @property
    def with_article(self) -> bool:
        """Is an article part of a term begun?"""
        return any(part in STOP for rest, _ in self.lacking for part in rest)


class Vocabulary(dict[str, int]):
    """Word → number; fills itself, with what is known of each word and of each state."""

    def __init__(self) -> None:
        super().__init__()
        self.lexicon: Lexicon = lexicon.load(told=True)
        listed = [b.longer.values() for b in self.lexicon.first.terms.values()]
        self.later = {part for ts in listed for t in ts for rest, _ in t for part in rest}
        # Of words.
        self.listed: list[str] = []
        self.stemmed: list[str] = []
        self.stems: dict[str, int] = {}
        self.stem_of, self.start = array("i"), array("i")
        self.stops, self.negates, self.follows = array("b"), array("b"), array("b")
        self.articles = array("b")  # does a term go on with an article?
        # Of states; sets of concepts, the first one empty.
        self.states = [State(0, 0, (), {})] * 2
        self.taken, self.names, self.open = (
            array("i", [0, 0]),
            array("i", [0, 0]),
            array("b", [0, 0]),
        )
        self.capitals = ["", ""]
        self.concepts: dict[str, int] = {}
        self.sets: list[tuple[int, ...]] = [()]
        self.steps = _Steps(self)

    def __missing__(self, word: str) -> int:
        base, stop = stem(word), word in STOP
        self.listed.append(word)
        self.stemmed.append(base)
        self.stem_of.append(-1 if stop else self.stems.setdefault(base, len(self.stems)))
        self.stops.append(stop)
        self.negates.append(word in self.lexicon.negations)
        self.follows.append(word in self.later or base in self.later)
        branch = self.lexicon.first[word]
        self.articles.append(branch.article)
        if branch is NOTHING:
            self.start.append(NOWHERE)
        else:
            alone = branch.alone
            self.start.append(self.numbered(State(1, int(bool(alone)), alone, branch.longer)))
        number = self[word] = len(self)
        return number

    def numbered(self, state: State) -> int:
        """The number of a new state."""
        self.states.append(state)
        self.taken.append(state.taken)
        self.names.append(self.set_of(e.slug for e in state.told if e.strength != "faux"))
        self.open.append(bool(state.second or state.lacking))
        self.capitals.append(state.told[0].capitals if state.told else "")
        return len(self.capitals) - 1

    def set_of(self, slugs: Iterable[str]) -> int:
        """The number of a set of concepts."""
        concepts = tuple(self.concepts.setdefault(slug, len(self.concepts)) for slug in slugs)
        if not concepts:
            return 0
        self.sets.append(concepts)
        return len(self.sets) - 1

    def follow(self, begins: Any, telling: Any, after: Any, last: Any) -> Any:
        """The states where the words ``begins`` lead with those that follow: ``telling[after]`` and on,
        ``last`` excluded."""
        states, at = np.array(self.start, np.int32)[begins], after.copy()
        follows = np.array(self.follows, bool)[telling]
        going = np.arange(len(begins))
        while True:
            is_open = np.array(self.open, bool)
            going = going[is_open[states[going]] & (at[going] < last[going])]
            going = going[follows[at[going]]]
            if not len(going):
                return states
            codes = (states[going].astype(np.int64) << 32) | telling[at[going]]
            met = pa.array(codes).dictionary_encode()
            steps = [self.steps[code] for code in met.dictionary.to_pylist()]
            led = np.array(steps, np.int32)[met.indices.to_numpy()]
            going, led = going[led != NOWHERE], led[led != NOWHERE]
            states[going] = led
            at[going] += 1


class _Steps(dict[int, int]):
    """State (high half) and next telling word (low half) → state; fills itself."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.vocabulary = vocabulary

    def __missing__(self, code: int) -> int:
        known, word = self.vocabulary, code & 0xFFFFFFFF
        state = known.states[code >> 32].after(known.listed[word], known.stemmed[word])
        if state is None:
            number = NOWHERE
        else:
            number = UNSURE if state.with_article else known.numbered(state)
        self[code] = number
        return number
