# Start in one command: `make run`. Test in one command: `make test`.
# AFTERSALE_DATA names the data folder and PORT the port; `only=PART` runs one part of bench or faults.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
LOCK := uv pip compile pyproject.toml --generate-hashes --no-emit-index-url --no-annotate --no-header \
	--python-version 3.11 --quiet

.PHONY: run test check bench faults screens pictures messages lock
.DELETE_ON_ERROR:

run: $(VENV)/run.stamp
	@exec $(MANAGE) up

test: $(VENV)/dev.stamp
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(only)

check: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djade --target-version 5.2 --check $$(git ls-files 'templates/*.html')
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) check --fail-level WARNING

bench: $(VENV)/dev.stamp
	@$(BIN)/python -m tests.bench $(only)

faults: $(VENV)/dev.stamp
	@$(BIN)/python -m tests.faults $(only)

# The screens that must shine, in all sizes and themes on one sheet; accept=1 keeps them as they are.
screens: $(VENV)/dev.stamp
	@$(BIN)/python -m tests.browser.screens $(if $(only),--only $(only)) $(if $(accept),--accept)

# The pictures of README and docs, taken anew.
pictures: $(VENV)/dev.stamp
	@$(BIN)/python -m tests.browser.pictures $(if $(only),--only $(only))

# What is said to people, taken out anew into the catalogues of config/locale, and these compiled; needs gettext.
messages: $(VENV)/dev.stamp
	@$(BIN)/python -m tests.catalogues

# What pyproject.toml asks for, resolved and hashed; needs uv.
lock:
	$(LOCK) --group dev -o requirements-dev.txt
	$(LOCK) -c requirements-dev.txt -o requirements.txt

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Aftersale needs Python 3.11 or newer; name one with: make $(MAKECMDGOALS) PYTHON=python3.11" >&2; exit 1; }
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python cannot make a virtual environment;" \
		"on Debian: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/run.stamp: requirements.txt $(VENV)/pyvenv.cfg
	@$(INSTALL)

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/pyvenv.cfg
	@$(INSTALL)

# Exactly what the lock file names, each file checked by its hash. The stamp is only set when all of it is there.
define INSTALL
started=$$(date +%s); echo "Installing the packages of $<"; rm -f $@; \
{ $(BIN)/python -m pip install --disable-pip-version-check --no-input --no-deps --require-hashes -r $< \
	&& touch $@; } | awk -v all=$$(grep -c '==' $<) -v tty=$$(test -t 1 && echo 1 || echo 0) \
	'/^(Collecting|Requirement already)/ { if (++n == all || tty || n % 25 == 0) \
	printf "%s  %d of %d packages%s", tty ? "\r" : "", n, all, tty ? "" : "\n"; fflush() } END { if (tty) print "" }'; \
test -e $@ && echo "Installed in $$(( $$(date +%s) - started )) s"
endef
