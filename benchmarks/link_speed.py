"""How fast linking is on many rows, beside Splink, in one run.

    .venv/bin/python benchmarks/link_speed.py --data FOLDER --rows 1000000 \
        --bench .venv-bench/bin/python

Rows are made by noise from the consolidated Mednum list: a place takes its name from one row and its
street and commune from another (so that places grow with rows and stay spread as real ones), then stands
in one to four lists with slips (case, a letter, an abbreviation, a missing field, a point moved). Prints
CPU and wall seconds, peak memory, and the share of true pairs found; the ratio is in CPU seconds.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from quartiers.link.identity import unite
from quartiers.link.items import Item
from quartiers.link.pairs import judge
from quartiers.link.rows import as_items
from quartiers.tabular import open_table

FILE = "mednum/lieux_mednum_consolides.csv.gz"
SLIPS = (("Avenue", "Av"), ("Boulevard", "Bd"), ("Place", "Pl"), ("Rue", "R"), ("Saint", "St"))


def noisy(seed: list[Item], count: int) -> tuple[list[Item], list[int]]:
    """That many rows, and the true place of each."""
    chance = random.Random(20)
    located = [item for item in seed if item.point and item.address and item.postcode]
    items: list[Item] = []
    truth: list[int] = []
    place = 0
    while len(items) < count:
        name, there = chance.choice(seed), chance.choice(located)
        x, y = there.point or (0.0, 0.0)
        x, y = x + chance.uniform(-0.02, 0.02), y + chance.uniform(-0.02, 0.02)
        street = f"{chance.randint(1, 180)} {(there.address or '').lstrip('0123456789 ,')}"
        for number in chance.sample(range(4), chance.choice((1, 2, 2, 3, 4))):
            moved = (x + chance.gauss(0, 0.0003), y + chance.gauss(0, 0.0003))
            items.append(
                Item(
                    id=f"{number}:{len(items):08d}",
                    source=f"liste-{number}",
                    title=slip(name.title, chance),
                    address=slip(street, chance) if chance.random() < 0.9 else None,
                    postcode=there.postcode,
                    commune=there.commune if chance.random() < 0.9 else None,
                    siret=name.siret if chance.random() < 0.3 else None,
                    point=moved if chance.random() < 0.7 else None,
                    types=name.types,
                )
            )
            truth.append(place)
        place += 1
    return items[:count], truth[:count]


def slip(text: str, chance: random.Random) -> str:
    """The same words as another clerk writes them."""
    if chance.random() < 0.4:
        for long, short in SLIPS:
            text = text.replace(long, short)
    if chance.random() < 0.3 and len(text) > 4:
        at = chance.randrange(1, len(text))
        text = text[: at - 1] + text[at:]
    return text.upper() if chance.random() < 0.3 else text


def spent(before: tuple[float, float]) -> dict[str, float]:
    """CPU (workers included) and wall seconds since."""
    wall, cpu = clock()
    return {"wall_s": round(wall - before[0], 1), "cpu_s": round(cpu - before[1], 1)}


def clock() -> tuple[float, float]:
    used = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return time.perf_counter(), sum(u.ru_utime + u.ru_stime for u in used)


def quality(items: list[Item], truth: list[int], entity: dict[str, Any]) -> dict[str, float]:
    """Precision and recall over pairs of rows, counted by cells."""
    found = Counter(entity[item.id] for item in items)
    true = Counter(truth)
    both = Counter((entity[item.id], place) for item, place in zip(items, truth, strict=True))
    said, held, right = (sum(n * (n - 1) // 2 for n in c.values()) for c in (found, true, both))
    return {"precision": round(right / max(said, 1), 3), "recall": round(right / max(held, 1), 3)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--bench", type=Path)
    asked = parser.parse_args()
    seed = [i for i in as_items(open_table(asked.data / FILE), 0, {}) if i.title]
    items, truth = noisy(seed, asked.rows)
    begun = clock()
    pairs = judge(items, with_reasons=False)
    groups, _ = unite(sorted(item.id for item in items), pairs)
    ours: dict[str, Any] = spent(begun)
    own, worker = (
        resource.getrusage(w).ru_maxrss // 1024
        for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    entity = {about: group for group, members in groups.items() for about in members}
    ours |= {"peak_mb": own, "peak_worker_mb": worker} | quality(items, truth, entity)
    result: dict[str, Any] = {"rows": len(items), "quartiers": ours}
    if asked.bench is not None:
        del pairs, groups
        with tempfile.TemporaryDirectory() as work:
            source, target = Path(work) / "rows.parquet", Path(work) / "clusters.parquet"
            pq.write_table(as_table(items), source)
            script = Path(__file__).with_name("splink_baseline.py")
            command = [asked.bench, script, source, "-o", target, "--threshold", "0.95"]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            table = pq.read_table(target).to_pydict()
        theirs = json.loads(done.stdout.strip().splitlines()[-1])
        clusters = dict(zip(table["id"], table["t0.95"], strict=True))
        result["splink"] = theirs | quality(items, truth, clusters)
        result["cpu_ratio"] = round(ours["cpu_s"] / theirs["cpu_s"], 2)
    print(json.dumps(result, indent=1))


def as_table(items: list[Item]) -> pa.Table:
    """The rows as Splink reads them."""
    columns = ("id", "address", "postcode", "commune", "siret")
    return pa.table(
        {c: pa.array([getattr(i, c) for i in items], pa.string()) for c in columns}
        | {
            "name": [i.title for i in items],
            "longitude": pa.array([i.point and i.point[0] for i in items], pa.float64()),
            "latitude": pa.array([i.point and i.point[1] for i in items], pa.float64()),
        }
    )


if __name__ == "__main__":
    main()
