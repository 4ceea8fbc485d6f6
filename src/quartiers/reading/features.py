"""What the model sees in a text: its concepts, its words of context, its words.

**Reads** the lexicon. **Writes** nothing.
**Method** Named features come from the lexicon: how many decisive and supporting concepts, which
ones, which words of context stand beside them. Words of context count only beside a concept. The
words themselves (stems and the runs of 3 to 5 letters inside them) go into numbered buckets by a
fixed hash, so the same text always gives the same numbers. The weight of a word does not depend on
its text, so it is computed once a distinct word and remembered.
**Limits** The order of words counts only inside terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from quartiers.lexicon import STOP, STRONG, Cue, Hit
from quartiers.text import stem

#: Buckets of words and of letter runs: enough for ten thousand distinct stems to rarely collide.
BUCKETS = 1 << 14
#: What a letter run weighs beside its whole word.
RUN_WEIGHT = 0.6
#: Letters in a run.
RUNS = (3, 4, 5)
LONGEST = max(RUNS)
#: Where the hashes of words and of letter runs start, so that they differ.
_WHOLE, _RUN = crc32(b"w"), crc32(b"r")
#: What CRC-32 makes of each byte: one byte's hash, its two inversions undone.
_CRC = np.array([crc32(bytes([n ^ 0xFF])) ^ 0xFF000000 for n in range(256)])


class Buckets(NamedTuple):
    """The buckets of some words. ``whole``: each word's own, -1 when it has none; ``counts``: how
    many letter runs each has; ``runs``: the buckets of these, word after word."""

    whole: Any
    counts: Any
    runs: Any


def buckets_of(words: Sequence[str]) -> Buckets:
    """The buckets of folded words; nothing for articles, digits and single letters, no run in a
    short word, a repeated run once."""
    said = [len(word) > 1 and word not in STOP and not word.isdigit() for word in words]
    bases = [stem(word).encode() if told else b"" for word, told in zip(words, said, strict=True)]
    whole = [crc32(base, _WHOLE) % BUCKETS if base else -1 for base in bases]
    padded = [b"<%b>" % base if len(base) > 3 else b"" for base in bases]
    # a run is its word's number and its five letters, zeros after: they sort by word, then letters
    letters = np.frombuffer(b"".join(padded) + bytes(LONGEST), np.uint8).astype(np.int64)
    lengths = np.array([len(word) for word in padded], np.int64)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(lengths.sum())
    runs = np.repeat(np.arange(len(words)), lengths)
    for at in range(LONGEST):
        runs = (runs << 8) | letters[at : at + len(runs)]
    cut = [(runs[left >= n] >> 8 * (LONGEST - n)) << 8 * (LONGEST - n) for n in RUNS]
    runs = np.sort(np.concatenate(cut))
    runs = runs[np.flatnonzero(np.diff(runs, prepend=-1))]
    counts = np.bincount(runs >> 8 * LONGEST, minlength=len(words))
    return Buckets(np.array(whole, np.int64), counts, hashed(runs) % BUCKETS)


def hashed(runs: Any) -> Any:
    """The CRC-32 of each run, that of :data:`_RUN` going on."""
    state = np.full(len(runs), _RUN ^ 0xFFFFFFFF)
    for at in range(LONGEST):
        letter = (runs >> 8 * (LONGEST - 1 - at)) & 0xFF
        state = np.where(letter, _CRC[(state ^ letter) & 0xFF] ^ (state >> 8), state)
    return state ^ 0xFFFFFFFF


def bag(words: Sequence[str]) -> dict[int, float]:
    """A text's buckets: each distinct word once, less in a long text."""
    distinct = sorted(set(words))
    scale = 1.0 / (len(distinct) + 4) ** 0.5
    total: dict[int, float] = {}
    found = buckets_of(distinct)
    runs = iter(found.runs.tolist())
    for whole, count in zip(found.whole.tolist(), found.counts.tolist(), strict=True):
        if whole >= 0:
            total[whole] = total.get(whole, 0.0) + scale
        for run in islice(runs, count):
            total[run] = total.get(run, 0.0) + RUN_WEIGHT / count**0.5 * scale
    return total


def strengths(hits: Sequence[Hit]) -> dict[str, set[str]]:
    """Concepts found, by strength; those a negation takes back apart."""
    found: dict[str, set[str]] = {}
    for hit in hits:
        found.setdefault("negated" if hit.negated else hit.entry.strength, set()).add(
            hit.entry.slug
        )
    return found


def digital_features(hits: Sequence[Hit], cues: Sequence[Cue], length: int) -> dict[str, float]:
    """The named features of «is it digital?»; none when no concept speaks of the digital."""
    if not any(hit.entry.strength in STRONG for hit in hits):
        return {}
    found = strengths(hits)
    decisive = found.get("decisive", set())
    support = found.get("support", set())
    level = "d" if decisive else "s" if support else "o"
    features: dict[str, float] = {f"level:{level}": 1.0}
    if len(decisive) > 1:
        features["decisive+"] = min(len(decisive) - 1, 3) / 3
    if len(support) > 1:
        features["support+"] = min(len(support) - 1, 3) / 3
    for kind in ("faux", "negated"):
        if kind in found:
            features[kind] = 1.0
            features[f"{kind}:{level}"] = 1.0
    for slug in decisive | support | found.get("none", set()):
        features[f"c:{slug}"] = 1.0
    seen = {cue.slug for cue in cues}
    for slug in seen:
        features[f"q:{slug}"] = 0.5
        features[f"{level}*{slug}"] = 1.0
    if decisive:
        first = min(h.first for h in hits if h.entry.strength == "decisive" and not h.negated)
        features["early" if first < 8 else "late"] = 1.0
        if length > 40 and len(decisive) == 1:
            features["lone"] = 1.0
    if any(h.entry.infra for h in hits if not h.negated and h.entry.strength == "decisive"):
        features["infra"] = 1.0
    return features


def topic_features(hits: Sequence[Hit], cues: Sequence[Cue], length: int) -> dict[str, float]:
    """The named features of themes, infrastructure topics and forms, for a digital text."""
    features: dict[str, float] = {}
    for hit in hits:
        entry = hit.entry
        if hit.negated or entry.strength == "faux":
            continue
        for name, value in (("T", entry.theme), ("I", entry.infra), ("F", entry.form)):
            if value:
                features[f"{name}:{value}"] = 1.0
                if entry.strength == "decisive":
                    features[f"{name}!{value}"] = 1.0
        features[f"c:{entry.slug}"] = 1.0
    for name in ("T", "I"):
        values = [k for k in features if k.startswith(f"{name}:")]
        if len(values) == 1:
            features[f"only{values[0]}"] = 1.0
        if not values:
            features[f"no{name}"] = 1.0
    counts: dict[str, int] = {}
    for cue in cues:
        counts[cue.slug] = counts.get(cue.slug, 0) + 1
    for slug, count in counts.items():
        features[f"q:{slug}"] = 1.0
        if count > 1:
            features[f"q+:{slug}"] = min(count - 1, 3) / 3
    if length < 12:
        features["short"] = 1.0
    return features
