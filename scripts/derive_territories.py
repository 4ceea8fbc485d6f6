"""Derive the embedded tables of territories from the shared files, once.

Usage: python scripts/derive_territories.py --data ../shared/data

**Reads** ``qpv-2024/``, ``qpv-2015/``, ``communes/``, ``renouvellement-urbain/``, ``dispositifs-anct/``,
``projets/dotations…`` (for the point of each commune's centre) under ``--data``.
**Writes** ``src/quartiers/study/territories/``: ``qpv.csv``, ``qpv2015.csv``, ``correspondence.csv``,
``renewal.csv``, ``postes.csv``, ``communes.csv.gz``, ``epci.csv``, ``departements.csv``,
``regions.csv``.
**Method** Facts and figures are carried over with their source; perimeters are measured (area, box,
middle) and left behind. 2015 and 2024 quarters are tied by the overlap of their perimeters where both
exist, else by the renewal table's own tie, else by the name within the commune.
**Limits** Indicators of 2024 come from a third party's assembly of INSEE and CAF tables. Communes'
points date from the geography of 2018.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import re
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import Any

import shapely
from rapidfuzz import fuzz

from quartiers.locate.metres import ZONES, to_degrees
from quartiers.locate.perimeters import Perimeters, read_perimeters

TARGET = Path(__file__).resolve().parents[1] / "src" / "quartiers" / "study" / "territories"
INDICATORS_SOURCE = "INSEE et CAF par QPV 2024, assemblage d'un tiers"
INDICATORS_DATE = "2024/2025"
PERIMETERS_2015 = ("qpv2015_occitanie", "qpv2015_marseille", "qpv2015_lille", "qpv2015_rennes")
#: An overlap below this share of both quarters is the roughness of simplified lines.
LEAST_OVERLAP = 0.02
#: Names of départements and collectivities that have no QPV (the others are named in the file).
OTHER_DEPARTEMENTS = {
    "09": "Ariège", "12": "Aveyron", "15": "Cantal", "23": "Creuse", "32": "Gers", "43": "Haute-Loire",
    "46": "Lot", "48": "Lozère", "05": "Hautes-Alpes", "04": "Alpes-de-Haute-Provence",
    "975": "Saint-Pierre-et-Miquelon", "977": "Saint-Barthélemy", "986": "Wallis-et-Futuna",
    "988": "Nouvelle-Calédonie",
}  # fmt: skip
REGIONS = {
    "01": "Guadeloupe", "02": "Martinique", "03": "Guyane", "04": "La Réunion", "06": "Mayotte",
    "11": "Île-de-France", "24": "Centre-Val de Loire", "27": "Bourgogne-Franche-Comté",
    "28": "Normandie", "32": "Hauts-de-France", "44": "Grand Est", "52": "Pays de la Loire",
    "53": "Bretagne", "75": "Nouvelle-Aquitaine", "76": "Occitanie", "84": "Auvergne-Rhône-Alpes",
    "93": "Provence-Alpes-Côte d'Azur", "94": "Corse",
}  # fmt: skip
#: Words of a quarter's name that tell it from no other.
EMPTY = frozenset("quartier quartiers prioritaire le la les l d de du des et".split())
#: What is kept of an urban-renewal site.
SITE = (
    "site_id qp2015_code qpv_codes_2024 insee_code commune departement epci site_name programme "
    "programme_basis phase phase_code phase_as_of protocole_year convention_year works_start_year "
    "planned_end_year concertation in_anru_list_2025 source_url source_title confidence "
    "match_confidence"
).split()
#: Words of the free text of a phase → its code in phases.toml; the first that matches wins.
PHASES = (
    ("achev", "gestion"),
    ("travaux", "travaux"),
    ("démolition", "demolition"),
    ("relogement", "relogement"),
    ("convention", "convention"),
    ("engagement", "convention"),
    ("validé", "convention"),
    ("concertation", "concertation"),
    ("étude", "etudes"),
    ("protocole", "protocole"),
)


def rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    """The rows of a CSV, gzipped or not."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=delimiter))


