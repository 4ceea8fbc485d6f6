"""The statistics measured: coverage of every interval as used, and twenty figures found by hand.

**Reads** an edition (``quartiers.sqlite``). **Writes**
``evaluation/statistics.{md,json}``: ``python -m quartiers.evaluate.statistics EDITION``.
**Method** Coverage: parameters drawn in the range where the indicators serve, counts drawn from them,
how often the interval holds the truth (fixed seed). Twenty figures: plain SQL over the initiatives and
the territories, and textbook formulas written again here, sharing no code with ``compare``.
**Limits** Coverage says what chance does; it says nothing of what the sources do not see.
"""

from __future__ import annotations

import json
import math
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from quartiers.compare import intervals as iv

Case = tuple[float, float, float]
SEED = 2018
#: What is asked of an interval at 95 %.
FLOOR, CEILING = 0.93, 0.97


def share_case(lot: np.random.Generator) -> Case:
    """A share as indicators meet it: bases from five to four hundred, any share."""
    n, p = int(np.exp(lot.uniform(np.log(5), np.log(400)))), float(lot.beta(1, 2))
    return (p, *iv.wilson(int(lot.binomial(n, p)), n))


def count_case(lot: np.random.Generator) -> Case:
    """A count or a rate as territories have it: a mean from a half to three hundred."""
    mean = float(np.exp(lot.uniform(np.log(0.5), np.log(300))))
    return (mean, *iv.poisson_limits(int(lot.poisson(mean))))


def quotient_case(lot: np.random.Generator) -> Case:
    """A location quotient: a small territory against the rest of the country."""
    n1, n2 = int(lot.integers(5, 250)), 1500
    p1, p2 = (float(np.exp(lot.uniform(np.log(0.01), np.log(0.7)))) for _ in range(2))
    _, low, high = iv.quotient(int(lot.binomial(n1, p1)), n1, int(lot.binomial(n2, p2)), n2)
    return p1 / p2, low, high


def ratio_case(lot: np.random.Generator) -> Case:
    """A ratio of densities over twenty départements whose own rates differ tenfold."""
    ratio = float(np.exp(lot.uniform(-1, 1)))
    cells = []
    for _ in range(20):
        n1, n0, rate = lot.uniform(2, 20), lot.uniform(20, 200), np.exp(lot.uniform(-2, 0.3))
        cells.append((int(lot.poisson(ratio * rate * n1)), n1, int(lot.poisson(rate * n0)), n0))
    _, low, high = iv.rates_ratio(cells)
    return ratio, low, high


def shrunk_case(lot: np.random.Generator) -> Case:
    """A rate of a small territory, shrunk with the law that draws the rates."""
    prior = (0.8, 1.6)
    exposure = float(lot.lognormal(1.0, 0.6))
    rate = float(lot.gamma(prior[0], 1 / prior[1]))
    return (rate, *iv.shrunk(int(lot.poisson(rate * exposure)), exposure, prior)[1:])


def median_case(lot: np.random.Generator) -> Case:
    """A median of amounts: six to two hundred of them, log-normal."""
    n = int(np.exp(lot.uniform(np.log(6), np.log(200))))
    _, low, high = iv.median_interval(lot.lognormal(9.0, 1.2, n).tolist())
    return math.exp(9.0), low or 0.0, high or math.inf


#: Name → (what it is used for, the draw).
CASES: dict[str, tuple[str, Callable[[np.random.Generator], Case]]] = {
    "part (Wilson)": ("parts, bases de 5 à 400", share_case),
    "compte et taux (mi-P)": ("moyennes de 0,5 à 300", count_case),
    "quotient (MOVER-R)": ("5 à 250 initiatives contre 1 500, parts de 1 à 70 %", quotient_case),
    "rapport de taux (Mantel-Haenszel)": ("20 départements", ratio_case),
    "taux lissé, a priori connu": ("Gamma(0,8 ; 1,6)", shrunk_case),
    "médiane (statistiques d'ordre)": ("6 à 200 montants", median_case),
}


def covered(draw: Callable[[np.random.Generator], Case], times: int) -> float:
    """How often the interval drawn holds the truth."""
    lot = np.random.default_rng(SEED)
    return float(np.mean([low <= truth <= high for truth, low, high in map(draw, [lot] * times)]))


