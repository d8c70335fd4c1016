"""`grader release`: what students get, and that nothing private is in it."""

from __future__ import annotations

import ast
import io
import os
import re
import shutil
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader import __version__
from grader.cli.main import app
from grader.course import files as written_files
from grader.course import misconceptions, release, templates
from grader.course.assignment import available, load
from grader.course.cutting import written_parts
from grader.errors import AssignmentError, UsageError
from tests.conftest import ROOT

NAME = "softmax_regression"


def without_indentation(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n"))


@pytest.mark.parametrize("name", available(ROOT))
def test_nothing_of_solutions_is_in_a_release(name):
    """No private file, no written part, no hidden check and no known mistake."""
    assignment = load(name, ROOT)
    private = assignment.solution.parent
    files = release.contents(assignment, "both")

    handed_out = set(files.values())
    assert not handed_out & {path.read_bytes() for path in private.rglob("*") if path.is_file()}

    text = "\n".join(data.decode(errors="replace") for data in files.values())
    lines = without_indentation(text)
    template = files[f"{name}/{name}.py"].decode()
    for part in written_parts(assignment.solution.read_text("utf-8")):
        if "\n" in part:  # single lines, such as `return self.sums[i]`, stand in public checks too
            assert without_indentation(part) not in without_indentation(template)
            assert without_indentation(part) not in lines.replace("\\n", "\n")
    hidden = ast.parse((private / "test_hidden.py").read_text("utf-8"))
    checks = [node.name for node in hidden.body if isinstance(node, ast.FunctionDef)]
    assert [check for check in checks if f"def {check}(" in text and "test_" in check] == []
    for mistake in misconceptions.of(assignment):
        assert mistake.sentence not in text


def test_release_has_what_a_student_needs():
    """One template, README, guide, public checks and their contract, stand-ins, grader; no more."""
    assert list(release.contents(load(NAME, ROOT))) == [
        "helpers/d2l/__init__.py",
        "helpers/d2l/arrays.py",
        "helpers/d2l/datasets.py",
        "helpers/d2l/drawing.py",
        "helpers/d2l/jax.py",
        "helpers/d2l/modules.py",
        "helpers/d2l/mxnet.py",
        "helpers/d2l/tensorflow.py",
        "helpers/d2l/torch.py",
        "helpers/d2l/training.py",
        "helpers/d2lzh_pytorch/__init__.py",
        "helpers/d2lzh_pytorch/utils.py",
        f"{NAME}/README.md",
        f"{NAME}/assignment.toml",
        f"{NAME}/gradebox-{__version__}-py3-none-any.whl",
        f"{NAME}/locale/zh/LC_MESSAGES/{NAME}.mo",
        f"{NAME}/locale/zh/LC_MESSAGES/{NAME}.po",
        f"{NAME}/{NAME}.ipynb",
        f"{NAME}/students.md",
        f"{NAME}/test_public.py",
    ]


@pytest.mark.parametrize(
    ("form", "endings"),
    [("notebook", {"ipynb"}), ("script", {"py"}), ("both", {"ipynb", "py"})],
)
def test_template_has_the_form_that_is_asked_for(form, endings):
    """Two copies only on request: who works in one may hand in the other."""
    files = release.contents(load(NAME, ROOT), form)

    assert {f"{NAME}/{NAME}.{ending}" for ending in endings} == {
        name for name in files if name.startswith(f"{NAME}/{NAME}.")
    }


def test_readme_tells_how_to_install_and_to_check():
    """With the name of the file that lies beside it, and no address of a repository."""
    files = release.contents(load(NAME, ROOT))
    readme = files[f"{NAME}/README.md"].decode()

    (wheel,) = re.findall(r"pip install ./(\S+)", readme)
    assert f"{NAME}/{wheel}" in files
    assert "grader check" in readme
    assert "http" not in readme


def test_wheel_can_be_installed(tmp_path):
    """By pip, without the network; it holds the package, and nothing of a course."""
    files = release.contents(load(NAME, ROOT))
    (wheel,) = (Path(name) for name in files if name.endswith(".whl"))
    (tmp_path / wheel.name).write_bytes(files[wheel.as_posix()])
    install = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target"]
    subprocess.run([*install, "site", wheel.name], cwd=tmp_path, check=True, timeout=120)
    (tmp_path / wheel.name).unlink()

    done = subprocess.run(
        [sys.executable, "-c", "import grader.cli.main; print(grader.__file__)"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.stdout.strip() == str(tmp_path / "site/grader/__init__.py"), done.stderr
    assert (tmp_path / "site/bin/grader").is_file()
    private = {file.read_bytes() for file in (ROOT / "solutions").rglob("*.*") if file.is_file()}
    assert not private & {file.read_bytes() for file in tmp_path.rglob("*.*") if file.is_file()}


@pytest.fixture
def course(tmp_path) -> Path:
    """A copy of the real assignment, to be spoilt."""
    for part in (f"assignments/{NAME}", f"solutions/{NAME}", "assignments/helpers"):
        shutil.copytree(ROOT / part, tmp_path / part)
    return tmp_path


def test_template_with_the_solution_in_it_is_refused(course):
    """The public files must be what is cut from the solution today."""
    template = course / f"assignments/{NAME}/{NAME}.py"
    shutil.copyfile(course / f"solutions/{NAME}/solution.py", template)

    with pytest.raises(AssignmentError, match="grader template"):
        release.contents(load(NAME, course))


@pytest.mark.parametrize("name", ["README.md", "extra.ipynb"])
def test_part_of_the_solution_in_another_file_is_refused(course, name):
    """Also in the cell of a notebook, with another indentation."""
    folder = course / f"assignments/{NAME}"
    parts = written_parts((course / f"solutions/{NAME}/solution.py").read_text())
    part = textwrap.indent(max(parts, key=len), "        ")
    text = f"# %%\ndef mine():\n{part}\n"
    (folder / name).write_text(templates.to_notebook(text) if name.endswith("nb") else text)

    with pytest.raises(AssignmentError, match=f"{name} has a part of the solution in it"):
        release.contents(load(NAME, course))


def test_hidden_files_and_links_stay_behind(course):
    """Checkpoints of Jupyter, caches, and links to the private folder are not handed out."""
    public = course / f"assignments/{NAME}"
    (public / ".ipynb_checkpoints").mkdir()
    (public / ".ipynb_checkpoints/solution.py").write_text("secret")
    (public / "__pycache__").mkdir()
    (public / "__pycache__/x.pyc").write_text("secret")
    (public / "link.py").symlink_to(course / f"solutions/{NAME}/solution.py")

    assert "secret" not in str(release.contents(load(NAME, course)).values())
    assert f"{NAME}/link.py" not in release.contents(load(NAME, course))


def test_zip_is_the_same_every_time(tmp_path):
    """Equal files give equal bytes, so a release can be compared."""
    files = {"a/b.txt": b"1", "run": b"#!/bin/sh\n"}
    for name in ("one.zip", "new/two.zip"):
        written_files.write(files, tmp_path / name)

    one = (tmp_path / "one.zip").read_bytes()
    assert one == (tmp_path / "new/two.zip").read_bytes()
    archive = zipfile.ZipFile(io.BytesIO(one))
    assert {name: archive.read(name) for name in archive.namelist()} == files


def test_nothing_is_overwritten(tmp_path):
    """A folder with something in it, or a file, is left as it is."""
    (tmp_path / "mine.txt").write_text("mine")

    for target in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(UsageError, match="there already"):
            written_files.write({"a": b""}, target)


def test_released_folder_can_be_checked(tmp_path):
    """The command, and then `grader check` in what it wrote."""
    result = CliRunner().invoke(
        app, ["release", NAME, "--to", str(tmp_path / "out"), "--course", str(ROOT)]
    )
    assert result.exit_code == 0, result.output

    check = subprocess.run(
        [
            sys.executable,
            "-m",
            "grader",
            "check",
            "--stub",
            "softmax",
        ],
        cwd=tmp_path / "out" / NAME,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert check.returncode == 1
    assert "softmax: your code is still missing" in check.stdout
