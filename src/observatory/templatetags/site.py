"""The small pieces of every page: icons, labels, figures with their interval.

**Reads** nothing. **Writes** nothing.
**Method** Figures follow the language of the page (1 609 in French, 1,609 in English). A figure that is
not known is an en dash with its words for screen readers, never a zero.
"""

from __future__ import annotations

import math
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import QueryDict
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from observatory.names import name_of, town_of
from quartiers.thesaurus import Concept

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, css: str = "icon") -> SafeString:
    """A drawing of the sprite; decorative: the words beside it say the same."""
    return format_html(
        '<svg class="{}" width="24" height="24" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"/></svg>',
        css,
        static("site/icons.svg"),
        name,
    )


@register.filter
def notion(concept: Concept) -> str:
    """What a notion of the glossary is called in the language of the page."""
    return concept.pref_en if get_language() == "en" else concept.pref


@register.filter
def french(words: str) -> str | SafeString:
    """What a source wrote: French, and marked so on a page that is not."""
    return words if get_language() == "fr" else format_html('<span lang="fr">{}</span>', words)


@register.simple_tag
def theme_mark(slug: str) -> SafeString:
    """A theme: its drawing, its colour, its name."""
    return _theme_mark(slug, get_language() or "")


@lru_cache(maxsize=64)
def _theme_mark(slug: str, language: str) -> SafeString:
    return format_html(
        '<span class="theme theme-{}">{}<span>{}</span></span>',
        slug,
        icon(f"theme-{slug}"),
        name_of("theme", slug),
    )


@register.filter
def called(slug: str | None, dimension: str) -> str:
    """``{{ slug|called:"form" }}``: the label of a slug."""
    return name_of(dimension, slug)


def grouped(value: float, digits: int = 0) -> str:
    """A number as the language of the page writes it, no line break inside."""
    text = f"{value:,.{digits}f}"
    if get_language() != "en":
        text = text.replace(",", "\u202f").replace(".", ",")
    return text


def known(value: float | str | None) -> float | None:
    """A figure that can be written: a template gives "" for what a row does not hold."""
    if value is None or value == "" or not math.isfinite(float(value)):
        return None
    return float(value)


def per_cent() -> str:
    """The sign as the language of the page writes it: « 45 % », "45%"."""
    return "%" if get_language() == "en" else "\u202f%"


@register.filter
def figure(value: float | str | None, digits: int = 0) -> str | SafeString:
    """A number, or a dash that says «inconnu»."""
    number = known(value)
    if number is None:
        return format_html(
            '<span class="unknown" title="{0}">–<span class="aside">{0}</span></span>', _("inconnu")
        )
    return grouped(number, int(digits))


@register.filter
def percent(value: float | str | None, digits: int = 0) -> str | SafeString:
    """A share between 0 and 1, as a percentage."""
    number = known(value)
    return figure(None) if number is None else f"{grouped(100 * number, int(digits))}{per_cent()}"


@register.filter
def sure(value: float | str | None) -> str | SafeString:
    """A probability: never said to be certain."""
    number = known(value)
    if number is not None and number >= 0.995:
        return _("plus de %(share)s") % {"share": percent(0.99)}
    if number is not None and number < 0.005:
        return _("moins de %(share)s") % {"share": percent(0.01)}
    return percent(number)


@register.simple_tag
def interval(
    low: float | str | None, high: float | str | None, share: bool = False, digits: int = 0
) -> str:
    """«entre 12 et 18» / «12 to 18»; empty when there is none."""
    lowest, highest = known(low), known(high)
    if lowest is None or highest is None:
        return ""
    times = 100 if share else 1
    said = _("entre %(low)s et %(high)s") % {
        "low": grouped(times * lowest, digits),
        "high": grouped(times * highest, digits),
    }
    return f"{said}{per_cent()}" if share else said


@register.simple_tag(takes_context=True)
def with_query(context: Any, **changes: Any) -> str:
    """This page's address with some parameters changed; an empty value takes one away."""
    query: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else context["request"].path


@register.filter
def clipped(text: str | None, most: int) -> str:
    """A text cut between two words, with the sign that it goes on."""
    said = (text or "").strip()
    if len(said) <= most:
        return said
    return said[:most].rsplit(" ", 1)[0].rstrip(" ,;:.–-…(«") + "…"


@register.filter
def town(row: dict[str, Any]) -> str:
    """The commune of an initiative; empty when it is not known."""
    return town_of({"insee_code": None, "commune": None} | row) or ""


@register.filter
def moment(text: str | None) -> str:
    """A source's date as people read it: «2026-01» is «janvier 2026»; what is no date stays as it is."""
    said = (text or "").strip()
    parts = said[:10].split("-")
    if not all(part.isdigit() for part in parts) or len(parts) not in (2, 3):
        return said
    try:
        day = date(int(parts[0]), int(parts[1]), int(parts[2]) if len(parts) == 3 else 1)
    except ValueError:
        return said
    written = str(date_format(day, "j F Y" if len(parts) == 3 else "F Y"))
    return f"1er{written[1:]}" if get_language() == "fr" and written.startswith("1 ") else written


@register.filter
def query(values: dict[str, Any]) -> str:
    """A mapping as a query string."""
    return urlencode(values, doseq=True)


@register.simple_tag(takes_context=True)
def nav(context: Any, name: str, words: str, css: str = "") -> SafeString:
    """A link of the menu, marked when its page or one below it is shown; nothing without its page."""
    try:
        address = reverse(name)
    except NoReverseMatch:
        return SafeString("")
    here = context["request"].path if "request" in context else ""
    current = SafeString(' aria-current="page"') if here.startswith(address) else ""
    return format_html('<li class="{}"><a href="{}"{}>{}</a></li>', css, address, current, words)
