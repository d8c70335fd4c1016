"""Which files of a folder or zip are the program: those in which the stubs are written."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from grader.course import assignment as assignments
from grader.course.assignment import Stub
from grader.grading.session import open_session
from grader.grading.settings import Settings
from grader.sandbox.inside.cells import Cell
from grader.sandbox.inside.definitions import Index
from grader.submissions.definitions import is_attempted, template_of, written
from grader.submissions.reading import Submission, read
from tests.conftest import ROOT

STUBS = [Stub(name, 1, (), (f"my_{name}",), ()) for name in ("one", "two", "three", "four")]
RAISE = '    """What it does."""\n    # YOUR CODE HERE\n    raise NotImplementedError("missing")\n'


def program(*names: str, value: str = "1") -> str:
    """A template with four stubs, of which these are written."""
    parts = [
        f"def {stub.name}():\n" + (f"    return {value}\n" if stub.name in names else RAISE)
        for stub in STUBS
    ]
    return "import torch\n\n" + "\n\n".join(parts)


def notebook(source: str) -> str:
    """The same as a notebook with a cell for each part."""
    cells = [{"cell_type": "code", "source": part} for part in source.split("\n\n")]
    return json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}})


@pytest.fixture(params=["folder", "zip", "zip backwards"])
def hand_in(request, tmp_path):
    """Read files as a folder, or as a zip whose members stand in one order or the other."""

    def hand_in(files: dict[str, str]) -> Submission:
        texts = {
            name: notebook(text) if name.endswith(".ipynb") else text
            for name, text in files.items()
        }
        if request.param == "folder":
            folder = tmp_path / "ada"
            for age, (name, text) in enumerate(texts.items()):
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
                os.utime(path, (age, age))
            return read(folder, STUBS)
        path = tmp_path / "ada.zip"
        with zipfile.ZipFile(path, "w") as archive:
            names = list(texts) if request.param == "zip" else [*texts][::-1]
            for name in names:
                archive.writestr(name, texts[name])
        return read(path, STUBS)

    return hand_in


def values(upload: Submission) -> dict[str, object]:
    """What the stubs of the program give when it is run from above to below."""
    found: dict[str, object] = {}
    exec("\n".join(cell.source for cell in upload.cells).replace("import torch", ""), found)
    names = [stub.name for stub in STUBS if stub.name in written(upload.index, STUBS)]
    return {name: found[name]() for name in names}  # type: ignore[operator]


# ------------------------------------------------------------------------------ one main file


@pytest.mark.parametrize("worked", ["hw.py", "hw.ipynb"])
def test_form_in_which_was_worked_is_the_program(hand_in, worked):
    """The other one is still the template: no choice, and no note."""
    files = {"hw.py": program(), "hw.ipynb": program(), "test_public.py": program("one")}

    found = hand_in(files | {worked: program("two")})

    assert str(found.main) == worked
    assert found.warnings == []
    assert values(found) == {"two": 1}
    assert all(cell.name in ("hw.py", *(f"cell {n}" for n in range(9))) for cell in found.cells)


def test_equal_forms_are_no_choice(hand_in):
    """A notebook and the script that was made of it hold the same code."""
    text = program("one", "two")

    found = hand_in({"hw.py": f"# exported\n{text}", "hw.ipynb": text})

    assert found.warnings == []


def test_two_versions_are_told(hand_in):
    """The one with more stubs counts; a note names those of the other one."""
    files = {
        "b/first.ipynb": program("one", "two", value="2"),
        "a.py": program("two"),
        "utils.py": "def helper():\n    return 1\n",
        "parts/__init__.py": "from utils import helper\n",
    }

    found = hand_in(files)

    assert found.warnings == [
        "b/first.ipynb was taken as the main file; a.py has another version of two, which does "
        "not count"
    ]
    assert values(found) == {"one": 2, "two": 2}


def test_finished_version_goes_before_one_with_a_raise_left_in(hand_in):
    """Both count as written; only one of them says nowhere that code is missing."""
    begun = program("one").replace("return 1", "x = 1\n    raise NotImplementedError")

    assert str(hand_in({"a.py": begun, "b.py": program("one")}).main) == "b.py"


def test_value_that_is_filled_in_tells(hand_in):
    """Where the stubs do not: `W = ...` in one file is something else in the other."""
    files = {"a.py": program("one") + "\nW = ...\n", "b.py": program("one") + "\nW = 0\n"}

    assert str(hand_in(files).main) == "b.py"


def test_handout_alone_has_a_program(hand_in):
    """Nothing is written: it is read all the same, and its checks are no program."""
    found = hand_in({"test_public.py": program("one"), "hw.py": program()})

    assert str(found.main) == "hw.py"
    assert found.warnings == []


# ------------------------------------------------------------------------------ several files


def test_parts_are_one_program(hand_in):
    """Numbered parts in the order of their numbers, cells with the name of their file. What a part
    leaves open hides nothing that another one has."""
    files = {
        "q10.ipynb": program("four") + "\n\nW = ...\n\nlast = 10",
        "q2.ipynb": program("one", "two") + "\n\nW = 5\n\nlast = 2",
        "q3.py": program("three"),
    }

    found = hand_in(files)

    assert values(found) == dict.fromkeys(("one", "two", "three", "four"), 1)
    assert found.warnings == [
        "q3.py belongs to the program, too: it has three, which q2.ipynb does not have",
        "q10.ipynb belongs to the program, too: it has four, which q2.ipynb does not have",
    ]
    assert found.main is None
    names = list(dict.fromkeys(cell.name.partition(",")[0] for cell in found.cells))
    assert names == ["q2.ipynb", "q3.py", "q10.ipynb"]
    assert "q2.ipynb, cell 2" in [cell.name for cell in found.cells]
    scope: dict[str, object] = {}
    exec("\n".join(cell.source for cell in found.cells).replace("import torch", ""), scope)
    assert (scope["W"], scope["last"]) == (5, 10)


def test_part_that_adds_nothing_is_left(hand_in):
    """Only files that are needed belong to the program."""
    files = {"a.py": program("one", "two"), "b.py": program("two"), "c.ipynb": program("one")}

    found = hand_in(files)

    assert {cell.name for cell in found.cells} == {"a.py"}
    assert found.warnings == []


def test_lines_stay_where_they_were(hand_in):
    """What is taken out of a part leaves empty lines: places are those of the file."""
    found = hand_in({"a.py": program("one", "two", "three"), "b.py": program("four")})

    (cell,) = [cell for cell in found.cells if cell.name == "b.py"]
    line = program("four").split("\n").index("def four():")
    assert cell.source.split("\n")[line] == "def four():"


@pytest.mark.parametrize("line", ["from mine import *", "from mine import two, three, four"])
def test_imported_file_stays_a_module(hand_in, line):
    """The main file has its stubs by the import."""
    main = f"{line}\n\ndef one():\n    return 1\n"
    module = program("two", "three", "four").replace("def one():\n" + RAISE, "")

    found = hand_in({"hw.ipynb": main, "mine.py": module})

    assert str(found.main) == "hw.ipynb"
    assert "mine" in found.helpers
    assert found.warnings == []


def test_library_beside_a_notebook_is_not_the_program(hand_in):
    """A copy of a book's code may have more of the stubs than a student has written."""
    library = program("one", "two", "three", value="7")

    found = hand_in(
        {"hw.ipynb": "from book import d2l\n\n" + program("four"), "book/d2l.py": library}
    )

    assert str(found.main) == "hw.ipynb"
    assert found.warnings == []


