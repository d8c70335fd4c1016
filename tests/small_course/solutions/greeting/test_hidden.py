"""Hidden checks of greeting."""

import pytest

from grader.checking import Mismatch, observe


@pytest.mark.stub("greet")
def test_greet_other_names(submission, reference):
    """greet works for every name."""
    greeting = submission.greet("Grace")
    observe(greeting)
    if greeting != reference.greet("Grace"):
        raise Mismatch("it is another sentence", f"expected {reference.greet('Grace')}")


@pytest.mark.stub("shout")
def test_shout(submission):
    """shout gives capitals."""
    assert submission.shout("abc") == "ABC"
