"""Quarters named in a text: found, weighed by what stands around them, resolved within a commune.

**Reads** a text, its commune when known, the gazetteer (``names.py``). **Writes** nothing.
**Method** 1. Names of communes in the text; the commune of the text beats the record's. 2. Every name
of a quarter, longest first. 3. Its code within those communes (or their EPCI, or the département said,
for the few names that suffice by themselves); two codes left: refused. 4. What stands around: a street
or a building of that name is no quarter; a common word needs its capital and an article, a person's
name or a weak word a support («quartier», «centre social»…), or company: a list of quarters.
**Limits** A quarter that bears no official name nor alias is not found; irony, history and comparison
(«comme aux Minguettes») are read as mentions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from quartiers.locate.names import ARTICLES, Name, Node, Words, gazetteer, key, keys, words
from quartiers.territories import Territories, load, plain
from quartiers.text import fold, tokens

#: What may part the words of one name.
_GAP = re.compile(r"[\s\-–'’/]*(?:(?:de|du|des|d|la|le|les|l)[\s\-'’]+)*", re.IGNORECASE)
#: What may part two quarters of one list.
_LIST = re.compile(
    r"[\s,;/–—&+()-]*(?:(?:et|ou|puis|comme|de|du|des|d|la|le|les|l|à|au|aux|a)[\s'’]+)*",
    re.IGNORECASE,
)
_LOCATIVE = frozenset(("a", "au", "aux", "chez", "dans", "sur"))
_SENTENCE = re.compile(r"[.!?:;»«\n•|]")
_BEFORE_COMMUNE = frozenset(
    ("a", "au", "aux", "de", "du", "des", "d", "en", "sur", "vers", "pour", "entre", "et", "ville", "commune", "les", "le", "la", "l", "dans", "par")
)  # fmt: skip
#: What every town has: never a quarter by its capitals alone.
_CENTRE = frozenset(("centre", "coeur", "gare", "mairie", "bourg", "union", "uni"))
SCORES = {"clear": 0.95, "plain": 0.9, "person": 0.9, "weak": 0.88}


@dataclass(frozen=True, slots=True)
class Mention:
    """One quarter named. ``start``, ``end`` into the text; ``how`` says what settled it."""

    code: str
    start: int
    end: int
    quote: str
    score: float
    how: str
    insee_code: str | None


@dataclass(slots=True)
class Text:
    """A text and its words: the folded ones, their keys, which are not articles."""

    raw: str
    folded: str
    spans: list[tuple[int, int, str]]
    content: list[int]
    keys: list[str]
    shouting: bool

    def gap(self, left: int, right: int) -> str:
        """What stands between two words (ranks in ``spans``)."""
        return self.raw[self.spans[left][1] : self.spans[right][0]]


@dataclass(frozen=True, slots=True)
class Span:
    """Names found at one place: first and last word (ranks in ``spans``)."""

    first: int
    last: int
    names: tuple[Name, ...]


def read(raw: str) -> Text:
    """Cut a text into words."""
    folded = fold(raw)
    spans = tokens(folded)
    content = [i for i, (_, _, word) in enumerate(spans) if word not in ARTICLES]
    letters = [c for c in raw if c.isalpha()]
    shouting = bool(letters) and sum(c.isupper() for c in letters) > 0.7 * len(letters)
    return Text(raw, folded, spans, content, [key(word) for _, _, word in spans], shouting)


def find(text: Text, root: Node) -> list[Span]:
    """Every name of a trie in the text, the longest first at each place."""
    found: list[Span] = []
    for at, first in enumerate(text.content):
        node, here, last = root, at, first
        while True:
            following = node.next.get(text.keys[text.content[here]])
            if following is None:
                break
            node, last = following, text.content[here]
            if node.names:
                found.append(Span(first, last, tuple(node.names)))
            here += 1
            if here >= len(text.content) or not _GAP.fullmatch(text.gap(last, text.content[here])):
                break
    return sorted(found, key=lambda s: (s.first - s.last, s.first))


def capital(text: Text, word: int) -> bool:
    """Is this word written with a capital (or a digit)?"""
    letter = text.raw[text.spans[word][0]]
    return letter.isupper() or letter.isdigit()


def starts_sentence(text: Text, word: int) -> bool:
    """Is this word the first of its sentence?"""
    return word == 0 or bool(_SENTENCE.search(text.gap(word - 1, word)))


def joined_before(text: Text, word: int) -> bool:
    return word > 0 and text.gap(word - 1, word) in ("-", "‑")


def joined_after(text: Text, word: int) -> bool:
    return word + 1 < len(text.spans) and text.gap(word, word + 1) in ("-", "‑")


def communes_said(text: Text, taken: list[Span]) -> list[tuple[Span, set[str]]]:
    """The communes that the text names, those that are part of a quarter's name left out."""
    out: list[tuple[Span, set[str]]] = []
    covered: set[int] = set()
    for span in find(text, gazetteer().communes):
        ranks = set(range(span.first, span.last + 1))
        if ranks & covered or not capital(text, span.first):
            continue
        first = span.first
        if joined_before(text, first) or joined_after(text, span.last):
            continue
        if any(t.first <= span.first and span.last <= t.last for t in taken):
            continue
        alone = first == 0 or text.spans[first - 1][2] in _BEFORE_COMMUNE
        alone = alone or bool(re.search(r"[(,–—:/]\s*$", text.raw[: text.spans[first][0]]))
        weak = all(k in words().generic | words().common | words().persons for k in
                   text.keys[span.first : span.last + 1] if k not in ARTICLES)  # fmt: skip
        if weak and text.spans[first - 1][2] not in ("a", "commune", "ville"):
            continue
        if alone or not weak:
            out.append((span, {name.code for name in span.names}))
            covered |= ranks
    return out


