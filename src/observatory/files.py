"""The static files that the site uses, out of those that packages bring.

**Reads** nothing. **Writes** nothing.
**Method** ``collectstatic`` leaves out :data:`UNUSED`: hashing and compressing what no page asks for was
nine tenths of a first start.
**Limits** A page that comes to need one of them says so at once (the name is missing from the manifest):
take it off the list.
"""

from typing import ClassVar

from django.contrib.staticfiles.apps import StaticFilesConfig

UNUSED = [
    *("leaflet-src*", "Control.MiniMap*", "draw", "proj4*"),
    *("leaflet.extras*", "leaflet.forms*", "leaflet_django*"),
    # The administration: no field of ours proposes values as one types; scripts in their short form.
    *("select2", "autocomplete*", "jquery.js", "xregexp.js"),
]
#: Never compressed: what is small already, and the source map that only a developer's tools fetch.
UNCOMPRESSED = ("png", "jpg", "jpeg", "gif", "webp", "woff", "woff2", "gz", "br", "map")


class FilesConfig(StaticFilesConfig):
    """django.contrib.staticfiles, without what no page uses."""

    default = False
    ignore_patterns: ClassVar[list[str]] = [*StaticFilesConfig.ignore_patterns, *UNUSED]
