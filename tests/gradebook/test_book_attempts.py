"""Which attempt an upload is: nothing is there twice, and nothing that was handed in is lost."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import PurePath

import pytest
from msgspec.structs import replace

from grader.errors import UsageError
from grader.gradebook.book import open_book
from grader.submissions.reading import read
from grader.submissions.uploads import Origin, Person, Upload
from tests.gradebook.books import EVENING, GREETING, SOLUTION, keep, scores, seen, upload

ADA, BOB = Person("Ada Lovelace", "17"), Person("Bob Noyce", "18")
HALF = SOLUTION.replace("text.upper()", "text")


@pytest.fixture
def book(place):
    with open_book(place) as opened:
        yield opened


def test_results_are_kept(book, place, tmp_path):
    """Whoever opens the book later finds people, attempts and scores."""
    keep(book, upload(tmp_path / "a.py", SOLUTION, ADA, time=EVENING, is_late=True))
    keep(book, upload(tmp_path / "b.py", HALF, BOB), shout="failed")

    with open_book(place) as again:
        assert scores(again) == {"Ada Lovelace": [100], "Bob Noyce": [60]}
        assert again.assignments() == ["greeting"]
        ((ada, *_), *_) = again.attempts(GREETING).values()
        assert (ada.number, ada.time, ada.is_late, ada.status) == (1, EVENING, True, "graded")
        assert [member.ids for member in again.members()] == [("17",), ("18",)]


@pytest.mark.parametrize("told", [{}, {"attempt": 1}, {"time": EVENING}])
def test_same_export_twice_is_one_attempt(book, tmp_path, told):
    """Also from another folder, where the upload has not changed; its record is found."""
    first = upload(tmp_path / "one/a.py", SOLUTION, ADA, **told)
    again = upload(tmp_path / "two/a.py", SOLUTION, ADA, **told)
    keep(book, first)

    earlier = book.keeper(GREETING, [again]).earlier(again)
    keep(book, again)

    assert earlier.path == str(again.path)
    assert earlier.checks == seen(first).record.checks
    assert scores(book) == {"Ada Lovelace": [100]}
    assert len(book.history(book.find("17")).attempts[0].versions) == 1


def test_newer_export_adds_attempts(book, tmp_path):
    """The earlier ones keep their records, and come first."""
    late = EVENING + timedelta(days=1)
    keep(book, upload(tmp_path / "a.py", HALF, ADA, time=EVENING), shout="failed")
    keep(book, upload(tmp_path / "a.py", SOLUTION, ADA, time=late))
    keep(book, upload(tmp_path / "a.py", HALF, ADA, time=EVENING), shout="failed")

    assert scores(book) == {"Ada Lovelace": [60, 100]}
    assert [attempt.number for (own) in book.attempts(GREETING).values() for attempt in own] == [
        1,
        2,
    ]


def test_attempts_are_told_apart_by_their_code_where_nothing_else_is_told(book, tmp_path):
    """A folder into which a student puts another file later."""
    keep(book, upload(tmp_path / "a.py", HALF, ADA), shout="failed")
    keep(book, upload(tmp_path / "a.py", SOLUTION, ADA))

    assert scores(book) == {"Ada Lovelace": [60, 100]}


def test_attempt_of_another_number_with_equal_code_is_another_attempt(book, tmp_path):
    """Handing in the same file again, late, is an attempt of its own."""
    keep(book, upload(tmp_path / "a.py", SOLUTION, ADA, attempt=1))
    keep(book, upload(tmp_path / "b.py", SOLUTION, ADA, attempt=2))

    assert scores(book) == {"Ada Lovelace": [100, 100]}


def test_export_tells_more_of_an_attempt_that_is_known(book, tmp_path):
    """What came from a folder gets its time and its mark from the export."""
    keep(book, upload(tmp_path / "a.py", SOLUTION, Person("Ada Lovelace")))
    keep(book, upload(tmp_path / "b.py", SOLUTION, ADA, time=EVENING, is_late=True, attempt=3))

    ((attempt,),) = book.attempts(GREETING).values()
    assert (attempt.number, attempt.time, attempt.is_late) == (3, EVENING, True)


def test_files_of_nobody_are_people_of_their_own(book, tmp_path):
    """They are called like their files; two equal files side by side are two people's."""
    keep(book, upload(tmp_path / "ada.py"), upload(tmp_path / "bob.py"))
    keep(book, upload(tmp_path / "ada.py"), upload(tmp_path / "bob.py", HALF), shout="failed")

    found = {name: len(own) for name, own in scores(book).items()}
    assert found == {"ada": 1, "bob": 2}


def test_file_of_nobody_that_was_moved_is_the_same_attempt(book, tmp_path):
    """An upload is known by its code wherever it lies now."""
    keep(book, upload(tmp_path / "here/ada.py"), upload(tmp_path / "here/bob.py"))
    shutil.move(tmp_path / "here", tmp_path / "there")

    keep(book, Upload(tmp_path / "there/bob.py"), Upload(tmp_path / "there/ada.py"))

    assert scores(book) == {"ada": [100], "bob": [100]}


def test_upload_that_cannot_be_read_is_an_attempt(book, tmp_path):
    """It has its record, and what is handed in after it is another attempt."""
    broken = upload(tmp_path / "a.zip", "no zip", ADA)
    keep(book, broken, status="unreadable", checks=[])
    keep(book, upload(tmp_path / "a.zip", "no zip either", ADA), status="unreadable", checks=[])

    ((first, second),) = book.attempts(GREETING).values()
    assert (first.status, second.status) == ("unreadable", "unreadable")
    assert first.grade.score == 0


