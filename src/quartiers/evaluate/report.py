"""The evaluation run and its page.

**Reads** labelled files, the training examples. **Writes** ``evaluation/reading.json`` and
``evaluation/reading.md``.
**Method** Every reader answers on the same texts in the same run. Sets: each labelled file given
(never learnt from: a text that the model has seen is refused); the test sentences of
``cases.toml``; its sentences in the style of programmes; the training texts out of fold; the training
texts with their whole source left out (small sources together), which tells how far the reading carries
over.
**Limits** Out-of-fold figures come from models of four fifths of the texts, chosen settings
included: slightly lenient. Our own sentences are written by us: they test coverage, not the world.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quartiers.errors import QuartiersError
from quartiers.evaluate import annif
from quartiers.evaluate.baselines import keywords, quartiers_reader, tfidf
from quartiers.evaluate.measure import Answer, ahead, all_figures
from quartiers.evaluate.page import OURS, page
from quartiers.reading import model as reading
from quartiers.reading.examples import Example, case_examples, read_labelled
from quartiers.train import JUDGED, out_of_fold, platt, prepare, thresholds

MOST_CONFUSIONS = 40
#: A source with fewer judged texts is left out together with the other small ones.
OWN_GROUP = 100


def evaluate(
    training: Sequence[Example], unseen: Sequence[Path], annif_python: Path | None = None
) -> dict[str, Any]:
    """All figures, by set and reader. ``annif_python``: the Python of Annif's environment."""
    learnt = {e.key for e in training if e.role != "etude"}
    sets = [
        *((path.stem, list(read_labelled(path))) for path in unseen),
        ("cases", case_examples("test")),
        ("programmes", case_examples("programmes")),
    ]
    seen = {name: sum(e.key in learnt for e in examples) for name, examples in sets}
    for name, examples in sets:
        if seen[name] > len(examples) / 2:
            raise QuartiersError(
                f"{name}: {seen[name]} of its {len(examples)} texts are among those learnt from; "
                "measure on texts that were set apart."
            )
    figures: dict[str, Any] = {"training": len(training), "sets": {}}
    outside: dict[str, dict[str, Answer]] = {}
    if annif_python:
        texts = [e for _, examples in sets for e in examples]
        outside, figures["annif_held_out"] = annif.ask(annif_python, training, texts)
    simple = tfidf(training)
    for name, examples in sets:
        listed = [e.text for e in examples]
        answers = {
            OURS: quartiers_reader(listed),
            "mots-clés": keywords(listed),
            "TF-IDF + LR": simple(listed),
            **{reader: [told[e.id] for e in examples] for reader, told in outside.items()},
        }
        figures["sets"][name] = compared(examples, answers)
        figures["sets"][name][OURS]["confusions"] = confusions(examples, answers[OURS])
        figures["sets"][name][OURS]["also_learnt"] = seen[name]
    figures["sets"] |= crossed(training)
    return figures


def compared(examples: Sequence[Example], answers: dict[str, list[Answer]]) -> dict[str, Any]:
    """Each reader's figures, and how far ours is ahead of each."""
    figures = {reader: all_figures(examples, given) for reader, given in answers.items()}
    for reader, given in answers.items():
        if reader != OURS:
            figures[reader]["ours_ahead"] = ahead(examples, answers[OURS], given)
    return figures


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
    """The training texts out of fold, then with their whole source left out; thresholds are placed
    out of fold, our own sentences included, as ``train`` places them."""
    data = prepare(training)
    taught = [i for i, e in enumerate(training) if e.role in JUDGED]
    real = [place for place, i in enumerate(taught) if training[i].role != "cas"]
    judged = [taught[place] for place in real]
    if not judged:
        return {}
    examples = [training[i] for i in judged]
    digital, topics = out_of_fold(data, taught)
    limits = thresholds(topics, [training[i] for i in taught])
    folds, groups = (
        [e.fold for e in training],
        left_out(training, Counter(e.source for e in examples)),
    )
    apart = out_of_fold(data, judged, groups)
    sets = {}
    for name, parted, scores in [
        ("validation croisée", folds, (digital[real], topics[real])),
        ("source laissée de côté", groups, apart),
    ]:
        answers = {
            OURS: crossed_answers(examples, *scores, limits),
            "mots-clés": keywords([e.text for e in examples]),
            "TF-IDF + LR": crossed_tfidf(training, judged, parted),
        }
        sets[name] = compared(examples, answers)
    return sets


def left_out(training: Sequence[Example], counted: Mapping[str, int]) -> list[int]:
    """The group of each text: its source, or all the small sources together."""
    large = sorted(source for source, texts in counted.items() if texts >= OWN_GROUP)
    place = {source: at for at, source in enumerate(large, start=1)}
    return [place.get(e.source, 0 if e.source in counted else -1) for e in training]


def crossed_answers(
    examples: Sequence[Example],
    digital: NDArray[np.float64],
    topics: NDArray[np.float64],
    limits: NDArray[np.float64],
) -> list[Answer]:
    """The answers to texts from their logits, each of a model that saw none of the text's group."""
    known = [i for i, e in enumerate(examples) if e.digital is not None]
    slope, offset = platt(digital[known], np.array([bool(examples[i].digital) for i in known]))
    scores = 1 / (1 + np.exp(-(slope * digital + offset)))
    answers = []
    for score, row in zip(scores.tolist(), topics, strict=True):
        answer = Answer(score)
        likely = (1 / (1 + np.exp(-row))).tolist()
        for dimension, value, _ in reading.given(likely, limits.tolist()):
            answer.values.setdefault(dimension, []).append(value)
        answers.append(answer)
    return answers


def crossed_tfidf(
    training: Sequence[Example], judged: Sequence[int], groups: Sequence[int]
) -> list[Answer]:
    """The same by TF-IDF and regression."""
    answers: dict[int, Answer] = {}
    for group in sorted({groups[i] for i in judged}):
        reader = tfidf([e for e, g in zip(training, groups, strict=True) if g != group])
        held = [i for i in judged if groups[i] == group]
        answers |= dict(zip(held, reader([training[i].text for i in held]), strict=True))
    return [answers[i] for i in judged]


def write(figures: dict[str, Any], folder: Path) -> None:
    """Both files."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(figures, ensure_ascii=False, indent=1)
    (folder / "reading.json").write_text(text + "\n", "utf-8")
    (folder / "reading.md").write_text(page(figures), "utf-8")
