# The front door. Everything runs inside .venv/, made here from pinned wheels whose hashes are checked.
# Needs Python >= 3.11 with venv, and make; nothing else has to be installed, exported or activated.

PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
PIP    := $(PY) -m pip --disable-pip-version-check --no-input
WHEELS := $(PIP) install --quiet --only-binary :all: --require-hashes -r
OURS   := $(PIP) install --quiet --no-deps --no-build-isolation -e .

# Groups of figures or runs, e.g. make bench ONLY='signatures container', make faults ONLY=sqlite
ONLY ?=

# A revision of git to compare with: make shape AGAINST=HEAD~1
AGAINST ?=

# make demo KEEP=1 leaves the exchange, its console and the parties running at the end, until Ctrl-C
KEEP ?=

# Extra words for pytest, e.g. make test PYTEST_FLAGS='-k receipt'
PYTEST_FLAGS ?=

RULES := --universal --python-version 3.11 --generate-hashes --only-binary :all: --no-emit-index-url \
         --quiet --custom-compile-command 'make lock'

# Where each suite leaves how long its tests took; .ci/run prints it
TIMES := test-out/times

# Bytecode is kept, whatever the shell says: nodes, parties and migrations start hundreds of times in a run of the tests
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo test check bench faults mutants shape docs screens lock clean xmlsec1 softhsm2 openssl maven \
	default-jdk-headless chromium pngquant clients php-cli php-xml php-soap golang-go nodejs
.NOTPARALLEL:

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.run ## Play one appeal from citizen to court through separate processes (under a minute); KEEP=1: look at it after
	@$(VENV)/bin/dalel demo $(if $(KEEP),--keep)

test: $(VENV)/.test xmlsec1 softhsm2 openssl maven default-jdk-headless chromium clients ## Do all the set-up and run all tests, the fast ones first
	@rm -rf $(TIMES)
	$(call suite,tests/unit,-n 2)
	$(call suite,tests/conformance,-n 2)
	$(call suite,tests/integration,-n 2)
	$(call suite,tests/faults tests/docs tests/e2e,-n 2 --dist loadfile)
	@echo; echo "All suites passed."

check: $(VENV)/.test ## Format, lint, types, import rules, generated pages
	@echo "format   every file is as the formatter writes it"
	@$(PY) -m ruff format --check --quiet .
	@echo "lint     no rule of ruff is broken"
	@$(PY) -m ruff check --quiet .
	@echo "types    mypy in strict mode"
	@$(PY) -m mypy --no-error-summary
	@echo "imports  arrows point one way: gateway, connectors, dossier, signing, contracts"
	@$(VENV)/bin/lint-imports --no-logo >$(VENV)/imports.txt 2>&1 || { cat $(VENV)/imports.txt; exit 1; }
	@echo "words    no former name is left in identifiers, SQL, settings, commands or catalogues"
	@$(PY) -m tools.old_words >$(VENV)/words.txt || { cat $(VENV)/words.txt; exit 1; }
	@echo "docs     generated pages are what the generator prints"
	@$(PY) docs/generate.py --check
	@$(PY) -m tools.architecture --check

bench: $(VENV)/.test openssl ## Measure signatures, sealing, dossiers and the data path against yardsticks of the same run
	@$(PY) -m tests.bench.run $(addprefix --only ,$(ONLY))

faults: $(VENV)/.test ## Kill nodes, databases and both at every moment, and count what is lost: nothing (under half an hour)
	@$(PY) -m tests.faults.run $(addprefix --only ,$(ONLY))

mutants: $(VENV)/.test ## Change the terms module in every small way and count what its tests notice: 90 % or more
	@$(PY) -m tests.mutants

shape: $(VENV)/.test ## Print the sizes of the tree and how many files a change touches; AGAINST=REV: beside those of a revision
	@$(PY) -m tools.shape $(addprefix --against ,$(AGAINST))

docs: $(VENV)/.test ## Write the generated pages again, and the drawn parts of docs/architecture.md
	@$(PY) docs/generate.py
	@$(PY) -m tools.architecture --write

