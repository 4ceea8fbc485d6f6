"""What was just heard in the texts kept: ``detect`` leaves it, ``classify`` takes it back.

**Reads** and **Writes** nothing.
**Method** Both are given the same texts, one after the other; what is heard of those kept is remembered
between them.
**Limits** The memory is short: what is no longer there is heard again, with the same result.
"""

from __future__ import annotations

from collections.abc import Sequence

from quartiers.reading.skim import Heard, Skimmed

#: Texts remembered before the memory is emptied: more than a batch keeps.
REMEMBERED = 5_000

_RECENT: dict[str, Heard] = {}


def remember(text: str, heard: Heard) -> None:
    """Keep what was heard for who comes next."""
    if len(_RECENT) >= REMEMBERED:
        _RECENT.clear()
    _RECENT[text] = heard


def recall(texts: Sequence[str]) -> list[Heard]:
    """What was heard in each text, just now or again."""
    known = {text: heard for text in texts if (heard := _RECENT.pop(text, None))}
    forgotten = [text for text in dict.fromkeys(texts) if text not in known]
    if forgotten:
        skimmed = Skimmed(forgotten)
        known |= {text: skimmed.heard(at) for at, text in enumerate(forgotten)}
    return [known[text] for text in texts]
