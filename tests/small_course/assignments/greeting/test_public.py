"""Public checks of greeting."""

import pytest

from grader.checking import Mismatch, _


@pytest.mark.stub("greet")
def test_greet_example(submission):
    """greet("Ada") is "Hello, Ada!"."""
    found = submission.greet("Ada")
    if found != "Hello, Ada!":
        raise Mismatch(_("it is {found!r:.100}").format(found=found), _("expected 'Hello, Ada!'"))
