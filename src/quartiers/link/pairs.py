"""Pairs: which records are compared, and what is concluded of each pair.

**Reads** plain rows of the records table, ``study/link/model.json``. **Writes** nothing.
**Method** Records are compared when they share a block: a rare word, a street, a kind of place in one
postcode or commune; a SIRET; a rare word in one département; a point within some 100 m. The weights
of the facts (``features.py``), learnt from labelled pairs, add up to a probability; between two
thresholds the answer is a doubt.
**Limits** A block larger than :data:`MAX_BLOCK` says nothing and is not used; what then shares no
other block is never compared (recall of the blocks: ``evaluation/link.md``).
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import Any

from quartiers.link.features import Facts, compare, frequencies
from quartiers.link.items import Item, as_item, lasting_identifier
from quartiers.link.names import plain, take_apart, take_street
from quartiers.link.rules import ruled
from quartiers.link.telling import tell
from quartiers.shapes import Because

MAX_BLOCK = 70
#: Thresholds on the probability, chosen by cross-validation on the labelled pairs.
SAME, DOUBT = 0.6, 0.35
#: A pair below this is not worth a row.
TOLD = 0.15
#: A word in fewer records than this is rare enough to join across a département.
RARE = 25


@dataclass(frozen=True, slots=True)
class Pair:
    """One compared pair: ids in order, decision ∈ meme | different | doute, its facts."""

    a: str
    b: str
    decision: str
    score: float
    because: tuple[Because, ...] = ()


@cache
def model() -> tuple[float, dict[str, float]]:
    """(intercept, weight of each fact)."""
    learnt = json.loads((files("quartiers.study") / "link" / "model.json").read_text("utf-8"))
    return learnt["intercept"], learnt["weights"]


def contributions(facts: Facts) -> dict[str, float]:
    """Each fact's part of the log-odds."""
    weights = model()[1]
    return {fact: value * weights[fact] for fact, value in facts.items() if fact in weights}


def probability(parts: dict[str, float]) -> float:
    """From log-odds to a probability."""
    return 1 / (1 + math.exp(-(model()[0] + sum(parts.values()))))


def candidates(items: list[Item]) -> list[tuple[int, int]]:
    """The pairs worth comparing, each once, in order."""
    blocks: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        for key in set(block_keys(item)):
            blocks[key].append(number)
    seen: set[tuple[int, int]] = set()
    for members in blocks.values():
        if 1 < len(members) <= MAX_BLOCK:
            seen.update(combinations(members, 2))
    return sorted(seen)


def block_keys(item: Item) -> Iterator[tuple[str, ...]]:
    """The blocks of a record: sharing one is enough to be compared."""
    name = take_apart(item.title, item.commune)
    commune = plain(item.commune)
    areas = [area for area in (item.postcode, commune) if area]
    counts = frequencies()[1]
    words = name.proper or tuple(name.whole.split())
    for area in areas or [""]:
        for word in words:
            yield "word", area, word[:6]
        for kind in name.kinds | item.types:
            yield "kind", area, kind
        if not name.proper:
            yield "bare", area
    street = take_street(item.address, item.commune)
    if street and street.words:
        for area in areas:
            for word in sorted(street.words, key=lambda w: (-len(w), w))[:2]:
                yield "street", area, word
    if item.siret:
        yield "siret", item.siret
    if item.identifier and (lasting := lasting_identifier(item.identifier)):
        yield "id", lasting
    if item.postcode:
        for word in words:
            if counts.get(word, 0) < RARE:
                yield "rare", item.postcode[:2], word
    if item.point:
        x, y = item.point[0] / 0.0028, item.point[1] / 0.0020
        for i in {math.floor(x), math.floor(x + 0.5), math.floor(x - 0.5)}:
            for j in {math.floor(y), math.floor(y + 0.5), math.floor(y - 0.5)}:
                yield "cell", str(i), str(j)


def judge(items: list[Item]) -> list[Pair]:
    """Every pair worth telling, in the order of ids; reasons for those not plainly different."""
    items = sorted(items, key=lambda item: item.id)
    told = []
    for first, second in candidates(items):
        a, b = items[first], items[second]
        facts = compare(a, b)
        parts = contributions(facts)
        score = ruled(probability(parts), facts)
        if score >= TOLD:
            decision = "meme" if score >= SAME else "doute" if score >= DOUBT else "different"
            told.append(Pair(a.id, b.id, decision, score, tell(parts)))
    return told


def judge_rows(rows: list[dict[str, Any]]) -> list[Pair]:
    """The same, from plain rows of the records table."""
    return judge([as_item(row) for row in rows])
