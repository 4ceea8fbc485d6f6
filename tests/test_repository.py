"""The repository against itself: what is written about the code is what the code is."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from conftest import ROOT, run_quartiers
from quartiers.cli import COMMANDS
from quartiers.edition import TABLES

sys.path.insert(0, str(ROOT / "scripts"))
import write_reference

#: Names that say nothing of what is inside.
FORBIDDEN = {"utils", "helpers", "common", "manager", "process", "handle", "data", "info", "misc"}
DOCUMENTS = (
    "README.md",
    "LISEZMOI.md",
    "CONTRIBUTING.md",
    "docs/architecture.md",
    "docs/methode.md",
    "docs/tutoriel.md",
    "docs/decisions.md",
    "docs/recettes.md",
)


def tracked(*patterns: str) -> list[Path]:
    """Files that git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [p for line in listed.stdout.splitlines() if (p := ROOT / line).is_file()]


@pytest.mark.parametrize("page", sorted(write_reference.PAGES))
def test_a_generated_page_is_fresh(page: str) -> None:
    written = (write_reference.REFERENCE / page).read_text("utf-8")
    assert written == write_reference.PAGES[page](), "run scripts/write_reference.py"


def test_the_rules_of_fields_are_said_in_the_method() -> None:
    written = write_reference.METHOD.read_text("utf-8")
    assert written == write_reference.method_page(), "run scripts/write_reference.py"


def test_each_command_has_a_module_an_example_and_a_place_in_the_list() -> None:
    modules = {p.stem for p in (ROOT / "src/quartiers/cli").glob("*.py")} - {"__init__"}
    assert set(COMMANDS) <= modules
    page = write_reference.commands_page()
    for name in COMMANDS:
        section = page.split(f"## quartiers {name}\n")[1].split("\n## ")[0]
        assert "Example" in section, f"quartiers {name} --help shows no example"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_of_the_documents_lead_somewhere(document: str) -> None:
    path = ROOT / document
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), f"{document} points to {target}"


def test_the_architecture_names_each_module_and_each_table() -> None:
    page = (ROOT / "docs/architecture.md").read_text("utf-8")
    for package in ("src/quartiers", "src/observatory"):
        listed = page.split(f"`{package}/`\n")[1].split("\n## ")[0]
        inside = {p.relative_to(ROOT / package).parts[0] for p in tracked(f"{package}/**/*.py")}
        for name in inside - {"__init__.py", "__main__.py"}:
            name = name if name.endswith(".py") else f"{name}/"
            assert f"`{name}`" in listed, f"docs/architecture.md leaves out {package}/{name}"
    stored = page.split("## The edition\n")[1]
    assert [table for table in TABLES if f"`{table}`" not in stored] == []


def test_commands_named_in_the_documents_exist() -> None:
    for document in DOCUMENTS:
        text = (ROOT / document).read_text("utf-8")
        for name in re.findall(r"(?:bin/|`)quartiers ([a-z]+)\b", text):
            assert name in COMMANDS, f"{document} names quartiers {name}"


def test_requirements_are_pinned_with_hashes_and_name_no_address() -> None:
    for name in ("base", "dev"):
        text = (ROOT / f"requirements/{name}.txt").read_text("utf-8")
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|--index|--find-links|file:", text)
        for line in text.splitlines():
            if line and not line.startswith((" ", "#")):
                assert "==" in line, f"{name}.txt: {line} is not pinned"


def test_modules_say_what_they_do_and_bear_a_telling_name() -> None:
    for path in tracked("src/**/*.py"):
        if "migrations" in path.parts:
            continue
        assert path.stem not in FORBIDDEN, path
        assert path.parent.name not in FORBIDDEN, path
        tree = ast.parse(path.read_text("utf-8"))
        if tree.body:
            assert ast.get_docstring(tree), f"{path} has no docstring"


def test_nothing_is_silenced_nor_left_for_later() -> None:
    for path in tracked("*.py"):
        found = re.search(
            r"type: ?ignore|except\s+Exception|TO[D]O|FIX[M]E", path.read_text("utf-8")
        )
        assert not found, f"{path}: {found[0]}"


def test_no_module_is_longer_than_a_chapter() -> None:
    long = {
        str(p.relative_to(ROOT)): lines
        for p in tracked("src/**/*.py")
        if "migrations" not in p.parts  # written by Django
        and (lines := len(p.read_text("utf-8").splitlines())) > 400
    }
    assert long == {}


def test_packaging_cards_agree_on_the_version() -> None:
    from quartiers import __version__

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == __version__
    assert f"version: {__version__}" in (ROOT / "CITATION.cff").read_text("utf-8")
    assert f'softwareVersion: "{__version__}"' in (ROOT / "publiccode.yml").read_text("utf-8")
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_code_passes_its_own_checks() -> None:
    for tool in (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]):
        done = subprocess.run(
            [sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_an_example_of_the_help_is_never_cut_by_the_width_of_the_screen() -> None:
    done = run_quartiers("detect", "--help")
    assert "detect actions.csv --text-column intitule -o actions-lues.csv\n" in done.stdout