@dataclass(slots=True)
class Scope:
    """Where a name may be sought. ``said``: communes of the text; ``given``: the record's."""

    said: set[str]
    given: set[str]
    wide: set[str]  # codes of quarters in the départements that the text or the record says
    places: list[tuple[Span, set[str]]]  # the communes said, where

    def neighbours(self, territories: Territories) -> set[str]:
        """The EPCI of the communes known."""
        found = {
            territories.commune[c].epci for c in self.said | self.given if c in territories.commune
        }
        return {epci for epci in found if epci}


def mentions(
    raw: str, insee_codes: frozenset[str] = frozenset(), departement: str | None = None
) -> list[Mention]:
    """The quarters that a text names, best first; one mention a quarter.

    ``insee_codes``: the commune of the record (several when its name is ambiguous).
    """
    text = read(raw)
    spans = find(text, gazetteer().root)
    if not spans:
        return []
    territories, known = load(), words()
    given = {territories.city(code) for code in insee_codes}
    here = [s for s in spans if codes_in(s, given, territories)]
    said = communes_said(text, here)
    if not given:
        # A commune's name that is a quarter's too: the quarter, when the rest says where we are.
        said = [pair for pair in said if not inside_larger(pair[0], spans)] or said
    places = {code for _, codes in said for code in codes}
    scope = Scope(
        said=settle(places, given, departement, territories),
        given=given,
        wide=set() if places or given else wide(text, departement, territories),
        places=said,
    )
    accepted: list[tuple[Span, Mention]] = []
    doubtful: list[tuple[Span, Name, str, str | None]] = []
    for span in spans:
        resolved = resolve(span, scope, territories)
        if resolved is None:
            continue
        name, how, insee_code = resolved
        verdict = weigh(text, span, name, how, known, said)
        if verdict == "yes":
            accepted.append((span, mention(text, span, name, how, insee_code)))
        elif verdict == "company":
            doubtful.append((span, name, how, insee_code))
    moved = True
    while moved:
        moved = False
        for item in list(doubtful):
            span, name, how, insee_code = item
            if any(in_list(text, span, other) for other, _ in accepted):
                accepted.append((span, mention(text, span, name, how, insee_code)))
                doubtful.remove(item)
                moved = True
    return unique(accepted)


def inside_larger(span: Span, spans: list[Span]) -> bool:
    return any(
        s.first <= span.first and span.last <= s.last and s.last - s.first > span.last - span.first
        for s in spans
    )


def settle(
    places: set[str], given: set[str], departement: str | None, territories: Territories
) -> set[str]:
    """Communes said, homonyms parted by the record's commune or département, then by having a QPV."""
    if places & given:
        return places
    near = {c for c in places if departement and territories.commune[c].departement == departement}
    return near or places


