"""What other packages bring: the package of docs/plugins.md, installed and used."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.course import templates
from tests.conftest import ROOT

COURSE = ROOT / "tests" / "small_course"
GUIDE = (ROOT / "docs/plugins.md").read_text("utf-8")
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """Where the package of the guide is installed."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("target")
    (toml,) = re.findall(r"```toml\n(.*?)```", GUIDE, flags=re.DOTALL)
    (source / "pyproject.toml").write_text(toml, "utf-8")
    for name, code in re.findall(r"```python\n# (\w+\.py)\n(.*?)```", GUIDE, flags=re.DOTALL):
        (source / name).write_text(code, "utf-8")
    offline = ["--no-deps", "--no-index", "--no-build-isolation", "--target", str(target)]
    subprocess.run([*PIP, *offline, str(source)], check=True)
    return target


@pytest.fixture
def course(tmp_path) -> Path:
    """A course with two submissions of people that no platform of ours names so."""
    shutil.copytree(COURSE, tmp_path / "course")
    solution = tmp_path / "course/solutions/greeting/solution.py"
    templates.write(solution, tmp_path / "course/assignments/greeting")
    (tmp_path / "course/box").mkdir()
    for person in ("ada", "bob"):
        shutil.copyfile(solution, tmp_path / f"course/box/handin-{person}.py")
    return tmp_path / "course"


def grader(course: Path, installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`grader ...` in a course, with the package beside it."""
    path = os.pathsep.join([str(installed), str(ROOT)])
    return subprocess.run(
        [sys.executable, "-m", "grader", *arguments],
        cwd=course,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )


def test_report_engine_and_reader_grade_a_class(course, installed):
    """Each person by the reader's name, graded by the engine, in the report's words."""
    options = ["--from", "dropbox", "--engine", "quiet", "--format", "points=-", "--out", "results"]

    done = grader(course, installed, "grade", "greeting", "box", *options)

    assert done.returncode == 0, done.stderr
    assert done.stdout == "100\n100\n"
    names = {file.stem for file in (course / "results").glob("*.json")}
    assert names == {"ada", "bob"}


def test_gradesheet_takes_grades_out_of_the_gradebook(course, installed):
    """In its own form."""
    grader(
        course, installed, "grade", "greeting", "box", "--from", "dropbox", "--db", "book.sqlite"
    )

    done = grader(
        *(course, installed, "export", "greeting", "--format", "initials", "--to", "-"),
        *("--db", "book.sqlite"),
    )

    assert done.stdout == "a 100\nb 100\n", done.stderr


def test_operation_can_be_forbidden(course, installed):
    """Where the package is; elsewhere the contract says what is wrong."""
    toml = course / "solutions/greeting/assignment.toml"
    text = toml.read_text("utf-8").rstrip() + '\nforbidden = ["cosine_similarity"]\n'
    toml.write_text(text, "utf-8")

    assert grader(course, installed, "template", "greeting").returncode == 0
    done = grader(course, ROOT, "template", "greeting")
    assert done.returncode == 2
    assert "there is no operation 'cosine_similarity'" in " ".join(done.stderr.split())


def test_help_names_what_is_installed(course, installed):
    """Beside what is ours."""
    said = grader(course, installed, "grade", "--help").stdout

    assert {"points", "dropbox", "quiet"} <= {*re.findall(r"\w+", said)}


def test_package_that_cannot_be_imported_is_named(course, installed, tmp_path):
    """In a sentence, with its own error."""
    broken = tmp_path / "broken"
    shutil.copytree(installed, broken)
    (broken / "our_report.py").write_text("import no_such_module\n", "utf-8")

    done = grader(course, broken, "grade", "greeting", "box", "--format", "points=-")

    assert done.returncode == 2
    said = " ".join(done.stderr.split())
    assert "The format 'points' of our-course cannot be loaded" in said
    assert "no_such_module" in said