def test_script_that_only_runs_the_stubs_is_not_the_program(hand_in):
    """The file that it imports has them."""
    run = "from mine import *\n\nprint(one())\n"

    assert str(hand_in({"a_run.py": run, "mine.py": program("one", "two")}).main) == "mine.py"


def test_class_in_two_files_is_not_mixed(tmp_path):
    """A later class would hide the methods of the first one."""
    stubs = [Stub("Model.one", 1, (), (), ()), Stub("Model.two", 1, (), (), ())]
    for name, method in (("a.py", "one"), ("b.py", "two")):
        text = f"class Model:\n    def {method}(self):\n        return 1\n"
        (tmp_path / name).write_text(text, "utf-8")

    found = read(tmp_path, stubs)

    assert {cell.name for cell in found.cells} == {"a.py"}


# ------------------------------------------------------------------------------ what is written


@pytest.mark.parametrize(
    ("body", "is_written"),
    [
        ("raise NotImplementedError", False),
        ("raise NotImplementedError()", False),
        ("'''What it does.'''", False),
        ("pass", False),
        ("...", False),
        ("super().__init__()\n    raise NotImplementedError('here')", False),
        ("return None", True),
        ("x = 1\n    raise NotImplementedError", True),
        ("raise NotImplementedError\n    return 1", True),
        ("raise ValueError", True),
    ],
)
def test_stub_is_written(body, is_written):
    """Nothing but a mark that code is missing is no code."""
    index = Index([Cell("a.py", f"def my_one():\n    {body}\n")])

    assert written(index, STUBS) == ["one"] * is_written


