"""The words of the two worlds: how far apart, which ones, and the company that some of them keep.

**Reads** the texts of initiatives whose source says the world. **Writes** nothing.
**Method** Words are counted once a text. Each word's log-odds between the worlds, with an informative
Dirichlet prior drawn from both (Monroe, Colaresi & Quinn 2008), gives a z-score: |z| > 1.96 marks a
word of one world. The distance of the whole is the Jensen-Shannon distance (base 2, between 0 and 1),
set against the same distance when the worlds are drawn by lot (permutation test). The company of a
word is what stands within ten words of it, in the corpus and in the other sources: the quarters'
initiatives on one side, infrastructure projects found elsewhere on the other.
**Limits** The corpus's summaries are the project's own wording of public sources: the gap is between
two ways of describing as we read them, not a sample of what each world writes.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quartiers.compare.answers import questions
from quartiers.text import fold, stem, tokens

#: The strength of the prior, in words (Monroe et al. 2008, 3.5.1).
PRIOR_WORDS = 500.0
#: A word is looked at from this many texts.
MIN_TEXTS = 4
#: How far the company of a word reaches, in words.
REACH = 10
DRAWS, SEED = 499, 2018
#: Sentences quoted on each side.
QUOTES = 4
#: French words that say nothing of a world, folded (``study/constats.toml``).
STOP = frozenset(questions()["vocabulaire"]["mots_vides"].split())


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its face, texts that hold it in each world, log-odds and z (above 0: the quarters)."""

    word: str
    quarters: int
    smart: int
    delta: float
    z: float


@dataclass(frozen=True, slots=True)
class Quote:
    """An initiative's own words around a term."""

    initiative: str
    title: str
    quote: str


@dataclass(frozen=True, slots=True)
class Company:
    """What stands around a family of words in each world, and in how many texts it is used."""

    name: str
    texts: tuple[int, int]
    neighbours: tuple[list[tuple[str, int]], list[tuple[str, int]]]
    quotes: tuple[list[Quote], list[Quote]]


@dataclass(frozen=True, slots=True)
class Gap:
    """The distance of the two vocabularies, what chance would give (low, high), and the words."""

    distance: float
    chance: tuple[float, float]
    texts: tuple[int, int]
    words: list[Word]
    companies: list[Company]


#: The families whose company is looked at: name → how their folded words begin.
FAMILIES: dict[str, re.Pattern[str]] = {
    "innovation": re.compile(r"innov"),
    "intelligence": re.compile(r"intelligen|smart(?!phone)"),
}


def worlds_gap(rows: Iterable[Mapping[str, Any]]) -> Gap | None:
    """The gap between the texts of the two worlds; None when one of them has too few."""
    spoken = sorted(
        (r for r in rows if r["digital"] == "numerique" and side_of(r) is not None),
        key=lambda r: str(r["id"]),
    )
    kept = [r for r in spoken if r["world"]]
    smart = np.array([r["world"] == "ville-intelligente" for r in kept])
    if smart.sum() < 20 or (~smart).sum() < 20:
        return None
    texts = [told(r) for r in kept]
    bags, faces = read_bags(texts)
    counts = Counter(word for bag in bags for word in bag)
    vocabulary = sorted(w for w, n in counts.items() if n >= MIN_TEXTS and w in faces)
    place = {word: i for i, word in enumerate(vocabulary)}
    table = np.zeros((len(bags), len(vocabulary)))
    for line, bag in enumerate(bags):
        for word in bag:
            if word in place:
                table[line, place[word]] = 1
    distance = jensen_shannon(table[~smart].sum(0), table[smart].sum(0))
    return Gap(
        distance,
        by_lot(table, int(smart.sum())),
        (int((~smart).sum()), int(smart.sum())),
        [
            Word(faces[w], int(a), int(b), float(d), float(z))
            for w, a, b, d, z in zip(
                vocabulary,
                table[~smart].sum(0),
                table[smart].sum(0),
                *log_odds(table[~smart].sum(0), table[smart].sum(0)),
                strict=True,
            )
        ],
        [company(name, family, spoken) for name, family in FAMILIES.items()],
    )


def read_bags(texts: Sequence[str]) -> tuple[list[set[str]], dict[str, str]]:
    """Each text as a set of stems; each stem's most usual face, names (capitals) left out."""
    bags: list[set[str]] = []
    shapes: dict[str, Counter[str]] = {}
    for text in texts:
        bag = set()
        for start, end, word in tokens(fold(text)):
            if word in STOP or stem(word) in STOP or len(word) < 3 or word.isdigit():
                continue
            bag.add(stem(word))
            shapes.setdefault(stem(word), Counter())[text[start:end]] += 1
        bags.append(bag)
    faces = {}
    for word, shape in shapes.items():
        small = Counter({face: n for face, n in shape.items() if face[:1].islower()})
        if small.total() * 2 > shape.total():
            faces[word] = min(small, key=lambda face: (-small[face], face))
    return bags, faces


