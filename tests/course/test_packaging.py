"""`grader package`: what is packed runs as the service runs it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from grader.course import packaging as package
from grader.course import templates
from grader.course.assignment import load
from grader.course.files import write
from tests.conftest import ROOT

COURSE = ROOT / "tests" / "small_course"


@pytest.fixture
def course(tmp_path) -> Path:
    """The small course with something to write, as `make templates` leaves it."""
    course = tmp_path / "course"
    shutil.copytree(COURSE, course)
    solution = course / "solutions/greeting/solution.py"
    text = re.sub(
        r"( +return .*\n)", r"    # BEGIN SOLUTION\n\1    # END SOLUTION\n", solution.read_text()
    )
    solution.write_text(text)
    templates.write(course / "solutions/greeting/solution.py", course / "assignments/greeting")
    return course


def bash(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script with nothing installed but this Python."""
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_gradescope_runs_the_autograder(course, tmp_path):
    """run_autograder takes the files of /autograder and writes results.json."""
    assignment = load("greeting", course)
    write(package.gradescope(assignment), tmp_path / "auto/source")
    (tmp_path / "auto/submission").mkdir()
    (tmp_path / "auto/results").mkdir()
    for name in ("main.py", "old_copy.py"):  # two programs of one student are one submission
        shutil.copyfile(assignment.solution, tmp_path / "auto/submission" / name)

    done = bash(
        "./auto/source/run_autograder",
        tmp_path,
        AUTOGRADER_ROOT=str(tmp_path / "auto"),
        PYTHON=sys.executable,
    )

    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "auto/results/results.json").read_text("utf-8"))
    assert results["score"] == 100
    assert len(results["tests"]) == 3


def test_gradescope_scripts_are_where_gradescope_looks():
    """In the root of the zip, executable, and without mistakes of syntax."""
    files = package.gradescope(load("softmax_regression", ROOT))

    for script in ("setup.sh", "run_autograder"):
        assert files[script].startswith(b"#!")
        checked = subprocess.run(["bash", "-n"], input=files[script], capture_output=True)
        assert checked.stderr == b""
    assert "solutions/softmax_regression/test_hidden.py" in files
    assert "assignments/helpers/d2l/torch.py" in files
    assert files["constraints.txt"].decode().startswith("torch==")
    assert b"bubblewrap" in files["requirements.txt"]


def test_github_repository_has_nothing_private(course):
    """The release, the grader in it, and a workflow."""
    assignment = load("greeting", course)

    files = package.github(assignment)

    private = {path.read_bytes() for path in assignment.solution.parent.rglob("*.*")}
    assert not private & set(files.values())
    assert {"greeting/test_public.py", ".github/workflows/check.yml"} <= set(files)
    assert sum(name.endswith(".whl") for name in files) == 1


def test_github_workflow_is_careful(course):
    """It runs once for a push, and leaves no token of the repository to the student's code."""
    files = package.github(load("greeting", course), "an-index")

    workflow = yaml.safe_load(files[".github/workflows/check.yml"])
    checkout, _python, install, _check = workflow["jobs"]["check"]["steps"]
    assert workflow[True] == "push"  # YAML 1.1 reads `on` so
    assert workflow["permissions"] == {"contents": "read"}
    assert checkout["with"] == {"persist-credentials": False}
    assert "jupyter" not in str(workflow)
    torch, grader = install["run"].splitlines()[1:]
    assert torch == "install --index-url an-index torch torchvision"
    assert grader.removeprefix("install ./") in files


def test_build_of_torch_is_taken_where_it_is_named():
    """An index for PyTorch alone; without it pip takes the build of its own index."""
    assignment = load("softmax_regression", ROOT)
    line = b"\ninstall --index-url an-index torch torchvision\n"

    assert line in package.gradescope(assignment, "an-index")["setup.sh"]
    assert b"--index-url" not in package.gradescope(assignment)["setup.sh"]


@pytest.mark.parametrize(("solved", "code"), [(True, 0), (False, 1)])
def test_github_workflow_checks_the_push(course, tmp_path, solved, code):
    """The last step of the workflow, run as GitHub runs it: green or red."""
    assignment = load("greeting", course)
    folder = tmp_path / "repository"
    write(package.github(assignment), folder)
    if solved:
        notebook = templates.to_notebook(assignment.solution.read_text("utf-8"))
        (folder / "greeting/greeting.ipynb").write_text(notebook, "utf-8")
    workflow = yaml.safe_load((folder / ".github/workflows/check.yml").read_text("utf-8"))
    job = workflow["jobs"]["check"]
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin/python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)

    (wheel,) = folder.rglob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    script = f'PATH="{python.parent}:$PATH"\n{job["steps"][-1]["run"]}'
    done = bash(script, folder, PYTHONPATH=str(tmp_path / "site"))

    assert done.returncode == code, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("::stop-commands::")
    assert lines[-1] == f"::{lines[0].removeprefix('::stop-commands::')}::"
    assert ("hand it in" in done.stdout) == solved
