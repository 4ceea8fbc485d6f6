"""One heavy thing at a time on the whole machine: who comes meanwhile is told to come back.

**Reads** nothing. **Writes** an empty lock file under ``VAR``, one a kind of work.
**Method** A lock of the file system that no thread waits for, so that many asking cannot weigh the site
down. It falls with the process that holds it. **Limits** One machine: workers on others have their own.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

RETRY_AFTER = "20"


class Busy(Exception):
    """Somebody else's is being made."""


@contextmanager
def alone(work: str) -> Iterator[None]:
    """The machine's one place for this work. Raises Busy when it is taken."""
    with (settings.VAR / f"{work}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        yield
