"""Charts as SVG, drawn here: small, sober, readable without colour, with a text in their place.

**Reads** figures. **Writes** SVG markup: ``role="img"``, a title and a description; the data table
stands beside each chart in the templates.
**Method** Marks are few enough to be drawn by hand: dots, columns, intervals. Text keeps the page's
own font; a chart is drawn at the width of the column and scales with it.
**Limits** Marks beyond a chart's scale are drawn at its edge; the table beside it has the figure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

#: Said again in the drawing: printers that read it by itself do not see the page's style.
FONTS = "Lato, Source Sans 3, Segoe UI, Helvetica Neue, Liberation Sans, Arial, sans-serif"
INK, BLUE = "#1c2226", "#0d4f6b"


def svg(width: float, height: float, title: str, text: str, body: str) -> str:
    """A picture with its name and its words."""
    return (
        f'<svg class="chart" role="img" viewBox="0 0 {width:g} {height:g}" '
        f'xmlns="http://www.w3.org/2000/svg" font-family="{FONTS}" font-size="14" aria-label="{escape(title)}. {escape(text)}">'
        f"<title>{escape(title)}</title><desc>{escape(text)}</desc>{body}</svg>"
    )


def columns(counts: Mapping[int, int], title: str, text: str) -> str:
    """One column a year; the years at the ends and the tallest are labelled."""
    if not counts:
        return ""
    first, last, top = min(counts), max(counts), max(counts.values())
    years = range(first, last + 1)
    width, height, floor = 680.0, 190.0, 160.0
    step = width / max(len(years), 1)
    tallest = max(counts, key=lambda y: (counts[y], y))
    body = [f'<line stroke="{INK}" x1="0" x2="{width:g}" y1="{floor:g}" y2="{floor:g}"/>']
    for i, year in enumerate(years):
        n = counts.get(year, 0)
        tall = 130.0 * n / top
        x = i * step + step * 0.12
        if n:
            body.append(
                f'<rect fill="{BLUE}" x="{x:.1f}" y="{floor - tall:.1f}" '
                f'width="{step * 0.76:.1f}" height="{tall:.1f}"/>'
            )
        ends = {first: "start", last: "end"}
        regular = year % 5 == 0 and min(abs(year - y) for y in (first, last, tallest)) > 2
        if year in (first, last, tallest) or regular:
            at = {first: 0.0, last: width}.get(year, x + step * 0.38)
            body.append(
                f'<text x="{at:.1f}" y="{floor + 20:g}" '
                f'text-anchor="{ends.get(year, "middle")}">{year}</text>'
            )
        if year == tallest:
            body.append(
                f'<text x="{x + step * 0.38:.1f}" y="{floor - tall - 7:.1f}" '
                f'text-anchor="middle">{n}</text>'
            )
    return svg(width, height, title, text, "".join(body))


def forest(
    rows: Sequence[tuple[str, float, float, float]], title: str, text: str, *, middle: str
) -> str:
    """Quotients with their intervals on a log scale around 1."""
    width, left, line = 680.0, 300.0, 30.0
    height = line * len(rows) + 44
    reach = math.log(8)

    def x(value: float) -> float:
        place = math.log(min(max(value, 1 / 8), 8.0))
        return left + (width - left - 20) * (place + reach) / (2 * reach)

    body = []
    for tick in (0.125, 0.25, 0.5, 1, 2, 4, 8):
        word = "1" if tick == 1 else (f"×{tick:g}" if tick > 1 else f"÷{1 / tick:g}")
        colour = INK if tick == 1 else "#d5d9d6"
        body.append(
            f'<line stroke="{colour}" x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="4" y2="{height - 40:.1f}"/>'
            f'<text class="small" font-size="12" fill="#4d575e" x="{x(tick):.1f}" y="{height - 24:.1f}" text-anchor="middle">{word}</text>'
        )
    body.append(
        f'<text class="small" font-size="12" fill="#4d575e" x="{x(1):.1f}" y="{height - 6:.1f}" text-anchor="middle">{escape(middle)}</text>'
    )
    for i, (name, value, low, high) in enumerate(rows):
        y = line * i + 20
        sure = low > 1 or high < 1
        body.append(
            f'<text x="0" y="{y + 5:g}">{escape(name)}</text>'
            f'<line stroke="{"#6f9db2" if sure else "#a9c4cf"}" stroke-width="5" x1="{x(low):.1f}" x2="{x(high):.1f}" y1="{y:g}" y2="{y:g}"/>'
            f'<circle fill="{BLUE if sure else "#6f8b97"}" cx="{x(value):.1f}" cy="{y:g}" r="5.5"/>'
        )
        if value > 8:  # off the scale: its figure is written beside it
            body.append(
                f'<text class="small" font-size="12" x="{x(8) - 10:.1f}" y="{y + 4:g}" '
                f'text-anchor="end">× {value:.0f}</text>'
            )
    return svg(width, height, title, text, "".join(body))


def decades(counts: Mapping[int, int]) -> list[dict[str, Any]]:
    """The columns' figures as a table: a line a decade, a cell a year (0 where none began)."""
    firsts = range(min(counts, default=0) // 10 * 10, max(counts, default=-1) + 1, 10)
    return [
        {"decade": f"{first}–{first + 9}", "counts": [counts.get(first + i, 0) for i in range(10)]}
        for first in firsts
    ]
