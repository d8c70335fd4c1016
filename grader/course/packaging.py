"""An assignment packed for a service that grades: Gradescope, GitHub Actions."""

from __future__ import annotations

import re
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from shlex import quote

from grader.course import release
from grader.course.assignment import Assignment
from grader.course.datasets import known
from grader.course.files import Files, tree
from grader.course.wheel import DISTRIBUTION, needs
from grader.errors import UsageError
from grader.i18n import words
from grader.sandbox.inside import frameworks

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
install() {{ /autograder/venv/bin/pip install --quiet -c constraints.txt "$@"; }}
{torch}install -r requirements.txt
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
on: push
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
          cache: pip
          cache-dependency-path: {wheel}
      - name: the grader
        run: |
          install() {{ pip install --quiet -c .github/constraints.txt "$@"; }}
          {torch}install ./{wheel}{others}
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


def whole(assignment: Assignment) -> Files:
    """A course of this assignment alone, with its hidden part."""
    files = tree(assignment.solution.parent, f"solutions/{assignment.name}")
    files |= tree(assignment.public, f"assignments/{assignment.name}")
    for helper in assignment.helpers:
        files |= tree(assignment.helpers_folder / helper, f"assignments/helpers/{helper}")
    return files


def _bringing(assignment: Assignment) -> tuple[Files, list[str]]:
    """The installed packages that bring the assignment's data sets, as files beside the grader, and
    what they need. Raises UsageError for one that is not installed as a copy."""
    files: Files = {}
    needed: list[str] = []
    for package in known.packages(assignment.datasets):
        listed = [file for file in package.files or () if ".." not in file.parts]
        if any(file.name.startswith("__editable__") for file in listed):
            raise UsageError(
                f"{package.name}, which brings a data set, is installed in editable mode: install "
                "it with pip install, without -e, so that it can be packed."
            )
        paths = {file.as_posix(): Path(str(package.locate_file(file))) for file in listed}
        files |= {
            name: path.read_bytes()
            for name, path in paths.items()
            if path.is_file() and path.suffix != ".pyc" and path.name != "direct_url.json"
        }
        needed += [each for each in package.requires or () if _is_other(each)]
    return files, needed


def _is_other(requirement: str) -> bool:
    """Whether it is none of an extra, nor the grader, which is there already."""
    return "extra ==" not in requirement and not re.match(rf"{DISTRIBUTION}(?![\w.-])", requirement)


def gradescope(assignment: Assignment, torch_index: str | None = None) -> Files:
    """The autograder: the grader, the whole assignment, the packages that bring its data sets, and
    the scripts that Gradescope runs.

    torch_index: address of the package index that has the wanted build of PyTorch.
    """
    _python, packages = needs()
    brought, needed = _bringing(assignment)
    return {
        **brought,
        **tree(PACKAGE, "grader"),
        **whole(assignment),
        "setup.sh": SETUP.format(torch=_torch_first(torch_index, "\n")).encode(),
        "run_autograder": RUN.format(**_words(assignment)).encode(),
        "requirements.txt": _listed([*packages, *needed, *_others(assignment)]),
        "constraints.txt": _listed(_tested(assignment)),
    }


def github(assignment: Assignment, torch_index: str | None = None) -> Files:
    """A repository for students: the release, and a workflow with the public checks.

    torch_index: address of the package index that has the wanted build of PyTorch.
    """
    files = release.contents(assignment)
    (wheel,) = (name for name in files if name.endswith(".whl"))
    torch = _torch_first(torch_index, "\n" + " " * 10)
    others = "".join(f" {name}" for name in _others(assignment))
    workflow = WORKFLOW.format(wheel=wheel, torch=torch, others=others, **_words(assignment))
    return {
        **files,
        ".github/constraints.txt": _listed(_tested(assignment)),
        ".github/workflows/check.yml": workflow.encode(),
    }


def _others(assignment: Assignment) -> list[str]:
    """What the assignment computes with besides PyTorch, which the grader needs itself."""
    framework = frameworks.named(assignment.framework)
    return [name for name in framework.distributions or framework.packages if name != "torch"]


def _words(assignment: Assignment) -> dict[str, str]:
    return {"name": quote(assignment.name), "language": words.language()}


def _torch_first(index: str | None, newline: str) -> str:
    """The line of a script that installs PyTorch from an index of its own, or nothing."""
    return f"install --index-url {quote(index)} torch torchvision{newline}" if index else ""


def _listed(packages: list[str]) -> bytes:
    return "\n".join([*packages, ""]).encode()


def _tested(assignment: Assignment) -> list[str]:
    """The PyTorch, and what else the assignment computes with, that this machine grades with; a
    later one may round differently."""
    found = []
    for name in ("torch", "torchvision", *_others(assignment)):
        with suppress(PackageNotFoundError):  # grading does without torchvision
            found.append(f"{name}=={re.sub('[+].*', '', version(name))}")
    return found
