"""Turtle in, plain rows out; and the thesaurus in other forms.

**Reads** the chapters (Turtle). **Writes** ``thesaurus.json``, one joined Turtle, JSON-LD, CSV.
**Method** rdflib parses; a statement that the thesaurus does not know stops the reading, so that a
misspelt property is never lost in silence. Lists are sorted as rdflib has no order.
**Limits** Blank nodes and collections are not used by the chapters and are refused.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS
from rdflib.term import Node

from quartiers.errors import StudyError
from quartiers.thesaurus import CONCEPT, NAMESPACE, Concept, digest

#: property → where it goes; a language picks among the texts.
TEXTS: dict[tuple[Node, str | None], str] = {
    (SKOS.prefLabel, "fr"): "pref",
    (SKOS.prefLabel, "en"): "pref_en",
    (SKOS.definition, "fr"): "definition",
    (SKOS.scopeNote, "fr"): "note",
    (URIRef(NAMESPACE + "falseFriendNote"), "fr"): "false_friend_note",
    (URIRef(NAMESPACE + "noEquivalent"), "fr"): "no_equivalent",
}
LISTS: dict[tuple[Node, str | None], str] = {
    (SKOS.altLabel, "fr"): "alt",
    (SKOS.altLabel, "en"): "alt_en",
    (SKOS.hiddenLabel, "fr"): "hidden",
    (URIRef(NAMESPACE + "falseFriend"), "fr"): "false_friends",
    (URIRef(NAMESPACE + "asked"), "fr"): "asked",
    (URIRef(NAMESPACE + "asked"), "en"): "asked_en",
    (URIRef(NAMESPACE + "told"), "fr"): "told",
}
SLUGS: dict[Node, str] = {
    URIRef(NAMESPACE + "theme"): "theme",
    URIRef(NAMESPACE + "infra"): "infra",
    URIRef(NAMESPACE + "form"): "form",
    URIRef(NAMESPACE + "placeType"): "place_type",
    URIRef(NAMESPACE + "digital"): "digital",
}
LINKS: dict[Node, str] = {SKOS.broader: "broader", SKOS.related: "related"}
MAPPINGS: dict[Node, str] = {
    SKOS.exactMatch: "exact",
    SKOS.closeMatch: "close",
    SKOS.broadMatch: "broad",
    SKOS.narrowMatch: "narrow",
    SKOS.relatedMatch: "related",
}


def parse(paths: list[Path]) -> list[dict[str, Any]]:
    """One plain row a concept, chapter after chapter, by slug inside a chapter."""
    rows: dict[str, dict[str, Any]] = {}
    for path in paths:
        graph = read(path)
        for subject in sorted(graph.subjects(RDF.type, SKOS.Concept), key=str):
            row = concept_row(graph, URIRef(str(subject)), path)
            if row["slug"] in rows:
                raise StudyError(
                    f"{path.name}: the concept «{row['slug']}» is already in "
                    f"{rows[row['slug']]['chapter']}; keep one of the two."
                )
            rows[row["slug"]] = row
    return list(rows.values())


def read(path: Path) -> Graph:
    """One chapter as a graph."""
    graph = Graph()
    try:
        graph.parse(path, format="turtle")
    except (SyntaxError, ValueError) as error:
        said = " ".join(str(error).split())[:200]
        raise StudyError(f"{path.name}: this is not Turtle ({said}); mend it there.") from error
    return graph


def concept_row(graph: Graph, subject: URIRef, path: Path) -> dict[str, Any]:
    """All that a chapter says of one concept."""
    slug = str(subject).removeprefix(CONCEPT)
    row: dict[str, Any] = {"slug": slug, "chapter": path.stem}
    row |= dict.fromkeys([*SLUGS.values(), "note", "false_friend_note", "no_equivalent"])
    row |= {"pref": "", "pref_en": "", "definition": "", "mappings": {}, "schemes": []}
    row |= {name: [] for name in [*LISTS.values(), *LINKS.values()]}
    for predicate, value in sorted(graph.predicate_objects(subject), key=str):
        language = value.language if isinstance(value, Literal) else None
        if (predicate, language) in TEXTS:
            name = TEXTS[predicate, language]
            if row[name]:
                raise StudyError(f"{path.name}: «{slug}» has two {name}; keep one.")
            row[name] = str(value)
        elif (predicate, language) in LISTS:
            row[LISTS[predicate, language]].append(str(value))
        elif predicate in SLUGS:
            if row[SLUGS[predicate]]:
                raise StudyError(f"{path.name}: «{slug}» has two {SLUGS[predicate]}; keep one.")
            row[SLUGS[predicate]] = str(value)
        elif predicate in LINKS:
            row[LINKS[predicate]].append(str(value).removeprefix(CONCEPT))
        elif predicate in MAPPINGS:
            row["mappings"].setdefault(MAPPINGS[predicate], []).append(
                str(value).removeprefix(CONCEPT)
            )
        elif predicate == SKOS.inScheme:
            row["schemes"].append(str(value).removeprefix(NAMESPACE))
        elif predicate != RDF.type:
            raise StudyError(
                f"{path.name}: «{slug}» uses {graph.qname(str(predicate))} "
                f"({language or 'no language'}), which the thesaurus does not know; "
                "docs/architecture.md lists what a concept may have."
            )
    return row


def compile_to(path: Path, paths: list[Path]) -> int:
    """Write the compiled form; how many concepts it holds."""
    rows = parse(paths)
    text = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text(
        '{"digest": "' + digest(paths) + '", "concepts": [\n' + text + "\n]}\n", "utf-8"
    )
    return len(rows)


def joined(paths: list[Path]) -> str:
    """The chapters as one Turtle text, the prefixes once."""
    prefixes: list[str] = []
    bodies = []
    for path in paths:
        lines = path.read_text("utf-8").splitlines()
        for line in lines:
            if line.startswith("@prefix") and line not in prefixes:
                prefixes.append(line)
        bodies.append("\n".join(line for line in lines if not line.startswith("@prefix")).strip())
    return "\n".join(prefixes) + "\n\n" + "\n\n".join(bodies) + "\n"


def json_ld(paths: list[Path]) -> str:
    """The whole thesaurus as JSON-LD."""
    graph = Graph()
    graph.parse(data=joined(paths), format="turtle")
    context = {
        "skos": str(SKOS),
        "qt": NAMESPACE,
        "c": CONCEPT,
        "dct": str(DCTERMS),
        "owl": str(OWL),
        "rdfs": str(RDFS),
    }
    return str(graph.serialize(format="json-ld", context=context, sort_keys=True))


#: The columns of the CSV: what fits in a cell; lists are joined with « | ».
COLUMNS = (
    "slug iri chapter pref pref_en definition alt alt_en hidden asked asked_en told schemes theme infra form place_type "
    "digital broader related exact close broad narrow relatedMatch false_friends no_equivalent note"
).split()


def table(concepts: dict[str, Concept]) -> str:
    """The thesaurus as CSV, one line a concept."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for concept in concepts.values():
        cells = []
        for column in COLUMNS:
            if column in ("exact", "close", "broad", "narrow", "relatedMatch"):
                value: Any = concept.mappings.get(column.removesuffix("Match"), ())
            else:
                value = getattr(concept, column)
            cells.append(" | ".join(value) if isinstance(value, tuple) else value or "")
        writer.writerow(cells)
    return out.getvalue()
