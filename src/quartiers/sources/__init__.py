"""Sources: one folder each, found by themselves (see ``collect.py``).

**Reads** and **Writes** nothing here: each folder holds ``source.toml`` (its identity card),
``read.py`` (its strict reader), ``sample.*`` and ``expected.json`` (its test).
**Method** and **Limits**: in each card.
"""
