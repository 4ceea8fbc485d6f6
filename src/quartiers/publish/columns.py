"""The columns of the tables of a PDF, sized before it is laid out.

**Reads** a page as a tree. **Writes** a ``colgroup`` in each table as wide as its paper.
**Method** Each column gets what its longest word needs, never more than its longest text takes, and in between
as much as its texts are long (their quadratic mean, to a power under one: texts share a row). Tables with the same
heads are sized as one, so that they stand under each other. Letters are measured by a small table of widths
rather than drawn: the PDF writer draws each word of each cell twice to know as much, a fifth of its time.
**Limits** For paper only, and for the typeface and sizes of ``report.css``. Cells span one column.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

#: Widths in ems, for the typeface of tables: letters that are narrow or wide; capitals and digits; others.
NARROW, WIDE = "iljtfrI.,;:!|'’()[]-/ \u00a0\u202f", "mwMWŒœ%—…"
#: Notes inside a cell, and heads, are set smaller.
SMALLER = 0.88
#: Width of a table in ems of its text, by the class of what holds it; the whole page otherwise.
ROOM = {"split": 34.0, "words": 26.0}
PAGE = 56.0
#: Room between two columns.
GAP = 0.85
#: Shares of the width that drawings take (``report.css``, td.draw and td.half).
DRAWN, HALF = 24.0, 14.0
#: Of the sum of squares of a column's texts: the fewest lines on our portraits, among powers from 0.25 to 0.5.
LENGTHS = 0.375
#: Halvings of the interval in which the common measure of the columns is looked for.
STEPS = 24
#: Words of code break anywhere: they need no more than this.
BREAKABLE = 7.0


def size_columns(page: Element) -> None:
    """Fix the columns of the tables that take the whole width of what holds them."""
    holders = {child: parent for parent in page.iter() for child in parent}
    alike: dict[tuple[str, ...], list[Element]] = {}
    for table in page.iter("table"):
        if "short" not in classes(table):
            heads = (" ".join(th.itertext()) for th in table.iter("th") if th.get("scope") == "col")
            alike.setdefault((*heads, table.get("class", "")), []).append(table)
    for tables in alike.values():
        room, above = PAGE, holders.get(tables[0])
        while above is not None:
            room = next((ROOM[name] for name in classes(above) if name in ROOM), room)
            above = holders.get(above)
        shares = widths([list(row) for table in tables for row in table.iter("tr")], room)
        for table in tables:
            group = Element("colgroup")
            for share in shares:
                group.append(Element("col", {"style": f"width:{share:.2f}%"}))
            at = next((n for n, child in enumerate(table) if child.tag != "caption"), len(table))
            table.insert(at, group)
            table.set("style", "table-layout:fixed")


def widths(rows: list[list[Element]], room: float) -> list[float]:
    """The share of each column, in percent."""
    count = max(map(len, rows), default=0)
    least, most, text, drawn = [0.0] * count, [0.0] * count, [0.0] * count, [0.0] * count
    for row in rows:
        for n, cell in enumerate(row):
            names = classes(cell)
            if "draw" in names:
                drawn[n] = HALF if "half" in names else DRAWN
                continue
            head = cell.get("scope") == "col"
            for word, line in lines_of(cell, "n" in names and not head):
                word, line = (SMALLER * size if head else size for size in (word, line))
                least[n], most[n] = max(least[n], word + GAP), max(most[n], line + GAP)
                text[n] += line * line
    free = room * (100 - sum(drawn)) / 100
    low, high = 0.0, free
    for _ in range(STEPS):  # the measure at which the columns fill the room
        middle = (low + high) / 2
        given = [
            min(whole, max(part, middle * size**LENGTHS))
            for part, whole, size in zip(least, most, text, strict=True)
        ]
        low, high = (middle, high) if sum(given) < free else (low, middle)
    scale = (100 - sum(drawn)) / (sum(given) or 1)
    return [d or g * scale for d, g in zip(drawn, given, strict=True)]


def lines_of(cell: Element, whole: bool) -> Iterator[tuple[float, float]]:
    """(widest part that is not cut, width on one line) of each line that a cell cannot do without."""
    text, longest = 0.0, 0.0
    for piece, names, tag in pieces(cell):
        size = ems(piece) * (SMALLER if "note" in names else 1)
        if "line" in names:  # a line of its own
            yield size, size
            continue
        text += size
        if whole:
            continue
        parts = [piece] if "verdict" in names else piece.split(" ")
        widest = max(map(ems, parts), default=0.0)
        longest = max(longest, min(widest, BREAKABLE) if tag == "code" else widest)
    yield (text if whole else longest), text


def pieces(cell: Element) -> Iterator[tuple[str, list[str], str]]:
    """The texts of a cell, with the classes and the name of what holds each."""
    if cell.text:
        yield cell.text, classes(cell), cell.tag
    for child in cell:
        yield from pieces(child)
        if child.tail:
            yield child.tail, classes(cell), cell.tag


def classes(element: Element) -> list[str]:
    return element.get("class", "").split()


def ems(text: str) -> float:
    """About how wide a text is, in ems."""
    narrow = sum(map(text.count, NARROW))
    wide = sum(map(text.count, WIDE))
    large = sum(c.isupper() or c.isdigit() for c in text)
    return 0.27 * narrow + 0.82 * wide + 0.52 * (len(text) - narrow - wide) + 0.07 * large
