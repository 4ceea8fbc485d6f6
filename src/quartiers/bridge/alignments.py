"""What each concept is called elsewhere, why, and who uses its words.

**Reads** the thesaurus, the crosswalks, the view of initiatives. **Writes** nothing (the build stores
the table ``alignments``).
**Method** One row a concept and a name elsewhere: a concept of the other world (``list`` is «mondes»; the
reason quotes both definitions, or says why there is no equivalent), or a value of an official list
(``study/crosswalks``, with its version and reason). A relation is read from our concept to the other
name: ``narrow`` means that the other name is narrower. ``quartiers`` and ``ville_intelligente`` count the
initiatives of each world whose words name the concept. A value of a list that is nothing here has
no concept.
**Limits** Counts words, not meanings; initiatives of neither world are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from quartiers import thesaurus
from quartiers.bridge.entries import parts_of
from quartiers.bridge.filing import SUBJECTS, Batch
from quartiers.bridge.index import BATCH
from quartiers.bridge.vocabulary import Vocabulary
from quartiers.tables import ALIGNMENTS
from quartiers.thesaurus import CONVERSE, WORLDS
from quartiers.thesaurus.crosswalks import LISTS, crossings

Row = dict[str, Any]


def alignments(view: pa.Table) -> pa.Table:
    """The table ``alignments`` of an edition."""
    used = usage_by_world(view)
    rows = [
        {
            **row,
            "quartiers": used[row["concept"], WORLDS[1]] if row["concept"] else None,
            "ville_intelligente": used[row["concept"], WORLDS[0]] if row["concept"] else None,
        }
        for row in (*between_worlds(), *with_lists())
    ]
    return pa.Table.from_pylist(rows, schema=ALIGNMENTS["alignments"])


def usage_by_world(view: pa.Table) -> Counter[tuple[str, str]]:
    """(concept, world) → initiatives whose words name it."""
    used: Counter[tuple[str, str]] = Counter()
    vocabulary = Vocabulary()
    for part in view.to_batches(BATCH):
        found = Batch(parts_of(part), vocabulary).named()
        worlds = part.column("world").to_pylist()
        slugs = list(vocabulary.concepts)
        said = found.parts < SUBJECTS
        pairs = zip(found.concepts[said].tolist(), found.entries[said].tolist(), strict=True)
        used.update((slugs[concept], worlds[entry]) for concept, entry in pairs)
    return used


def between_worlds() -> Iterator[Row]:
    """Each concept beside those of the other world."""
    known = thesaurus.load()
    for slug, concept in known.concepts.items():
        for relation, other in known.across(slug):
            theirs = known.concepts[other]
            yield {
                **{"concept": slug, "list": "mondes", "relation": relation, "value": other},
                "label": theirs.pref,
                "because": f"« {concept.definition} » ↔ « {theirs.definition} »",
            }
        if concept.no_equivalent:
            yield {
                **{"concept": slug, "list": "mondes", "relation": "null"},
                "because": concept.no_equivalent,
            }


def with_lists() -> Iterator[Row]:
    """Each value of the official lists beside our concept."""
    for name in LISTS:
        for crossing in crossings(name):
            yield {
                **{"concept": crossing.concept, "list": name, "version": crossing.version},
                "relation": CONVERSE.get(crossing.relation, crossing.relation),
                **{"value": crossing.value, "label": crossing.value, "because": crossing.reason},
            }
