"""The first page of a portrait: who the territory is, its key figures, what finding none would mean.

**Reads** the rows that the build wrote about a territory. **Writes** the template's words.
**Method** Each figure says what it rests on. «Absent» and «non observé» are told apart by the
probability of finding none, which is always printed.
**Limits** French only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from quartiers.compare.answers import number, percent, span
from quartiers.compare.holdings import Row
from quartiers.publish.pages import listed, plural
from quartiers.territories import Territories


def facts_line(page: dict[str, Any], territories: Territories) -> str:
    """The territory's facts in a sentence."""
    here = page["territory"]
    quartiers = [territories.qpv[c] for c in here["quartiers"]]
    words = []
    if here["level"] == "QPV":
        q = quartiers[0]
        words.append(f"à {listed(q.communes_noms)} ({q.departement_nom})")
    else:
        words.append(plural(len(quartiers), "quartier prioritaire", "quartiers prioritaires"))
    if here["population"]:
        ground = "" if here["level"] == "QPV" else " dans les quartiers"
        words.append(f"{number(here['population'])} habitants{ground}")
    if here["poverty"] is not None:
        words.append(f"taux de pauvreté {number(here['poverty'])}\u00a0%")
    renewed = sum(q.in_renewal for q in quartiers)
    if here["level"] == "QPV":
        words.append(
            "en renouvellement urbain" if renewed else "hors renouvellement urbain national"
        )
    else:
        words.append(f"{number(renewed)} en renouvellement urbain")
    sentence = ", ".join(words)
    return sentence[:1].upper() + sentence[1:] + "."


def keys(page: dict[str, Any], mine: Sequence[Row], sources: int) -> list[dict[str, str]]:
    """The figures of the first page, each with what it rests on; ``sources`` tell of what is here."""
    ground = "du quartier" if page["territory"]["level"] == "QPV" else "des quartiers"
    here, nation = page["measures"][page["territory"]["code"]], page["measures"]["FR"]
    found = [
        {
            "big": number(len(mine)),
            "what": "initiatives numériques repérées"
            if len(mine) > 1
            else "initiative numérique repérée",
            "rest": f"par {plural(sources, 'source')}."
            if mine
            else "Ce n'est pas la preuve d'une absence : voir ci-dessous.",
        }
    ]
    expected, ratio = here.get(("attendues", None)), here.get(("trouvees_sur_attendues", None))
    if expected and ratio:
        who = plural(expected["n"], "source qui regarde", "sources qui regardent")
        found.append(
            {
                "big": percent(ratio["value"]),
                "what": "de ce que les mêmes sources trouvent ailleurs, pour autant d'habitants",
                "rest": f"{span(ratio['low'], ratio['high'])} : {plural(ratio['n'], 'trouvée')}, "
                f"{number(expected['value'], 1)} attendues, d'après {who} ce département ; "
                "sans le corpus de l'étude.",
            }
        )
    smooth, whole = here.get(("pour_1000_lisse", None)), nation.get(("pour_1000", None))
    if smooth and smooth["value"] is not None:
        rest = f"taux lissé ({number(smooth['low'], 2)} à {number(smooth['high'], 2)})"
        if whole and whole["value"] is not None:
            rest += f" ; France entière : {number(whole['value'], 2)}"
        found.append(
            {
                "big": number(smooth["value"], 2),
                "what": f"initiatives pour 1 000 habitants {ground}",
                "rest": rest + ".",
            }
        )
    reached = here.get(("quartiers_atteints", None))
    if reached and reached["value"] is not None:
        found.append(
            {
                "big": f"{number(reached['value'] * reached['n'])} sur {reached['n']}",
                "what": "quartiers ont une initiative à leur adresse",
                "rest": "Des autres, on ne sait pas.",
            }
        )
    return found


def silence(mine: Sequence[Row], page: dict[str, Any]) -> str:
    """What finding none means: absent, or not observed, with its probability."""
    if mine:
        return ""
    here = page["measures"][page["territory"]["code"]]
    expected, chance = here.get(("attendues", None)), here.get(("chance_de_zero", None))
    if not expected or not chance:
        return (
            "Aucune source lue ne regarde assez ce territoire pour que ne rien trouver veuille dire "
            "quelque chose : c'est « non observé »."
        )
    p = chance["value"]
    word = "absent" if p < 0.05 else "non observé"
    verdict = (
        "Ne rien trouver est donc une vraie surprise : ou bien il y a peu, ou bien cela ne laisse pas de trace."
        if p < 0.05
        else "Ne rien trouver n'apprend donc presque rien."
    )
    return (
        f"{plural(expected['n'], 'source')} regardent ce département ; pour "
        f"{number(page['territory']['population'] or 0)} habitants elles trouvent en moyenne "
        f"{number(expected['value'], 1)} initiatives. Des territoires comme celui-ci où elles n'en "
        f"trouvent aucune : {percent(p)}. {verdict} Nous écrivons « {word} »."
    )
