"""What has to work beside every build of torch and torchvision that a machine may have.

`make test-builds` makes an environment for each build and runs this in it. All that is tested runs
in processes of its own, in a folder outside of the checkout: there `grader` is the installed one.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

pytestmark = pytest.mark.build

ROOT = Path(__file__).resolve().parents[2]
BUILD = os.environ.get("GRADER_BUILD", "")
# All assignments in PyTorch; beside MXNet one of them: that environment is for MXNet's own.
TORCH = [
    file.parent.name
    for file in sorted(ROOT.glob("solutions/*/assignment.toml"))
    if "\nframework = " not in file.read_text("utf-8")
]
NAMES = TORCH if BUILD != "mxnet" else ["classifier_mxnet", "softmax_regression"]
# What the import of torchvision ends with; empty: it can be imported.
PROBLEMS = {
    "unfit": "RuntimeError: operator torchvision::nms does not exist",
    "without": "ModuleNotFoundError: No module named 'torchvision'",
    "resolved": "",
    "mxnet": "ModuleNotFoundError: No module named 'torchvision'",
}


@pytest.fixture(autouse=True)
def outside(tmp_path, monkeypatch) -> Path:
    """The folder of every test: nothing of the checkout or of the user is found from there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)  # pytest-xdist puts the checkout there
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    return tmp_path


def python(*arguments):
    """Run Python to its end; what it has printed and its exit code."""
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=200)


def found(name, wanted):
    """The version of a package that is here, with its build where one is wanted."""
    return version(name) if "+" in wanted else version(name).partition("+")[0]


def handed_out(name, folder):
    """What a student has got: the assignment's public folder and the packages beside it."""
    for part in (name, "helpers"):
        shutil.copytree(ROOT / "assignments" / part, folder / part)
    return folder / name


def test_environment_is_the_build_that_its_name_says():
    """torchvision can or cannot be imported, and the versions are those of the constraints."""
    constraints = ROOT / "tests/builds" / f"{BUILD}.txt"
    pinned = {}
    if constraints.exists():
        lines = constraints.read_text("utf-8").splitlines()
        pinned = dict(line.split("==") for line in lines if not line.startswith("#"))

    said = python("-c", "import torch, torchvision").stderr.strip().splitlines()

    assert (said[-1] if said else "") == PROBLEMS[BUILD]
    assert {name: found(name, wanted) for name, wanted in pinned.items()} == pinned


def test_grader_is_the_one_to_test():
    """`resolved` runs an installed copy, the other builds run the checkout."""
    place = Path(python("-c", "import grader; print(grader.__file__)").stdout).parents[1]

    if BUILD == "resolved":
        assert place.name == "site-packages"
        assert place.is_relative_to(sys.prefix)
    else:
        assert place == ROOT


def test_every_assignment_is_here():
    """The tests below look at real assignments, not at an empty list."""
    assert len(TORCH) >= 7


@pytest.mark.parametrize("name", NAMES)
def test_solution_has_all_points_and_template_none(name):
    """In the real sandbox, with hidden checks: 100 of 100, and 0."""
    submissions = [
        ROOT / "solutions" / name / "solution.py",
        ROOT / "assignments" / name / f"{name}.py",
    ]
    options = ("--course", ROOT, "--data", "embedded", "--json", "-")

    done = python("-m", "grader", "grade", name, *submissions, *options)

    assert done.returncode == 0, done.stdout + done.stderr
    found = [(each["status"], each["score"], each["max_score"]) for each in json.loads(done.stdout)]
    assert found == [("graded", 100, 100), ("not_attempted", 0, 100)], done.stdout


TWICE = """

IMAGES = torch.zeros(60_000, 784)
AGAIN = IMAGES.clone().add_(1)
"""
HOG = """

def softmax(X):
    return torch.ones(30 << 28) / len(X)
"""


def test_memory_is_for_the_submission_whatever_its_libraries_map(outside):
    """All training images as float32, twice, cost nothing; 30 GiB cost the stub that takes them."""
    solution = (ROOT / "solutions/softmax_regression/solution.py").read_text("utf-8")
    for name, more in (("twice", TWICE), ("hog", HOG)):
        (outside / f"{name}.py").write_text(solution + more, "utf-8")
    options = ("--course", ROOT, "--data", "embedded", "--json", "-")

    done = python("-m", "grader", "grade", "softmax_regression", "twice.py", "hog.py", *options)

    twice, hog = json.loads(done.stdout)
    assert (twice["status"], twice["score"]) == ("graded", 100)
    assert not any("memory" in warning for warning in twice["warnings"])
    assert hog["status"] == "graded"
    lost = {stub["name"] for stub in hog["stubs"] if stub["points"] < stub["max_points"]}
    assert lost == {"softmax"}


def test_an_assignment_is_packed_for_a_service(outside):
    """The versions that are here are named, and no other."""
    done = python(
        *("-m", "grader", "package", "gradescope", "classifier"),
        *("--to", outside / "packed", "--course", ROOT),
    )

    assert done.returncode == 0, done.stderr
    lines = (outside / "packed/constraints.txt").read_text("utf-8").splitlines()
    names = {line.split("==")[0] for line in lines}
    here = {"torch"} if BUILD in ("without", "mxnet") else {"torch", "torchvision"}
    assert names == here


def test_doctor_finds_that_hidden_checks_can_be_run():
    """`grader doctor` exits with 0."""
    done = python("-m", "grader", "doctor")

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["softmax_regression", "classifier"])
def test_students_check_their_file(name, outside):
    """`grader check` says of the template what is to do, and of the solution that it passes."""
    folder = handed_out(name, outside)
    template = python("-m", "grader", "check", folder)
    shutil.copyfile(ROOT / "solutions" / name / "solution.py", folder / f"{name}.py")
    solution = python("-m", "grader", "check", folder / f"{name}.py")

    assert template.returncode == 1, template.stdout + template.stderr
    assert "Next: " in template.stdout
    assert solution.returncode == 0, solution.stdout + solution.stderr
    assert "All public checks pass" in " ".join(solution.stdout.split())


CELLS = """\
import sys
import grader
import torch
%%
def softmax(X):
    E = torch.exp(X)
    return E / E.sum(1, keepdim=True)
%%
grader.check("softmax")
%%
print(sys.executable, grader.__file__)"""


def test_notebook_checks_itself(outside):
    """`grader.check()` in a real Jupyter kernel of this environment."""
    folder = handed_out("softmax_regression", outside)
    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS.split("\n%%\n")]
    notebook = nbformat.v4.new_notebook(cells=cells)

    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()

    shown, printed = (cell.outputs[0] for cell in notebook.cells[-2:])
    assert "1 of 1 stubs pass" in " ".join(shown["data"]["text/plain"].split())
    package = python("-c", "import grader; print(grader.__file__)").stdout
    assert printed["text"] == f"{sys.executable} {package}"
