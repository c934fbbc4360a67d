# make run | test | check | bench | install | admin-password | clean
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --disable-pip-version-check
# pip's many lines as one that moves; its errors stay as they are.
ONE_LINE := awk '/^ *(Collecting|Installing)/ { printf "\r\033[K  %3d  %.70s", ++n, $$0; fflush() } END { printf "\r\033[K" }'
.DEFAULT_GOAL := run
.PHONY: run test check bench install install-dev admin-password clean

run: install
	@exec $(BIN)/python -m aqi_project.up

test: install-dev
	@$(BIN)/python -m tests.browser_needed
	@$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadgroup --no-loadscope-reorder $(ARGS)

check: install-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python manage.py check --fail-level WARNING
	@$(BIN)/python -m tests.with_mongod $(BIN)/python manage.py makemigrations --check --dry-run

bench: install-dev
	@$(BIN)/python -m benchmarks $(ONLY)

install: $(VENV)/installed
install-dev: $(VENV)/installed-dev

$(VENV)/installed: requirements.txt constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the project's packages into $(VENV) (about a minute the first time) …"
	@$(PIP) -r requirements.txt | $(ONE_LINE)
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	@echo "Installing the tools for tests and checks …"
	@$(PIP) -r requirements-dev.txt | $(ONE_LINE)
	@touch $@

admin-password: install
	@$(BIN)/python manage.py admin_password

clean:
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
