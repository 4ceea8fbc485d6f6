"""How alike two names are: the words they share, weighted by rarity; letters; initials.

**Reads** names taken apart. **Writes** nothing.
**Method** Letters and words are compared for all pairs at once. A word counts for as much as it is rare; a
slip apart is nearly the same word, an initial is more than half of it.
**Limits** Rarity comes from the national lists; a word never seen is as rare as can be.
"""

from __future__ import annotations

import json
import math
from functools import cache, lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from quartiers.link.names import REMEMBERED
from quartiers.link.sides import Marks, Names, Texts, texts

#: Two words are a slip apart from this likeness of their letters on (of 100), and then so much alike.
SLIP = 80
#: How much an initial is the word.
INITIAL = 0.6
DIGITS = "0123456789"


@cache
def frequencies() -> tuple[int, dict[str, int]]:
    """Number of records counted, and in how many of them each word of a proper name stands."""
    kept = json.loads((files("quartiers.study") / "link" / "words.json").read_text("utf-8"))
    return kept["records"], kept["words"]


@lru_cache(REMEMBERED)
def rarity(word: str) -> float:
    """How much a word identifies: the log of how rare it is."""
    total, counts = frequencies()
    return math.log(total / (1 + counts.get(word, 1)))


def name_facts(
    facts: dict[str, NDArray[Any]], names: Names, a: Marks, b: Marks
) -> tuple[Marks, NDArray[np.bool_]]:
    """Facts about names. Returns their class (0 alike, A; 1 partly, B; 2 not, C), and whether one has a
    proper name."""
    bare_a, bare_b = names.bare[a], names.bare[b]
    ratio = cpdist(bare_a, bare_b, scorer=fuzz.ratio, dtype=np.float64) / 100
    within = cpdist(bare_a, bare_b, scorer=fuzz.token_set_ratio, dtype=np.float64) / 100
    poorer, richer, weight = overlaps(names.proper, a, b)
    empty = names.proper == ""
    none, told = empty[a] & empty[b], ~empty[a] & ~empty[b]
    facts["proper_none"], facts["proper_one"] = none, ~none & ~told
    acro = facts["acro"] = acronyms(names, a, b)
    band = (poorer[:, None] >= (0.3, 0.6, 0.85)).sum(axis=1)
    # Initials share no word with what they shorten: that tells nothing.
    for n in range(4):
        facts[f"pmin_p{n}"] = told & (band == n) & ~(acro & (n == 0))
    facts["pmax"], facts["psh"] = richer, np.minimum(weight, 15) / 10
    facts["name_ratio"], facts["name_set"], facts["name_hi"] = ratio, within, ratio >= 0.9
    facts["name_eq"] = (names.whole[a] == names.whole[b]).astype(np.bool_)
    alike = acro | (ratio >= 0.9) | (poorer >= 0.85)
    likeness = np.select([alike, (ratio >= 0.6) | (poorer >= 0.5)], [0, 1], 2)
    return likeness, ~none


