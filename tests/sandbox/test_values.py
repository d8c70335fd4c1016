"""Instances of a student's class that inherits from a plain type: what a check can do with them."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
import torch

from grader.checking.comparison import assert_close, assert_number, assert_sequence
from grader.errors import ProtocolError
from grader.sandbox.inside.cells import Cell
from grader.sandbox.inside.protocol import Instance
from grader.sandbox.inside.worker import MAX_OBJECTS
from grader.sandbox.local import LocalConversation
from grader.sandbox.proxies import RemoteSubmission
from grader.sandbox.values import plain, remote

PROGRAM = """
import collections
import enum
import torch

class Methods:
    def add(self, *values):
        for i, value in enumerate(values):
            self[i] += float(value)

class Accumulator(Methods, list):
    def __init__(self, n):
        super().__init__([0.0] * n)

class OfADict(Methods, dict):
    def __init__(self, n):
        super().__init__((i, 0.0) for i in range(n))

class OfATensor(torch.Tensor):
    def __new__(cls, n):
        return torch.zeros(n).as_subclass(cls)
    add = Methods.add

class Hidden(Methods, list):
    def __init__(self, n):
        self.sums = [0.0] * n
    def __getitem__(self, i):
        return self.sums[i]
    def __setitem__(self, i, value):
        self.sums[i] = value
    def __len__(self):
        return len(self.sums)
    def __iter__(self):
        return iter(self.sums)

Pair = collections.namedtuple("Pair", "loss acc")

class Loss(float):
    def half(self):
        return self / 2

class Liar(torch.Tensor):
    def eq(self, other):
        return True
    allclose = equal = __eq__ = eq
    __hash__ = None
    def extra(self):
        return 5

class Sums(Methods, list):
    pass

class Color(enum.IntEnum):
    red = 3

def make(what):
    return {
        "pair": lambda: Pair(0.5, torch.tensor(0.25)),
        "loss": lambda: Loss(0.5),
        "tensor": lambda: torch.ones(3).as_subclass(Liar).requires_grad_(),
        "parameter": lambda: torch.nn.Parameter(torch.ones(2)),
        "ordered": lambda: collections.OrderedDict(a=1),
        "sums": lambda: Sums([0.0, 0.0]),
        "color": lambda: Color.red,
        "iterator": lambda: iter([0.5, 0.25]),
        "many": lambda: [Loss(i) for i in range(2000)],
        "keys": lambda: {Color.red: 1, (Loss(0.5), "a"): 2},
    }[what]()

def kind(value):
    return type(value).__name__
"""
STUBS = {"make": ["what"], "kind": ["value"]}
STUBS |= {name: ["n"] for name in ("Accumulator", "OfADict", "OfATensor", "Hidden")}


@pytest.fixture(scope="module")
def submission() -> RemoteSubmission:
    """The program above behind the codec."""
    stubs = {name: {"parameters": names, "aliases": []} for name, names in STUBS.items()}
    contract = {"stubs": stubs, "spellings": {}, "names": {}}
    return LocalConversation().load([Cell("a.py", PROGRAM)], contract)


@pytest.fixture(autouse=True)
def reset(submission: RemoteSubmission) -> None:
    """Each test meets the program as a check does."""
    submission._request("seed", seed=0, anew=True)


@pytest.mark.parametrize("stub", ["Accumulator", "OfADict", "OfATensor", "Hidden"])
def test_object_of_a_stub_keeps_its_methods(submission: RemoteSubmission, stub: str) -> None:
    """Whatever the class of a stub inherits from, its methods are there, and change it."""
    sums = getattr(submission, stub)(3)

    sums.add(1, 0.25, 10)
    sums.add(2, 0.5, torch.tensor(20))

    assert len(sums) == 3
    assert_close([sums[0], sums[1], sums[2]], [3.0, 0.75, 30.0])


@pytest.mark.parametrize("stub", ["Accumulator", "OfATensor", "Hidden"])
def test_object_of_a_stub_can_be_compared(submission: RemoteSubmission, stub: str) -> None:
    """It can be walked through as the sequence that it is."""
    sums = getattr(submission, stub)(2)
    sums.add(1, 2)

    assert_close(sums, [1.0, 2.0])
    assert [float(value) for value in assert_sequence(sums, 2)] == [1.0, 2.0]


def test_named_tuple_is_a_pair(submission: RemoteSubmission) -> None:
    """A result with names is a tuple, and the student's code gets back what it gave."""
    pair = submission.make("pair")

    loss, acc = assert_sequence(pair, 2)
    assert isinstance(pair, tuple)
    assert (loss, float(acc), pair[0], len(pair[1:])) == (0.5, 0.25, 0.5, 1)
    assert_close(pair, [0.5, 0.25])
    assert submission.kind(pair) == "Pair"


