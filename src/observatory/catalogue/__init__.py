"""The catalogue: an edition's initiatives, filtered, counted, sorted, exported.

**Reads** the edition. **Writes** nothing.
**Method** ``index.py`` holds what can be filtered as sets of bits, once an edition; ``question.py``
reads an address; ``results.py`` answers it; ``exports.py`` writes the answer as a file.
**Limits** In memory, a worker: about 15 MB for 17 000 initiatives.
"""