def overlaps(
    proper: Texts, a: Marks, b: Marks
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Shared rarity of proper names: over the poorer, over the richer, in itself."""
    once: dict[str, int] = {}
    which = np.fromiter((once.setdefault(p, len(once)) for p in proper), np.int64, len(proper))
    pairs, rows = np.unique(which[a] * len(once) + which[b], return_inverse=True)
    left, right = np.divmod(pairs, len(once))
    words = [p.split() for p in once]
    weights = np.array([math.fsum(map(rarity, w)) for w in words])
    both = shared(words, left, right)
    poorer = np.minimum(weights[left], weights[right])
    richer = np.maximum(weights[left], weights[right])
    return (
        (both / np.maximum(poorer, 1e-9))[rows],
        (both / np.maximum(richer, 1e-9))[rows],
        both[rows],
    )


def shared(names: list[list[str]], left: Marks, right: Marks) -> NDArray[np.float64]:
    """The rarity of the words that names share, each word once, for pairs of places in ``names``.

    All words of one name are held against all of the other, at once; where a word is like several, the
    pair is read again word by word.
    """
    codes: dict[str, int] = {}
    flat = np.array([codes.setdefault(w, len(codes)) for name in names for w in name], np.int64)
    sizes = np.array(list(map(len, names)), np.int64)
    starts = np.cumsum(sizes) - sizes
    counts = sizes[left] * sizes[right]
    pair = np.repeat(np.arange(len(left)), counts)
    place = np.arange(len(pair)) - np.repeat(np.cumsum(counts) - counts, counts)
    i, j = np.divmod(place, sizes[right][pair])
    i, j = i + starts[left][pair], j + starts[right][pair]
    likeness = alike(texts(codes), flat[i], flat[j])
    held = np.flatnonzero(likeness)
    pair, i, j, likeness = pair[held], i[held], j[held], likeness[held]
    rare = np.array(list(map(rarity, codes)))
    least = np.minimum(rare[flat[i]], rare[flat[j]])
    total = np.bincount(pair, likeness * least, len(left)).astype(np.float64)
    several = np.zeros(len(left), np.bool_)
    for side in (i, j):
        key = np.sort(pair * len(flat) + side)
        several[key[1:][key[1:] == key[:-1]] // max(len(flat), 1)] = True
    for n in np.flatnonzero(several).tolist():
        part = slice(*np.searchsorted(pair, (n, n + 1)))
        total[n] = likest(i[part].tolist(), j[part].tolist(), likeness[part].tolist(), least[part])
    return total


def likest(left: list[int], right: list[int], likeness: list[float], rare: Any) -> float:
    """The rarity of words shared, where a word is like several: it goes to the likest one still free."""
    total, taken = 0.0, set()
    for _, rows in groupby(range(len(left)), key=left.__getitem__):
        free = [n for n in rows if right[n] not in taken]
        if free:
            best = max(free, key=likeness.__getitem__)
            total += likeness[best] * rare[best]
            taken.add(right[best])
    return float(total)


def alike(words: Texts, a: Marks, b: Marks) -> NDArray[np.float64]:
    """Pairs of words: the same, a slip apart, or an initial (0 when none of these).

    Letters are compared only where lengths and letters leave a slip possible.
    """
    sizes = np.array([len(w) for w in words], np.int64)
    first = np.array([ord(w[0]) for w in words], np.int64)
    letters = np.array([letters_of(w) for w in words], np.uint64)
    same = a == b
    initial = ~same & ((sizes[a] == 1) | (sizes[b] == 1)) & (first[a] == first[b])
    made = np.where(same, 1.0, np.where(initial, INITIAL, 0.0))
    spared = (sizes[a] + sizes[b]) * (100 - SLIP) // 100
    long = ~same & (np.minimum(sizes[a], sizes[b]) >= 4) & (np.abs(sizes[a] - sizes[b]) <= spared)
    near = np.flatnonzero(long)
    near = near[np.bitwise_count(letters[a[near]] ^ letters[b[near]]) <= spared[near]]
    ratio = cpdist(words[a[near]], words[b[near]], scorer=fuzz.ratio, dtype=np.float64)
    made[near] = np.where(ratio >= SLIP, ratio / 100, 0.0)
    return made


@lru_cache(REMEMBERED)
def letters_of(word: str) -> int:
    """The letters that stand in a word, as bits."""
    return sum({1 << (ord(letter) & 63) for letter in word})


def acronyms(names: Names, a: Marks, b: Marks) -> NDArray[np.bool_]:
    """Whether a word of one name is made of the initials of the other («UDAF65», «ADL»)."""
    words = [{w.rstrip(DIGITS) for w in whole.split()} for whole in names.whole]
    every = set().union(*words)
    long = [every.intersection(text.split()) for text in names.initials]
    is_long = np.array([bool(i) for i in long], np.bool_)
    made = np.zeros(len(a), np.bool_)
    for n in np.flatnonzero(is_long[a] | is_long[b]).tolist():
        x, y = a[n], b[n]
        made[n] = not (long[x].isdisjoint(words[y]) and long[y].isdisjoint(words[x]))
    return made
