"""Reading uploads: whatever is handed in becomes cells of Python, or one clear sentence."""

from __future__ import annotations

import ast
import itertools
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.course.assignment import Stub
from grader.errors import UnreadableSubmission
from grader.sandbox.inside import cells
from grader.submissions import budget, syntax
from grader.submissions.archive import MAX_FILE
from grader.submissions.budget import MAX_SOURCE, Budget
from grader.submissions.files import kind_of
from grader.submissions.layout import MAX_DEPTH, MAX_FILES
from grader.submissions.notebooks import MAX_CELLS
from grader.submissions.reading import read

STUBS = [Stub("softmax", 1, (), (), ()), Stub("net", 1, (), (), ())]
CODE = "def softmax(X):\n    return X\n"
fuzz = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def upload(tmp_path):
    """Write files below one folder and read the first: upload(name=content) or {path: content}."""

    def upload(files, read_folder=False):
        for name, content in files.items():
            path = tmp_path / "ada" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        first = tmp_path / "ada" / next(iter(files))
        return read(first.parent if read_folder else first, STUBS)

    return upload


def notebook(*cells, **more):
    """A notebook of format 4; a cell is its source, or the whole entry."""
    entries = [
        cell if isinstance(cell, dict) else {"cell_type": "code", "source": cell} for cell in cells
    ]
    return json.dumps({"cells": entries, "nbformat": 4, "nbformat_minor": 5, "metadata": {}} | more)


def read_or_refused(path):
    """The cells of a file, or the sentence with which it was refused."""
    try:
        return read(path, STUBS).cells, ""
    except UnreadableSubmission as error:
        return [], str(error)


def sources(read_submission):
    return [source for _, source, _ in read_submission.cells]


# ------------------------------------------------------------------------------ files


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *[(name, ".py") for name in ("hw.py", "HW.PY", "hw.py ", "hw.py.txt", "hw.py (2)")],
        *[(name, ".ipynb") for name in ("a.b.ipynb", "hw.ipynb.json", "hw.ipynb(1)", "a.py.ipynb")],
        *[(name, ".ipynb") for name in ("hw (1).IPYNB", "hw.ipynb (1).txt", "hw.ipynb.json\u3000")],
        *[(name, ".zip") for name in ("hw.zip", "hw.ZIP (3)")],
        *[(name, "") for name in ("", "py", "hw", "hw.pyc", "hw.txt", "a.json", "hw.py.bak")],
    ],
)
def test_kind_of_a_file_is_read_off_its_name(name, kind):
    """Whatever a browser, an editor or a platform has added to the ending."""
    assert kind_of(name) == kind


def test_file_is_one_cell(upload):
    """A .py file is one cell of its own name, from line 1."""
    found = upload({"hw.py": CODE})

    assert found.name == "hw"
    assert found.cells == [("hw.py", CODE, 1)]
    assert found.helpers == {}
    assert found.warnings == []
    assert len(found.digest) == 64


@pytest.mark.parametrize(
    "data",
    [
        "name = 'Grüße'\n".encode(),
        "\ufeffname = 'Grüße'\n".encode(),
        "# -*- coding: latin-1 -*-\nname = 'Grüße'\n".encode("latin-1"),
        "# coding: gbk\nname = '模型'\n".encode("gbk"),
        b"name = 1\r\nother = 2\r\n",
        b"name = 1\rother = 2\r",
        b"name = 1",
    ],
    ids=["utf-8", "bom", "latin-1", "gbk", "crlf", "cr", "no newline"],
)
def test_encodings_are_read(upload, data):
    """UTF-8 with and without a mark, declared encodings and all line ends are read."""
    found = upload({"hw.py": data})

    (source,) = sources(found)
    assert "\r" not in source
    assert "\ufeff" not in source
    assert found.warnings == []
    exec(source, names := {})
    assert names["name"] in ("Grüße", "模型", 1)


