"""What a folder on the command line stands for: one student's files, or a class."""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

from grader.course.assignment import load
from grader.errors import UnreadableSubmission, UsageError
from grader.submissions import unpacking
from grader.submissions.archive import MAX_FILE
from grader.submissions.discovery import Found, submissions, telling_names
from grader.submissions.reading import read
from grader.submissions.uploads import Upload
from tests.conftest import ROOT

GREETING = load("greeting", ROOT / "tests/small_course")
GREET = "def greet(name):\n    return 'Hi, ' + name\n"
SHOUT = "def shout(text):\n    return text.upper()\n"
BOTH = GREET + SHOUT
BLANK = "def greet(name): ...\ndef shout(text): ...\n"
HELPER = "def polite(name): ...\n"


def found(folder: Path, files: dict[str, str], **options) -> list[str]:
    """The submissions of a folder with these files, by their paths in it."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    paths = places(submissions([folder], GREETING, **options))
    return [str(path.relative_to(folder)) for path in paths]


def places(found: Found) -> list[Path]:
    """Where the submissions lie."""
    return [upload.path for upload in found.uploads]


def at(*paths: Path) -> list[Path]:
    """The submissions that these paths name."""
    return places(submissions(paths, GREETING))


@pytest.mark.parametrize(
    "files",
    [
        {"main.py": BOTH, "helper.py": HELPER},
        {"greeting.py": BOTH, "greeting.ipynb": "broken"},
        {"src/main.py": BOTH, "src/helper.py": HELPER},
        {"a.py": "def greet(name): ...", "README.md": "mine"},
        {"report.pdf": "%PDF", "hw.ipynb": BOTH},
        {"part1.py": GREET, "part2.py": SHOUT},
        {"part1/hw.py": GREET, "part2/hw.py": SHOUT},
        {"hw.py": BOTH, "hw (1).py": BOTH, "hw - Copy.py": BOTH, "hw_old.py": GREET},
        {"hw.py": BOTH, "backup/hw.py": BOTH, "old/x.py": GREET},
        {"hw.py": BOTH, "greeting.py": BLANK},
        {"main.py": "from ada import greet\n" + SHOUT, "ada.py": GREET},
        {"src/main.py": BOTH, "tests/test_main.py": "x = 1", "docs/report.pdf": ""},
        {"src/hw.py": BOTH, "venv/lib/pkg/hw.py": BOTH, "venv/lib/pkg/ada.py": BOTH},
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
        {"ada.py": BOTH, "bob.py": BOTH, "cy.py": "", "dan.zip": "broken", "eve.ipynb": "{"},
        {"ada.py": GREET, "bob.py": GREET, "cy.py": "x = 1"},
        {"ada/main.py": BOTH, "bob/main.py": "(", "cy/main.py": GREET},
        {"Ada_1_assignsubmission_file_/hw.py": "(", "Bob_2_assignsubmission_file_/a.pdf": ""},
        {"Ada_1_assignsubmission_file_hw.py": BLANK, "Bob_2_assignsubmission_file_hw.pdf": ""},
        {"ada_LATE_1234_5678_hw.py": "(", "bob_1235_5679_hw-1.py": "x = 1"},
        {"submission_90001/hw.py": BLANK, "submission_90002/hw.py": ""},
        {"greeting-ada/greeting.py": BOTH, "greeting-bob/greeting.py": GREET},
    ],
    ids=str,
)
def test_a_folder_of_submissions_is_a_class(tmp_path, files):
    """Every file and every folder in it is handed in by somebody, also what cannot be read."""
    assert found(tmp_path, files) == sorted({name.split("/")[0] for name in files})


@pytest.mark.parametrize(
    "files",
    [
        {"ada.py": BOTH, "bob.ipynb": "{"},
        {"ada.zip": "broken", "bob.py": BOTH},
        {"ada/hw.py": BOTH, "bob/report.pdf": "%PDF"},
        {"ada.py": BOTH, "bob.py": BLANK},
        {"ada.py": "import bob\n" + BOTH, "bob.py": BOTH},
    ],
    ids=str,
)
def test_what_is_unclear_is_asked(tmp_path, files):
    """Nobody vanishes by a guess: both options are named, and each of them decides."""
    with pytest.raises(UsageError, match=r"It holds .*--class.*--single"):
        found(tmp_path, files)

    assert found(tmp_path, files, is_class=True) == sorted({n.split("/")[0] for n in files})
    assert found(tmp_path, files, is_class=False) == ["."]


def test_what_is_unclear_among_others_is_one_submission(tmp_path):
    """No student can stop the grading of the others."""
    for name, text in {"ada.py": BOTH, "bob/a.py": BOTH, "bob/b.ipynb": "{"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)

    both = submissions([tmp_path / "ada.py", tmp_path / "bob"], GREETING)

    assert places(both) == [tmp_path / "ada.py", tmp_path / "bob"]
    assert "bob is graded as one submission" in both.notes[0]


def test_a_class_may_lie_one_folder_deeper(tmp_path):
    """Where there is nothing else; lists and read-me files are nobody's."""
    files = {"hw1/ada.py": BOTH, "hw1/bob.py": BOTH, "hw1/grades.csv": "", "README.md": ""}

    assert found(tmp_path, files) == ["hw1/ada.py", "hw1/bob.py"]


