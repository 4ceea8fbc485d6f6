"""The study's thirteen questions, asked again of today's data.

**Reads** the initiative view, the records, the measures, the territories. **Writes** FINDING_SCHEMA.
**Method** One function a question, ``ask_C1`` to ``ask_C13``, each giving an :class:`Answer`; the
statement, the question, the sentence and the limits are data (``study/constats.toml``). Verdicts come
from intervals against a stated threshold, never from a value alone.
**Limits** The study's own figures are not public: nothing here reproduces them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from quartiers.compare.answers import Answer, Study, questions
from quartiers.compare.holdings import is_held, read_view
from quartiers.compare.questions_first import (
    ask_C1,
    ask_C2,
    ask_C3,
    ask_C4,
    ask_C5,
    ask_C6,
    ask_C7,
)
from quartiers.compare.questions_last import ask_C8, ask_C9, ask_C10, ask_C11, ask_C12, ask_C13
from quartiers.shapes import FINDING_SCHEMA, rows_batch
from quartiers.territories import Territories

#: The questions in the study's order.
QUESTIONS: dict[str, Callable[[Study], Answer]] = {
    "C1": ask_C1,
    "C2": ask_C2,
    "C3": ask_C3,
    "C4": ask_C4,
    "C5": ask_C5,
    "C6": ask_C6,
    "C7": ask_C7,
    "C8": ask_C8,
    "C9": ask_C9,
    "C10": ask_C10,
    "C11": ask_C11,
    "C12": ask_C12,
    "C13": ask_C13,
}


def findings(
    initiatives: pa.Table,
    records: pa.Table,
    measures: pa.Table,
    territories: Territories,
    *,
    unseen: Mapping[str, Any] | None = None,
) -> pa.Table:
    """The thirteen answers. ``unseen``: {value, low, high} of the initiatives that no source shows."""
    view = read_view(initiatives)
    nation = measures.filter(pc.equal(measures["territory"], "FR")).to_pylist()
    retrieved = [str(v)[:4] for v in records["retrieved_at"].unique().to_pylist() if v]
    phases = [(site.phase_as_of or "")[:4] for site in territories.renewal.values()]
    study = Study(
        view,
        [r for r in view if is_held(r)],
        [r for r in view if r["world"] == "ville-intelligente" and r["digital"] == "numerique"],
        {(m["territory"], m["indicator"], m["modality"]): m for m in nation},
        territories,
        unseen,
        max(int(y) for y in (*retrieved, *phases, "2018") if y.isdigit()),
    )
    lines = [as_line(name, ask(study)) for name, ask in QUESTIONS.items()]
    return pa.Table.from_batches([rows_batch(lines, FINDING_SCHEMA)])


def as_line(name: str, answer: Answer) -> dict[str, Any]:
    """A row of FINDING_SCHEMA: the card's words around the figures."""
    card = questions()[name]
    return {
        "id": name,
        **{k: card[k] for k in ("question", "statement", "section", "indicator", "unit", "limits")},
        "value": answer.value,
        "low": answer.low,
        "high": answer.high,
        "n": answer.n,
        "verdict": answer.verdict,
        "verdict_label": questions()["verdicts"][answer.verdict],
        "answer": " ".join(card["reponse"].format(**answer.words).split()),
        "figures": answer.figures,
        "source_table": answer.source_table,
        "evidence": answer.evidence,
    }
