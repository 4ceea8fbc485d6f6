"""What the engine proposes while someone writes: themes and quarter, each with its reason.

**Reads** the cells typed so far. **Writes** nothing.
**Method** The same functions as the build: detect, classify, locate. What they propose is shown with
the person's own words and may be corrected; nothing is decided here.
**Limits** No perimeter is consulted: the quarter is found by its name, never by a point.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from quartiers.check import as_record
from quartiers.classify import classify_text
from quartiers.detect import detect_text
from quartiers.locate import locate_records
from quartiers.locate.communes import commune_codes
from quartiers.shapes import Because, record_text
from quartiers.territories import load as territories

#: Quarters offered when the words do not settle one.
MOST_QUARTERS = 40


@dataclass(slots=True)
class Guess:
    """One value proposed, and the words or facts that it rests on."""

    value: str
    score: float | None
    quotes: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    label: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "value": self.value,
            "score": None if self.score is None else round(self.score, 3),
            "quotes": self.quotes,
            "notes": self.notes,
            "label": self.label,
        }


@dataclass(slots=True)
class Proposal:
    """``digital`` ∈ numerique | non-numerique | empty (doubt); ``quarters``: those of the commune;
    ``others``: infrastructure topics and forms."""

    digital: Guess
    themes: list[Guess]
    quarter: Guess | None
    quarters: list[tuple[str, str]]
    communes: int = 0
    others: dict[str, list[str]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {
            "digital": self.digital.as_dict(),
            "themes": [guess.as_dict() for guess in self.themes],
            "quarter": self.quarter.as_dict() if self.quarter else None,
            "topics": self.others,
        }


def propose(cells: dict[str, str]) -> Proposal | None:
    """What the engine makes of the cells; None while there is too little to read."""
    title, text = cells.get("nom", "").strip(), cells.get("description", "").strip()
    if len(title) + len(text) < 12:
        return None
    words = record_text(title, text)
    verdict = detect_text(words, explain_all=True)
    topics = classify_text(words)
    themes = [guess(t.value, t.score, t.because) for t in topics if t.dimension == "theme"]
    if verdict.value == "non-numerique":
        themes = []
    typed = {name: value for name, value in cells.items() if value}
    record = as_record("saisie", 1, {**typed, "nom": title, "description": text})
    named = [a for a in locate_records([record], None)[0] if a.code]
    quarter = None
    if named:
        quarter = guess(named[0].code or "", named[0].score, named[0].because)
        quarter.label = named[0].nom or ""
    codes = commune_codes(record.insee_code, record.commune, record.postcode)
    known = territories()
    quarters = sorted(
        {
            (code, known.qpv[code].nom)
            for commune in codes
            for code in known.quartiers_of(f"COM{commune}")
        },
        key=lambda pair: pair[1],
    )
    if quarter and quarter.value not in {code for code, _ in quarters}:
        quarters.insert(0, (quarter.value, quarter.label))
    return Proposal(
        guess(verdict.value or "", verdict.score, verdict.because),
        themes,
        quarter,
        quarters[:MOST_QUARTERS],
        len(codes),
        {d: [t.value for t in topics if t.dimension == d] for d in ("infra", "form")},
    )


def guess(value: str, score: float | None, because: list[Because]) -> Guess:
    """A value with its reasons: the quotes, each once, and the facts."""
    quotes = list(dict.fromkeys(b.quote for b in because if b.quote))
    notes = list(dict.fromkeys(b.note for b in because if b.note and not b.quote))
    return Guess(value, score, quotes[:4], notes[:3])