def test_several_classes_are_graded_one_at_a_time(tmp_path):
    """A folder of classes is no class of as many students."""
    files = {f"{hw}/{name}.py": BOTH for hw in ("hw1", "hw2") for name in ("ada", "bob")}

    with pytest.raises(UsageError, match="to be a class: hw1/, hw2/"):
        found(tmp_path, files)


def test_those_who_were_late_are_part_of_the_class(tmp_path):
    """Their folder is no student."""
    files = {"ada.py": BOTH, "bob.py": BOTH, "late/cy.py": BOTH, "late/dan.pdf": ""}

    assert found(tmp_path, files) == ["ada.py", "bob.py", "late/cy.py", "late/dan.pdf"]


def test_each_submission_is_there_once(tmp_path):
    """However often and in whatever way its path is typed."""
    found(tmp_path, {"ada.py": BOTH, "bob.py": BOTH})

    paths = [tmp_path / "bob.py", tmp_path, tmp_path / ".." / tmp_path.name / "ada.py"]

    assert at(*paths) == [tmp_path / "bob.py", tmp_path / "ada.py"]


def test_links_are_submissions_that_are_not_followed(tmp_path):
    """Those to folders, too."""
    found(tmp_path, {"class/ada.py": BOTH, "class/bob.py": BOTH})
    (tmp_path / "class/loop").symlink_to(".")
    (tmp_path / "link").symlink_to("class")

    assert [path.name for path in at(tmp_path / "class")] == ["ada.py", "bob.py", "loop"]
    assert at(tmp_path / "link") == [tmp_path / "link"]
    with pytest.raises(UnreadableSubmission, match="link is a link"):
        read(tmp_path / "link", [])


def test_equal_names_are_told_apart_by_their_folders(tmp_path):
    """Names that nobody else has stay as they are."""
    paths = [tmp_path / name for name in ("ada/hw.py", "bob/hw.py", "bob/hw.ipynb", "cy.py")]

    names = telling_names([*map(Upload, paths)])

    assert names == ["ada_hw", "bob_hw.py", "bob_hw.ipynb", "cy"]


def test_results_among_the_submissions_are_left_out(tmp_path):
    """The folder of --out, and what is hidden, is nobody's submission."""
    files = {"ada.py": BOTH, "bob.py": BOTH, "results/ada.json": "[]", ".git/config": ""}

    assert found(tmp_path, files, leave_out=tmp_path / "results") == ["ada.py", "bob.py"]


def test_files_are_taken_as_they_are(tmp_path):
    """A path to a file is one submission, in the order of the command line."""
    paths = [tmp_path / "b.py", tmp_path / "a.py"]

    assert at(*paths) == paths


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

    assert at(path, broken) == [path, broken]


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
        found = at(path)
        names = [str(each.relative_to(tmp_path / "class.unpacked")) for each in found]
        assert names == [
            *("Ada Lovelace_1_file", "bob_2_greeting.py", "cy_3.pdf", "etc", "outside.py")
        ]
    assert (tmp_path / "class.unpacked/bob_2_greeting.py").read_text() == BOTH
    assert sorted(each.name for each in tmp_path.iterdir()) == ["class.unpacked", "class.zip"]


def test_folder_that_holds_only_the_zip_of_a_class_is_that_class(tmp_path):
    """As a download folder does, also when it was unpacked there before."""
    zipped(tmp_path / "class.zip", {"ada.py": BOTH, "bob.py": BOTH})

    for _ in range(2):
        assert [each.name for each in at(tmp_path)] == ["ada.py", "bob.py"]


