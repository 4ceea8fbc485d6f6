"""The site in a territory's own colours.

**Reads** the TOML file named by ``QUARTIERS_BRANDING``. **Writes** nothing.
**Method** Five things may be changed: the name, the sentence under it, two colours, the logo, and the
territory that the site opens on. What the file does not say keeps the project's own.
**Limits** Colours are checked for contrast on the page's own background (WCAG 2.2, 1.4.3: 4.5 to 1).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from quartiers.errors import QuartiersError

#: The lightest background that text in the branding's colours stands on.
PAPER = "#fbfaf7"
MIN_CONTRAST = 4.5


@dataclass(frozen=True, slots=True)
class Branding:
    """``colour`` and ``accent`` are #rrggbb; ``logo`` is a path to an SVG or PNG file; ``territory`` a
    territory code («EPCI200046977») or empty for the whole country."""

    name: str = "Quartiers"
    tagline: str = ""
    colour: str = ""
    accent: str = ""
    logo: str = ""
    territory: str = ""
    contact: str = ""


def load(given: str | None) -> Branding:
    """The branding file, or the project's own. Raises QuartiersError."""
    if not given:
        return Branding()
    try:
        said = tomllib.loads(Path(given).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise QuartiersError(
            f"{given}: the branding file cannot be read ({error}); see docs/exploitation.md."
        ) from None
    known = {f.name for f in fields(Branding)}
    if strange := set(said) - known:
        raise QuartiersError(
            f"{given}: «{', '.join(sorted(strange))}» is not known; say one of "
            f"{', '.join(sorted(known))}."
        )
    for name in ("colour", "accent"):
        check_colour(given, name, said.get(name, ""))
    return Branding(**said)


def check_colour(where: str, name: str, value: str) -> None:
    """A colour that can be read on our paper. Raises QuartiersError."""
    if not value:
        return
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise QuartiersError(f"{where}: {name} is «{value}»; write it as #rrggbb.")
    ratio = contrast(value, PAPER)
    if ratio < MIN_CONTRAST:
        raise QuartiersError(
            f"{where}: {name} «{value}» has a contrast of {ratio:.1f} on the page; at least "
            f"{MIN_CONTRAST} is needed to be read by all: choose a darker one."
        )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two #rrggbb colours (WCAG 2.2, «contrast ratio»), from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of a #rrggbb colour (WCAG 2.2), from 0 to 1."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
