"""Cells as values: dates, amounts, coordinates, codes, as French open data writes them.

**Reads** and **Writes** nothing. **Method** One function a kind; what cannot be read is None, never a
default: unknown is not zero. **Limits** A date of 1970-01-01 is a computer's zero, hence unknown.
"""

from __future__ import annotations

import html
import re
from typing import Any

_DAY_FIRST = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})")
_ISO = re.compile(r"^(\d{4})-(\d{2})(?:-(\d{2}))?")
_YEAR = re.compile(r"\b(19[89]\d|20[0-4]\d)\b")
_TAG = re.compile(r"<[^>]{0,200}>")


def words(value: Any) -> str:
    """A cell as plain words: tags and entities out, white space folded, «null» is nothing."""
    if value is None:
        return ""
    text = str(value)
    if "<" in text or "&" in text:
        text = _TAG.sub(" ", html.unescape(text))
    text = " ".join(text.replace("\xad", "").split())
    return "" if text.lower() in ("null", "none", "nan", "nr") else text


def visible(text: str) -> str:
    """A text without what is not seen: control characters, marks that turn the writing round."""
    return "".join(c for c in text if c.isprintable() or c in " \n\t")


def known(value: Any) -> str | None:
    """A cell as words, or None when it is empty."""
    return words(value) or None


def date(value: Any) -> str | None:
    """A date as ISO 8601, at the precision that is written; 1970-01-01 is unknown."""
    text = words(value)
    if found := _DAY_FIRST.match(text):
        day, month, year = found.groups()
        text = f"{year}-{int(month):02d}-{int(day):02d}"
    found = _ISO.match(text)
    if found is None:
        year_only = _YEAR.search(text)
        return year_only.group(1) if year_only else None
    year, month, day = found.group(1), found.group(2), found.group(3)
    if year == "1970" or not 1 <= int(month) <= 12 or (day and not 1 <= int(day) <= 31):
        return None
    return f"{year}-{month}" + (f"-{day}" if day else "")


def amount(value: Any) -> float | None:
    """An amount in euros: «1 450,00 €» is 1450.0; nothing and zero are told apart."""
    text = re.sub(r"[^\d,.-]", "", words(value)).replace(",", ".")
    try:
        return float(text)
    except ValueError:
        return None


def degrees(value: Any) -> float | None:
    """A coordinate in degrees; 0 is a missing one, and what no place on Earth has is refused."""
    text = words(value).replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number == number and 0 < abs(number) <= 180 else None


def code(value: Any, width: int = 5) -> str | None:
    """A postcode or an INSEE code on ``width`` characters, its leading zero given back."""
    text = words(value).removesuffix(".0").replace(" ", "").upper()
    if not text or len(text) > width or not re.fullmatch(r"[0-9AB]+", text):
        return None
    return text.zfill(width)


def siret(value: Any) -> str | None:
    """A SIRET: fourteen digits that are not all zeros (the standard's «unknown»)."""
    text = re.sub(r"\D", "", words(value).removesuffix(".0"))
    return text if len(text) == 14 and text.strip("0") else None


def web_address(value: Any) -> str | None:
    """The first web address of a cell, with its scheme; nothing else is kept."""
    text = words(value).split("|")[0].split(" ")[0].strip()
    if not text or "@" in text or "." not in text:
        return None
    if not re.match(r"https?://", text):
        text = f"https://{text}"
    return text if re.fullmatch(r"https?://[^\s\"'<>]{4,300}", text) else None


def is_web(address: str | None) -> bool:
    """Only http(s) addresses become links."""
    return (address or "").startswith(("https://", "http://"))


def several(value: Any, separators: str = "|;") -> list[str]:
    """A cell that lists several words."""
    if isinstance(value, list):
        parts = [words(item) for item in value]
    else:
        parts = [
            part.strip(" {}\"'") for part in re.split(f"[{re.escape(separators)}]", words(value))
        ]
    return [part for part in parts if part]


def sentence(*parts: str | None) -> str:
    """Parts as one text, each closed by a full stop."""
    kept = [part.strip() for part in parts if part and part.strip()]
    return " ".join(p if p[-1] in ".!?…" else f"{p}." for p in kept)
