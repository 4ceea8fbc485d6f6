"""The evaluation run and its page.

**Reads** labelled files, the training examples, answers of outside tools. **Writes**
``evaluation/reading.json`` and ``evaluation/reading.md``.
**Method** Every reader answers on the same texts in the same run. Sets: each labelled file given
(never learnt from: a text that the model has seen is refused); the test sentences of
``cases.toml``; its sentences in the style of programmes; the training texts out of fold; the training texts with their whole source left
out, which tells how far the reading carries over.
**Limits** Out-of-fold figures come from models of four fifths of the texts, chosen settings
included: slightly lenient. Our own sentences are written by us: they test coverage, not the world.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from quartiers.errors import QuartiersError
from quartiers.evaluate.baselines import keywords, quartiers_reader, tfidf
from quartiers.evaluate.measure import Answer, all_figures
from quartiers.reading import model as reading
from quartiers.reading.examples import Example, case_examples, read_labelled
from quartiers.train import out_of_fold, platt, prepare, thresholds

MOST_CONFUSIONS = 40


def evaluate(
    training: Sequence[Example], unseen: Sequence[Path], outside: Sequence[Path] = ()
) -> dict[str, Any]:
    """All figures, by set and reader. ``outside``: files of answers by other tools (Annif), JSON:
    ``{"reader": name, "answers": {id: {"score": p, "theme": […], …}}}``."""
    learnt = {e.key for e in training if e.role != "etude"}
    simple = tfidf(training)
    sets: dict[str, Any] = {}
    for name, examples in [
        *((path.stem, list(read_labelled(path))) for path in unseen),
        ("cases", case_examples("test")),
        ("programmes", case_examples("programmes")),
    ]:
        seen = [e.id for e in examples if e.key in learnt]
        if len(seen) > len(examples) / 2:
            raise QuartiersError(
                f"{name}: {len(seen)} of its {len(examples)} texts are among those learnt from; "
                "measure on texts that were set apart."
            )
        texts = [e.text for e in examples]
        answers = {
            "quartiers": quartiers_reader(texts),
            "mots-clés": keywords(texts),
            "TF-IDF + LR": simple(texts),
        }
        for path in outside:
            told = json.loads(path.read_text("utf-8"))
            if all(e.id in told["answers"] for e in examples):
                answers[told["reader"]] = [outside_answer(told["answers"][e.id]) for e in examples]
        sets[name] = {reader: all_figures(examples, given) for reader, given in answers.items()}
        sets[name]["quartiers"]["confusions"] = confusions(examples, answers["quartiers"])
        sets[name]["quartiers"]["also_learnt"] = len(seen)
    sets |= crossed(training)
    return {"sets": sets, "training": len(training)}


def outside_answer(told: dict[str, Any]) -> Answer:
    """An outside tool's answer on one text."""
    return Answer(float(told["score"]), {k: v for k, v in told.items() if k != "score"})


