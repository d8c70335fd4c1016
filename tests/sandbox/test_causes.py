"""The line that names why a process ended."""

from __future__ import annotations

import sys
import textwrap

import pytest
from in_boxes import confined

from grader.errors import InfrastructureError, ProcessDied
from grader.sandbox.causes import MOST, cause_in, exception_of_cpp
from grader.sandbox.host import Host
from grader.sandbox.isolation import plans
from grader.sandbox.notes import sentence
from grader.sandbox.sandbox import Sandbox, Source

CPP = """a warning
terminate called after throwing an instance of 'c10::Error'
  what():  Tried to register an operator with the same name multiple times.
Exception raised from registerDef at Dispatcher.cpp:213 (most recent call first):
frame #0: c10::Error::Error(c10::SourceLocation, std::string) + 0x9e (libc10.so)
"""
PYTHON = """Traceback (most recent call last):
  File "worker.py", line 3, in <module>
ImportError: libtorch.so: cannot open shared object file

During handling of the above exception, another exception occurred:

torch.cuda.CudaError: the driver is too old
frame of something
"""


@pytest.mark.parametrize(
    ("printed", "cause"),
    [
        (CPP, "Tried to register an operator with the same name multiple times."),
        (PYTHON, "torch.cuda.CudaError: the driver is too old"),
        ("noise\nsandbox: drop: no user id\nend\n", "sandbox: drop: no user id"),
        (
            "bwrap: setting up uid map: Permission denied\n\n",
            "bwrap: setting up uid map: Permission denied",
        ),
        ("", ""),
        ("x" * 70_000, "x" * MOST),
    ],
)
def test_the_line_that_names_the_fault(printed, cause):
    """A C++ exception's what(), the launcher's sentence, the last exception of Python, or the last
    line; short."""
    assert cause_in(printed) == cause


def test_a_host_that_does_not_start_names_its_fault_and_keeps_the_rest(monkeypatch):
    """The error begins with the cause; all that was printed goes with it into the log."""
    program = "print('much else'); raise ValueError('the disk is broken')"
    monkeypatch.setattr(plans, "_host", lambda *_: [sys.executable, "-c", program])

    with Host("process", None) as host, pytest.raises(InfrastructureError) as caught:
        host.fork([])

    assert str(caught.value) == "the sandbox did not start: ValueError: the disk is broken"
    assert "much else" in caught.value.details


@confined
def test_a_process_that_a_library_ends_says_why(level):
    """What a C++ exception says is in the note of the statement and in the event of a call; what
    an earlier process printed is not."""
    program = """
        import os
        def end(fault):
            os.write(2, f"terminate called\\n  what():  {fault}\\n".encode())
            os.abort()
        images = end("first")
        def f():
            end("second")
        def g():
            os.abort()
    """
    cells = [("hw.py", textwrap.dedent(program), 1)]
    stubs = {name: {"parameters": [], "aliases": []} for name in ("f", "g")}
    source = Source(cells, {}, {}, {"stubs": stubs, "spellings": {}, "names": {}})

    with Host(level, None) as host, Sandbox(source, host, 20) as sandbox:
        sandbox.load()
        notes = list(map(sentence, sandbox.notes))
        for name, words in (("f", "its process ended: second"), ("g", "its process ended")):
            with sandbox.open_check(10, 10, 0) as check, pytest.raises(ProcessDied) as caught:
                getattr(check, name)()
            assert str(caught.value) == words

    assert notes == ["hw.py, line 6: left out: its process ended: first while it ran"]


def test_a_long_output_is_searched_in_linear_time():
    """Student code decides how many empty lines it prints before it ends."""
    assert exception_of_cpp("\n" * 65_536 + "  what():  it broke\n") == "it broke"
    assert exception_of_cpp("\n" * 65_536) == ""
