"""Many texts read at once: their words as numbers, and where a term may begin.

**Reads** texts, the lexicon, the model's weights of words. **Writes** nothing.
**Method** The texts of a batch are folded and cut into words in one pass over their bytes, and Arrow
numbers the distinct words. Each is looked up once and remembered from batch to batch: its weight, the
terms that it may begin or go on with. A term may begin at a word if it is that word alone, or if the next
word that is no article goes on with it: a table of pairs tells. The lexicon is then asked at these places
only, and only of the texts that may hold a term of the digital, or whose words weigh enough.
**Limits** Hears exactly what ``lexicon.find`` and ``find_cues`` hear text by text.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quartiers import lexicon
from quartiers.reading import model as reading
from quartiers.text import folded_bytes, readable, stem

#: What a place may hold: a term; a decisive or supporting one.
TERM, STRONG_TERM = 1, 2
#: Words remembered before the memory is emptied: memory stays flat on any number of texts.
REMEMBERED = 300_000
#: A text without any of these is read as it is: no sign of noise, nothing known to be corrupted, no
#: character that Unicode may write in another way (those below U+0300 and usual punctuation may not).
_MAY_CHANGE = r"[\[@{<&]|http|www\.|ü¾|[^\x00-\x{2FF}\x{2002}-\x{206F}\x{20AC}]"
_FACTS = np.dtype(
    [
        ("weight", "f8"),
        ("is_article", "?"),
        *(
            (f"{kind}_{fact}", "i2")
            for kind in ("term", "cue")
            for fact in ("alone", "row", "column")
        ),
    ]
)


def settled(word: str) -> str:
    """The stem of the stem…: what is one second word of a term for the lexicon is one here."""
    while (base := stem(word)) != word:
        word = base
    return word


class Openings:
    """The terms of one list by their first two words: what may begin at a pair of words."""

    def __init__(self, first: lexicon.First) -> None:
        self.first = first
        branches = [branch for branch in first.terms.values() if branch.longer]
        seconds = {settled(second) for branch in branches for second in branch.longer}
        self.rows = {id(branch): row for row, branch in enumerate(branches, 1)}
        self.columns = {second: column for column, second in enumerate(sorted(seconds), 1)}
        self.table = np.zeros((len(branches) + 1, len(seconds) + 1), np.int8)
        for row, branch in enumerate(branches, 1):
            for second, terms in branch.longer.items():
                column = self.columns[settled(second)]
                strongest = max(strength(told) for _, told in terms)
                self.table[row, column] = max(self.table[row, column], strongest)
            if branch.article:
                self.table[row] = STRONG_TERM

    def facts(self, word: str, base: str) -> tuple[int, int, int]:
        """What a word of settled stem ``base`` may be alone, its row and its column of the table."""
        branch = self.first[word]
        alone = strength(branch.alone) if branch.alone else 0
        return alone, self.rows.get(id(branch), 0), self.columns.get(base, 0)


def strength(told: Sequence[Any]) -> int:
    """Whether one of a term's entries speaks for the digital; words of context never do."""
    is_strong = any(getattr(entry, "strength", "") in lexicon.STRONG for entry in told)
    return STRONG_TERM if is_strong else TERM


class Vocabulary(dict[str, int]):
    """Word → number, with what is known of each word."""

    def __init__(self) -> None:
        super().__init__()
        known = lexicon.load()
        self.weights = reading.load().weights_of
        self.terms, self.cues = Openings(known.first), Openings(known.first_cues)
        self.facts = np.zeros(REMEMBERED, _FACTS)

    def told(self, words: Sequence[str]) -> Any:
        """What is known of each of these distinct words."""
        new = [word for word in words if word not in self]
        if len(self) + len(new) > len(self.facts):
            self.clear()
            new, self.facts = list(words), np.zeros(max(REMEMBERED, len(words)), _FACTS)
        if new:
            begin, end = len(self), len(self) + len(new)
            self.update(zip(new, range(begin, end), strict=True))
            self.facts[begin:end] = [self.looked_up(word) for word in new]
            self.facts["weight"][begin:end] = self.weights(new)
        return self.facts[np.fromiter(map(self.__getitem__, words), np.int64, len(words))]

    def looked_up(self, word: str) -> tuple[Any, ...]:
        """The facts of one word, but for its weight."""
        base = settled(word)
        terms, cues = self.terms.facts(word, base), self.cues.facts(word, base)
        return (0.0, word in lexicon.STOP, *terms, *cues)


@cache
def vocabulary() -> Vocabulary:
    """The words seen by this process."""
    return Vocabulary()


class Heard(NamedTuple):
    """What is heard in a text: its folded words, where each begins and ends in the text as read,
    ``places`` the way back to the original (None: the same); the concepts they name, around what."""

    words: list[str]
    starts: list[int]
    ends: list[int]
    places: list[int] | None
    hits: list[lexicon.Hit]
    cues: list[lexicon.Cue]


