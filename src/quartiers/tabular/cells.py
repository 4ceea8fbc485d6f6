"""A value as one cell of a sheet: CSV or workbook.

**Reads** and **Writes** nothing.
**Method** A list is one text; what a spreadsheet would run as a formula is quoted (OWASP, CSV injection);
what the format forbids is left out.
**Limits** A text is cut at what a cell of a workbook holds.
"""

from __future__ import annotations

import json
from typing import Any

#: A cell that starts with one of these may be run by a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
#: Control characters, but for the tabulation and the end of a line.
FORBIDDEN = {code: None for code in range(32) if chr(code) not in "\n\t"}
#: Characters in a cell of a workbook.
LONGEST = 32_767


def flat(value: Any) -> Any:
    """A value as one safe cell: words joined with «|», other lists as JSON, formula starts quoted,
    numbers kept."""
    if isinstance(value, list | tuple):
        if all(isinstance(item, str) for item in value):
            value = "|".join(value)
        else:
            value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return value


def printable(value: Any) -> Any:
    """Text without the control characters that the format forbids."""
    return value.translate(FORBIDDEN)[:LONGEST] if isinstance(value, str) else value