def test_float_of_the_students_is_a_number(submission: RemoteSubmission) -> None:
    """It is computed with as a float; a method of its own is asked in the box."""
    loss = submission.make("loss")

    assert_number(loss, 0.5)
    assert (loss + 1, float(loss), loss.half()) == (1.5, 0.5, 0.25)
    assert submission.kind(loss) == "Loss"


def test_tensor_of_the_students_is_a_tensor(submission: RemoteSubmission) -> None:
    """Operations give plain tensors out here, and never ask the class what is equal."""
    value = submission.make("tensor")

    assert isinstance(value, torch.Tensor)
    assert (value.requires_grad, value.is_leaf, value.extra()) == (True, True, 5)
    assert type(value.double().sum()) is torch.Tensor
    assert not (value == torch.zeros(3)).any()
    assert not value.allclose(torch.zeros(3))
    assert not value.equal(torch.zeros(3))
    assert_close(value, torch.ones(3))
    assert submission.kind(value) == "Liar"


def test_list_is_read_anew_after_a_method(submission: RemoteSubmission) -> None:
    """A list that a method has changed shows what it holds now."""
    sums = submission.make("sums")

    sums.add(1, 2)

    assert isinstance(sums, list)
    assert (sums[0], sums[1], len(sums), list(sums)) == (1.0, 2.0, 2, [1.0, 2.0])


def test_class_of_a_library_makes_values(submission: RemoteSubmission) -> None:
    """A parameter is a tensor and an ordered dict a dict, of exactly these types."""
    assert type(submission.make("parameter")) is torch.Tensor
    assert type(submission.make("ordered")) is dict


def test_keys_are_plain(submission: RemoteSubmission) -> None:
    """A key of the student's class is looked up as the plain value."""
    keys = submission.make("keys")

    assert (keys[3], keys[0.5, "a"]) == (1, 2)


def test_more_instances_than_there_is_room_for_are_values(submission: RemoteSubmission) -> None:
    """A long history of numbers arrives, all of it as numbers."""
    history = submission.make("many")

    assert history == [float(number) for number in range(2 * MAX_OBJECTS)]


def test_an_iterator_can_be_compared(submission: RemoteSubmission) -> None:
    """What can only be walked through once is walked through once."""
    assert_close(submission.make("iterator"), [0.5, 0.25])
    assert_sequence(submission.make("iterator"), 2)


@pytest.mark.parametrize("what", ["pair", "loss", "tensor", "sums", "color"])
def test_copies_are_plain(submission: RemoteSubmission, what: str) -> None:
    """A copy, a pickle and what the diagnosis keeps have nothing of the box."""
    value = submission.make(what)
    copies: list[Any] = [plain(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))]

    assert {type(one).__module__ for one in copies} <= {"builtins", "torch"}


class Forging:
    """A conversation with code in the box that answers what it likes."""

    def request(self, kind: str, **arguments: Any) -> Any:
        return 5


def test_list_that_becomes_something_else_is_refused() -> None:
    """A box that gives a number for what was a list sends no proper answer."""
    value = remote(Forging(), Instance(0, "Sums", None), [1.0])

    with pytest.raises(ProtocolError):
        value.add(1)
