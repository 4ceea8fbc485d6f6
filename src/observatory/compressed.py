"""Static files by their content's name, compressed beside.

**Reads**, **writes** what ``collectstatic`` does.
**Method** whitenoise's storage, with brotli at :data:`QUALITY`: its highest takes a second more at every first
start, for a seventh less.
**Limits** Which files are worth compressing is a setting (``files.UNCOMPRESSED``).
"""

from __future__ import annotations

from typing import Any

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

QUALITY = 5


class QuickCompressor(Compressor):
    """whitenoise's, quicker."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        compressed: bytes = brotli.compress(data, quality=QUALITY)
        return compressed


class Storage(CompressedManifestStaticFilesStorage):
    """whitenoise's, with that compressor."""

    def create_compressor(self, **options: Any) -> Compressor:
        return QuickCompressor(**options)
