"""grader adjust and grader gradebook grades, as an instructor types them, on a real gradebook."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli.main import app
from grader.gradebook.book import open_book
from grader.submissions.uploads import Person
from tests.gradebook.books import COURSE, EVENING, GREETING, keep, upload

ADA = Person("Ada Lovelace", "17", "ada@example.org")
BOB = Person("Bob Noyce", "18")
EVE, MAX = Person("Eve Moore", "19"), Person("Max Born", "20")
POLICY = """
[assignment.greeting]
due = 2026-11-27T18:00:00+08:00
late = { per = "day", points = 10 }
"""


@pytest.fixture
def course(tmp_path, monkeypatch) -> Path:
    """A course in whose gradebook Ada has 60 of 100, Bob and Eve together are a day late, and the
    machine failed at Max."""
    folder = Path(shutil.copytree(COURSE, tmp_path / "course"))
    monkeypatch.setenv("GRADER_COURSE", str(folder))
    (folder / "course.toml").write_text(POLICY, "utf-8")
    with open_book(str(folder / "gradebook.sqlite")) as book:
        keep(book, upload(tmp_path / "a.py", "a", ADA, time=EVENING), shout="failed")
        late = EVENING + timedelta(days=1)
        keep(book, upload(tmp_path / "b.py", "b", BOB, EVE, time=late))
        failed = upload(tmp_path / "m.py", "m", MAX, time=EVENING)
        keep(book, failed, status="infrastructure_error", checks=[])
    return folder


def grader(*arguments: object, code: int = 0) -> str:
    """What a command prints, on one line for each of its own."""
    found = CliRunner().invoke(app, list(map(str, arguments)), env={"COLUMNS": "300"})
    assert found.exit_code == code, found.output
    return found.output


def adjust(*arguments: object, code: int = 0) -> str:
    return grader("adjust", "greeting", *arguments, code=code)


def records(course: Path) -> list:
    with open_book(str(course / "gradebook.sqlite")) as book:
        return list(book.results(GREETING.name))


def test_points_are_given_with_a_reason(course):
    """The grade of before and of now is printed; the record stays as it is."""
    before = records(course)
    output = adjust("ada", "shout", "--points", "+3", "--reason", "nearly", "--author", "Kim")

    assert "Ada Lovelace, greeting: 60 → 63 of 100" in output
    assert "now:    60 + 3 adjusted: nearly" in output
    assert "grader adjust greeting --withdraw 1" in output
    assert "adjusted: +3 (shout): nearly, by Kim" in grader("gradebook", "grades", "--person", "17")
    assert records(course) == before


def test_points_of_a_stub_are_set(course):
    """Whatever was adjusted before."""
    adjust("ada", "shout", "--points", 3, "--reason", "nearly")

    assert "63 → 80 of 100" in adjust("ada", "shout", "--to", 20, "--reason", "oral")
    assert "80 → 60 of 100" in adjust("ada", "shout", "--to", 0, "--reason", "copied")


def test_withdrawing_gives_the_grade_of_before(course):
    """The others count on."""
    before = grader("gradebook", "grades", "greeting")
    adjust("ada", "shout", "--points", 3, "--reason", "nearly")
    between = grader("gradebook", "grades", "greeting")
    adjust("ada", "--points", 5, "--reason", "bonus")

    assert "68 → 63 of 100" in adjust("--withdraw", 2)
    assert grader("gradebook", "grades", "greeting") == between
    adjust("--withdraw", 1)
    assert grader("gradebook", "grades", "greeting") == before


def test_comment_may_stand_alone(course):
    """It needs no reason, and changes no points."""
    output = adjust("Ada Lovelace", "--comment", "Well\nexplained!", "--author", "Kim")

    assert "Ada Lovelace, greeting: 60 of 100" in output
    assert "comment: Well explained!, by Kim" in grader("gradebook", "grades", "--person", "17")


def test_adjustments_are_listed(course):
    """Of all, or of one person."""
    assert "Nothing was adjusted." in adjust("--list")
    adjust("ada", "shout", "--points", 3, "--reason", "nearly", "--author", "Kim")
    adjust("bob", "--points", -2, "--reason", "names", "--comment", "see me", "--author", "Kim")

    assert "1  Ada Lovelace, shout: +3: nearly, by Kim, 20" in adjust("--list")
    assert "2  Bob Noyce: −2: names; comment: see me, by Kim, 20" in adjust("bob", "--list")
    assert "Ada" not in adjust("bob", "--list")


def test_who_handed_in_together_is_named(course):
    """Their points stay as they are."""
    output = adjust("bob", "--points", -2, "--reason", "names")

    assert "88" in output
    assert "handed in together with Eve Moore, whose points stay as they are" in output
    assert "now:    100 − 10 late" in adjust("eve", "--comment", "ok")


def test_author_is_the_user_of_git(course, monkeypatch, tmp_path):
    """Nobody has to type their name each time."""
    (tmp_path / "gitconfig").write_text("[user]\nname = Kim Lee\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.chdir(tmp_path)
    adjust("ada", "--comment", "ok")

    assert "by Kim Lee" in adjust("--list")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ada"], "Say one thing"),
        (["ada", "--list", "--withdraw", 1], "Say one thing"),
        (["--points", 3, "--reason", "x"], "Whose? grader adjust greeting PERSON"),
        (["ada", "--points", 3], "Points need a reason"),
        (["ada", "--points", 3, "--reason", "  "], "Points need a reason"),
        (["ada", "--points", 0, "--reason", "x"], "0 points change nothing"),
        (["ada", "--points", "nan", "--reason", "x"], "at most two decimals"),
        (["ada", "--points", 0.001, "--reason", "x"], "at most two decimals"),
        (["ada", "--points", 3, "--to", 3, "--reason", "x"], "give one of them"),
        (["ada", "--to", 3, "--reason", "x"], "--to sets the points of a stub"),
        (["ada", "shot", "--points", 3, "--reason", "x"], "no stub shot: did you mean 'shout'?"),
        (["ada", "shot", "--comment", "x"], "no stub shot: did you mean 'shout'?"),
        (["ada", "greet", "--points", 3, "--reason", "x"], "greet has 60 of 60 points and would"),
        (["ada", "shout", "--to", 41, "--reason", "x"], "and would have 41"),
        (["ada", "shout", "--to", -1, "--reason", "x"], "and would have -1"),
        (["ada", "shout", "--to", 0, "--reason", "x"], "nothing would change"),
        (["Ada Lovelacs", "--comment", "x"], "Near is Ada Lovelace"),
        (["max", "--points", 3, "--reason", "x"], "no grade that could be changed"),
        (["--withdraw", 7], "no adjustment 7 that counts; there are none"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(course, arguments, said):
    """Nothing is kept then."""
    output = adjust(*arguments, code=2)

    assert said in " ".join(output.split())
    assert "Nothing was adjusted." in adjust("--list")


def test_grades_are_listed_with_how_they_came_about(course):
    """Who has no grade stands below the table, too."""
    output = grader("gradebook", "grades", "greeting")

    assert "Bob Noyce    │            90 │ 100 − 10 late" in output
    assert "Max Born     │             – │ no grade yet (infrastructure error)" in output
    assert "Max Born: no grade yet (infrastructure error); attempt 1 has no grade" in output


def test_new_policy_changes_grades_and_no_record(course):
    """Nothing is run: course.toml is read each time."""
    before = records(course)
    (course / "course.toml").write_text(POLICY.replace("10", "25"), "utf-8")

    assert "100 − 25 late" in grader("gradebook", "grades", "greeting")
    assert records(course) == before


def test_sum_of_the_course_is_listed(course):
    """With the rounding and the title of course.toml."""
    (course / "course.toml").write_text("[course]\ntitle = 'Deep Learning'\n" + POLICY, "utf-8")
    output = grader("gradebook", "grades")

    assert "Deep Learning" in output
    assert "│ Bob Noyce    │       90 │  90 │ 100 │" in output
    assert "│ Max Born     │        – │   0 │   0 │" in output


def test_extension_of_nobody_is_a_note(course):
    """The others' grades do not wait for it."""
    extension = "[[extension]]\nperson = '71'\nassignment = 'greeting'\ndays = 1\n"
    (course / "course.toml").write_text(POLICY + extension, "utf-8")
    output = grader("gradebook", "grades")

    assert "nobody is called '71'" in output
    assert "Bob Noyce" in output


def test_wrong_course_file_is_an_error_with_its_line(course):
    """No grade is shown by rules that nobody wrote."""
    (course / "course.toml").write_text("[defaults]\natempts = 'last'\n", "utf-8")

    assert "line 2, defaults, atempts" in grader("gradebook", "grades", code=2)


def test_one_person_is_found_by_any_name(course):
    """An id, an email or a part of the name; nobody is told apart."""
    for name in ("17", "ada@example.org", "lovel"):
        assert "greeting: 60 of 100" in grader("gradebook", "grades", "--person", name)
    output = grader("gradebook", "grades", "--person", "zoe", code=2)
    assert "Nobody in the gradebook is called zoe" in output
