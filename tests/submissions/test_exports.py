"""Exports of learning platforms: who handed in what, when, and how often."""

from __future__ import annotations

import os
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.course.assignment import load
from grader.errors import UnreadableSubmission, UsageError
from grader.submissions import exports
from grader.submissions.discovery import Found, submissions, telling_names
from grader.submissions.reading import read
from grader.submissions.uploads import Person, Upload
from tests.conftest import ROOT
from tests.submissions import layouts
from tests.submissions.layouts import AWKWARD, CODE, HELPER, write, zipped

GREETING = load("greeting", ROOT / "tests/small_course")
TEN = datetime(2026, 11, 20, 10, tzinfo=timezone.utc)


def found(folder: Path, files: layouts.Layout, **options) -> Found:
    """What is found in a folder with these files."""
    return submissions([write(folder, files)], GREETING, **options)


def names(found: Found) -> list[str]:
    return telling_names(found.uploads)


def people(found: Found) -> list[str]:
    """The names in each upload's origin."""
    return [", ".join(p.name for p in upload.origin.people) for upload in found.uploads]


def test_readers_are_found_by_name():
    """Each module of the folder is one, and says what it looks for."""
    assert {"moodle", "canvas", "gradescope", "blackboard", "nbgrader"} < {*exports.names()}
    assert all(exports.reader_of(name).LOOKS_LIKE for name in exports.names())


def packed(folder: Path, files: layouts.Layout, how: str) -> Path:
    """The same export as it may lie on a disk."""
    if how == "folder":
        return write(folder / "class", files)
    if how == "folder around it":
        return write(folder / "class/download/hw", files).parent.parent
    if how == "zip beside a list":
        return write(folder / "class", {"all.zip": zipped(files), "people.csv": "Name\n"})
    if how == "zip in a zip":
        files = {"download/all.zip": zipped(files)}
    (folder / "class.zip").write_bytes(zipped(files))
    return folder / "class.zip"


@pytest.mark.parametrize(
    "how", ["folder", "folder around it", "zip", "zip beside a list", "zip in a zip"]
)
@pytest.mark.parametrize("layout", layouts.LAYOUTS, ids=lambda layout: layout.__name__)
def test_each_person_is_there_once_in_every_layout(tmp_path, layout, how):
    """Under the name that the platform writes, wherever the export lies, with readable code."""
    path = packed(tmp_path, layout(AWKWARD), how)

    found = submissions([path], GREETING)

    expected = AWKWARD
    if layout is layouts.canvas:
        expected = [*map(layouts.squashed, AWKWARD)]
    elif layout not in layouts.NAMED:
        expected = [layouts.login_of(number) for number in range(len(AWKWARD))]
    assert sorted(names(found)) == sorted(expected)
    assert {upload.origin.reader for upload in found.uploads} == {
        layout.__name__.removesuffix("_flat")
    }
    assert not found.notes
    for upload in found.uploads:
        assert {"greet", "shout"} <= {*read(upload, GREETING.stubs).index.definitions}


WORDS = st.text(st.sampled_from("abcXYZéü李0159 _-'."), min_size=1, max_size=12).map(str.strip)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(WORDS, min_size=2, max_size=6, unique_by=str.casefold))
@pytest.mark.parametrize("layout", [layouts.moodle, layouts.moodle_flat, layouts.gradescope])
def test_names_of_any_kind_are_kept(tmp_path_factory, layout, people):
    """Whatever separators and digits are in them."""
    people = [f"P{name}" for name in people]

    found = submissions(
        [write(tmp_path_factory.mktemp("class"), layout(people))], GREETING, reader=None
    )

    assert sorted(names(found)) == sorted(people)


def test_moodle_tells_person_and_number(tmp_path):
    """Files keep the names that they were handed in with, so that they can import each other."""
    files = {
        "Anna Meyer_123456_assignsubmission_file_hw.py": CODE,
        "Anna Meyer_123456_assignsubmission_file_my_utils.py": HELPER,
        "Anna Meyer_123456_assignsubmission_onlinetext_onlinetext.html": "<p>done</p>",
        "Anna Meyer_123457_assignsubmission_file_/src/hw.py": CODE,
        "Bo Li_123458_assignsubmission_onlinetext/onlinetext.html": "<p>typed</p>",
        "Team A_assignsubmission_file_/hw.py": CODE,
        "Bo Li_123458_assignfeedback_file_/marks.pdf": "%PDF",
        "Grades-hw1.csv": "Identifier",
    }

    uploads = found(tmp_path, files).uploads

    told = {upload.origin.people[0]: upload for upload in uploads}
    assert len(uploads) == 4
    flat = told[Person("Anna Meyer", "123456")]
    assert [str(name) for name, _path in flat.files] == ["hw.py", "my_utils.py"]
    assert "my_utils" in read(flat, GREETING.stubs).helpers
    assert {*telling_names(uploads)} == {
        *("Anna Meyer (123456)", "Anna Meyer (123457)", "Bo Li", "Team A")
    }
    with pytest.raises(UnreadableSubmission, match=r"no \.py or \.ipynb file"):
        read(told[Person("Bo Li", "123458")], GREETING.stubs)


