"""The written rules of «the same place», which no weight outbids.

**Reads** two items, taken apart. **Writes** nothing.
**Method** Facts that a rule rests on are named (:func:`written_facts`); :data:`RULES` says what each
allows at least or at most, the later rule the stronger.
**Limits** The rules read names: a host that does not say what it is escapes them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from quartiers.link.items import Item
from quartiers.link.names import REMEMBERED, Name, plain

Facts = dict[str, float]
#: Kinds that run others: a town hall is not the library that it runs.
OPERATORS = frozenset(("mairie", "epci", "departement"))
#: A commune has one of these, annexes aside.
UNIQUE = frozenset(("mairie", "ccas"))
#: Kinds said beside the kind of place itself.
ASIDE = frozenset(("itinerant", "epci", "france-services"))
_APART = re.compile(r"\b(?:annexe|antenne|site|direction|delegation|delegue|deleguee)\b")
#: (fact, at least or at most, probability). Two kinds of facility in one building are two; so are a
#: host without the France services label and what it hosts, an annexe and its seat, a town hall and
#: what it runs, a unit and its headquarters; a host that carries the label is the France services at
#: its address; a CCAS is not the town hall, a bus is not its depot; one identifier, unique in the
#: world, is one place. «At most 0.3» forbids that one group holds both.
RULES = (
    ("kind_conflict", "at most", 0.6),
    ("fs_host", "at most", 0.5),
    ("annexe_apart", "at most", 0.5),
    ("operator_facility", "at most", 0.3),
    ("unit_headquarters", "at most", 0.3),
    ("xfl_P", "at least", 0.75),
    ("ccas_mairie", "at most", 0.3),
    ("itin_mismatch", "at most", 0.3),
    ("id_same", "at least", 0.97),
)


def ruled(score: float, facts: Facts) -> float:
    """The probability, held to the written rules."""
    for fact, way, bound in RULES:
        if fact in facts:
            score = min(score, bound) if way == "at most" else max(score, bound)
    return score


def written_facts(facts: Facts, a: Item, b: Item, left: Name, right: Name, crossing: str) -> None:
    """Facts that a rule rests on; ``crossing`` is the class of the names, then of the places."""
    core_a, core_b = left.kinds - ASIDE, right.kinds - ASIDE
    host = core_b if "france-services" in left.kinds else core_a
    if "fs_one" in facts and crossing not in ("AP", "BP") and host and not core_a & core_b:
        facts["fs_host"] = 1.0
    runs = [bool(kinds) and kinds <= OPERATORS for kinds in (left.kinds, right.kinds)]
    if runs[0] != runs[1] and (core_a if runs[1] else core_b) - OPERATORS:
        facts["operator_facility"] = 1.0
    unit_a, unit_b = ("unite-departementale" in kinds for kinds in (left.kinds, right.kinds))
    if unit_a != unit_b and "departement" in left.kinds | right.kinds:
        facts["unit_headquarters"] = 1.0
    apart = is_apart(left.whole, a.address)
    if apart != is_apart(right.whole, b.address):
        facts["annexe_one"] = 1.0
        if crossing[1] in "FN":
            facts["annexe_apart"] = 1.0
    elif (
        left.kinds == right.kinds
        and len(core_a) == 1
        and core_a <= UNIQUE
        and not (left.proper or right.proper or "com_diff" in facts)
    ):
        facts["sole_kind"] = 1.0


@lru_cache(REMEMBERED)
def is_apart(whole: str, address: str | None) -> bool:
    """Whether a name or an address says «annexe», «antenne», «site»."""
    return bool(_APART.search(f"{whole} {plain(address)}"))
