# make demo      the dashboard on simulated plates
# make test      the whole test suite, against the built wheel
# make check     format, lint, types, import contracts
# make picture   the pictures of the documents, from the running program
# make agreement our values, published ones and those of other programs, on public recordings (docs/agreement.md)
# make coverage  95 % intervals against simulated truth, 2000 trials a cell (5 minutes)
# make mutation  every number of the metrics changed once; prints what no test notices (an hour)
# make lock      write the exact versions anew (.ci/constraints.txt)

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
PINNED := -c .ci/constraints.txt
SOURCES := $(shell find daq drivers calibration -name '*.py' -o -name '*.toml' -o -name '*.tcss') pyproject.toml

.PHONY: demo test bench check picture agreement coverage mutation lock clean

demo: $(VENV)/.installed
	$(BIN)/daq live --simulate

test: $(VENV)/.tested
	$(BIN)/pytest -n 2 -m "not bench"
	$(BIN)/pytest -m bench -s -q

bench: $(VENV)/.tested
	$(BIN)/pytest -m bench -s -q

check: $(VENV)/.checked
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

picture: $(VENV)/.installed
	$(BIN)/python -m daq.dashboard.picture --out docs/pictures

agreement: $(VENV)/.tested
	$(BIN)/python tests/support/agreement.py docs/agreement.md

coverage: $(VENV)/.tested
	LIMB_DAQ_RUNS=2000 $(BIN)/pytest -m montecarlo -s -q

mutation: $(VENV)/.tested
	$(BIN)/python tests/support/mutation.py

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# The wheel is built and installed as a user would; an editable install would hide files that it lacks.
$(VENV)/.installed: $(VENV)/bin/python .ci/constraints.txt $(SOURCES)
	@echo "Installing limb-daq into $(VENV) (the first time takes a minute) ..."
	$(PIP) install $(PINNED) --force-reinstall --no-deps .
	$(PIP) install $(PINNED) .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(PIP) install $(PINNED) ".[test,bench]"
	@touch $@

$(VENV)/.checked: $(VENV)/.tested
	$(PIP) install $(PINNED) ".[check]"
	@touch $@

lock:
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip --quiet install ".[test,bench,check]"
	build/lock/bin/python -m pip freeze --exclude limb-daq --exclude limb_daq > .ci/constraints.txt

clean:
	rm -rf $(VENV) build dist
