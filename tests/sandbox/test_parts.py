"""Parts of an author's file in the place of a student's stubs."""

from __future__ import annotations

import pytest
import torch

from grader.errors import AssignmentError
from grader.sandbox.local import LocalConversation
from grader.sandbox.parts import source_of
from grader.sandbox.proxies import in_sandbox

PROGRAM = """
W = 3.0

def double(x):
    return -1

def quadruple(x):
    return double(double(x))

def scale(x):
    return -1

class Model:
    def loss(self, x):
        return -1
"""
PARTS = """
import math

import torch

factor = 2

def double(x):
    return factor * x

def double_of_tensors(x):
    return torch.mul(double(x), 1.0)

def quadruple(x):
    return math.prod([2, 2, x])

def scale(x):
    return submission.W * x

class Model:
    def loss(self, x):
        return x + 1
"""
STUBS = ("double", "quadruple", "scale", "Model.loss")
CONTRACT = {
    "stubs": {name: {"parameters": ["x"], "aliases": []} for name in STUBS},
    "spellings": {},
    "names": {},
}


@pytest.fixture
def path(tmp_path):
    """An author's parts.py."""
    path = tmp_path / "parts.py"
    path.write_text(PARTS, "utf-8")
    return path


@pytest.fixture
def submission(path):
    """The program, whose stubs are all wrong, with the parts beside it."""
    return LocalConversation().load([("hw.py", PROGRAM, 1)], CONTRACT, path)


@in_sandbox
def loss_of_a_model(submission, x):
    return submission.Model().loss(x)


def test_supplied_part_is_used_by_the_students_code(submission):
    """Only the one that is asked for: what calls it stays the student's."""
    submission.supply("double")

    assert submission.double(5) == 10
    assert submission.quadruple(5) == 20
    assert submission.scale(5) == -1


def test_supplied_part_sees_the_submission(submission):
    """Its module values, as they are when the part is called."""
    submission.supply("scale")
    submission.bind(W=7.0)

    assert submission.scale(2) == 14.0


def test_method_is_supplied_to_the_students_class(submission):
    """By the name of the stub, with a dot."""
    submission.supply("Model.loss")

    assert loss_of_a_model(submission, 4) == 5


def test_part_of_another_name_is_supplied(submission):
    """A stub can have more than one part."""
    submission.supply(double="double_of_tensors")

    assert submission.double(torch.tensor(2.0)).item() == 4.0


def test_nothing_is_supplied(submission):
    """A list of parts may be empty."""
    submission.supply()

    assert submission.double(5) == -1


@pytest.mark.parametrize("part", ["triple", "Model.accuracy", "Other.loss"])
def test_part_that_the_file_lacks_is_the_authors_error(submission, path, part):
    """It says the file and the part."""
    with pytest.raises(AssignmentError, match=part) as raised:
        submission.supply(**{"double": part})

    assert str(path) in str(raised.value)


def test_assignment_without_parts_is_the_authors_error():
    """As where students run the public checks."""
    submission = LocalConversation().load([("hw.py", PROGRAM, 1)], CONTRACT)

    with pytest.raises(AssignmentError, match=r"no parts\.py"):
        submission.supply("double")


def test_source_holds_what_the_part_uses_and_no_other(path):
    """The working version of the stub that is checked stays outside of the box."""
    source = source_of(["double_of_tensors"], path)

    assert "def double(" in source
    assert "factor = 2" in source
    assert "quadruple" not in source
    assert "Model" not in source
