"""What a query asks for, thing by thing.

**Reads**, **writes** nothing.
**Method** An aspect is some words of the query and the concepts that they lead to, each by its best path.
**Limits** Which concepts say next to nothing is a list, written below.
"""

from __future__ import annotations

from dataclasses import dataclass, field

#: Concepts that nearly every entry may claim: what an aspect that asks for them alone keeps beside others.
DIFFUSE = frozenset(
    "numerique internet en-ligne technologie plateforme plateforme-en-ligne innovation informatique "
    "quartier-prioritaire".split()
)
SPREAD = 0.2


@dataclass(frozen=True, slots=True)
class Path:
    """How a concept was reached: its weight, and the steps in words."""

    slug: str
    weight: float
    steps: tuple[str, ...]


@dataclass(slots=True)
class Aspect:
    """One thing that a query asks for: its words (folded), and the concepts they lead to."""

    words: list[str]
    paths: dict[str, Path] = field(default_factory=dict)
    #: What the query's words lead to before any step.
    own: tuple[str, ...] = ()

    def add(self, path: Path) -> None:
        """Keep the best path to a concept."""
        known = self.paths.get(path.slug)
        if known is None or path.weight > known.weight:
            self.paths[path.slug] = path


def shares_of(aspects: list[Aspect]) -> list[float]:
    """What each aspect counts for: one that asks only for what nearly all entries have, for little."""
    diffuse = [bool(a.own) and DIFFUSE.issuperset(a.own) for a in aspects]
    asked = [spread for aspect, spread in zip(aspects, diffuse, strict=True) if aspect.words]
    return [SPREAD if spread and not all(asked) else 1.0 for spread in diffuse]
