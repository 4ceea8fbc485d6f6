"""Static files as they are served: named by their content, compressed once.

**Reads** the static files of the site and of what it is built with. **Writes** ``STATIC_ROOT``.
**Method** WhiteNoise's storage, with gzip alone: Brotli at its strongest takes half a minute for a sixth
fewer bytes, and the first start of the site waits for it.
**Limits** Pages and answers themselves are compressed as they are sent (gzip, Brotli, Zstandard).
"""

from __future__ import annotations

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    """Hashed names, gzip."""

    def create_compressor(self, **options: Any) -> Compressor:
        return Compressor(use_brotli=False, **options)
