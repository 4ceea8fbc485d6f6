"""The words of a text that are shown as reasons.

**Reads** what was heard in a text. **Writes** nothing.
**Method** A concept is quoted once, by the longest of the strongest words that name it: «accéder à
une connexion internet» rather than «accéder à du matériel». Where nothing named speaks, the word that
weighs most is quoted; one of up to three letters that is no acronym («par», «Un») is not, unless there
is no other.
**Limits** The longest words are not always the most telling. Reasons change no score.
"""

from __future__ import annotations

from collections.abc import Sequence

from quartiers.lexicon import Hit
from quartiers.reading.skim import Heard
from quartiers.shapes import Because

#: Words this long or less are of grammar more often than not.
SHORT_WORD = 3


def once_each(hits: Sequence[Hit], heard: Heard) -> list[Hit]:
    """One hit a concept: a decisive one, then the longest in the text, then the first."""
    kept: dict[str, Hit] = {}
    for hit in hits:
        known = kept.setdefault(hit.entry.slug, hit)
        if known is not hit and tells(hit, heard) > tells(known, heard):
            kept[hit.entry.slug] = hit
    return list(kept.values())


def tells(hit: Hit, heard: Heard) -> tuple[bool, int]:
    """How much a hit tells: whether it is decisive, and how many letters it spans."""
    return hit.entry.strength == "decisive", heard.ends[hit.last - 1] - heard.starts[hit.first]


def of_concept(text: str, heard: Heard, hit: Hit) -> Because:
    """A concept as a reason."""
    reason = quoted(text, heard, hit.first, hit.last)
    reason.concept = hit.entry.slug
    return reason


def heaviest_word(text: str, heard: Heard, weights: Sequence[float]) -> list[Because]:
    """The word that weighs most, as a reason; none in a text without a word."""
    words = [quoted(text, heard, at, at + 1) for at in range(len(weights))]
    ranked = [
        (is_telling(word.quote or ""), weight) for word, weight in zip(words, weights, strict=True)
    ]
    if not ranked:
        return []
    heaviest = words[ranked.index(max(ranked))]
    heaviest.weight, heaviest.note = round(max(ranked)[1], 3), "mot qui pèse le plus"
    return [heaviest]


def is_telling(word: str) -> bool:
    """Whether a word is long, or written as an acronym («SMS», «3D»)."""
    return len(word) > SHORT_WORD or not (word.islower() or word == word.capitalize())


def quoted(text: str, heard: Heard, first: int, last: int) -> Because:
    """Words ``first`` to ``last`` (excluded) as the original text writes them."""
    start, end = heard.starts[first], heard.ends[last - 1]
    if heard.places is not None:
        start, end = heard.places[start], heard.places[end]
    return Because(quote=text[start:end], start=start, end=end)
