# Every target sets up what it needs. PYTHON names the interpreter (3.11 or newer) that makes .venv/.
ifndef PYTHON
PYTHON := $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$name && break; done)
endif
BIN := .venv/bin
RUN_STAMP := .venv/.runtime
DEV_STAMP := .venv/.development
DEEP_STAMP := .venv/.deep
BENCH_STAMP := .venv/.bench
SDKS_STAMP := .venv/.sdks
NODE_SDKS := tests/sdks/node
TESTS ?= tests

.PHONY: help install demo run test test-deep sdks lint format bench requirements screenshots clean
.DELETE_ON_ERROR:

help:  ## Show this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /|/' | awk -F'|' '{printf "  make %-14s %s\n", $$1, $$2}'

$(RUN_STAMP): requirements.txt
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer was found. Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv \
		|| { rm -rf .venv; echo "Python could not make .venv/; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Installing the pinned requirements into .venv/ ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(DEV_STAMP): requirements-dev.txt $(RUN_STAMP)
	@echo "Installing what tests and linters need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(DEEP_STAMP): requirements-deep.txt $(DEV_STAMP)
	@echo "Installing Spark and ClickHouse for the long tests ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-deep.txt
	@touch $@

$(BENCH_STAMP): requirements-bench.txt $(RUN_STAMP)
	@echo "Installing what the benchmarks need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@

$(SDKS_STAMP): requirements-sdks.txt $(NODE_SDKS)/package-lock.json $(DEV_STAMP)
	@echo "Installing the SDKs that the tracking API must work with ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-sdks.txt
	@if command -v npm >/dev/null; then npm ci --silent --ignore-scripts --no-audit --no-fund --prefix $(NODE_SDKS); fi
	@touch $@

install: $(RUN_STAMP)  ## Make .venv/ with the pinned requirements

demo: $(RUN_STAMP)  ## Serve the registry with a sample company on 127.0.0.1:8000 (PORT=, HOST=)
	@DEMO=1 exec $(BIN)/python -m config.serve

run: $(RUN_STAMP)  ## Serve the registry without sample data
	@exec $(BIN)/python -m config.serve

test: $(DEV_STAMP)  ## Run the tests, in parallel, on embedded servers of their own
	@$(BIN)/python -m pytest -n 3 --dist worksteal -m "not deep" $(TESTS)

sdks: $(SDKS_STAMP)  ## Install the SDKs of others, so that `make test` proves that they work with the tracking API

test-deep: $(DEEP_STAMP)  ## Run the long tests: thousands of random cases on four engines, kills, planted mistakes
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m deep $(TESTS)

lint: $(DEV_STAMP)  ## Check style, types, templates and migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy .
	@$(BIN)/djlint templates --check --quiet
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/python manage.py check --fail-level WARNING

format: $(DEV_STAMP)  ## Write code and templates in the project's style
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .
	@$(BIN)/djlint templates --reformat --quiet

bench: $(BENCH_STAMP)  ## Print the figures of the benchmarks, one JSON line each (BENCHES="preview", SIZE=S1M)
	@$(BIN)/python -m bench $(BENCHES) $(if $(SIZE),--size $(SIZE))

screenshots: $(DEV_STAMP)  ## Take every page of a running registry into var/screenshots/
	@$(BIN)/python tools/screenshots.py

requirements: $(DEV_STAMP)  ## Compile requirements*.txt from the ranges in pyproject.toml
	@$(BIN)/uv pip compile --quiet --no-header --universal --python-version 3.11 pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile --quiet --no-header --universal --python-version 3.11 --extra dev -c requirements.txt \
		pyproject.toml -o requirements-dev.txt
	@$(BIN)/uv pip compile --quiet --no-header --universal --python-version 3.11 --extra dev --extra spark \
		--extra clickhouse -c requirements-dev.txt pyproject.toml -o requirements-deep.txt
	@$(BIN)/uv pip compile --quiet --no-header --universal --python-version 3.11 --extra dev --extra sdks \
		-c requirements-dev.txt pyproject.toml -o requirements-sdks.txt
	@$(BIN)/uv pip compile --quiet --no-header --universal --python-version 3.11 --extra bench -c requirements.txt \
		pyproject.toml -o requirements-bench.txt

clean:  ## Remove the virtual environment; the data in var/ stays
	@rm -rf .venv
