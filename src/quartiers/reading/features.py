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
from functools import lru_cache
from zlib import crc32

from quartiers.lexicon import STOP, STRONG, Cue, Hit
from quartiers.text import stem

#: Buckets of words and of letter runs: enough for ten thousand distinct stems to rarely collide.
BUCKETS = 1 << 14
#: What a letter run weighs beside its whole word.
RUN_WEIGHT = 0.6


@lru_cache(maxsize=50_000)
def word_buckets(word: str) -> tuple[tuple[int, float], ...]:
    """A folded word's buckets and their weights; nothing for articles, digits and single letters."""
    if len(word) < 2 or word in STOP or word.isdigit():
        return ()
    base = stem(word)
    found = [(crc32(b"w" + base.encode()) % BUCKETS, 1.0)]
    padded = f"<{base}>"
    runs = {padded[i : i + n] for n in (3, 4, 5) for i in range(len(padded) - n + 1)}
    if len(base) > 3 and runs:
        weight = RUN_WEIGHT / len(runs) ** 0.5
        found += [(crc32(b"r" + run.encode()) % BUCKETS, weight) for run in sorted(runs)]
    return tuple(found)


def bag(words: Sequence[str]) -> dict[int, float]:
    """A text's buckets: each distinct word once, less in a long text."""
    distinct = sorted(set(words))
    scale = 1.0 / (len(distinct) + 4) ** 0.5
    total: dict[int, float] = {}
    for word in distinct:
        for bucket, weight in word_buckets(word):
            total[bucket] = total.get(bucket, 0.0) + weight * scale
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