UNREADABLE = {
    "empty.py": "",
    "blank.py": " \n\t\n",
    "nul.py": b"x = 1\0",
    "binary.py": bytes(range(1, 256)),
    "undefined_encoding.py": "# coding: undefined\nx = 1",
    "binary_encoding.py": "# coding: hex\nx = 1",
    "broken_punycode.py": "# coding: punycode\nx=1-\xff!",
    "broken.py": "def (:",
    "long.py": "x = 1  # " + "x" * MAX_SOURCE,
    "notes.txt": "hello",
    "no_suffix": CODE,
    "empty.ipynb": "",
    "no_json.ipynb": "{'cells': []}",
    "cut.ipynb": notebook(CODE)[:-20],
    "deep.ipynb": "[" * 100_000,
    "deep_closed.ipynb": '{"cells": ' + "[" * 50_000 + "]" * 50_000 + "}",
    "huge_number.ipynb": '{"nbformat": ' + "9" * 10_000 + "}",
    "list.ipynb": "[1, 2]",
    "number.ipynb": "4",
    "object.ipynb": '{"a": 1}',
    "no_list.ipynb": '{"cells": {"a": 1}}',
    "no_cells.ipynb": notebook(),
    "no_code.ipynb": notebook({"cell_type": "markdown", "source": "# Softmax"}),
    "odd_cells.ipynb": '{"cells": [1, null, "x", [], {"cell_type": "code", "source": 3}]}',
    "many_cells.ipynb": notebook(*["x = 1"] * (MAX_CELLS + 1)),
    "long_cells.ipynb": notebook(*["#" * 100_000] * 11),
    "one_broken_cell.ipynb": notebook("def (:"),
    "bytes.ipynb": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_file_is_refused_with_its_name(upload, name):
    """What cannot be read is an UnreadableSubmission that names the file in a sentence."""
    with pytest.raises(UnreadableSubmission) as raised:
        upload({name: UNREADABLE[name]})

    sentence = str(raised.value)
    assert name in sentence
    assert sentence.isprintable()
    assert len(sentence) < 500


def test_large_file_is_refused_unread(tmp_path):
    """The size is looked at before the content; the sentence says what to do."""
    path = tmp_path / "hw.ipynb"
    with path.open("wb") as file:
        file.truncate(MAX_FILE + 1)

    with pytest.raises(UnreadableSubmission, match=r"hw\.ipynb has 21 MB.*Clear"):
        read(path, [])


@pytest.mark.parametrize("name", ["gone.py", "gone.ipynb", "gone"])
def test_file_that_disappears_is_refused(tmp_path, name):
    """A path at which nothing is, or is no more, is named."""
    with pytest.raises(UnreadableSubmission, match=name):
        read(tmp_path / name, [])


def test_name_that_is_too_long_is_refused(tmp_path):
    """A path that no file system takes is no exception of the system's."""
    with pytest.raises(UnreadableSubmission):
        read(tmp_path / ("x" * 300 + ".py"), [])


def test_special_file_is_refused(tmp_path):
    """A named pipe would block whoever opens it."""
    os.mkfifo(tmp_path / "pipe.py")

    with pytest.raises(UnreadableSubmission, match=r"pipe\.py is not a file"):
        read(tmp_path / "pipe.py", [])


def test_link_is_refused(tmp_path):
    """A link that is handed in could lead to any file of the grader's user."""
    (tmp_path / "secret.py").write_text("answer = 42")
    (tmp_path / "hw.py").symlink_to(tmp_path / "secret.py")

    with pytest.raises(UnreadableSubmission, match=r"hw\.py is a link"):
        read(tmp_path / "hw.py", [])


@pytest.mark.parametrize("content", [CODE, "", "x = 1\ndef (:"], ids=["good", "empty", "broken"])
def test_name_of_another_encoding_is_readable_text(tmp_path, content):
    """A file name from another system's zip may be no UTF-8; all that is said can be written."""
    folder = tmp_path / "ada"
    folder.mkdir()
    (folder / "hw.py").write_text(CODE)
    path = Path(f"{folder}/caf\udce9.py")
    try:
        path.write_text(content)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")

    for upload in (path, folder):
        cells, sentence = read_or_refused(upload)
        found = [] if sentence else [*read(upload, []).warnings, read(upload, []).name]

        "".join([sentence, *found, *(name for name, _, _ in cells)]).encode()


# ------------------------------------------------------------------------------ notebooks


@pytest.mark.parametrize("source", [CODE, CODE.splitlines(keepends=True)], ids=["text", "list"])
def test_notebook_of_format_4(upload, source):
    """Code cells, as text or as a list of lines, are named by their position."""
    found = upload({"hw.ipynb": notebook({"cell_type": "markdown", "source": "hi"}, source)})

    assert found.cells == [("cell 2", CODE, 1)]


def test_notebook_of_format_3(upload):
    """Cells of all worksheets are read; their source is called input."""
    sheets = [
        {"cells": [{"cell_type": "code", "input": [CODE]}, {"cell_type": "heading"}]},
        {"cells": [{"cell_type": "code", "input": "x = 1"}]},
        {"cells": None},
        "odd",
    ]
    text = json.dumps({"nbformat": 3, "worksheets": sheets})

    found = upload({"hw.ipynb": text})

    assert found.cells == [("cell 1", CODE, 1), ("cell 3", "x = 1", 1)]


def test_notebook_with_a_mark_or_nul_is_read(upload):
    """A byte order mark before the JSON and NUL characters in a cell do no harm."""
    found = upload({"hw.ipynb": b"\xef\xbb\xbf" + notebook("x = 1\0").encode()})

    assert sources(found) == ["x = 1"]


def test_odd_cells_are_passed_over(upload):
    """Raw and empty cells, entries that are no cells and lines that are no text are left out."""
    found = upload(
        {
            "hw.ipynb": notebook(
                {"cell_type": "raw", "source": "x"},
                {"cell_type": "code", "source": ["a = 1\n", 5, "b = 2"]},
                {"cell_type": "code"},
                {"cell_type": ["code"]},
                "   ",
            )
        }
    )

    assert found.cells == [("cell 2", "a = 1\nb = 2", 1)]


def test_saved_outputs_do_not_matter(upload):
    """Saved errors and pictures are no code."""
    output = {"output_type": "error", "ename": "NameError", "traceback": ["\x1b[0;31m"] * 3}
    cell = {"cell_type": "code", "source": "x = 1", "outputs": [output], "execution_count": 17}

    assert sources(upload({"hw.ipynb": notebook(cell)})) == ["x = 1"]


# ------------------------------------------------------------------------------ magics


@pytest.mark.parametrize(
    "source",
    [
        "%matplotlib inline\nx = 1",
        "!pip install d2l\nx = 1",
        "x = 1\n%timeit x",
        "files = !ls\nx = 1",
        "x = 1\nx?",
        "%%time\nx = 1",
        "%%capture out\n%matplotlib inline\nx = 1",
        "\n%%timeit -n 1\nx = 1",
    ],
)
def test_magics_are_made_python(upload, source):
    """Line and cell magics become Python, and the Python among them stays."""
    (text,) = sources(upload({"hw.ipynb": notebook(source)}))

    compile(text, "cell", "exec")
    assert "x = 1" in text.splitlines()


@pytest.mark.parametrize("first", ["%%bash", "%%html", "%%javascript"])
def test_cells_of_other_languages_are_left_out(upload, first):
    """A cell in another language is no code of this submission, and no problem of it."""
    found = upload({"hw.ipynb": notebook(f"{first}\nrm -rf x; <b>", "x = 1")})

    assert "".join(sources(found)).strip() == "x = 1"
    assert found.warnings == []


@pytest.mark.parametrize(
    "data",
    ["x = 'ü'".encode("latin-1"), b"# coding: klingon\nx = '\xfc'", "x = 'ü'".encode("utf-16")],
)
def test_text_in_another_encoding_is_read(upload, data):
    """Python would refuse it; what the names and numbers are is not in doubt."""
    assert "x = 'ü'" in "".join(sources(upload({"hw.py": data})))


def test_declared_encoding_may_be_used_before_it_is_declared(upload):
    """A coding line may hold letters of that encoding, as Python reads it."""
    found = upload({"hw.py": "# 作业 coding: gbk\nx = '你'".encode("gbk")})

    assert "x = '你'" in "".join(sources(found))
    assert found.warnings == []


def test_module_that_a_cell_writes_is_a_module(upload):
    """``%%writefile`` makes a file that other cells import."""
    found = upload({"hw.ipynb": notebook("%%writefile helper.py\ny = 1", "from helper import y")})

    assert [cell.source.strip() for cell in found.helpers["helper"]] == ["y = 1"]
    assert found.warnings == []


def test_percent_that_continues_a_print_is_no_magic(upload):
    """Valid Python is never transformed."""
    source = "print('%d %d'\n% (1, 2))"

    assert sources(upload({"hw.ipynb": notebook(source)})) == [source]


def test_magics_in_a_file_are_read(upload):
    """A notebook that was saved as .py may hold magics."""
    (source,) = sources(upload({"hw.py": "%matplotlib inline\n" + CODE}))

    assert CODE in source


@pytest.mark.parametrize("line", ["%%time\n", "!ls\n", "%x\n", "?\n"], ids=repr)
def test_many_magics_are_read_or_refused(upload, monkeypatch, line):
    """However many magics a cell has, reading it ends with cells or with a sentence."""
    from IPython.core import inputtransformer2

    monkeypatch.setattr(inputtransformer2, "TRANSFORM_LOOP_LIMIT", 10)
    count = 1500 if line.startswith("%%") else 15

    found = upload({"hw.ipynb": notebook(line * count + "x = 1", CODE)})

    assert sources(found)[-1] == CODE


# ------------------------------------------------------------------------------ broken parts


def test_broken_cell_costs_itself(upload):
    """The other cells are read, and a note names the cell and the line."""
    found = upload({"hw.ipynb": notebook(CODE, "y = 1\ndef (:", "x = 1")})

    assert sources(found) == [CODE, "y = 1", "x = 1"]
    (note,) = found.warnings
    assert note.startswith("cell 2, line 2: Python cannot read this")


def test_broken_stretch_of_a_file_costs_itself(upload):
    """What stands before and after is read with its own line numbers."""
    found = upload({"hw.py": f"x = 1\n\n{CODE}\ndef (:\n    pass\n\nfor y in [1]:\n    z = 1\n"})

    text = "\n".join(sources(found))
    assert "def softmax" in text
    assert "def (" not in text
    last = found.cells[-1]
    assert last[0] == "hw.py"
    assert last[1].strip() == "for y in [1]:\n    z = 1"
    assert last[2] == 9
    assert found.warnings[0].startswith("hw.py, line 6: Python cannot read this")


def test_bracket_that_is_never_closed_costs_little(upload):
    """Definitions after an open bracket are found."""
    found = upload({"hw.py": f"x = (1,\n\n{CODE}"})

    assert any("def softmax" in source for source in sources(found))


def test_decorators_and_branches_stay_together(upload):
    """A file with a broken line elsewhere keeps its decorated functions and its else."""
    good = "@cache\ndef f():\n    return 1\n\nif x:\n    y = 1\nelse:\n    y = 2\n"

    found = upload({"hw.py": f"def (:\n{good}"})

    text = "\n".join(sources(found))
    assert "@cache\ndef f():" in text
    assert "else:\n    y = 2" in text


@pytest.mark.parametrize("source", ["x = " + "(" * 300, "x = " + "-" * 50_000 + "1"])
def test_deep_expression_costs_itself(upload, source):
    """An expression that no parser takes is left out; the rest is read."""
    found = upload({"hw.py": f"{source}\n{CODE}"})

    assert any("def softmax" in text for text in sources(found))


def test_comment_at_the_margin_stays_in_its_function(upload):
    """The rest of the function below it is not lost when a line elsewhere is broken."""
    found = upload({"hw.py": "def (:\ndef f():\n    x = 1\n# two\n    return x\n"})

    assert "def f():\n    x = 1\n# two\n    return x\n" in sources(found)


@pytest.mark.parametrize(
    "good",
    [
        'text = """\n' + "a line (of prose\n" * 50 + '"""\n',
        "table = [\n" + "1,\n" * 50 + "]\n",
        "f(x,\ny)\n",
        "x = 1 + \\\n2\n",
        "@a\n@b(1,\n2)\n@c\nclass A:\n    pass\n",
        "def f():\n    s = '''\n\"\"\" it's [\n'''\n    return s\n",
        'x = \'(\' # [\ny = "\\"("\n',
        "if x:\n    y = 1\nelif z:\n    y = 2\nelse:\n    y = 3\n",
        "try:\n    y = 1\nexcept E:\n    y = 2\nfinally:\n    y = 3\n",
    ],
    ids=repr,
)
def test_what_belongs_together_stays_together(upload, good):
    """In a file with a broken line above and below."""
    found = upload({"hw.py": f"def (:\n{good}x = = 1\n{CODE}"})

    text = "\n".join(source.rstrip("\n") for source in sources(found))
    assert text == f"{good}{CODE}".rstrip("\n")
    assert len(found.warnings) == 2


OPEN = ['x = """a', "x = 'a", "x = (", "@", "f(", "x = \\", "{", "'" * 3]


@pytest.mark.parametrize("bad", OPEN)
def test_what_is_never_closed_costs_itself(upload, bad):
    """However the functions behind it use quotes and brackets."""
    good = 'def f(x):\n    """Is f."""\n    return g("(")\n'

    found = upload({"hw.py": f"{bad}\n{good}{CODE}"})

    assert "\n".join(sources(found)).split() == f"{good}{CODE}".split()


# ------------------------------------------------------------------------------ the budget

BROKEN = {
    "brackets": "x = (1,\n" * 1500,
    "strings": 'x = """a\n' * 1501,
    "strings of two kinds": "x = \"\"\"a\n y = '''b\n" * 1000,
    "decorators": "@a\n" * 3000,
    "brackets that match": "x(\n" * 900 + "y)\n" * 900 + "z = 1 1\n",
    "functions": "def f(:\n    return 1\n" * 1500,
    "words": "x y z\n" * 3000,
    "magics": "%x y\nx y\n" * 1000,
    "magics in strings": "'''\n%x\n" * 1000,
    "help": "a" * 100_000 + " + b?\nx y\n",
    "new lines": "x = (" + "\n" * 200_000,
    "blanks": "x y\n" + " " * 200_000 + "%\n",
    "quotes": "x y\n" + '"""\\' * 50_000,
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_broken_source_is_parsed_a_few_times(upload, monkeypatch, text):
    """What is parsed grows with the text, not with its square, and the good part is found."""
    parsed = []

    def parse(source):
        parsed.append(len(source))
        return cells.parse(source)

    monkeypatch.setattr(syntax, "parse", parse)

    found = upload({"hw.py": f"{CODE}\n{text}"})

    assert "\n".join(sources(found)).split()[:4] == CODE.split()
    assert len(parsed) < 2 * text.count("\n") + 20
    assert sum(parsed) < 200 * len(text)


def test_expressions_in_strings_are_bounded(upload):
    """Python takes a minute for an f-string with 300,000 of them; the rest of the file is read."""
    long = 'x = f"' + "{a}" * 300_000 + '"\n'

    found = upload({"hw.py": f"{CODE}{long}y = 1\n"})

    assert "\n".join(sources(found)).split() == f"{CODE}y = 1".split()


def test_large_file_with_many_braces_loses_nothing(upload):
    """It is read stretch by stretch, and there is nothing to say of that."""
    text = "table = {'a': {}, 'b': {}}  # " + "a comment of some length " * 16 + "\n"

    found = upload({"hw.py": text * 1900})

    assert "\n".join(sources(found)).rstrip("\n") == (text * 1900).rstrip("\n")
    assert len(found.cells) == 1900
    assert found.warnings == []


def test_large_file_with_magics_loses_nothing(upload):
    """IPython reads the stretches with magics only."""
    text = "def f(x):\n    return x\n\n" * 1900 + "%matplotlib inline\n!pip install x\n" * 20

    found = upload({"hw.py": text})

    assert found.warnings == []
    text = "".join(sources(found))
    assert text.count("def f(x)") == 1900
    assert "get_ipython" not in text


@pytest.mark.parametrize(
    "files",
    [
        {"hw.py": CODE},
        {"hw.py": f"{CODE}def (:\n"},
        {"hw.ipynb": notebook(CODE)},
        {"hw.py": CODE, "broken.ipynb": "{"},
    ],
    ids=["good", "broken", "notebook", "folder"],
)
def test_reading_ends_when_the_time_is_up(upload, monkeypatch, files):
    """Whatever is read then, the upload is refused with a sentence that says what to do."""
    monkeypatch.setattr(budget, "LEAST_SECONDS", -1.0)
    monkeypatch.setattr(budget, "SECONDS_PER_MB", 0.0)

    with pytest.raises(UnreadableSubmission, match=r"takes too long to read.*Mend what Python"):
        upload(files, read_folder=len(files) > 1)


def test_time_that_is_up_in_the_middle_costs_the_upload(upload, monkeypatch):
    """What has been read by then does not count: it would depend on the machine."""
    monkeypatch.setattr(budget, "SECONDS_PER_MB", 0.0)
    monkeypatch.setattr(budget, "LEAST_SECONDS", 0.0)
    monkeypatch.setattr(budget.time, "thread_time", itertools.chain([0] * 9, [1] * 99).__next__)

    with pytest.raises(UnreadableSubmission, match="ada takes too long to read"):
        upload({f"{name}.py": f"{CODE}{name} = 1" for name in "abcdef"}, read_folder=True)


def test_time_grows_with_what_was_handed_in(monkeypatch):
    """A large notebook may take longer than a small one, but not for ever."""
    monkeypatch.setattr(budget, "LEAST_SECONDS", -1.0)
    monkeypatch.setattr(budget, "SECONDS_PER_MB", 1e9)

    Budget("hw.py", handed_in=10).check()
    monkeypatch.setattr(budget, "MOST_SECONDS", -1.0)
    with pytest.raises(UnreadableSubmission, match=r"hw\.py takes too long"):
        Budget("hw.py", handed_in=10).check()


@fuzz
@given(text=st.text(st.characters(codec="utf-8"), max_size=80))
def test_any_text_is_read_or_refused(tmp_path, text):
    """Whatever a cell or a file holds, an UnreadableSubmission is all that may happen."""
    for name, data in (("hw.py", text), ("hw.ipynb", notebook("%x\n" + text, text))):
        (tmp_path / name).write_bytes(data.encode())

        cells, sentence = read_or_refused(tmp_path / name)

        assert cells or name in sentence
        for _, source, _ in cells:
            compile(source, name, "exec", ast.PyCF_ONLY_AST)


@fuzz
@given(data=st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(tmp_path, data):
    """The same for bytes that need not be text."""
    for name in ("hw.py", "hw.ipynb"):
        (tmp_path / name).write_bytes(data)

        cells, sentence = read_or_refused(tmp_path / name)

        assert cells or name in sentence


# ------------------------------------------------------------------------------ folders


def test_main_file_is_the_one_with_the_stubs(upload):
    """Of several files the one that defines most stubs is the main one; others are modules."""
    files = {
        "a_helper.py": "def helper(): pass\n",
        "homework.py": CODE + "def net(X): pass\n",
        "z_old.py": "def softmax(X):\n    return 2 * X\n",
        "parts/__init__.py": "",
        "parts/deep/losses.py": "loss = 1\n",
        "readme.txt": "hello",
    }

    found = upload(files, read_folder=True)

    assert found.name == "ada"
    assert found.cells[0][0] == "homework.py"
    assert set(found.helpers) == {"a_helper", "z_old", "parts", "parts.deep", "parts.deep.losses"}
    assert found.helpers["parts"] == found.helpers["parts.deep"] == []
    assert found.warnings == [
        "homework.py was taken as the main file; z_old.py has another version of softmax, which "
        "does not count"
    ]


def test_methods_count_for_the_main_file(tmp_path):
    """A stub may be a method: the file with its class is the main one."""
    (tmp_path / "a.py").write_text("class Model:\n    def other(self): pass\n")
    (tmp_path / "b.py").write_text("class Model:\n    def loss(self): pass\n")

    found = read(tmp_path, [Stub("Model.loss", 1, (), (), ())])

    assert found.cells[0][0] == "b.py"


def test_notebook_can_be_the_main_file(upload):
    """A notebook beside its modules is graded; it is no module itself."""
    files = {"hw.ipynb": notebook(CODE), "utils.py": "x = 1", "second.ipynb": notebook("x = 1")}

    found = upload(files, read_folder=True)

    assert found.cells == [("cell 1", CODE, 1)]
    assert set(found.helpers) == {"utils"}


def test_links_and_special_files_are_not_followed(tmp_path, upload):
    """Neither a link out of the folder nor a pipe in it is opened."""
    (tmp_path / "secret.py").write_text("answer = 42")
    folder = tmp_path / "ada"
    (folder / "sub").mkdir(parents=True)
    (folder / "link.py").symlink_to(tmp_path / "secret.py")
    (folder / "up").symlink_to(tmp_path)
    (folder / "sub" / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe.py")

    found = upload({"hw.py": CODE}, read_folder=True)

    assert sources(found) == [CODE]
    assert found.helpers == {}


def test_unreadable_neighbour_is_a_note(upload):
    """A broken file beside a good one costs itself."""
    found = upload(
        {"hw.py": CODE, "old.ipynb": "{", "empty.py": "", "nul.py": b"\0"}, read_folder=True
    )

    assert sources(found) == [CODE]
    assert {"old.ipynb", "empty.py", "nul.py"} == {note.split()[0] for note in found.warnings}


def test_folders_and_files_are_bounded(upload):
    """Hidden files, caches, what lies too deep and what is too much is not read."""
    deep = "/".join(["d"] * (MAX_DEPTH + 1))
    files = {
        "hw.py": CODE,
        ".hidden.py": "x",
        ".git/hook.py": "x",
        "__pycache__/a.py": "x",
        f"{deep}/b.py": "x",
        **{f"many/m{n}.py": "x = 1" for n in range(MAX_FILES + 20)},
    }

    found = upload(files, read_folder=True)

    assert found.cells[0][0] == "hw.py"
    assert len(found.helpers) <= MAX_FILES
    assert not {name for name in found.helpers if "hidden" in name or name.endswith((".b", "hook"))}


def test_files_are_bounded_together(upload):
    """A small zip may unpack to much code, of which trees are made in the grader's own process."""
    most = MAX_SOURCE
    texts = {f"{name}.py": f"{name} = 1  #" + "x" * (most * 2 // 5) for name in "abc"}

    found = upload(texts, read_folder=True)

    assert set(found.helpers) == {"b"}
    (note,) = [note for note in found.warnings if "together" in note]
    assert note.startswith(f"c.py was left out: your files have more than {most:,} characters")


def test_unreadable_files_count_as_well(upload):
    """What was looked at in vain is not free."""
    bad = "x y  #" + "x" * (MAX_SOURCE * 2 // 5)
    files = {"a.py": CODE, "b.py": bad, "c.py": bad, "d.py": bad}

    found = upload(files, read_folder=True)

    assert sources(found) == [CODE]
    assert [note for note in found.warnings if note.startswith("d.py was left out")]


@pytest.mark.parametrize("files", [{"notes.txt": "x"}, {"hw.py": ""}, {"hw.ipynb": "{"}])
def test_folder_without_code_is_refused_with_its_name(upload, files):
    """The folder is named, and what was found in it."""
    with pytest.raises(UnreadableSubmission, match=r"The folder ada cannot be graded: .+"):
        upload(files, read_folder=True)


def test_current_folder_has_its_own_name(upload, tmp_path, monkeypatch):
    """A submission that is named by a dot is called like its folder."""
    upload({"hw.py": CODE})
    monkeypatch.chdir(tmp_path / "ada")

    assert read(Path(), STUBS).name == "ada"


def test_digest_tells_submissions_apart(upload):
    """The same content has the same digest, another content or place another one."""
    first = upload({"a.py": CODE}).digest
    again = upload({"b.py": CODE}).digest
    other = upload({"c.py": CODE + "\n"}).digest

    assert first == again != other
