"""Calls into a real process: values, objects, deadlines, deaths, and a fresh copy for each check.

At the level `process`, where the chain of processes is the same and nothing has to be had.
"""

from __future__ import annotations

import contextlib
import json

import pytest
import torch

from grader.errors import (
    DeadlineExceeded,
    MissingStub,
    ProcessDied,
    ProtocolError,
    SandboxEvent,
    StudentError,
)
from grader.sandbox.conversation import MAX_OUTPUT
from grader.sandbox.host import Host
from grader.sandbox.local import LocalConversation
from grader.sandbox.notes import sentence
from grader.sandbox.proxies import RemoteSubmission, in_sandbox
from grader.sandbox.sandbox import Sandbox, Source, large_modules

PROGRAM = """
import os, random, time
import numpy as np
import torch

scale = 2
seen = []

def double(x):
    return x * scale

def triple(x):
    return x * 3

def use_double(x):
    return double(x)

def apply(function, x):
    return function(x)

def echo(*args, **kwargs):
    return [args, kwargs]

def remember(x):
    seen.append(x)
    return len(seen)

def draw():
    return [random.random(), float(np.random.rand()), float(torch.rand(()))]

def chatter(text, times):
    print(text * times)

class Counter:
    def __init__(self, start):
        self.values = [start]
    def add(self, value):
        self.values.append(value)
        return self
    def total(self):
        return sum(self.values)
    def __getitem__(self, index):
        return self.values[index]

def total_of(counter):
    return counter.total()

def pairs(count):
    for i in range(count):
        yield torch.full((2,), float(i)), i

def endless():
    while True:
        yield 0

def counters(*starts):
    return map(Counter, starts)

def stuck():
    yield 0
    while True:
        pass

def fails_on_the_way():
    yield 1
    raise ValueError("no more")

def count_items(iterable):
    return len(list(iterable))

def linear(size):
    return torch.nn.Linear(size, 1, bias=False)

def adder(step):
    return lambda x, twice=False: x + step * (1 + twice)

def apply_to_ones(function, size):
    return function(torch.ones(1, size)).detach()

def unwritten(x):
    raise NotImplementedError("write it")

def broken(x):
    def inner():
        return 1 / x
    return inner()

def odd_message():
    raise ValueError("half a character: \\ud800")

def many_texts():
    return ["ankle boot"] * 99_000

def odd_keys():
    return {print: 1}

def large():
    return torch.zeros(1).expand(1 << 40)

def forever():
    while True:
        pass

def pause(seconds):
    time.sleep(seconds)

def leave():
    os._exit(0)

def crash():
    os.kill(os.getpid(), 11)

def kill_parent():
    os.kill(os.getppid(), 9)
    return "done"

def close_all():
    os.closerange(3, 64)

def garble():
    for fd in range(3, 64):
        try:
            os.write(fd, b"\\xff" * 64)
        except OSError:
            pass
"""
STUBS = [line[4 : line.index("(")] for line in PROGRAM.splitlines() if line.startswith("def ")]
CONTRACT = {
    "stubs": {name: {"parameters": [], "aliases": []} for name in [*STUBS, "Counter", "not_there"]},
    "spellings": {},
    "names": {},
}


@contextlib.contextmanager
def box(program, load_seconds=60.0):
    source = Source([("hw.py", program, 1)], {}, {}, CONTRACT)
    with Host("process", None) as host, Sandbox(source, host, load_seconds) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def sandbox():
    """One loaded submission for all tests; each opens a check of its own."""
    with box(PROGRAM) as sandbox:
        sandbox.load()
        yield sandbox


@pytest.fixture
def submission(sandbox):
    with sandbox.open_check(60, 30, seed=1) as submission:
        yield submission


def works(sandbox):
    """Whether a check can be run."""
    with sandbox.open_check(60, 30, seed=1) as submission:
        return submission.double(4) == 8


# ------------------------------------------------------------------------------ calls


def test_call_gives_a_plain_value(submission):
    """Arguments go in, the value comes back; tensors with their dtype."""
    result = submission.double(torch.tensor([1.0, 2.0], dtype=torch.float64))

    assert result.tolist() == [2.0, 4.0]
    assert result.dtype == torch.float64


def test_arguments_and_keywords_arrive(submission):
    """Positions, keywords and nested containers arrive as they were sent."""
    arguments, keywords = submission.echo(1, [2, (None, "x")], scale={"a": b"b"})

    assert arguments == (1, [2, (None, "x")])
    assert keywords == {"scale": {"a": b"b"}}


