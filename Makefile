# make run   sets up a .venv and runs the main job (on the demo corpus, or with ARGS="--audio DIR --dataset NAME")
# make app   serves the web page that names the genre of one song
# make bench measures speed, memory and equality, and writes benchmarks/README.md
# make test  sets up a .venv and runs lint and all tests

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
ARGS   ?=

.PHONY: run app lab bench test lint format clean

run: $(VENV)/.installed
	@$(BIN)/genrelab run $(ARGS)

app: $(VENV)/.installed
	@$(BIN)/genrelab serve $(ARGS)

lab: $(VENV)/.installed
	@$(BIN)/genrelab lab

bench: $(VENV)/.installed
	@$(BIN)/python -m benchmarks $(ARGS)

test: lint
	$(BIN)/python -m pytest --nbval-lax tests notebooks $(ARGS)

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/nbstripout --verify notebooks/*.ipynb
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive pipeline benchmarks

format: $(VENV)/.installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/nbstripout notebooks/*.ipynb

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'genrelab needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)'; exit 1; }
	@echo 'Setting up $(VENV) (once, a minute or two) …'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	@$(PIP) install --constraint constraints.txt --editable '.[test]'
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis
