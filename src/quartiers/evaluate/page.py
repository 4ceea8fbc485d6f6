"""The page of the evaluation, in French.

**Reads** the figures of ``report``. **Writes** nothing.
**Method** One table a set: each reader's F1 and intervals; then how far ours is ahead of each with the
paired interval, each value, calibration, abstention, sources, disagreements.
**Limits** Shows no text: ids and concepts only.
"""

from __future__ import annotations

from typing import Any

OURS = "quartiers"
QUESTIONS = {
    "digital": "numérique",
    "theme": "thèmes",
    "infra": "infra",
    "form": "formes",
    "mediation": "médiation",
}
EXPLAINED = {
    "cases": "Phrases écrites par nous, que la machine n'a pas apprises ; les tests les vérifient une à une.",
    "programmes": "Phrases écrites par nous à la manière des programmes de contrat de ville, jamais "
    "apprises : elles éprouvent le style, elles ne remplacent pas de vrais programmes.",
    "validation croisée": "Textes d'apprentissage, chacun jugé par un modèle qui ne l'a pas vu.",
    "source laissée de côté": "Textes d'apprentissage, chacun jugé par un modèle qui n'a rien vu de sa source.",
}


def number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}".replace(".", ",")


def said(figure: dict[str, Any]) -> str:
    """«0,950 [0,920–0,980]»."""
    if figure["f1"] is None:
        return "–"
    return f"{number(figure['f1'])} [{number(figure['low'])}–{number(figure['high'])}]"


def page(figures: dict[str, Any]) -> str:
    """The page that people read."""
    lines = ["# La lecture, mesurée", "", "Écrit par `quartiers evaluate` ; ne pas modifier."]
    lines += [
        "F1 et intervalle à 95 % (bootstrap sur les textes). « Avance » : différence de F1 avec un autre",
        "lecteur sur les mêmes tirages ; l'intervalle entier au-dessus de zéro, l'avance est établie.",
        "",
    ]
    held = figures.get("annif_held_out")
    if held:
        tried = ", ".join(
            f"{name} {number(f['digital'])} / {number(f['topics'])}" for name, f in held.items()
        )
        lines += [f"Annif, F1 sur un cinquième mis à part (numérique / sujets) : {tried}.", ""]
    for name, readers in figures["sets"].items():
        lines += [f"## {name} ({readers[OURS]['texts']} textes)", ""]
        lines += [EXPLAINED.get(name, "Textes étiquetés mis à part, jamais appris."), ""]
        lines += [*readers_table(readers), "", *ahead_table(readers), ""]
        lines += detail(readers[OURS])
    return "\n".join(lines) + "\n"


def readers_table(readers: dict[str, Any]) -> list[str]:
    """A line a reader."""
    lines = [
        "| lecteur | numérique | thèmes (micro) | thèmes (macro) | infra | formes | médiation | ECE |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for reader, f in readers.items():
        mediation = f["form"]["each"].get("mediation")
        cells = [
            reader,
            said(f["digital"]),
            said(f["theme"]["micro"]),
            number(f["theme"]["macro"]),
            said(f["infra"]["micro"]),
            said(f["form"]["micro"]),
            said(mediation) if mediation else "–",
            number(f["calibration"]["ece"]),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def ahead_table(readers: dict[str, Any]) -> list[str]:
    """How far ours is ahead of each."""
    lines = [
        f"| avance sur | {' | '.join(QUESTIONS.values())} |",
        "|---" * (len(QUESTIONS) + 1) + "|",
    ]
    for reader, f in readers.items():
        if "ours_ahead" not in f:
            continue
        cells = [reader]
        for question in QUESTIONS:
            d = f["ours_ahead"].get(question)
            cells.append(
                f"{number(d['ahead'])} [{number(d['low'])} ; {number(d['high'])}]" if d else "–"
            )
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def detail(ours: dict[str, Any]) -> list[str]:
    """The project's reader in detail on one set."""
    lines = ["| valeur | précision | rappel | F1 | vus |", "|---|---|---|---|---|"]
    for dimension in ("theme", "infra", "form"):
        for value, f in ours[dimension]["each"].items():
            shown = " | ".join(number(f[k], 2) for k in ("precision", "recall"))
            lines.append(f"| {value} | {shown} | {said(f)} | {f['right'] + f['missed']} |")
    reliability = ", ".join(
        f"{number(c['said'], 2)} → {number(c['seen'], 2)} ({c['n']})"
        for c in ours["calibration"]["curve"]
    )
    lines += ["", f"Calibration (annoncé → observé, textes) : {reliability}.", ""]
    curve = ", ".join(
        f"{100 * c['share']:.0f} % → {number(c['f1'])}"
        for c in ours["abstention"]
        if c["f1"] is not None
    )
    lines += [f"Part laissée à l'expert et F1 du reste : {curve}.", ""]
    by = ", ".join(
        f"{source} {number(f['f1'], 2)} ({f['texts']})"
        for source, f in ours["sources"].items()
        if f["f1"] is not None
    )
    lines += [f"Par source (F1, textes) : {by}.", ""]
    wrong = ours.get("confusions", [])
    if wrong:
        lines += [f"Désaccords sur « numérique » ({len(wrong)}) :", ""]
        lines += [
            f"- {c['source']} {c['id']} : expert {c['expert']}, score {number(c['score'], 2)}, "
            f"entendu {', '.join(c['heard'])}"
            for c in wrong
        ]
        lines.append("")
    return lines