def test_objects_stay_and_are_called_there(submission):
    """A class's instance lives in the box; its methods, indices and uses as an argument work."""
    counter = submission.Counter(1)

    counter.add(2).add(3)

    assert counter.total() == 6
    assert counter[1] == 2
    assert submission.total_of(counter) == 6
    assert repr(counter) == "<Counter object>"


def test_items_of_a_generator_arrive(submission):
    """A generator lives in the box; walking through it gives its items, once."""
    pairs = submission.pairs(3)

    assert [(X.tolist(), i) for X, i in pairs] == [([0, 0], 0), ([1, 1], 1), ([2, 2], 2)]
    assert list(pairs) == []


def test_items_may_be_objects_themselves(submission):
    """Items that are no plain values stay in the box and are used there."""
    counters = submission.counters(1, 5)

    assert [counter.total() for counter in counters] == [1, 5]


def test_generator_without_end_is_an_error_of_its_call(submission):
    """More items than the protocol allows end the call, with the reason, and nothing else."""
    with pytest.raises(StudentError, match="more than 5,000 items") as raised:
        list(submission.endless())

    assert raised.value.kind == "CodecError"
    assert submission.double(1) == 2


def test_generator_that_waits_for_ever_ends_at_the_deadline(sandbox):
    """An iterator obeys the deadline of a call."""
    with sandbox.open_check(60, 30, seed=1) as submission:
        stuck = submission.stuck()
        submission._conversation.allow(0.3, 0.3)
        with pytest.raises(DeadlineExceeded):
            list(stuck)

    assert works(sandbox)


def test_exception_inside_a_generator_is_the_students(submission):
    """It arrives with the student's line, as one from a call does."""
    with pytest.raises(StudentError) as raised:
        list(submission.fails_on_the_way())

    assert raised.value.kind == "ValueError"
    assert "fails_on_the_way" in raised.value.trace


def test_object_without_items_says_so(submission):
    """Walking through what is no iterable is Python's own TypeError, from the box."""
    with pytest.raises(StudentError, match="not iterable"):
        list(submission.adder(1))


def test_returned_objects_are_called(submission):
    """A module or a function that a stub returns is called like the stub itself."""
    net, add = submission.linear(3), submission.adder(10)

    assert net(torch.zeros(4, 3)).tolist() == [[0.0]] * 4
    assert add(1) == 11
    assert add(1, twice=True) == 21


def test_returned_objects_are_arguments(submission):
    """A returned module, function or generator goes back in as what it is."""
    net = submission.linear(3)

    from_inside = submission.apply_to_ones(net, 3)

    assert from_inside.item() == pytest.approx(net(torch.ones(1, 3)).item())
    assert submission.apply_to_ones(submission.adder(1), 2).tolist() == [[2.0, 2.0]]
    assert submission.count_items(submission.pairs(7)) == 7


def test_reference_behaves_the_same():
    """The author's code in this process is walked through, called and passed on alike."""
    conversation = LocalConversation()
    conversation.request(
        "load",
        cells=[("hw.py", PROGRAM, 1)],
        helpers={},
        stand_ins={},
        contract=json.dumps(CONTRACT),
        skip=[],
        device="cpu",
    )
    reference = RemoteSubmission(conversation, frozenset(CONTRACT["stubs"]))

    assert [i for _, i in reference.pairs(3)] == [0, 1, 2]
    assert reference.adder(10)(1) == 11
    assert reference.count_items(reference.pairs(7)) == 7
    with pytest.raises(StudentError, match="more than 5,000 items"):
        list(reference.endless())


def test_stub_can_be_an_argument(submission):
    """A stub is passed by its name and called inside."""
    assert submission.apply(submission.triple, 5) == 15


def test_module_values_are_read_and_set(submission):
    """An attribute that is no stub is a value of the module; bind sets it."""
    assert submission.scale == 2

    submission.bind(scale=10)

    assert submission.scale == 10
    assert submission.double(1) == 10


def test_bound_part_is_used_by_other_stubs(submission):
    """A part that is put in the place of a stub is what the student's other code calls."""
    submission.bind(double=submission.triple)

    assert submission.use_double(1) == 3


