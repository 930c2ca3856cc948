# `make` lists what there is. Everything needs only Python 3.11, make and a package registry.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# The tests of the whole running system. They wait for most of their time, so two systems run side by
# side, but for those tests that measure seconds.
WHOLE := tests/integration
GROUPS := booking eligibility notify reporting gateway patroni dev
# What came of each test and of which code, for 動作試験報告書.
RESULTS = --junitxml=var/results/$(1).xml -o junit_suite_name="$$(git describe --always --dirty --exclude '*' 2>/dev/null || echo unknown)"
# Side by side, the longest first.
CHECKS := check-types check-house check-style
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --universal --no-header \
	--no-emit-index-url --python-version 3.11

.DEFAULT_GOAL := help
.PHONY: help dev test check audit-verify soak engines bench bills advisories dashboards fmt docs messages screens manual papers images lock restore-drill compose-smoke k8s-smoke clean venv $(CHECKS)

help: ## list the targets
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

dev: $(READY) ## start everything on this machine; Ctrl-C stops it
	@exec $(BIN)/python -m dev up

test: $(READY) ## the tests, on real PostgreSQL, RabbitMQ and SMTP (ARGS="…" goes to pytest)
	@$(BIN)/python -m dev.machine rabbitmq browser engines programs
ifdef ARGS
	$(BIN)/pytest -rs $(ARGS)
else
	$(BIN)/pytest -rs -n 3 --dist loadfile --no-loadscope-reorder --ignore=$(WHOLE) $(call RESULTS,parts)
	$(BIN)/pytest -rs -n 3 --dist loadfile $(WHOLE) -m "not soak and not alone" $(call RESULTS,whole)
	$(BIN)/pytest -rs $(WHOLE) -m "not soak and alone" $(call RESULTS,alone)
endif

audit-verify: $(READY) ## check the chain of the operation log that DATABASE_URL and LOG_KEY name
	@$(BIN)/python -m services.gateway.lgwan verify-log $(ARGS)

soak: $(READY) ## the long counts, storms and whole matrices; writes docs/evidence
	@$(BIN)/python -m dev.machine rabbitmq
	$(BIN)/pytest -m soak --timeout=3600 --evidence docs/evidence $(ARGS)

engines: $(READY) ## every page in every state in Chromium, Firefox and WebKit; pictures in var/engines
	@$(BIN)/python -m dev.machine rabbitmq browser engines
	$(BIN)/pytest tests/engines -m "soak or not soak" $(ARGS)
	$(BIN)/python -m tests.engines.sheet

check: $(READY) ## ruff, mypy, import-linter, hadolint, templates, migrations, manifests, alerts; names old evidence
	@$(BIN)/python -m dev.machine programs
	@$(MAKE) --no-print-directory --jobs --output-sync=target $(CHECKS)

check-types:
	$(BIN)/mypy --num-workers 2 .

check-style:
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile deploy/*/Dockerfile

check-house:
	$(BIN)/python -m dev.check templates migrations manifests alerts evidence

bench: $(READY) ## measure; prints one table
	@$(BIN)/python -m dev.machine rabbitmq
	$(BIN)/python -m bench

dashboards: $(READY) ## make deploy/prometheus/dashboards and the console page anew
	$(BIN)/python -m dev.dashboards

bills: $(READY) ## a bill of materials per image (CycloneDX) in var/bills
	$(BIN)/python -m dev.advisories bills var/bills

advisories: $(READY) ## compare the images with an export of OSV (DB=all.zip); the day's sheet in var
	$(BIN)/python -m dev.advisories check $(or $(DB),$(error DB=all.zip names the database)) var/advisories.md

fmt: $(READY) ## format, and fix what ruff can fix
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

docs: $(READY) ## renew the pages of docs/ that are made from the code
	$(BIN)/python -m dev.docs

messages: $(READY) ## bring new texts of pages and code into the catalogs; then translate them
	$(BIN)/python -m dev.messages -v

screens: $(READY) ## take the pictures of docs/screens anew
	$(BIN)/python -m dev.screens

manual: $(READY) ## the operating manual for staff as var/manual/manual.pdf
	$(BIN)/python -m dev.manual

papers: $(READY) ## 要件定義書 and 動作試験報告書 (of the last `make test`) as PDF in var/papers
	$(BIN)/python -m dev.papers

images: $(READY) ## look up the digests of the base images for a release (needs Docker and a registry)
	$(BIN)/python -m dev.images pin

lock: $(READY) ## renew requirements/*.txt from pyproject.toml
	@for group in $(GROUPS); do \
		echo "$$group"; $(LOCK) --group $$group -o requirements/$$group.txt || exit 1; \
	done

restore-drill: $(READY) ## restore backup and journal into an empty place, compare, sign the result
	@$(BIN)/python -m dev.restore_drill

compose-smoke: $(READY) ## build the images, start docker-compose.yml, book through both doors, stop
	$(BIN)/python -m dev.compose_smoke

k8s-smoke: $(READY) ## a whole city on the cluster of KUBECONFIG, and what happens to it; writes docs/evidence
	$(BIN)/python -m dev.cluster

clean: ## delete what make made, the development data included
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

venv: $(READY)

# Only when a lock changes. The stamp is written last, so an interrupted installation is repeated.
$(READY): requirements/dev.txt
	@echo "Installing Python packages into $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed.")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
		{ echo "Python cannot make a virtual environment (Debian: apt-get install python3-venv)."; exit 1; }
	$(BIN)/python -m pip install --disable-pip-version-check --no-input --require-hashes \
		--progress-bar on -r requirements/dev.txt
	@touch $@
