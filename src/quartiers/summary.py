"""The figures of an edition, for people and for programs.

**Reads** an edition. **Writes** nothing.
**Method** Counts over the initiative view and the manifest; nothing is estimated here.
**Limits** Counts of what sources let see, not of what exists: see the unseen in ``link``.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from quartiers.shapes import THEMES
from quartiers.shelf import read_manifest


def summarise(edition: Path) -> dict[str, Any]:
    """The figures that programs may rely on (keys are a contract), and a few for people.

    ``initiatives``: entities judged digital. ``initiatives_quartiers``: those inside a QPV or that
    their source places in one. ``themes``: initiatives having the theme, main or not.
    ``located_in_qpv``: initiatives inside a QPV or at its edge, the QPV named. ``doubts``: entities
    of which the machine cannot say whether they are digital.
    """
    manifest = read_manifest(edition)
    view = pq.read_table(
        edition / "initiatives.parquet",
        columns=["digital", "in_quartiers", "themes", "qpv_etat", "qpv_code"],
    ).to_pylist()
    kept = [row for row in view if row["digital"] == "numerique"]
    themes = Counter(theme for row in kept for theme in row["themes"] or [])
    located = [row for row in kept if row["qpv_code"] and row["qpv_etat"] in ("dedans", "limite")]
    return {
        "edition": manifest["edition"],
        "records": manifest["counts"]["records"],
        "issues": manifest["counts"]["issues"],
        "sources": {name: row["rows"] for name, row in manifest["sources"].items()},
        "initiatives": len(kept),
        "initiatives_quartiers": sum(row["in_quartiers"] for row in kept),
        "themes": {theme: themes[theme] for theme in THEMES},
        "located_in_qpv": len(located),
        "qpv_reached": len({row["qpv_code"] for row in located}),
        "doubts": sum(row["digital"] is None for row in view),
        "build_seconds": manifest["build_seconds"],
        "peak_memory_mb": manifest["peak_memory_mb"],
        "built_at": manifest["built_at"],
        "timings": manifest["timings"],
    }