def confusions(examples: Sequence[Example], answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """Where the reader and the experts differ, without the texts: ids, what each said, and the
    concepts that were heard."""
    from quartiers.detect import detect_text

    found = []
    for example, answer in zip(examples, answers, strict=True):
        said = answer.score >= 0.5
        if example.digital is None or said == example.digital:
            continue
        heard = detect_text(example.text, explain_all=True).because
        found.append(
            {
                "id": example.id,
                "source": example.source,
                "expert": "oui" if example.digital else "non",
                "score": round(answer.score, 3),
                "heard": [b.concept or b.note for b in heard],
            }
        )
    return found[:MOST_CONFUSIONS]


def crossed(training: Sequence[Example]) -> dict[str, Any]:
    """The training texts out of fold, then with their whole source left out."""
    data = prepare(training)
    judged = [i for i, e in enumerate(training) if e.role in ("expert", "apprentissage")]
    if not judged:
        return {}
    sources = sorted({e.source for e in training})
    groups = [sources.index(e.source) for e in training]
    return {
        "validation croisée": {"quartiers": crossed_figures(training, data, judged, None)},
        "source laissée de côté": {"quartiers": crossed_figures(training, data, judged, groups)},
    }


def crossed_figures(
    training: Sequence[Example], data: Any, judged: Sequence[int], groups: Sequence[int] | None
) -> dict[str, Any]:
    """Figures of the judged rows, each by a model that saw none of its group."""
    digital, topics = out_of_fold(data, judged, groups)
    examples = [training[i] for i in judged]
    known = [i for i, e in enumerate(examples) if e.digital is not None]
    slope, offset = platt(digital[known], np.array([bool(examples[i].digital) for i in known]))
    limits = thresholds(topics, examples)
    scores = 1 / (1 + np.exp(-(slope * digital + offset)))
    answers = []
    for score, row in zip(scores.tolist(), topics, strict=True):
        answer = Answer(score)
        likely = (1 / (1 + np.exp(-row))).tolist()
        for dimension, value, _ in reading.given(likely, limits.tolist()):
            answer.values.setdefault(dimension, []).append(value)
        answers.append(answer)
    return all_figures(examples, answers)


def write(figures: dict[str, Any], folder: Path) -> None:
    """Both files."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(figures, ensure_ascii=False, indent=1)
    (folder / "reading.json").write_text(text + "\n", "utf-8")
    (folder / "reading.md").write_text(page(figures), "utf-8")


def said(figure: dict[str, Any]) -> str:
    """«0,95 [0,92–0,98]»."""
    if figure["f1"] is None:
        return "–"
    return f"{figure['f1']:.3f} [{figure['low']:.3f}–{figure['high']:.3f}]".replace(".", ",")


def page(figures: dict[str, Any]) -> str:
    """The page that people read, in French."""
    lines = ["# La lecture, mesurée", "", "Écrit par `quartiers evaluate` ; ne pas modifier."]
    lines += ["F1 et intervalle à 95 % (bootstrap sur les textes).", ""]
    for name, readers in figures["sets"].items():
        first = next(iter(readers.values()))
        lines += [f"## {name} ({first['texts']} textes)", ""]
        lines += [
            "| lecteur | numérique | thèmes (micro) | thèmes (macro) | infra | formes | ECE |"
        ]
        lines += ["|---|---|---|---|---|---|---|"]
        for reader, f in readers.items():
            macro = (
                "–"
                if f["theme"]["macro"] is None
                else f"{f['theme']['macro']:.3f}".replace(".", ",")
            )
            lines.append(
                f"| {reader} | {said(f['digital'])} | {said(f['theme']['micro'])} | {macro} | "
                f"{said(f['infra']['micro'])} | {said(f['form']['micro'])} | "
                f"{f['calibration']['ece']:.3f} |".replace("0.", "0,")
            )
        lines.append("")
        ours = readers.get("quartiers")
        if ours:
            lines += detail(ours)
    return "\n".join(lines) + "\n"


def detail(ours: dict[str, Any]) -> list[str]:
    """The project's reader in detail on one set."""
    lines = ["| valeur | précision | rappel | F1 | vus |", "|---|---|---|---|---|"]
    for dimension in ("theme", "infra", "form"):
        for value, f in ours[dimension]["each"].items():
            shown = ["–" if f[k] is None else f"{f[k]:.2f}" for k in ("precision", "recall")]
            row = f"| {value} | {shown[0]} | {shown[1]} | {said(f)} | {f['right'] + f['missed']} |"
            lines.append(row.replace("0.", "0,").replace("1.00", "1,00"))
    curve = ", ".join(
        f"{100 * c['share']:.0f} % → {c['f1']:.3f}"
        for c in ours["abstention"]
        if c["f1"] is not None
    )
    lines += ["", f"Part laissée à l'expert et F1 du reste : {curve}.", ""]
    by = ", ".join(
        f"{source} {f['f1']:.2f} ({f['texts']})"
        for source, f in ours["sources"].items()
        if f["f1"] is not None
    )
    lines += [f"Par source (F1, textes) : {by}.", ""]
    wrong = ours.get("confusions", [])
    if wrong:
        lines += [f"Désaccords sur « numérique » ({len(wrong)}) :", ""]
        lines += [
            f"- {c['source']} {c['id']} : expert {c['expert']}, score {c['score']:.2f}, "
            f"entendu {', '.join(c['heard'])}"
            for c in wrong
        ]
        lines.append("")
    return lines