def write(name: str, columns: list[str], table: list[dict[str, Any]]) -> None:
    """One table of the study; gzip without a date, so that the same facts give the same bytes."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(table)
    raw = text.getvalue().encode()
    path = TARGET / name
    path.write_bytes(gzip.compress(raw, 9, mtime=0) if name.endswith(".gz") else raw)
    print(f"{name}: {len(table)} rows, {path.stat().st_size:,} bytes")


def key(name: str) -> str:
    """A name for comparison: no accent, case, punctuation, article nor «quartier prioritaire»."""
    plain = unicodedata.normalize("NFD", name.lower().replace("œ", "oe"))
    words = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))
    return " ".join(w for w in words if w not in EMPTY) or " ".join(words)


def number(value: str | None) -> str:
    """A figure without its useless «.0»."""
    text = (value or "").strip().replace(",", ".")
    return text[:-2] if text.endswith(".0") else text


def communes(data: Path, perimeters: Perimeters) -> list[dict[str, Any]]:
    """Every commune: name, département, EPCI, population, a point inside, the point of its centre."""
    folder = data / "communes"
    epci = {r["insee"]: r for r in rows(folder / "banatic_epci_communes.csv.gz")}
    points = {r["code_insee"]: r for r in rows(folder / "communes_2018_point_representatif.csv.gz")}
    centres = {
        r["id_terr"]: (round(float(r["long"]), 5), round(float(r["lat"]), 5))
        for r in rows(data / "projets" / "dotations_investissement_2019.csv.gz")
        if len(r["id_terr"]) == 5 and r["lat"] and r["long"]
    }
    out: dict[str, dict[str, Any]] = {}
    for r in rows(folder / "insee_cog_communes.csv.gz"):
        if r["COM"] in out or r["TYPECOM"] == "COMA":
            continue
        if r["TYPECOM"] == "COMD" and (r["COM"] == r["COMPARENT"]):
            continue
        member = epci.get(r["COM"], {})
        point, centre = points.get(r["COM"], {}), centres.get(r["COM"], ("", ""))
        out[r["COM"]] = {
            "insee_code": r["COM"],
            "nom": r["LIBELLE"],
            "departement": r["DEP"],
            "parent": r["COMPARENT"],
            "epci": member.get("siren", ""),
            "population": member.get("pmun_2024", ""),
            "longitude": point.get("longitude", ""),
            "latitude": point.get("latitude", ""),
            "centre_longitude": centre[0],
            "centre_latitude": centre[1],
        }
    for row in out.values():
        if row["parent"]:
            row["departement"] = out[row["parent"]]["departement"]
    for properties in perimeters.properties:
        pairs = zip(
            properties["insee_com"].split(","), properties["lib_com"].split(","), strict=True
        )
        for code, name in pairs:
            town = {"insee_code": code.strip(), "nom": name.strip()}
            town |= {"departement": properties["insee_dep"], "parent": "", "epci": ""}
            out.setdefault(code.strip(), town)
    return [out[code] for code in sorted(out)]


def renewal(data: Path) -> list[dict[str, Any]]:
    """Urban-renewal sites: facts, their source, date and confidence; notes are left behind."""
    table = []
    for r in rows(data / "renouvellement-urbain" / "npnru_sites.csv"):
        phase = r["phase"]
        code = next((code for words, code in PHASES if words in phase.lower()), "")
        table.append({**r, "insee_code": r["code_insee"], "phase_code": code})
    return table


def quartiers(
    data: Path, perimeters: Perimeters, sites: list[dict[str, Any]], epci: dict[str, str]
) -> list[dict[str, Any]]:
    """The facts on each QPV 2024."""
    figures = {r["codeQPV"]: r for r in rows(data / "qpv-2024" / "qpv2024_indicateurs.csv")}
    site_of = {c: s["site_id"] for s in sites for c in re.findall(r"QN\w{6}", s["qpv_codes_2024"])}
    measured = measures(perimeters)
    table = []
    for rank, code in enumerate(perimeters.codes):
        p, f = perimeters.properties[rank], figures.get(code, {})
        sirens = [
            s.strip() for s in (p["siren_epci"] or "").split(",") if s.strip() not in ("NA", "")
        ]
        table.append(
            {
                "code": code,
                "nom": perimeters.names[rank],
                "generation": "2024",
                "communes": "|".join(c.strip() for c in p["insee_com"].split(",")),
                "communes_noms": "|".join(c.strip() for c in p["lib_com"].split(",")),
                "epci": "|".join(sirens),
                "epci_noms": "|".join(epci.get(s, "") for s in sirens),
                "departement": p["insee_dep"],
                "departement_nom": p["lib_dep"],
                "region": p["insee_reg"] or "",
                "region_nom": p["lib_reg"],
                "population": number(f.get("popMuniQPV")),
                "menages": number(
                    str(round(float(f["nombre_menages"]))) if f.get("nombre_menages") else ""
                ),
                "logements_sociaux": number(f.get("nombre_logements_sociaux")),
                "taux_pauvrete": number(f.get("taux_pauvrete_60%")),
                "taux_emploi": number(f.get("taux_d_emploi")),
                "indice_jeunesse": number(f.get("indiceJeunesse")),
                "indicateurs_source": INDICATORS_SOURCE if f else "",
                "indicateurs_date": INDICATORS_DATE if f else "",
                "renouvellement": site_of.get(code, ""),
                "perimetre": "inutilisable" if rank in perimeters.unusable else "utilisable",
                **measured[rank],
            }
        )
    return sorted(table, key=lambda row: str(row["code"]))


def measures(perimeters: Perimeters) -> dict[int, dict[str, Any]]:
    """Middle, box and area of each perimeter; of a collapsed one, only the point left of it."""
    out: dict[int, dict[str, Any]] = {
        rank: {"longitude": lon, "latitude": lat, "superficie_ha": ""}
        for rank, (lon, lat) in perimeters.unusable.items()
    }
    for layer in perimeters.layers:
        for position, rank in enumerate(layer.ranks):
            polygon = layer.polygons[position]
            middle = shapely.centroid(polygon)
            lon, lat = to_degrees(middle.x, middle.y, layer.zone)
            box = [round(float(v), 5) for v in layer.degrees[position]]
            out[int(rank)] = {
                "longitude": round(float(lon), 5),
                "latitude": round(float(lat), 5),
                **dict(zip(("ouest", "sud", "est", "nord"), box, strict=True)),
                "superficie_ha": round(shapely.area(polygon) / 10_000, 1),
                "projection": ZONES[layer.zone].epsg,
            }
    return out


def quartiers_2015(data: Path) -> list[dict[str, Any]]:
    """The quarters of 2015, as INSEE names them, with the poverty rate where published."""
    folder = data / "qpv-2015"
    poverty = {r["CODGEO"]: r["TP60"] for r in rows(folder / "insee_qpv2015_revenus_2022.csv")}
    return [
        {
            "code": r["CODGEO"],
            "nom": r["LIBGEO"],
            "communes_noms": r["LIB_COM"],
            "population": number(r["POP_MUN"]),
            "taux_pauvrete": number(poverty.get(r["CODGEO"])),
            "source": "INSEE, démographie et revenus des QPV 2015",
            "date": "2022",
        }
        for r in rows(folder / "insee_qpv2015_demographie_2022.csv")
        if r["CODGEO"].startswith("QP")
    ]


def correspondence(
    data: Path, perimeters: Perimeters, sites: list[dict[str, Any]], old: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """2015 → 2024: by overlap, else by the renewal table, else by name within the commune."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    drawn: set[str] = set()
    for name in PERIMETERS_2015:
        older = read_perimeters(data / "qpv-2015" / f"{name}.geojson")
        drawn.update(older.codes)
        for pair in overlaps(older, perimeters):
            found.setdefault((pair["code_2015"], pair["code_2024"]), pair)
    tied = {code for code, _ in found}
    for site in sites:
        if not site["qp2015_code"] or site["qp2015_code"] in drawn:
            continue
        for code in re.findall(r"QN\w{6}", site["qpv_codes_2024"]):
            tied.add(site["qp2015_code"])
            found[(site["qp2015_code"], code)] = {
                "code_2015": site["qp2015_code"],
                "code_2024": code,
                "methode": "renouvellement-urbain",
                "confiance": "haute" if site["match_confidence"] == "high" else "moyenne",
            }
    for pair in by_name(perimeters, [r for r in old if r["code"] not in tied | drawn]):
        found.setdefault((pair["code_2015"], pair["code_2024"]), pair)
    return [found[k] for k in sorted(found)]


