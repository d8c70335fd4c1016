"""The guides in docs/ are done step by step: every command in a ```sh block, in one folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from grader import templates
from tests.conftest import ROOT

COURSE = ROOT / "tests" / "small_course"
ASSIGNMENT = "softmax_regression"  # as the guides call it; the small course is quicker
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A course with three submissions, and `grader` on the path."""
    course = tmp_path / "course"
    shutil.copytree(COURSE, course)
    solution = course / "solutions/greeting/solution.py"
    templates.write(solution, course / "assignments/greeting")
    (course / "submissions/bob").mkdir(parents=True)
    shutil.copyfile(solution, course / "submissions/ada.py")
    shutil.copyfile(solution, course / "submissions/bob/main.py")
    (course / "submissions/cy.pdf").write_text("%PDF")
    program = tmp_path / "bin/grader"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m grader "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return course


def follow(guide: str, folder: Path) -> str:
    """Run the commands of a guide; everything that they said."""
    commands = "".join(BLOCK.findall((ROOT / "docs" / guide).read_text("utf-8")))
    assert commands.count("grader ") >= 2
    done = subprocess.run(
        ["bash", "-e", "-c", commands.replace(ASSIGNMENT, "greeting")],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_guide_for_instructors(folder):
    """The handout, the class, the second run and the feedback are where the guide says."""
    follow("instructors.md", folder)

    assert (folder / "handout.zip").is_file()
    names = {path.name for path in (folder / "results").iterdir()}
    assert names == {"ada.json", "bob.json", "cy.json", "grades.csv", "summary.md"}
    assert "## ada: 100 of 100" in (folder / "feedback/ada.md").read_text("utf-8")


def test_guide_for_ci(folder):
    """The packages and the report of a CI job are written."""
    follow("ci.md", folder)

    assert (folder / "autograder.zip").is_file()
    assert (folder / "student_repository/.github/workflows/check.yml").is_file()
    assert (folder / "results.xml").read_text("utf-8").count("<testsuite ") == 3


def test_workflow_in_the_guide_is_yaml():
    """The workflow for the instructor's repository can be copied as it stands."""
    (block,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/ci.md").read_text("utf-8"), re.DOTALL)

    steps = yaml.safe_load(block)["jobs"]["grade"]["steps"]
    assert "grader grade" in steps[-1]["run"]
    assert steps[1]["with"]["persist-credentials"] is False


def test_guide_for_students(folder):
    """Each command of the table does what it says, in the folder that students have."""
    text = (ROOT / "docs/students.md").read_text("utf-8")
    commands = re.findall(r"^\| `(grader check[^`]*)` \|", text, flags=re.MULTILINE)
    work = folder / "assignments/greeting"
    shutil.copyfile(work / "greeting.py", work / "my_work.py")
    said = []

    for command in [line for line in commands if "--watch" not in line]:
        done = subprocess.run(
            ["bash", "-c", command.replace("net", "greet").replace(".ipynb", ".py")],
            cwd=work,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        said.append(done.stdout.splitlines()[0])

    assert said == [
        "greeting.ipynb: 1 of 1 stubs pass their public checks",
        "my_work.py: 1 of 1 stubs pass their public checks",
        "greeting.ipynb: 1 of 1 stubs pass their public checks",
    ]
