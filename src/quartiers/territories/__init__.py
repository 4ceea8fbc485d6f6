"""Territories: quarters, communes, EPCI, départements, régions, urban-renewal operations.

**Reads** the embedded tables of ``study/territories/`` only. **Writes** nothing.
**Method** Each table is read once a process, when it is first asked for. A territory is named by one code
everywhere: «FR», «REG84», «DEP69», «EPCI200046977», «COM69259», «QN06913M»;
:meth:`Territories.resolve` finds it from a code, a bare INSEE or SIREN number, or a name.
Arrondissements of Paris, Lyon and Marseille answer as their city.
**Limits** Populations of quarters are of one date and source (in the row) and are missing for French
Polynesia and Saint-Martin: None, never zero. A commune's quarters are those that touch it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache, cached_property
from typing import Any, TypeVar

from quartiers.errors import InputError
from quartiers.territories.tables import (
    FOLDER,
    Area,
    Commune,
    Phase,
    Posts,
    Quartier,
    Renewal,
    Territory,
    Tie,
    communes,
    quartier,
    read,
    real,
    renewal,
    whole,
)

T = TypeVar("T")
#: How codes begin → the table that they are of, in the order in which a bare code is looked for.
NAMES = {"COM": "commune", "EPCI": "epci", "DEP": "departement", "REG": "region"}
_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")


class Territories:
    """Every embedded table, by code; each is read when it is first asked for."""

    @cached_property
    def qpv(self) -> dict[str, Quartier]:
        return {r["code"]: quartier(r) for r in read("qpv.csv")}

    @cached_property
    def commune(self) -> dict[str, Commune]:
        """Communes; those of Greater Paris have the EPT that the QPV's own table names.

        The metropolis of Greater Paris is their EPCI in law; contrats de ville are the EPT's (and Paris's).
        """
        known = communes()
        for row in read("ept.csv"):
            if row["insee_code"] in known:
                known[row["insee_code"]] = replace(known[row["insee_code"]], epci=row["siren"])
        return known

    @cached_property
    def epci(self) -> dict[str, Area]:
        known = {
            r["siren"]: Area(
                r["siren"], r["nom"], r["departement"], whole(r["population"]), r["nature"]
            )
            for r in read("epci.csv")
        }
        members = [(r, self.commune.get(r["insee_code"])) for r in read("ept.csv")]
        people: dict[str, int] = defaultdict(int)
        for row, member in members:
            people[row["siren"]] += (member.population or 0) if member else 0
        for row, member in members:
            siren, place = row["siren"], member.departement if member else ""
            known[siren] = Area(siren, row["nom"], place, people[siren] or None, "EPT")
        return known

    @cached_property
    def departement(self) -> dict[str, Area]:
        return {r["code"]: Area(r["code"], r["nom"], r["region"]) for r in read("departements.csv")}

    @cached_property
    def region(self) -> dict[str, Area]:
        return {r["code"]: Area(r["code"], r["nom"], "FR") for r in read("regions.csv")}

    @cached_property
    def renewal(self) -> dict[str, Renewal]:
        return {r["site_id"]: renewal(r) for r in read("renewal.csv")}

    @cached_property
    def _phases(self) -> dict[str, Any]:
        return tomllib.loads((FOLDER / "phases.toml").read_text("utf-8"))

    @cached_property
    def phase(self) -> dict[str, Phase]:
        return {p["code"]: Phase(**p) for p in self._phases["phase"]}

    @cached_property
    def doors(self) -> dict[str, dict[str, str]]:
        """Subject → phase → door."""
        return {s["code"]: s["portes"] for s in self._phases["sujet"]}

    @cached_property
    def subjects(self) -> dict[str, str]:
        return {s["code"]: s["nom"] for s in self._phases["sujet"]}

    @cached_property
    def ties(self) -> list[Tie]:
        return [
            Tie(r["code_2015"], r["code_2024"], real(r["part_2015"]), real(r["part_2024"]),
                r["methode"], r["confiance"])
            for r in read("correspondence.csv")
        ]  # fmt: skip

    @cached_property
    def names_2015(self) -> dict[str, tuple[str, str]]:
        return {r["code"]: (r["nom"], r["communes_noms"]) for r in read("qpv2015.csv")}

    @cached_property
    def posts(self) -> list[Posts]:
        return [
            Posts(r["dispositif"], int(r["annee"]), int(r["postes"]), int(r["structures"]))
            for r in read("postes.csv")
        ]

    @cached_property
    def qpv_of_commune(self) -> dict[str, list[str]]:
        return gathered((code, q.code) for q in self.qpv.values() for code in q.communes)

    @cached_property
    def qpv_of_epci(self) -> dict[str, list[str]]:
        return gathered((siren, q.code) for q in self.qpv.values() for siren in q.epci)

    @cached_property
    def communes_named(self) -> dict[str, list[str]]:
        return gathered((plain(c.nom), c.code) for c in self.commune.values())

    @cached_property
    def renewals_of_qpv(self) -> dict[str, list[Renewal]]:
        return gathered(
            (code, site) for site in self.renewal.values() for code in dict.fromkeys(site.qpv)
        )

    def city(self, insee_code: str) -> str:
        """The commune that an arrondissement (or a former commune) is part of; itself otherwise."""
        row = self.commune.get(insee_code)
        return row.parent if row is not None and row.parent else insee_code

    def quartiers_of(self, territory: str) -> list[str]:
        """The QPV codes of a territory's code («FR», «REG84»…)."""
        if territory == "FR":
            return list(self.qpv)
        if territory in self.qpv:
            return [territory]
        kind, code = split_code(territory)
        if kind == "COM":
            return list(self.qpv_of_commune.get(self.city(code), []))
        if kind == "EPCI":
            return list(self.qpv_of_epci.get(code, []))
        if kind == "DEP":
            return [q.code for q in self.qpv.values() if q.departement == code]
        if kind == "REG":
            return [q.code for q in self.qpv.values() if q.region == code]
        return []

    def parents(self, insee_code: str | None) -> dict[str, str]:
        """commune → {«COM», «EPCI», «DEP», «REG»: code}, what is known of them."""
        row = self.commune.get(self.city(insee_code)) if insee_code else None
        if row is None:
            return {}
        region = (
            self.departement[row.departement].parent if row.departement in self.departement else ""
        )
        found = {"COM": row.code, "EPCI": row.epci or "", "DEP": row.departement, "REG": region}
        return {kind: code for kind, code in found.items() if code}

    def renewals_of(self, qpv_code: str) -> list[Renewal]:
        """The renewal sites tied to a QPV."""
        return list(self.renewals_of_qpv.get(qpv_code, ()))

    def doors_of(self, site: Renewal) -> dict[str, str]:
        """Subject → door at the site's phase; empty when the phase is not known («à vérifier»)."""
        order = ("fermee", "chere", "avenant", "possible", "ideale")
        phases = ("voirie", "batiment") if site.phase_code == "travaux" else (site.phase_code,)
        out: dict[str, str] = {}
        for subject, doors in self.doors.items():
            open_ = [doors[p] for p in phases if p in doors]
            if open_:
                out[subject] = max(open_, key=order.index)
        return out

    def label(self, territory: str) -> str:
        """A territory's name, as people read it."""
        if territory == "FR":
            return "France"
        if territory in self.qpv:
            return self.qpv[territory].nom
        kind, code = split_code(territory)
        table: dict[str, Any] = getattr(self, NAMES[kind]) if kind else {}
        return str(table[code].nom) if code in table else territory

    def resolve(self, wanted: str) -> Territory:
        """A territory from its code («QN06913M», «EPCI200046977», «69259», «200046977») or its name.

        Raises :class:`InputError` when nothing, or several things, are called so.
        """
        text = wanted.strip()
        upper = text.upper()
        if upper in ("FR", "FRANCE"):
            return Territory("FR", "pays", "France")
        if upper in self.qpv:
            return Territory(upper, "qpv", self.qpv[upper].nom)
        for kind, table, prefix in self._tables():
            bare = upper.removeprefix(prefix)
            if bare in table and (upper.startswith(prefix) or len(bare) > 3):
                code = self.city(bare) if kind == "commune" else bare
                return Territory(f"{prefix}{code}", kind, str(table[code].nom))
        return self._by_name(text)

    def _tables(self) -> Iterator[tuple[str, dict[str, Any], str]]:
        for prefix, name in NAMES.items():
            yield name, getattr(self, name), prefix

    def _by_name(self, text: str) -> Territory:
        """A territory by its exact name, larger communes first, a QPV last."""
        name = plain(text)
        hits: list[Territory] = []
        for kind, table, prefix in self._tables():
            if kind != "commune":
                rows = [r for r in table.values() if name in (plain(r.nom), plain_epci(r.nom))]
            else:
                rows = [table[code] for code in self.communes_named.get(name, ())]
                rows = [r for r in rows if not r.parent]
                if len(rows) > 1:
                    rows = sorted(rows, key=lambda r: -(r.population or 0))
                    ahead = (rows[0].population or 0) > 10 * (rows[1].population or 0)
                    rows = rows[:1] if ahead else rows
            hits += [Territory(f"{prefix}{r.code}", kind, r.nom) for r in rows]
        hits = hits or [
            Territory(q.code, "qpv", q.nom) for q in self.qpv.values() if plain(q.nom) == name
        ]
        if len(hits) == 1 or (
            hits and hits[0].kind == "commune" and len({h.kind for h in hits}) == len(hits)
        ):
            return hits[0]
        if not hits:
            raise InputError(
                f"territory «{text}»: neither a code nor a name that we know; give a QPV code "
                "(QN06913M), an INSEE code (69259), an EPCI's SIREN, a département or a région."
            )
        some = ", ".join(f"{h.code} ({h.nom})" for h in hits[:6])
        raise InputError(f"territory «{text}»: {len(hits)} bear this name: {some}; give its code.")


