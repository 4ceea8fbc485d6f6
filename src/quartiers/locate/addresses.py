"""An address base, when one is configured: a local BAN table or a BAN/Addok-compatible service.

**Reads** a CSV of the Base Adresse Nationale (``numero``, ``rep``, ``nom_voie``, ``code_postal``,
``code_insee``, ``nom_commune``, ``lon``, ``lat``; «;» or «,»; gzipped or not), or a service that answers
``GET /search/?q=…&limit=1`` with a GeoJSON as api-adresse does. **Writes** nothing.
**Method** An answer counts from a score of 0.8, and only for a house number, a street or a named
place: the middle of a town is never an address. Asked once an address; the commune must agree.
**Limits** The local table is read into memory: one or several départements, not France. Only the
number and street are compared, letters folded.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from rapidfuzz import fuzz, process

from quartiers.errors import InputError
from quartiers.territories import load
from quartiers.text import fold

LEAST_SCORE = 0.8
#: Kinds of answers that are a place; «municipality» and the like are the middle of a town.
KINDS = frozenset(("housenumber", "street", "locality"))
TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Geocoded:
    """One address found."""

    longitude: float
    latitude: float
    score: float
    label: str


class AddressBase(Protocol):
    """What can look an address up."""

    def one(
        self, address: str, postcode: str | None, insee_code: str | None, commune: str | None
    ) -> Geocoded | None: ...


_ABBREVIATIONS = {"av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard",
                  "bvd": "boulevard", "pl": "place", "rte": "route", "all": "allee", "ch": "chemin",
                  "che": "chemin", "imp": "impasse", "st": "saint", "ste": "sainte", "fg": "faubourg",
                  "fbg": "faubourg", "sq": "square", "gal": "general", "mal": "marechal", "dr": "docteur"}  # fmt: skip
_NUMBER = re.compile(r"^\s*(\d+)\s*(bis|ter|quater|[a-d])?\b[ ,]*", re.IGNORECASE)


def street_words(text: str) -> str:
    """A street's name, folded, its abbreviations written out, postcode and what follows cut off."""
    text = re.split(r"\b\d{5}\b", text)[0]
    return " ".join(_ABBREVIATIONS.get(word, word) for word in fold(text).split())


@dataclass(slots=True)
class LocalBase:
    """A BAN table in memory: commune → street → number → point."""

    streets: dict[str, dict[str, dict[str, tuple[float, float]]]] = field(default_factory=dict)
    codes: dict[str, set[str]] = field(default_factory=dict)

    def one(
        self, address: str, postcode: str | None, insee_code: str | None, commune: str | None
    ) -> Geocoded | None:
        """The best street of the commune, then the number on it."""
        codes = {insee_code} if insee_code else self.codes.get(fold(commune or "").strip(), set())
        cities = {load().city(code) for code in codes}
        streets: dict[str, dict[str, tuple[float, float]]] = {}
        for code in sorted(self.streets):  # a city given whole is all its arrondissements
            if code in codes or (load().city(code) in cities & codes):
                streets |= self.streets[code]
        if not streets:
            return None
        number = _NUMBER.match(address)
        wanted = street_words(address[number.end() :] if number else address)
        best = process.extractOne(wanted, list(streets), scorer=fuzz.ratio)
        if not wanted or best is None or best[1] / 100 < LEAST_SCORE:
            return None
        numbers = streets[best[0]]
        told = f"{number[1]}{(number[2] or '').lower()}" if number else ""
        point = numbers.get(told) or numbers.get(number[1] if number else "")
        score = best[1] / 100
        if point is None:
            score *= 0.85
            if score < LEAST_SCORE:
                return None
            middle = sorted(numbers.values())
            point = middle[len(middle) // 2]
        return Geocoded(point[0], point[1], score, f"{told} {best[0]}".strip())


@dataclass(slots=True)
class RemoteBase:
    """A BAN/Addok-compatible service. Each address is asked once."""

    url: str
    answers: dict[str, Geocoded | None] = field(default_factory=dict)

    def one(
        self, address: str, postcode: str | None, insee_code: str | None, commune: str | None
    ) -> Geocoded | None:
        """The service's first answer, if it is a place, sure enough, in the right commune."""
        words = [
            address,
            *(w for w in (postcode, commune) if w and w.lower() not in address.lower()),
        ]
        query: dict[str, str] = {"q": " ".join(words), "limit": "1"}
        if insee_code:
            query["citycode"] = insee_code
        asked = urllib.parse.urlencode(query)
        if asked not in self.answers:
            self.answers[asked] = self.ask(asked)
        return self.answers[asked]

    def ask(self, query: str) -> Geocoded | None:
        """One request."""
        address = f"{self.url.rstrip('/')}/search/?{query}"
        try:
            with urllib.request.urlopen(address, timeout=TIMEOUT_S) as reply:
                content = json.loads(reply.read(1_000_000))
        except (OSError, ValueError) as error:
            raise InputError(
                f"address service {self.url}: no usable answer ({error}); check the address given "
                "with --addresses, or leave it out."
            ) from error
        return first_answer(content)


def first_answer(content: Any) -> Geocoded | None:
    """The first feature of an Addok answer, if it may count."""
    features = content.get("features") if isinstance(content, dict) else None
    if not features:
        return None
    told, place = features[0].get("properties", {}), features[0].get("geometry", {})
    score = float(told.get("score") or 0.0)
    if score < LEAST_SCORE or told.get("type") not in KINDS:
        return None
    lon, lat = place["coordinates"][:2]
    return Geocoded(float(lon), float(lat), min(score, 1.0), str(told.get("label", "")))


@lru_cache(maxsize=2)
def open_addresses(where: str) -> LocalBase | RemoteBase:
    """The address base at a URL or in a file."""
    if where.startswith(("http://", "https://")):
        return RemoteBase(where)
    path = Path(where)
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputError(f"{where}: not a readable table of addresses ({error}).") from error
    lines = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in text[:2_000] else ",")
    missing = {"numero", "nom_voie", "code_insee", "lon", "lat"} - set(lines.fieldnames or ())
    if missing:
        raise InputError(
            f"{where}: no column {', '.join(sorted(missing))}; give a CSV of the Base Adresse Nationale."
        )
    base = LocalBase()
    for row in lines:
        if not (row["lon"] and row["lat"]):
            continue
        street = base.streets.setdefault(row["code_insee"], {}).setdefault(
            street_words(row["nom_voie"] or ""), {}
        )
        number = f"{row['numero'] or ''}{(row.get('rep') or '').lower()}"
        street[number] = (float(row["lon"]), float(row["lat"]))
        name = fold(row.get("nom_commune") or "").strip()
        base.codes.setdefault(name, set()).add(row["code_insee"])
    return base