def fitted_prior_coverage(levels: int) -> float:
    """The same for shrunk rates whose prior is fitted on the 350 territories of a level."""
    lot = np.random.default_rng(SEED)
    hits = []
    for _ in range(levels):
        exposure = lot.lognormal(1.0, 0.6, 350)
        rates = lot.gamma(0.8, 1 / 1.6, 350)
        counts = lot.poisson(rates * exposure)
        prior = iv.fit_gamma(counts.tolist(), exposure.tolist())
        for rate, k, e in zip(rates, counts, exposure, strict=True):
            _, low, high = iv.shrunk(int(k), float(e), prior)
            hits.append(low <= rate <= high)
    return float(np.mean(hits))


HELD = "digital = 'numerique' AND in_quartiers = 1"


def by_hand(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Twenty figures found again by plain SQL, each beside the edition's own."""

    def one(sql: str, *values: Any) -> Any:
        return connection.execute(sql, values).fetchone()[0]

    def measure(territory: str, indicator: str, modality: str | None = None) -> Any:
        sql = "SELECT value FROM measures WHERE territory = ? AND indicator = ? AND modality IS ?"
        return one(sql, territory, indicator, modality)

    def bound(territory: str, indicator: str, modality: str | None, side: str) -> Any:
        sql = f"SELECT {side} FROM measures WHERE territory = ? AND indicator = ? AND modality IS ?"
        return one(sql, territory, indicator, modality)

    def finding(name: str) -> Any:
        return one("SELECT value FROM findings WHERE id = ?", name)

    def themed(theme: str, where: str = HELD) -> int:
        sql = f"SELECT count(*) FROM initiatives WHERE {where} AND themes LIKE ?"
        return int(one(sql, f'%"{theme}"%'))

    n = int(one(f"SELECT count(*) FROM initiatives WHERE {HELD}"))
    people = int(one("SELECT population FROM territories WHERE code = 'FR'"))
    stands = f"{HELD} AND qpv_etat IN ('dedans', 'limite')"
    quarters = int(one("SELECT count(*) FROM territories WHERE level = 'QPV'"))
    reached = int(one(f"SELECT count(DISTINCT qpv_code) FROM initiatives WHERE {stands}"))
    vaulx = f"{HELD} AND insee_code = '69256'"
    here = int(one(f"SELECT count(*) FROM initiatives WHERE {vaulx}"))
    mediated = f"SELECT count(*) FROM initiatives WHERE {HELD} AND forms LIKE '%\"mediation\"%'"
    wired = int(one(f"SELECT count(*) FROM initiatives WHERE {HELD} AND infra <> '[]'"))
    smart = """SELECT count(*) FROM initiatives WHERE digital = 'numerique' AND world =
        'ville-intelligente' AND infra <> '[]'"""
    listed = "kind <> 'lieu' AND length(text) >= 40"
    told = int(one(f"SELECT count(*) FROM initiatives WHERE {HELD} AND {listed}"))
    plain = f"""SELECT count(*) FROM initiatives WHERE {HELD} AND {listed} AND
        (forms IS NULL OR forms NOT LIKE '%"declared"%')"""
    dated = f"""SELECT count(*) FROM initiatives WHERE {HELD} AND
        CAST(substr(start, 1, 4) AS INTEGER) BETWEEN 1980 AND 2100"""
    k, z = themed("culture"), 1.959964
    middle, room = (k + z * z / 2) / (n + z * z), z / (n + z * z)
    wide = room * math.sqrt(k * (n - k) / n + z * z / 4)
    minguettes = int(
        one(f"SELECT count(*) FROM initiatives WHERE {stands} AND qpv_code = 'QN06913M'")
    )
    crowd = int(one("SELECT population FROM territories WHERE code = 'QN06913M'"))
    smart_figure = next(
        (
            figure["value"]
            for figure in json.loads(one("SELECT figures FROM findings WHERE id = 'C3'"))
            if figure["label"] == "programmes de ville intelligente"
        ),
        None,
    )
    smart_all = """SELECT count(*) FROM initiatives WHERE digital = 'numerique' AND
        world = 'ville-intelligente'"""
    lines: list[tuple[str, Any, Any]] = [
        ("initiatives, France", n, measure("FR", "initiatives")),
        ("initiatives pour 1 000 habitants, France", 1000 * n / people, measure("FR", "pour_1000")),
        ("part des quartiers atteints", reached / quarters, measure("FR", "quartiers_atteints")),
        ("part localisée", one(f"SELECT count(*) FROM initiatives WHERE {stands}") / n,
         measure("FR", "localisees")),
        *((f"part du thème {t}", themed(t) / n, measure("FR", "theme", t))
          for t in ("e-administration", "formation", "culture", "mobilite")),
        ("borne basse, part du thème culture", middle - wide, bound("FR", "theme", "culture", "low")),
        ("borne haute, part du thème culture", middle + wide, bound("FR", "theme", "culture", "high")),
        ("culture pour 1 000 habitants", 1000 * k / people, measure("FR", "pour_1000_theme", "culture")),
        ("part de la médiation", one(mediated) / n, measure("FR", "forme", "mediation")),
        ("part de l'infrastructure", wired / n, measure("FR", "infra", "ensemble")),
        ("C3, infrastructure dans les quartiers", wired / n, finding("C3")),
        ("C3, infrastructure en ville intelligente", one(smart) / one(smart_all), smart_figure),
        ("C2, ne se disent pas innovantes", one(plain) / told, finding("C2")),
        ("initiatives datées (tableau des années)", one(dated),
         one("SELECT sum(n) FROM years WHERE territory = 'FR' AND theme IS NULL")),
        ("initiatives, Vaulx-en-Velin", here, measure("COM69256", "initiatives")),
        ("initiatives, Minguettes - Clochettes", minguettes, measure("QN06913M", "initiatives")),
        ("pour 1 000 habitants, Minguettes", 1000 * minguettes / crowd, measure("QN06913M", "pour_1000")),
    ]  # fmt: skip
    return [
        {"figure": name, "by_hand": hand, "edition": ours, "same": agree(hand, ours)}
        for name, hand, ours in lines
    ]


def agree(hand: Any, ours: Any) -> bool:
    """The same figure, to a millionth."""
    if hand is None or ours is None:
        return hand is ours
    return math.isclose(float(hand), float(ours), rel_tol=1e-6, abs_tol=1e-9)


def page(measured: dict[str, Any]) -> str:
    """The figures as a page."""
    rows = [
        f"| {name} | {row['range']} | {100 * row['coverage']:.1f} % |"
        for name, row in measured["coverage"].items()
    ]
    hands = [
        f"| {row['figure']} | {row['by_hand']:.6g} | {row['edition']:.6g} | {'oui' if row['same'] else 'NON'} |"
        for row in measured["by_hand"]
    ]
    head = "# Les statistiques, mesurées\n\nÉcrit par `python -m quartiers.evaluate.statistics` ; ne pas modifier.\n"
    return "\n".join(
        [
            head,
            f"## Couverture des intervalles à 95 % ({measured['draws']} tirages, exigence 93 à 97 %)\n",
            "| intervalle | plage | couverture |\n|---|---|---|",
            *rows,
            f"\n## Vingt chiffres refaits par SQL ({measured['edition']})\n",
            "| chiffre | à la main | édition | même |\n|---|---|---|---|",
            *hands,
            "",
        ]
    )


def measure_all(edition: Path, draws: int = 20_000) -> dict[str, Any]:
    """Coverage and the twenty figures."""
    coverage = {
        name: {"range": words, "coverage": covered(draw, draws)}
        for name, (words, draw) in CASES.items()
    }
    fitted = {"range": "350 territoires", "coverage": fitted_prior_coverage(max(4, draws // 350))}
    with sqlite3.connect(f"file:{edition / 'quartiers.sqlite'}?mode=ro", uri=True) as connection:
        hands = by_hand(connection)
    return {
        "edition": edition.resolve().name,
        "draws": draws,
        "coverage": coverage | {"taux lissé, a priori ajusté": fitted},
        "by_hand": hands,
    }


def main() -> None:
    """Write ``evaluation/statistics.{md,json}``; exit 1 when a figure or a coverage is wrong."""
    measured = measure_all(Path(sys.argv[1]))
    folder = Path("evaluation")
    text = json.dumps(measured, ensure_ascii=False, indent=1)
    (folder / "statistics.json").write_text(text + "\n", "utf-8")
    (folder / "statistics.md").write_text(page(measured), "utf-8")
    print(page(measured))
    good = all(FLOOR <= row["coverage"] <= CEILING for row in measured["coverage"].values())
    sys.exit(0 if good and all(row["same"] for row in measured["by_hand"]) else 1)


if __name__ == "__main__":
    main()
