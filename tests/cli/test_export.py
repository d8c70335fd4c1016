"""``grader export`` as a person meets it: files, notes, exit codes."""

from __future__ import annotations

import msgspec
import pytest
from typer.testing import CliRunner

from grader.checking.results import CheckResult
from grader.cli.main import app
from grader.course import assignment as assignments
from grader.gradebook.book import open_book
from grader.grading.records import Record
from grader.grading.scoring import Result, score
from grader.reports.tables import BOM
from grader.submissions.uploads import Origin, Person, Upload
from tests.conftest import ROOT
from tests.reports.test_gradesheets import ENGLISH, changed, rows

COURSE = ROOT / "tests" / "small_course"


def command(*arguments):
    result = CliRunner().invoke(app, ["export", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


@pytest.fixture
def book(tmp_path):
    """A gradebook with Ada's greeting, half right, and Eve's, for which the machine failed."""
    place = tmp_path / "book.sqlite"
    greeting = assignments.load("greeting", COURSE)
    with open_book(str(place)) as found:
        for number, (who, status) in enumerate(
            [("Ada Lovelace", "graded"), ("Eve", "infrastructure_error")]
        ):
            path = tmp_path / f"{number}.py"
            path.write_text(f"x = {number}\n", "utf-8")
            checks = [
                CheckResult("a", "greet", "unit", "hidden", 1, False, "passed", "", None, 0.1),
                CheckResult("b", "shout", "unit", "hidden", 1, False, "failed", "", None, 0.1),
            ]
            record = Record(
                who, "greeting", status, None, "cpu", None, checks, [], "", 0.1, {}, {}, str(path)
            )
            person = Person(name=who, id=str(123456 + number))
            record = msgspec.structs.replace(record, origin=Origin((person,)))
            keeper = found.keeper(greeting, [Upload(path, record.origin)])
            keeper.keep(Result(record, score(record, greeting)))
    return place


def test_command_fills_in_a_worksheet(tmp_path, book):
    """The file of the platform stays, the written one has the grades, and the screen says who is
    not on both sides; it may be named twice to be changed itself."""
    given = tmp_path / "worksheet.csv"
    given.write_bytes(ENGLISH.encode())
    options = ["greeting", "--format", "moodle", "--db", book, "--course", COURSE, "--into", given]
    shown = command(*options, "--to", tmp_path / "filled.csv")
    filled = (tmp_path / "filled.csv").read_text("utf-8")

    assert shown.exit_code == 0
    assert given.read_bytes() == ENGLISH.encode()
    assert changed(ENGLISH, filled)[1, 5] == "60.00"
    said = " ".join(shown.stderr.split())
    assert "in the file, and not in the gradebook" in said
    assert "without a grade in greeting: Eve (infrastructure error)" in said
    assert command(*options, "--to", given).exit_code == 0
    assert given.read_text("utf-8") == filled


def test_command_writes_to_the_screen_without_a_mark(book):
    """What goes to the screen is the table and nothing else."""
    shown = command("--format", "csv", "--to", "-", "--db", book, "--course", COURSE)

    assert rows(shown.stdout)[1] == [
        *("Ada Lovelace", "123456", "", ""),
        *("60", "0", "0", "60", "graded"),
    ]
    assert not shown.stdout.startswith(BOM)


def test_command_says_what_does_not_fit(tmp_path, book):
    """An unknown format, a file of another kind, a file that is not there, nothing to export."""
    options = ["--to", "-", "--db", book, "--course", COURSE]
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\n1,2\n")
    for arguments, words in (
        (["greeting", "--format", "excel"], "no format"),
        (["greeting", "--format", "moodle", "--into", wrong], "no column Grade"),
        (["greeting", "--format", "canvas", "--into", tmp_path / "no.csv"], "No such file"),
        (["greting", "--format", "csv"], "greting"),
    ):
        shown = command(*arguments, *options)

        assert shown.exit_code == 2
        assert words in " ".join(shown.stderr.split())
