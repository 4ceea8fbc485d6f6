"""A record's own «quarter» field: a strong mention, part by part.

**Reads** the field as written and the record's commune. **Writes** nothing.
**Method** The field is parted at « / », commas and «et»; in each part the longest name of a quarter of
that commune is taken. A weak name («Centre», «Gare») must be the whole part. Without a commune, only a
name that suffices by itself.
**Limits** «20e arrondissement» or a quarter of no QPV gives nothing.
"""

from __future__ import annotations

import re

from quartiers.locate.mentions import Mention, only
from quartiers.locate.names import gazetteer, keys
from quartiers.locate.phrases import find, read
from quartiers.territories import load

_PARTS = re.compile(r"\s+/\s+|,|;|\bet\b|\s+[-–—]\s+|\(|\)")


def field_mentions(written: str | None, communes: frozenset[str]) -> list[Mention]:
    """The quarters that the field names, in its order."""
    if not written or not written.strip():
        return []
    territories = load()
    cities = {territories.city(code) for code in communes}
    found: dict[str, Mention] = {}
    for part in [written, *_PARTS.split(written)]:
        text = read(part)
        covered: set[int] = set()
        for span in find(text, gazetteer().root):
            ranks = set(range(span.first, span.last + 1))
            if ranks & covered:
                continue
            codes = {n.code for n in span.names if cities & set(territories.qpv[n.code].communes)}
            if not cities:
                codes = {n.code for n in span.names if n.without_commune}
            name = only(span, codes)
            if name is None:
                continue
            whole = len(keys(name.text)) >= len(bare(part))
            if name.strength == "weak" and not whole:
                continue
            covered |= ranks
            start, end = text.spans[span.first][0], text.spans[span.last][1]
            score = 0.96 if whole else 0.92
            mention = Mention(name.code, start, end, part[start:end], score, "champ quartier", None)
            found.setdefault(name.code, mention)
        if part is written and found and covered_all(covered, text.content):
            break
    return list(found.values())


def bare(part: str) -> tuple[str, ...]:
    """The part's keys without «quartier», «QPV», «cité»."""
    return tuple(k for k in keys(part) if k not in ("quartier", "qpv", "prioritaire"))


def covered_all(covered: set[int], content: list[int]) -> bool:
    return set(content) <= covered
