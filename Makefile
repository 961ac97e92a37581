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
