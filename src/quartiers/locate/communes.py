"""The commune of a record: from its INSEE code, else from its name, postcode and département.

**Reads** the embedded communes. **Writes** nothing.
**Method** A code is checked and arrondissements answer as their city. A name is sought without accents,
capitals, «cedex», arrondissement; homonyms are parted by the postcode's département, by a département
or région said in brackets («Saint-Denis (La Réunion)»), else all are kept: a name that is not settled
here may be by the quarter that it goes with.
**Limits** No list of postcodes: a postcode gives its département only.
"""

from __future__ import annotations

import re
from functools import lru_cache

from quartiers.territories import Territories, load, plain

_ARRONDISSEMENT = re.compile(
    r"\b(\d{1,2}) ?(er|e|eme|ere|nd)?( arrondissement| arrdt| arr)?$|\bcedex( \d+)?\b|\b\d{5}\b"
)
_BRACKETS = re.compile(r"\(([^)]*)\)")


def departement_of(postcode: str | None) -> str | None:
    """The département of a postcode or an INSEE code («97411» → «974», «20000» → «2A»)."""
    digits = re.sub(r"\s", "", postcode or "").upper()
    if not re.fullmatch(r"\d{4,5}|2[AB]\d{3}", digits):
        return None
    digits = digits.zfill(5)
    if digits.startswith(("97", "98")):
        return "978" if digits in ("97150", "97801") else digits[:3]
    if digits.startswith("20"):
        return "2A" if digits[:3] in ("200", "201") else "2B"
    return digits[:2]


@lru_cache(maxsize=50_000)
def commune_codes(
    insee_code: str | None, commune: str | None, postcode: str | None = None
) -> frozenset[str]:
    """The communes that a record may mean: one as a rule, none when nothing is known."""
    territories = load()
    code = (insee_code or "").strip().upper()
    code = code.zfill(5) if code.isdigit() and len(code) == 4 else code
    if code in territories.commune:
        return frozenset((code,))
    if not commune:
        return frozenset()
    bracket = _BRACKETS.search(commune)
    hint = plain(bracket[1]) if bracket else ""
    name = plain(_BRACKETS.sub(" ", commune))
    found = territories.communes_named.get(name)
    if not found:
        found = territories.communes_named.get(_ARRONDISSEMENT.sub("", name).strip(), [])
    found = [c for c in found if not territories.commune[c].parent] or found
    if hint and len(found) > 1:
        found = [c for c in found if hint in place_names(c, territories)] or found
    departement = departement_of(postcode)
    if departement and len(found) > 1:
        found = [c for c in found if territories.commune[c].departement == departement] or found
    return frozenset(found)


def place_names(insee_code: str, territories: Territories) -> tuple[str, ...]:
    """The département and région of a commune: code and names, for a hint in brackets."""
    departement = territories.departement.get(territories.commune[insee_code].departement)
    if departement is None:
        return ()
    region = territories.region.get(departement.parent)
    names = [departement.code.lower(), plain(departement.nom)]
    return (*names, plain(region.nom) if region else "")


def main_commune(codes: frozenset[str]) -> str | None:
    """The commune when it is settled, else None."""
    return next(iter(codes)) if len(codes) == 1 else None
