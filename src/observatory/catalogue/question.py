"""What a visitor asks of the catalogue, read from the address.

**Reads** the parameters of an address. **Writes** nothing.
**Method** Unknown parameters and values are left aside, never an error; an address has one canonical
form (empty and repeated parameters out), so that it can be kept and shared.
**Limits** A territory that is not found is kept as it was said, for the page to speak of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from observatory.catalogue.index import FACETS
from quartiers.errors import InputError
from quartiers.territories import load, plain
from quartiers.territories.tables import Territory

#: The longest search that is read.
LONGEST = 200
#: Values of one facet that can be asked for at once.
MOST = 40
SORTS = {
    "pertinence": _("Les plus proches de la recherche"),
    "documentees": _("Les mieux documentées"),
    "recentes": _("Les plus récentes"),
    "titre": _("Par titre"),
    "territoire": _("Par territoire"),
}
#: Other names that people and programs may try.
ALIASES = {
    "form": "forme",
    "place": "lieu",
    "carrier": "porteur",
    "world": "monde",
    "year": "annee",
    "territory": "territoire",
    "sort": "tri",
}


@dataclass(frozen=True, slots=True)
class Question:
    """``facets`` are the values asked for, by facet; ``territory`` is what was found for ``place``."""

    words: str = ""
    bridges: bool = True
    place: str = ""
    territory: Territory | None = None
    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    page: int = 1

    @property
    def order(self) -> str:
        """The order in force."""
        if self.sort in SORTS and (self.words or self.sort != "pertinence"):
            return self.sort
        return "pertinence" if self.words else "documentees"

    @property
    def is_empty(self) -> bool:
        """Nothing is asked: the whole catalogue."""
        return not (self.words or self.place or self.facets)

    def pairs(self, *, page: bool = True) -> Iterator[tuple[str, str]]:
        """The parameters of the canonical address, in one order."""
        if self.words:
            yield "q", self.words
            if not self.bridges:
                yield "ponts", "non"
        if self.place:
            yield "territoire", self.territory.code if self.territory else self.place
        for name, values in self.facets.items():
            yield from ((name, value) for value in values)
        if self.sort and self.order == self.sort:
            yield "tri", self.sort
        if page and self.page > 1:
            yield "page", str(self.page)

    def query(self, *, page: bool = False) -> str:
        """The canonical query string."""
        return urlencode(list(self.pairs(page=page)))

    def without(self, name: str, value: str = "") -> Question:
        """The same question, one filter (or one value of it) taken away."""
        if name == "q":
            return replace(self, words="", page=1)
        if name == "territoire":
            return replace(self, place="", territory=None, page=1)
        kept = {
            facet: tuple(v for v in values if facet != name or (value and v != value))
            for facet, values in self.facets.items()
        }
        return replace(self, facets={f: v for f, v in kept.items() if v}, page=1)


def read_question(given: QueryDict) -> Question:
    """What an address asks."""
    words = " ".join(clean(given.get("q", "")).split())[:LONGEST].strip()
    place = " ".join(clean(first(given, "territoire")).split())[:80]
    facets = {name: values for name in FACETS if (values := several(given, name))}
    page = given.get("page", "")
    return Question(
        words=words,
        bridges=given.get("ponts", "oui") != "non",
        place=place,
        territory=found_territory(place),
        facets=facets,
        sort=first(given, "tri") if first(given, "tri") in SORTS else "",
        page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 6 else 1,
    )


def clean(text: str) -> str:
    """A parameter without what no one types: control characters, halves of pairs."""
    return "".join(c for c in text if c.isprintable() and not "\ud800" <= c <= "\udfff")


def first(given: QueryDict, name: str) -> str:
    """A parameter by its name, or by another name that it has."""
    others = [alias for alias, known in ALIASES.items() if known == name]
    return next((given[n] for n in (name, *others) if given.get(n)), "")


def several(given: QueryDict, name: str) -> tuple[str, ...]:
    """The values of a facet, each once."""
    others = [alias for alias, known in ALIASES.items() if known == name]
    values = [clean(value)[:60] for n in (name, *others) for value in given.getlist(n)]
    return tuple(dict.fromkeys(value for value in values if value))[:MOST]


def found_territory(place: str) -> Territory | None:
    """The one territory of that code or name, if there is one."""
    try:
        return load().resolve(place) if place else None
    except InputError:
        return None


def namesakes(place: str, most: int = 12) -> list[Territory]:
    """Territories whose name is, or begins with, what was said: to choose from."""
    wanted = plain(place)
    if len(wanted) < 2:
        return []
    known = load()
    named = [
        *((Territory(f"REG{r.code}", "region", r.nom), 0) for r in known.region.values()),
        *((Territory(f"DEP{d.code}", "departement", d.nom), 0) for d in known.departement.values()),
        *((Territory(f"EPCI{e.code}", "epci", e.nom), 0) for e in known.epci.values()),
        *(
            (
                Territory(f"COM{c.code}", "commune", f"{c.nom} ({c.departement})"),
                -(c.population or 0),
            )
            for name, codes in known.communes_named.items()
            if name.startswith(wanted)
            for c in (known.commune[code] for code in codes)
            if not c.parent
        ),
        *(
            (Territory(q.code, "qpv", f"{q.nom}, {q.communes_noms[0]}"), 0)
            for q in known.qpv.values()
        ),
    ]
    close = [
        (plain(t.nom) != wanted, not plain(t.nom).startswith(wanted), weight, t.nom, t)
        for t, weight in named
        if f" {wanted}" in f" {plain(t.nom)}"
    ]
    return [row[-1] for row in sorted(close, key=lambda row: row[:4])[:most]]
