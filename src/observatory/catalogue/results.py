"""The answer to a question: which initiatives, in which order, and what each filter would give.

**Reads** the index, the search of the bridge. **Writes** nothing.
**Method** Values of one facet add up (either), facets restrict each other (both). The counts beside a
facet's values are those of the question without that facet. A search keeps what scores at least a
fifth of its best result: further away, the thesaurus relates everything to everything.
**Limits** The fifth is a choice of presentation; ``quartiers search`` shows further.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

import numpy as np

from observatory.catalogue.index import Index, bits, index_of, members
from observatory.catalogue.question import Question
from observatory.edition import Edition
from quartiers.bridge.search import Weighed, tell, weigh
from quartiers.bridge.stored import Index as SearchIndex
from quartiers.territories import plain

#: A result below this share of the best one's score is not shown.
SHARE = 0.2
PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """``found`` is the set of the answers; ``numbers`` are those of the page, in order."""

    question: Question
    index: Index
    found: int
    count: int
    pages: int
    numbers: list[int]
    ordered: array[int]

    @property
    def ids(self) -> list[str]:
        """The ids of the page."""
        return [self.index.ids[number] for number in self.numbers]

    def every(self) -> list[str]:
        """The ids of all the answers, in order."""
        inside = members(self.found)
        return [self.index.ids[n] for n in self.ordered if n < len(inside) and inside[n] == "1"]


def answer(edition: Edition, question: Question) -> Answer:
    """The initiatives that a question finds. A page past the last one is the last one."""
    index = index_of(edition)
    found = select(edition, question)
    count = found.bit_count()
    pages = max(1, -(-count // PER_PAGE))
    question = replace(question, page=min(question.page, pages))
    by_words = question.words and question.order == "pertinence"
    ordered = searched(edition, question.words, question.bridges) if by_words else None
    ordered = index.orders[question.order] if ordered is None else ordered
    inside = members(found)
    kept = (n for n in ordered if n < len(inside) and inside[n] == "1")
    start = (question.page - 1) * PER_PAGE
    numbers = list(islice(kept, start, start + PER_PAGE))
    return Answer(question, index, found, count, pages, numbers, ordered)


def select(edition: Edition, question: Question, *, but: str = "") -> int:
    """The set that a question finds, one facet left aside (``but``) when its values are counted."""
    index = index_of(edition)
    found = index.all
    if question.words:
        numbers = searched(edition, question.words, question.bridges)
        found &= bits(numbers, len(index.ids))
    if question.place and but != "territoire" and question.territory is None:
        return 0
    if question.territory and question.territory.code != "FR" and but != "territoire":
        found &= index.territory(question.territory.code)
    for name, values in question.facets.items():
        if name != but:
            found &= union(index, name, values)
    return found


def union(index: Index, name: str, values: tuple[str, ...]) -> int:
    """The set of those that have one of the values."""
    known = index.facets[name]
    found = 0
    for value in values:
        found |= known.get(value, 0)
    return found


def counts(edition: Edition, question: Question, found: int) -> dict[str, dict[str, int]]:
    """Facet → value → how many there would be with this value alone in its facet."""
    index = index_of(edition)
    return {
        name: {value: (base & having).bit_count() for value, having in known.items()}
        for name, known in index.facets.items()
        for base in [select(edition, question, but=name) if name in question.facets else found]
    }


@lru_cache(maxsize=16)
def weighed(edition: Edition, words: str, bridges: bool) -> Weighed:
    """A search put to the whole edition."""
    return weigh(edition.connection, words, bridges=bridges)


@lru_cache(maxsize=128)
def searched(edition: Edition, words: str, bridges: bool) -> array[int]:
    """The numbers that answer a search, best first."""
    found = weighed(edition, words, bridges).scores
    known = len(index_of(edition).ids)
    kept = np.flatnonzero(found >= max(SHARE * float(found.max()), 1e-6))
    best = kept[np.lexsort((kept, -found[kept]))]
    return array("I", (number for number in best.tolist() if number < known))


@lru_cache(maxsize=256)
def told(edition: Edition, words: str, bridges: bool, numbers: tuple[int, ...]) -> dict[int, str]:
    """Why each of these answers a search: its heaviest path, in words."""
    # What was weighed may come from another thread: its reasons are read by this one's connection.
    found = replace(weighed(edition, words, bridges), index=SearchIndex.of(edition.connection))
    hits = tell(found, list(numbers))
    return {number: plain_path(hit.path[0]) for number, hit in zip(numbers, hits, strict=True)}


def plain_path(said: str) -> str:
    """«word» : notion → relation notion → «words found», as a sentence."""
    named, *steps = said.split(" → ")
    if not steps:
        return said
    if len(steps) == 1 and plain(named.split(" : ")[0]) == plain(steps[0]):
        return f"ses mots : {steps[0]}"
    return f"{', qui '.join([named, *steps[:-1]])} ; ici : {steps[-1]}"
