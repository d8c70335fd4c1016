"""The author's code in this process: what was asked before is answered without running again."""

from __future__ import annotations

import json

import pytest
import torch

from grader.errors import StudentError
from grader.sandbox.local import MOST_REMEMBERED, RememberingConversation, Tape
from grader.sandbox.proxies import RemoteSubmission

PROGRAM = """
calls = []

def grow(x):
    calls.append(1)
    x += len(calls)
    return x

def fail():
    calls.append(1)
    raise ValueError(f"after {len(calls)}")

def wait():
    raise KeyboardInterrupt  # as if somebody pressed Ctrl-C

class Box:
    def __init__(self, value):
        self.value = value
    def add(self, value):
        self.value += value
        return self.value
"""
NAMES = ("grow", "fail", "wait", "Box")
CONTRACT = {
    "stubs": {name: {"parameters": [], "aliases": []} for name in NAMES},
    "spellings": {},
    "names": {},
}


def asked(tape: Tape) -> tuple[RemoteSubmission, RememberingConversation]:
    """The program, loaded behind a tape."""
    conversation = RememberingConversation(tape)
    conversation.request(
        "load",
        cells=[("solution.py", PROGRAM, 1)],
        helpers={},
        stand_ins={},
        contract=json.dumps(CONTRACT),
        skip=[],
        device="cpu",
    )
    return RemoteSubmission(conversation, frozenset(NAMES)), conversation


def test_same_questions_are_answered_from_the_tape():
    """The second time nothing runs, also for objects and exceptions; the answers are equal."""
    tape = Tape()
    seen = []
    for _ in range(2):
        reference, conversation = asked(tape)
        box = reference.Box(3)
        seen.append([reference.grow(torch.ones(2)).tolist(), box.add(4)])
        with pytest.raises(StudentError, match="after 2"):
            reference.fail()
        seen[-1].append(box.add(1))

    assert seen == [[[2.0, 2.0], 7, 8]] * 2
    assert not conversation.runs


def test_answers_from_the_tape_may_be_changed():
    """A check that changes what it got does not change what the next one gets."""
    tape = Tape()
    for _ in range(3):
        value = asked(tape)[0].grow(torch.zeros(2))
        assert value.tolist() == [1.0, 1.0]
        value += 5


def test_another_question_makes_it_catch_up():
    """From the first other question on it runs, with all that was asked before behind it."""
    tape = Tape()
    reference, _ = asked(tape)
    assert [reference.grow(0), reference.grow(0)] == [1, 2]

    reference, conversation = asked(tape)
    answers = [reference.grow(0), reference.grow(10), reference.grow(0)]

    assert answers == [1, 12, 3]
    assert conversation.runs
    reference, conversation = asked(tape)
    assert [reference.grow(0), reference.grow(0), reference.grow(0)] == [1, 2, 3]


def test_large_values_are_not_kept():
    """A tape stays small; what does not fit on it is computed each time."""
    tape = Tape()
    large = torch.zeros(MOST_REMEMBERED // 4 + 1)
    for _ in range(2):
        reference, _ = asked(tape)
        assert reference.grow(large)[0] == 1
        assert reference.grow(0) == 2

    assert tape.size == 0


def test_interrupt_is_no_answer():
    """Ctrl-C while the reference computes is for whoever runs the grader, and is not remembered."""
    tape = Tape()
    for _ in range(2):
        reference, _ = asked(tape)
        with pytest.raises(KeyboardInterrupt):
            reference.wait()

    assert len(tape.exchanges) == 1  # the load
