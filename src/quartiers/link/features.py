"""What two records agree and disagree on, as named facts between 0 and 1.

**Reads** two items. **Writes** nothing.
**Method** Facts about names (kinds of place, proper name weighted by rarity, whole name), about places
(number and street, metres), about identifiers (SIRET: same, same operator, different), about lists
(two rows of one list), and crossings of the main ones (a good name at a bad address is not half of
each). A fact that cannot be known has its own name («addr_missing»): missing is missing.
**Limits** Rarity comes from the national lists; a word never seen is as rare as can be.
"""

from __future__ import annotations

import json
import math
from functools import cache, lru_cache
from importlib.resources import files

from rapidfuzz import fuzz

from quartiers.link.items import Item, lasting_identifier
from quartiers.link.names import EMPTY, REMEMBERED, Name, Street, saints, take_apart, take_street
from quartiers.link.rules import written_facts

Facts = dict[str, float]
#: Upper bounds in metres of the classes of distance.
DISTANCES = (25, 75, 200, 600, 2500)
NEAR_M, CLOSE_M, AROUND_M = 75, 200, 600


@cache
def frequencies() -> tuple[int, dict[str, int]]:
    """Number of records counted, and in how many of them each word of a proper name stands."""
    kept = json.loads((files("quartiers.study") / "link" / "words.json").read_text("utf-8"))
    return kept["records"], kept["words"]


