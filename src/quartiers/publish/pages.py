"""What every report is set with: the templates, the French of figures, an initiative as an example.

**Reads** ``publish/templates/``. **Writes** nothing.
**Method** Jinja2 with autoescape: what sources wrote is text, never markup; only links that begin with
``http`` are made links. The style sheet is inside the page: no external request, no script.
**Limits** French only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from quartiers.compare.answers import number, percent
from quartiers.compare.cards import label
from quartiers.compare.examples import summary_of
from quartiers.compare.holdings import STANDS, Row
from quartiers.compare.indicators import year_of
from quartiers.values import is_web

TEMPLATES = Path(__file__).parent / "templates"
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août"),
    *("septembre", "octobre", "novembre", "décembre"),
)


@cache
def environment() -> jinja2.Environment:
    """The templates, with the filters that write figures in French."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"number": number_or_dash, "percent": percent, "figure": figure_text}
    return made


def render(template: str, context: Mapping[str, Any]) -> str:
    """A whole page."""
    css = (TEMPLATES / "report.css").read_text("utf-8")
    page = environment().get_template(template).render(css=css, **context)
    head, body = page.split("</head>", 1)
    return head + "</head>" + re.sub(r"(?<=>)[^<>]+(?=<)", typeset, body)


def typeset(match: re.Match[str]) -> str:
    """French typography for one text: no line begins with a mark, apostrophes are curved."""
    text = match[0].replace("« ", "«\u00a0").replace(" »", "\u00a0»").replace(" %", "\u00a0%")
    text = text.replace("1 000", "1\u202f000")
    text = re.sub(r" ([;?!])", "\u202f\\1", re.sub(r" :(?=\s|$)", "\u00a0:", text))
    return re.sub(r"(?<=\w)(?:'|&#39;)(?=[\w«])", "’", text)


def number_or_dash(value: float | None, digits: int = 0) -> str:
    """A number in French; a dash for what is not known."""
    return "—" if value is None or math.isinf(value) else number(value, digits)


def figure_text(value: float | None, unit: str) -> str:
    """A figure in its unit's own way of being read."""
    if unit == "part":
        return percent(value)
    if value is not None and unit in ("rapport", "distance"):
        return number_or_dash(value, 2)
    return number_or_dash(value)


def day(moment: str | None) -> str:
    """«2026-11-24…» as «24 novembre 2026»; what is shorter stays as it is."""
    text = (moment or "")[:10]
    parts = text.split("-")
    if len(parts) == 3 and all(p.isdigit() for p in parts):
        first = "1er" if int(parts[2]) == 1 else str(int(parts[2]))
        return f"{first} {MONTHS[int(parts[1]) - 1]} {parts[0]}"
    if len(parts) == 2 and all(p.isdigit() for p in parts):
        return f"{MONTHS[int(parts[1]) - 1]} {parts[0]}"
    return text or "date inconnue"


def where_of(initiative: Row) -> str:
    """«Minguettes - Clochettes, Vénissieux (QN06913M)»: what is known of the place, never more."""
    commune = initiative["commune"] or "commune inconnue"
    if initiative["qpv_code"] and initiative["qpv_etat"] in STANDS:
        return f"{initiative['qpv_nom']}, {commune} ({initiative['qpv_code']})"
    return str(commune)


def case(initiative: Row, title_of: Callable[[str], tuple[str, str]]) -> dict[str, Any]:
    """An initiative as the templates show it."""
    forms = [label("forme", f) for f in initiative["forms"] or ()]
    return {
        "id": initiative["id"],
        "title": initiative["title"],
        "url": initiative["url"] if is_web(initiative["url"]) else None,
        "where": where_of(initiative),
        "carrier": initiative["carrier"],
        "year": year_of(initiative),
        "summary": summary_of(initiative) if len(initiative["text"] or "") > 60 else "",
        "forms": ", ".join(forms).capitalize(),
        "sources": sources_of(initiative, title_of),
        "records": list(initiative["records"] or ()),
    }


def sources_of(
    initiative: Row, title_of: Callable[[str], tuple[str, str]]
) -> list[dict[str, str | None]]:
    """The sources that tell of it, each with its anchor: three by name, the others counted."""
    named = {title_of(s) for s in initiative["sources"] or ()}
    found: list[dict[str, str | None]] = [{"id": i, "title": t} for i, t in sorted(named)]
    if (others := len(found) - 3) > 0:
        return [*found[:3], {"id": None, "title": plural(others, "autre")}]
    return found


def listed(words: Sequence[str]) -> str:
    """«a, b et c»."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} et {words[-1]}"


def plural(n: int, one: str, many: str | None = None) -> str:
    """«1 fiche», «2 fiches»."""
    return f"{number(n)} {one if abs(n) < 2 else many or one + 's'}"
