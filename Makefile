# Each target alone does all set-up that it needs, on a machine with Python 3.11+, git and make.
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
PYTEST := $(BIN)/python -m pytest --import-mode=importlib

.PHONY: demo test journeys integration check format bench docs lock clean

demo: .venv/.installed
	@$(BIN)/python tools/demo.py

test: .venv/.developer
	$(PYTEST) tests/unit -n auto

journeys: .venv/.developer
	$(PYTEST) tests/journeys

integration: .venv/.developer
	$(PYTEST) tests/integration

check: .venv/.developer
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.developer
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.developer
	$(BIN)/python -m benchmarks

docs: .venv/.developer
	$(BIN)/python tools/docs.py

lock: .venv/.installed
	$(BIN)/python tools/lock.py

clean:
	rm -rf .venv build .mypy_cache .ruff_cache .hypothesis

$(UV): requirements/bootstrap.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --require-hashes -r requirements/bootstrap.txt
	@touch $(UV)

.venv/.installed: $(UV) requirements/core.txt pyproject.toml
	$(UV) pip install -q -p $(BIN)/python --require-hashes -r requirements/core.txt
	$(UV) pip install -q -p $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

.venv/.developer: .venv/.installed requirements/dev.txt
	$(UV) pip install -q -p $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@
