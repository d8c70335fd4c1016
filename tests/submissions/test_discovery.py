"""What a folder on the command line stands for: one student's files, or a class."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from grader.course.assignment import load
from grader.submissions import unpack
from grader.submissions.discovery import submissions
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


def test_zip_of_a_class_is_unpacked_beside_it(tmp_path):
    """Every student's folder or file is a submission, also what cannot be read; again and again."""
    files = {
        "Ada Lovelace_1_file/main.py": BOTH,
        "bob_2_greeting.py": BOTH,
        "cy_3.pdf": "%PDF",
        "cy_3.pdf/impossible.py": BOTH,
        "__MACOSX/bob.py": BOTH,
        "../outside.py": BOTH,
        "/etc/outside.py": BOTH,
    }
    path = zipped(tmp_path / "class.zip", files)

    for _ in range(2):
        found = submissions([path], STUBS)
        names = [str(each.relative_to(tmp_path / "class.unpacked")) for each in found]
        assert names == ["Ada Lovelace_1_file", "bob_2_greeting.py", "cy_3.pdf"]
    assert (tmp_path / "class.unpacked/bob_2_greeting.py").read_text() == BOTH
    assert sorted(each.name for each in tmp_path.iterdir()) == ["class.unpacked", "class.zip"]


def test_contents_of_a_zip_are_bounded(tmp_path, monkeypatch):
    """A bomb unpacks to one byte more than a submission may have, and long names are cut."""
    monkeypatch.setattr(unpack, "MAX_FILE", 1000)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.py", "x" * 10_000_000)
        archive.writestr("y" * 400 + ".py", "short")
    (tmp_path / "class.zip").write_bytes(bomb.getvalue())

    unpack.unpack(tmp_path / "class.zip", tmp_path / "out")

    sizes = {path.name: path.stat().st_size for path in (tmp_path / "out").iterdir()}
    assert sizes == {"bomb.py": 1001, "y" * 200 + ".py": 5}


def test_damaged_member_costs_itself(tmp_path):
    """It becomes an empty file, which has a record; the others are unpacked."""
    path = zipped(tmp_path / "class.zip", {"ada.py": BOTH, "bob.py": HELPER})
    path.write_bytes(path.read_bytes().replace(b"def polite", b"def damage"))

    unpack.unpack(path, tmp_path / "out")

    assert (tmp_path / "out/ada.py").read_text() == BOTH
    assert (tmp_path / "out/bob.py").read_bytes() == b""