def test_canvas_tells_lateness_and_attempts(tmp_path):
    """A file that was handed in again has a number; what was handed in once counts still."""
    files = {
        "andersenkai_LATE_12355_678910_hw-1.py": CODE,
        "andersenkai_LATE_12355_678911_utils.py": HELPER,
        "boylebea_12356_678912_hw.py": CODE,
        "boylebea_12356_678913_utils.py": HELPER,
        "boylebea_12356_678920_hw-1.py": CODE,
        "chocy_12357_678930_part-1.py": CODE,
        "chocy_12357_678931_part-2.py": CODE,
        "dodo_12358_text.html": "<p>see below</p>",
        "anon_Ab1C2_678940_hw.py": CODE,
    }

    told = {
        (upload.origin.people[0].id, upload.origin.attempt): upload
        for upload in found(tmp_path, files).uploads
    }

    parts = {key: [str(name) for name, _ in upload.files] for key, upload in told.items()}
    assert parts == {
        ("12355", 0): ["hw.py", "utils.py"],
        ("12356", 1): ["hw.py", "utils.py"],
        ("12356", 2): ["hw.py", "utils.py"],
        ("12357", 0): ["part-1.py", "part-2.py"],
        ("12358", 0): ["text.html"],
        ("Ab1C2", 0): ["hw.py"],
    }
    assert [told[key].origin.is_late for key in parts] == [True, *[False] * 5]
    assert told["12356", 1].files[0][1] != told["12356", 2].files[0][1]
    assert {"boylebea, attempt 1", "boylebea, attempt 2", "andersenkai"} < {
        *telling_names([*told.values()])
    }


METADATA_FILE = "submission_metadata.yml"
METADATA = """---
submission_900000:
  :submitters:
  - :name: Anna Meyer
    :sid: '0123'
    :email: anna@uni.example
  - :name: 李明
    :sid: 0456
    :email: li@uni.example
  :created_at: 2026-11-20 11:00:00.000000000 +01:00
  :history:
  - :id: 800000
    :created_at: 2026-11-19 10:00:00.000000000 Z
    :score: 3.0
submission_900001:
  :submitters: []
  :created_at: never
  :results: !ruby/object:Thing {a: 1}
submission_900002:
  :submitters:
  - :name: Cy Cho
"""


def test_gradescope_tells_groups_times_and_attempts(tmp_path):
    """All of a group handed in; an earlier attempt is one if its folder is there."""
    files = {f"submission_{number}/hw.py": CODE for number in (900000, 900001, 900003, 800000)}

    result = found(tmp_path, files | {METADATA_FILE: METADATA})

    told = {upload.path.name: upload.origin for upload in result.uploads}
    assert told["submission_900000"].people == (
        Person("Anna Meyer", "0123", "anna@uni.example"),
        Person("李明", "0456", "li@uni.example"),
    )
    assert told["submission_900000"].time == TEN
    assert [told[f"submission_{n}"].attempt for n in (800000, 900000)] == [1, 2]
    assert told["submission_800000"].people == told["submission_900000"].people
    assert {*names(result)} == {
        *("Anna Meyer, 李明, attempt 1", "Anna Meyer, 李明, attempt 2"),
        *("submission_900001", "submission_900003"),
    }
    assert ["Cy Cho" in note for note in result.notes] == [True]


@pytest.mark.parametrize("damaged", ["a: [", "- 1\n", "", "[" * 5000, "\x00\x01", None])
def test_gradescope_with_damaged_metadata_is_graded(tmp_path, damaged):
    """The folders are the submissions; a note says what is not known."""
    files: layouts.Layout = {"submission_900000/hw.py": CODE, "submission_900001/report.pdf": ""}

    result = found(tmp_path, files | ({} if damaged is None else {METADATA_FILE: damaged}))

    assert names(result) == ["submission_900000", "submission_900001"]
    assert len(result.notes) == 1
    assert METADATA_FILE in result.notes[0]


