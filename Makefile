# make run   sets up a .venv and runs the main job (on the demo corpus, or with ARGS="--audio DIR --dataset NAME")
# make app   serves the web page that names the genre of one song
# make bench measures speed, memory and equality, and writes benchmarks/README.md
# make docs  writes exports/README.md and the fields of mongo/schema/*.json, which follow from pipeline/tables
# make audit looks up known faults of the pinned packages (needs the network)
# make sbom  lists what is installed, with licences, in sbom.cdx.json (CycloneDX)
# make test  sets up a .venv and runs lint and all tests that a change could break
# make faults runs the long campaigns: kills at all moments, outages, full disks, thousands of damaged files, whole
#             reproductions, and each notebook cell by cell

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
ARGS   ?=
# processes that tests run on, one more than two cores, as a third of their time is spent waiting for what they started; the
# last --numprocesses counts: make test ARGS="--numprocesses 0 --pdb"
WORKERS ?= 3
# one worker that dies ends the tests, naming the test: xdist's units would wait for it forever
TESTS  := --nbval-lax --numprocesses $(WORKERS) --max-worker-restart 0
# which tests: an expression of pytest's markers; make test SELECT= runs the campaigns too
SELECT ?= not faults

.PHONY: run app lab bench docs test faults lint style types dangers format audit sbom clean

# Why the environment is not this project's own, as where both were copied or moved: then it is made anew.
ifneq ($(wildcard $(VENV)/pyvenv.cfg),)
FOREIGN := $(shell $(BIN)/python -I .ci/own_venv.py 2>/dev/null || echo 'its Python does not start')
endif
ifneq ($(FOREIGN),)
.PHONY: $(VENV)/bin/python
endif

run: $(VENV)/.installed
	@$(BIN)/genrelab run $(ARGS)

app: $(VENV)/.installed
	@$(BIN)/genrelab serve $(ARGS)

lab: $(VENV)/.installed
	@$(BIN)/genrelab lab $(ARGS)

bench: $(VENV)/.installed
	@$(BIN)/python -m benchmarks $(ARGS)

docs: $(VENV)/.installed
	@$(BIN)/python -m docs

test: lint
	$(BIN)/python -m pytest $(TESTS) -m "$(SELECT)" tests notebooks $(ARGS)

faults: $(VENV)/.installed-test
	$(BIN)/python -m pytest $(TESTS) -m faults tests notebooks $(ARGS)

# side by side: types take as long as all others together, on one core
lint: $(VENV)/.installed-test
	@$(MAKE) --no-print-directory --jobs 2 types style dangers

style: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/nbstripout --verify notebooks/*.ipynb

types: $(VENV)/.installed-test
	$(BIN)/mypy pipeline

dangers: $(VENV)/.installed-test
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive pipeline benchmarks docs

format: $(VENV)/.installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/nbstripout notebooks/*.ipynb

# --strict: a pin that can't be looked up fails, instead of passing for one without faults
audit: $(VENV)-audit/bin/pip-audit
	@$(VENV)-audit/bin/python -m pip_audit --strict --no-deps --disable-pip --progress-spinner off --requirement constraints.txt || \
	  { echo 'make audit: not all pins are known to be without faults. Raise the ones named above; where the data could'; \
	    echo 'not be reached ("could not be audited", a connection error), look by hand: docs/pins.md'; exit 1; }

$(VENV)-audit/bin/pip-audit:
	@$(PYTHON) -m venv $(VENV)-audit
	@$(VENV)-audit/bin/python -m pip --disable-pip-version-check --quiet install 'pip-audit>=2.10'

sbom: $(VENV)/.installed $(VENV)-sbom/bin/cyclonedx-py
	@$(VENV)-sbom/bin/python .ci/sbom.py $(BIN)/python sbom.cdx.json

$(VENV)-sbom/bin/cyclonedx-py:
	@$(PYTHON) -m venv $(VENV)-sbom
	@$(VENV)-sbom/bin/python -m pip --disable-pip-version-check --quiet install 'cyclonedx-bom>=7'

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'genrelab needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)'; exit 1; }
ifneq ($(FOREIGN),)
	@case '$(VENV)' in /*|~*|*..*) echo "make: $(VENV) is not this project's own: $(FOREIGN); name another VENV"; exit 1; esac
	@echo "$(VENV) is not this project's own: $(FOREIGN). It is made anew."
	@rm -rf '$(VENV)'
endif
	@echo 'Setting up $(VENV) (once, a minute or two) …'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	@$(PIP) install --constraint constraints.txt --editable '.[learned]'
	@$(PIP) install --constraint constraints.txt --no-deps musicnn
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	@$(PIP) install --constraint constraints.txt --editable '.[test]'
	@echo 'Compiling what the tests compare with (once, half a minute) …'
	@$(BIN)/python -m tests.compile_first
	@touch $@

clean:
	rm -rf $(VENV) $(VENV)-audit $(VENV)-sbom .pytest_cache .ruff_cache .mypy_cache .hypothesis
