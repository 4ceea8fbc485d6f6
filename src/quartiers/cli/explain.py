"""``quartiers explain``: one record's whole journey, stage by stage, with its reasons."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.markup import escape

from quartiers.explain import Journey, explain, explain_finding
from quartiers.shelf import open_edition


@click.command()
@click.argument("identifier", metavar="ID")
@click.option("--edition", help="An edition's folder or name; the current one by default.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(identifier: str, edition: str | None, as_json: bool) -> None:
    """Print the journey of a record («source:number»), of an initiative («q…») or of a finding (C1).

    Example: quartiers explain benchmark:pimms-paris
    """
    folder = open_edition(edition)
    finding = explain_finding(folder, identifier)
    if finding is not None:
        print_finding(finding, as_json)
        return
    journeys = explain(folder, identifier)
    if as_json:
        click.echo(json.dumps([asdict(j) for j in journeys], ensure_ascii=False, indent=1))
        return
    console = Console(soft_wrap=True, highlight=False)
    heirs = {j.link["entity_id"] for j in journeys if j.link}
    if identifier not in heirs | {j.record["id"] for j in journeys}:
        console.print(f"{identifier} is now {', '.join(sorted(heirs))}")
    for journey in journeys:
        print_journey(console, journey)
    print_claims(console, journeys[-1].claims)


def print_finding(finding: dict[str, Any], as_json: bool) -> None:
    """A finding: question, verdict, figures with their base, limits, what it rests on."""
    if as_json:
        click.echo(json.dumps(finding, ensure_ascii=False, indent=1))
        return
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"\n[bold]{finding['id']} {escape(finding['question'])}[/bold]")
    console.print(f"  {finding['verdict_label']} : {escape(finding['answer'])}")
    own = {"label": finding["indicator"], **{k: finding[k] for k in ("value", "low", "high", "n")}}
    for figure in [own, *(finding["figures"] or ())]:
        bounds = "" if figure["low"] is None else f" [{figure['low']:.4g} – {figure['high']:.4g}]"
        value = "—" if figure["value"] is None else f"{figure['value']:.4g}"
        console.print(f"  {escape(figure['label'])}: {value}{escape(bounds)}, n = {figure['n']}")
    console.print(f"  limits: {escape(finding['limits'])}")
    console.print(f"  table {finding['source_table']}; rests on, among others:")
    for row in finding["initiatives"][:12]:
        console.print(f"    {row['id']} {escape(row['title'])} ← {', '.join(row['records'][:3])}")


def print_journey(console: Console, journey: Journey) -> None:
    """The verbs in their order, each with its conclusion and its reasons."""
    record = journey.record
    console.print(f"\n[bold]{escape(record['title'])}[/bold]   {record['id']}")
    heading(console, "collect", f"{record['source']}, read {record['retrieved_at'] or 'undated'}")
    for name in ("text", "carrier", "commune", "neighbourhood", "address", "start", "url"):
        if record[name]:
            console.print(f"    {name}: {escape(str(record[name]))}")
    if journey.subjects:
        console.print(f"    subjects, for search alone: {escape(', '.join(journey.subjects))}")
    detection = journey.detection
    answer = detection["value"] or "cannot say"
    heading(console, "detect", f"{answer} ({share(detection['score'])}, by {detection['method']})")
    print_reasons(console, detection["because"])
    heading(console, "classify", "" if journey.classifications else "not classified")
    for row in journey.classifications:
        console.print(f"    {row['dimension']} [bold]{row['value']}[/bold] ({share(row['score'])})")
        print_reasons(console, row["because"], indent=6)
    heading(console, "locate", "" if journey.locations else "not located: not kept by detect")
    for row in journey.locations:
        name = f"{row['code']} {row['nom']}: " if row["code"] else ""
        away = "" if row["distance_m"] is None else f", {row['distance_m']:+.0f} m"
        how = f", by {row['methode']}" if row["methode"] else ""
        console.print(f"    {escape(name)}[bold]{row['etat']}[/bold]{away}{how}")
        print_reasons(console, row["because"], indent=6)
    if journey.link is None:
        heading(console, "link", "not linked: not kept by detect")
    else:
        others = ", ".join(journey.siblings) or "no other record speaks of it"
        heading(console, "link", f"initiative {journey.link['entity_id']} ({escape(others)})")
        print_reasons(console, journey.link["because"])
    for pair in journey.pairs:
        other = pair["b"] if pair["a"] == record["id"] else pair["a"]
        console.print(f"    {pair['decision']} ({share(pair['score'])}): {escape(other)}")
        print_reasons(console, pair["because"], indent=6)


def print_claims(console: Console, claims: list[dict[str, Any]]) -> None:
    """Where the initiative's records say several things: which is shown, by which rule, who says what."""
    if claims:
        heading(console, "fields", "where sources say several things (the first value is shown)")
    for claim in claims:
        contested = any(value["opposed"] for value in claim["values"])
        console.print(f"    {escape(claim['label'])}{': they disagree' if contested else ''}")
        for value in claim["values"]:
            mark = (
                "against"
                if value["opposed"]
                else "shown"
                if value is claim["values"][0]
                else "also"
            )
            by = ", ".join(f"{one['record']} ({one['date'] or 'undated'})" for one in value["by"])
            console.print(f"      {mark} «{escape(value['value'])}» ← {escape(by)}")
        if contested:
            console.print(f"      rule: {escape(claim['rule'])}")


def heading(console: Console, verb: str, conclusion: str) -> None:
    """One verb of the eight."""
    console.print(f"  [bold cyan]{verb:<9}[/bold cyan] {conclusion}")


def print_reasons(
    console: Console, because: list[dict[str, Any]] | None, *, indent: int = 4
) -> None:
    """Each reason: the record's own words, or the fact used; its concept and weight."""
    for reason in because or []:
        words = f"« {reason['quote']} »" if reason.get("quote") else ""
        where = "" if reason.get("start") is None else f" [{reason['start']}–{reason['end']}]"
        concept = f" → {reason['concept']}" if reason.get("concept") else ""
        weight = "" if reason.get("weight") is None else f" ({reason['weight']:+.2f})"
        note = f"  {reason['note']}" if reason.get("note") else ""
        line = f"{words}{where}{concept}{weight}{note}".strip()
        console.print(" " * indent + f"because {escape(line)}")


def share(score: float | None) -> str:
    """A probability as people read it."""
    return "—" if score is None else f"{score:.0%}"
