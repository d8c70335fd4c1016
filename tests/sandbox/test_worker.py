"""A worker's answers to each kind of question, in this process and through the codec."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch

from grader.course import datasets
from grader.sandbox.inside import loader, protocol
from grader.sandbox.inside.protocol import MAX_ITEMS, Code, Message, Name, Reference
from grader.sandbox.inside.worker import MAX_OBJECTS, UNWRITTEN, Worker

PROGRAM = """
import random
import torch

scale = 2
later = ...

def double(x):
    return x * scale

def use_double(x):
    return double(x) + 1

def hello(first_name):
    return f"Hello, {first_name}!"

def draw():
    return [random.random(), float(torch.rand(()))]

class Counter:
    def __init__(self, start):
        self.value = start
    def add(self, value):
        self.value += value
        return self.value
    def __iter__(self):
        return iter(range(self.value))

def counters(count):
    return [Counter(n) for n in range(count)]

def unwritten(text):
    raise NotImplementedError(text)

def lacking():
    raise NotImplementedError("\\"add\\" not implemented for 'Half'")

def fails(kind):
    raise {"exit": SystemExit, "stop": KeyboardInterrupt, "value": ValueError}[kind](kind)

class Mute(Exception):
    def __str__(self):
        raise ValueError

def mutters():
    raise Mute

softmax = torch.softmax

def outer():
    def inside():
        return 1
    return inside
"""
STUBS = (
    *("double", "use_double", "draw", "Counter", "counters", "unwritten", "lacking", "fails"),
    *("mutters", "greet", "softmax", "inside", "absent", "Counter.add", "Counter.absent"),
)
ALIASES = {"greet": ["hello"]}
PARAMETERS = {"greet": ["name"], "Counter.add": ["value"]}
CONTRACT = {
    "stubs": {
        name: {"parameters": PARAMETERS.get(name, []), "aliases": ALIASES.get(name, [])}
        for name in STUBS
    },
    "spellings": {"name": ["first_name"]},
    "names": {"scale": ["factor"]},
}


def ask(worker: Worker, kind: str, **arguments: Any) -> tuple[str, Any]:
    """The kind and the value of the answer to one question; nodes stand for themselves."""
    node, buffers = protocol.pack(arguments, lambda node: node)
    question = Message(kind, 0, node, [bytearray(data) for data in buffers])
    answered, node, buffers = worker.answer(question)
    answer = Message(answered, 0, node, [bytearray(data) for data in buffers])
    return answered, protocol.unpack(answer, lambda node: node)


def value(worker: Worker, kind: str, **arguments: Any) -> Any:
    """The value of an answer that is one."""
    answered, found = ask(worker, kind, **arguments)
    assert answered == "value", found
    return found


def call(worker: Worker, name: str, *arguments: Any, **keywords: Any) -> Any:
    return value(worker, "call", target=Name(name), arguments=list(arguments), keywords=keywords)


def raised(worker: Worker, kind: str, **arguments: Any) -> list[str]:
    """The type, the message and the own lines of what a question raised."""
    answered, found = ask(worker, kind, **arguments)
    assert answered == "raised", found
    return found[:3]


def load(worker: Worker, program: str = PROGRAM, **others: Any) -> Any:
    arguments: dict[str, Any] = {
        "cells": [("hw.py", program, 1)],
        "helpers": {},
        "stand_ins": {},
        "contract": json.dumps(CONTRACT),
        "skip": [],
        "device": "cpu",
    }
    with loader.leaving_no_trace():
        return value(worker, "load", **(arguments | others))


@pytest.fixture
def worker() -> Worker:
    """One that has loaded the program."""
    worker = Worker()
    load(worker)
    return worker


# ------------------------------------------------------------------------------ loading


def test_load_answers_with_notes():
    """Codes with parameters, of statements and of names; no sentences."""
    program = PROGRAM + "\nimport no_such_package as weights\ndef double(x):\n    return weights\n"
    notes = load(Worker(), program)["notes"]

    assert ["other_name", {"name": "greet", "used": "hello"}] in [list(note) for note in notes]
    assert {code for code, _ in notes} == {"other_name", "no_package"}


def test_load_tells_its_progress_and_skips_what_it_is_told():
    """Places are told before their statement runs, so that the one which ends the process is
    known; it is then left out."""
    worker, told = Worker(), []
    worker.progress = told.append
    program = PROGRAM.replace("scale = 2", "scale = 2 if True else 3")
    load(worker, program)
    place = next(place for place in told if "line 5" in place)

    load(worker, program, skip=[place])
    assert ask(worker, "value", name="scale")[0] == "missing"


def test_helpers_and_stand_ins_are_modules():
    """What was handed in beside the file, and what stands in for a package of the course."""
    worker = Worker()
    program = (
        "import metrics\nfrom d2k import half\ndef double(x):\n    return metrics.two * half(x)\n"
    )
    load(
        worker,
        program,
        helpers={"metrics": [("metrics.py", "two = 2", 1)]},
        stand_ins={"d2k": [("d2k.py", "def half(x):\n    return x / 2", 1)]},
    )

    assert call(worker, "double", 8) == 8


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("call", {"target": Name("double"), "arguments": [], "keywords": {}}),
        ("value", {"name": "scale"}),
        ("bind", {"values": {"scale": 3}}),
    ],
)
def test_nothing_is_answered_before_a_submission_is_loaded(kind, arguments):
    """A box that has just been forked holds nobody's code."""
    assert raised(Worker(), kind, **arguments) == ["RuntimeError", "no submission is loaded", ""]