def test_class_is_written_with_its_first_method():
    """Also where that is put into it later."""
    blank = "class one:\n    def f(self):\n        raise NotImplementedError\n"

    assert written(Index([Cell("a", blank)]), STUBS) == []
    assert written(Index([Cell("a", blank + "    def g(self): return 1\n")]), STUBS) == ["one"]
    assert written(Index([Cell("a", blank + "one.g = lambda self: 1\n")]), STUBS) == ["one"]


def test_nested_blank_classes_end():
    """A class in a class in a class takes no time to speak of."""
    deep = "".join(f"{' ' * n}class one:\n" for n in range(90)) + " " * 90 + "pass\n"

    assert written(Index([Cell("a", deep)]), STUBS) == []


def test_lines_that_the_template_gives_are_not_written():
    """A template may have code in a stub; it counts from the first change on."""
    given = "def one():\n    x = 1\n    raise NotImplementedError\n"
    template = Index([Cell("template", given)])

    assert written(Index([Cell("a", f"# mine\n{given}")]), STUBS, template) == []
    assert written(Index([Cell("a", given.replace("x = 1", "x = 2"))]), STUBS, template) == ["one"]


@pytest.mark.parametrize(
    ("text", "attempted"),
    [
        (program(), False),
        (program() + "\nW = ...\nprint(1)\n", False),
        ("import torch\n", False),
        (program("one"), True),
        (program() + "\nW = 1\n", True),
        (program() + "\none = torch.jit.script(f)\n", True),
        (program() + "\nfrom mine import *\n", True),
        ("def another():\n    return 1\n", True),
    ],
)
def test_work_is_more_than_the_template(text, attempted):
    """A stub, a value that was left open, another binding of a stub, or other code altogether."""
    template = Index([Cell("template", program() + "\nW = ...\n")])

    assert is_attempted(Index([Cell("a.py", text)]), STUBS, template) == attempted


@pytest.mark.parametrize("name", assignments.available(ROOT))
def test_template_and_solution_of_the_course(name):
    """Of a template nothing is written, of its solution everything."""
    assignment = assignments.load(name, ROOT)
    template = template_of(assignment)
    names = [stub.name for stub in assignment.stubs if not stub.is_value]

    for form in ("py", "ipynb"):
        index = read(assignment.public / f"{name}.{form}", assignment.stubs).index
        assert written(index, assignment.stubs) == []
        assert not is_attempted(index, assignment.stubs, template)
    solution = read(assignment.solution, assignment.stubs).index
    assert written(solution, assignment.stubs, template) == names


# ------------------------------------------------------------------------------ graded


def test_folders_are_graded_for_what_they_say(tmp_path):
    """Two parts together have all points; the handout as it was given out is not attempted; one
    stub in it is graded."""
    public, solution = (ROOT / "assignments/logistic_regression", ROOT / "solutions")
    text = (solution / "logistic_regression/solution.py").read_text("utf-8")
    template = (public / "logistic_regression.py").read_text("utf-8")
    parts = text.split("# %%\n")
    others = template.split("# %%\n")
    handout = (public / "logistic_regression.ipynb").read_text("utf-8")
    half = len(parts) // 2
    files = {
        "parts/part1.py": "# %%\n".join([*parts[:half], *others[half:]]),
        "parts/part2.py": "# %%\n".join([*others[:half], *parts[half:]]),
        "handout/logistic_regression.py": template,
        "handout/logistic_regression.ipynb": handout,
        "begun/logistic_regression.py": "# %%\n".join([*parts[:4], *others[4:]]),
        "begun/logistic_regression.ipynb": handout,
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, "utf-8")

    with open_session(
        assignments.load("logistic_regression", ROOT), Settings(data=Path("embedded"))
    ) as session:
        records = {name: session.grade(tmp_path / name) for name in ("parts", "handout", "begun")}

    assert [one.outcome for one in records["parts"].checks if one.outcome != "passed"] == []
    assert [name for name, one in records.items() if one.status == "not_attempted"] == ["handout"]
    assert records["handout"].checks == []
    assert "template" in records["handout"].warnings[0]
    assert {one.outcome for one in records["begun"].checks} == {"passed", "missing"}
