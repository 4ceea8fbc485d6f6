"""Bridge: who, in the other world, speaks of the same thing?

**Reads** the thesaurus and the initiatives. **Writes** the search index inside ``quartiers.sqlite``.
**Method** ``index.py`` files stems and concepts, ``stored.py`` reads them; ``expansion.py`` walks from
the query's words (``english.py`` says English ones in French) to the concepts of both worlds; ``search.py`` ranks and tells the path; ``match.py``
proposes partners; ``alignments.py`` tells what each concept is called elsewhere.
**Limits** in each.
"""

from quartiers.bridge.index import write_index
from quartiers.bridge.match import match, match_text
from quartiers.bridge.search import Hit, search

__all__ = ["Hit", "match", "match_text", "search", "write_index"]
