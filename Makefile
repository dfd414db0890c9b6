# Every target sets up what it needs; `make demo` and `make test` work on a fresh machine.

PYTHON ?= python3
PORT ?= 8000
SECONDS ?= 60
SEED ?= 1
PLAYS ?= 100
EXAMPLES ?= 1000
WORKERS ?= 2
ROUNDS ?= 3
SCALE ?= 1
DATABASE ?= postgres
DEVICES ?= 3
TIMES ?= 50
FAULT_EVERY ?= 1.5
# Seconds; what the fault suite judges by.
LATENCY_LIMIT ?= 1.5
CATCH_UP_LIMIT ?= 2
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help install demo pages test properties fuzz frames faults teeth bench check format schema screenshots \
	clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.installed ## Install the service

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: install ## Serve a sample organisation; PORT=… changes the port
	@$(BIN)/python build_pages.py --if-needed
	@$(BIN)/lms-messages demo --port $(PORT) --data var/demo

pages: install ## Build the Messages page and the explorer
	@$(BIN)/python build_pages.py

test: $(VENV)/.installed-dev ## Run the tests; WORKERS=0 in one process
	@$(BIN)/python build_pages.py --if-needed
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal

properties: $(VENV)/.installed-dev ## Play at random against the model, long; PLAYS=…, SEED=…
	PROPERTIES_SEED=$(SEED) PROPERTIES_PLAYS=$(PLAYS) $(BIN)/python -m pytest tests/properties

fuzz: $(VENV)/.installed-dev ## Ask at random, import any bytes; SECONDS=…, SEED=…, TIMES=…, ONLY=…, DATABASE=…
	@$(BIN)/python -m tests.fuzz --seconds $(SECONDS) --seed $(SEED) --times $(TIMES) \
		--database $(DATABASE) $(if $(ONLY),--only "$(ONLY)")

frames: $(VENV)/.installed-dev ## Talk at random over sockets, long; EXAMPLES=…, SEED=…
	FRAMES_SEED=$(SEED) FRAMES_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest tests/frames

faults: $(VENV)/.installed-dev ## Break the service, count what was lost; SECONDS=…, SEED=…, DATABASE=…
	@$(BIN)/python -m tests.faults --seconds $(SECONDS) --seed $(SEED) --database $(DATABASE) \
		--devices $(DEVICES) --fault-every $(FAULT_EVERY) $(if $(ONLY),--only $(ONLY)) \
		--latency-limit $(LATENCY_LIMIT) --catch-up-limit $(CATCH_UP_LIMIT)

teeth: $(VENV)/.installed-dev ## Plant faults in the service, see each found by the fault suite
	PLANTED=1 $(BIN)/python -m pytest tests/faults -k planted -rA

bench: $(VENV)/.installed-dev ## Measure beside the peers, needs Node; ONLY=…, ROUNDS=…, SCALE=…
	@$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY)) --rounds $(ROUNDS) --scale $(SCALE)

check: $(VENV)/.installed-dev ## Lint, check the types and the layers
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(BIN)/python build_pages.py --check

format: $(VENV)/.installed-dev ## Put the code into its form
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

schema: install ## Write schema.graphql anew
	$(BIN)/lms-messages schema > schema.graphql

screenshots: $(VENV)/.installed-dev ## Take the pictures of docs/pictures anew; needs Chromium
	@$(BIN)/python -m tests.browser.screenshots

clean: ## Remove what was installed and built; the demo's data in var/ stays
	rm -rf $(VENV) server/built server/.built-* web/node_modules web/src/generated tests/clients/node_modules \
		build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