@in_sandbox
def ten_times(submission, x):
    """A loop of a check that would be slow from outside."""
    total = torch.zeros(())
    for _ in range(10):
        total += submission.double(x)
    submission.bind(scale=7)
    return [total, submission.scale, submission.double]


def test_function_of_a_check_runs_inside(submission):
    """It sees the submission, its arguments and torch; what it returns obeys the codec."""
    total, scale, function = ten_times(submission, 1)

    assert total.item() == 20
    assert scale == 7
    assert repr(function) == "<Ready object>"


@in_sandbox
def looks_around(submission):
    return works(submission)  # a name of this file


def test_function_of_a_check_takes_nothing_along(submission):
    """Names around the function are not there inside."""
    with pytest.raises(StudentError, match="NameError"):
        looks_around(submission)


def test_other_objects_are_not_sent(submission):
    """A function that is not marked for the sandbox does not travel, and nothing is lost."""
    with pytest.raises(TypeError, match="cannot send a function"):
        submission.double(lambda x: x)

    assert submission.double(1) == 2


# ------------------------------------------------------------------------------ what goes wrong


def test_exception_shows_the_students_own_lines(submission):
    """The error arrives with its type, its message and the lines of the student's file only."""
    with pytest.raises(StudentError) as raised:
        submission.broken(0)

    lines = raised.value.trace.splitlines()
    assert raised.value.kind == "ZeroDivisionError"
    assert raised.value.message == "division by zero"
    assert [line.split(", ")[2].split(":")[0] for line in lines] == ["in broken", "in inner"]
    assert all(line.startswith("hw.py, line ") for line in lines)
    assert lines[1].endswith("return 1 / x")


@pytest.mark.parametrize("name", ["not_there", "unwritten"])
def test_stub_that_is_not_written_is_missing(submission, name):
    """Neither a stub that is not there nor one that the template left is an error."""
    with pytest.raises(MissingStub):
        getattr(submission, name)(1)


@pytest.mark.parametrize("name", ["large", "many_texts", "odd_keys"])
def test_value_that_cannot_travel_is_named(submission, name):
    """A result that is too large or of another kind is an error of that call, with the reason."""
    with pytest.raises(StudentError) as raised:
        getattr(submission, name)()

    assert raised.value.kind == "CodecError"
    assert submission.double(1) == 2


def test_message_with_half_a_character_arrives(submission):
    """An exception's text may be no valid Unicode; it is an exception all the same."""
    with pytest.raises(StudentError, match="half a character"):
        submission.odd_message()


def test_endless_call_ends_at_its_deadline(sandbox):
    """A call that never ends costs its check; the next one meets a fresh copy."""
    with sandbox.open_check(60, 30, seed=1) as submission:
        submission._conversation.allow(0.3, 0.3)
        with pytest.raises(DeadlineExceeded):
            submission.forever()
        with pytest.raises(DeadlineExceeded):
            submission.double(1)

    assert works(sandbox)


@pytest.mark.parametrize("name", ["leave", "crash", "close_all"])
def test_end_of_the_process_costs_its_check(sandbox, name):
    """An exit, a crash or a closed socket is seen as the end; the next check works."""
    with sandbox.open_check(60, 30, seed=1) as submission:
        with pytest.raises(ProcessDied):
            getattr(submission, name)()
        with pytest.raises(ProcessDied):
            submission.double(1)

    assert works(sandbox)


def test_garbage_on_the_socket_costs_its_check(sandbox):
    """Bytes that are no message are an event of their check, not of the grader."""
    with (
        sandbox.open_check(60, 30, seed=1) as submission,
        pytest.raises(ProtocolError, match="no proper answer"),
    ):
        submission.garble()

    assert works(sandbox)


def test_killed_parent_costs_its_check_at_most():
    """The process that all checks come from is made again, and what was printed is kept."""
    with box(PROGRAM) as sandbox:
        sandbox.load()
        with sandbox.open_check(60, 30, seed=1) as submission:
            submission.chatter("before ", 1)
            with contextlib.suppress(SandboxEvent):
                submission.kill_parent()

        assert works(sandbox)

    assert b"before" in sandbox.printed


def test_checks_do_not_see_each_other(sandbox):
    """What one check changes in the submission's globals is not there in the next."""
    lengths = []
    for _ in range(2):
        with sandbox.open_check(60, 30, seed=1) as submission:
            submission.bind(scale=100)
            lengths.append([submission.remember("x"), submission.remember("y")])

    assert lengths == [[1, 2], [1, 2]]
    assert works(sandbox)


