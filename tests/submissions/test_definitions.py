"""Where stubs are defined, as reports point to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.course.assignment import Stub
from grader.submissions.definitions import digest_of, places, source
from grader.submissions.reading import read

STUBS = [
    Stub("softmax", 1, (), ("my_softmax",), ()),
    Stub("Model.loss", 1, (), ("cost",), ()),
]


def found(folder: Path, files: dict[str, str]) -> dict[str, str]:
    for name, text in files.items():
        (folder / name).write_text(text)
    upload = folder / next(iter(files)) if len(files) == 1 else folder
    return places(read(upload, STUBS), STUBS)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("\n\ndef softmax(X): ...\n", {"softmax": "a.py, line 3"}),
        ("def softmax(X): ...\n\ndef softmax(X): ...\n", {"softmax": "a.py, line 3"}),
        ("def my_softmax(X): ...\n", {"softmax": "a.py, line 1"}),
        ("def my_softmax(X): ...\ndef softmax(X): ...\n", {"softmax": "a.py, line 2"}),
        ("if __name__ == '__main__':\n    def softmax(X): ...\n", {"softmax": "a.py, line 2"}),
        ("class Model:\n    def loss(self): ...\n", {"Model.loss": "a.py, line 2"}),
        ("class Other:\n    def softmax(self): ...\ndef loss(): ...\n", {}),
        ("def f():\n    def softmax(X): ...\n", {}),
        ("def softmax(X): ...\nsoftmax = lambda X: X\n", {"softmax": "a.py, line 2"}),
        ("def f(X): ...\nsoftmax = f\n", {"softmax": "a.py, line 1"}),
        ("def f(self): ...\nclass Model: ...\nModel.loss = f", {"Model.loss": "a.py, line 1"}),
        ("def softmax(X): ...\nx = 1\nsoftmax = x\n", {"softmax": "a.py, line 1"}),
        ("if x: ...\nelse:\n    def softmax(X): ...\n", {"softmax": "a.py, line 3"}),
        ("x = = 1\n\ndef softmax(X): ...\n", {"softmax": "a.py, line 3"}),
    ],
    ids=repr,
)
def test_place_is_the_last_definition(tmp_path, source, expected):
    """Under its name before an alias, at the top level; methods by their class."""
    assert found(tmp_path, {"a.py": source}) == expected


def test_source_is_that_of_a_definition(tmp_path):
    """At the margin, also where a class or an if is around it; a lambda is no definition by def."""
    text = (
        "if x:\n    @mark\n    def softmax(X):\n        return X\n"
        "class Model:\n    loss = lambda self: 1"
    )
    (tmp_path / "a.py").write_text(text)
    upload = read(tmp_path / "a.py", [])

    assert source(upload, STUBS[0]) == "def softmax(X):\n    return X"
    assert source(upload, STUBS[1]) is None


def test_place_in_a_notebook_is_the_cell(tmp_path):
    """With the line in the cell, as a reader counts them."""
    sources = ["import torch", "# mine\ndef softmax(X): ..."]
    cells = [{"cell_type": "code", "source": source} for source in sources]

    assert found(tmp_path, {"a.ipynb": json.dumps({"cells": cells})}) == {
        "softmax": "cell 2, line 2"
    }


def test_place_in_a_folder_names_the_file(tmp_path):
    """A stub may be in a module beside the main file; the main file goes before it."""
    files = {
        "main.py": "def softmax(X): ...\n\nclass Model:\n    def cost(self): ...\n",
        "old.py": "def softmax(X): ...\n",
    }

    assert found(tmp_path, files) == {
        "softmax": "main.py, line 1",
        "Model.loss": "main.py, line 4",
    }


@pytest.mark.parametrize(
    ("source", "is_same"),
    [
        ("def f(x):\n    return x + 1\n\n\ny = f(2)\n", True),
        (
            '"""By Ada."""\n\ndef f( x ):  # one more\n  "What it does."\n  return (x + 1)\ny=f(2)',
            True,
        ),
        ("def g(x):\n    return x + 1\n\n\ny = f(2)\n", False),
        ("def f(x):\n    return x + True\n\n\ny = f(2)\n", False),
        ("def f(x):\n    return x + 1\n", False),
    ],
)
def test_digest_is_of_the_code_alone(tmp_path, source, is_same):
    """White space, comments and docstrings are no code; names and values are."""
    (tmp_path / "one.py").write_text("def f(x):\n    return x + 1\ny = f(2)\n", "utf-8")
    (tmp_path / "two.py").write_text(source, "utf-8")

    one, two = (digest_of(read(tmp_path / name, []).index) for name in ("one.py", "two.py"))

    assert (one == two) == is_same


def test_digest_is_the_same_for_a_notebook(tmp_path):
    """However the statements are spread over its cells."""
    cells = ["def f(x):\n    return x + 1", "# now\ny = f(2)"]
    notebook = {"cells": [{"cell_type": "code", "source": cell} for cell in cells], "nbformat": 4}
    (tmp_path / "one.ipynb").write_text(json.dumps(notebook), "utf-8")
    (tmp_path / "two.py").write_text("\n".join(cells), "utf-8")

    one, two = (digest_of(read(tmp_path / name, []).index) for name in ("one.ipynb", "two.py"))

    assert one == two
