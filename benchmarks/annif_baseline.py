"""Annif's best suitable backends on the reading task: a baseline that `quartiers evaluate` shows.

Run with the bench environment (``requirements/bench.in``), in two steps:

    .venv/bin/python benchmarks/annif_baseline.py texts --data DIR --gold dev.jsonl -o WORK
    .venv-bench/bin/python benchmarks/annif_baseline.py run WORK
    .venv/bin/quartiers evaluate --data DIR --gold dev.jsonl --outside WORK/annif.json

Annif indexes texts with the subjects of a vocabulary. Subjects here: ``digital`` or ``other``,
every theme, infrastructure topic and form. It learns from the same examples as the project's reader (weak labels
included: Annif has no example weights). Backends: TF-IDF, Omikuji (Parabel) and a plain averaging
ensemble of the two; the threshold of the score is chosen by F1 on a fifth of the training texts,
kept out for that. Annif's sentence splitting asks for NLTK's tables, which are downloaded from
elsewhere: a plain splitter on full stops stands in, and its tokeniser's is not needed.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from zlib import crc32

LANGUAGE = "fr"
BASE = "http://example.org/"


def write_texts(asked: argparse.Namespace) -> None:
    """The training examples and the texts to read, as plain JSON Lines (project's environment)."""
    from quartiers.reading.examples import read_labelled, training_examples
    from quartiers.shapes import DIMENSIONS

    asked.output.mkdir(parents=True, exist_ok=True)
    training, _ = training_examples(asked.data)
    for name, examples in [
        ("train", [e for e in training if e.digital is not None]),
        ("read", [e for path in asked.gold for e in read_labelled(path)]),
    ]:
        with (asked.output / f"{name}.jsonl").open("w", encoding="utf-8") as out:
            for e in examples:
                # a text without a subject teaches Annif nothing: what is not digital is a subject
                subjects = ["digital" if e.digital else "other"] + [
                    f"{d}:{v}" for d in DIMENSIONS for v in e.values(d) if e.digital
                ]
                row = {"id": e.id, "text": e.text, "subjects": subjects}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")


def plain_sentences(text: str) -> list[str]:
    return [s for s in re.split(r"(?<=[.!?])\s+", text) if s]


def plain_words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def run(asked: argparse.Namespace) -> None:
    """Learn, choose the threshold, read (bench environment)."""
    import nltk.tokenize

    nltk.tokenize.sent_tokenize = lambda text, language="english": plain_sentences(text)
    nltk.tokenize.word_tokenize = lambda text, language="english", preserve_line=False: plain_words(
        text
    )
    import annif.registry
    from annif.corpus import Document, SubjectSet
    from annif.corpus.document import DocumentList

    work: Path = asked.work
    rows = [json.loads(line) for line in (work / "train.jsonl").open(encoding="utf-8")]
    reading = [json.loads(line) for line in (work / "read.jsonl").open(encoding="utf-8")]
    names = sorted({s for row in rows for s in row["subjects"]})
    (work / "subjects.csv").write_text(
        "uri,label_fr\n" + "".join(f"{BASE}{i},{n}\n" for i, n in enumerate(names)), "utf-8"
    )
    project = "[{id}]\nname={id}\nlanguage=fr\nvocab=q\nanalyzer=snowball(french)\nlimit=20\n"
    (work / "projects.cfg").write_text(
        project.format(id="tfidf")
        + "backend=tfidf\n"
        + project.format(id="omikuji")
        + "backend=omikuji\ncluster_balanced=False\n"
        + project.format(id="ensemble")
        + "backend=ensemble\nsources=tfidf,omikuji\n",
        "utf-8",
    )
    registry = annif.registry.AnnifRegistry(
        str(work / "projects.cfg"), str(work / "data"), init_projects=False
    )
    from annif.vocab import VocabFileCSV

    found = registry.get_projects()
    next(iter(found.values())).vocab.load_vocabulary(VocabFileCSV(str(work / "subjects.csv")))
    index = next(iter(found.values())).vocab.subjects
    place = {n: index.by_uri(f"{BASE}{i}") for i, n in enumerate(names)}
    back = {v: k for k, v in place.items()}

    def documents(listed: list[dict[str, object]]) -> DocumentList:
        return DocumentList(
            [
                Document(
                    text=str(r["text"]), subject_set=SubjectSet([place[s] for s in r["subjects"]])
                )  # type: ignore[union-attr] # plain JSON
                for r in listed
            ]
        )

    held = [r for r in rows if crc32(r["text"].encode()) % 5 == 0]
    rest = [r for r in rows if crc32(r["text"].encode()) % 5 != 0]

    def suggest(backend: str, listed: list[dict[str, object]]) -> list[dict[str, float]]:
        batch = found[backend].suggest([Document(text=str(r["text"])) for r in listed])
        return [{back[s.subject_id]: float(s.score) for s in one} for one in batch]

    best: tuple[float, str, float, float] = (-1.0, "", 0.0, 0.0)
    for backend in ("tfidf", "omikuji", "ensemble"):
        if backend != "ensemble":
            found[backend].train(documents(rest))
        seen = suggest(backend, held)
        digital = best_threshold(
            [
                (s.get("digital", 0.0), "digital" in r["subjects"])
                for s, r in zip(seen, held, strict=True)
            ]
        )
        topics = best_threshold(
            [
                (s.get(n, 0.0), n in r["subjects"])
                for s, r in zip(seen, held, strict=True)
                for n in names
                if n not in ("digital", "other")
            ]
        )
        print(f"{backend} held-out F1: digital {digital[0]:.3f}, topics {topics[0]:.3f}")
        best = max(best, (digital[0] + topics[0], backend, digital[1], topics[1]))
    _, backend, digital_limit, topic_limit = best
    for name in ("tfidf", "omikuji"):
        found[name].train(documents(rows))
    answers = {}
    for row, scores in zip(reading, suggest(backend, reading), strict=True):
        said = scores.get("digital", 0.0)
        half = said / digital_limit / 2 if digital_limit else said
        answer: dict[str, object] = {"score": min(half, 1.0)}
        for name, score in scores.items():
            if name not in ("digital", "other") and score >= topic_limit:
                dimension, value = name.split(":")
                answer.setdefault(dimension, []).append(value)  # type: ignore[attr-defined] # lists only
        answers[row["id"]] = answer
    told = {"reader": f"Annif ({backend})", "answers": answers}
    (work / "annif.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")


def best_threshold(judged: list[tuple[float, bool]]) -> tuple[float, float]:
    """F1 and the threshold that gives it."""
    best = (0.0, 0.5)
    for limit in sorted({int(score * 1000) / 1000 for score, _ in judged if score > 0}):
        right = sum(s >= limit and t for s, t in judged)
        said, true = sum(s >= limit for s, _ in judged), sum(t for _, t in judged)
        best = max(best, (2 * right / max(said + true, 1), limit))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    steps = parser.add_subparsers(required=True)
    texts = steps.add_parser("texts")
    texts.add_argument("--data", type=Path, required=True)
    texts.add_argument("--gold", type=Path, action="append", required=True)
    texts.add_argument("-o", "--output", type=Path, required=True)
    texts.set_defaults(do=write_texts)
    reading = steps.add_parser("run")
    reading.add_argument("work", type=Path)
    reading.set_defaults(do=run)
    asked = parser.parse_args()
    asked.do(asked)


if __name__ == "__main__":
    main()
