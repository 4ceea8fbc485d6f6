"""Figures of agreement, their intervals, and what is said of other readers."""

from __future__ import annotations

from quartiers.evaluate import annif
from quartiers.evaluate.measure import Answer, ahead, all_figures, digital_counts, draws, figure
from quartiers.evaluate.page import page
from quartiers.evaluate.report import compared
from quartiers.reading.examples import Example, case_examples


def example(number: int, digital: bool | None, *themes: str) -> Example:
    return Example(f"x:{number}", "x", f"texte {number}", digital, list(themes))


EXAMPLES = [example(i, i % 2 == 0, *(["formation"] if i % 2 == 0 else [])) for i in range(40)]
RIGHT = [Answer(0.9, {"theme": ["formation"]}) if e.digital else Answer(0.1) for e in EXAMPLES]
HALF = [Answer(0.9) if i % 4 else Answer(0.1) for i in range(40)]


def test_a_reader_that_is_right_everywhere_has_one_and_no_doubt() -> None:
    figures = all_figures(EXAMPLES, RIGHT)
    assert figures["digital"]["f1"] == figures["digital"]["low"] == 1.0
    assert figures["theme"]["micro"]["f1"] == 1.0
    assert figures["calibration"]["ece"] < 0.11


def test_what_experts_could_not_say_counts_neither_way() -> None:
    doubtful = [*EXAMPLES, example(99, None)]
    figures = [
        figure(digital_counts(doubtful, [*RIGHT, Answer(score)]))["f1"] for score in (0.1, 0.9)
    ]
    assert figures == [1.0, 1.0]


def test_a_reader_is_not_ahead_of_itself_and_is_ahead_of_a_worse_one() -> None:
    same = ahead(EXAMPLES, RIGHT, RIGHT)["digital"]
    assert same == {"ahead": 0.0, "low": 0.0, "high": 0.0}
    better = ahead(EXAMPLES, RIGHT, HALF)["digital"]
    assert 0 < better["low"] <= better["ahead"] <= better["high"]


def test_draws_hold_as_many_texts_as_there_are_and_are_the_same_each_time() -> None:
    assert (draws(7).sum(axis=1) == 7).all()
    kept = draws(7).copy()
    draws.cache_clear()
    assert (draws(7) == kept).all()


def test_the_page_says_each_reader_and_the_advance_with_its_interval() -> None:
    figures = {"sets": {"essai": compared(EXAMPLES, {"quartiers": RIGHT, "autre": HALF})}}
    written = page(figures)
    assert "## essai (40 textes)" in written
    assert "| quartiers | 1,000 [1,000–1,000]" in written
    assert "| avance sur | numérique" in written and "| autre | 0," in written
    assert "texte 3" not in written


def test_annif_is_told_that_a_text_is_not_digital() -> None:
    assert annif.subjects(example(1, False)) == ["other"]
    assert annif.subjects(example(2, True, "formation")) == ["digital", "theme:formation"]


def test_no_sentence_set_apart_is_learnt_from() -> None:
    learnt = {e.key for e in case_examples("learn")}
    apart = [e for split in ("test", "programmes") for e in case_examples(split)]
    assert len({e.key for e in apart}) == len(apart)
    assert not [e.text for e in apart if e.key in learnt]