def test_group_hands_in_one_attempt(book, tmp_path):
    """It is one record with several people, and counts for each."""
    keep(book, upload(tmp_path / "a.py", SOLUTION, ADA, BOB, attempt=1))
    keep(book, upload(tmp_path / "a.py", SOLUTION, BOB, ADA, attempt=1))

    ((id, people, _record),) = book.results("greeting")
    assert {member.name for member in people} == {"Ada Lovelace", "Bob Noyce"}
    assert {own[0].id for own in book.attempts(GREETING).values()} == {id}
    assert scores(book) == {"Ada Lovelace": [100], "Bob Noyce": [100]}


def test_every_version_of_a_record_stays_with_its_reason(book, tmp_path):
    """The newest counts; what is seen again as it was makes none."""
    one = upload(tmp_path / "a.py", SOLUTION, ADA)
    keep(book, one, shout="failed")
    keep(book, one, shout="failed", seconds=2.0)
    keep(book, one, suite="s2")

    (attempt,) = book.history(book.find("ada")).attempts
    assert [version.why for version in attempt.versions] == [
        "graded",
        "graded again: the checks changed",
    ]
    assert scores(book) == {"Ada Lovelace": [100]}


def test_record_may_be_replaced(book, tmp_path):
    """A regrade adds a version and leaves alone where the upload came from."""
    one = upload(tmp_path / "a.py", SOLUTION, ADA)
    keep(book, one, shout="failed")
    ((id, _people, _record),) = book.results("greeting")

    book.replace_record(id, seen(upload(tmp_path / "elsewhere.py"), suite="s2").record)

    ((_id, _people, record),) = book.results("greeting")
    assert (record.path, record.origin.people) == (str(one.path), (ADA,))
    assert scores(book) == {"Ada Lovelace": [100]}


def test_failure_of_the_machine_costs_nothing(book, tmp_path):
    """What was seen before counts, unless the files are others by now."""
    one = upload(tmp_path / "a.py", SOLUTION, ADA, attempt=1)
    keep(book, one)
    keep(book, one, status="infrastructure_error", checks=[])
    assert scores(book) == {"Ada Lovelace": [100]}

    keep(book, upload(one.path, HALF, ADA, attempt=1), status="infrastructure_error", checks=[])

    ((attempt,),) = book.attempts(GREETING).values()
    assert attempt.status == "infrastructure_error"


def test_code_is_in_the_book_when_the_files_are_gone(book, tmp_path):
    """It is given out where it lies as long as it is there as it was, else from the book."""
    one = upload(tmp_path / "a.py", SOLUTION, ADA)
    keep(book, one)
    ((id, _people, _record),) = book.results("greeting")
    assert book.upload(id) == one

    one.path.write_text(HALF, "utf-8")

    copy = book.upload(id)
    assert copy.origin == one.origin
    assert copy.path.name == "a.py"
    assert copy.path.read_text("utf-8") == SOLUTION


def test_code_of_a_flat_export_is_in_the_book(book, tmp_path):
    """Several files that lie among those of others are one upload again."""
    names = ("hw.py", "utils.py")
    files = tuple((PurePath(name), tmp_path / f"ada_{name}") for name in names)
    upload(files[0][1], SOLUTION)
    upload(files[1][1], "x = 1\n")
    one = Upload(files[0][1], Origin((ADA,), reader="canvas"), files)
    keep(book, one)
    ((id, _people, _record),) = book.results("greeting")

    again = book.upload(id)

    assert read(again, GREETING.stubs).digest == read(one, GREETING.stubs).digest
    assert book.keeper(GREETING, [one]).earlier(one) is not None


def test_upload_without_a_copy_says_what_to_do(book, tmp_path):
    """What could not be read is not in the book."""
    one = upload(tmp_path / "a.zip", "no zip", ADA)
    keep(book, one, status="unreadable", checks=[])
    ((id, _people, _record),) = book.results("greeting")
    one.path.unlink()

    with pytest.raises(UsageError, match="Put them there again"):
        book.upload(id)
    with pytest.raises(UsageError, match="no attempt 99"):
        book.upload(99)


def test_old_record_is_scored_by_the_assignment_of_today(book, tmp_path):
    """A check of a stub that is no more in it gives nothing, and fails nothing."""
    one = upload(tmp_path / "a.py", SOLUTION, ADA)
    result = seen(one)
    gone = replace(result.record.checks[0], name="test_gone", stub="gone")
    record = replace(result.record, checks=[*result.record.checks, gone])
    book.keeper(GREETING, [one]).keep(replace(result, record=record))

    assert scores(book) == {"Ada Lovelace": [100]}


def test_adjustments_are_kept_until_they_are_withdrawn(book, tmp_path):
    """A withdrawn one counts no more; the history still shows it."""
    keep(book, upload(tmp_path / "a.py", SOLUTION, ADA))
    ada = book.find("ada")
    made = book.adjust("greeting", ada, "greet", 3, "well said", "by hand", "Grace")
    book.adjust("another", ada, None, -1, "", "late by mail", "Grace")

    assert book.adjustments("greeting") == {ada.id: [made]}
    book.withdraw(made.id)

    assert book.adjustments("greeting") == {}
    past = book.history(ada).adjustments
    assert [(each.assignment, each.withdrawn is None) for each in past] == [
        ("greeting", False),
        ("another", True),
    ]


def test_policy_is_kept_once(book):
    """Each text with which grades were computed is there by its digest."""
    assert book.keep_policy("a = 1") == book.keep_policy("a = 1") != book.keep_policy("a = 2")