def test_a_new_zip_takes_the_place_of_the_old_one(tmp_path):
    """What is no longer in it is gone, what was changed is replaced; the same zip is not unpacked
    again."""
    path = zipped(tmp_path / "class.zip", {"ada.py": BOTH, "bob.py": BOTH, "cy.py": BOTH})
    before = at(path)[0].stat().st_ino
    assert at(path)[0].stat().st_ino == before

    zipped(path, {"ada.py": BOTH + "x = 1\n", "cy.py": BOTH})

    assert [each.name for each in at(path)] == ["ada.py", "cy.py"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["class.unpacked", "class.zip"]
    assert (tmp_path / "class.unpacked/ada.py").read_text() == BOTH + "x = 1\n"
    assert not (tmp_path / "class.unpacked/bob.py").exists()


def test_a_folder_that_was_not_unpacked_here_is_never_touched(tmp_path):
    """It may be somebody's work."""
    path = zipped(tmp_path / "class.zip", {"ada.py": BOTH, "bob.py": BOTH})
    (tmp_path / "class.unpacked").mkdir()
    (tmp_path / "class.unpacked/mine.txt").write_text("mine")

    with pytest.raises(UsageError, match=r"class\.unpacked is in the way"):
        at(path)
    assert (tmp_path / "class.unpacked/mine.txt").read_text() == "mine"


def test_a_zip_where_nothing_can_be_written(tmp_path, monkeypatch):
    """It is unpacked to the user's cache, always to the same place, and nothing is left behind."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = zipped(tmp_path / "class.zip", {"ada.py": BOTH, "bob.py": BOTH})
    real = tempfile.mkdtemp

    def read_only(prefix, dir):
        if Path(dir) == tmp_path:
            raise OSError(errno.EROFS, "Read-only file system", str(dir))
        return real(prefix=prefix, dir=dir)

    monkeypatch.setattr(unpacking.tempfile, "mkdtemp", read_only)

    first, again = submissions([path], GREETING), submissions([path], GREETING)

    assert first == again
    assert tmp_path / "cache" in first.uploads[0].path.parents
    assert "nothing can be written beside it" in first.notes[0]
    assert first.uploads[0].path.read_text() == BOTH


BOMB = b"#" * (MAX_FILE + 1)


def test_zip_of_one_student_is_never_unpacked(tmp_path):
    """Whatever is in it: whether it is a class is seen before anything is written."""
    files = {"main.py": BOTH} | {f"data/{n}.py": BOMB for n in range(6)}
    path = zipped(tmp_path / "ada.zip", files, zipfile.ZIP_DEFLATED)

    assert at(path) == [path]
    assert [each.name for each in tmp_path.iterdir()] == ["ada.zip"]


def test_class_may_unpack_to_so_much(tmp_path):
    """A zip that says that it unpacks to a multiple of what a class hands in is a sentence, and
    nothing of it is written."""
    files = {"ada.py": BOTH, "bob.py": BOTH} | {f"cy/{n}.py": BOMB for n in range(40)}
    path = zipped(tmp_path / "class.zip", files, zipfile.ZIP_DEFLATED)

    with pytest.raises(
        UsageError, match=r"class\.zip unpacks to more than \d+ MB.*name the folder"
    ):
        at(path)
    assert [each.name for each in tmp_path.iterdir()] == ["class.zip"]


def test_each_of_a_class_may_unpack_to_what_one_zip_may(tmp_path, monkeypatch):
    """Of a student with more the rest is not written; others lose nothing."""
    monkeypatch.setattr(unpacking, "MAX_RATIO", 10_000)
    files = {"ada.py": BOTH, "bob.py": BOTH} | {f"cy/{n}.py": BOMB[1:] for n in range(6)}
    path = zipped(tmp_path / "class.zip", files | {"dan.py": BOTH}, zipfile.ZIP_DEFLATED)

    found = at(path)

    assert [each.name for each in found] == ["ada.py", "bob.py", "cy", "dan.py"]
    assert found[3].read_text() == BOTH
    assert 3 * MAX_FILE <= written(found[2]) <= 4 * MAX_FILE


def test_too_large_file_of_a_class_is_its_size(tmp_path):
    """Its record says so; the bytes are not written, and long names are cut."""
    files = {"ada.py": BOTH, "bob.py": BOTH, "cy.py": BOMB, "y" * 400 + ".py": "short"}
    path = zipped(tmp_path / "class.zip", files, zipfile.ZIP_DEFLATED)

    found = at(path)

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

    found = at(path)

    assert [each.read_text() for each in found] == [BOTH, BOTH, "", ""]
    assert not found[3].is_symlink()


def test_only_what_may_be_a_submission_is_unpacked(tmp_path):
    """A student's folder is there also when nothing in it can be graded."""
    files = {"ada/main.py": BOTH, "ada/data.csv": "1,2", "bob.py": BOTH, "cy/report.pdf": "%PDF"}

    found = at(zipped(tmp_path / "class.zip", files))

    assert [each.name for each in found] == ["ada", "bob.py", "cy"]
    assert [each.name for each in found[0].iterdir()] == ["main.py"]
    assert list(found[2].iterdir()) == []


def test_zips_of_students_in_the_zip_of_a_class(tmp_path):
    """Each is a submission, and stays a zip."""
    inner = [zipped(tmp_path / f"{name}.zip", {"hw/main.py": BOTH}) for name in ("ada", "bob")]
    path = zipped(tmp_path / "class.zip", {each.name: each.read_bytes() for each in inner})

    found = at(path)

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

    assert len(at(tmp_path)) == 2
    assert len({read(path, []).name for path in tmp_path.iterdir()}) == 2