def rarity(word: str) -> float:
    """How much a word identifies: the log of how rare it is."""
    total, counts = frequencies()
    return math.log(total / (1 + counts.get(word, 1)))


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance on the sphere, accurate enough at these scales."""
    mean = math.radians((a[1] + b[1]) / 2)
    dx = math.radians(b[0] - a[0]) * math.cos(mean)
    return 6_371_000 * math.hypot(dx, math.radians(b[1] - a[1]))


def overlap(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[float, float, float] | None:
    """Shared rarity of two proper names: over the poorer, over the richer, in itself."""
    if not a or not b:
        return None
    left, right = set(a), set(b)
    weight_left, weight_right = (math.fsum(map(rarity, words)) for words in (left, right))
    shared = 0.0
    used: set[str] = set()
    for word in sorted(left):
        best, other = 0.0, ""
        for candidate in sorted(right - used):
            likeness = alike(word, candidate)
            if likeness > best:
                best, other = likeness, candidate
        if best:
            shared += best * min(rarity(word), rarity(other))
            used.add(other)
    poorer, richer = sorted((weight_left, weight_right))
    return shared / max(poorer, 1e-9), shared / max(richer, 1e-9), shared


def alike(a: str, b: str) -> float:
    """Two words: the same, a slip apart, or an initial (0 when none of these)."""
    if a == b:
        return 1.0
    if len(a) == 1 or len(b) == 1:
        return 0.6 if a[0] == b[0] else 0.0
    if min(len(a), len(b)) >= 4 and (ratio := fuzz.ratio(a, b) / 100) >= 0.8:
        return float(ratio)
    return 0.0


def is_acronym(long: str, short: str, commune: str | None) -> bool:
    """Whether a word of ``short`` is made of the initials of ``long`` («UDAF65», «ADL»)."""
    return not acronyms(long, commune).isdisjoint(short_words(short))


@lru_cache(REMEMBERED)
def acronyms(long: str, commune: str | None) -> frozenset[str]:
    """What a name may be shortened to: all its initials, those of its telling words."""
    here = set(saints(commune).split())
    words = [w for w in long.split() if w not in here]
    every = "".join(w[0] for w in words)
    telling = "".join(w[0] for w in words if w not in EMPTY or len(w) > 4)
    return frozenset(w for w in (every, telling) if len(w) >= 3)


@lru_cache(REMEMBERED)
def short_words(short: str) -> frozenset[str]:
    """The words of a name, a number at their end left out."""
    return frozenset(w.rstrip("0123456789") for w in short.split())


def compare(a: Item, b: Item) -> Facts:
    """Every fact about a pair that holds; the order of the two does not matter."""
    if b.id < a.id:
        a, b = b, a
    name_a, name_b = (
        take_apart(a.title, a.commune or b.commune),
        take_apart(b.title, b.commune or a.commune),
    )
    facts: Facts = {}
    likeness = name_facts(facts, name_a, name_b, a.commune or b.commune)
    where = place_facts(facts, a, b)
    identifier_facts(facts, a, b)
    kind_facts(facts, a, b, name_a.kinds, name_b.kinds, where)
    written_facts(facts, a, b, name_a, name_b, likeness + where)
    facts[f"x_{likeness}{where}"] = 1.0
    if "siret_same" in facts:
        facts[f"xs_{likeness}{where}"] = 1.0
    if "kind_same" in facts:
        facts[f"xk_{likeness}{where}"] = 1.0
    if "kind_conflict" in facts:
        facts[f"xkc_{where}"] = 1.0
    if "itin_mismatch" in facts:
        facts[f"xi_{where}"] = facts[f"xin_{likeness}"] = 1.0
    return facts


def name_facts(facts: Facts, a: Name, b: Name, commune: str | None) -> str:
    """Facts about names; returns their class: A alike, B partly, C not."""
    shared = overlap(a.proper, b.proper)
    poorer = 0.0
    if shared is None:
        facts["proper_none" if not a.proper and not b.proper else "proper_one"] = 1.0
    else:
        poorer, richer, weight = shared
        band = sum(poorer >= bound for bound in (0.3, 0.6, 0.85))
        facts[f"pmin_p{band}"] = 1.0
        facts["pmax"] = richer
        facts["psh"] = min(weight, 15) / 10
    ratio = fuzz.token_sort_ratio(a.bare, b.bare) / 100
    facts["name_ratio"] = ratio
    facts["name_set"] = fuzz.token_set_ratio(a.bare, b.bare) / 100
    if ratio >= 0.9:
        facts["name_hi"] = 1.0
    if a.whole == b.whole:
        facts["name_eq"] = 1.0
    if is_acronym(a.whole, b.whole, commune) or is_acronym(b.whole, a.whole, commune):
        facts["acro"] = 1.0
        return "A"
    if ratio >= 0.9 or poorer >= 0.85:
        return "A"
    return "B" if ratio >= 0.6 or poorer >= 0.5 else "C"


def place_facts(facts: Facts, a: Item, b: Item) -> str:
    """Facts about places; returns their class: P same, N near, M unknown, F far."""
    street_a, street_b = take_street(a.address, a.commune), take_street(b.address, b.commune)
    street, same_place = None, False
    if street_a is None or street_b is None:
        facts["addr_missing"] = 1.0
    else:
        street = street_likeness(street_a, street_b)
        numbers = "unk"
        if street_a.number and street_b.number:
            numbers = "same" if street_a.number == street_b.number else "diff"
        band = "hi" if street >= 0.85 else "mid" if street >= 0.6 else "lo"
        facts[f"street_{band}_{numbers}"] = 1.0
        same_place = street >= 0.85 and numbers != "diff"
    away = metres(a.point, b.point) if a.point and b.point else None
    if away is None:
        facts["d_missing"] = 1.0
    elif same_place and away >= AROUND_M:
        facts["d_contradicted"] = 1.0
    else:
        facts[f"d_{sum(away >= bound for bound in DISTANCES)}"] = 1.0
        same_place = same_place or away < NEAR_M
    here, there = town(a.commune), town(b.commune)
    same_town = bool(here and there) and (here in there or there in here)
    if here and there:
        facts["com_same" if same_town else "com_diff"] = 1.0
    if a.postcode and b.postcode:
        same, near = a.postcode == b.postcode, a.postcode[:2] == b.postcode[:2]
        same = same or (near and same_town)
        facts["cp_same" if same else "cp_dep" if near else "cp_diff"] = 1.0
    if same_place:
        return "P"
    if street is None and (away is None or away < AROUND_M):
        return "M"
    if (away is not None and away < CLOSE_M) or (street is not None and street >= 0.6):
        return "N"
    return "F"


@lru_cache(REMEMBERED)
def town(commune: str | None) -> str:
    """A commune's name without its sorting office, «St» written out."""
    return " ".join(w for w in saints(commune).split() if w != "cedex" and not w.isdigit())


