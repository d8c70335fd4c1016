"""What has to be installed for what: the engine, a student's file, an author's work."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from importlib.metadata import packages_distributions

import pytest

from grader.course.assignment import available, load
from grader.sandbox.inside import frameworks
from tests.conftest import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def names(requirements: list[str]) -> set[str]:
    """The packages that a list of requirements is about, without their versions."""
    return {re.split(r"[^\w.-]", line)[0].lower().replace("_", "-") for line in requirements}


def packages(name: str) -> set[str]:
    """The packages that an assignment's template and its helpers import."""
    assignment = load(name, ROOT)
    helpers = [assignment.helpers_folder / helper for helper in assignment.helpers]
    files = [assignment.public / f"{name}.py", *(f for h in helpers for f in h.rglob("*.py"))]
    modules = set()
    for node in (node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))):
        if isinstance(node, ast.Import):
            modules |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules.add(str(node.module).partition(".")[0])
    foreign = modules - set(sys.stdlib_module_names) - {*assignment.helpers, "grader"}
    known = packages_distributions()
    return {known[module][0].lower().replace("_", "-") for module in foreign}


def test_all_that_templates_import_comes_with_the_grader():
    """A student installs the grader's wheel, for another framework than PyTorch with its extra, and
    can run the template."""
    extras = filter(None, (frameworks.named(name).extra for name in frameworks.available()))
    known = names(PROJECT["dependencies"]).union(*(names(EXTRAS[extra]) for extra in extras))
    assert set().union(*map(packages, available(ROOT))) <= known


def test_authors_need_an_extra_that_the_tests_have():
    """A student gets neither jupytext nor Babel."""
    assert names(EXTRAS["author"]) == {"babel", "gradebox", "jupytext", "pyyaml"}
    assert not names(EXTRAS["author"]) & names(PROJECT["dependencies"])
    assert any(line.startswith("gradebox[author") for line in EXTRAS["dev"])


def test_only_instructors_get_databases_and_more_machines():
    """A student's machine needs neither SQLAlchemy nor Dask."""
    extras = names([*EXTRAS["class"], *EXTRAS["postgresql"], *EXTRAS["dask"]]) - {"gradebox"}

    assert extras == {*("alembic", "copydetect", "distributed", "psycopg", "pyyaml", "sqlalchemy")}
    assert not extras & names(PROJECT["dependencies"])


IN_THIS_PROCESS = """
import sys
from grader.cli.main import app
app(sys.argv[1:], standalone_mode=False)
print(sorted({"matplotlib", "torchvision"} & set(sys.modules)))
"""


def test_engine_imports_neither_torchvision_nor_matplotlib():
    """Submission and solution import both; the process with the checks does not, from the upload to
    the reports."""
    submission = "solutions/classifier/solution.py"
    options = ("--data", "embedded", "--json", "/dev/null", "--course", str(ROOT))

    done = subprocess.run(
        [sys.executable, "-c", IN_THIS_PROCESS, "grade", "classifier", submission, *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert done.returncode == 0, done.stderr
    assert "100" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


WITHOUT = """
import runpy, sys
sys.modules[sys.argv.pop(1)] = None  # as where it is not installed
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize(
    ("package", "command"),
    [
        ("jupytext", ["grader", "release", "classifier", "--to", "out", "--course", str(ROOT)]),
        ("jupytext", ["grader", "validate", "classifier", "--course", str(ROOT)]),
        ("jupytext", ["grader", "template", "--course", str(ROOT)]),
        ("babel", ["grader.course.translation"]),
    ],
    ids=["release", "validate", "template", "make messages"],
)
def test_command_without_the_extra_names_it(package, command, tmp_path):
    """One sentence on what to install, before anything is written."""
    for part in ("assignments", "solutions"):
        (tmp_path / part).symlink_to(ROOT / part)
    before = sorted(tmp_path.iterdir())

    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, package, *command],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )

    said = " ".join(done.stderr.split())
    assert said == (
        f"error: {package} is not installed. It comes with the extra author: "
        "pip install -e '.[author]' in the grader's repository"
    )
    assert done.returncode in (1, 2)
    assert sorted(tmp_path.iterdir()) == before


def test_grading_and_packing_need_no_extra(tmp_path):
    """An instructor's machine and a service's have what the grader itself needs."""
    command = ["grader", "package", "gradescope", "classifier", "--to", "out"]

    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, "jupytext", *command, "--course", str(ROOT)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out/requirements.txt").is_file()
