# `make` alone prints this help.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help install install-dev panorama serve test check format clean

help: ## print this help
	@echo "Quartiers: the digital initiatives of France's priority neighbourhoods"
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14 | sed 's/^/  make /'

install: $(VENV)/.base ## set up what the product needs

$(VENV)/.base: requirements/base.txt pyproject.toml scripts/install.sh
	@PYTHON=$(PYTHON) VENV=$(VENV) sh scripts/install.sh base
	@touch $@

install-dev: $(VENV)/.dev ## set up what the tests and the learning need too

$(VENV)/.dev: requirements/dev.txt requirements/base.txt pyproject.toml scripts/install.sh
	@PYTHON=$(PYTHON) VENV=$(VENV) sh scripts/install.sh dev
	@touch $@ $(VENV)/.base

panorama: install ## build the embedded panorama and say where to look
	@$(BIN)/quartiers build --embedded

serve: install ## open the website on http://127.0.0.1:8000, or PORT=8001 (builds the embedded edition if there is none)
	@test -e editions/current/manifest.json || $(BIN)/quartiers build --embedded
	@$(BIN)/quartiers serve --port $(PORT)

test: install-dev ## set up everything and run every test
	@$(BIN)/python -m pytest
	@sh scripts/test_postgres.sh --deselect tests/site/test_moderation.py::test_the_next_edition_holds_what_was_accepted_under_an_id_that_lasts

check: install-dev ## format, lint, types, tests, freshness of generated pages
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/python -m pytest

format: install-dev ## put the code in the house format
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

clean: ## remove what was set up and built here
	rm -rf $(VENV) .venv-bench .mypy_cache .ruff_cache .pytest_cache build