def street_likeness(a: Street, b: Street) -> float:
    """How alike two streets are, 0 to 1; one may hold more words (a building, a complement)."""
    left, right = " ".join(a.words), " ".join(b.words)
    best = fuzz.token_sort_ratio(left, right)
    if min(len(a.words), len(b.words)) >= 2:
        best = max(best, fuzz.partial_token_sort_ratio(left, right))
    return float(best) / 100


def identifier_facts(facts: Facts, a: Item, b: Item) -> None:
    """Facts about SIRET and lists. A SIRET names the operator, not the place."""
    if a.siret and b.siret:
        same = "same" if a.siret == b.siret else "siren" if a.siret[:9] == b.siret[:9] else "diff"
        facts[f"siret_{same}"] = 1.0
    else:
        facts["siret_missing"] = 1.0
    if a.identifier and b.identifier and a.source != b.source:
        if shared := lasting_identifier(a.identifier):
            if shared == lasting_identifier(b.identifier):
                facts["id_same"] = 1.0
        elif a.identifier == b.identifier:
            facts["id_short_same"] = 1.0
    if a.source == b.source:
        by_service = a.source.startswith("mednum-haute-vienne")
        facts["same_list_hv" if by_service else "same_list"] = 1.0
    elif "aidants-connect" in a.source and "aidants-connect" in b.source:
        facts["ac_versions"] = 1.0


def kind_facts(
    facts: Facts, a: Item, b: Item, left: frozenset[str], right: frozenset[str], where: str
) -> None:
    """Facts about kinds of place: same, overlapping, in conflict; label; itinerant or not."""
    aside = {"itinerant", "epci", "france-services"}
    core_a, core_b = left - aside, right - aside
    if core_a and core_b:
        alike_kinds = "same" if core_a == core_b else "overlap" if core_a & core_b else "conflict"
        facts[f"kind_{alike_kinds}"] = 1.0
    else:
        facts["kind_oneside" if core_a or core_b else "kind_none"] = 1.0
    moving_a = "itinerant" in left or "itinerant" in a.types
    moving_b = "itinerant" in right or "itinerant" in b.types
    if moving_a != moving_b:
        facts["itin_mismatch"] = 1.0
    if "itinerant" in left and "itinerant" in right:
        facts["itin_both"] = 1.0
    if ("epci" in left) != ("epci" in right):
        facts["epci_one"] = 1.0
    elif "epci" in left:
        facts["epci_both"] = 1.0
    if ("ccas" in left) != ("ccas" in right) and "mairie" in (right if "ccas" in left else left):
        facts["ccas_mairie"] = 1.0
    named_a, named_b = "france-services" in left, "france-services" in right
    labelled = (named_a or a.is_labelled) and (named_b or b.is_labelled)
    if named_a and named_b:
        facts["fs_both"] = facts[f"xfs_{where}"] = 1.0
    elif named_a != named_b:
        facts["fs_one_labelled" if labelled else "fs_one"] = 1.0
        facts[f"xfl_{where}" if labelled else f"xf1_{where}"] = 1.0
        other = core_b if named_a else core_a
        facts[f"fs_other_{'core' if other else 'bare'}{'_labelled' if labelled else ''}"] = 1.0
        if other and not labelled:
            facts[f"xfc_{where}"] = 1.0
