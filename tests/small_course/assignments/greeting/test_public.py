"""Public checks of greeting."""

import pytest

from grader.checking import Mismatch


@pytest.mark.stub("greet")
def test_greet_example(submission):
    """greet("Ada") is "Hello, Ada!"."""
    found = submission.greet("Ada")
    if found != "Hello, Ada!":
        raise Mismatch(f"it is {found!r:.100}", "expected 'Hello, Ada!'")
