"""How alike two names are: the words they share, weighted by rarity; letters; initials.

**Reads** names taken apart. **Writes** nothing.
**Method** Letters are compared for all pairs at once; words, once for each two proper names. A word counts
for as much as it is rare; a slip apart is nearly the same word, an initial is more than half of it.
**Limits** Rarity comes from the national lists; a word never seen is as rare as can be.
"""

from __future__ import annotations

import json
import math
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from quartiers.link.names import EMPTY, REMEMBERED, Name
from quartiers.link.sides import Marks, Texts, bits, texts

Proper = tuple[str, ...]


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
    facts: dict[str, NDArray[Any]], names_a: Texts, names_b: Texts
) -> tuple[Marks, Marks, Marks, NDArray[np.bool_]]:
    """Facts about names. Returns their class (0 alike, A; 1 partly, B; 2 not, C), the kinds of place
    that each side says, and whether one has a proper name."""
    once, a, b = coded(names_a, names_b)
    bare = texts(" ".join(sorted(name.bare.split())) for name in once)
    ratio = cpdist(bare[a], bare[b], scorer=fuzz.ratio, dtype=np.float64) / 100
    within = cpdist(bare[a], bare[b], scorer=fuzz.token_set_ratio, dtype=np.float64) / 100
    propers: dict[Proper, int] = {}
    proper = np.array([propers.setdefault(n.proper, len(propers)) for n in once], np.int64)
    poorer, richer, weight = overlaps(list(propers), proper[a], proper[b])
    empty = np.array([not p for p in propers], np.bool_)[proper]
    none, told = empty[a] & empty[b], ~empty[a] & ~empty[b]
    facts["proper_none"], facts["proper_one"] = none, ~none & ~told
    band = (poorer[:, None] >= (0.3, 0.6, 0.85)).sum(axis=1)
    for n in range(4):
        facts[f"pmin_p{n}"] = told & (band == n)
    facts["pmax"], facts["psh"] = richer, np.minimum(weight, 15) / 10
    facts["name_ratio"], facts["name_set"], facts["name_hi"] = ratio, within, ratio >= 0.9
    wholes: dict[str, int] = {}
    whole = np.array([wholes.setdefault(n.whole, len(wholes)) for n in once], np.int64)
    facts["name_eq"] = whole[a] == whole[b]
    facts["acro"] = acronyms(once, a, b)
    alike = facts["acro"] | (ratio >= 0.9) | (poorer >= 0.85)
    likeness = np.select([alike, (ratio >= 0.6) | (poorer >= 0.5)], [0, 1], 2)
    kinds = np.array([bits(n.kinds) for n in once], np.int64)
    return likeness, kinds[a], kinds[b], ~none


def coded(names_a: Texts, names_b: Texts) -> tuple[list[Name], Marks, Marks]:
    """Each name once, and the places of both columns among them."""
    once: list[Name] = []
    places: dict[int, int] = {}
    rows = []
    for name in (*names_a, *names_b):
        place = places.setdefault(id(name), len(once))
        if place == len(once):
            once.append(name)
        rows.append(place)
    every = np.array(rows, np.int64)
    return once, every[: len(names_a)], every[len(names_a) :]


def overlaps(
    propers: list[Proper], a: Marks, b: Marks
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Shared rarity of proper names: over the poorer, over the richer, in itself."""
    pairs, rows = np.unique(a * len(propers) + b, return_inverse=True)
    words = [sorted(set(p)) for p in propers]
    weights = [math.fsum(map(rarity, w)) for w in words]
    found = np.zeros((len(pairs), 3))
    for n, pair in enumerate(pairs.tolist()):
        left, right = divmod(pair, len(propers))
        if words[left] and words[right] and (both := shared(words[left], words[right])):
            poorer, richer = sorted((weights[left], weights[right]))
            found[n] = both / max(poorer, 1e-9), both / max(richer, 1e-9), both
    poorer_, richer_, weight = found[rows].T
    return poorer_, richer_, weight


def shared(left: list[str], right: list[str]) -> float:
    """The rarity of the words that two names share, each word once."""
    total = 0.0
    free = right
    for word in left:
        best, other = 0.0, ""
        for candidate in free:
            likeness = alike(word, candidate)
            if likeness > best:
                best, other = likeness, candidate
        if best:
            total += best * min(rarity(word), rarity(other))
            free = [w for w in free if w != other]
    return total


def alike(a: str, b: str) -> float:
    """Two words: the same, a slip apart, or an initial (0 when none of these)."""
    if a == b:
        return 1.0
    if len(a) == 1 or len(b) == 1:
        return 0.6 if a[0] == b[0] else 0.0
    if min(len(a), len(b)) >= 4 and (ratio := fuzz.ratio(a, b)) >= 80:
        return float(ratio) / 100
    return 0.0


def acronyms(once: list[Name], a: Marks, b: Marks) -> NDArray[np.bool_]:
    """Whether a word of one name is made of the initials of the other («UDAF65», «ADL»)."""
    long = [initials(name) for name in once]
    short = [frozenset(w.rstrip("0123456789") for w in name.whole.split()) for name in once]
    return np.fromiter(
        (
            not (long[x].isdisjoint(short[y]) and long[y].isdisjoint(short[x]))
            for x, y in zip(a.tolist(), b.tolist(), strict=True)
        ),
        np.bool_,
        len(a),
    )


def initials(name: Name) -> frozenset[str]:
    """What a name may be shortened to: all its initials, those of its telling words."""
    words = name.away.split()
    every = "".join(w[0] for w in words)
    telling = "".join(w[0] for w in words if w not in EMPTY or len(w) > 4)
    return frozenset(w for w in (every, telling) if len(w) >= 3)
