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
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from quartiers.locate.context import Around, in_list, weigh
from quartiers.locate.names import ARTICLES, Name, gazetteer, keys, words
from quartiers.locate.phrases import Span, Text, capital, find, joined_after, joined_before, read
from quartiers.territories import Territories, load, plain

_BEFORE_COMMUNE = frozenset(
    ("a", "au", "aux", "de", "du", "des", "d", "en", "sur", "vers", "pour", "entre", "et", "ville", "commune", "les", "le", "la", "l", "dans", "par")
)  # fmt: skip
#: Characters of a text that are read: ten times the longest record seen.
LONGEST = 50_000
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


def communes_said(text: Text, taken: list[Span], spans: list[Span]) -> list[tuple[Span, set[str]]]:
    """The communes that the text names, those that are part of a quarter's name left out."""
    territories = load()
    out: list[tuple[Span, set[str]]] = []
    covered: set[int] = set()
    for span in find(text, gazetteer().communes):
        ranks = set(range(span.first, span.last + 1))
        if ranks & covered or not capital(text, span.first):
            continue
        first = span.first
        if joined_before(text, first):
            continue
        if joined_after(text, span.last) and not followed_by_own(span, spans, territories):
            continue
        if any(t.first <= span.first and span.last <= t.last for t in taken):
            continue
        previous = first - 1
        while previous >= 0 and text.spans[previous][2] in ARTICLES:
            previous -= 1
        if previous >= 0 and text.spans[previous][2] in words().streets:
            continue  # «avenue de Lyon»
        alone = first == 0 or text.spans[first - 1][2] in _BEFORE_COMMUNE
        alone = alone or bool(
            re.search(
                r"[(,–—:/]\s*$", text.raw[max(0, text.spans[first][0] - 4) : text.spans[first][0]]
            )
        )
        weak = all(k in words().generic | words().common | words().persons for k in
                   text.keys[span.first : span.last + 1] if k not in ARTICLES)  # fmt: skip
        if weak and text.spans[first - 1][2] not in ("a", "commune", "ville"):
            continue
        if alone or not weak:
            out.append((span, {name.code for name in span.names}))
            covered |= ranks
    return out


def followed_by_own(span: Span, spans: list[Span], territories: Territories) -> bool:
    """Is a commune's name run on by one of its own quarters («Épernay-Bernon»)?"""
    codes = {name.code for name in span.names}
    return any(s.first == span.last + 1 and codes_in(s, codes, territories) for s in spans)


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
    text = read(raw[:LONGEST])
    spans = find(text, gazetteer().root)
    if not spans:
        return []
    territories, known = load(), words()
    given = {territories.city(code) for code in insee_codes}
    here = [s for s in spans if codes_in(s, given, territories)]
    said = communes_said(text, here, spans)
    if not given:
        # A commune's name that is a quarter's too: the quarter, when the rest says where we are.
        said = [pair for pair in said if not inside_larger(pair[0], spans)] or said
    places = {code for _, codes in said for code in codes}
    scope = Scope(
        said=settle(places, given, departement, territories),
        given=given,
        wide=set() if places or given else wide(text, departement),
        places=said,
    )
    around = Around(
        communes={r for s, _ in said for r in range(s.first, s.last + 1)}
        | own_words(text, given, territories),
        quarters={r for s in here for r in range(s.first, s.last + 1)},
    )
    accepted: list[tuple[Span, Mention]] = []
    doubtful: list[tuple[Span, Name, str, str | None]] = []
    for span in spans:
        resolved = resolve(span, scope, territories)
        if resolved is None:
            continue
        name, how, insee_code = resolved
        verdict = weigh(text, span, name, how, known, around)
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


def own_words(text: Text, given: set[str], territories: Territories) -> set[int]:
    """Ranks of the words that are the record's own commune («Albi-Cantepau»)."""
    names = {k for code in given for k in keys(territories.commune[code].nom)}
    return {r for r, k in enumerate(text.keys) if k in names and capital(text, r)}


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


@cache
def departements() -> tuple[re.Pattern[str], dict[str, str], dict[str, frozenset[str]]]:
    """A pattern of the départements' names, name → code, code → its quarters."""
    territories = load()
    names = {plain(d.nom): code for code, d in territories.departement.items() if len(d.nom) > 3}
    longest = "|".join(sorted(names, key=lambda name: (-len(name), name)))
    quarters: dict[str, set[str]] = defaultdict(set)
    for q in territories.qpv.values():
        quarters[q.departement].add(q.code)
    pattern = re.compile(rf" (?:l|la|le|les|de|d|en|du|des) ({longest})(?= )")
    return pattern, names, {code: frozenset(found) for code, found in quarters.items()}


def wide(text: Text, departement: str | None) -> set[str]:
    """Quarters of the départements that the text says (or of the record's département)."""
    pattern, names, quarters = departements()
    said = f" {' '.join(word for _, _, word in text.spans)} "
    codes = {names[found] for found in pattern.findall(said)}
    if departement:
        codes.add(departement)
    return {code for d in codes for code in quarters.get(d, ())}


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


def mention(text: Text, span: Span, name: Name, how: str, insee_code: str | None) -> Mention:
    """The mention as it will be told."""
    start, end, quote = text.quote(text.spans[span.first][0], text.spans[span.last][1])
    score = SCORES[name.strength]
    score -= {"nom sans homonyme": 0.07, "même intercommunalité": 0.1, "département": 0.1}.get(
        how, 0.0
    )
    return Mention(name.code, start, end, quote, score, how, insee_code)


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
