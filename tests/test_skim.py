"""Many texts read at once hear what each says by itself."""

from __future__ import annotations

import unicodedata
from itertools import islice
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartiers import lexicon
from quartiers.classify import classify_text, classify_texts
from quartiers.detect import detect_text, detect_texts
from quartiers.reading import model as reading
from quartiers.reading import skim
from quartiers.reading.examples import case_examples
from quartiers.reading.features import BUCKETS, buckets_of
from quartiers.reading.skim import Skimmed, readable_all
from quartiers.text import fold, readable, stem, tokens, words

CASES = [case.text for case in [*case_examples("learn"), *case_examples("test")]]
#: What trips a reader: nothing, addresses, decomposed accents, capitals, articles that end a text.
CORNERS = [
    "",
    "   ",
    "…",
    "Accès à la",
    "internet",
    "l'application à la carte, l'application du quartier",
    "écrire à epn@exemple.fr, l'e\u0301cran <b>connecté</b>",
    "ATELIER TIC ET EPN",
    "Matü¾Ž–”¼riel numü¾Ž–”¼rique",
    "sans accès à l'internet",
    "demi-mot \ud800 cassé",
]


def test_a_batch_hears_what_the_lexicon_finds_text_by_text() -> None:
    known, texts = lexicon.load(), [*CORNERS, *CASES]
    skimmed = Skimmed(texts)
    for at, text in enumerate(texts):
        clean, places = readable(text)
        heard = skimmed.heard(at)
        assert heard.words == words(clean)
        assert heard.hits == known.find(heard.words, clean)
        assert heard.cues == known.find_cues(heard.words)
        spans = list(zip(heard.starts, heard.ends, heard.words, strict=True))
        assert spans == tokens(fold(clean))
        assert heard.places == places


def test_a_text_passed_over_holds_no_digital_term() -> None:
    passed = sorted({*range(len(CASES))} - {*Skimmed(CASES).speaking()})
    assert len(passed) > 10
    for at in passed:
        found = words(readable(CASES[at])[0])
        assert all(h.entry.strength not in lexicon.STRONG for h in lexicon.load().find(found))


def test_a_text_is_read_alone_as_among_others() -> None:
    texts = [*CORNERS, *CASES[::7], CASES[0]]
    together = detect_texts(texts, explain_all=True)
    assert together == [detect_text(text, explain_all=True) for text in texts]
    kept = [text for text, verdict in zip(texts, together, strict=True) if verdict.score > 0.5]
    assert classify_texts(kept) == [classify_text(text) for text in kept]


def test_no_text_is_no_verdict() -> None:
    assert detect_texts([]) == [] and classify_texts([]) == []


@given(st.lists(st.text(max_size=80), max_size=6))
def test_a_batch_of_any_texts_is_readable_as_each_is(texts: list[str]) -> None:
    clean, back = readable_all(texts)
    assert [(c, back.get(at)) for at, c in enumerate(clean)] == [readable(t) for t in texts]


def test_no_character_read_as_it_is_may_be_written_in_another_way() -> None:
    plain = [chr(n) for n in [*range(0x300), *range(0x2002, 0x2070), 0x20AC]]
    assert all(unicodedata.is_normalized("NFC", char) for char in plain)


def test_letter_runs_are_hashed_as_zlib_does() -> None:
    listed = ["nunununumerique", "de", "eau", "2026", "x", "ordinateurs"]
    found = buckets_of(listed)
    runs = iter(found.runs.tolist())
    for word, whole, count in zip(listed, found.whole, found.counts, strict=True):
        base = stem(word)
        is_said = len(word) > 2 and not word.isdigit()
        assert whole == (crc32(b"w" + base.encode()) % BUCKETS if is_said else -1)
        padded = f"<{base}>" if is_said and len(base) > 3 else ""
        cut = sorted({padded[i : i + n] for n in (3, 4, 5) for i in range(len(padded) - n + 1)})
        assert list(islice(runs, int(count))) == [crc32(b"r" + c.encode()) % BUCKETS for c in cut]
    assert not list(runs)


def test_a_word_weighs_what_the_model_says_and_memory_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(skim, "REMEMBERED", 50)
    known = skim.Vocabulary()
    weigh = reading.load().weights_of
    for start in range(0, 400, 40):
        listed = [f"tablette{n}" for n in range(start, start + 40)]
        assert known.told(listed)["weight"].tolist() == weigh(listed)
        assert len(known) <= 50
    assert len(known.told([f"mot{n}" for n in range(120)])) == 120
