"""``grader show`` as an instructor meets it in an office hour."""

from __future__ import annotations

import msgspec
import pytest
from typer.testing import CliRunner

from grader.cli.main import app
from grader.gradebook.book import open_book
from grader.grading.results_folder import Store
from grader.submissions.uploads import Person
from tests.gradebook.books import COURSE, SOLUTION, keep, seen, upload

PEOPLE = (Person("Ada Meyer", "101"), Person("Ada Roe", "102"), Person("Bob Li", "103"))


def show(*arguments):
    """Run the command; its result, with no traceback in it."""
    where = ["--course", str(COURSE)]
    result = CliRunner().invoke(app, ["show", *map(str, arguments), *where])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


def said(result):
    return " ".join((result.stdout + result.stderr).split())


@pytest.fixture(params=["gradebook", "folder"])
def where(request, tmp_path):
    """The options that name what three people handed in, of whom Ada Meyer is wrong in shout."""
    uploads = [
        upload(tmp_path / f"{number}.py", f"# {number}\n{SOLUTION}", person)
        for number, person in enumerate(PEOPLE)
    ]
    outcomes = ["failed", "passed", "passed"]
    if request.param == "folder":
        store = Store(tmp_path / "results", "greeting")
        for one, outcome in zip(uploads, outcomes):
            found = seen(one, shout=outcome)
            name = one.origin.people[0].name
            record = msgspec.structs.replace(found.record, submission=name)
            store.keep(msgspec.structs.replace(found, record=record))
        return ["--results", store.folder]
    with open_book(str(tmp_path / "book.sqlite")) as book:
        for one, outcome in zip(uploads, outcomes):
            keep(book, one, shout=outcome)
    return ["--db", tmp_path / "book.sqlite"]


@pytest.mark.parametrize("person", ["Ada Meyer", "meyer", "101"])
def test_a_person_is_found_as_elsewhere(where, person):
    """By a name, a part of it or an id; the only assignment need not be named."""
    done = show(person, *where)

    assert done.exit_code == 0, said(done)
    assert "Ada Meyer" in said(done)
    assert "shout" in said(done)


def test_several_who_may_be_meant_are_named(where):
    """With what tells them apart."""
    done = show("ada", *where)

    assert done.exit_code == 2
    assert "ada may be Ada Meyer (101), Ada Roe (102)" in said(done)


def test_nobody_of_that_name(where):
    """A near name is offered."""
    done = show("Bob Lie", *where)

    assert done.exit_code == 2
    assert "Near is Bob Li (103)" in said(done)


def test_one_stub_alone(where):
    """The others are left out, and one that there is not is an error with the nearest."""
    one, none = show("Bob", "shout", *where), show("Bob", "shot", *where)

    assert one.exit_code == 0, said(one)
    assert "greet" not in said(one).replace("greeting", "").casefold().replace("greeting", "")
    assert none.exit_code == 2
    assert "greeting has no stub shot" in said(none)
    assert "shout" in said(none)


def test_nothing_there_says_what_to_do(tmp_path):
    """Neither a gradebook nor a folder."""
    assert "grader grade --out" in said(show("Ada", "--results", tmp_path / "none"))
    (tmp_path / "empty").mkdir()
    done = show("Ada", "--results", tmp_path / "empty")
    assert done.exit_code == 2
    assert "grader grade" in said(done)
