"""An assignment packed for a service that grades: Gradescope, GitHub Actions."""

from __future__ import annotations

import re
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from shlex import quote

from grader.course import release
from grader.course.assignment import Assignment
from grader.course.release import Files
from grader.i18n import words

PACKAGE = Path(__file__).resolve().parents[1]

SETUP = """\
#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image.
set -euo pipefail
cd /autograder/source
apt-get update -qq
apt-get install -y -qq python3 python3-venv
apt-get install -y -qq dataset-fashion-mnist || true  # else a subset is used
python3 -m venv /autograder/venv
/autograder/venv/bin/pip install --quiet -c constraints.txt -r requirements.txt
export PYTHONPATH=/autograder/source
# What this machine gives. It must say that hidden checks can be run.
/autograder/venv/bin/python -m grader doctor
"""

RUN = """\
#!/usr/bin/env bash
# Gradescope runs this for each submission. Without results.json it tells the instructor that the
# autograder failed; the student loses nothing by it.
set -uo pipefail
root="${{AUTOGRADER_ROOT:-/autograder}}"
export PYTHONPATH="$root/source"
cd "$root"
exec "${{PYTHON:-$root/venv/bin/python}}" -m grader grade {name} "$root/submission" \\
    --lang {language} --course "$root/source" --format "gradescope=$root/results/results.json"
"""

WORKFLOW = """\
# Runs the public checks on every push. Red: something is missing or wrong; the log says what.
name: check
on: [push, pull_request]
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    env:
      PYTHONPATH: .github/grader
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
          cache: pip
          cache-dependency-path: {name}/requirements.txt
      - run: pip install -r {name}/requirements.txt
      - name: grader check
        run: |
          token=$(openssl rand -hex 16)
          echo "::stop-commands::$token"
          python -m grader check {name} --lang {language}
          code=$?
          echo "::$token::"
          exit $code
        shell: bash {{0}}
"""


def gradescope(assignment: Assignment) -> Files:
    """The autograder: the grader, the whole assignment, and the scripts that Gradescope runs."""
    folders = {
        "grader": PACKAGE,
        f"solutions/{assignment.name}": assignment.solution.parent,
        f"assignments/{assignment.name}": assignment.public,
        **{
            f"assignments/helpers/{helper}": assignment.public.parent / "helpers" / helper
            for helper in assignment.helpers
        },
    }
    files: Files = {}
    for prefix, folder in folders.items():
        files |= release.tree(folder, prefix)
    return {
        **files,
        "setup.sh": SETUP.encode(),
        "run_autograder": _filled(RUN, assignment),
        "requirements.txt": "\n".join([*_needed(), ""]).encode(),
        "constraints.txt": "\n".join([*_tested(), ""]).encode(),
    }


def github(assignment: Assignment) -> Files:
    """A repository for students: the release, the grader, and a workflow with the public checks."""
    return {
        **release.contents(assignment),
        **release.tree(PACKAGE, ".github/grader/grader"),
        ".github/workflows/check.yml": _filled(WORKFLOW, assignment),
    }


def _filled(script: str, assignment: Assignment) -> bytes:
    return script.format(name=quote(assignment.name), language=words.language()).encode()


def _needed() -> list[str]:
    return [line for line in requires("grader") or [] if "extra ==" not in line]


def _tested() -> list[str]:
    """The PyTorch that this machine grades with; a later one may round differently."""
    found = []
    for name in ("torch", "torchvision"):
        with suppress(PackageNotFoundError):  # grading does without torchvision
            found.append(f"{name}=={re.sub('[+].*', '', version(name))}")
    return found
