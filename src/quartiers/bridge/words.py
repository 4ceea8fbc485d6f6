"""Words as search sees them: stems, families of words, words that ask for nothing.

**Reads** text. **Writes** nothing.
**Method** A stem takes off the plural (``quartiers.text``). A family also takes off the endings of
derivation, so that «décrochage» and «décrocheurs», «démolir» and «démolition» are near; it counts for
less than the word itself.
**Limits** A family is a rule, not a dictionary: «former» and «format» share one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from quartiers.lexicon import STOP
from quartiers.text import spelt, stem, words

#: Words of a query that find nothing by themselves.
EMPTY = STOP | frozenset(
    "pour par avec dans en sur ou qui que est sont ce ces son ses leur leurs mon ma mes sans quand on y "
    "n se s qu il elle on nous vous je j tu c plus moins non ne pas etre avoir ai faire fait quelqu "
    "quelque ensemble comment ou quoi pourquoi aller va vais venir vient trouver utiliser chez bas haut "
    "endroit montrer grand petit bien tres tout tous toute toutes autre autres meme cela ca ici leur "
    "notre nos votre vos mieux besoin falloir faut peut pouvoir savoir voir vouloir veux afin ainsi "
    "the of and for in to a with by on".split()
)
_ENDINGS = frozenset(
    "issement issements ement ements ation ations ition itions ution utions ateur ateurs atrice atrices "
    "iteur euse euses eur eurs age ages ant ants ante antes able ables ible ibles ique iques isme ismes "
    "iste istes ite ites ence ences ance ances if ifs ive ives er ir re ee e ie ies ion ions al ale aux "
    "el elle eux iser isation ure ures ier iere iers ement ai ais ait aient ons ez ent it is".split()
)
_LONGEST_ENDING = max(map(len, _ENDINGS))
#: What is left of a word once an ending is off has at least so many letters.
ROOT = 4
#: Letters of a family's name.
LONGEST = 8


@lru_cache(maxsize=200_000)
def family(word: str) -> str:
    """The family of a folded word.

    Example: ``family("demolition") == family("demolir")``.
    """
    root = stem(word)
    if len(root) < 6 or not root.isalpha():
        return root
    for _ in range(2):
        # The longest ending, so the earliest place where one begins.
        first = max(ROOT, len(root) - _LONGEST_ENDING)
        end = next((at for at in range(first, len(root)) if root[at:] in _ENDINGS), None)
        if end is None:
            break
        root = root[:end]
    return root.removesuffix("u")[:LONGEST] if root.endswith(("qu", "gu")) else root[:LONGEST]


#: Letters that French writes in many ways and says in one.
_SOUNDS = tuple(
    (re.compile(written), said)
    for written, said in (
        *(
            ("ph", "f"),
            ("sh", "ch"),
            ("eau|au", "o"),
            ("ai|ei|ae|oe", "e"),
            ("qu|ck|cqu", "k"),
            ("tion", "sion"),
        ),
        *(
            ("s?c(?=[eiy])", "s"),
            ("c", "k"),
            ("y", "i"),
            ("z", "s"),
            ("h", ""),
            ("[ea][mn](?![aeiou])", "an"),
        ),
        *((r"(.)\1+", r"\1"), ("[estxd]+$", "")),
    )
)


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """How a folded word sounds, roughly: «recondissioné» as «reconditionné»."""
    for written, said in _SOUNDS:
        word = written.sub(said, word)
    return word


def families(text: str) -> frozenset[str]:
    """The families of a text's words that ask for something."""
    return frozenset(family(w) for w in asking(words(spelt(text))))


def asking(found: Iterable[str]) -> list[str]:
    """The folded words that ask for something."""
    return [w for w in found if w not in EMPTY and len(w) > 1]
