"""What runs inside Annif's own environment: learn, choose the backend, read. Started by ``annif``.

**Reads** WORK/train.jsonl and WORK/read.jsonl (id, text, subjects). **Writes** WORK/answers.json.
**Method** Annif indexes texts with the subjects of a vocabulary; here ``digital`` or ``other``, every
theme, infrastructure topic and form. Backends: TF-IDF, Omikuji in its two known settings (Parabel,
Bonsai) and an ensemble of the three. A fifth of the training texts is kept out to choose the backend
and its two score thresholds (one for «digital», one for the topics) by F1; the chosen one then learns
from all.
**Limits** Weak labels weigh as much as the others: Annif has no example weights. Its sentence splitting
asks for NLTK's tables, which are downloaded apart: a plain splitter on full stops stands in. This file
imports nothing of the project, whose environment is another.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any
from zlib import crc32

BASE = "http://example.org/"
TRAINED = {
    "tfidf": "backend=tfidf\n",
    "parabel": "backend=omikuji\ncluster_balanced=True\ncluster_k=2\nmax_depth=20\n",
    "bonsai": "backend=omikuji\ncluster_balanced=False\ncluster_k=100\nmax_depth=3\n",
}
ENSEMBLE = "ensemble"
PROJECT = "[{id}]\nname={id}\nlanguage=fr\nvocab=q\nanalyzer=snowball(french)\nlimit=20\n"
APART = ("digital", "other")


def plain_sentences(text: str, language: str = "") -> list[str]:
    return [s for s in re.split(r"(?<=[.!?])\s+", text) if s]


def plain_words(text: str, language: str = "", preserve_line: bool = False) -> list[str]:
    return re.findall(r"\w+", text)


def best_threshold(judged: list[tuple[float, bool]]) -> tuple[float, float]:
    """F1 and the threshold that gives it."""
    best = (0.0, 0.5)
    for limit in sorted({int(score * 1000) / 1000 for score, _ in judged if score > 0}):
        right = sum(s >= limit and t for s, t in judged)
        said, true = sum(s >= limit for s, _ in judged), sum(t for _, t in judged)
        best = max(best, (2 * right / max(said + true, 1), limit))
    return best


class Annif:
    """The projects of one vocabulary, in a folder."""

    def __init__(self, work: Path, subjects: list[str]) -> None:
        import nltk.tokenize

        nltk.tokenize.sent_tokenize = plain_sentences
        nltk.tokenize.word_tokenize = plain_words
        from annif.registry import AnnifRegistry
        from annif.vocab import VocabFileCSV

        lines = [f"{BASE}{i},{name}\n" for i, name in enumerate(subjects)]
        (work / "subjects.csv").write_text("uri,label_fr\n" + "".join(lines), "utf-8")
        projects = [PROJECT.format(id=name) + told for name, told in TRAINED.items()]
        projects.append(
            PROJECT.format(id=ENSEMBLE) + f"backend=ensemble\nsources={','.join(TRAINED)}\n"
        )
        (work / "projects.cfg").write_text("".join(projects), "utf-8")
        registry = AnnifRegistry(
            str(work / "projects.cfg"), str(work / "data"), init_projects=False
        )
        self.projects = registry.get_projects()
        vocabulary = next(iter(self.projects.values())).vocab
        vocabulary.load_vocabulary(VocabFileCSV(str(work / "subjects.csv")))
        self.place = {
            name: vocabulary.subjects.by_uri(f"{BASE}{i}") for i, name in enumerate(subjects)
        }
        self.name = {place: name for name, place in self.place.items()}

    def train(self, rows: list[dict[str, Any]]) -> None:
        from annif.corpus import Document, SubjectSet
        from annif.corpus.document import DocumentList

        listed = [
            Document(text=r["text"], subject_set=SubjectSet([self.place[s] for s in r["subjects"]]))
            for r in rows
        ]
        for backend in TRAINED:
            self.projects[backend].train(DocumentList(listed))

    def suggest(self, backend: str, rows: list[dict[str, Any]]) -> list[dict[str, float]]:
        from annif.corpus import Document

        batch = self.projects[backend].suggest([Document(text=r["text"]) for r in rows])
        return [{self.name[s.subject_id]: float(s.score) for s in one} for one in batch]


def main(work: Path) -> None:
    rows, reading = (
        [json.loads(line) for line in (work / f"{name}.jsonl").open(encoding="utf-8")]
        for name in ("train", "read")
    )
    subjects = sorted({s for row in rows for s in row["subjects"]})
    annif = Annif(work, subjects)
    held = [r for r in rows if crc32(r["text"].encode()) % 5 == 0]
    annif.train([r for r in rows if crc32(r["text"].encode()) % 5 != 0])
    tried: dict[str, tuple[float, float, float, float]] = {}
    for backend in (*TRAINED, ENSEMBLE):
        seen = list(zip(annif.suggest(backend, held), held, strict=True))
        digital = best_threshold(
            [(s.get("digital", 0.0), "digital" in r["subjects"]) for s, r in seen]
        )
        topics = best_threshold(
            [
                (s.get(name, 0.0), name in r["subjects"])
                for s, r in seen
                for name in subjects
                if name not in APART
            ]
        )
        tried[backend] = (digital[0], topics[0], digital[1], topics[1])
    backend = max(tried, key=lambda name: tried[name][0] + tried[name][1])
    annif.train(rows)
    told = {
        name: answers(annif.suggest(name, reading), reading, *tried[name][2:])
        for name in {backend, ENSEMBLE}
    }
    held_out = {name: {"digital": d, "topics": t} for name, (d, t, _, _) in tried.items()}
    written = {"best": backend, "held_out": held_out, "answers": told}
    (work / "answers.json").write_text(json.dumps(written, ensure_ascii=False), "utf-8")


def answers(
    suggested: list[dict[str, float]],
    rows: list[dict[str, Any]],
    digital_limit: float,
    topic_limit: float,
) -> dict[str, dict[str, Any]]:
    """Id → the score brought to one half at its threshold, and the topics above theirs."""
    told: dict[str, dict[str, Any]] = {}
    for row, scores in zip(rows, suggested, strict=True):
        said = scores.get("digital", 0.0) / max(digital_limit, 1e-6) / 2
        answer: dict[str, Any] = {"score": min(said, 1.0)}
        for name, score in scores.items():
            if name not in APART and score >= topic_limit:
                dimension, value = name.split(":")
                answer.setdefault(dimension, []).append(value)
        told[row["id"]] = answer
    return told


if __name__ == "__main__":
    main(Path(sys.argv[1]))
