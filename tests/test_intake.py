"""What a folder on the command line stands for: one student's files, or a class."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from grader.assignment import load
from grader.errors import UsageError
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


def zipped(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def test_zip_of_one_student_is_a_submission(tmp_path):
    """As a learning platform or a student makes it; also one that cannot be read."""
    path = zipped(tmp_path / "ada.zip", {"work/main.py": BOTH, "work/helper.py": HELPER})
    broken = tmp_path / "bob.zip"
    broken.write_text("no zip")

    assert submissions([path, broken], STUBS) == [path, broken]


def test_zip_of_a_class_is_refused(tmp_path):
    """It would be graded as one student's; the sentence says what to do."""
    path = zipped(tmp_path / "class.zip", {"ada/main.py": BOTH, "bob/main.py": BOTH})

    with pytest.raises(UsageError, match="unpack it"):
        submissions([path], STUBS)