# ------------------------------------------------------------------------------ asking


def test_call_by_contract(worker):
    """Names, aliases and spellings are those of the contract; tensors come as their values."""
    assert torch.equal(call(worker, "double", torch.ones(2)), torch.full((2,), 2.0))
    assert call(worker, "greet", "Ada") == "Hello, Ada!"
    assert call(worker, "use_double", x=2) == 5


def test_objects_stay_and_are_asked_by_reference(worker):
    """Called, walked through, given back as arguments; methods are those of the contract."""
    counter = call(worker, "Counter", 2)
    assert counter == Reference(0, "Counter")

    add = {"target": counter, "name": "add", "keywords": {}}
    assert value(worker, "method", **add, arguments=[3]) == 5
    assert value(worker, "items", target=counter) == [0, 1, 2, 3, 4]
    assert call(worker, "Counter.add", counter, 1) == 6
    add["name"] = "no_such_method"
    assert raised(worker, "method", **add, arguments=[])[0] == "AttributeError"
    assert raised(worker, "items", target=Name("double"))[0] == "TypeError"


def test_values_are_read_and_bound(worker):
    """A bound value is seen by the student's code, a bound stub by the other stubs."""
    assert value(worker, "value", name="scale") == 2
    assert value(worker, "bind", values={"scale": 10}) is None
    assert call(worker, "double", 1) == 10
    value(worker, "bind", values={"double": Code("part", "def part(x):\n    return 0")})
    assert call(worker, "use_double", 5) == 1


def test_code_of_a_check_runs_beside_the_submission():
    """It sees torch, its arguments, the submission and the public data, and nothing else."""
    root = str(datasets.find("FashionMNIST", None).public_root)
    worker = Worker(root)
    load(worker)

    def run(body: str, *arguments: Any) -> tuple[str, Any]:
        code = Code("f", f"def f(submission, *given):\n    return {body}")
        return ask(worker, "run", function=code, arguments=list(arguments))

    assert run("submission.double(given[0]) + submission.scale", 3) == ("value", 8)
    assert run("torch.ones(1).item()") == ("value", 1.0)
    images = "list(submission.data.tensors('FashionMNIST', 'test')[0].shape[1:])"
    assert run(images) == ("value", [1, 28, 28])
    assert run("Worker")[1][0] == "NameError"
    assert run("submission.absent")[0] == "missing"


def test_supplied_part_stands_in_for_a_stub_until_the_reset(worker):
    """It sees the submission; after the reset the student's own version answers."""
    source = "def twice(x):\n    return submission.scale * 100\nclass Parts:\n    twice = twice\n"
    value(worker, "supply", source=source, parts={"double": "twice"}, by_contract=False)
    assert call(worker, "double", 1) == 200
    value(worker, "supply", source=source, parts={"double": "Parts.twice"}, by_contract=False)
    assert call(worker, "double", 1) == 200
    counter = call(worker, "Counter", 2)

    value(worker, "seed", seed=0, anew=True)

    assert raised(worker, "items", target=counter) == [
        *("CodecError", "a reference to an unknown object", "")
    ]
    assert call(worker, "Counter", 2) == Reference(0, "Counter")
    assert call(worker, "double", 1) == 2


def test_seed_makes_draws_repeatable(worker):
    """Those of random and torch; another seed gives others."""
    drawn = []
    for seed in (1, 2, 1):
        value(worker, "seed", seed=seed)
        drawn.append(call(worker, "draw"))

    assert drawn[0] == drawn[2] != drawn[1]


