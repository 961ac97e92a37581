# Everything a person or a machine does with this repository, one word each.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; exit; fi; \
	done; command -v python3)
BOOTSTRAP = $(if $(PYTHON),$(PYTHON),$(error Python 3.11 or newer is needed and no python3 was found)) \
	trialscreen/wiring/bootstrap.py

.PHONY: help setup environment
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

setup: ## Make the virtual environment .venv with everything in it, start nothing
	@$(BOOTSTRAP) tests
	@echo "The environment is ready: .venv/bin/python"

environment:
	@$(BOOTSTRAP) run

.PHONY: run clean-run
run: environment ## Run everything on this machine and print the address; Ctrl-C ends it
	@exec .venv/bin/python manage.py serve

clean-run: environment ## Forget the data of make run
	@exec .venv/bin/python manage.py serve --forget

# The stages of `make test`, in order; each is also a word of its own.
STAGES = lint layers types migrations generated browser tests
# The tests draw the same random cases each time, so that what failed fails again; `thorough` and `fuzz` draw new ones.
SEED ?= 1
NEW_SEED = $(if $(filter file,$(origin SEED)),$(shell date +%s),$(SEED))
RUN = .venv/bin/python -m

.PHONY: test $(STAGES) tools
test: tools ## Check everything, stop at the first stage that fails
	@for stage in $(STAGES); do \
		echo "==> $$stage"; \
		$(MAKE) --no-print-directory $$stage || { echo "==> make test stopped: '$$stage' failed"; exit 1; }; \
	done

tools:
	@$(BOOTSTRAP) tests

lint: tools ## Style of the code and the templates
	@$(RUN) ruff check --quiet .
	@$(RUN) ruff format --check --quiet . || { $(RUN) ruff format --check .; exit 1; }
	@$(RUN) djlint --lint --quiet templates

layers: tools ## Who may import whom
	@.venv/bin/lint-imports --no-cache

types: tools ## Types, strict where a wrong one is a wrong verdict
	@$(RUN) mypy

migrations: tools ## No model has changed without its migration
	@.venv/bin/python manage.py makemigrations --check --dry-run

generated: tools ## Generated documents are up to date
	@if .venv/bin/python manage.py help generate_docs >/dev/null 2>&1; then \
		.venv/bin/python manage.py generate_docs --check; \
	else echo "There are no generated documents yet"; fi
	@$(RUN) tests.traceability --check

browser: tools ## Have Debian's chromium for the journeys, where it may be installed
	@$(RUN) tests.journeys.chromium install

tests: tools ## Every test, on 2 processes; SEED=n draws other random cases
	@echo "Random cases of this run: SEED=$(SEED)"
	@$(RUN) pytest -n 2 --dist loadgroup --hypothesis-seed=$(SEED) $(ARGS)
	@$(RUN) tests.journeys.chromium note

.PHONY: thorough faults bench format lock
thorough: tools ## The tests, with many more random cases
	@HYPOTHESIS_PROFILE=thorough $(MAKE) --no-print-directory tests SEED=$(NEW_SEED)

faults: export RACES ?= 300
faults: export KILLS ?= 1000
faults: export TOLD ?= 3000
faults: export INTERRUPTIONS ?= 1000
faults: export TAMPERINGS ?= 1000
faults: export HISTORIES ?= 10000
faults: export TRANSACTIONS ?= 200
faults: export KILLED_WRITERS ?= 200
faults: export OPERATIONS ?= 5000
faults: export FAULTS ?= 17
faults: export UPGRADE_ROWS ?= 1000000
faults: tools ## Races, killed workers and lost messages in full number
	@$(RUN) pytest -s -q tests/faults tests/workflow/test_races.py tests/trail/test_tampering.py \
		tests/trail/test_replaying.py tests/trail/test_together.py tests/telling/test_mistreated.py $(ARGS)

.PHONY: fuzz
fuzz: export FUZZ_REQUESTS ?= 200000
fuzz: tools ## Every operation of the interface as everybody, with what its description allows and what not (SEED=n repeats)
	@SEED=$(NEW_SEED) $(RUN) pytest -s -q tests/fuzz $(ARGS)

.PHONY: guided
guided: export SECONDS_EACH ?= 600
guided: tools ## A fuzzer that follows branches, at what reads FHIR, HL7 v2 and CSV (SECONDS_EACH=600; Linux)
	@$(RUN) pip install --quiet --requirement tests/guided/requirements.txt
	@for target in fhir two-deliveries hl7v2 csv; do \
		echo "==> $$target"; \
		$(RUN) tests.guided $$target --seconds $$SECONDS_EACH || exit 1; \
	done

.PHONY: backup-drill sbom
backup-drill: export DRILLS ?= 3
backup-drill: tools ## Dump, crash, lose the disk, damage a backup: restored, compared, worked with, timed (DRILLS=20)
	@$(RUN) pytest -s -q tests/operations/test_drill.py $(ARGS)

sbom: tools ## The software bill of materials of requirements.txt, CycloneDX as JSON, in .run/
	@mkdir -p -m 700 .run && $(RUN) tests.hardening.sbom > .run/sbom.json && echo "Written to .run/sbom.json"

bench: tools ## Times beside their goals: an evaluation, a stored patient, a new result
	@$(RUN) tests.benchmarks
	@$(RUN) pytest -s -q tests/benchmarks/bench_stored.py tests/benchmarks/bench_new_result.py \
		tests/benchmarks/bench_worklist.py tests/benchmarks/bench_trail.py \
		tests/benchmarks/bench_export.py tests/benchmarks/bench_import.py tests/benchmarks/bench_fhir.py \
		tests/benchmarks/bench_webhooks.py

screenshots: tools ## Pictures of every page and state, in .run/screenshots (SCREENSHOTS=folder); PUBLISH=1 renews those of the docs
	@$(RUN) pytest -s -q tests/screenshots/take.py

format: tools ## Put the code in its form
	@$(RUN) ruff check --fix --quiet . ; $(RUN) ruff format .

lock: ## Pin and hash the requirements named in pyproject.toml (needs uv)
	@UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile pyproject.toml --quiet --universal \
		--generate-hashes --python-version 3.11 --no-emit-index-url --output-file requirements.txt
	@UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --group tests --quiet --universal \
		--generate-hashes --python-version 3.11 --no-emit-index-url --constraint requirements.txt \
		--output-file tests/requirements.txt
