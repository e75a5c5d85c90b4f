# Fed by Tweets. `make help` says what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test check format docs linters soak bench e2e lock clean deploy image

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LINTERS := build/linters
BENCHED := build/benched
OTHERS := build/others
export DO_NOT_TRACK := 1

help: ## What there is
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

run: $(VENV)/.runtime ## Set up, and run the pipeline once on a lake in ./lake, with invented posts
	$(BIN)/fedbytweets run --simulate
	$(BIN)/fedbytweets status

# Tests start dozens of processes: each would compile anew what Python may not keep.
test: $(VENV)/.dev ## Set up, and run the tests
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest $(TESTS)

check: $(VENV)/.dev ## Format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev ## Put the code in shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

soak: $(VENV)/.dev ## The long tests: hundreds of kills, faults and schedules
	$(BIN)/pytest -m soak -n 0 --timeout 3600
	FEDBYTWEETS_FAULT_SCHEDULES=1000 $(BIN)/pytest -n 0 --timeout 3600 tests/x_api/test_collecting_*.py

docs: $(VENV)/.runtime ## Write the reference pages from the code
	$(BIN)/python docs/generate.py

linters: $(LINTERS)/.infra ## Set up what reads Terraform, workflows and the Dockerfile, in an environment of its own

lock: $(VENV)/.setup ## Resolve the dependencies anew
	for name in setup runtime dev infra bench; do \
	  $(BIN)/uv pip compile requirements/$$name.in --upgrade --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header --no-annotate --quiet --output-file requirements/$$name.lock; \
	done

clean: ## Remove what `make` made, but for the lake
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info

$(LINTERS)/.infra: $(VENV)/.setup requirements/infra.lock
	test -x $(LINTERS)/bin/python || $(PYTHON) -m venv $(LINTERS)
	$(BIN)/uv pip install --quiet --python $(LINTERS)/bin/python --require-hashes -r requirements/infra.lock
	@touch $@

# The environment, in layers: each is made once and again when its lock changes. What a run needs is not compiled ahead:
# a first run imports a third of it, and compiles that for less; unless Python may keep nothing of what it compiles.
$(VENV)/.setup: requirements/setup.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed, and $(PYTHON) is $$($(PYTHON) --version 2>&1): set PYTHON=python3.12, say."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/setup.lock
	@touch $@

$(VENV)/.runtime: $(VENV)/.setup requirements/runtime.lock pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python $(if $(PYTHONDONTWRITEBYTECODE),--compile-bytecode) \
	  --require-hashes -r requirements/runtime.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements/dev.lock
	@touch $@

# The AWS side (docs/aws.md): POOL=push is Prefect Cloud's way, POOL=hybrid that of a worker of your own.
ENV ?= staging
POOL ?= push
IMAGE ?=
ALERT ?=
DEPLOYMENTS := $(BIN)/python -m deployments

deploy: $(VENV)/.runtime ## Check and deploy to ENV=staging|production; POOL=push|hybrid IMAGE=tag ALERT=type/name
	$(DEPLOYMENTS) deploy $(ENV) --pool $(POOL) --image "$(IMAGE)" --alert "$(ALERT)"

image: $(VENV)/.runtime ## Build the image and push it to the repository of ENV
	$(DEPLOYMENTS) image $(ENV)

e2e: $(VENV)/.dev ## The whole way on this machine: Terraform, deploys, runs, kills, alerts, on a stand-in of AWS
	$(BIN)/pytest -m e2e -n 0 --timeout 900 tests/e2e tests/deployments

# What is measured has what a run has and no more; what it is measured beside needs more, which would slow it.
$(BENCHED)/.made: $(VENV)/.setup requirements/runtime.lock pyproject.toml
	test -x $(BENCHED)/bin/python || $(PYTHON) -m venv $(BENCHED)
	$(BIN)/uv pip install --quiet --python $(BENCHED)/bin/python --compile-bytecode --require-hashes \
	  -r requirements/setup.lock -r requirements/runtime.lock
	$(BIN)/uv pip install --quiet --python $(BENCHED)/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

$(OTHERS)/.made: $(VENV)/.setup requirements/bench.lock
	test -x $(OTHERS)/bin/python || $(PYTHON) -m venv $(OTHERS)
	$(BIN)/uv pip install --quiet --python $(OTHERS)/bin/python --compile-bytecode --require-hashes -r requirements/bench.lock
	@touch $@

BENCH ?=
bench: $(BENCHED)/.made $(OTHERS)/.made ## Measure beside other ways and the floor (docs/speed.md); BENCH="--sizes 600000 --history 0"
	PYTHONDONTWRITEBYTECODE= $(BENCHED)/bin/python -m benchmarks $(BENCH)
