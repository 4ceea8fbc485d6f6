"""Measuring the reading: figures with their intervals, against baselines, in one run.

**Reads** labelled texts. **Writes** ``evaluation/reading.json`` and ``evaluation/reading.md``.
**Method** ``measure`` computes, ``baselines`` answers the same questions by simpler means,
``report`` runs all on the same texts and writes. **Limits** in each.
"""
