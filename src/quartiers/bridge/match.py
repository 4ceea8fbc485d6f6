"""Whom to meet: partners in the other world, with reasons that quote both sides.

**Reads** an edition's SQLite file. **Writes** nothing.
**Method** From the concepts of one initiative, walk the thesaurus to those of the other world; score
each candidate by the concepts reached (weight × rarity), by a shared theme and by nearness (same
commune); then choose one at a time, taking off what resembles those already chosen.
**Limits** Proposes meetings worth having; it knows nothing of people's wishes or time.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections import defaultdict
from typing import Any

from quartiers import thesaurus
from quartiers.bridge.expansion import SAID, STEPS, neighbours
from quartiers.bridge.search import Hit
from quartiers.errors import InputError

SAME_COMMUNE = 1.5
SAME_THEME = 0.8
#: How much a candidate loses for each already chosen one with the same carrier.
REPEATED = 0.5
OTHER = {"ville-intelligente": "quartiers", "quartiers": "ville-intelligente"}


def match(connection: sqlite3.Connection, identifier: str, limit: int = 6) -> list[Hit]:
    """The best partners of an initiative (its id or its ``benchmark:`` record). InputError if unknown."""
    entry = connection.execute(
        "SELECT number, id, world, themes, insee_code FROM search_entries WHERE id = ? OR benchmark = ?",
        (identifier, identifier),
    ).fetchone()
    if entry is None:
        raise InputError(f"«{identifier}» is not in this edition: `quartiers search` finds ids.")
    number, _, world, themes, insee_code = entry
    own = dict(
        connection.execute("SELECT slug, words FROM search_concepts WHERE number = ?", (number,))
    )
    reached = walk(own)
    wanted = OTHER.get(world or "", "quartiers")
    total = connection.execute("SELECT max(number) FROM search_entries").fetchone()[0] or 1
    scores: dict[int, float] = defaultdict(float)
    reasons: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for slug, (weight, said) in reached.items():
        rows = connection.execute(
            "SELECT c.number, c.weight, c.words FROM search_concepts c JOIN search_entries e "
            "ON e.number = c.number WHERE c.slug = ? AND (e.world = ? OR e.world IS NULL)",
            (slug, wanted),
        ).fetchall()
        rarity = math.log(1 + total / (1 + len(rows)))
        for other, strength, words in rows:
            if other != number:
                gain = weight * strength * rarity
                scores[other] += gain
                reasons[other].append((gain, f"{said} ↔ « {words} »"))
    best = sorted(scores, key=lambda n: (-scores[n], n))[:200]
    facts = {n: candidate(connection, n) for n in best}
    for n in best:
        if insee_code and facts[n]["insee_code"] == insee_code:
            scores[n] *= SAME_COMMUNE
            reasons[n].append((0.0, "dans la même commune"))
        if set(json.loads(themes)) & set(facts[n]["themes"]):
            scores[n] += SAME_THEME
    return choose(best, scores, reasons, facts, limit)


def walk(own: dict[str, str]) -> dict[str, tuple[float, str]]:
    """Concept → (weight, the words and relation that lead to it) from an initiative's own concepts."""
    concepts = thesaurus.load().concepts
    reached = {slug: (1.0, f"« {words} » ({concepts[slug].pref})") for slug, words in own.items()}
    for slug, words in own.items():
        for relation, target in neighbours(slug):
            said = f"« {words} » ({concepts[slug].pref}) {SAID[relation]} {concepts[target].pref}"
            if STEPS[relation] > reached.get(target, (0.0, ""))[0]:
                reached[target] = (STEPS[relation], said)
    return reached


def candidate(connection: sqlite3.Connection, number: int) -> dict[str, Any]:
    """What is needed of a candidate to rank and vary."""
    identifier, themes, insee_code, record, carrier = connection.execute(
        "SELECT e.id, e.themes, e.insee_code, e.benchmark, i.carrier FROM search_entries e "
        "JOIN initiatives i ON i.id = e.id WHERE e.number = ?",
        (number,),
    ).fetchone()
    return {
        "id": identifier,
        "themes": json.loads(themes),
        "insee_code": insee_code,
        "record": record,
        "carrier": carrier,
    }


def choose(
    best: list[int],
    scores: dict[int, float],
    reasons: dict[int, list[tuple[float, str]]],
    facts: dict[int, dict[str, Any]],
    limit: int,
) -> list[Hit]:
    """One at a time, the best of what is left once repeated carriers have lost some."""
    hits: list[Hit] = []
    carriers: dict[str, int] = defaultdict(int)
    left = list(best)
    while left and len(hits) < limit:
        number = max(
            left,
            key=lambda n: (scores[n] * REPEATED ** carriers[facts[n]["carrier"] or str(n)], -n),
        )
        left.remove(number)
        carriers[facts[number]["carrier"] or str(number)] += 1
        told = [said for _, said in sorted(reasons[number], key=lambda r: -r[0])][:4]
        hits.append(
            Hit(facts[number]["id"], round(scores[number], 4), told, facts[number]["record"])
        )
    return hits
