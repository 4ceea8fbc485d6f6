"""Charts as SVG, drawn here: small, sober, readable without colour, with a text in their place.

**Reads** figures. **Writes** SVG markup: ``role="img"``, a title and a description; the data table
stands beside each chart in the templates.
**Method** Marks are few enough to be drawn by hand: dots, columns, intervals. Text keeps the page's
own font; a chart is drawn at the width of the column and scales with it.
**Limits** The dot map places quarters by their centre in a plate carrée: a picture of where, not a map.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

INK, BLUE = "#1c2226", "#0d4f6b"
#: The boxes of the dot map: name → (west, south, east, north), (x, y, width).
METROPOLE = ((-5.2, 41.3, 9.7, 51.2), (0.0, 0.0, 520.0))
OVERSEAS: dict[str, tuple[tuple[float, float, float, float], tuple[float, float, float]]] = {
    "Guadeloupe": ((-61.85, 15.8, -60.95, 16.55), (560.0, 20.0, 90.0)),
    "Martinique": ((-61.25, 14.35, -60.75, 14.92), (560.0, 130.0, 70.0)),
    "Guyane": ((-54.6, 2.1, -51.6, 5.9), (560.0, 245.0, 80.0)),
    "La Réunion": ((55.2, -21.42, 55.87, -20.85), (560.0, 380.0, 90.0)),
    "Mayotte": ((44.98, -13.05, 45.32, -12.6), (690.0, 380.0, 55.0)),
}


def svg(width: float, height: float, title: str, text: str, body: str) -> str:
    """A picture with its name and its words."""
    return (
        f'<svg class="chart" role="img" viewBox="0 0 {width:g} {height:g}" '
        f'xmlns="http://www.w3.org/2000/svg" aria-label="{escape(title)}. {escape(text)}">'
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
    width, left, line = 680.0, 250.0, 30.0
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
            f'<text class="small" fill="#4d575e" x="{x(tick):.1f}" y="{height - 24:.1f}" text-anchor="middle">{word}</text>'
        )
    body.append(
        f'<text class="small" fill="#4d575e" x="{x(1):.1f}" y="{height - 6:.1f}" text-anchor="middle">{escape(middle)}</text>'
    )
    for i, (name, value, low, high) in enumerate(rows):
        y = line * i + 20
        sure = low > 1 or high < 1
        body.append(
            f'<text x="0" y="{y + 5:g}">{escape(name)}</text>'
            f'<line stroke="{"#6f9db2" if sure else "#a9c4cf"}" stroke-width="5" x1="{x(low):.1f}" x2="{x(high):.1f}" y1="{y:g}" y2="{y:g}"/>'
            f'<circle fill="{BLUE if sure else "#6f8b97"}" cx="{x(value):.1f}" cy="{y:g}" r="5.5"/>'
        )
    return svg(width, height, title, text, "".join(body))


def dot_map(
    points: Sequence[tuple[float, float, bool]], title: str, text: str, *, marked: str = ""
) -> str:
    """One dot a quarter (longitude, latitude, reached): reached ones dark, on top."""
    body = []
    for kind in (False, True):
        path = [
            f"M{x:.1f} {y:.1f}h.01"
            for longitude, latitude, reached in points
            if reached is kind
            for x, y in place(longitude, latitude)
        ]
        look = (
            f'stroke="{BLUE}" stroke-width="5.2"' if kind else 'stroke="#bfc4c0" stroke-width="3.4"'
        )
        body.append(f'<path fill="none" stroke-linecap="round" {look} d="{"".join(path)}"/>')
    for name, (_, (x, y, _)) in OVERSEAS.items():
        body.append(f'<text class="small" fill="#4d575e" x="{x:g}" y="{y - 4:g}">{name}</text>')
    return svg(780, 520, title, text, "".join(body) + marked)


def place(longitude: float, latitude: float) -> list[tuple[float, float]]:
    """Where a point falls on the dot map: nowhere, when no box holds it (Polynésie, Saint-Martin)."""
    for (west, south, east, north), (x0, y0, width) in (METROPOLE, *OVERSEAS.values()):
        if west <= longitude <= east and south <= latitude <= north:
            stretch = math.cos(math.radians((south + north) / 2))
            scale = width / ((east - west) * stretch)
            return [
                (x0 + (longitude - west) * stretch * scale, y0 + 10 + (north - latitude) * scale)
            ]
    return []