screens: $(VENV)/.test chromium pngquant ## Take pictures of every page of the console into docs/screens/
	@$(PY) -m tests.screens
	@command -v pngquant >/dev/null && pngquant --force --skip-if-larger --ext .png --quality 60-95 docs/screens/*.png || true

lock: $(VENV)/.uv ## Pin every wheel with its hash again, from the ranges in pyproject.toml
	@$(VENV)/uv/bin/uv pip compile $(RULES) -o requirements/run.txt pyproject.toml --group build
	@$(VENV)/uv/bin/uv pip compile $(RULES) -o requirements/test.txt -c requirements/run.txt pyproject.toml \
		--group build --group test --group check
	@$(VENV)/uv/bin/uv pip compile $(RULES) -o requirements/generator.txt --group generator
	@git --no-pager diff --stat -- requirements || true

clean: ## Remove everything that these targets made
	rm -rf $(VENV) *.egg-info build demo-out bench-out test-out mutants \
		.pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up -----------------------------------------------------------------------------------------------------------
# A stamp is younger than the lock it was installed from, so nothing is installed twice.

$(VENV)/.run: requirements/run.txt pyproject.toml | $(PY)
	@echo "Installing the pinned wheels into $(VENV)/ …"
	@$(WHEELS) requirements/run.txt
	@$(OURS)
	@touch $@

$(VENV)/.test: requirements/test.txt pyproject.toml | $(PY) $(VENV)/.generator
	@echo "Installing the pinned wheels, those of the tests too, into $(VENV)/ …"
	@$(WHEELS) requirements/test.txt
	@$(OURS)
	@touch $@ $(VENV)/.run

# Makes clients from the API's description; in an environment of its own, since its typer is older than ours.
$(VENV)/.generator: requirements/generator.txt | $(PY)
	@$(PYTHON) -m venv --clear $(VENV)/generator
	@$(VENV)/generator/bin/python -m pip --disable-pip-version-check --no-input install --quiet \
		--only-binary :all: --require-hashes -r requirements/generator.txt
	@touch $@

$(VENV)/.uv: | $(PY)
	@$(PYTHON) -m venv $(VENV)/uv
	@$(VENV)/uv/bin/python -m pip --disable-pip-version-check install --quiet --only-binary :all: 'uv==0.13.9'
	@touch $@

$(PY):
	@command -v $(PYTHON) >/dev/null || \
		{ echo "There is no '$(PYTHON)' here. Install Python 3.11 or later, or name yours: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Name a newer one: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "'$(PYTHON)' comes without venv. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)

# Independent judges of our signatures and time stamps (openssl is the yardstick of make bench, too), a token in software,
# and a browser. By Maven and Java comes veraPDF, the judge of PDF/A. Tests that need one fail with a clear word when it is
# absent. What the sample clients of docs/clients are written in comes last.
xmlsec1:  PROGRAM := xmlsec1
maven:    PROGRAM := mvn
default-jdk-headless: PROGRAM := javac
openssl:  PROGRAM := openssl
softhsm2: PROGRAM := softhsm2-util
chromium: PROGRAM := chromium
php-cli:  PROGRAM := php
php-xml:  MODULE  := dom
php-soap: MODULE  := soap
golang-go: PROGRAM := go
nodejs:   PROGRAM := node
pngquant: PROGRAM := pngquant
xmlsec1 openssl softhsm2 maven default-jdk-headless chromium pngquant php-cli php-xml php-soap golang-go nodejs:
	@{ $(if $(MODULE),php -m 2>/dev/null | grep -qi "^$(MODULE)$$",command -v $(PROGRAM) >/dev/null); } && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Debian's $@ …"; \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get install -y -qq $@ >/dev/null 2>&1 \
			|| { apt-get update -qq && apt-get install -y -qq $@; } >/dev/null 2>&1 \
			|| echo "$@ could not be installed; the tests that need it will say so."; \
	else \
		echo "The program $(PROGRAM) is absent (Debian package $@); the tests that need it will say so."; \
	fi

clients: php-cli php-xml php-soap golang-go nodejs

# $(call suite,FOLDERS,FLAGS): run folders of tests; the first call that fails stops the run and is named. What mostly waits for
# processes runs together, the longest files first, so that one core need not wait for the other.
define suite
@echo; echo "== $(1)"; $(PY) -m pytest -q $(2) --junitxml="$(TIMES)/$(subst tests/,,$(1)).xml" $(PYTEST_FLAGS) $(1) || { echo "Stopped: $(1) failed."; exit 1; }
endef
