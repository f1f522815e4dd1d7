# gridwatch: `make demo` shows it, `make test` proves it.
.DEFAULT_GOAL := help
.PHONY: help demo test check run bench lock clean

VENV := .venv
BIN := $(VENV)/bin
CONFIG ?= config/gridwatch.yaml
UV_VERSION := 0.13.9
COMPILE := pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

help: ## say what can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/.run ## the main job on bundled material: no camera, no broker, no configuration
	$(BIN)/gridwatch demo

test: $(VENV)/.dev ## everything, with real servers where they can be installed
	@scripts/apt-install.sh scripts/apt-test.txt
	$(BIN)/python -m pytest

check: $(VENV)/.dev ## format, lint, types, layers, tests
	@scripts/apt-install.sh scripts/apt-test.txt
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

run: $(VENV)/.run ## the service; CONFIG=file
	$(BIN)/gridwatch run --config $(CONFIG)

bench: $(VENV)/.run ## this machine's figures, each beside its limit
	$(BIN)/gridwatch bench

lock: ## write the lock files anew from pyproject.toml
	python3 -m venv $(VENV)/lock
	$(VENV)/lock/bin/pip install --quiet uv==$(UV_VERSION)
	$(VENV)/lock/bin/uv $(COMPILE) pyproject.toml -o requirements.lock
	$(VENV)/lock/bin/uv $(COMPILE) --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## remove what was made
	rm -rf $(VENV) out build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(BIN)/python:
	@scripts/apt-install.sh scripts/apt-run.txt
	@python=$$(scripts/find-python.sh) && "$$python" -m venv $(VENV)

$(VENV)/.run: $(BIN)/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@
