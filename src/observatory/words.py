"""What two intervals allow to say, in words.

**Reads** and **writes** nothing.
**Method** Two figures differ when their intervals do not meet; otherwise the difference is not sure,
whatever the figures. It is stricter than a test at 5 %: it says less, never more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def against(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> str:
    """«more», «less», «alike» (no sure difference), or nothing when one is not known."""
    if not one or not other:
        return ""
    ends = (one.get("low"), one.get("high"), other.get("low"), other.get("high"))
    if any(end is None for end in ends):
        return ""
    low, high, other_low, other_high = (float(end or 0) for end in ends)
    return "more" if low > other_high else "less" if high < other_low else "alike"
