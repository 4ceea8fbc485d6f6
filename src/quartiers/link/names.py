"""Names and addresses, taken apart: the kind of place, the proper name, the street.

**Reads** titles and addresses. **Writes** nothing.
**Method** A title is folded; the kinds of place it names (operators included) are recognised by the
patterns of ``study/link/kinds.csv`` and taken out; what is left, without the commune's name and empty
words, is the proper name («Médiathèque Aimé Césaire» → mediatheque + aime cesaire). An address is
split into its number and the words of its street, usual abbreviations written out.
**Limits** A kind that stands inside a proper name is taken out of it too («rue de la Mairie» is safe:
addresses are read apart).
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from quartiers.text import fold, spelt

#: Words that identify nothing in a name.
EMPTY = frozenset(
    "de du des d la le les l a au aux en et un une pour par sur sous dans chez the asso association "
    "maison espace centre point relais service services pole public publique publics social sociale "
    "sociaux culturel culturelle numerique numeriques mediation structure site antenne lieu accueil "
    "municipal municipale commune communal communale ville local locale pays st ste saint sainte "
    "departemental departementale ex et".split()
)
#: Words that identify nothing in a street.
WAYS = EMPTY | frozenset(
    "rue avenue boulevard place route chemin impasse allee square cours quai esplanade faubourg "
    "residence batiment lotissement zone hameau dit bis ter quater cedex mairie bourg".split()
)
#: Abbreviation → word, in addresses.
SHORT = {
    **{"st": "saint", "ste": "sainte", "pdt": "president", "gal": "general", "dr": "docteur"},
    **{"av": "avenue", "ave": "avenue", "bd": "boulevard", "bvd": "boulevard", "bld": "boulevard"},
    **{"pl": "place", "rte": "route", "che": "chemin", "chem": "chemin", "imp": "impasse"},
    **{"all": "allee", "sq": "square", "crs": "cours", "r": "rue", "fg": "faubourg", "qu": "quai"},
    **{
        "res": "residence",
        "bat": "batiment",
        "esp": "esplanade",
        "lot": "lotissement",
        "za": "zone",
    },
    **{
        "zi": "zone",
        "mal": "marechal",
        "cdt": "commandant",
        "cne": "capitaine",
        "prof": "professeur",
    },
}
_POSTCODE_TAIL = re.compile(r"(?<=\S)\s\d{5}\b.*$")
#: Postal boxes and sorting words say nothing of a place.
_BOX = re.compile(r"\b(?:bp|cs|tsa) ?\d[\d ]*\b|\bcedex(?: \d{1,2})?\b")
_NUMBER = re.compile(r"^(?:\D{0,25}?\b)?(\d{1,4})(?: ?(?:bis|ter|quater|[a-z]))?\b")
_APART = re.compile(r"\b(?:annexe|antenne|site|direction|delegation|delegue|deleguee)\b")
REMEMBERED = 200_000
#: Initials fewer than this shorten nothing.
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Name:
    """A title taken apart: kinds of place, words of the proper name, the folded whole, the whole away
    from the commune's words, and without the words that all names share (the empty ones) either."""

    kinds: frozenset[str]
    proper: tuple[str, ...]
    whole: str
    away: str
    bare: str


@dataclass(frozen=True, slots=True)
class Street:
    """An address taken apart: number (None when unknown), identifying words, the folded whole."""

    number: str | None
    words: tuple[str, ...]
    whole: str


@cache
def kind_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """(kind, pattern on folded text), in the order in which they are taken out."""
    text = (files("quartiers.study") / "link" / "kinds.csv").read_text("utf-8")
    return tuple(
        (row["kind"], re.compile(rf"(?<![a-z0-9])(?:{row['pattern']})(?![a-z0-9])"))
        for row in csv.DictReader(text.splitlines())
    )


@lru_cache(REMEMBERED)
def plain(text: str | None) -> str:
    """Folded words, one space between."""
    return " ".join(fold(spelt(text or "")).split())


@lru_cache(REMEMBERED)
def saints(text: str | None) -> str:
    """Folded words with «St» and «Ste» written out."""
    return " ".join({"st": "saint", "ste": "sainte"}.get(w, w) for w in plain(text).split())


@lru_cache(REMEMBERED)
def kinds_of(whole: str) -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    """The kinds of place that a folded title says, the words left that tell, and all its words."""
    kinds, rest = set(), whole
    for kind, pattern in kind_patterns():
        if pattern.search(rest):
            kinds.add(kind)
            rest = pattern.sub(" ", rest)
    left = tuple(w for w in rest.split() if w not in EMPTY and not (w.isdigit() and len(w) == 5))
    return frozenset(kinds), left, tuple(whole.split())


@lru_cache(REMEMBERED)
def words_of(place: str | None) -> frozenset[str]:
    """The words of a place's name, «St» written out."""
    return frozenset(saints(place).split())


@lru_cache(REMEMBERED)
def take_apart(title: str, commune: str | None) -> Name:
    """A title as kinds and proper name; the commune's own words do not identify a place in it."""
    whole = saints(title)
    kinds, left, words = kinds_of(whole)
    here = words_of(commune)
    proper = tuple([w for w in left if w not in here])
    away = [w for w in words if w not in here]
    bare = " ".join([w for w in away if w not in EMPTY]) or whole
    return Name(kinds, proper, whole, " ".join(away), bare)


@lru_cache(REMEMBERED)
def take_street(address: str | None, commune: str | None) -> Street | None:
    """An address as number and street; None when there is none."""
    whole = " ".join(SHORT.get(w, w) for w in _BOX.sub(" ", plain(address)).split())
    if not whole:
        return None
    whole = _POSTCODE_TAIL.sub("", whole)
    number = _NUMBER.match(whole)
    here = set(plain(commune).split())
    words = tuple(
        w for w in whole.split() if w not in WAYS and not w.isdigit() and w not in here
    ) or tuple(w for w in whole.split() if not w.isdigit())
    return Street(number.group(1) if number else None, words, whole)


@lru_cache(REMEMBERED)
def is_apart(whole: str, address: str | None) -> bool:
    """Whether a name or an address says «annexe», «antenne», «site»."""
    return bool(_APART.search(f"{whole} {plain(address)}"))


def initials(name: Name) -> str:
    """What a name may be shortened to: all its initials, those of its telling words; nothing if short."""
    words = name.away.split()
    every = "".join([w[0] for w in words])
    telling = "".join([w[0] for w in words if w not in EMPTY or len(w) > 4])
    return " ".join({w for w in (every, telling) if len(w) >= SHORTEST})