def test_blackboard_tells_people_times_and_attempts(tmp_path):
    """By the receipts; without them by the logins. Who sent nothing but a receipt is there."""
    start = "HW_1_am_123_attempt_2026-11-2"
    receipt = (
        "Name: Anna Meyer (am_123)\nDate Submitted: Friday, November 20, 2026 10:00:00 AM GMT\n"
    )
    files = {
        f"{start}0-10-00-00_hw.py": CODE,
        f"{start}0-10-00-00_utils.py": HELPER,
        f"{start}0-10-00-00.txt": receipt,
        f"{start}1-10-00-00_hw.py": CODE,
        "HW_1_bob_attempt_2026-11-20-10-00-00.txt": "Name: Bob Bo (bob)\n",
        "HW_1_cy_attempt_2026-11-20-10-00-00_hw.py": CODE,
    }

    uploads = found(tmp_path, files).uploads

    told = {(upload.origin.people[0], upload.origin.attempt): upload for upload in uploads}
    anna = Person("Anna Meyer", "am_123")
    assert {*told} == {(anna, 1), (anna, 2), (Person("Bob Bo", "bob"), 0), (Person("cy", "cy"), 0)}
    assert told[anna, 1].origin.time == TEN
    assert [str(name) for name, _path in told[anna, 1].files] == ["hw.py", "utils.py"]
    assert all(upload.origin.time.tzinfo is not None for upload in uploads)
    assert {*telling_names(uploads)} == {
        *("Anna Meyer, attempt 1", "Anna Meyer, attempt 2", "Bob Bo", "cy")
    }


@pytest.mark.parametrize("top", ["course/submitted/", "submitted/", ""])
def test_nbgrader_tells_students_and_times(tmp_path, top):
    """From the folder of the course, from submitted/, and from within it. Who has handed in
    another assignment is named; an empty folder is somebody's."""
    files = {
        f"{top}ada/greeting/greeting.py": CODE,
        f"{top}ada/greeting/timestamp.txt": "2026-11-20 10:00:00.000000 UTC",
        f"{top}ada/other/other.py": "",
        f"{top}bob/greeting/": "",
        f"{top}cy/other/other.py": "",
        f"{top}dan/": "",
    }

    result = found(tmp_path, files)

    assert names(result) == ["ada", "bob", "dan"]
    assert result.uploads[0].path == tmp_path / top / "ada/greeting"
    assert result.uploads[0].origin.time == TEN
    assert "cy handed in nothing" in result.notes[0]


def test_nbgrader_asks_which_assignment(tmp_path):
    """Where none is called like the one that is graded."""
    files = {f"submitted/{who}/{hw}/timestamp.txt": "" for who in "ab" for hw in ("hw1", "hw2")}

    with pytest.raises(UsageError, match="hw1, hw2"):
        found(tmp_path, files)


def test_attempts_in_the_exchange_of_nbgrader(tmp_path):
    """Its inbound folder has all of them."""
    files = {
        f"a+b+greeting+2026-11-2{day} 10:00:00.123456 UTC+x/greeting.py": CODE for day in (0, 1)
    }

    result = found(tmp_path, files)

    assert names(result) == ["a+b, attempt 1", "a+b, attempt 2"]


@pytest.mark.parametrize(
    "files",
    [
        {"hw1-submissions/hw1-ada-lovelace/hw.py": CODE, "hw1-submissions/hw1-bob/hw.py": ""},
        {"greeting-ada-lovelace/hw.py": CODE, "greeting-bob/": ""},
    ],
    ids=str,
)
def test_github_classroom_tells_logins(tmp_path, files):
    """By the folder around the repositories, or by the assignment."""
    assert names(found(tmp_path, files)) == ["ada-lovelace", "bob"]


def test_late_folders_say_so(tmp_path):
    """Of the same person there and in time are two attempts."""
    files = {
        "on time/Anna_1_assignsubmission_file_/hw.py": CODE,
        "Late submissions/Anna_1_assignsubmission_file_/hw.py": CODE,
        "Late submissions/Late Smith_2_assignsubmission_file_/hw.py": CODE,
    }

    result = found(tmp_path, files)

    late = {name: u.origin.is_late for name, u in zip(names(result), result.uploads, strict=True)}
    assert late == {"Anna, attempt 1": False, "Anna, attempt 2": True, "Late Smith": True}


