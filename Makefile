# Everything a person or CI calls. Installs into .venv, caches into .cache, both inside the clone.
#   make demo [DASHBOARD=0] [PORT=8501]   make test   make test-slow   make bench [BENCH_ROWS=1000000]   make check   make clean

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-slow bench check lint types imports browser postgres prism clients clean

# The first Python that will do: `python3` when it is new enough, otherwise one installed beside it.
PYTHON ?= $(shell for name in python3 python3.11 python3.12 python3.13; do \
	"$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo "$$name" && break; \
	done)
DASHBOARD ?= 1
PORT ?= 8501
WORKERS ?= 2
PRISM := @stoplight/prism-cli@5.14.2

BIN := .venv/bin
SOURCES := pipelines dashboards tests
UV_CACHE_DIR ?= $(CURDIR)/.cache/uv
PIP_CACHE_DIR ?= $(CURDIR)/.cache/pip
export UV_CACHE_DIR PIP_CACHE_DIR
export MYPY_CACHE_DIR := $(CURDIR)/.cache/mypy
export RUFF_CACHE_DIR := $(CURDIR)/.cache/ruff
export HYPOTHESIS_STORAGE_DIRECTORY := $(CURDIR)/.cache/hypothesis
PYTEST := $(BIN)/python -m pytest -o cache_dir=.cache/pytest
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt \
	--build-constraint constraints.txt --compile-bytecode

help:
	@sed -n '2p' Makefile | sed 's/^# *//'

demo: .venv/installed
	@$(BIN)/python -m pipelines demo $(if $(filter 0 no false,$(DASHBOARD)),--no-dashboard,--dashboard --port $(PORT))

test: check browser prism clients
	$(PYTEST) -m "not slow" -n $(WORKERS) --dist loadfile --no-loadscope-reorder

test-slow: .venv/installed-test browser postgres prism clients
	$(PYTEST) -m slow

# Measures and prints; asserts nothing about seconds.
bench: .venv/installed-test
	$(BIN)/python -m tests.bench.sandbox
	$(BIN)/python -m tests.bench.extraction $(if $(BENCH_ROWS),--rows $(BENCH_ROWS))
	$(BIN)/python -m tests.bench.dbt_models $(if $(BENCH_ROWS),--rows $(BENCH_ROWS))

check: lint types imports

lint: .venv/installed-test
	$(BIN)/python -m ruff check $(SOURCES)
	$(BIN)/python -m ruff format --check $(SOURCES)

types: .venv/installed-test
	$(BIN)/python -m mypy

imports: .venv/installed-test
	$(BIN)/lint-imports --cache-dir .cache/imports

browser:
	@.ci/browser

# The second engine the marts are built on; without it its tests are skipped and say so.
postgres:
	@.ci/postgres

# An independent server of Moneybird's own contract; without npm its tests are skipped and say so.
prism:
	@test -x .cache/prism/node_modules/.bin/prism || ! command -v npm >/dev/null || \
		npm install --prefix .cache/prism --no-audit --no-fund --silent $(PRISM) || echo "Prism could not be installed."

# Published clients of the API in an environment of their own; without the index their tests are skipped and say so.
clients: .venv/uv
	@test .cache/clients/installed -nt tests/outside/clients/requirements.txt || { \
		rm -rf .cache/clients && $(BIN)/uv venv --quiet --no-project --python $(BIN)/python .cache/clients && \
		$(BIN)/uv pip install --quiet --python .cache/clients/bin/python -r tests/outside/clients/requirements.txt && \
		touch .cache/clients/installed; } || echo "The published clients could not be installed."

clean:
	rm -rf .venv .cache build *.egg-info

# A half-made environment is removed: the next make starts over instead of failing on it.
.venv/uv: constraints.txt
	@test -n "$(PYTHON)" || { echo "Dovecote needs Python 3.11, 3.12 or 3.13; none is on the PATH." \
		"Install one (Debian: apt-get install python3 python3-venv) or name it: make demo PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Installing into .venv …"
	@$(BIN)/python -c "" 2>/dev/null || "$(PYTHON)" -m venv --clear .venv || { rm -rf .venv; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt uv
	@touch $@

.venv/installed: .venv/uv pyproject.toml constraints.txt
	@$(INSTALL) --editable .
	@touch $@

.venv/installed-test: .venv/uv pyproject.toml constraints.txt
	@$(INSTALL) --editable ".[test]"
	@touch .venv/installed $@