def log_odds(
    a: NDArray[np.float64], b: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Log-odds of each word between two counts, and their z-scores (Monroe et al. 2008, eq. 16, 22)."""
    prior = (a + b) / (a + b).sum() * PRIOR_WORDS
    ya, yb = a + prior, b + prior
    total = prior.sum()
    delta = np.log(ya / (a.sum() + total - ya)) - np.log(yb / (b.sum() + total - yb))
    return delta, delta / np.sqrt(1 / ya + 1 / yb)


def jensen_shannon(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """The Jensen-Shannon distance of two counts, in [0, 1]."""
    p, q = (a + 0.5) / (a + 0.5).sum(), (b + 0.5) / (b + 0.5).sum()
    middle = (p + q) / 2
    divergence = (p * np.log2(p / middle) + q * np.log2(q / middle)).sum() / 2
    return math.sqrt(max(0.0, float(divergence)))


def by_lot(table: NDArray[np.float64], drawn: int) -> tuple[float, float]:
    """The middle 95 % of the distance when the second world is drawn by lot."""
    lot = np.random.default_rng(SEED)
    total = table.sum(0)
    distances = []
    for _ in range(DRAWS):
        part = table[lot.permutation(len(table))[:drawn]].sum(0)
        distances.append(jensen_shannon(total - part, part))
    low, high = np.quantile(distances, [0.025, 0.975])
    return float(low), float(high)


def side_of(row: Mapping[str, Any]) -> int | None:
    """0 for the quarters, 1 for the smart city (its infrastructure elsewhere included), else None."""
    if row["world"]:
        return int(row["world"] == "ville-intelligente")
    if row["in_quartiers"]:
        return 0
    return 1 if row["infra"] else None


def told(row: Mapping[str, Any]) -> str:
    """What an initiative says: its title, then its text unless that repeats it."""
    title, text = str(row["title"]), str(row["text"] or "")
    return text if text.startswith(title) else f"{title}. {text}".strip()


def company(name: str, family: re.Pattern[str], rows: Sequence[Mapping[str, Any]]) -> Company:
    """The words near those that begin so, and sentences that hold them, in each world.

    ``texts`` counts the corpus alone, where the two sides are written alike.
    """
    near: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    quotes: tuple[list[Quote], list[Quote]] = ([], [])
    used = [0, 0]
    for row in rows:
        text, side = told(row), side_of(row) or 0
        found = tokens(fold(text))
        spots = [i for i, (_, _, word) in enumerate(found) if family.match(word)]
        if not spots:
            continue
        used[side] += bool(row["world"])
        around = {
            text[found[j][0] : found[j][1]]
            for i in spots
            for j in range(max(0, i - REACH), min(len(found), i + REACH + 1))
            if text[found[j][0]].islower() and tellable(found[j][2], family)
        }
        near[side].update(around)
        # The corpus's titles are ours to name the thing; a source's title is its own words.
        if sentence := sentence_at(str(row["text"]) if row["world"] else text, family):
            quotes[side].append(Quote(str(row["id"]), str(row["title"]), sentence))
    usual = tuple(sorted(c.items(), key=lambda item: (-item[1], item[0]))[:8] for c in near)
    return Company(name, (used[0], used[1]), (usual[0], usual[1]), shortest(quotes))


def tellable(word: str, family: re.Pattern[str]) -> bool:
    """A neighbour worth telling: neither empty, nor the word itself."""
    return (
        len(word) > 3
        and word not in STOP
        and stem(word) not in STOP
        and not word.isdigit()
        and not family.match(word)
    )


def sentence_at(text: str, family: re.Pattern[str]) -> str | None:
    """The first sentence of a text that holds a word beginning so, whole and word for word."""
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        if any(family.match(word) for _, _, word in tokens(fold(sentence))):
            return sentence.strip()
    return None


def shortest(quotes: tuple[list[Quote], list[Quote]]) -> tuple[list[Quote], list[Quote]]:
    """Four short sentences of each side, no two alike: easy to read beside one another."""
    chosen: tuple[list[Quote], list[Quote]] = ([], [])
    for side, kept in zip(quotes, chosen, strict=True):
        for quote in sorted(side, key=lambda q: (len(q.quote), q.initiative)):
            if len(kept) < QUOTES and 30 <= len(quote.quote) <= 260 and alone(quote, kept):
                kept.append(quote)
    return chosen


def alone(quote: Quote, others: Sequence[Quote]) -> bool:
    """No other quote begins alike or is of the same thing."""
    return all(
        quote.title != other.title and fold(quote.quote)[:25] != fold(other.quote)[:25]
        for other in others
    )
