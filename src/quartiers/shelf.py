"""The shelf of editions: where they are, which one is read, what it says of itself.

**Reads** the link ``editions/current`` and manifests. **Writes** nothing.
**Method** What a reader of an edition needs, and no more: ``edition`` builds, checks and swaps.
**Limits** An edition is known by its manifest; its tables are not looked at.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from quartiers.errors import EditionError


def editions_root() -> Path:
    """Where editions live: ``QUARTIERS_EDITIONS`` or ``editions`` here."""
    return Path(os.environ.get("QUARTIERS_EDITIONS", "editions"))


def open_edition(given: str | Path | None = None) -> Path:
    """The folder of an edition: a path, a name, or the current one. Raises EditionError."""
    root = editions_root()
    candidates = [root / "current"] if given is None else [Path(given), root / str(given)]
    for candidate in candidates:
        if (candidate / "manifest.json").is_file():
            return candidate.resolve()
    looked = " nor ".join(dict.fromkeys(map(str, candidates)))
    raise EditionError(
        f"no edition at {looked}: run `quartiers build` first, or name one with --edition."
    )


def read_manifest(edition: Path) -> dict[str, Any]:
    """The manifest of an edition."""
    try:
        manifest = json.loads((edition / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise EditionError(
            f"{edition}/manifest.json cannot be read ({error}): build again."
        ) from None
    assert isinstance(manifest, dict)
    return manifest