def wide(text: Text, departement: str | None, territories: Territories) -> set[str]:
    """Quarters of the départements and régions that the text says (or of the record's département)."""
    said = f" {plain(text.raw)} "
    names = {plain(d.nom): code for code, d in territories.departement.items() if len(d.nom) > 3}
    codes = {
        code
        for name, code in names.items()
        if re.search(rf" (l|la|le|les|de|d|en|du|des) {name} ", said)
    }
    if departement:
        codes.add(departement)
    return {q.code for q in territories.qpv.values() if q.departement in codes}


def codes_in(span: Span, communes: set[str], territories: Territories) -> set[str]:
    """Codes of the quarters so named that touch one of these communes."""
    return {n.code for n in span.names if communes & set(territories.qpv[n.code].communes)}


def resolve(
    span: Span, scope: Scope, territories: Territories
) -> tuple[Name, str, str | None] | None:
    """The one quarter meant, how that was settled, in which commune; None: none, or several."""
    for communes, how in ((scope.said, "commune du texte"), (scope.given, "commune de la fiche")):
        if how == "commune de la fiche" and elsewhere(span, scope, territories):
            break
        codes = codes_in(span, communes, territories)
        name = only(span, codes)
        if name is not None:
            own = communes & set(territories.qpv[name.code].communes)
            return name, how, min(own) if len(own) == 1 else None
        if codes:
            return None
    if any(joins_commune(name) for name in span.names):
        return None
    alone = {n.code for n in span.names if n.without_commune}
    name = only(span, alone)
    everywhere = {n.code for n in span.names}
    if name is not None and len(everywhere) == 1:
        if not (scope.said or scope.given):
            return name, "nom sans homonyme", None
        if scope.neighbours(territories) & set(territories.qpv[name.code].epci):
            return name, "même intercommunalité", None
        return None
    if not (scope.said or scope.given) and scope.wide:
        name = only(span, everywhere & scope.wide)
        sure = name is not None and (name.strength == "clear" or len(keys(name.text)) > 2)
        if name is not None and sure and len(everywhere) == 1:
            return name, "département", None
    return None


def joins_commune(name: Name) -> bool:
    """A «name» that is only a direction or a centre says nothing outside its commune."""
    return name.strength == "weak"


def elsewhere(span: Span, scope: Scope, territories: Territories) -> bool:
    """Does the text put this name in another town than the record's («Bagatelle à Talence»)?"""
    own = {territories.commune[c].epci for c in scope.given if c in territories.commune} - {None}
    for other, codes in scope.places:
        if not -5 < other.first - span.last < 4 or codes & scope.given:
            continue
        if not own & {territories.commune[c].epci for c in codes}:
            return True
    return False


def only(span: Span, codes: set[str]) -> Name | None:
    """The name of the one code left; a whole label wins over a part of another label."""
    names = [n for n in span.names if n.code in codes]
    if len({n.code for n in names}) > 1:
        names = [n for n in names if n.kind == "label"]
    return names[0] if len({n.code for n in names}) == 1 else None


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
    if previous >= 0 and _SENTENCE.search(text.gap(previous, previous + 1)):
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
        if _SENTENCE.search(text.gap(begin - 1, begin)):
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


def mention(text: Text, span: Span, name: Name, how: str, insee_code: str | None) -> Mention:
    """The mention as it will be told."""
    start, end = text.spans[span.first][0], text.spans[span.last][1]
    score = SCORES[name.strength]
    score -= {"nom sans homonyme": 0.07, "même intercommunalité": 0.1, "département": 0.1}.get(
        how, 0.0
    )
    return Mention(name.code, start, end, text.raw[start:end], score, how, insee_code)


def unique(accepted: list[tuple[Span, Mention]]) -> list[Mention]:
    """One mention a quarter, none within a longer one, best first."""
    kept: list[tuple[Span, Mention]] = []
    for span, found in sorted(
        accepted, key=lambda pair: (pair[0].first - pair[0].last, pair[0].first)
    ):
        if any(s.first <= span.last and span.first <= s.last for s, _ in kept):
            continue
        kept.append((span, found))
    best: dict[str, Mention] = {}
    for _, found in sorted(kept, key=lambda pair: pair[0].first):
        if found.code not in best or found.score > best[found.code].score:
            best[found.code] = found
    return sorted(best.values(), key=lambda m: (-m.score, m.start))
