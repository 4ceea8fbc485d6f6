"""What stands around a name: does it speak of the quarter, of a street, of something else?

**Reads** a text's words, a name found in it, ``words.toml``. **Writes** nothing.
**Method** A street or a building of that name is no quarter. A clear name stands by itself; a common
word needs its capital and an article; a person's name «à», «aux» or a support («quartier», «centre
social»…); a weak one («Gare») the support just before it. A doubtful name is «company»: yes if it
stands in a list beside a quarter that is sure.
**Limits** Six words back, none beyond the sentence.
"""

from __future__ import annotations

import re

from quartiers.locate.names import ARTICLES, Name, Words, keys
from quartiers.locate.phrases import (
    SENTENCE,
    Span,
    Text,
    capital,
    joined_after,
    joined_before,
)
from quartiers.text import fold

#: What may part two quarters of one list.
_LIST = re.compile(
    r"[\s,;/–—&+()-]*(?:(?:et|ou|puis|comme|de|du|des|d|la|le|les|l|à|au|aux|a)[\s'’]+)*",
    re.IGNORECASE,
)
_LOCATIVE = frozenset(("a", "au", "aux", "chez", "dans", "sur"))
#: What every town has: never a quarter by its capitals alone.
_CENTRE = frozenset(("centre", "coeur", "gare", "mairie", "bourg", "union", "uni"))


def weigh(
    text: Text, span: Span, name: Name, how: str, known: Words, said: list[tuple[Span, set[str]]]
) -> str:
    """«yes», «no», or «company»: yes if another quarter stands beside it in a list."""
    first, last = span.first, span.last
    previous = first - 1
    articles = []
    while previous >= 0 and text.spans[previous][2] in ARTICLES:
        articles.append(text.spans[previous][2])
        previous -= 1
    if previous >= 0 and SENTENCE.search(text.gap(previous, previous + 1)):
        previous = -1
    before = text.spans[previous][2] if previous >= 0 else ""
    commune_words = {r for s, _ in said for r in range(s.first, s.last + 1)}
    if before in known.streets and name.strength != "weak" and not written_in(name, before):
        return "no"
    if joined_before(text, first) and first - 1 not in commune_words and not articles:
        return "company" if name.strength == "clear" else "no"
    if joined_after(text, last) and name.strength != "clear":
        return "no"
    if joined_before(text, first) and first - 1 in commune_words and how != "commune du texte":
        return "no"
    close = before in known.close_support
    supported = close or support_near(text, first, known)
    if name.strength == "weak":
        said_at = bool(articles) or before in _LOCATIVE
        return weigh_weak(text, span, previous, close, supported, said_at, known)
    if name.strength == "clear":
        if how in ("nom sans homonyme", "même intercommunalité"):
            return "yes"
        told = capital(text, first) or supported or text.shouting or len(name.text) > 7
        return "yes" if told else "company"
    if before in known.buildings and not supported and name.kind != "alias":
        return "no"
    if not capital(text, first) or text.shouting:
        return "yes" if supported else "no"
    if supported:
        return "yes"
    if followed_by_capital(text, last, commune_words):
        return "no"
    if name.strength == "person":
        return "yes" if before in _LOCATIVE and before != "dans" else "company"
    if before in _LOCATIVE or articles or all_capital(text, span):
        return "yes"
    return "yes" if previous >= 0 and not capital(text, previous) else "company"


def weigh_weak(
    text: Text,
    span: Span,
    previous: int,
    close: bool,
    supported: bool,
    article: bool,
    known: Words,
) -> str:
    """A name such as «Gare» or «Grand Ensemble»: only just after what says that it is a quarter."""
    if not capital(text, span.first) or text.shouting:
        return "no"
    if close or (supported and support_just_before(text, previous, known)):
        return "yes"
    if keys(text.raw[text.spans[span.first][0] : text.spans[span.last][1]]) in known.elsewhere:
        return "no"
    if not all_capital(text, span) or _CENTRE & set(text.keys[span.first : span.last + 1]):
        return "no"
    return "yes" if supported or article else "company"


def all_capital(text: Text, span: Span) -> bool:
    """Two words or more, each with its capital («Grand Ensemble»)?"""
    ranks = [r for r in range(span.first, span.last + 1) if text.spans[r][2] not in ARTICLES]
    return len(ranks) > 1 and all(capital(text, r) for r in ranks)


def written_in(name: Name, word: str) -> bool:
    """Does the name itself begin with this word («Parc aux Lièvres»)?"""
    return fold(name.text).split()[:1] == [word]


def followed_by_capital(text: Text, last: int, communes: set[int]) -> bool:
    """Is the name run on by another proper name («Saint-Jean Baptiste»)?"""
    after = last + 1
    if after >= len(text.spans) or after in communes or not capital(text, after):
        return False
    return text.gap(last, after).strip() == "" and not text.raw[text.spans[after][0]].isdigit()


def support_near(text: Text, first: int, known: Words, reach: int = 6) -> bool:
    """Does a support stand before the name, in its sentence, within a few words?"""
    begin = first
    while begin > 0 and first - begin < reach + 3:
        if SENTENCE.search(text.gap(begin - 1, begin)):
            break
        begin -= 1
    window = [text.spans[i][2] for i in range(begin, first)]
    for size in range(1, 6):
        for at in range(len(window) - size + 1):
            phrase = " ".join(window[at : at + size])
            if phrase in known.support or phrase in known.close_support:
                rest = window[at + size :]
                if not set(rest) & (known.streets | known.buildings):
                    return True
    return False


def support_just_before(text: Text, previous: int, known: Words) -> bool:
    """Is the word (or phrase) just before the name's articles a support?"""
    for size in range(1, 6):
        if previous - size + 1 < 0:
            break
        phrase = " ".join(text.spans[i][2] for i in range(previous - size + 1, previous + 1))
        if phrase in known.support or phrase in known.close_support:
            return True
    return False


def in_list(text: Text, span: Span, other: Span) -> bool:
    """Do two names stand side by side in a list («Monplaisir et Belle-Beille»)?"""
    left, right = (span, other) if span.last < other.first else (other, span)
    if left.last >= right.first:
        return False
    return bool(_LIST.fullmatch(text.raw[text.spans[left.last][1] : text.spans[right.first][0]]))
