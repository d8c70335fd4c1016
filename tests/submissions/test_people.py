"""What ``grader grade`` says of a class before it grades: how it was read, and who is missing."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from grader.cli.people import match, tell
from grader.errors import UsageError
from grader.gradebook.roster import Roster, RosterEntry
from grader.submissions.uploads import Origin, Person, Upload

ROSTER = Roster(
    (
        RosterEntry("Anna Meyer", "a@uni.example", ("1", "am")),
        RosterEntry("Bo Li", "", ("2",)),
        RosterEntry("Cy Cho", "", ("3",)),
        RosterEntry("Cy Cho", "", ("4",)),
        RosterEntry("=Di()", "", ("5",), "B"),
    ),
    {"name": "Full name", "id": "ID, Login"},
)


def uploads(*people: Person) -> list[Upload]:
    return [Upload(Path(f"{p.name}.py"), Origin((p,), reader="canvas")) for p in people]


def test_how_a_class_was_read_is_said(capsys):
    """So that a wrong guess is seen; single paths say nothing."""
    tell([*uploads(Person("a"), Person("a"), Person("b")), Upload(Path("x.py"))])

    assert capsys.readouterr().err == "read as an export of canvas: 3 submissions of 2 people\n"


def test_who_is_missing_and_unknown_is_said(tmp_path, capsys):
    """With the first names; the folder of results has all of them, and nothing that runs."""
    found = match(
        uploads(Person("liBo"), Person("Zed"), Person("Cy Cho")), ROSTER, tmp_path / "out"
    )

    assert [upload.origin.people[0].name for upload in found] == ["Bo Li", "Zed", "Cy Cho"]
    assert capsys.readouterr().err.splitlines() == [
        "roster: 5 people; name from 'Full name', id from 'ID, Login'",
        "3 of them handed in; nothing is here of: Anna Meyer, =Di()",
        "1 person not on the roster: Zed",
        "1 person may be several on the roster, which needs the ids of the export: Cy Cho",
    ]
    with (tmp_path / "out/missing.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [*csv.reader(file)][1:] == [
            ["Anna Meyer", "a@uni.example", "1 am", ""],
            ["'=Di()", "", "5", "B"],
        ]
    assert "Zed" in (tmp_path / "out/unknown.csv").read_text("utf-8-sig")


def test_a_roster_of_another_course_is_said(capsys):
    """Where nobody on it handed in."""
    match(uploads(Person("Zed")), ROSTER, None)

    assert "Is it the one of this course?" in capsys.readouterr().err


def test_lists_that_cannot_be_written_are_a_sentence(tmp_path):
    """Before anything is graded."""
    (tmp_path / "out").write_text("")

    with pytest.raises(UsageError, match="cannot be written to"):
        match(uploads(Person("Zed")), ROSTER, tmp_path / "out")
