"""The point kernel against an independent engine (agreement) and two others (speed).

Usage: PYTHONPATH=src .venv-bench/bin/python benchmarks/locate_points.py --data ../shared/data

**Reads** the national perimeters; the real points of the Mednum and France services lists, and random
ones. **Writes** ``benchmarks/locate_points.md``.
**Method** Agreement: DuckDB spatial reads the raw GeoJSON, makes it valid and projects it by itself,
then says which quarter holds each point and how far; every difference is listed with its distance to
the boundary. Speed: the same points from memory, every engine warm, two cores. The rivals are given
their best case: degrees for «contains», points already projected for «within 300 m»; ours starts from
degrees and counts its projection. The best of three runs, on a machine that others use too.
**Limits** Needs a virtual environment of its own: ``duckdb==1.5.5 duckdb-extension-spatial geopandas
pyarrow shapely pyproj rapidfuzz``.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import multiprocessing
import resource
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from quartiers.locate.metres import ZONES, to_metres, zone_numbers
from quartiers.locate.perimeters import NATIONAL, open_perimeters, read_features
from quartiers.locate.points import points_batch

HERE = Path(__file__).parent
SIZES = (100_000, 1_000_000, 10_000_000)
RUNS = 3  # the best of them is kept: the machine is shared
ROWS = 250_000  # a row group: a task


def real_points(data: Path) -> np.ndarray:
    """Every point of two public lists."""
    found = []
    for path in (
        data / "mednum" / "lieux_mednum_consolides.csv.gz",
        data / "france-services" / "france_services_2024-08-01.csv",
    ):
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
        first = text[: text.index("\n")]
        for row in csv.DictReader(text.splitlines(), delimiter=";" if ";" in first else ","):
            try:
                found.append((float(row["longitude"]), float(row["latitude"])))
            except ValueError:
                continue
    return np.array(found)


def random_points(data: Path, size: int, seed: int, *, everywhere: bool) -> np.ndarray:
    """Three in ten around a quarter (some 1.5 km), the others anywhere in its zone."""
    random = np.random.default_rng(seed)
    known = open_perimeters(data / NATIONAL)
    layers = known.layers if everywhere else known.layers[:1]
    boxes = np.vstack([layer.degrees for layer in layers])
    zones = np.concatenate([np.full(len(layer.ranks), layer.zone) for layer in layers])
    which = random.integers(0, len(boxes), size)
    x = random.uniform(boxes[which, 0], boxes[which, 2]) + random.normal(0, 0.008, size)
    y = random.uniform(boxes[which, 1], boxes[which, 3]) + random.normal(0, 0.008, size)
    far = random.random(size) > 0.3
    edges = np.array([(z.west, z.south, z.east, z.north) for z in ZONES])[zones[which]]
    x[far] = random.uniform(edges[far, 0], edges[far, 2])
    y[far] = random.uniform(edges[far, 1], edges[far, 3])
    return np.column_stack([x, y])


def spatial() -> Any:
    """A DuckDB connection with its spatial extension, two threads."""
    import duckdb
    import duckdb_extension_spatial

    base = duckdb.connect(config={"allow_unsigned_extensions": "true", "threads": "2"})
    folder = Path(duckdb_extension_spatial.__file__).parent
    binary = next(folder.rglob("spatial.duckdb_extension*"))
    base.execute(f"LOAD '{binary}'")
    return base


def load_quarters(base: Any, data: Path) -> None:
    """The raw perimeters, made valid and projected by the rival itself."""
    features = read_features(data / NATIONAL)
    codes = [f["properties"]["code_qp"] for f in features]
    shapes = [json.dumps(f["geometry"]) for f in features]
    base.register("raw", pa.table({"code": codes, "shape": shapes}))
    base.execute(
        "CREATE TABLE q AS SELECT code, ST_CollectionExtract(ST_MakeValid(ST_GeomFromGeoJSON(shape)), 3)"
        " AS geom FROM raw"
    )
    base.execute("DELETE FROM q WHERE ST_IsEmpty(geom) OR ST_Area(geom) = 0")
    base.execute(
        "ALTER TABLE q ADD COLUMN lon DOUBLE; ALTER TABLE q ADD COLUMN lat DOUBLE;"
        "UPDATE q SET lon = ST_X(ST_Centroid(geom)), lat = ST_Y(ST_Centroid(geom))"
    )


def agreement(data: Path) -> list[str]:
    """Pairs and distances, ours against DuckDB's, on a million points; the report's lines."""
    real = real_points(data)
    points = np.vstack([real, random_points(data, 1_000_000 - len(real), 7, everywhere=True)])
    lon, lat = np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])
    known = open_perimeters(data / NATIONAL)
    at, quarter, metres = known.near(lon, lat, 300.0)
    ours = {(int(a), known.codes[q]): m for a, q, m in zip(at, quarter, metres, strict=True)}
    base = spatial()
    load_quarters(base, data)
    zones = zone_numbers(lon, lat)
    theirs: dict[tuple[int, str], float] = {}
    for number, zone in enumerate(ZONES):
        here = np.flatnonzero(zones == number)
        if not len(here):
            continue
        base.register("p", pa.table({"i": here, "lon": lon[here], "lat": lat[here]}))
        to = f"'EPSG:4326', 'EPSG:{zone.epsg}', always_xy := true"
        base.execute(
            "CREATE OR REPLACE TABLE m AS SELECT code, g, ST_Boundary(g) AS b FROM ("
            f"SELECT code, ST_CollectionExtract(ST_MakeValid(ST_Transform(geom, {to})), 3) AS g FROM q "
            f"WHERE lon >= {zone.west} AND lon < {zone.east} AND lat >= {zone.south} AND lat < {zone.north})"
        )
        base.execute(
            "CREATE OR REPLACE TABLE t AS SELECT i, ST_Transform(ST_Point(lon, lat), "
            + to
            + ") AS g FROM p"
        )
        found = base.execute(
            "SELECT i, code, ST_Distance(m.b, t.g) * CASE WHEN ST_Intersects(m.g, t.g) THEN -1 ELSE 1 END"
            " FROM t JOIN m ON ST_DWithin(m.g, t.g, 300.0)"
        ).fetchall()
        theirs |= {(int(i), str(code)): float(d) for i, code, d in found}
    inside_ours = {k for k, m in ours.items() if m <= 0}
    inside_theirs = {k for k, m in theirs.items() if m <= 0}
    differ = inside_ours ^ inside_theirs
    both = ours.keys() & theirs.keys()
    gaps = np.array([abs(ours[k] - theirs[k]) for k in both])
    band = [abs(ours.get(k, theirs.get(k, 1e9))) for k in differ]
    alone = ours.keys() ^ theirs.keys()
    rows = len({k[0] for k in differ | alone})
    return [
        f"- {len(lon):,} points ({len(real):,} real), {sum(len(x.ranks) for x in known.layers):,} perimeters",
        f"- inside: {len(inside_ours):,} pairs (ours), {len(inside_theirs):,} (DuckDB spatial); "
        f"{len(differ)} differ, the farthest {max(band, default=0.0):.3f} m from the boundary",
        f"- within 300 m: {len(ours):,} pairs (ours), {len(theirs):,} (DuckDB spatial); {len(alone)} differ",
        f"- points on which both say the same: {100 * (1 - rows / len(lon)):.4f} %",
        f"- distances: largest gap {gaps.max():.6f} m, mean {gaps.mean():.2e} m",
    ]


def kernel_task(path: str, group: int, perimeters: str, near_m: float) -> int:
    """One row group in a worker: number of pairs."""
    batch = pq.ParquetFile(path).read_row_group(group).combine_chunks().to_batches()[0]
    return int(points_batch(batch, perimeters, near_m).num_rows)


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def warm(path: str, perimeters: str) -> int:
    kernel_task(path, 0, perimeters, 0.0)
    kernel_task(path, 0, perimeters, 300.0)
    return peak_mb()


def ours_run(path: str, perimeters: str, workers: int) -> dict[str, Any]:
    """Both questions with a warm pool."""
    out: dict[str, Any] = {}
    groups = pq.ParquetFile(path).num_row_groups
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        list(pool.map(warm, [path] * workers, [perimeters] * workers))
        for name, near in (("contains", 0.0), ("near", 300.0)):
            begun = time.perf_counter()
            args = ([path] * groups, range(groups), [perimeters] * groups, [near] * groups)
            out[f"{name}_pairs"] = sum(pool.map(kernel_task, *args))
            out[name] = time.perf_counter() - begun
        out["mb"] = max(f.result() for f in [pool.submit(peak_mb) for _ in range(4)])
    return out


def duckdb_run(path: str, data: Path) -> dict[str, Any]:
    """Contains in degrees; within 300 m with points already projected."""
    base = spatial()
    load_quarters(base, data)
    base.execute(
        "CREATE TABLE m AS SELECT code, g, ST_Boundary(g) AS b FROM (SELECT code,"
        " ST_CollectionExtract(ST_MakeValid(ST_Transform(geom, 'EPSG:4326', 'EPSG:2154',"
        " always_xy := true)), 3) AS g FROM q"
        " WHERE lon BETWEEN -5.5 AND 9.8 AND lat BETWEEN 41.2 AND 51.3)"
    )
    base.execute("DELETE FROM q WHERE NOT (lon BETWEEN -5.5 AND 9.8 AND lat BETWEEN 41.2 AND 51.3)")
    out: dict[str, Any] = {}
    for name, query in (
        ("contains", f"SELECT count(*) FROM read_parquet('{path}') p JOIN q"
         " ON ST_Intersects(q.geom, ST_Point(p.longitude, p.latitude))"),
        ("near", "SELECT count(d) FROM (SELECT ST_Distance(m.b, ST_Point(p.x, p.y)) *"
         " CASE WHEN ST_Intersects(m.g, ST_Point(p.x, p.y)) THEN -1 ELSE 1 END AS d"
         f" FROM read_parquet('{path}') p JOIN m ON ST_DWithin(m.g, ST_Point(p.x, p.y), 300.0))"
         " WHERE d < 1000"),
    ):  # fmt: skip
        begun = time.perf_counter()
        out[f"{name}_pairs"] = base.execute(query).fetchone()[0]
        out[name] = time.perf_counter() - begun
    return out | {"mb": peak_mb()}


def geopandas_run(path: str, data: Path) -> dict[str, Any]:
    """The same with ``sjoin``; points as geometries are part of the work."""
    import geopandas
    import shapely

    known = open_perimeters(data / NATIONAL)
    layer = known.layers[0]
    from quartiers.locate.perimeters import polygonal

    wanted = {known.codes[r] for r in layer.ranks}
    shapes = [
        polygonal(shapely.from_geojson(json.dumps(f["geometry"]), on_invalid="ignore"))
        for f in read_features(data / NATIONAL)
        if f["properties"]["code_qp"] in wanted
    ]
    degrees = geopandas.GeoDataFrame(geometry=shapes)
    metric = geopandas.GeoDataFrame(geometry=list(layer.polygons))
    table = pq.read_table(path)
    out: dict[str, Any] = {}
    for name, columns, right, how in (
        ("contains", ("longitude", "latitude"), degrees, {"predicate": "intersects"}),
        ("near", ("x", "y"), metric, {"predicate": "dwithin", "distance": 300.0}),
    ):
        begun = time.perf_counter()
        x, y = (table[c].to_numpy() for c in columns)
        left = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(x, y))
        pairs = geopandas.sjoin(left, right, **how)
        if name == "near":
            points, rank = pairs.geometry.to_numpy(), pairs["index_right"].to_numpy()
            metres = shapely.distance(layer.boundaries[rank], points)
            metres[shapely.intersects(layer.polygons[rank], points)] *= -1
        out[f"{name}_pairs"] = len(pairs)
        out[name] = time.perf_counter() - begun
        del left
    return out | {"mb": peak_mb()}


def one_run(engine: str, path: str, data: Path) -> dict[str, Any]:
    """One engine in a process of its own, so that its memory is its own."""
    command = [sys.executable, __file__, "--data", str(data), "--engine", engine, "--points", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["stopped"])[-1][:80]}
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def speed(data: Path, folder: Path, sizes: tuple[int, ...]) -> list[str]:
    """The table of times; the report's lines."""
    lines = [
        "| points | engine | contains | within 300 m, signed distance | pairs | peak memory |",
        "|---|---|---|---|---|---|",
    ]
    for size in sizes:
        path = folder / f"points_{size}.parquet"
        points = random_points(data, size, 11, everywhere=False)
        x, y = to_metres(points[:, 0], points[:, 1], 0)
        table = pa.table({"longitude": points[:, 0], "latitude": points[:, 1], "x": x, "y": y})
        pq.write_table(table, path, row_group_size=ROWS)
        del points, x, y, table
        for engine, label in (
            ("ours1", "ours, 1 process"),
            ("ours2", "ours, 2 processes"),
            ("duckdb", "DuckDB spatial, 2 threads"),
            ("geopandas", "geopandas"),
        ):
            rows = [one_run(engine, str(path), data) for _ in range(RUNS)]
            row = next((r for r in rows if "error" in r), rows[0])
            for name in ("contains", "near"):
                row[name] = min((r[name] for r in rows if name in r), default=0.0)
            if "error" in row:
                lines.append(f"| {size:,} | {label} | — | — | {row['error']} | |")
            else:
                pairs = f"{row['contains_pairs']:,} / {row['near_pairs']:,}"
                lines.append(
                    f"| {size:,} | {label} | {row['contains']:.2f} s | {row['near']:.2f} s | {pairs} "
                    f"| {row['mb']} MB |"
                )
            print(lines[-1], flush=True)
        path.unlink()
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--engine")
    parser.add_argument("--points")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--folder", type=Path, default=Path("/tmp"))
    asked = parser.parse_args()
    if asked.engine:
        perimeters = str(asked.data / NATIONAL)
        run = {
            "ours1": lambda: ours_run(asked.points, perimeters, 1),
            "ours2": lambda: ours_run(asked.points, perimeters, 2),
            "duckdb": lambda: duckdb_run(asked.points, asked.data),
            "geopandas": lambda: geopandas_run(asked.points, asked.data),
        }[asked.engine]
        print(json.dumps(run()))
        return
    agreed = agreement(asked.data)
    print("\n".join(agreed), flush=True)
    timed = speed(asked.data, asked.folder, tuple(asked.sizes))
    said = (__doc__ or "").split("**Method**")[1].split("**Limits**")[0].strip()
    report = ["# The point kernel, measured", "", f"Method: {said}", "", "## Agreement", "", *agreed,
              "", "## Speed", "", *timed, ""]  # fmt: skip
    (HERE / "locate_points.md").write_text("\n".join(report), "utf-8")


if __name__ == "__main__":
    main()