class Skimmed:
    """The texts of a batch, cut into numbered words.

    ``total``: the sum of the weights of each text's distinct words over the root of their number.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts, known = texts, vocabulary()
        self.clean, self.back = readable_all(texts)
        folded = folded_bytes("\n".join(self.clean))
        letters = np.frombuffer(b" %b " % folded, np.uint8) != ord(" ")
        edges = np.flatnonzero(letters[1:] != letters[:-1])
        self.starts, self.ends = edges[::2], edges[1::2]
        self.opens = np.cumsum([0, *(len(clean) + 1 for clean in self.clean)])
        #: Where the words of each text begin, then where the last ones end.
        self.bounds = np.searchsorted(self.starts, self.opens)
        self.numbers, self.listed = numbered(folded, self.ends - self.starts)
        self.text_of = np.repeat(np.arange(len(texts)), np.diff(self.bounds))
        facts = known.told(self.listed)
        self.total = self.totals(facts["weight"])
        self.facts = np.append(facts, np.zeros(1, _FACTS))
        self.following = self.next_words()
        terms = self.openings("term", known.terms)
        self.terms, self.strong = self.by_text(terms), self.by_text(terms == STRONG_TERM)
        self.cues = self.by_text(self.openings("cue", known.cues))

    def totals(self, weights: Any) -> Any:
        pairs = np.sort(self.text_of * max(len(weights), 1) + self.numbers)
        pairs = pairs[np.flatnonzero(np.diff(pairs, prepend=-1))]
        text_of, words = np.divmod(pairs, max(len(weights), 1))
        count = np.bincount(text_of, minlength=len(self.texts))
        return np.bincount(text_of, weights[words], len(self.texts)) / np.sqrt(count + 4)

    def next_words(self) -> Any:
        """The number of each word's next one that is no article; past the last, of no word."""
        telling = ~self.facts["is_article"][self.numbers]
        places = np.append(np.flatnonzero(telling), len(telling))[np.cumsum(telling)]
        numbers = np.append(self.numbers, len(self.listed))[places]
        return np.where(places < self.bounds[self.text_of + 1], numbers, len(self.listed))

    def openings(self, kind: str, known: Openings) -> Any:
        """What may begin at each word."""
        rows = self.facts[f"{kind}_row"][self.numbers]
        columns = self.facts[f"{kind}_column"][self.following]
        return np.maximum(self.facts[f"{kind}_alone"][self.numbers], known.table[rows, columns])

    def by_text(self, openings: Any) -> tuple[list[int], list[int]]:
        """The places where something may begin, and where those of each text begin among them."""
        places = np.flatnonzero(openings)
        return places.tolist(), np.searchsorted(places, self.bounds).tolist()

    def speaking(self) -> list[int]:
        """The texts that may name something digital: most may not, and nothing else is asked of
        them. A false friend may still take the words."""
        first, bounds = lexicon.load().first, self.strong[1]
        kept = []
        for at in np.flatnonzero(np.diff(bounds)).tolist():
            words = self.words(at)
            for place in self.within(at, *self.strong):
                _, told = lexicon.longest(words, place, first[words[place]])
                if told and strength(told) == STRONG_TERM:
                    kept.append(at)
                    break
        return kept

    def heard(self, at: int) -> Heard:
        """All that is heard in text number ``at``."""
        known, words = lexicon.load(), self.words(at)
        within, opens = slice(*self.bounds[at : at + 2]), self.opens[at]
        return Heard(
            words,
            (self.starts[within] - opens).tolist(),
            (self.ends[within] - opens).tolist(),
            self.back.get(at),
            known.named_at(words, self.within(at, *self.terms), self.clean[at]),
            known.cues_at(words, self.within(at, *self.cues)),
        )

    def words(self, at: int) -> list[str]:
        """The folded words of text number ``at``."""
        numbers = self.numbers[self.bounds[at] : self.bounds[at + 1]].tolist()
        return [self.listed[number] for number in numbers]

    def within(self, at: int, places: list[int], bounds: list[int]) -> list[int]:
        """Those of the places that are in text number ``at``, told as its words' ranks."""
        begin = int(self.bounds[at])
        return [place - begin for place in places[bounds[at] : bounds[at + 1]]]


def readable_all(texts: Sequence[str]) -> tuple[Sequence[str], dict[int, list[int]]]:
    """:func:`readable` of each text; the ways back, of those where characters moved."""
    column = pa.array([text.encode("utf-8", "replace") for text in texts], pa.string())
    clean, back = list(texts), {}
    for at in np.flatnonzero(pc.match_substring_regex(column, _MAY_CHANGE)).tolist():
        clean[at], places = readable(texts[at])
        if places is not None:
            back[at] = places
    return clean, back


def numbered(folded: bytes, lengths: Any) -> tuple[Any, list[str]]:
    """The words of a folded text as numbers, and the words so numbered."""
    ends = np.cumsum(lengths, dtype=np.int32)
    buffers = (
        pa.py_buffer(np.append(np.int32(0), ends)),
        pa.py_buffer(folded.translate(None, b" ")),
    )
    coded = pa.StringArray.from_buffers(len(lengths), *buffers).dictionary_encode()
    return coded.indices.to_numpy(), coded.dictionary.to_pylist()
