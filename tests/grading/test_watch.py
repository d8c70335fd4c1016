"""How a run goes, in figures and lines: nothing here grades anything."""

from __future__ import annotations

import io
import itertools

import msgspec
import pytest
from rich.console import Console

from grader.grading import watch
from grader.grading.watch import Tally, Watch, at, duration
from tests.reports.examples import ADA, EVE


def test_time_left_is_from_the_recent_rate():
    """The first submissions were slow; the last ones take a second each."""
    tally = Tally(100, started=0.0)
    for number in range(10):
        tally.add("graded", False, now=60.0 * (number + 1))
    for number in range(30):
        tally.add("graded", False, now=600.0 + number + 1)

    assert tally.rate(now=630.0) == 60
    assert tally.pace(now=630.0) == "40 of 100, 1 min left, 60 a minute"


def test_nobody_can_tell_before_the_first():
    """There is neither a rate nor a time left."""
    assert Tally(3, started=0.0).pace(now=50.0) == "0 of 3"


def test_slow_submission_lowers_the_rate_while_it_lasts():
    """The time left grows while nothing ends."""
    tally = Tally(3, started=0.0)
    tally.add("graded", False, now=1.0)

    assert tally.pace(now=1.0) == "1 of 3, under 10 s left, 60 a minute"
    assert tally.pace(now=20.0) == "1 of 3, 40 s left, 3.0 a minute"


def test_what_an_earlier_run_did_is_no_pace():
    """A hundred that had not changed say nothing of how long the others take."""
    tally = Tally(110, started=0.0)
    for _ in range(100):
        tally.add("graded", True, now=1.0)
    tally.add("graded", False, now=31.0)

    assert tally.rate(now=31.0) == 2
    assert tally.rest() == ["100 unchanged since they were graded"]


def test_reasons_are_counted():
    """Each status of those that were not graded, with its number."""
    tally = Tally(4, started=0.0)
    for status in ("unreadable", "graded", "infrastructure_error", "unreadable"):
        tally.add(status, False, now=1.0)

    assert tally.rest() == ["3 not graded (1 infrastructure error, 2 unreadable)"]


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (59, "59 s"), (100, "2 min"), (7900, "2 h 12 min")]
)
def test_durations_are_told_as_people_do(seconds, words):
    """In one unit or two."""
    assert duration(seconds) == words


def test_who_is_in_work_stands_on_one_line():
    """A few names, whatever is in them, and the share where it is known."""
    assert at([("Anna\nMeyer", 0.4)]) == "at: Anna Meyer, 40 %"
    assert at([("x" * 99, None), ("y", None)]) == f"at: {'x' * 29}…, y"
    assert at([(name, None) for name in "abcdef"]) == "at: a, b, c, d and 2 more"
    assert at([]) == ""


def test_lines_come_while_one_submission_lasts(monkeypatch):
    """Each is whole; the first says what is graded, the last how long it took."""
    monkeypatch.setattr(watch, "LINE_SECONDS", 0.01)
    said = io.StringIO()
    asked = itertools.count()
    with Watch(Console(file=said, width=20), 2) as watching:
        watching.begin("greeting: 2 submissions", lambda: [("Anna Meyer", next(asked) / 100)])
        watching.finished(EVE.record, None)
        while next(asked) < 4:
            pass
        while "at: Anna Meyer" not in said.getvalue():
            pass
        earlier = msgspec.structs.replace(ADA.record, seconds=9.0)
        watching.finished(ADA.record, earlier)

    first, *lines, last = said.getvalue().splitlines()
    assert first == "greeting: 2 submissions"
    assert any(line.startswith("1 of 2, ") and "at: Anna Meyer, " in line for line in lines)
    assert last == "2 of 2 in 0 s; 1 not graded (1 unreadable); 1 unchanged since they were graded"


def test_run_that_never_began_says_nothing():
    """Where the assignment is wrong there is an error, and no line about none of forty."""
    said = io.StringIO()
    with pytest.raises(KeyError), Watch(Console(file=said), 40):
        raise KeyError

    assert said.getvalue() == ""
