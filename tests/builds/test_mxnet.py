"""classifier_mxnet in the only environment that it can be graded in, and what is said elsewhere.

The other tests of it are those of all assignments, which are skipped where MXNet is not installed:
here they run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from grader.course import datasets
from grader.course.datasets.idx import FILES
from grader.course.templates import to_notebook
from tests.builds.test_smoke import BUILD, ROOT, handed_out, python

NAME = "classifier_mxnet"
SOLUTION = ROOT / "solutions" / NAME / "solution.py"

pytestmark = pytest.mark.build
here = pytest.mark.skipif(BUILD != "mxnet", reason="MXNet is installed in its own environment only")
elsewhere = pytest.mark.skipif(BUILD == "mxnet", reason="MXNet is installed here")


@pytest.fixture(autouse=True)
def outside(tmp_path, monkeypatch) -> Path:
    """The folder of every test: nothing of the checkout or of the user is found from there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    return tmp_path


def run_tests(*selection):
    """Run tests of the checkout that walk all assignments, those of this one. MXNet's import asks
    for what numpy has given up, which our filter would take for an error."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-m", "not gpu", *selection]
    command += ["-W", "ignore::DeprecationWarning"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1500)


@elsewhere
def test_missing_package_is_an_error_that_says_how_it_is_installed():
    """Where MXNet is not installed the command ends with the exit code of an error."""
    done = python("-m", "grader", "grade", NAME, SOLUTION, "--course", ROOT, "--data", "embedded")

    said = " ".join(done.stderr.split())
    assert done.returncode == 2, done.stdout + done.stderr
    assert "needs mxnet, which is not installed here: pip install" in said
    assert "gradebox[mxnet]" in said
    assert "in an environment of its own, with Python 3.10 to 3.12" in said


@here
def test_styles_keep_all_points(outside):
    """Right programs as other people write them, and one that leaves the name of numpy alone."""
    files = sorted((ROOT / "tests/scenarios/right" / NAME).glob("*.py"))
    solution = SOLUTION.read_text("utf-8")
    for file in files:
        (outside / file.name).write_text(f"{solution}\n\n{file.read_text('utf-8')}", "utf-8")
    alias = "numpy.bool = numpy.bool_"
    (outside / "without_alias.py").write_text(solution.replace(alias, "pass"), "utf-8")
    options = ("--course", ROOT, "--data", "embedded", "--json", "-")

    done = python("-m", "grader", "grade", NAME, *sorted(outside.glob("*.py")), *options)

    results = json.loads(done.stdout)
    assert len(results) == len(files) + 1
    assert {(each["status"], each["score"]) for each in results} == {("graded", 100)}


@here
def test_assignment_is_proved():
    """Every known mistake costs its own stub and is named; `grader validate` finds nothing."""
    command = [sys.executable, "-m", "grader", "validate", NAME, "--runs", "1"]
    options = ["--course", str(ROOT), "--data", "embedded"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=1200)

    assert done.returncode == 0, done.stdout + done.stderr


@here
def test_solution_runs_as_a_notebook(outside):
    """In a real kernel, whose processes have computed when the notebook checks itself."""
    folder = handed_out(NAME, outside)
    raw = outside / "data/FashionMNIST/raw"
    raw.mkdir(parents=True)
    public = datasets.find("FashionMNIST", Path("embedded")).public_root / "FashionMNIST/raw"
    for file in FILES:
        shutil.copyfile(public / file, raw / file)
    notebook = nbformat.reads(to_notebook(SOLUTION.read_text("utf-8")), as_version=4)
    check = "import grader\ngrader.check()"
    notebook.cells.append(nbformat.v4.new_code_cell(check))

    NotebookClient(notebook, timeout=200, resources={"metadata": {"path": str(folder)}}).execute()

    last = notebook.cells[-1].outputs[0]
    said = " ".join(last["data"]["text/plain"].split())
    assert "6 of 6 stubs pass" in said, said
    assert os.environ["GRADER_BUILD"] == "mxnet"


@here
@pytest.mark.parametrize(
    "selection",
    [
        "tests/student/test_check.py::test_public_checks_need_the_public_folder_only",
        "tests/checking/test_do_nothing.py",
    ],
)
def test_tests_of_all_assignments_run(selection):
    """What is skipped in every other environment passes here."""
    done = run_tests(selection, "-k", NAME)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" not in done.stdout
