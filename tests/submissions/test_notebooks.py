"""What is read of notebooks and exported scripts: magics, helper modules, what is damaged."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from grader.course.magics import without_magics
from grader.errors import UnreadableSubmission
from grader.submissions.reading import read

CODE = "def softmax(X):\n    return X\n"
STUBS = [SimpleNamespace(name=name, aliases=(), is_value=False) for name in ("softmax", "net")]


@pytest.fixture
def upload(tmp_path):
    """Write one file and read it: upload("hw.py", content)."""

    def upload(name, content):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return read(tmp_path / name, STUBS)

    return upload


def notebook(*cells, **metadata):
    """A notebook; a cell is its source, or a pair of its type and its source."""
    pairs = [cell if isinstance(cell, tuple) else ("code", cell) for cell in cells]
    entries = [{"cell_type": kind, "source": source} for kind, source in pairs]
    return json.dumps({"cells": entries, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("def f(z):\n    !echo it's\n    return z", "def f(z):\n    pass\n    return z"),
        ("files = !ls *.py", "files = []"),
        ("here = %pwd", "here = '.'"),
        ("%time x = f(z)", "x = f(z)"),
        ("x = %time f(z)", "x = (f(z))"),
        ("%timeit -n 10 -r 3 f(z)", "f(z)"),
        ("%memit -r 1 y = f(z)", "y = f(z)"),
        ("!pip install a \\\n  b\nx = 1", "pass\n\nx = 1"),
        ("x = 1\nx?\n?x\nx.y??", "x = 1\npass\npass\npass"),
        ("print('%d'\n% (1))\n%matplotlib inline", "print('%d'\n% (1))\npass"),
        ('s = """\n!ls\n"""\n!ls', 's = """\n!ls\n"""\npass'),
        ("x = (1,\ndef f():\n    !ls", "x = (1,\ndef f():\n    pass"),
        ("%run -i './my utils.py'", "from my_utils import *"),
        ("%run ../other.ipynb", "from other import *"),
        ("def f():\n    %run other.py\n    return 1", "def f():\n    pass\n    return 1"),
        ("%run https://x.org/$y", "pass"),
    ],
)
def test_magics_leave_what_is_python_on_its_line(source, plain):
    """A magic becomes the Python in it, or nothing; all lines stay where they are."""
    assert without_magics(source) == plain


@pytest.mark.parametrize("magic", ["memit", "ipytest", "wandb", "python", "python3", "debug"])
def test_cell_whose_body_is_python_is_read(upload, magic):
    """The note names the magic."""
    found = upload("hw.ipynb", notebook(f"%%{magic}\n{CODE}"))

    assert "softmax" in found.index.definitions
    assert found.warnings == [f"cell 1 begins with %%{magic}; the rest of it was read as Python"]


def test_cell_of_another_language_that_defines_something_is_named(upload):
    """What is lost with it is said."""
    found = upload("hw.ipynb", notebook("x = 1", f"%%script false --no-raise-error\n{CODE}"))

    assert found.warnings == [
        "cell 2 begins with %%script and is not run as Python: `softmax` is lost"
    ]


def test_cells_of_jdc_put_methods_into_their_class(upload):
    """``%%add_to Model`` defines ``Model.f``."""
    found = upload("hw.ipynb", notebook("class Model: pass", "%%add_to Model\ndef f(self): pass"))

    assert found.index.definitions["Model.f"].cell.name == "cell 2"


def test_cells_that_write_files_make_modules(upload):
    """With -a a cell goes on with a file; other files than Python are no modules."""
    cells = ["import m", "%%writefile ./m.py\na = 1", f"%%writefile -a m.py\n{CODE}"]

    found = upload("hw.ipynb", notebook(*cells, "%%writefile notes.txt\nhello"))

    assert [cell.name for cell in found.helpers["m"]] == ["cell 2", "cell 3"]
    assert set(found.helpers) == {"m"}


def test_notebook_that_another_one_runs_is_a_module(tmp_path):
    """``%run`` of a notebook or a file that was handed in finds it."""
    (tmp_path / "hw.ipynb").write_text(notebook("%run ./part one.py", "%run 'my part.ipynb'", CODE))
    (tmp_path / "my part.ipynb").write_text(notebook("y = 1"))
    (tmp_path / "unused.ipynb").write_text(notebook("z = 1"))

    found = read(tmp_path, STUBS)

    assert set(found.helpers) == {"my_part"}


def test_exported_script_is_read_like_its_notebook(upload):
    """Calls of the kernel are undone, and what follows keeps its lines."""
    body = "get_ipython().run_cell_magic('time', '', 'def softmax(X):\\n    return X\\n')\n"
    lines = ["get_ipython().run_line_magic('time', 'x = 1')\n", "get_ipython().system('ls')\n"]
    rest = "def f():\n    files = get_ipython().getoutput('ls')\n"

    found = upload(
        "hw.py", "".join([*lines, body, rest, "ip = get_ipython()\n", "ip.magic('x')\n"])
    )

    assert not any("get_ipython" in cell.source for cell in found.cells)
    assert found.index.definitions["softmax"].cell.name == "hw.py, cell at line 3"
    assert found.cells[0].source == "x = 1\npass"
    assert found.cells[-1][1:] == ("def f():\n    files = []\nip = None\npass\n", 4)


@pytest.mark.parametrize("source", [CODE, f"Try this:\n```python\n{CODE}```\n"])
@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_answer_that_is_no_code_is_named(upload, kind, source):
    """Only for a stub that no code cell defines: a handout has examples in its text."""
    (note,) = upload("hw.ipynb", notebook("x = 1", (kind, source))).warnings
    found = upload("hw.ipynb", notebook(CODE, (kind, source), (kind, "def other(): pass")))

    assert note.startswith("cell 2 is")
    assert "`softmax`" in note
    assert found.warnings == []


DAMAGED = {
    "cut off in line 1": notebook(CODE)[:-40],
    "merge conflict in it, at lines 1, 3, 5": "<<<<<<< a\n1\n=======\n2\n>>>>>>> b\n" + notebook(),
    "behind the end of the notebook, from line 2 on": notebook(CODE) + "\n}",
    "pointer to a file in Git LFS": "version https://git-lfs.github.com/spec/v1\noid sha256:1\n",
    "web page": "\n<!DOCTYPE html>\n<html></html>",
    "in Julia": notebook("f(x) = x", language_info={"name": "julia"}),
    "from line 1 on it is not JSON": '{"cells": [x], "nbformat": 4}',
    "a PDF": "%PDF-1.7",
}


@pytest.mark.parametrize("words", DAMAGED)
def test_damaged_notebook_says_what_it_is(upload, words):
    """With advice that can be followed."""
    with pytest.raises(UnreadableSubmission, match=words):
        upload("hw.ipynb", DAMAGED[words])


def test_files_are_read_by_what_is_in_them(upload):
    """A script that was saved as a notebook, and the reverse, are read with a note."""
    for name, text in (("hw.ipynb", CODE), ("hw.py", notebook(CODE))):
        found = upload(name, text)

        assert "softmax" in found.index.definitions
        assert len(found.warnings) == 1


def test_conflict_in_a_script_names_its_lines(upload):
    """The first of the two versions is read."""
    found = upload("hw.py", f"<<<<<<< a\n{CODE}=======\ndef net(X): pass\n>>>>>>> b\n")

    assert set(found.index.definitions) == {"softmax"}
    assert "the lines 1, 4, 6 are marks of a merge conflict" in found.warnings[0]


@pytest.mark.parametrize(
    "line",
    ["coding: utf8", "-*- coding: UTF8 -*-", "coding: GBK", "coding=gb2312", "coding: Big5"],
)
def test_coding_lines_are_read_as_python_reads_them(upload, line):
    """In every spelling."""
    encoding = line.replace("=", " ").split()[-1 if line[0] != "-" else -2]

    found = upload("hw.py", f"# {line}\nx = '文'\n".encode(encoding))

    assert "文" in found.cells[0].source
    assert found.warnings == []


@pytest.mark.parametrize(
    "codec", ["punycode", "idna", "undefined", "unicode_escape", "utf7", "hex"]
)
def test_codecs_that_are_no_text_are_refused(upload, codec):
    """Some hang on long texts, some make code of what looks like none."""
    with pytest.raises(UnreadableSubmission, match="Delete the coding line"):
        upload("hw.py", f"# coding: {codec}\n{CODE}")


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "gbk", "cp1252"]
)
@pytest.mark.parametrize("name", ["hw.py", "hw.ipynb"])
def test_what_is_not_utf8_is_read_with_a_note(upload, name, encoding):
    """By a mark or by what it plausibly is."""
    comment = "Übung 1 – façade" if encoding == "cp1252" else "作业一：逻辑回归"
    text = f"# {comment}\n{CODE}"
    text = json.dumps(json.loads(notebook(text)), ensure_ascii=False) if name[-1] == "b" else text

    found = upload(name, text.encode(encoding))

    assert comment in found.cells[0].source
    assert "is not UTF-8" in found.warnings[0]


def test_each_broken_function_is_named(upload):
    """Also where a bracket or a colon is missing, and for a full-width character its twin."""
    broken = "def a(x):\n    return (x\n\ndef b(x)\n    return x\n\ndef c（x）:\n    return x\n"

    notes = upload("hw.py", broken + CODE).warnings

    assert [note.split("`")[1] for note in notes] == ["a", "b", "c"]
    assert "type ( in its place" in notes[2]
