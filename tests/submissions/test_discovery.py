"""What a folder on the command line stands for: one student's files, or a class."""

from __future__ import annotations

import os
import stat
import sys
import zipfile
from pathlib import Path

import pytest

from grader.course.assignment import load
from grader.errors import UsageError
from grader.submissions import discovery
from grader.submissions.archive import MAX_FILE
from grader.submissions.discovery import submissions
from grader.submissions.reading import read
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


def zipped(path: Path, files: dict, compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def written(folder: Path) -> int:
    """The bytes on the disk of all files below a folder."""
    return sum(512 * os.lstat(path).st_blocks for path in folder.rglob("*") if path.is_file())


def test_zip_of_one_student_is_a_submission(tmp_path):
    """As a learning platform or a student makes it; also one that cannot be read."""
    path = zipped(tmp_path / "ada.zip", {"src/main.py": BOTH, "src/helper.py": HELPER})
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


BOMB = b"#" * (MAX_FILE + 1)


def test_zip_of_one_student_is_never_unpacked(tmp_path):
    """Whatever is in it: whether it is a class is seen before anything is written."""
    files = {"main.py": BOTH} | {f"data/{n}.py": BOMB for n in range(6)}
    path = zipped(tmp_path / "ada.zip", files, zipfile.ZIP_DEFLATED)

    assert submissions([path], STUBS) == [path]
    assert [each.name for each in tmp_path.iterdir()] == ["ada.zip"]


def test_class_may_unpack_to_so_much(tmp_path):
    """A zip that says that it unpacks to a multiple of what a class hands in is a sentence, and
    nothing of it is written."""
    files = {"ada.py": BOTH, "bob.py": BOTH} | {f"cy/{n}.py": BOMB for n in range(40)}
    path = zipped(tmp_path / "class.zip", files, zipfile.ZIP_DEFLATED)

    with pytest.raises(
        UsageError, match=r"class\.zip unpacks to more than \d+ MB.*name the folder"
    ):
        submissions([path], STUBS)
    assert [each.name for each in tmp_path.iterdir()] == ["class.zip"]


def test_each_of_a_class_may_unpack_to_what_one_zip_may(tmp_path, monkeypatch):
    """Of a student with more the rest is not written; others lose nothing."""
    monkeypatch.setattr(discovery, "MAX_RATIO", 10_000)
    files = {"ada.py": BOTH, "bob.py": BOTH} | {f"cy/{n}.py": BOMB[1:] for n in range(6)}
    path = zipped(tmp_path / "class.zip", files | {"dan.py": BOTH}, zipfile.ZIP_DEFLATED)

    found = submissions([path], STUBS)

    assert [each.name for each in found] == ["ada.py", "bob.py", "cy", "dan.py"]
    assert found[3].read_text() == BOTH
    assert 3 * MAX_FILE <= written(found[2]) <= 4 * MAX_FILE


def test_too_large_file_of_a_class_is_its_size(tmp_path):
    """Its record says so; the bytes are not written, and long names are cut."""
    files = {"ada.py": BOTH, "bob.py": BOTH, "cy.py": BOMB, "y" * 400 + ".py": "short"}
    path = zipped(tmp_path / "class.zip", files, zipfile.ZIP_DEFLATED)

    found = submissions([path], STUBS)

    assert [each.name for each in found] == ["ada.py", "bob.py", "cy.py", "y" * 200 + ".py"]
    assert found[2].stat().st_size == MAX_FILE + 1
    assert written(found[0].parent) < MAX_FILE


def test_what_cannot_be_unpacked_costs_itself(tmp_path):
    """It becomes an empty file, which has a record; the others are unpacked."""
    link = zipfile.ZipInfo("dan.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    files = {"ada.py": BOTH, "bob.py": BOTH, "cy.py": HELPER, link: "/etc/passwd"}
    path = zipped(tmp_path / "class.zip", files)
    path.write_bytes(path.read_bytes().replace(b"def polite", b"def damage"))

    found = submissions([path], STUBS)

    assert [each.read_text() for each in found] == [BOTH, BOTH, "", ""]
    assert not found[3].is_symlink()


def test_only_what_may_be_a_submission_is_unpacked(tmp_path):
    """A student's folder is there also when nothing in it can be graded."""
    files = {"ada/main.py": BOTH, "ada/data.csv": "1,2", "bob.py": BOTH, "cy/report.pdf": "%PDF"}

    found = submissions([zipped(tmp_path / "class.zip", files)], STUBS)

    assert [each.name for each in found] == ["ada", "bob.py", "cy"]
    assert [each.name for each in found[0].iterdir()] == ["main.py"]
    assert list(found[2].iterdir()) == []


def test_zips_of_students_in_the_zip_of_a_class(tmp_path):
    """Each is a submission, and stays a zip."""
    inner = [zipped(tmp_path / f"{name}.zip", {"hw/main.py": BOTH}) for name in ("ada", "bob")]
    path = zipped(tmp_path / "class.zip", {each.name: each.read_bytes() for each in inner})

    found = submissions([path], STUBS)

    assert [str(each.relative_to(tmp_path)) for each in found] == [
        "class.unpacked/ada.zip",
        "class.unpacked/bob.zip",
    ]
    assert found[0].read_bytes() == inner[0].read_bytes()


@pytest.mark.skipif(sys.platform != "linux", reason="names are text on other systems")
def test_names_that_are_not_utf_8_are_two_students(tmp_path):
    """An archive of an older system has such names; they differ in the bytes that are no text."""
    for name in (b"M\xfcller.py", b"M\xf6ller.py"):
        Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name))).write_text(BOTH)

    assert len(submissions([tmp_path], STUBS)) == 2
    assert len({read(path, []).name for path in tmp_path.iterdir()}) == 2
