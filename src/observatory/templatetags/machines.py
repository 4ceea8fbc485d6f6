"""What a page tells search engines about itself: schema.org, as a block of data.

**Reads** the edition. **Writes** nothing.
**Limits** A data block is no script: browsers never run it, and the site's policy does not concern it.
"""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from observatory.api.catalogues import for_search_engines
from observatory.edition import NoEdition, current

register = template.Library()
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def data_block(content: dict[str, Any]) -> SafeString:
    """JSON-LD that cannot close its own element."""
    text = json.dumps(content, ensure_ascii=False).translate(_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))


@register.simple_tag(takes_context=True)
def dataset_for_search_engines(context: Any) -> SafeString:
    """The DataCatalog and its Dataset; nothing without an edition."""
    try:
        edition = current()
    except NoEdition:
        return SafeString("")
    root = context["request"].build_absolute_uri("/").rstrip("/")
    return data_block(for_search_engines(edition, root))
