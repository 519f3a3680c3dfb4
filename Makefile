# The two commands of a fresh machine are `make run` and `make test`. Prerequisite: Python >= 3.11 with venv and pip.

PYTHON ?= python3
VENV_PYTHON := .venv/bin/python
# Processes that `make test` runs the suite in: as many as there are cores, at most 6. PROCESSES=0 for none beside pytest.
PROCESSES ?= logical

.PHONY: help setup setup-dev run test bench lint format lock clean

help:
	@echo "make run     start the portal on http://127.0.0.1:8000 (PORT=8001 make run for another port)"
	@echo "make test    run the test suite on all cores (ARGS='-k report' for a part of it, PROCESSES=0 ARGS=--pdb to step in)"
	@echo "make bench   measure uploads, exports and metrics (BENCH='uploads exports' SIZES=10000 RUNS=5 for a part of it)"
	@echo "make setup   only set up: .venv and the front-end files"
	@echo "make lint    check style;  make format: put it right"
	@echo "make lock    write the hashed requirements and package-lock.json anew"
	@echo "make clean   remove what set-up and caches made; data in var/ stay"

setup:
	@$(PYTHON) eldercare/bootstrap.py

setup-dev:
	@$(PYTHON) eldercare/bootstrap.py --dev

run: setup
	@ELDERCARE_STOP_WITH_PARENT=1 exec $(VENV_PYTHON) manage.py portal

test:
	@$(PYTHON) eldercare/bootstrap.py --dev --browser
	@exec $(VENV_PYTHON) -m pytest --numprocesses=$(PROCESSES) --maxprocesses=6 $(ARGS)

# Medians and ratios as tables; nothing is asserted. JSON=figures.json keeps them.
bench: setup-dev
	@exec $(VENV_PYTHON) -m tests.bench $(if $(BENCH),--cases $(BENCH)) $(if $(SIZES),--sizes $(SIZES)) \
		$(if $(RUNS),--runs $(RUNS)) $(if $(JSON),--json $(JSON))

lint: setup-dev
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .

format: setup-dev
	$(VENV_PYTHON) -m ruff check --fix .
	$(VENV_PYTHON) -m ruff format .

UV_COMPILE = $(VENV_PYTHON) -m uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header \
	--python-version 3.11 --universal $(LOCK_ARGS) pyproject.toml

# LOCK_ARGS=--upgrade takes the newest releases that pyproject.toml allows.
lock:
	@test -x $(VENV_PYTHON) || $(PYTHON) eldercare/bootstrap.py --dev --no-assets
	$(UV_COMPILE) --output-file requirements.txt
	$(UV_COMPILE) --group dev --constraint requirements.txt --output-file requirements-dev.txt
	PATH="$(CURDIR)/.venv/bin:$$PATH" npm install --package-lock-only --ignore-scripts

clean:
	rm -rf .venv var/assets var/assets.draft var/assets.installed var/npm var/static var/log .pytest_cache .ruff_cache .hypothesis
	find . -path ./var -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
