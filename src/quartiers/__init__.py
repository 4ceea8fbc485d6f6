"""Quartiers: the digital initiatives of France's priority neighbourhoods, found, placed, compared.

The method is eight verbs, each a module of this package, a command, a table of the edition:
collect → detect → classify → locate → link → compare → bridge → publish (see ``pipeline.py``).
"""

__version__ = "0.1.0"
