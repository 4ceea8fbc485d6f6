"""The project's own pages written in Markdown, as HTML.

**Reads** ``docs/*.md``. **Writes** nothing.
**Method** markdown-it-py, raw HTML off. Headings get an address («3-classer»); links to other files of
the project, which this site does not serve, become their text.
**Limits** An installation without ``docs/`` has no such page: :func:`document` is then None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from quartiers.territories import plain

DOCS = Path(__file__).parents[2] / "docs"
#: Files that a page of this site says: file → its address.
PAGES = {
    "reading.md": "/qualite/#accuracy",
    "glossary.md": "/glossaire/",
    "methode.md": "/methode/",
}


@dataclass(frozen=True, slots=True)
class Document:
    """``title`` is the first heading; ``body`` the rest; ``parts`` the addresses and second headings."""

    title: str
    body: SafeString
    parts: tuple[tuple[str, str], ...]


def document(path: Path) -> Document | None:
    """A page, or None when it is not installed."""
    try:
        return _document(path, path.stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=16)
def _document(path: Path, changed: int) -> Document:
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(path.read_text("utf-8"))
    title, parts = path.stem, []
    kept: list[Token] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.type == "heading_open":
            words = tokens[place + 1].content
            if token.tag == "h1":
                title = words
                place += 3
                continue
            anchor = "-".join(plain(re.split(r" [—–:] ", words)[0]).split())
            token.attrSet("id", anchor)
            if token.tag == "h2":
                parts.append((anchor, words))
        if token.type == "inline":
            relink(token)
        if token.type == "fence":
            token.attrSet("tabindex", "0")
        kept.append(token)
        place += 1
    html = reader.renderer.render(kept, reader.options, {})
    return Document(title, mark_safe(html), tuple(parts))


def relink(token: Token) -> None:
    """Links to the project's files lead to the page that says the same, or are their text only."""
    out: list[Token] = []
    dropped = False
    for child in token.children or []:
        if child.type == "link_open":
            target = str(child.attrGet("href") or "")
            if not target.startswith(("http://", "https://", "#")):
                known = PAGES.get(target.split("#")[0].rsplit("/", 1)[-1])
                dropped = known is None
                if known:
                    child.attrSet("href", known)
            elif target.startswith("http"):
                child.attrSet("rel", "noopener nofollow ugc")
            if dropped:
                continue
        if child.type == "link_close" and dropped:
            dropped = False
            continue
        out.append(child)
    token.children = out