# ------------------------------------------------------------------------------ what is missing


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("absent", ["no_stub", {"name": "absent"}]),
        ("softmax", ["ready_made", {"name": "softmax", "made": "torch.softmax"}]),
        ("inside", ["in_function", {"name": "inside", "outer": "outer"}]),
        ("Counter.absent", ["no_method", {"method": "absent", "name": "Counter"}]),
        ("Absent.add", ["no_class", {"name": "Absent"}]),
    ],
)
def test_stub_that_is_missing_has_a_code(worker, name, note):
    """With what a sentence about it needs."""
    asked = {"target": Name(name), "arguments": [None], "keywords": {}}
    assert ask(worker, "call", **asked) == ("missing", note)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (f"greet{UNWRITTEN}", ["unwritten", {"stub": "greet"}]),
        ("write it", ["said", {"text": "write it"}]),
        ("", ["not_implemented", {"place": "hw.py, line 33"}]),
    ],
)
def test_stub_that_is_not_written_has_a_code(worker, text, note):
    """As a template raises it, or as the student does."""
    asked = {"target": Name("unwritten"), "arguments": [text], "keywords": {}}
    assert ask(worker, "call", **asked) == ("missing", note)


@pytest.mark.parametrize("name", ["later", "absent"])
def test_value_that_is_missing_has_a_code(worker, name):
    """So has one that the template has left open."""
    assert ask(worker, "value", name=name) == ("missing", ["no_value", {"name": name}])


# ------------------------------------------------------------------------------ what is raised


@pytest.mark.parametrize(
    ("kind", "error"),
    [("exit", "SystemExit"), ("stop", "KeyboardInterrupt"), ("value", "ValueError")],
)
def test_student_code_may_raise_anything(worker, kind, error):
    """It is told with the student's own lines, and the worker goes on."""
    asked = {"target": Name("fails"), "arguments": [kind], "keywords": {}}
    found, message, lines = raised(worker, "call", **asked)

    assert (found, message) == (error, kind)
    assert lines.startswith("hw.py, line ")
    assert "in fails: raise {" in lines
    assert "worker.py" not in lines
    assert call(worker, "double", 1) == 2


def test_message_that_cannot_be_shown(worker):
    """An exception may fail where it is asked for its text."""
    found = raised(worker, "call", target=Name("mutters"), arguments=[], keywords={})
    assert found[:2] == ["Mute", "(its message cannot be shown)"]


def test_operation_that_pytorch_lacks_is_not_unwritten(worker):
    """Its NotImplementedError is an error like others."""
    found = raised(worker, "call", target=Name("lacking"), arguments=[], keywords={})
    assert found[0] == "NotImplementedError"


@pytest.mark.parametrize(
    ("kind", "arguments", "error"),
    [
        ("verdict", {}, "AttributeError"),
        ("value", {}, "TypeError"),
        ("value", {"name": "scale", "secret": True}, "TypeError"),
        ("items", {"target": Reference(-1, "")}, "CodecError"),
        ("items", {"target": Reference(0, "")}, "CodecError"),
        ("run", {"function": Code("f", "def f(:"), "arguments": []}, "SyntaxError"),
        ("run", {"function": Code("g", "f = 1"), "arguments": []}, "KeyError"),
    ],
)
def test_question_that_is_none_is_answered_with_an_error(worker, kind, arguments, error):
    """Unknown kinds, other arguments, references to nothing; there are none below zero."""
    call(worker, "double", 1)
    assert raised(worker, kind, **arguments)[0] == error


def test_objects_that_are_held_are_bounded(worker):
    """A check that gets too many is told so; it can still ask for plain values."""
    held = call(worker, "counters", MAX_OBJECTS)
    assert held[-1] == Reference(MAX_OBJECTS - 1, "Counter")

    asked = {"target": Name("Counter"), "arguments": [1], "keywords": {}}
    assert raised(worker, "call", **asked)[:2] == [
        "CodecError",
        f"more than {MAX_OBJECTS:,} objects",
    ]
    assert call(worker, "double", 1) == 2
    value(worker, "seed", seed=0, anew=True)
    assert call(worker, "Counter", 1) == Reference(0, "Counter")


def test_items_that_are_fetched_are_bounded(worker):
    """One more than the limit may be without end."""
    counter = call(worker, "Counter", MAX_ITEMS)
    assert len(value(worker, "items", target=counter)) == MAX_ITEMS

    call(worker, "Counter.add", counter, 1)
    assert "does it ever end" in raised(worker, "items", target=counter)[1]
