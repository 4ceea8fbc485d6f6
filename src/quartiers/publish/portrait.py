"""The portrait of a territory."""

from __future__ import annotations

from typing import Any

from quartiers.publish.folder import Folder
from quartiers.territories import Territories


def portrait(folder: Folder, territories: Territories, territory: str) -> dict[str, Any]:
    raise NotImplementedError
