"""The rows of the embedded tables, one shape each, and how a line becomes one.

**Reads** the files of ``study/territories/``. **Writes** nothing.
**Method** A missing figure is None, never zero; codes stay strings.
**Limits** No check across tables: tests do it.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from sys import intern

from quartiers.errors import StudyError

FOLDER = Path(__file__).parents[1] / "study" / "territories"
#: The columns of ``communes.csv.gz``, in the order of :class:`Commune`.
COMMUNE_COLUMNS = (
    *("insee_code", "nom", "departement", "parent", "epci", "population"),
    *("longitude", "latitude", "centre_longitude", "centre_latitude"),
)


@dataclass(frozen=True, slots=True)
class Quartier:
    """The facts on one QPV of 2024. ``usable`` False: its shared perimeter is reduced to a point."""

    code: str
    nom: str
    generation: str
    communes: tuple[str, ...]
    communes_noms: tuple[str, ...]
    epci: tuple[str, ...]
    epci_noms: tuple[str, ...]
    departement: str
    departement_nom: str
    region: str
    region_nom: str
    population: int | None
    menages: int | None
    logements_sociaux: int | None
    taux_pauvrete: float | None
    taux_emploi: float | None
    indice_jeunesse: float | None
    indicateurs_source: str
    indicateurs_date: str
    renouvellement: str | None
    usable: bool
    longitude: float
    latitude: float
    bbox: tuple[float, float, float, float] | None
    superficie_ha: float | None

    @property
    def in_renewal(self) -> bool:
        return self.renouvellement is not None


@dataclass(frozen=True, slots=True)
class Commune:
    """One commune. ``parent``: the commune that an arrondissement or a former commune is part of.

    ``longitude``, ``latitude``: a point inside it; ``centre``: the point of its centre where known.
    """

    code: str
    nom: str
    departement: str
    parent: str | None
    epci: str | None
    population: int | None
    longitude: float | None
    latitude: float | None
    centre: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Area:
    """An EPCI, a département or a région: code, name, what it is in, inhabitants where known."""

    code: str
    nom: str
    parent: str
    population: int | None = None
    nature: str = ""


@dataclass(frozen=True, slots=True)
class Renewal:
    """One site of the NPNRU: facts as a source said them, with its date and our confidence."""

    site_id: str
    nom: str
    commune: str
    insee_code: str
    qpv: tuple[str, ...]
    code_2015: str | None
    programme: str | None
    phase: str
    phase_code: str | None
    phase_as_of: str | None
    protocole: str | None
    convention: str | None
    travaux: str | None
    fin_prevue: str | None
    concertation: str | None
    source_url: str
    source_title: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of renewal: what can still be brought in, what is lost afterwards."""

    code: str
    nom: str
    encore_possible: str
    perdu_ensuite: str


@dataclass(frozen=True, slots=True)
class Posts:
    """Posts that a scheme finances under contrats de ville in one year, and in how many structures."""

    dispositif: str
    annee: int
    postes: int
    structures: int


@dataclass(frozen=True, slots=True)
class Tie:
    """A quarter of 2015 and one of 2024. Shares of each covered by the other, where both are drawn."""

    code_2015: str
    code_2024: str
    part_2015: float | None
    part_2024: float | None
    methode: str
    confiance: str


@dataclass(frozen=True, slots=True)
class Territory:
    """What :meth:`Territories.resolve` found. ``kind``: pays, region, departement, epci, commune, qpv."""

    code: str
    kind: str
    nom: str


def lines_of(name: str) -> Iterator[list[str]]:
    """The lines of one embedded table, its header first."""
    path = FOLDER / name
    try:
        raw = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
    except OSError as error:
        raise StudyError(f"{path}: missing; run scripts/derive_territories.py again.") from error
    return csv.reader(io.StringIO(raw.decode()))


def read(name: str) -> Iterator[dict[str, str]]:
    """The rows of one embedded table, one after the other."""
    lines = lines_of(name)
    names = next(lines)
    for line in lines:
        yield dict(zip(names, line, strict=True))


def whole(value: str) -> int | None:
    return int(float(value)) if value else None


def real(value: str) -> float | None:
    return float(value) if value else None


def parts(value: str) -> tuple[str, ...]:
    return tuple(value.split("|")) if value else ()


def quartier(row: dict[str, str]) -> Quartier:
    """One line of ``qpv.csv``."""
    box = [float(row[k]) for k in ("ouest", "sud", "est", "nord") if row[k]]
    return Quartier(
        code=row["code"],
        nom=row["nom"],
        generation=row["generation"],
        communes=parts(row["communes"]),
        communes_noms=parts(row["communes_noms"]),
        epci=parts(row["epci"]),
        epci_noms=parts(row["epci_noms"]),
        departement=row["departement"],
        departement_nom=row["departement_nom"],
        region=row["region"],
        region_nom=row["region_nom"],
        population=whole(row["population"]),
        menages=whole(row["menages"]),
        logements_sociaux=whole(row["logements_sociaux"]),
        taux_pauvrete=real(row["taux_pauvrete"]),
        taux_emploi=real(row["taux_emploi"]),
        indice_jeunesse=real(row["indice_jeunesse"]),
        indicateurs_source=row["indicateurs_source"],
        indicateurs_date=row["indicateurs_date"],
        renouvellement=row["renouvellement"] or None,
        usable=row["perimetre"] == "utilisable",
        longitude=float(row["longitude"]),
        latitude=float(row["latitude"]),
        bbox=(box[0], box[1], box[2], box[3]) if len(box) == 4 else None,
        superficie_ha=real(row["superficie_ha"]),
    )


def communes() -> dict[str, Commune]:
    """``communes.csv.gz`` by code: the one long table, read without a row of names a line."""
    lines = lines_of("communes.csv.gz")
    in_order = itemgetter(*map(next(lines).index, COMMUNE_COLUMNS))
    made: dict[str, Commune] = {}
    for line in lines:
        code, nom, departement, parent, epci, people, east, north, *centre = in_order(line)
        made[code] = Commune(
            code,
            nom,
            intern(departement),
            intern(parent) or None,
            intern(epci) or None,
            whole(people),
            real(east),
            real(north),
            (float(centre[0]), float(centre[1])) if all(centre) else None,
        )
    return made


def renewal(row: dict[str, str]) -> Renewal:
    """One line of ``renewal.csv``."""
    return Renewal(
        site_id=row["site_id"],
        nom=row["site_name"],
        commune=row["commune"],
        insee_code=row["insee_code"],
        qpv=tuple(re.findall(r"QN\w{6}", row["qpv_codes_2024"])),
        code_2015=row["qp2015_code"] or None,
        programme=row["programme"] or None,
        phase=row["phase"],
        phase_code=row["phase_code"] or None,
        phase_as_of=row["phase_as_of"] or None,
        protocole=row["protocole_year"] or None,
        convention=row["convention_year"] or None,
        travaux=row["works_start_year"] or None,
        fin_prevue=row["planned_end_year"] or None,
        concertation=row["concertation"] or None,
        source_url=row["source_url"],
        source_title=row["source_title"],
        confidence=row["confidence"],
    )
