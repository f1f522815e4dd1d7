# gridwatch: `make demo` shows it, `make test` proves it.
.DEFAULT_GOAL := help
.PHONY: help demo test check chaos run bench lock clean

VENV := .venv
BIN := $(VENV)/bin
CONFIG ?= config/gridwatch.yaml
# Every file that pip takes from an index is one whose hash was written down here.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
# Three processes: what runs in real time, in two of them, mostly waits and leaves room for the rest.
# In the order of the folders: the stories, which take longest, first.
PYTEST := $(BIN)/python -m pytest --numprocesses 3 --no-loadscope-reorder
UV_VERSION := 0.13.9
COMPILE := $(VENV)/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --upgrade \
	--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

help: ## say what can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/.run ## the main job on bundled material: no camera, no broker, no configuration
	$(BIN)/gridwatch demo

test: $(VENV)/.dev ## everything, with real servers where they can be installed
	@scripts/apt-install.sh scripts/apt-test.txt
	$(PYTEST)

check: $(VENV)/.dev ## format, lint, types, layers, tests
	@scripts/apt-install.sh scripts/apt-test.txt
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) --ignore tests/repo/test_lint.py

chaos: $(VENV)/.dev ## experiments at full size: what a box holds; takes an hour or two
	@scripts/apt-install.sh scripts/apt-test.txt
	$(BIN)/python -m tests.chaos --json out/chaos.json

run: $(VENV)/.run ## the service; CONFIG=file
	$(BIN)/gridwatch run --config $(CONFIG)

bench: $(VENV)/.run ## this machine's figures, each beside its limit
	$(BIN)/gridwatch bench

lock: $(VENV)/.made ## choose the newest versions that pyproject.toml allows, and write the locks
	$(BIN)/python -m venv --clear $(VENV)/lock
	$(VENV)/lock/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(COMPILE) pyproject.toml -o requirements.lock
	$(BIN)/python scripts/build-requirements.py | \
		$(COMPILE) -c requirements.lock - -o requirements-build.lock
	$(COMPILE) --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## remove what was made
	rm -rf $(VENV) out build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# Stamps: an environment that was broken off is begun anew, and pip runs only when a lock changed.
$(VENV)/.made:
	@scripts/apt-install.sh scripts/apt-run.txt
	@python=$$(scripts/find-python.sh) && "$$python" -m venv --clear $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.made requirements-build.lock requirements.lock pyproject.toml
	@echo "installing into $(VENV): about 250 MB, once" >&2
	@$(INSTALL) -r requirements-build.lock -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --no-index --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	@$(INSTALL) -r requirements-dev.lock
	@touch $@
