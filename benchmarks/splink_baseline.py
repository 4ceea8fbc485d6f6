"""Splink with its default comparisons on the same rows: a baseline that ``evaluate_link`` shows.

Run with the bench environment (``requirements/bench.in``):

    .venv-bench/bin/python benchmarks/splink_baseline.py ROWS.parquet -o CLUSTERS.parquet

``ROWS`` is written by ``scripts/evaluate_link.py`` or ``benchmarks/link_speed.py``: id, list, name,
address, postcode, commune, siret, latitude, longitude. Comparisons are Splink's own, as its guide
gives them: names by Jaro-Winkler, addresses by Levenshtein, SIRET exact, commune exact with term
frequencies, kilometres. Weights are learnt without labels (random sampling, then expectation
maximisation on two blockings). Clusters are written for each threshold of ``THRESHOLDS``, so that the
caller can keep the best: a choice in Splink's favour.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999)
SEED = 7


def settings() -> SettingsCreator:
    """The model, as the guide would write it for such columns."""
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.92, 0.8]),
            cl.LevenshteinAtThresholds("address", [2, 5]),
            cl.ExactMatch("commune").configure(term_frequency_adjustments=True),
            cl.ExactMatch("siret"),
            cl.DistanceInKMAtThresholds("latitude", "longitude", [0.1, 1, 5]),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("postcode", "substr(name, 1, 4)"),
            block_on("siret"),
            block_on("postcode", "substr(address, 1, 8)"),
            block_on("round(latitude, 3)", "round(longitude, 3)"),
            block_on("name", "substr(postcode, 1, 2)"),
        ],
        retain_intermediate_calculation_columns=False,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--threshold", type=float, nargs="*", default=THRESHOLDS)
    asked = parser.parse_args()
    begun, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    connection.register("given", pq.read_table(asked.rows))
    connection.execute(
        "CREATE TABLE places AS SELECT id, lower(strip_accents(name)) AS name, "
        "nullif(lower(strip_accents(address)), '') AS address, postcode, "
        "lower(strip_accents(commune)) AS commune, siret, latitude, longitude FROM given"
    )
    linker = Linker("places", settings(), DuckDBAPI(connection=connection))
    linker.training.estimate_probability_two_random_records_match(
        [block_on("name", "postcode")], recall=0.5
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=SEED)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("postcode", "name"))
    linker.training.estimate_parameters_using_expectation_maximisation(
        block_on("siret", "postcode")
    )
    predicted = linker.inference.predict(threshold_match_probability=min(asked.threshold))
    made = None
    for threshold in asked.threshold:
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, threshold)
        column = f"t{threshold}"
        query = f'SELECT id, cluster_id AS "{column}" FROM {clusters.physical_name} ORDER BY id'
        found = connection.sql(query).to_arrow_table()
        made = found if made is None else made.append_column(column, found[column])
    pq.write_table(made, asked.output)
    now = resource.getrusage(resource.RUSAGE_SELF)
    spent = {
        "wall_s": round(time.perf_counter() - begun, 1),
        "cpu_s": round(now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime, 1),
        "peak_mb": now.ru_maxrss // 1024,
    }
    print(json.dumps(spent))


if __name__ == "__main__":
    main()
