"""Learn how facts about two records weigh, from labelled pairs and whole communes.

    .venv/bin/python scripts/learn_link.py --data FOLDER --pairs pairs.jsonl --clusters clusters.jsonl

Writes ``study/link/model.json`` (weights) and ``words.json`` (in how many names each word stands).
Labels name rows of the consolidated Mednum list (0-based) or of France services («fs:<row>»). Scores
printed are cross-validated: folds over pairs, and each commune judged by a model that never saw it.
"""

from __future__ import annotations

import argparse
import importlib
import json
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from quartiers.link import likeness
from quartiers.link.features import facts_of
from quartiers.link.items import Item, as_item
from quartiers.link.names import take_apart
from quartiers.link.sides import take_sides
from quartiers.shapes import Issue, Record
from quartiers.tabular import open_table

STUDY = Path(likeness.__file__).parents[1] / "study" / "link"
#: Ridge strength (sklearn's C) and weight of a negative pair of a whole commune: chosen by
#: cross-validation among 0.1 to 1, and so that communes do not drown the pairs.
STRENGTH, COMMUNE_NEGATIVE = 0.3, 0.35
#: A word must stand in this many names to be counted.
MIN_COUNT = 2


def read_rows(data: Path, folder: str, file: str) -> dict[int, Record]:
    """Row number (0-based) → record."""
    reader = importlib.import_module(f"quartiers.sources.{folder}.read")
    made = {
        row.number - 2: reader.read_row(row.number, row.cells) for row in open_table(data / file)
    }
    return {n: r for n, r in made.items() if not isinstance(r, Issue)}


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("data", "pairs", "clusters"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    mednum = read_rows(given.data, "mednum", "mednum/lieux_mednum_consolides.csv.gz")
    services = read_rows(
        given.data, "france_services", "france-services/france_services_2024-08-01.csv"
    )
    counts = Counter(
        word
        for record in (*mednum.values(), *services.values())
        for word in set(take_apart(record.title, record.commune).proper)
    )
    kept = {word: n for word, n in sorted(counts.items()) if n >= MIN_COUNT}
    words = {"records": len(mednum) + len(services), "words": kept}
    (STUDY / "words.json").write_text(json.dumps(words, ensure_ascii=False, indent=0) + "\n")
    likeness.frequencies.cache_clear()

    def item(side: dict[str, Any]) -> Item:
        row = side["row"]
        record = services[int(row[3:])] if isinstance(row, str) else mednum[row]
        columns = ("source", "source_id", "title", "address", "postcode", "commune", "siret")
        facts = {c: getattr(record, c) for c in (*columns, "longitude", "latitude", "place_types")}
        return as_item(facts | {"id": f"{side['jeu']}:{row}"})

    pairs: list[tuple[Item, Item]] = []
    same, weights, group = [], [], []
    for line in given.pairs.read_text("utf-8").splitlines():
        pair = json.loads(line)
        if pair["label"] != "unsure":
            pairs.append((item(pair["a"]), item(pair["b"])))
            same.append(pair["label"] == "same")
            weights.append(1.0)
            group.append("")
    communes = defaultdict(list)
    for line in given.clusters.read_text("utf-8").splitlines():
        row = json.loads(line)
        communes[row["commune"]].append((item(row), row["cluster"]))
    for commune, rows in communes.items():
        for (a, x), (b, y) in combinations(rows, 2):
            pairs.append((a, b))
            same.append(x == y)
            weights.append(1.0 if x == y else COMMUNE_NEGATIVE)
            group.append(commune)
    (matrix, names), truth = facts_matrix(pairs), np.array(same)
    weight, where = np.array(weights), np.array(group)
    report(matrix, truth, weight, where)
    model = fit(matrix, truth, weight)
    learnt = {
        "intercept": round(float(model.intercept_[0]), 4),
        "weights": {n: round(float(w), 4) for n, w in zip(names, model.coef_[0], strict=True)},
    }
    (STUDY / "model.json").write_text(json.dumps(learnt, indent=0, sort_keys=True) + "\n")


def facts_matrix(pairs: list[tuple[Item, Item]]) -> tuple[Any, list[str]]:
    """A row a pair, a column a fact that some pair has; and the names of the facts."""
    items = sorted({i.id: i for pair in pairs for i in pair}.values(), key=lambda i: i.id)
    place = {item.id: n for n, item in enumerate(items)}
    keys = np.array([sorted((place[a.id], place[b.id])) for a, b in pairs])
    facts = facts_of(take_sides(items), keys)
    names = sorted(fact for fact, column in facts.items() if column.any())
    return np.stack([facts[name] for name in names], axis=1).astype(float), names


def fit(matrix: Any, truth: Any, weight: Any) -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=5000).fit(matrix, truth, weight)


def report(matrix: Any, truth: Any, weight: Any, where: Any) -> None:
    """Cross-validated precision and recall on pairs and on communes never seen."""
    pairs = np.flatnonzero(where == "")
    rest = np.flatnonzero(where != "")
    scores = np.zeros(len(truth))
    for seed in range(4):
        folds = StratifiedKFold(6, shuffle=True, random_state=seed)
        for train, test in folds.split(pairs, truth[pairs]):
            used = np.r_[pairs[train], rest]
            model = fit(matrix[used], truth[used], weight[used])
            scores[pairs[test]] += model.predict_proba(matrix[pairs[test]])[:, 1] / 4
    for commune in sorted(set(where) - {""}):
        test, train = np.flatnonzero(where == commune), np.flatnonzero(where != commune)
        model = fit(matrix[train], truth[train], weight[train])
        scores[test] = model.predict_proba(matrix[test])[:, 1]
    for name, part in (("pairs", pairs), ("communes, before grouping", rest)):
        for threshold in (0.5, 0.6, 0.65, 0.7):
            said, true = scores[part] > threshold, truth[part]
            both = (said & true).sum()
            print(f"{name} at {threshold}: P {both / said.sum():.3f} R {both / true.sum():.3f}")


if __name__ == "__main__":
    main()
