"""A text as words, and the names found in it.

**Reads** a text and a trie of names. **Writes** nothing.
**Method** Words are folded and keyed as the names are (``names.py``); articles are stepped over. Places
are kept: a span of words is a span of the text.
**Limits** The words of a name must follow each other, parted by spaces, hyphens or articles only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from quartiers.locate.names import ARTICLES, Name, Node, key
from quartiers.text import fold, readable, tokens

#: What may part the words of one name.
_GAP = re.compile(r"[\s\-–'’/]*(?:(?:de|du|des|d|la|le|les|l)[\s\-'’]+)*", re.IGNORECASE)
SENTENCE = re.compile(r"[.!?:;»«\n•|]")


@dataclass(slots=True)
class Text:
    """A text and its words: the folded ones, their keys, which are not articles."""

    raw: str
    spans: list[tuple[int, int, str]]
    content: list[int]
    keys: list[str]
    shouting: bool
    original: str
    places: list[int] | None  # where each character was, when accents had to be joined

    def quote(self, start: int, end: int) -> tuple[int, int, str]:
        """A stretch of the text as it was given: start, end, words."""
        if self.places is not None:
            start, end = self.places[start], self.places[end]
        return start, end, self.original[start:end]

    def gap(self, left: int, right: int) -> str:
        """What stands between two words (ranks in ``spans``)."""
        return self.raw[self.spans[left][1] : self.spans[right][0]]


@dataclass(frozen=True, slots=True)
class Span:
    """Names found at one place: first and last word (ranks in ``spans``)."""

    first: int
    last: int
    names: tuple[Name, ...]


def read(original: str) -> Text:
    """Cut a text into words."""
    raw, places = readable(original)
    folded = fold(raw)
    spans = tokens(folded)
    content = [i for i, (_, _, word) in enumerate(spans) if word not in ARTICLES]
    letters = [c for c in raw if c.isalpha()]
    shouting = bool(letters) and sum(c.isupper() for c in letters) > 0.7 * len(letters)
    of = [key(word) for _, _, word in spans]
    return Text(raw, spans, content, of, shouting, original, places)


def find(text: Text, root: Node) -> list[Span]:
    """Every name of a trie in the text, the longest first at each place."""
    found: list[Span] = []
    for at, first in enumerate(text.content):
        node, here, last = root, at, first
        while True:
            following = node.next.get(text.keys[text.content[here]])
            if following is None:
                break
            node, last = following, text.content[here]
            if node.names:
                found.append(Span(first, last, tuple(node.names)))
            here += 1
            if here >= len(text.content) or not _GAP.fullmatch(text.gap(last, text.content[here])):
                break
    return sorted(found, key=lambda s: (s.first - s.last, s.first))


def capital(text: Text, word: int) -> bool:
    """Is this word written with a capital (or a digit)?"""
    letter = text.raw[text.spans[word][0]]
    return letter.isupper() or letter.isdigit()


def joined_before(text: Text, word: int) -> bool:
    return word > 0 and text.gap(word - 1, word) in ("-", "‑")


def joined_after(text: Text, word: int) -> bool:
    return word + 1 < len(text.spans) and text.gap(word, word + 1) in ("-", "‑")
