"""What is heard in a text: its words, the concepts they name, the words of context.

**Reads** the lexicon. **Writes** nothing.
**Method** ``detect`` hears a text first and leaves here what it heard of those it keeps; ``classify``,
which comes next on the same texts, takes it back instead of hearing again.
**Limits** The memory is short: what is no longer there is heard again, with the same result.
"""

from __future__ import annotations

from typing import NamedTuple

from quartiers import lexicon
from quartiers.text import fold, readable, tokens, words

#: Texts remembered before the memory is emptied.
REMEMBERED = 4_000


class Heard(NamedTuple):
    """``clean``: the text as read, ``places`` the way back to the original (None: the same); the
    folded words; what they name, around what."""

    clean: str
    places: list[int] | None
    words: list[str]
    hits: list[lexicon.Hit]
    cues: list[lexicon.Cue]

    def spans(self) -> list[tuple[int, int, str]]:
        """Each word with its place in ``clean``."""
        return tokens(fold(self.clean))


_RECENT: dict[str, Heard] = {}


def hear(text: str) -> Heard:
    """Everything that is heard in a text."""
    clean, places = readable(text)
    found = words(clean)
    known = lexicon.load()
    return Heard(clean, places, found, known.find(found, clean), known.find_cues(found))


def remember(text: str, heard: Heard) -> None:
    """Keep what was heard for who comes next."""
    if len(_RECENT) >= REMEMBERED:
        _RECENT.clear()
    _RECENT[text] = heard


def recall(text: str) -> Heard:
    """What was heard in a text, just now or again."""
    return _RECENT.pop(text, None) or hear(text)
