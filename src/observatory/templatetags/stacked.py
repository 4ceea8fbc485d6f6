"""A wide table that a phone shows one cell under the other.

**Reads** the table as its template writes it. **Writes** it with, in each cell, the name of its column, which
the style sheet prints beside it, and the roles that say to screen readers that it is still a table.
**Method** ``{% stacked %}<table>…</table>{% endstacked %}``.
**Limits** One row of heads, no table inside a table.
"""

from __future__ import annotations

import re

from django import template
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

HEAD = re.compile(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", re.DOTALL)
OPENING = re.compile(r"<(table|thead|tbody|tr|th|td)\b")
SPAN = re.compile(r'[^>]*?\bcolspan="(\d+)"')
ROLES = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}


@register.tag
def stacked(parser: Parser, token: Token) -> Stacked:
    """The block: what stands between is one table."""
    nodes = parser.parse(("endstacked",))
    parser.delete_first_token()
    return Stacked(nodes)


class Stacked(Node):
    def __init__(self, nodes: NodeList) -> None:
        self.nodelist = nodes

    def render(self, context: Context) -> SafeString:
        return mark_safe(name_cells(self.nodelist.render(context)))


def name_cells(table: str) -> str:
    """The table with a role on each of its elements, and on each cell what its column is called."""
    head = table.partition("</thead>")[0]
    names = [" ".join(strip_tags(words).split()) for words in HEAD.findall(head)]
    column = 0

    def named(match: re.Match[str]) -> str:
        nonlocal column
        tag = match[1]
        if tag == "tr":
            column = 0
        if tag not in ("th", "td"):
            return f'<{tag} role="{ROLES[tag]}"'
        name = names[column] if column < len(names) else ""
        wide = SPAN.match(table, match.end())
        column += int(wide[1]) if wide else 1
        if tag == "th":
            return f'<th role="{"columnheader" if match.start() < len(head) else "rowheader"}"'
        return f'<td role="cell" data-what="{name}"' if name else '<td role="cell"'

    return OPENING.sub(named, table)
