"""What a folder on the command line stands for: one student's files, or a class."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.assignment import load
from grader.intake import submissions
from tests.conftest import ROOT

STUBS = load("greeting", ROOT / "tests/small_course").stubs
BOTH = "def greet(name): ...\ndef shout(text): ...\n"
HELPER = "def polite(name): ...\n"


def found(folder: Path, files: dict[str, str], leave_out: Path | None = None) -> list[str]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    paths = submissions([folder], STUBS, leave_out)
    return [str(path.relative_to(folder)) for path in paths]


@pytest.mark.parametrize(
    "files",
    [
        {"main.py": BOTH, "helper.py": HELPER},
        {"greeting.py": BOTH, "greeting.ipynb": "broken"},
        {"src/main.py": BOTH, "src/helper.py": HELPER},
        {"a.py": "def greet(name): ...", "README.md": "mine"},
        {},
    ],
    ids=str,
)
def test_a_students_folder_is_one_submission(tmp_path, files):
    """One file with the stubs, whatever lies around it."""
    assert found(tmp_path, files) == ["."]


@pytest.mark.parametrize(
    "files",
    [
        {"ada.py": BOTH, "bob.py": BOTH},
        {"ada/main.py": BOTH, "bob/main.py": BOTH},
        {"ada.py": BOTH, "bob/main.py": BOTH, "bob/helper.py": HELPER},
        {"ada.py": BOTH, "bob.py": BOTH, "cy.pdf": "%PDF", "dan/notes.txt": ""},
    ],
    ids=str,
)
def test_a_folder_of_submissions_is_a_class(tmp_path, files):
    """Every file and every folder in it is handed in by somebody, also what cannot be read."""
    assert found(tmp_path, files) == sorted({name.split("/")[0] for name in files})


def test_results_among_the_submissions_are_left_out(tmp_path):
    """The folder of --out, and what is hidden, is nobody's submission."""
    files = {"ada.py": BOTH, "bob.py": BOTH, "results/ada.json": "[]", ".git/config": ""}

    assert found(tmp_path, files, tmp_path / "results") == ["ada.py", "bob.py"]


def test_files_are_taken_as_they_are(tmp_path):
    """A path to a file is one submission, in the order of the command line."""
    paths = [tmp_path / "b.py", tmp_path / "a.py"]

    assert submissions(paths, STUBS) == paths
