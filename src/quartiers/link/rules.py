"""The written rules of «the same place», which no weight outbids.

**Reads** pairs as columns. **Writes** nothing.
**Method** Facts that a rule rests on are named (:func:`written_facts`); :data:`RULES` says what each
allows at least or at most, the later rule the stronger.
**Limits** The rules read names: a host that does not say what it is escapes them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from quartiers.link.sides import Marks, Pairs, bits, core, has

Facts = dict[str, NDArray[Any]]
#: Kinds that run others: a town hall is not the library that it runs.
OPERATORS = frozenset(("mairie", "epci", "departement"))
#: A commune has one of these, annexes aside.
UNIQUE = frozenset(("mairie", "ccas"))
#: (fact, at least or at most, probability). Two kinds of facility in one building are two; so are a
#: host without the France services label and what it hosts, an annexe and its seat, a town hall and
#: what it runs, a unit and its headquarters, two kinds in one list, two places without a proper name in
#: two communes, two places of two départements that their points set apart too; a host that carries the label is the France services at
#: its address; a CCAS is not the town hall, a bus is not its depot; one identifier, unique in the
#: world, is one place. «At most 0.3» forbids that one group holds both.
RULES = (
    ("kind_conflict", "at most", 0.6),
    ("fs_host", "at most", 0.5),
    ("annexe_apart", "at most", 0.5),
    ("operator_facility", "at most", 0.3),
    ("unit_headquarters", "at most", 0.3),
    ("list_of_two", "at most", 0.3),
    ("elsewhere", "at most", 0.3),
    ("departements", "at most", 0.3),
    ("xfl_P", "at least", 0.75),
    ("ccas_mairie", "at most", 0.3),
    ("itin_mismatch", "at most", 0.3),
    ("id_same", "at least", 0.97),
)


def ruled(score: NDArray[np.float64], facts: Facts) -> NDArray[np.float64]:
    """The probabilities, held to the written rules."""
    for fact, way, bound in RULES:
        limit = np.minimum if way == "at most" else np.maximum
        score = np.where(facts[fact], limit(score, bound), score)
    return score


def written_facts(
    facts: Facts, pairs: Pairs, likeness: Marks, where: Marks, has_proper: NDArray[np.bool_]
) -> None:
    """Facts that a rule rests on, from the classes of the names and of the places."""
    left, right = pairs.kinds_a, pairs.kinds_b
    core_a, core_b = core(left), core(right)
    host = np.where(has(left, "france-services"), core_b, core_a)
    tied = (where == 0) & (likeness < 2)
    facts["fs_host"] = facts["fs_one"] & ~tied & (host != 0) & (core_a & core_b == 0)
    operators = bits(OPERATORS)
    runs_a, runs_b = ((k != 0) & (k & ~operators == 0) for k in (left, right))
    run = np.where(runs_b, core_a, core_b) & ~operators != 0
    facts["operator_facility"] = (runs_a != runs_b) & run
    unit_a, unit_b = (has(k, "unite-departementale") for k in (left, right))
    facts["list_of_two"] = facts["kind_conflict"] & facts["same_list"]
    near = facts["d_0"] | facts["d_1"] | facts["d_2"] | facts["d_3"]
    near |= facts["street_hi_same"] & facts["cp_same"]
    moving = has(left | right, "itinerant") | pairs.a.is_moving | pairs.b.is_moving
    facts["elsewhere"] = facts["com_diff"] & ~has_proper & ~near & ~moving
    facts["departements"] = facts["cp_diff"] & facts["d_5"] & ~moving
    facts["unit_headquarters"] = (unit_a != unit_b) & has(left | right, "departement")
    annexe = facts["annexe_one"] = pairs.a.is_apart != pairs.b.is_apart
    facts["annexe_apart"] = annexe & ((where == 1) | (where == 3))
    one_kind = np.isin(core_a, [bits((kind,)) for kind in UNIQUE])
    bare = ~has_proper & ~facts["com_diff"]
    facts["sole_kind"] = ~annexe & (left == right) & one_kind & bare
