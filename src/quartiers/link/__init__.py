"""Link: which records speak of the same initiative or place, under an id that lasts.

**Reads** the records kept, their locations, the links of the previous edition. **Writes** ``links``,
``pairs`` and the ``initiatives`` view.
**Method** ``pairs.py`` compares records that share a block and decides same, different or doubt, with
the facts that agree and disagree; ``identity.py`` unites the same ones and gives each group the id it
had; ``view.py`` says which record wins for each field.
**Limits** Two rows of one list are held to be two things unless they say the same words at the same
address: a list knows its own places.
"""

from quartiers.link.earlier import Memory
from quartiers.link.identity import identities, link, resolve_id
from quartiers.link.unseen import unseen
from quartiers.link.view import initiatives

__all__ = ["Memory", "identities", "initiatives", "link", "resolve_id", "unseen"]
