"""Which checks a change of one stub can reach is seen on the solution."""

from __future__ import annotations

from grader.grading.session import open_session
from grader.grading.settings import Settings
from tests.conftest import small_course

CHECKS = """
import pytest
from grader.checking import in_sandbox


@pytest.mark.stub("greet")
def test_greet(submission, reference):
    assert submission.greet("Grace") == reference.greet("Grace")


@pytest.mark.stub("shout")
def test_shout(submission):
    assert submission.shout("abc") == "ABC"


@in_sandbox
def loud(submission):
    return submission.shout(submission.greet("Grace"))


@pytest.mark.stub("shout")
def test_shouted_greeting(submission):
    assert loud(submission) == "HELLO, GRACE!"


@pytest.mark.stub("shout")
def test_against_the_reference(submission, reference):
    assert submission.shout("Hello, Grace!") == reference.shout(reference.greet("Grace"))


@in_sandbox
def watched(submission):
    import sys

    sys.setprofile(None)
    return submission.shout("abc")


@pytest.mark.stub("shout")
def test_that_watches_calls_itself(submission):
    assert watched(submission) == "ABC"
"""


def test_change_reaches_the_checks_that_run_the_stub(tmp_path):
    """Its own, those that call it in the box, and one that hides what it calls; none that only
    calls the reference."""
    reached: dict[str, set[str]] = {}

    with open_session(small_course(tmp_path, CHECKS), Settings("cpu")) as session:
        for stub in ("greet", "shout"):
            checks = session.suite.part(tier="unit", changed=stub)
            names = {check.item.name for check in checks}
            reached[stub] = {name for name in names if "example" not in name}

    own = {"test_shout", "test_shouted_greeting", "test_against_the_reference"}
    hidden = "test_that_watches_calls_itself"
    assert reached["greet"] >= {"test_greet", "test_shouted_greeting", hidden}
    assert not reached["greet"] & {"test_shout", "test_against_the_reference"}
    assert reached["shout"] >= {*own, hidden}
    assert "test_greet" not in reached["shout"]