@pytest.mark.parametrize("how", ["folder", "zip"])
def test_nobody_vanishes(tmp_path, how):
    """Empty folders, files of other kinds, empty files and links have a record."""
    files: layouts.Layout = {
        "Anna_1_assignsubmission_file_/hw.py": CODE,
        "Bo_2_assignsubmission_file_/": "",
        "Cy_3_assignsubmission_file_/report.pdf": "%PDF",
        "Di_4_assignsubmission_file_hw.py": "",
        "Moodle, Ed_5_assignsubmission_file_README.md": "",
        "stray.py": CODE,
        "notes.txt": "",
    }

    result = submissions([packed(tmp_path, files, how)], GREETING)

    assert sorted(names(result)) == ["Anna", "Bo", "Cy", "Di", "Moodle, Ed", "notes", "stray"]
    for upload in result.uploads:
        if upload.origin.people and upload.origin.people[0].name != "Anna":
            with pytest.raises(UnreadableSubmission):
                read(upload, GREETING.stubs)


def test_a_link_is_somebodys(tmp_path):
    """It is not followed."""
    write(tmp_path / "class", {"Anna_1_assignsubmission_file_/hw.py": CODE, "x/hw.py": CODE})
    (tmp_path / "class/Bo_2_assignsubmission_file_").symlink_to("/etc")
    (tmp_path / "class/Cy_3_assignsubmission_file_hw.py").symlink_to("/etc/passwd")

    result = submissions([tmp_path / "class"], GREETING)

    assert {"Anna", "Bo", "Cy"} < {*names(result)}
    for upload in result.uploads:
        if upload.origin.people and upload.origin.people[0].name in ("Bo", "Cy"):
            with pytest.raises(UnreadableSubmission, match="is a link"):
                read(upload, GREETING.stubs)


@pytest.mark.parametrize("layout", layouts.LAYOUTS, ids=lambda layout: layout.__name__)
def test_paths_in_an_export_are_told_by_it(tmp_path, layout):
    """As a shell gives them for class/*: each person once, receipts and lists are nobody's."""
    write(tmp_path, layout(AWKWARD))
    inside = {"gradescope": "export", "github_classroom": "hw1-submissions", "nbgrader": ""}
    name = layout.__name__
    paths = sorted((tmp_path / inside.get(name, "")).iterdir())
    if name == "nbgrader":
        paths = sorted((tmp_path / "submitted").glob("*/greeting"))

    one_by_one = submissions(paths, GREETING)

    if layout is not layouts.plain:
        together = submissions([tmp_path], GREETING).uploads
        assert {(u.path, u.origin) for u in one_by_one.uploads} == {
            (u.path, u.origin) for u in together
        }


def test_one_of_several_files_stands_for_all(tmp_path):
    """Where an export has the files of a person side by side."""
    files = {"a_12355_678910_hw.py": CODE, "a_12355_678911_utils.py": HELPER}
    write(tmp_path / "late", files)

    uploads = submissions([tmp_path / "late/a_12355_678911_utils.py"], GREETING).uploads

    assert [[str(name) for name, _path in upload.files] for upload in uploads] == [
        ["hw.py", "utils.py"]
    ]
    assert uploads[0].origin.is_late


def test_a_reader_can_be_named(tmp_path):
    """It decides; one that finds nothing says what it looks for and what is there."""
    files = {"lab_1_2_a.py": CODE, "lab_1_3_b.py": CODE}

    assert names(found(tmp_path, files, reader="plain")) == ["lab_1_2_a", "lab_1_3_b"]
    with pytest.raises(UsageError, match=r"no export that moodle makes.*assignsubmission.*lab_1_2"):
        found(tmp_path, files, reader="moodle")
    with pytest.raises(UsageError, match=r"no reader of exports .blackbord..*blackboard, canvas"):
        found(tmp_path, files, reader="blackbord")


