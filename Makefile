# The front door. "make" prints the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
SOURCES := src tests tools bench

.PHONY: help run setup clients fmt lint types imports rules unit check test flow fault docs bench lock ci clean

help:  ## print the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---- the two commands of the README -------------------------------------------------------

run: .venv/run.stamp  ## start the gateway and the emulated WhatsApp, print a ready curl
	@$(BIN)/waypost dev $(ARGS)

test: .venv/develop.stamp  ## every test but the long fault runs; the whole gateway on both databases
	@$(BIN)/pytest -n auto -m "not fault" $(ARGS)
	@WAYPOST_TEST_DATABASE=postgres $(BIN)/pytest -n auto tests/flow $(ARGS)

# ---- the environment, made when needed ----------------------------------------------------

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Waypost needs Python 3.11 or newer: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv .venv \
		|| { echo "Python's venv module is missing. On Debian: apt install python3-venv"; exit 1; }

.venv/run.stamp: .venv/bin/python requirements/run.lock pyproject.toml
	@echo "Setting up .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	@$(BIN)/python tools/install_here.py
	@touch $@

.venv/develop.stamp: .venv/run.stamp requirements/develop.lock
	@echo "Adding the development tools to .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/develop.lock
	@touch $@

.venv/clients.stamp: .venv/develop.stamp requirements/clients.lock tests/clients/node/package-lock.json
	@echo "Adding the clients of other projects that the emulator is tried with (once) ..."
	@rm -rf .venv/clients && mkdir -p .venv/clients/node
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
		--target .venv/clients/pywa -r requirements/clients.lock
	@cp tests/clients/node/package.json tests/clients/node/package-lock.json .venv/clients/node/
	@cd .venv/clients/node && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

clients: .venv/clients.stamp  ## what only CI needs: other projects' clients, on node too

setup: .venv/develop.stamp  ## make the virtual environment with everything in it

# ---- before every commit ------------------------------------------------------------------

fmt: setup  ## format the sources
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --fix --quiet $(SOURCES) || true

lint: setup  ## style and our own rules
	@$(BIN)/ruff format --check --quiet $(SOURCES)
	@$(BIN)/ruff check --quiet $(SOURCES)
	@$(BIN)/python -m tools.lint

types: setup  ## mypy, strict
	@$(BIN)/mypy --no-error-summary

imports: setup  ## the floors of the house
	@$(BIN)/lint-imports --config .importlinter > .venv/imports.log || { cat .venv/imports.log; exit 1; }

unit: setup  ## the rules alone
	@$(BIN)/pytest -q tests/unit

check: lint types imports unit  ## format, lint, types, imports, unit tests; under a minute

# ---- more ---------------------------------------------------------------------------------

flow: setup  ## the whole gateway against the emulator
	@$(BIN)/pytest tests/flow $(ARGS)

FULL ?=
FAULTS := $(CURDIR)/.venv/faults.jsonl

fault: setup  ## real processes, real signals; with FULL=1 at full length, and docs/reliability.md
	@rm -f $(FAULTS)
	@FULL=$(FULL) WAYPOST_FAULT_RESULTS=$(FAULTS) $(BIN)/pytest -q -s -m fault tests/fault $(ARGS)
	@if [ -n "$(FULL)" ]; then $(BIN)/python -m tools.write_reliability $(FAULTS); fi

docs: setup  ## regenerate what is generated in docs/
	@$(BIN)/python -m tools.draw_lifecycle --write
	@$(BIN)/python -m tools.write_reference

bench: setup  ## measure, print the ratios, save them as JSON
	@$(BIN)/python -m bench $(ARGS)

lock: setup  ## resolve the dependencies anew, with hashes
	@$(BIN)/python -m tools.lock

ci: lint types imports clients test fault  ## everything CI runs

clean:  ## remove the virtual environment and all caches
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
