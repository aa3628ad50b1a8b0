# Set-up, checks and tests. `make` alone lists what there is; the stamps in .venv make every second time quick.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.SILENT:
.NOTPARALLEL:
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8000
ARGS ?=

# What WeasyPrint draws with; without libharfbuzz-subset0 it is many times slower and only warns.
PACKAGES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk
VENV := .venv/bin/python
PIP_INSTALL := $(VENV) -m pip install --quiet --disable-pip-version-check --no-input --require-hashes

# $(call install,names): installs the Debian packages that are missing, or says how to and stops.
define install
if command -v apt-get >/dev/null; then
	missing=()
	for package in $(1); do
		status=$$(dpkg-query --show --showformat '$${db:Status-Status}' "$$package" 2>/dev/null || true)
		[[ $$status == installed* ]] || missing+=("$$package")
	done
	if (( $${#missing[@]} )); then
		install=(apt-get install --yes --no-install-recommends "$${missing[@]}")
		if (( EUID == 0 )); then as_root=(env)
		elif sudo --non-interactive true 2>/dev/null; then as_root=(sudo env)
		else
			echo "System packages are missing, and this account may not install them. Run this, then try again:" >&2
			echo "  sudo apt-get update && sudo $${install[*]}" >&2
			exit 1
		fi
		echo "Installing system packages: $${missing[*]}"
		"$${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get update --quiet=2
		"$${as_root[@]}" DEBIAN_FRONTEND=noninteractive "$${install[@]}" --quiet=2 --option Dpkg::Use-Pty=0 >/dev/null
	fi
else
	echo "No apt on this system. Needed, from its own package manager, under Debian's names: $(1)" >&2
fi
endef

# Migrations, the shipped templates and the demo; each does nothing where it was done before.
define prepare
$(VENV) manage.py migrate --verbosity 0
$(VENV) manage.py load_templates
$(VENV) manage.py demo
endef

# $(call serve,command): runs the server and a worker beside it until Ctrl+C, until the terminal is closed, or until one
# of them ends, which is told.
define serve
$(VENV) manage.py run_worker --no-startup-delay & worker=$$!
$(1) & server=$$!
end() {
	trap - EXIT INT TERM HUP
	kill -TERM $$server $$worker 2>/dev/null || true
	wait $$server $$worker || true
}
trap end EXIT
trap 'exit 0' INT TERM HUP
ended=0
status=0
wait -n -p ended $$server $$worker || status=$$?
if (( ended == worker )); then echo "The worker for background tasks has ended with status $$status; the site is stopped too." >&2
else echo "The server has ended with status $$status." >&2; fi
exit 1
endef

.PHONY: help
help: ## list the targets
	echo "make TARGET [PORT=8000] [PYTHON=python3] [ARGS='what pytest should also get']"
	sed -n 's/^\([a-z]*\):.* ## /\1	/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r target text; do printf '  %-14s%s\n' "$$target" "$$text"; done

.PHONY: run
run: free-port packages .venv/installed .make/secret-key staticfiles/staticfiles.json ## install all, load the demo, serve it with a worker on http://127.0.0.1:8000
	export DEBUG=false HTTPS=false SECRET_KEY="$${SECRET_KEY:-$$(<.make/secret-key)}"
	$(prepare)
	echo "http://127.0.0.1:$(PORT) — Ctrl+C stops it"
	$(call serve,$(VENV) -m gunicorn perfgoals.wsgi --bind 127.0.0.1:$(PORT) --worker-class gthread --workers 2 --threads 4 --log-level warning --no-control-socket)

.PHONY: dev
dev: free-port packages .venv/installed ## the same with Django's own server, which reloads what changes
	export DEBUG=true
	$(prepare)
	$(call serve,$(VENV) manage.py runserver 127.0.0.1:$(PORT))

.PHONY: test
test: packages .venv/installed-dev chromium libreoffice ## install all, run all tests, those with a database on PostgreSQL and on SQLite
	mkdir -p .make
	failed=0
	# Browsers wait more than they work: three at a time keep two cores busy.
	on() {
		echo "── Tests on $$1"
		"$${@:2}" -n 3 --dist worksteal $(ARGS) 2>&1 | tee ".make/tests-on-$$1.log" || failed=1
	}
	on PostgreSQL $(VENV) -m tests.postgres $(VENV) -m pytest
	# Nothing new comes from those that touch no database.
	on SQLite env --unset=DATABASE_URL $(VENV) -m pytest --with-database-only
	echo "── Summary"
	for database in PostgreSQL SQLite; do printf '%-12s%s\n' "$$database" "$$(tail -n 1 ".make/tests-on-$$database.log")"; done
	exit $$failed

.PHONY: check
check: packages .venv/installed-dev ## lint, formatting, types, templates, migrations, production settings
	export DEBUG=true DATABASE_URL=sqlite://:memory:
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(VENV) -m mypy
	$(VENV) -m djlint --lint --check .
	$(VENV) manage.py makemigrations --check --dry-run
	key=$$($(VENV) -c 'import secrets; print(secrets.token_urlsafe(64))')
	DEBUG=false HTTPS=true SECRET_KEY="$$key" $(VENV) manage.py check --deploy --fail-level WARNING

.PHONY: format
format: .venv/installed-dev ## write code and templates as `make check` wants them
	$(VENV) -m ruff check --fix .
	$(VENV) -m ruff format .
	$(VENV) -m djlint --quiet --reformat .

.PHONY: bench
bench: packages .venv/installed-dev ## measure the form and the exports and, with 50,000 declarations, queue and dashboard
	export DJANGO_SETTINGS_MODULE=tests.settings
	$(VENV) -m tests.bench form
	$(VENV) -m tests.postgres $(VENV) -m tests.bench bureau
	$(VENV) -m tests.postgres $(VENV) -m tests.bench bundle

.PHONY: screenshots
screenshots: packages .venv/installed-dev chromium ## take the pictures of README and handbooks anew
	$(VENV) -m tests.screenshots

.PHONY: requirements
requirements: .venv/bin/pip ## pin requirements*.in anew, with hashes
	$(VENV) -m pip install --quiet --disable-pip-version-check uv
	for name in requirements requirements-dev; do
		$(VENV) -m uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
			--no-header --no-annotate --output-file "$$name.txt" "$$name.in"
	done

.PHONY: clean
clean: ## remove what these targets made, except .venv and the database
	rm -rf .make .mypy_cache .pytest_cache .ruff_cache .hypothesis staticfiles test-results test.sqlite3*

.PHONY: packages
packages:
	$(call install,$(PACKAGES))

.PHONY: chromium
chromium: .venv/installed-dev
	# Playwright's own Node needs libatomic1.
	$(call install,libatomic1)
	if [[ -n "$${CHROMIUM:-}" ]]; then
		command -v "$$CHROMIUM" >/dev/null || { echo "CHROMIUM names $$CHROMIUM, which is no program." >&2; exit 1; }
	elif grep --quiet '^ID=ubuntu' /etc/os-release 2>/dev/null; then
		# Ubuntu's own package is a snap, which neither root nor a container can start.
		$(VENV) -m playwright install --with-deps chromium
	else
		$(call install,chromium)
	fi

.PHONY: libreoffice
libreoffice:
	# The tests look at our workbooks as it draws them.
	$(call install,libreoffice-calc-nogui)

.PHONY: free-port
free-port:
	if (: </dev/tcp/127.0.0.1/$(PORT)) 2>/dev/null; then
		echo "Port $(PORT) is taken. Stop what listens there, or choose another: make $(MAKECMDGOALS) PORT=8001" >&2
		exit 1
	fi

.venv/bin/pip:
	if ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
		echo "Python 3.11 or newer is needed; $(PYTHON) is not. Name one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2
		exit 1
	fi
	# Debian keeps the part of Python that makes environments in a package of its own.
	if ! $(PYTHON) -c 'import ensurepip' 2>/dev/null; then
		$(call install,$$($(PYTHON) -c 'import sys; print(f"python3.{sys.version_info.minor}-venv")'))
	fi
	$(PYTHON) -m venv .venv

.venv/installed: requirements.txt | .venv/bin/pip
	echo "Installing Python packages"
	$(PIP_INSTALL) --requirement requirements.txt
	touch $@

.venv/installed-dev: requirements-dev.txt | .venv/bin/pip
	echo "Installing Python packages, those for tests and checks too"
	$(PIP_INSTALL) --requirement requirements-dev.txt
	touch $@

staticfiles/staticfiles.json: .venv/installed $(shell find static)
	# The key signs nothing here; without one the settings refuse.
	DEBUG=false SECRET_KEY=none $(VENV) manage.py collectstatic --clear --no-input --verbosity 0

.make/secret-key: | .venv/bin/pip
	mkdir -p .make
	umask 077
	$(VENV) -c 'import secrets; print(secrets.token_urlsafe(64))' >$@