def split_code(territory: str) -> tuple[str, str]:
    """«EPCI200046977» → («EPCI», «200046977»)."""
    match = re.fullmatch(r"(COM|EPCI|DEP|REG)(\w+)", territory)
    return (match[1], match[2]) if match else ("", territory)


def plain(name: str) -> str:
    """A name for comparison: small letters, no accent, one space between words."""
    name = name.lower()
    if not name.isascii():
        letters = unicodedata.normalize("NFD", name.replace("œ", "oe").replace("æ", "ae"))
        name = "".join([c for c in letters if c < "\u0300" or not unicodedata.combining(c)])
    words = _BETWEEN_WORDS.sub(" ", name).split()
    if "st" in words or "ste" in words:
        words = [{"st": "saint", "ste": "sainte"}.get(word, word) for word in words]
    return " ".join(words)


def plain_epci(name: str) -> str:
    """An EPCI's name without its legal kind."""
    return re.sub(
        r"^(ca|cc|cu|communaute (d agglomeration|de communes|urbaine))( d[eu]?s?)? ",
        "",
        plain(name),
    )


def gathered(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    """Key → the values that it comes with, in order."""
    found: dict[str, list[T]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return dict(found)


@cache
def load() -> Territories:
    """The embedded tables, each read once a process."""
    return Territories()