def test_authors_parts_do_not_reach_the_checks_of_another_stub(tmp_path):
    """A copy in which one of the author's parts has stood answers for no other stub, which could
    find its answer there; the checks of one stub go on in it."""
    parts = tmp_path / "parts.py"
    parts.write_text("def double(x):\n    return x + x\n", "utf-8")
    source = Source([("hw.py", PROGRAM, 1)], {}, {}, CONTRACT, parts=parts)
    lengths = []
    with Host("process", None) as host, Sandbox(source, host, 60) as sandbox:
        sandbox.load()
        for stub in ("triple", "use_double", "use_double", "double"):
            with sandbox.open_check(60, 30, 1, stub) as submission:
                if stub == "use_double":
                    submission.supply("double")
                lengths.append(submission.remember("x"))

    assert lengths == [1, 2, 3, 1]


def test_a_call_in_doubt_has_less_time_than_one_that_decides(sandbox, monkeypatch):
    """Where other checks were before, a slow call is soon given up: what fails there is run again,
    with all the time that it may take."""
    monkeypatch.setattr("grader.sandbox.sandbox.IN_DOUBT_SECONDS", 0.1)
    with sandbox.open_check(60, 30, 1, "double") as submission:
        assert submission.double(1) == 2
    with sandbox.open_check(60, 30, 1, "pause") as submission, pytest.raises(DeadlineExceeded):
        submission.pause(0.5)
    assert sandbox.in_doubt
    with sandbox.open_check(60, 30, 1, "pause", alone=True) as submission:
        assert submission.pause(0.5) is None


def test_random_numbers_repeat_by_seed(sandbox):
    """The same seed gives the same numbers in all three generators; another seed others."""
    drawn = []
    for seed in (5, 5, 6):
        with sandbox.open_check(60, 30, seed) as submission:
            drawn.append(submission.draw())

    assert drawn[0] == drawn[1]
    assert all(one != other for one, other in zip(drawn[1], drawn[2]))


# ------------------------------------------------------------------------------ loading


LOAD = """
import os, threading

x = os._exit(3)

print("not run")
y = threading.Event().wait()

def double(number):
    later = lambda: (x, y)
    return number * 2

print("never", x, y)
"""


def test_statement_that_ends_or_blocks_loading_is_left_out():
    """A load that dies is tried again without the statement; the rest is there."""
    with box(LOAD, load_seconds=4.0) as sandbox:
        sandbox.load()
        notes = list(map(sentence, sandbox.notes))

        assert works(sandbox)
        places = [note.split(": ")[0] for note in notes if "while it ran" in note]
        assert places == ["hw.py, line 4", "hw.py, line 7"]


def test_printed_text_is_kept_up_to_its_cap():
    """The first part of what is printed is kept for the instructor; more does not block a call."""
    with box(PROGRAM) as sandbox:
        sandbox.load()
        with sandbox.open_check(60, 30, seed=1) as submission:
            submission.chatter("first", 1)
            submission.chatter("x", 300_000)

            assert submission.double(1) == 2

    assert sandbox.printed.startswith(b"first\nxxx")
    assert len(sandbox.printed) == MAX_OUTPUT


def test_index_of_a_source_knows_the_other_files():
    """The from-scratch rule and the hints look at what the main file imports, too."""
    main, other = ("main.py", "from opt import sgd", 1), ("opt.py", "def sgd(params): ...", 1)

    index = Source([main], {"opt": [other]}, {}, {"stubs": {}}).index

    assert index.definitions["sgd"].cell.name == "opt.py"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("import torch\ndef load():\n    import torchvision\n", ["torchvision"]),
        ("import numpy as np, torchvision\n", ["torchvision"]),
        ("from d2l import torch as d2l\ndata = d2l.torchvision\n", ["torchvision"]),
        ("import jax\ndef load():\n    import torch, torchvision\n", []),
        ("import tensorflow as tf  # as torchvision does\n", []),
        ("%matplotlib inline\nimport jax\n", ["matplotlib.pyplot"]),
    ],
)
def test_torchvision_is_prepared_where_a_program_begins_with_pytorch(text, wanted):
    """Elsewhere it would bring PyTorch along, into each process, for what is hardly ever called."""
    assert large_modules(text) == wanted