def overlaps(older: Perimeters, newer: Perimeters) -> list[dict[str, Any]]:
    """Shares of each quarter covered by the other, above :data:`LEAST_OVERLAP`."""
    pairs = []
    layers = {layer.zone: layer for layer in newer.layers}
    for layer in older.layers:
        other = layers[layer.zone]
        left, right = shapely.STRtree(other.polygons).query(layer.polygons, predicate="intersects")
        for a, b in zip(left, right, strict=True):
            common = shapely.area(shapely.intersection(layer.polygons[a], other.polygons[b]))
            share_old = common / shapely.area(layer.polygons[a])
            share_new = common / shapely.area(other.polygons[b])
            if max(share_old, share_new) >= LEAST_OVERLAP:
                pairs.append(
                    {
                        "code_2015": older.codes[layer.ranks[a]],
                        "code_2024": newer.codes[other.ranks[b]],
                        "part_2015": round(float(share_old), 3),
                        "part_2024": round(float(share_new), 3),
                        "methode": "superposition",
                        "confiance": "haute",
                    }
                )
    return pairs


def by_name(perimeters: Perimeters, old: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Quarters of the same name, or nearly, in the same commune; never one name for two."""
    here: dict[str, list[int]] = defaultdict(list)
    for rank, properties in enumerate(perimeters.properties):
        for commune in properties["lib_com"].split(","):
            here[key(commune)].append(rank)
    pairs = []
    for row in old:
        ranks = {r for c in re.split(r"[,;/]", row["communes_noms"]) for r in here[key(c)]}
        scored = sorted(
            ((fuzz.token_set_ratio(key(row["nom"]), key(perimeters.names[r])), r) for r in ranks),
            reverse=True,
        )
        if not scored or scored[0][0] < 90:
            continue
        if len(scored) > 1 and scored[1][0] >= 90:
            exact = [r for _, r in scored if key(perimeters.names[r]) == key(row["nom"])]
            if len(exact) != 1:
                continue
            scored = [(100.0, exact[0])]
        same = key(perimeters.names[scored[0][1]]) == key(row["nom"])
        pairs.append(
            {
                "code_2015": row["code"],
                "code_2024": perimeters.codes[scored[0][1]],
                "methode": "nom",
                "confiance": "haute" if same else "moyenne",
            }
        )
    return pairs


def epci_table(data: Path) -> list[dict[str, Any]]:
    """Each EPCI: name, kind, population (the sum of its communes), middle."""
    out: dict[str, dict[str, Any]] = {}
    for r in rows(data / "communes" / "banatic_epci_communes.csv.gz"):
        row = out.setdefault(
            r["siren"],
            {"siren": r["siren"], "nom": r["raison_sociale"], "nature": r["nature_juridique"],
             "departement": r["dept"], "population": 0},
        )  # fmt: skip
        row["population"] += int(r["pmun_2024"] or 0)
    return [out[siren] for siren in sorted(out)]


def posts(data: Path) -> list[dict[str, Any]]:
    """Posts financed under contrats de ville, by scheme and year: each post once, and their structures."""
    path = data / "dispositifs-anct" / "adultes-relais_fonjep_2020-2025.csv.gz"
    held: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in rows(path):
        found = held[row["dispositif"], row["annee"]]
        found["postes"].add(row["id_poste"])
        found["structures"].add(row["code_tiers"] or row["raison_sociale"])
    return [
        {"dispositif": scheme, "annee": year, **{name: len(seen) for name, seen in found.items()}}
        for (scheme, year), found in sorted(held.items())
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of shared files")
    data = parser.parse_args().data
    TARGET.mkdir(parents=True, exist_ok=True)
    perimeters = read_perimeters(data / "qpv-2024" / "qpv2024_simplifie_national.geojson.gz")
    sites, epci = renewal(data), epci_table(data)
    towns = communes(data, perimeters)
    table = quartiers(data, perimeters, sites, {r["siren"]: r["nom"] for r in epci})
    old = quartiers_2015(data)
    write("postes.csv", ["dispositif", "annee", "postes", "structures"], posts(data))
    write("qpv.csv", max(map(list, table), key=len), table)
    write("qpv2015.csv", list(old[0]), old)
    ties = correspondence(data, perimeters, sites, old)
    write(
        "correspondence.csv",
        ["code_2015", "code_2024", "part_2015", "part_2024", "methode", "confiance"],
        ties,
    )
    write("renewal.csv", SITE, sites)
    used = {row["epci"] for row in towns}
    write("communes.csv.gz", list(towns[0]), towns)
    write("epci.csv", list(epci[0]), [row for row in epci if row["siren"] in used])
    regions = {r["departement"]: r["region"] for r in table}
    cog = rows(data / "communes" / "insee_cog_communes.csv.gz")
    regions |= {r["DEP"]: r["REG"] for r in cog if r["DEP"]}
    names = OTHER_DEPARTEMENTS | {r["departement"]: r["departement_nom"] for r in table}
    names["987"] = "Polynésie française"
    missing = sorted({row["departement"] for row in towns} - names.keys())
    assert not missing, f"départements without a name: {missing}"
    write(
        "departements.csv",
        ["code", "nom", "region"],
        [{"code": c, "nom": names[c], "region": regions.get(c, "")} for c in sorted(names)],
    )
    write("regions.csv", ["code", "nom"], [{"code": c, "nom": REGIONS[c]} for c in sorted(REGIONS)])


if __name__ == "__main__":
    main()
