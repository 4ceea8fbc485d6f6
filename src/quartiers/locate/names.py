"""The names of quarters: official labels, their parts, older names, aliases; how strong each is.

**Reads** ``study/territories/`` (``qpv.csv``, ``aliases.csv``, ``correspondence.csv``, ``words.toml``).
**Writes** nothing.
**Method** A name is a sequence of keys: folded words without articles, plurals and doubled letters, so
that «Terres Neuves», «Terre-Neuve» and «TERRES-NEUVES» are one. A label is also known by its parts
(«Minguettes - Clochettes»). Four strengths: *clear* (holds a word that is nothing else), *plain*
(common words: needs its capital and an article), *person* (streets and schools bear it first), *weak*
(«Centre», «Gare», «Europe»: only after «quartier» and the like). A trie finds them all in one pass.
**Limits** Labels that run several names together without a dash are parted by hand in ``aliases.csv``.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Literal

from quartiers.errors import StudyError
from quartiers.territories import Territories, load
from quartiers.territories.tables import FOLDER
from quartiers.text import fold, spelt

Strength = Literal["clear", "plain", "person", "weak"]
Keys = tuple[str, ...]

#: Words that a name may hold or lack.
ARTICLES = frozenset(("de", "du", "des", "d", "la", "le", "les", "l"))
_NUMBERS = {"2": "deux", "3": "trois", "4": "quatre", "5": "cinq", "st": "saint", "ste": "sainte"}
_NUMBERS |= {"ii": "deux", "iii": "trois"}
_DOUBLED = re.compile(r"([bcdfglmnprstz])\1")
_CUT = re.compile(r"[-\s](en|sur|la|le|les|lès|lez|sous|Cours|de|du|Courcouronnes|et)\b.*$")
_PREFIX = re.compile(
    r"^(le )?(quartiers?|qpv|zone|secteur|residence|cite)"
    r"( prioritaires?| intercommunale?| politique de la ville)?( multisites)?( du village)?"
    r"( d[eu]s?\b| d['’])?\s*",
    re.IGNORECASE,
)
_WIDENED = re.compile(r"\s+[ée]largie?s?$", re.IGNORECASE)
#: The first half of «Belle-Beille» or «Croix-Rouge» is not a name; that of «Elbeuf-Lescouvé» is.
_JOINED = frozenset(
    (
        "saint",
        "sainte",
        "croix",
        "belle",
        "bel",
        "beau",
        "vert",
        "port",
        "mont",
        "bois",
        "clos",
        "champ",
        "champs",
        "pont",
        "notre",
        "sans",
        "sous",
        "grand",
        "grande",
        "grands",
        "petit",
        "petite",
        "haut",
        "hauts",
        "bas",
        "terre",
        "rive",
        "marie",
        "saut",
        "ker",
        "ville",
        "centre",
        "plein",
        "avant",
        "cap",
        "etats",
        "mieux",
        "nord",
        "sud",
        "est",
        "ouest",
        "pre",
    )
)


@dataclass(frozen=True, slots=True)
class Name:
    """One way of calling one quarter. ``kind``: label, part, older, alias."""

    code: str
    text: str
    kind: str
    strength: Strength
    without_commune: bool


@dataclass(slots=True)
class Node:
    """A node of the trie."""

    names: list[Name] = field(default_factory=list)
    next: dict[str, Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Words:
    """``words.toml``: sets of keys (names' words) and of folded phrases (context)."""

    generic: frozenset[str]
    common: frozenset[str]
    persons: frozenset[str]
    elsewhere: frozenset[Keys]
    close_support: frozenset[str]
    support: frozenset[str]
    offices: frozenset[str]
    streets: frozenset[str]
    buildings: frozenset[str]
    #: Words that many names share, or that are words of their own.
    ordinary: frozenset[str]


@lru_cache(maxsize=200_000)
def key(word: str) -> str:
    """A folded word without its plural and its doubled letters; small numbers in letters."""
    word = _NUMBERS.get(word, word)
    word = _DOUBLED.sub(r"\1", word)
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


def keys(name: str) -> Keys:
    """A name's keys, articles left out."""
    return tuple(key(word) for word in fold(spelt(name)).split() if word not in ARTICLES)


@cache
def words() -> Words:
    """The words of the study, read once a process."""
    table = tomllib.loads((FOLDER / "words.toml").read_text("utf-8"))
    generic, common, persons = (
        frozenset(key(w) for w in table[name]) for name in ("generic", "common", "persons")
    )
    return Words(
        generic=generic,
        common=common,
        persons=persons,
        elsewhere=frozenset(keys(w) for w in table["elsewhere"]),
        close_support=frozenset(table["close_support"]),
        support=frozenset(table["support"]),
        offices=frozenset(table["offices"]),
        streets=frozenset(table["streets"]),
        buildings=frozenset(table["buildings"]),
        ordinary=generic | common | persons,
    )


def strength(name: Keys, known: Words) -> Strength:
    """How much a name says by itself."""
    if name in known.elsewhere or all(k in known.generic or k.isdigit() for k in name):
        return "weak"
    first = name[0]
    after_someone = first in known.persons or first in ("saint", "sainte")
    if any(k not in known.ordinary and not k.isdigit() and len(k) > 2 for k in name):
        return "plain" if len(name) > 1 and after_someone else "clear"
    if after_someone or all(k in known.persons or k in known.generic for k in name):
        return "person"
    return "plain"


def label_parts(label: str) -> Iterator[str]:
    """The names within an official label: «A - B», «A/B», «A, B et C», «A-B»."""
    for part in re.split(r"\s+[-–]\s*|\s*[-–]\s+|/|,|\s:\s|\(|\)", label):
        text = part.strip()
        if not text:
            continue
        yield text
        yield _PREFIX.sub("", text)
        yield _WIDENED.sub("", text)
        halves = re.fullmatch(r"([A-ZÉÈ][\w’']+)-([A-ZÉÈ][\w’']+)", text)
        if (
            halves
            and fold(halves[1]) not in _JOINED
            and key(fold(halves[1])) not in words().persons
        ):
            yield from halves.groups()


def all_names(territories: Territories) -> Iterator[Name]:
    """Every name of every quarter, strongest kind first."""
    known = words()
    for q in territories.qpv.values():
        yield from build(q.code, [q.nom, _PREFIX.sub("", q.nom)], "label", known)
        yield from build(q.code, label_parts(_PREFIX.sub("", q.nom)), "part", known)
    with (FOLDER / "aliases.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["code"] not in territories.qpv:
                raise StudyError(
                    f"aliases.csv, «{row['alias']}»: {row['code']} is no QPV of 2024; "
                    "look its code up in qpv.csv."
                )
            yield from build(
                row["code"], [row["alias"]], "alias", known, row["sans_commune"] == "oui"
            )
    after: dict[str, set[str]] = defaultdict(set)
    for tie in territories.ties:
        sure = tie.confiance == "haute" or tie.methode == "renouvellement-urbain"
        if sure and (tie.part_2015 is None or tie.part_2015 >= 0.5):
            after[tie.code_2015].add(tie.code_2024)
    for old, new in after.items():
        if len(new) == 1 and old in territories.names_2015:
            name = territories.names_2015[old][0]
            yield from build(
                next(iter(new)), [name, *label_parts(_PREFIX.sub("", name))], "older", known
            )


def build(
    code: str, texts: Iterator[str] | list[str], kind: str, known: Words, alone: bool = False
) -> Iterator[Name]:
    """Names of one quarter; a part of one or two letters, or of articles only, is none."""
    for text in texts:
        of = keys(text)
        if (
            of
            and len("".join(of)) > 2
            and not (len(of) == 1 and of[0].isdigit() and len(of[0]) < 4)
        ):
            yield Name(code, text.strip(), kind, strength(of, known), alone)


@dataclass(slots=True)
class Gazetteer:
    """The trie of names, and the communes' names."""

    root: Node
    communes: Node
    codes_of: dict[Keys, frozenset[str]]


@cache
def gazetteer() -> Gazetteer:
    """Built once a process."""
    territories = load()
    root = Node()
    seen: dict[tuple[Keys, str], Name] = {}
    towns = {
        c: (keys(territories.commune[c].nom), keys(_CUT.sub("", territories.commune[c].nom)))
        for c in territories.qpv_of_commune
    }
    for name in all_names(territories):
        if any(keys(name.text) in towns[c] for c in territories.qpv[name.code].communes):
            continue  # the commune's own name says nothing of the quarter
        known = seen.get((keys(name.text), name.code))
        if known is None or (name.without_commune and not known.without_commune):
            seen[(keys(name.text), name.code)] = name
    codes_of: dict[Keys, set[str]] = defaultdict(set)
    for (of, code), name in seen.items():
        insert(root, of, name)
        codes_of[of].add(code)
    return Gazetteer(
        root, commune_trie(territories), {k: frozenset(v) for k, v in codes_of.items()}
    )


#: A commune below this population, without a QPV, is not looked for in texts: too many are words.
LEAST_POPULATION = 2_000


def commune_trie(territories: Territories) -> Node:
    """Names of communes, and the short forms of those that have a QPV («Rillieux», «Vaulx»)."""
    root, full = Node(), set()
    kept = [
        c
        for c in territories.commune.values()
        if not c.parent
        and (c.code in territories.qpv_of_commune or (c.population or 0) >= LEAST_POPULATION)
    ]
    for c in kept:
        full.add(keys(c.nom))
        insert(root, keys(c.nom), Name(c.code, c.nom, "commune", "clear", True))
    shorts: dict[Keys, list[Name]] = defaultdict(list)
    for c in kept:
        short = _CUT.sub("", c.nom)
        if c.code in territories.qpv_of_commune and short != c.nom and len(short) >= 4:
            shorts[keys(short)].append(Name(c.code, short, "commune", "clear", True))
    known = words()
    for of, names in shorts.items():
        if of not in full and len(names) == 1 and strength(of, known) == "clear":
            insert(root, of, names[0])
    return root


def insert(root: Node, of: Keys, name: Name) -> None:
    """Add a name under its keys."""
    node = root
    for k in of:
        node = node.next.setdefault(k, Node())
    node.names.append(name)
