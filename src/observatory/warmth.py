"""Load what every page asks for before its first visitor: after a start, and when the edition changes.

**Reads** the embedded tables, the edition. **Writes** the caches of the pages, nothing else.
**Method** ``serve`` reads the study and the edition's long lists before it forks, so that workers share
them. :func:`keep_warm` starts one thread in a process that serves: it reads what is left, then every
:data:`PAUSE` seconds follows the edition's link; an edition that it does not know yet is read once.
Answers do not wait for it.
**Limits** Start the thread in the process that answers, after any fork: it does not survive one.
"""

from __future__ import annotations

import gc
import logging
import threading
from pathlib import Path

from observatory import ground
from observatory.catalogue.index import index_of
from observatory.catalogue.results import weighed
from observatory.edition import Edition, NoEdition, current
from observatory.gazetteer import bare_names, in_use, known_as, names, postcodes
from observatory.pages import home
from quartiers import lexicon, thesaurus
from quartiers.errors import EditionError

PAUSE = 5.0


def keep_warm() -> threading.Thread:
    """The thread that warms this process, started."""
    thread = threading.Thread(target=_watch, name="warmth", daemon=True)
    thread.start()
    return thread


def _watch() -> None:
    known: Path | None = None
    pause = threading.Event()
    while True:
        newest = warm_newest(known)
        if newest != known:
            gc.freeze()  # what was read stays: looking through it again and again would make visitors wait
            known = newest
        pause.wait(PAUSE)


def warm_newest(known: Path | None) -> Path | None:
    """Warm the edition served now unless it is the one known; its folder."""
    try:
        edition = current()
    except NoEdition:
        return known
    if edition.path != known:
        try:
            warm(edition)
        except EditionError as error:  # of an older method: what it has is served all the same
            logging.getLogger(__name__).warning("%s: %s", edition.path, error)
    return edition.path


def warm_study() -> None:
    """What every page asks for, whatever the edition: the territories, the notions."""
    ground.grounds()
    names(), bare_names(), known_as(), in_use()
    thesaurus.load()


def warm_lists(edition: Edition) -> None:
    """The edition's long lists."""
    ground.counts(edition)
    home.figures(edition)
    index_of(edition)


def warm(edition: Edition) -> None:
    """All that is kept of an edition, and the dictionary of search."""
    warm_lists(edition)
    postcodes(edition)
    lexicon.load().find(["capteur"])  # its tables fill at their first use
    weighed(edition, "capteur", True)  # the likeness of words, built at the first search
