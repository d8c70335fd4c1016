"""An assignment in a framework that is not installed: each command says what to install."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

# Python runs it when it starts: nothing of JAX is found from then on.
WITHOUT_JAX = """\
import sys
from importlib.machinery import PathFinder

class WithoutJax(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name.partition(".")[0] in ("jax", "jaxlib", "flax", "optax"):
            return None
        return PathFinder.find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = WithoutJax
"""


@pytest.fixture
def surroundings(tmp_path) -> dict[str, str]:
    """Variables of a machine on which JAX is not installed."""
    (tmp_path / "without").mkdir()
    (tmp_path / "without/sitecustomize.py").write_text(WITHOUT_JAX)
    paths = os.pathsep.join([str(tmp_path / "without"), str(ROOT)])
    return {**os.environ, "PYTHONPATH": paths, "COLUMNS": "200"}


def run(folder: Path, surroundings: dict[str, str], *arguments: str) -> tuple[int, str]:
    """The exit code of a command and all that it prints, on one line."""
    command = [sys.executable, "-m", "grader", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=surroundings, capture_output=True, text=True, timeout=120
    )
    return done.returncode, " ".join((done.stdout + done.stderr).split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("grade", "classifier_jax", "solutions/classifier_jax/solution.py"),
        ("validate", "classifier_jax"),
    ],
    ids=["grade", "validate"],
)
def test_what_is_missing_is_told_with_the_command(surroundings, arguments):
    """One sentence names the packages and how they are installed; nothing else is printed."""
    code, printed = run(ROOT, surroundings, *arguments)
    assert code == 2, printed
    assert "jax, flax, optax" in printed
    assert 'pip install "gradebox[jax]"' in printed
    assert "Traceback" not in printed


def test_a_student_is_told_too(surroundings, tmp_path):
    """`grader check` says the same to whoever has the handout alone."""
    shutil.copytree(ROOT / "assignments/classifier_jax", tmp_path / "classifier_jax")
    code, printed = run(tmp_path / "classifier_jax", surroundings, "check")
    assert code == 2, printed
    assert 'pip install "gradebox[jax]"' in printed
    assert "Traceback" not in printed
