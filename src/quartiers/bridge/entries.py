"""What of an entry is filed, counted and shown.

**Reads** batches of initiatives, or of records. **Writes** rows of ``search_entries`` and ``search_others``.
**Method** Columns are read whole; what an initiative shows stays in the view of initiatives, the index only
keeps what it filters and names by.
**Limits** Columns that a batch lacks are empty (a record has no themes).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from json.encoder import encode_basestring as quoted
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quartiers.bridge.filing import NAMED, PARTS, SUBJECTS, Named
from quartiers.chapters import subjects
from quartiers.shapes import THEMES

WORLDS = {None: 0, "quartiers": 1, "ville-intelligente": 2}
DIGITAL = {"non-numerique": 0, None: 1, "numerique": 2}
#: Between things worth finding beside title and text.
BETWEEN = " . "


def column(batch: pa.RecordBatch, name: str) -> pa.Array:
    """A column of text; nothing where the batch has none so called, or it is empty."""
    if name not in batch.schema.names:
        return pa.nulls(batch.num_rows, pa.string())
    found = batch.column(name)
    if pa.types.is_list(found.type):
        found = pc.binary_join(found, BETWEEN)
    return pc.if_else(pc.equal(found, ""), None, found)


def values(batch: pa.RecordBatch, name: str) -> list[Any]:
    """A column of text as Python values."""
    return list(column(batch, name).to_numpy(zero_copy_only=False))


def parts_of(batch: pa.RecordBatch) -> list[str]:
    """Title, what is worth finding beside, body, subjects of each entry, one after the other."""
    quarter = pc.coalesce(column(batch, "qpv_nom"), column(batch, "neighbourhood"))
    carrier, *others = (column(batch, n) for n in ("carrier", "commune", "services", "place_types"))
    # Arrow drops the lines where it skips everything: those say «».
    carrier = pc.if_else(pc.is_null(pc.coalesce(carrier, quarter, *others)), "", carrier)
    beside = (carrier, others[0], quarter, *others[1:])
    extra = pc.binary_join_element_wise(*beside, BETWEEN, null_handling="skip")
    read = [c.to_numpy(zero_copy_only=False) for c in (batch.column("title"), extra)]
    read += [batch.column("text").to_numpy(zero_copy_only=False), subjects_of(batch)]
    return list(chain.from_iterable(zip(*read, strict=True)))


def subjects_of(batch: pa.RecordBatch) -> list[str]:
    """The subjects under which the embedded study files each entry; «» where it does not."""
    known = subjects()
    return [BETWEEN.join(known.get(record or "", ())) for record in records_of(batch)]


def records_of(batch: pa.RecordBatch) -> list[str | None]:
    """Each entry's record of the embedded study, if any; itself when it is a record."""
    return study_records(batch) if "records" in batch.schema.names else values(batch, "id")


def facts_of(batch: pa.RecordBatch) -> Any:
    """World, digital and themes of each entry, as small numbers."""
    facts = np.zeros((batch.num_rows, 3), np.uint8)
    facts[:, 0] = [WORLDS[world] for world in values(batch, "world")]
    facts[:, 1] = [DIGITAL[digital] for digital in values(batch, "digital")]
    if "themes" in batch.schema.names:
        themes = batch.column("themes")
        told = themes.flatten().dictionary_encode()
        bits = np.array([1 << THEMES.index(t) for t in told.dictionary.to_pylist()], np.uint8)
        if len(bits):
            holders = pc.list_parent_indices(themes).to_numpy()
            np.bitwise_or.at(facts[:, 2], holders, bits[told.indices.to_numpy()])
    return facts


def concepts_said(named: Named, slugs: list[str], entries: int) -> list[str]:
    """Each entry's concepts as JSON: [slug, weight, words], one more item where these are a subject's."""
    heads = pa.array([f'["{slug}",{weight},' for slug in slugs for weight in NAMED.tolist()])
    tails = pa.array(["]"] * SUBJECTS + [",1]"])
    head = heads.take(pa.array(named.concepts * len(NAMED) + named.parts))
    said = pa.array(list(map(quoted, named.said)), pa.string())
    told = pc.binary_join_element_wise(head, said, tails.take(pa.array(named.parts)), "")
    edges = np.searchsorted(named.entries, np.arange(entries + 1)).astype(np.int32)
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array(edges), told), ",")
    return list(pc.binary_join_element_wise("[", joined, "]", "").to_numpy(zero_copy_only=False))


def rows_of(
    numbers: Iterable[int], batch: pa.RecordBatch, parts: Sequence[str], concepts: list[str]
) -> Iterator[tuple[Any, ...]]:
    """What each entry is called and filtered by: rows of ``search_entries``."""
    named = (values(batch, name) for name in ("world", "digital", "insee_code", "qpv_code"))
    filed = (said or None for said in parts[SUBJECTS::PARTS])
    return zip(
        numbers, values(batch, "id"), records_of(batch), *named, filed, concepts, strict=True
    )


def study_records(batch: pa.RecordBatch) -> list[str | None]:
    """Each initiative's record of the embedded study, if any."""
    listed = batch.column("records")
    told = listed.flatten()
    ours = np.flatnonzero(pc.starts_with(told, "benchmark:").to_numpy(zero_copy_only=False))
    holders = pc.list_parent_indices(listed).to_numpy()[ours]
    found: list[str | None] = [None] * batch.num_rows
    for holder, record in zip(
        holders[::-1].tolist(), told.take(pa.array(ours[::-1])).to_pylist(), strict=True
    ):
        found[holder] = record
    return found


def shown_of(numbers: Iterable[int], batch: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    """What there is to show of entries that are no initiative: rows of ``search_others``."""
    shown = (
        batch.column(name).to_pylist() for name in ("title", "text", "carrier", "commune", "url")
    )
    lists = (
        [json.dumps(told or [], ensure_ascii=False) for told in batch.column(name).to_pylist()]
        for name in ("services", "place_types")
    )
    return zip(numbers, *shown, *lists, strict=True)
