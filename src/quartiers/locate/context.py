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
from dataclasses import dataclass

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
#: Words before a name among which a support is looked for.
_REACH = 9
#: What parts a text: the ends, brackets, dashes with their spaces.
_PART_BEFORE = re.compile(r"(?:[\n(\[|«:]|\s[-–—])\s*(?:[lLdD]['’])?$")
_PART_AFTER = re.compile(r"[ \t]*(?:[\n)\]|»]|[-–—]\s)")
#: What every town has: never a quarter by its capitals alone.
#: Before a name, after a commune («Bordeaux-Lac»): all but these.
_DIRECTIONS = frozenset(
    (
        "centre",
        "coeur",
        "gare",
        "mairie",
        "bourg",
        "nord",
        "sud",
        "est",
        "ouest",
        "ville",
        "agglo",
        "union",
    )
)
_CENTRE = frozenset(("centre", "coeur", "gare", "mairie", "bourg", "union", "uni"))


@dataclass(frozen=True, slots=True)
class Around:
    """Ranks of the words that are a commune's name, or part of some quarter's of these communes."""

    communes: set[int]
    quarters: set[int]


def weigh(text: Text, span: Span, name: Name, how: str, known: Words, around: Around) -> str:
    """«yes», «no», or «company»: yes if another quarter stands beside it in a list."""
    first, last = span.first, span.last
    previous = first - 1
    articles = False
    while previous >= 0 and text.spans[previous][2] in ARTICLES:
        articles = True
        previous -= 1
    if previous >= 0 and SENTENCE.search(text.gap(previous, previous + 1)):
        previous = -1
    before = text.spans[previous][2] if previous >= 0 else ""
    after_commune = first - 1 in around.communes
    if before in known.streets and name.strength != "weak" and not written_in(name, before):
        return "no"
    known_before = first - 1 in around.quarters or after_commune or articles
    if joined_before(text, first) and not known_before:
        return "company" if name.strength == "clear" else "no"
    if (
        joined_after(text, last)
        and name.strength != "clear"
        and not quarter_after(text, last, around)
    ):
        return "no"
    close = before in known.close_support
    supported = close or support_near(text, first, known)
    if name.strength == "weak":
        said_at = articles or before in _LOCATIVE
        told = close or (after_commune and not _DIRECTIONS & set(text.keys[first : last + 1]))
        told = told or (supported and support_just_before(text, previous, known))
        return weigh_weak(text, span, told, close, supported, said_at, known)
    if name.strength == "clear":
        if how in ("nom sans homonyme", "même intercommunalité"):
            return "yes"
        told = capital(text, first) or supported or text.shouting or len(name.text) > 7
        return "yes" if told else "company"
    if before in known.buildings and not supported and name.kind != "alias":
        return "no"
    whole = stands_alone(text, span)
    served = office_just_before(text, previous, known)
    if not capital(text, first) or text.shouting:
        several = text.shouting and name.strength == "plain" and last > first
        return "yes" if supported or whole or several or (text.shouting and served) else "no"
    if supported or whole or served:
        return "yes"
    if followed_by_capital(text, last, around.communes):
        return "no"
    if name.strength == "person":
        return "yes" if before in ("a", "au", "aux") else "company"
    if before in _LOCATIVE or articles or all_capital(text, span) or after_commune:
        return "yes"
    return "yes" if previous >= 0 and may_precede(text, previous) else "company"


def stands_alone(text: Text, span: Span) -> bool:
    """Is the name a whole part of the text («(Lyon 8e - Mermoz)»)?"""
    first = span.first
    while first > 0 and text.spans[first - 1][2] in ARTICLES:
        first -= 1
    start, end = text.spans[first][0], text.spans[span.last][1]
    before = text.raw[start - 8 : start] if start > 8 else "\n" + text.raw[:start]
    after = text.raw[end : end + 8] if end + 8 < len(text.raw) else text.raw[end:] + "\n"
    return bool(_PART_BEFORE.search(before)) and bool(_PART_AFTER.match(after))


def may_precede(text: Text, word: int) -> bool:
    """A word in small letters, or an acronym («CMS Navarre»): the capital after it is the name's own."""
    start, end, _ = text.spans[word]
    raw = text.raw[start:end]
    return not capital(text, word) or (raw.isupper() and 2 <= len(raw) <= 6)


def quarter_after(text: Text, last: int, around: Around) -> bool:
    """Is the next word, articles stepped over, part of another quarter's name?"""
    after = last + 1
    while after < len(text.spans) and text.spans[after][2] in ARTICLES:
        after += 1
    return after in around.quarters


def weigh_weak(
    text: Text, span: Span, told: bool, close: bool, supported: bool, said_at: bool, known: Words
) -> str:
    """A name such as «Gare» or «Grand Ensemble»: only just after what says that it is a quarter."""
    if text.shouting:
        return "yes" if close else "no"
    if not capital(text, span.first):
        return "no"
    if told:
        return "yes"
    if keys(text.raw[text.spans[span.first][0] : text.spans[span.last][1]]) in known.elsewhere:
        return "no"
    if not all_capital(text, span) or _CENTRE & set(text.keys[span.first : span.last + 1]):
        return "no"
    return "yes" if supported or said_at else "company"


def office_just_before(text: Text, previous: int, known: Words) -> bool:
    """Is the phrase just before the name's articles a service («Pôle emploi Bellefontaine»)?"""
    for size in range(1, 5):
        phrase = " ".join(
            text.spans[i][2] for i in range(max(0, previous - size + 1), previous + 1)
        )
        if phrase in known.offices:
            return True
    return False


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


def support_near(text: Text, first: int, known: Words) -> bool:
    """Does a support stand before the name, in its sentence, within a few words?"""
    begin = first
    while begin > 0 and first - begin < _REACH:
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
