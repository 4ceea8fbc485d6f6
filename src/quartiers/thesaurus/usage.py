"""Who says what: each concept's words counted in the texts of both worlds, with quotes.

**Reads** records (their ``world`` is what their source says), the lexicon. **Writes** nothing.
**Method** Every text is read once; a record counts once a label, however often it says it. The quote is
the record's own sentence around the first place. Rates are for a thousand records of the world: the
two worlds are of different sizes.
**Limits** Counts words, not meanings: the embedded corpus is our own wording of public facts, so
rare words say more of who wrote than of who acts. Records of neither world are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from quartiers import lexicon
from quartiers.shapes import Record, record_text
from quartiers.text import fold, tokens
from quartiers.thesaurus import WORLDS

#: A quote is a sentence, cut around the word when it is longer than this.
QUOTE = 160
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")


@dataclass(slots=True)
class Usage:
    """One concept in the texts: records by world, the words used in each, one quote a world."""

    slug: str
    records: dict[str, int] = field(default_factory=lambda: dict.fromkeys(WORLDS, 0))
    words: dict[str, dict[str, int]] = field(default_factory=lambda: {w: {} for w in WORLDS})
    quotes: dict[str, tuple[str, str]] = field(default_factory=dict)


def usage(records: Iterable[Record]) -> tuple[dict[str, Usage], dict[str, int]]:
    """Concept → usage, for the concepts found; and how many records each world has."""
    found: dict[str, Usage] = {}
    totals = dict.fromkeys(WORLDS, 0)
    terms = lexicon.load()
    for record in records:
        if record.world not in totals:
            continue
        totals[record.world] += 1
        text = record_text(record.title, record.text)
        places = tokens(fold(text))
        seen: set[tuple[str, str]] = set()
        for hit in terms.find([word for _, _, word in places], text):
            if hit.entry.strength == "faux" or hit.negated:
                continue
            start, end = places[hit.first][0], places[hit.last - 1][1]
            word = " ".join(w for _, _, w in places[hit.first : hit.last])
            use = found.setdefault(hit.entry.slug, Usage(hit.entry.slug))
            if all(slug != hit.entry.slug for slug, _ in seen):
                use.records[record.world] += 1
            if (hit.entry.slug, word) not in seen:
                said = use.words[record.world]
                said[word] = said.get(word, 0) + 1
                seen.add((hit.entry.slug, word))
            use.quotes.setdefault(record.world, (sentence(text, start, end), record.id))
    return found, totals


def sentence(text: str, start: int, end: int) -> str:
    """The sentence around a place, verbatim, cut at words when it is long."""
    first = max((m.end() for m in _SENTENCE.finditer(text, 0, start)), default=0)
    after = _SENTENCE.search(text, end)
    last = after.start() if after else len(text)
    if last - first > QUOTE:
        first = max(first, text.rfind(" ", 0, max(start - QUOTE // 2, 1)) + 1)
        cut = text.find(" ", min(end + QUOTE // 2, len(text)))
        last = min(last, cut if cut > 0 else len(text))
    return text[first:last].strip(" —")
