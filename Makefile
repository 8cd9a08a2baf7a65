# Needs only GNU make and Python 3.11 or newer with venv. Everything is installed into .venv; nothing outside this
# folder is touched, apart from the package caches of pip and uv. Stamp files in .venv make a second run quick.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PARITY := .venv-parity
LOCK_FLAGS ?= --upgrade
ARGS ?=
# Processes that share the tests; WORKERS=0 runs them in this one, as a debugger needs. More than two cores, as many
# tests wait for a service, a lock or a child process: two workers kept two cores busy for two thirds of the time.
WORKERS ?= 3
PYTEST := $(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=worksteal
# Where tests that need a server stand, so that the others are not collected for them (tests/test_repository.py).
SERVER_TESTS := tests/graph/stores tests/biorxivist/test_secrets.py tests/loop

# Where it is set, each of the hundreds of processes that the tests start would compile torch, SciPy and us anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help env demo loop test test-long test-neo4j test-parity test-ray record-parity lint docs bench neo4j lock check-install clean

help: ## list the targets
	@echo "usage: make TARGET [PYTHON=python3.12] [ARGS='...']"
	@echo
	@grep -E '^[a-z0-9-]+:.* ## ' Makefile | sed -e 's/:.* ## /\t/' | awk -F '\t' '{ printf "  %-14s %s\n", $$1, $$2 }'

env: $(VENV)/.installed ## create .venv with everything that the other targets need

demo: env ## claims, a small experiment, a verdict per claim, and a graph to ask (ARGS='--cells DIR')
	@$(BIN)/biorxivist demo $(ARGS)

loop: env ## walk from a search to Cypher as docs/README.md does (ARGS='--cells DIR --like STUDY')
	@$(BIN)/python -m tests.loop $(ARGS)

test: env ## run the tests (ARGS='tests/graph -k archive')
	@echo "==> tests"
	@$(PYTEST) $(ARGS)

test-long: env ## run the tests that take minutes
	@echo "==> long tests"
	@$(BIN)/python -m pytest -m long $(ARGS)

# Each process starts a server of its own, which keeps a core busy while it starts. The tests of a file stay together,
# as loading a graph into a server takes longer than what most of them ask it.
test-neo4j: env ## run the tests that start a Neo4j server (needs mvn and java)
	@echo "==> tests with a Neo4j server"
	@$(PYTEST) --dist=loadfile --maxprocesses=2 -m "server and not long" $(or $(ARGS),$(SERVER_TESTS))

test-parity: $(PARITY)/.installed ## compare families and samplings with the published libraries, in .venv-parity
	@echo "==> tests against published libraries"
	@$(PARITY)/bin/python -m pytest -m parity tests/parity $(ARGS)

test-ray: env ## run the tests that start Ray, which this adds to .venv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --requirement requirements-ray.lock
	@echo "==> tests with Ray"
	@$(BIN)/python -m pytest -m long -s $(or $(ARGS),tests/scaling/study/test_ray.py)

record-parity: $(PARITY)/.installed ## write tests/scaling/recorded anew: what those libraries compute for small inputs
	@$(PARITY)/bin/python -W ignore -m tests.parity.record

lint: env ## check style, format, types and who imports whom
	@echo "==> ruff check"
	@$(BIN)/ruff check
	@echo "==> ruff format --check"
	@$(BIN)/ruff format --check
	@echo "==> mypy"
	@$(BIN)/mypy
	@echo "==> import contracts"
	@$(BIN)/lint-imports

docs: env ## write the generated pages and pictures of docs/ anew
	@$(BIN)/python docs/build.py $(ARGS)

bench: env ## run the benchmarks and print their ratios
	@for file in benchmarks/*.py; do echo "==> $$file"; $(BIN)/python $$file || exit 1; done

neo4j: env ## run a throw-away Neo4j server on this machine until Ctrl-C (ARGS='--port 7687 --release lts'; needs mvn)
	@$(BIN)/python -m tests.neo4j_server.server $(ARGS)

lock: $(VENV)/.uv ## renew the lock files (LOCK_FLAGS= keeps the pins that still fit)
	@echo "==> requirements.lock from pyproject.toml"
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra all --group dev --no-emit-index-url \
		--custom-compile-command "make lock" $(LOCK_FLAGS) --output-file requirements.lock pyproject.toml
	@echo "==> requirements-ray.lock, what machines of a cluster need, at the same versions"
	@$(BIN)/uv pip compile --quiet --no-annotate --universal --python-version 3.11 --extra scaling --extra ray \
		--constraint requirements.lock --no-emit-index-url --custom-compile-command "make lock" \
		$(LOCK_FLAGS) --output-file requirements-ray.lock pyproject.toml
	@echo "==> tests/parity/requirements.lock, at the same versions where both name a package"
	@$(BIN)/uv pip compile --quiet --no-annotate --universal --python-version 3.11 --extra scaling --group test \
		--group parity --constraint requirements.lock --no-emit-index-url --custom-compile-command "make lock" \
		$(LOCK_FLAGS) --output-file tests/parity/requirements.lock pyproject.toml

check-install: env ## let pip itself resolve every extra (ARGS=all), then install the core alone and run it
	@$(BIN)/python .ci/check_install.py $(ARGS)

clean: ## remove .venv, caches and what the demo wrote
	rm -rf $(VENV) $(PARITY) demo dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/.uv:
	@command -v $(PYTHON) >/dev/null || { \
		echo "There is no $(PYTHON) here. Install Python 3.11 or newer (Debian: apt-get install python3 python3-venv)," >&2; \
		echo "or name one: make PYTHON=/path/to/python3.12" >&2; exit 3; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$$($(PYTHON) --version) is too old: BioRxivist needs Python 3.11 or newer." >&2; \
		echo "Install one, then name it: make PYTHON=python3.12" >&2; exit 3; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$$($(PYTHON) --version) has no venv module. Debian and Ubuntu keep it apart:" >&2; \
		echo "  apt-get install python3-venv" >&2; exit 3; }
	@echo "==> $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock uv
	@touch $@

$(PARITY)/.installed: tests/parity/requirements.lock $(VENV)/.uv pyproject.toml
	@echo "==> $(PARITY): scvi-tools, transformers, geosketch, vendi-score"
	@$(PYTHON) -m venv $(PARITY)
	@$(BIN)/uv pip sync --quiet --python $(PARITY)/bin/python $<
	@$(BIN)/uv pip install --quiet --python $(PARITY)/bin/python --no-deps --editable .
	@touch $@

$(VENV)/.installed: $(VENV)/.uv requirements.lock pyproject.toml
	@if [ -f $@ ]; then echo "==> $(VENV) brought up to requirements.lock and pyproject.toml"; \
	else echo "==> the pinned packages of requirements.lock (about 3 GB if nothing is cached, mostly torch)"; fi
	@$(BIN)/uv pip sync --python $(BIN)/python requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@
