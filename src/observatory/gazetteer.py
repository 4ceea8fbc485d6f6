"""Find a territory from what a person types: a name, a postcode, a code, roughly spelt.

**Reads** the embedded territories, and the postcodes that the edition's initiatives give to communes.
**Writes** nothing.
**Method** A code or a name that means one thing is that thing; a quarter goes by all the names that the method
knows for it («Mas du Taureau»). Else, in this order: the communes of the
postcode, names that begin so, names that hold all the words, names spelt nearly so (rapidfuzz), those
with quarters only; then communes without a quarter, which say so.
**Limits** A postcode is known where at least one initiative bears it; else its département is proposed.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from observatory.edition import Edition
from observatory.ground import ground_of, grounds, territories
from quartiers.locate.communes import departement_of
from quartiers.locate.names import all_names
from quartiers.territories import plain, plain_epci

MOST = 12
#: Likeness (0 to 100) from which a name may be what was meant.
NEAR = 72
#: The longest thing that is looked for.
LONGEST = 80
#: A search in the catalogue that names more territories than these names none.
MOST_NAMED = 4
#: Words before a name that are not part of it: «le quartier des Minguettes».
BEFORE = frozenset("le la les l de du des d quartier quartiers ville".split())


@dataclass(frozen=True, slots=True)
class Place:
    """A territory proposed: ``hint`` tells two of one name apart, ``quarters`` is how many it holds."""

    code: str
    level: str
    name: str
    hint: str
    quarters: int


def find(edition: Edition, words: str) -> list[Place]:
    """The territories that may be meant, the likeliest first; one when there is no doubt."""
    wanted = " ".join(words.split())[:LONGEST]
    if not wanted:
        return []
    if re.fullmatch(r"\d{5}", wanted) and (found := of_postcode(edition, wanted)):
        return found
    if code := of_code(wanted.upper()):
        return [place(code)]
    exact = names().get(plain(wanted)) or known_as().get(bare(wanted), [])
    kinds = [grounds().by_code[code].level for code in exact]
    if kinds.count("COM") == 1 and len(set(kinds)) == len(kinds):
        return [place(code) for code in exact if code.startswith("COM")]
    if len(exact) == 1:
        return [place(exact[0])]
    return list(dict.fromkeys([*map(place, exact), *by_name(wanted)]))[:MOST]


def of_code(wanted: str) -> str:
    """The territory of a code, ours or the administration's bare one («69», «69259»); else nothing."""
    if wanted in grounds().by_code:
        return wanted
    known = territories()
    for prefix, table in (
        ("DEP", known.departement),
        ("COM", known.commune),
        ("EPCI", known.epci),
    ):
        bare = wanted.removeprefix(prefix)
        if bare in table:
            return f"{prefix}{known.city(bare) if prefix == 'COM' else bare}"
    return ""


def place(code: str) -> Place:
    """A territory as it is proposed."""
    known = territories()
    ground = grounds().by_code.get(code)
    if ground is None and code.startswith("EPCI"):
        return Place(code, "EPCI", known.label(code), "", 0)
    if ground is None:
        insee_code = code.removeprefix("COM")
        above = known.parents(insee_code)
        return Place(code, "COM", known.label(code), known.label(f"DEP{above.get('DEP', '')}"), 0)
    hint = ""
    if ground.level == "QPV":
        quartier = known.qpv[code]
        hint = f"{', '.join(quartier.communes_noms)}, {quartier.departement_nom}"
    elif ground.level in ("COM", "EPCI"):
        hint = ", ".join(sorted(known.label(f"DEP{d}") for d in ground.departments))
    return Place(code, ground.level, ground.name, hint, len(ground.quartiers))


def of_postcode(edition: Edition, postcode: str) -> list[Place]:
    """The communes that bear a postcode, those with quarters first; else its département."""
    known = [c for c in postcodes(edition).get(postcode, ()) if c in territories().commune]
    if not known and postcode in territories().commune:  # an INSEE code
        known = [territories().city(postcode)]
    found = sorted((place(f"COM{c}") for c in known), key=lambda p: (-p.quarters, p.name))
    if not any(p.quarters for p in found):
        departement = departement_of(postcode)
        if f"DEP{departement}" in grounds().by_code:
            found.append(place(f"DEP{departement}"))
    return found[:MOST]


