"""English words of a query, said in French.

**Reads** ``study/english.csv`` (an English word, what it is in French here, whether French has the word
too). **Writes** nothing.
**Method** A query with French articles or prepositions is French and is left alone. Another one is said
again word by word when it holds a word that only English has, or nothing but words of the table: teams
of the smart city ask «community garden», «driving lessons», «displaced residents».
**Limits** Word by word: idioms are the thesaurus's work (``qt:asked``). The table is ours, a few hundred words.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from quartiers.text import stem, words

#: Words that make a query French. Words of both languages («a», «on», «plus») are not of them.
FRENCH = frozenset(
    "le la les l du des de d un une et au aux pour dans sur avec sans chez par son sa ses mon ma mes "
    "notre nos votre vos leur leurs qui que quoi ou est sont je tu il elle nous vous ils se faire".split()
)
#: English words that ask for nothing.
IDLE = frozenset(
    "or from at as into your my our their his her how what who where when is are be that this it you we "
    "they i do does can get make new all any some about near".split()
)


class Said(NamedTuple):
    """What an English word is in French; ``shared``: French has the word too."""

    french: tuple[str, ...]
    shared: bool


@cache
def table() -> dict[str, Said]:
    """Stem of an English word → what it is in French."""
    text = (files("quartiers.study") / "english.csv").read_text("utf-8")
    return {
        stem(row["english"]): Said(tuple(words(row["french"])), bool(row["also_french"]))
        for row in csv.DictReader(text.splitlines())
    }


def in_french(asked: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Word → its French words, of the folded words of a query; empty when the query is French."""
    if FRENCH.intersection(asked):
        return {}
    known = table()
    said = {word: known[stem(word)] for word in asked if stem(word) in known}
    alone = any(not one.shared for one in said.values())
    if not alone and (len(said) < 2 or any(w not in said and w not in IDLE for w in asked)):
        return {}
    return {word: one.french for word, one in said.items()}
