"""The index of definitions: which text a name stands for, and where."""

from __future__ import annotations

import ast

import pytest

from grader.sandbox.inside.cells import Cell
from grader.sandbox.inside.definitions import Index, statements


def lines(source: str) -> dict[str, int]:
    """The lines on which names are defined."""
    index = Index([Cell("hw.py", source)])
    return {name: found.line_of(found.node) for name, found in index.definitions.items()}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(): pass\nasync def g(): pass\nclass A: pass", {"f": 1, "g": 2, "A": 3}),
        ("def f(): pass\n\ndef f(): pass", {"f": 3}),
        ("class A:\n    def f(self): pass\n    class B:\n        def g(self): pass", None),
        ("class A:\n    if x:\n        def f(self): pass", {"A": 1, "A.f": 3}),
        ("class A:\n    def f(self): pass\n    g = f", {"A": 1, "A.f": 2, "A.g": 2}),
        ("class A: pass\ndef f(self): pass\nA.g = f", {"A": 1, "f": 2, "A.g": 2}),
        ("class A: pass\nA.g = lambda self: 1", {"A": 1, "A.g": 2}),
        ("@add_to_class(A)\ndef f(self): pass", {"f": 2, "A.f": 2}),
        ("@d2l.add_to_class(d2l.A)\ndef f(self): pass", {"f": 2, "d2l.A.f": 2}),
        ("@cache(1, 'a', b + c, g())\ndef f(): pass", {"f": 2}),
        ("f = lambda x: x\ng: object = lambda x: x\nh = k = lambda: 1", None),
        ("def f(): pass\ng = f\nh = g", {"f": 1, "g": 1, "h": 1}),
        ("g = f\ndef f(): pass", {"g": 1, "f": 2}),
        ("def f(): pass\ng = f\ndef f(): pass", {"f": 3, "g": 1}),
        ("from torch import softmax as s\nf = s", {"f": 2}),
        ("class A:\n    def f(x): pass\nf = A.f", {"A": 1, "A.f": 2, "f": 2}),
        ("def f(): pass\nf = f", {"f": 1}),
    ],
    ids=repr,
)
def test_names_are_found(source, expected):
    """Functions, classes, methods, and other names that are given to them."""
    written = {
        "class A": {"A": 1, "A.f": 2, "A.B": 3, "A.B.g": 4},
        "f = lam": {"f": 1, "g": 2, "h": 3, "k": 3},
    }

    assert lines(source) == (expected or written[source[:7]])


@pytest.mark.parametrize(
    "head",
    [
        *("if x:", "if x:\n    pass\nelse:", "if x:\n    pass\nelif y:", "while x:", "for x in y:"),
        *("with x:", "try:", "try:\n    pass\nexcept E:", "try:\n    pass\nfinally:"),
        "match x:\n    case 1:\n    ",
    ],
    ids=repr,
)
def test_control_flow_at_the_top_is_looked_into(head):
    """Also the main guard, and what stands in case of an error."""
    text = head.strip("\n ") + ("\n        " if "case" in head else "\n    ") + "def f(): pass\n"

    assert list(lines(text + "finally:\n    pass" * (head == "try:"))) == ["f"]


@pytest.mark.parametrize(
    "source",
    ["x = 1", "x = y", "y = 1\nx = y", "x = g()", "x = a.b", "x = g().y", "x[0] = lambda: 1", ""],
)
def test_variables_are_no_definitions(source):
    """A value is none, whatever its name; nor does it hide the function of that name."""
    assert lines(source) == {}
    assert lines(f"def x(): pass\n{source}") == {"x": 1}


def test_definition_knows_its_cell():
    """The last one counts over all cells, and lines are those of the file."""
    first, second = Cell("hw.py", "def f(): pass", 3), Cell("hw.py", "\n@mark\ndef f():\n  pass", 9)

    found = Index([first, second]).definitions["f"]

    assert found.cell == second
    assert found.place_of(found.node) == "hw.py, line 11"
    assert found.text_of(found.node) == "def f():\n  pass"


def test_what_hides_is_named():
    """Definitions in functions and classes, with what is around them, also below an if."""
    source = (
        "if main:\n    def run():\n        def f():\n            class A: pass\nclass B:\n    f = 1"
    )

    assert Index([("hw.py", source, 1)]).nested == {
        "f": ("function", "run"),
        "A": ("function", "run"),
    }


def test_imports_are_spelled_out():
    """The names that imports bind, wherever they stand."""
    source = (
        "import torch\nimport torch.optim as o\nfrom torch import nn\nfrom . import a\n"
        "def f():\n    from torch.nn import functional as F"
    )

    assert Index([("hw.py", source, 1)]).imports == {
        "o": "torch.optim",
        "nn": "torch.nn",
        "a": ".a",
        "F": "torch.nn.functional",
    }


def test_trees_that_are_there_are_used():
    """What was parsed for reading is not parsed again."""
    tree = ast.parse("def other(): pass")

    assert list(Index([("hw.py", "def f(): pass", 1)], {"def f(): pass": tree}).definitions) == [
        "other"
    ]


def test_cell_that_is_no_python_defines_nothing():
    """It is a problem of its own; the others are read."""
    index = Index([("a", "def (", 1), ("b", "def f(): pass", 1)])

    assert list(index.definitions) == ["f"]
    assert [cell.name for cell, _ in index.problems] == ["a"]


def test_long_chains_are_no_trouble():
    """Neither many elifs nor many attributes end in a RecursionError."""
    elifs = "if x: pass\n" + "elif x: pass\n" * 900 + "else:\n    def f(): pass\n"

    assert list(lines(elifs + "g = a" + ".b" * 900)) == ["f"]
    assert len(list(statements(ast.parse(elifs).body))) == 1803