@pytest.mark.parametrize(
    ("reader", "files", "expected"),
    [
        ("canvas", {"a_12355_678910_hw.py": CODE, "b.py": CODE, "c.py": CODE}, ["a", "b", "c"]),
        ("gradescope", {"submission_1/hw.py": CODE}, ["submission_1"]),
        ("nbgrader", {"all/ada/greeting/hw.py": CODE, "all/bob/greeting/": ""}, ["ada", "bob"]),
        ("github_classroom", {"all/hw1-ada/hw.py": CODE, "all/hw1-bob/": ""}, ["ada", "bob"]),
    ],
)
def test_a_reader_that_is_named_needs_less(tmp_path, reader, files, expected):
    """A person knows more than the names tell."""
    assert sorted(names(found(tmp_path, files, reader=reader))) == expected


@pytest.mark.skipif(sys.platform != "linux", reason="names are text on other systems")
def test_names_that_are_no_text_can_be_written(tmp_path):
    """Of an archive of an older system; they stay different ones."""
    for name in (b"M\xfcller_1_assignsubmission_file_", b"M\xf6ller_2_assignsubmission_file_"):
        os.mkdir(os.path.join(os.fsencode(tmp_path), name))

    result = submissions([tmp_path], GREETING)

    assert len({name.encode() for name in people(result)}) == 2


def test_several_exports_of_the_same_people(tmp_path):
    """What each of them has of a person is an attempt."""
    (tmp_path / "first.zip").write_bytes(zipped({"a_12355_678910_hw.py": CODE}))
    (tmp_path / "later.zip").write_bytes(
        zipped({"a_LATE_12355_678920_hw-1.py": CODE, "b_12356_678921_hw.py": CODE})
    )

    both = submissions([tmp_path / "later.zip", tmp_path / "first.zip"], GREETING)

    assert names(both) == ["a, attempt 2", "b", "a, attempt 1"]


def test_nobody_can_hand_in_for_others(tmp_path):
    """An export in what one person handed in is that person's, in a class and among others."""
    forged = {"Victim_1_assignsubmission_file_/hw.py": CODE, "b_12355_678910_hw.py": CODE}
    write(tmp_path / "plain", {"ada.py": CODE, "eve.zip": zipped(forged)})
    write(tmp_path / "moodle", {f"Eve_9_assignsubmission_file_/{n}": c for n, c in forged.items()})
    write(tmp_path / "canvas", {"eve_5_6_x_12355_678910_hw.py": CODE, "ada_100_200_hw.py": CODE})

    beside = submissions(sorted((tmp_path / "plain").iterdir()), GREETING)
    alone = submissions([tmp_path / "moodle/Eve_9_assignsubmission_file_"], GREETING)

    assert names(beside) == ["ada", "eve"]
    assert "eve.zip looks like a class of its own" in beside.notes[0]
    assert people(alone) == ["Eve"]
    assert people(submissions([tmp_path / "moodle"], GREETING)) == ["Eve"]
    ids = {u.origin.people[0].id for u in submissions([tmp_path / "canvas"], GREETING).uploads}
    assert ids == {"5", "100"}


def test_another_reader_of_the_same_zip_unpacks_what_it_takes(tmp_path):
    """What was unpacked for the first is replaced."""
    files = {"a_12355_678910_hw.py": CODE, "b_12356_678911_hw.py": CODE, "notes.txt": "mine"}
    (tmp_path / "class.zip").write_bytes(zipped(files))

    for reader in ("plain", "canvas", None):
        result = submissions([tmp_path / "class.zip"], GREETING, reader=reader)
        assert all(upload.path.exists() for upload in result.uploads)


@pytest.mark.parametrize(
    "files",
    [
        {"hw.py": CODE, "submission_2/hw.py": CODE},
        {"lab_2024_100_part.py": CODE, "utils.py": HELPER},
        {"greeting-final/hw.py": CODE},
        {"greeting-v1/hw.py": CODE, "greeting-v2/hw.py": CODE},
        {"src/greeting/hw.py": CODE, "src/greeting/notes.txt": ""},
    ],
    ids=str,
)
def test_a_students_own_names_make_no_class(tmp_path, files):
    """They may look a little like those of a platform."""
    result = found(tmp_path, files)

    assert [upload.path for upload in result.uploads] == [tmp_path]


def test_uploads_of_a_plain_class_have_people(tmp_path):
    """Named as their files are; a path to one file says nothing about anybody."""
    result = found(tmp_path, {"ada.py": CODE, "bob/hw.py": CODE, "late/cy.ipynb": "{"})

    assert people(result) == ["ada", "bob", "cy"]
    assert [upload.origin.is_late for upload in result.uploads] == [None, None, True]
    assert submissions([tmp_path / "ada.py"], GREETING).uploads == [Upload(tmp_path / "ada.py")]