@lru_cache(maxsize=2)
def postcodes(edition: Edition) -> dict[str, list[str]]:
    """Postcode → the communes that initiatives give it, twice at least or alone, commonest first."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in edition.rows(
        "SELECT postcode, insee_code, count(*) AS n FROM initiatives "
        "WHERE postcode IS NOT NULL AND insee_code IS NOT NULL GROUP BY 1, 2"
    ):
        if row["postcode"][:2] == row["insee_code"][:2] or row["insee_code"][:2] in ("2A", "2B"):
            counts[row["postcode"]][territories().city(row["insee_code"])] += row["n"]
    return {
        postcode: [c for c, n in found.most_common() if n > 1 or len(found) == 1]
        for postcode, found in counts.items()
    }


@lru_cache(maxsize=1)
def names() -> dict[str, list[str]]:
    """Plain name → codes, of every territory with a quarter."""
    found: dict[str, list[str]] = defaultdict(list)
    for ground in grounds().by_code.values():
        if ground.quartiers:
            for name in {plain(ground.name), plain_epci(ground.name)}:
                found[name].append(ground.code)
    return dict(found)


@lru_cache(maxsize=1)
def bare_names() -> dict[str, list[str]]:
    """Name without its article → codes, of every territory with a quarter."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, codes in names().items():
        found[bare(name)] += codes
    return dict(found)


@lru_cache(maxsize=1)
def known_as() -> dict[str, list[str]]:
    """Other name of a quarter (a part of its label, an older name, one in use) → codes."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in all_names(territories()):
        called = bare(name.text)
        if name.strength != "weak" and name.code not in found[called]:
            found[called].append(name.code)
    return dict(found)


@lru_cache(maxsize=1)
def in_use() -> dict[str, list[str]]:
    """Quarter → the names in use that its label does not say."""
    found: dict[str, list[str]] = {}
    for name in all_names(territories()):
        if name.kind == "alias":
            said = (grounds().by_code[name.code].name, *found.get(name.code, ()))
            if not any(bare(name.text) in plain(one) for one in said):
                found.setdefault(name.code, []).append(name.text)
    return found


def bare(words: str) -> str:
    """A plain name without what comes before it."""
    parts = plain(words).split()
    while parts and parts[0] in BEFORE:
        parts = parts[1:]
    return " ".join(parts)


def named(words: str) -> list[Place]:
    """The territories that a search is the name of, or some words of the name; none in doubt."""
    wanted = bare(words[:LONGEST])
    if len(wanted) < 4:
        return []
    codes = (
        bare_names().get(wanted)
        or known_as().get(wanted)
        or [
            code
            for name, codes in bare_names().items()
            if name.startswith(f"{wanted} ") or (" " in wanted and f" {wanted} " in f" {name} ")
            for code in codes
        ]
    )
    return [place(code) for code in dict.fromkeys(codes)] if len(codes) <= MOST_NAMED else []


def by_name(words: str) -> list[Place]:
    """Territories whose name is so, begins so, holds the words, or is spelt nearly so."""
    wanted = plain(words)
    if not wanted:
        return []
    parts = set(wanted.split())
    starts = [n for n in names() if n.startswith(wanted)]
    holds = [n for n in names() if parts <= set(n.split())]
    near = [
        name
        for name, score, _ in process.extract(
            wanted, names().keys(), scorer=fuzz.ratio, limit=MOST, score_cutoff=NEAR
        )
        if score >= NEAR
    ]
    ranked = [*sorted(starts, key=rank), *sorted(holds, key=rank), *near]
    codes = list(dict.fromkeys(code for name in ranked for code in names()[name]))
    without = [
        f"COM{c}" for c in territories().communes_named.get(wanted, ()) if not ground_of(f"COM{c}")
    ]
    return [place(code) for code in [*codes[:MOST], *without[:4]]]


def rank(name: str) -> tuple[int, int, str]:
    """The order of names that fit: the widest territory first, then the shortest name."""
    levels = ("FR", "REG", "DEP", "EPCI", "COM", "QPV")
    widest = min(levels.index(grounds().by_code[c].level) for c in names()[name])
    return (widest, len(name), name)
