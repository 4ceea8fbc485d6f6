"""Publish: how people read and reuse an edition.

**Reads** the edition's Parquet tables. **Writes** ``quartiers.sqlite``, ``exports/``,
``rapport.html``. **Method** one module a way of reading. **Limits** nothing is decided here: what is
published is what the other verbs wrote.
"""
