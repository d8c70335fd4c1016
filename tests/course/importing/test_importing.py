"""`grader import`: notebooks of nbgrader and Otter become assignments that can be proven."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from grader.cli.main import app
from grader.course import assignment as assignments
from grader.course.importing import Imported, create
from grader.course.scaffold import SourceForm
from grader.errors import UsageError
from tests.conftest import ROOT, grade_paths
from tests.course.importing.cases import CASES

HERE = Path(__file__).parent


def imported(name: str, course: Path, form: SourceForm = "script") -> Imported:
    """A case, imported into a course, without what it needs of a hand."""
    case = CASES[name]
    return create(case.form, HERE / case.path, name, course, form)


def finish(name: str, course: Path) -> None:
    """What the list of a case asks for."""
    for file, changes in CASES[name].by_hand.items():
        text = (course / file).read_text("utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (course / file).write_text(text, "utf-8")


def notebook(path: Path, cells: list[tuple[str, str, dict[str, Any]]]) -> Path:
    """A notebook with cells (kind, source, metadata of nbgrader)."""
    written = [
        {
            "cell_type": kind,
            "metadata": {"nbgrader": said} if said else {},
            "source": source,
            **({"outputs": [], "execution_count": None} if kind == "code" else {}),
        }
        for kind, source, said in cells
    ]
    table = {"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    path.write_text(json.dumps(table), "utf-8")
    return path


def solution(source: str) -> tuple[str, str, dict[str, Any]]:
    return "code", source, {"solution": True, "grade_id": "solution"}


def graded(source: str, points: object = 1) -> tuple[str, str, dict[str, Any]]:
    return "code", source, {"grade": True, "grade_id": "test", "points": points}


PLUS = solution("def plus(x):\n    ### BEGIN SOLUTION\n    return x + 1\n    ### END SOLUTION")


@pytest.mark.parametrize("name", CASES)
def test_notebook_becomes_an_assignment(tmp_path, name):
    """With its stubs, their points, public and hidden checks, and a list of what needs a hand."""
    case = CASES[name]

    made = imported(name, tmp_path)

    assert (made.points, made.public, made.hidden) == (case.points, case.public, case.hidden)
    assert len(made.notes) == len(case.notes)
    for note, beginning in zip(made.notes, case.notes):
        assert note.what.startswith(beginning)
    loaded = assignments.load(name, tmp_path)
    assert loaded.source.template() == (loaded.public / f"{name}.py").read_text("utf-8")
    listed = (tmp_path / f"solutions/{name}/import.md").read_text("utf-8")
    assert all(note.what in listed and note.todo in listed for note in made.notes)


@pytest.mark.parametrize("name", CASES)
def test_notebook_may_stay_one(tmp_path, name):
    """As solution.ipynb it gives the template that solution.py gives."""
    imported(name, tmp_path / "script")
    imported(name, tmp_path / "notebook", form="notebook")

    script, kept = (assignments.load(name, tmp_path / form) for form in ("script", "notebook"))

    assert kept.solution.name == "solution.ipynb"
    assert not kept.solution.with_suffix(".py").exists()
    assert kept.source.template().split() == script.source.template().split()


@pytest.mark.parametrize("name", ["thresholds", "validation", "old_form"])
def test_solution_has_all_points_and_the_template_none(tmp_path, name):
    """After what the list asks for."""
    imported(name, tmp_path)
    finish(name, tmp_path)
    files = [
        tmp_path / f"solutions/{name}/solution.py",
        tmp_path / f"assignments/{name}/{name}.ipynb",
    ]

    right, empty = grade_paths(files, assignment=name, course=tmp_path, data=None)

    assert right.grade.score == right.grade.max_score == sum(CASES[name].points.values())
    assert [check.outcome for check in right.record.checks if check.outcome != "passed"] == []
    assert empty.grade.score == 0
    assert {stub.status for stub in empty.grade.stubs} == {"missing"}


@pytest.mark.parametrize("name", ["ranking", "activations", "standardize"])
def test_assignment_is_proven_after_the_hand_work(tmp_path, name):
    """`grader validate` has nothing to say of it."""
    imported(name, tmp_path)
    finish(name, tmp_path)

    done = subprocess.run(
        [sys.executable, "-m", "grader", "validate", name, "--runs", "1", "--course", tmp_path],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_command_says_what_was_written_and_what_needs_a_hand(tmp_path):
    """The name is the file's, without numbers before it."""
    path = HERE / "thresholds" / "5 - Arrays.ipynb"

    done = CliRunner().invoke(app, ["import", "nbgrader", str(path), "--course", str(tmp_path)])

    said = " ".join(done.output.split())
    assert done.exit_code == 0, said
    assert "2 stubs with 3 points, 3 public and 1 hidden checks." in said
    assert "cell 11 (why): a text answer, graded by a person (2 points)" in said
    assert "grader validate arrays" in said
    assert assignments.available(tmp_path) == ["arrays"]


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ([PLUS], "No test of it runs anything"),
        ([PLUS, graded("assert plus(1) == 2", "many")], r"cell 2 \(test\): 'many' is no number"),
        ([PLUS, graded("### BEGIN HIDDEN TESTS\nassert plus(1)")], "cell 2 .* do not fit"),
        ([solution("def plus(x:"), graded("assert plus(1)")], "cell 1 .* is not Python"),
        ([solution("### BEGIN SOLUTION\nx = 1"), graded("assert x")], "cell 1 .* without an END"),
        ([solution("data = 3"), graded("assert data == 3")], "may not be called data"),
        ([("code", "x = 1", {})], "has nothing of nbgrader in it"),
    ],
)
def test_what_cannot_become_an_assignment_is_told_in_a_sentence(tmp_path, cells, problem):
    """With the cell, and nothing is written."""
    path = notebook(tmp_path / "broken.ipynb", cells)

    with pytest.raises(UsageError, match=problem):
        create("nbgrader", path, "broken", tmp_path / "course")
    assert not (tmp_path / "course").exists()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "is not a notebook that can be read"),
        ("[]", "is not a notebook that can be read"),
        ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}', "has no cells"),
        (
            '{"nbformat": 4, "nbformat_minor": 5, "cells": [],'
            ' "metadata": {"kernelspec": {"language": "R", "name": "ir", "display_name": "R"}}}',
            "is written in R",
        ),
    ],
)
def test_file_that_is_no_notebook_is_called_that(tmp_path, text, problem):
    """Also one of another language."""
    path = tmp_path / "broken.ipynb"
    path.write_text(text, "utf-8")

    with pytest.raises(UsageError, match=problem):
        create("otter", path, "broken", tmp_path / "course")


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ("# BEGIN SOLUTION", "stands outside of a question"),
        ("# BEGIN QUESTION\npoints: 1", "has no name"),
        ("# BEGIN QUESTION\nname: [", "is not YAML"),
        ("# BEGIN QUESTION\n- one", "`key: value` in each line"),
    ],
)
def test_block_that_does_not_fit_is_told_with_its_cell(tmp_path, block, problem):
    """Of a master notebook of Otter."""
    cells = [("raw", block, {}), ("raw", "# BEGIN QUESTION\nname: last", {})]

    with pytest.raises(UsageError, match=f"cell 1: .*{problem}"):
        create("otter", notebook(tmp_path / "broken.ipynb", cells), "broken", tmp_path / "course")


def test_other_format_is_suggested(tmp_path):
    """Where the notebook was made for it."""
    with pytest.raises(UsageError, match="Is it one of nbgrader"):
        create("otter", HERE / "ranking/hw_1.ipynb", "ranking", tmp_path)


def test_nothing_hidden_gets_into_a_public_check(tmp_path):
    """Neither a value of a hidden test, nor what a solution binds, nor a message made of values."""
    cells = [
        ("code", "### BEGIN HIDDEN TESTS\nkey = 4711\n### END HIDDEN TESTS", {}),
        PLUS,
        solution("limit = 815  # SOLUTION"),
        graded(
            "### BEGIN HIDDEN TESTS\nsecret = 4712\n"
            "assert plus(key) == secret\n### END HIDDEN TESTS"
        ),
        graded("assert plus(key) == secret\nassert limit > 0"),
        graded(
            "x = 1\n### BEGIN HIDDEN TESTS\nassert plus(x) == 2, f'{x + 1}'\n### END HIDDEN TESTS"
        ),
    ]

    made = create("nbgrader", notebook(tmp_path / "n.ipynb", cells), "secrets", tmp_path)

    public = "".join(path.read_text("utf-8") for path in (tmp_path / "assignments").rglob("*.*"))
    assert not [word for word in ("4711", "4712", "815") if word in public]
    hidden = (tmp_path / "solutions/secrets/test_hidden.py").read_text("utf-8")
    assert "key = 4711" in hidden
    assert "assert submission.plus(x) == 2\n" in hidden
    assert any(
        "nothing before the test defines `key`, `secret`" in note.what for note in made.notes
    )


def test_names_are_told_apart(tmp_path):
    """A name that a test binds itself is no stub; one in a text of format is."""
    source = "def check(plus):\n    return [plus for plus in [plus]]\n\n\ncheck(1)\n"
    source += "assert f'{plus(1)}' == '2'"

    create("nbgrader", notebook(tmp_path / "n.ipynb", [PLUS, graded(source)]), "names", tmp_path)

    public = (tmp_path / "assignments/names/test_public.py").read_text("utf-8")
    assert "return [plus for plus in [plus]]" in public
    assert "f'{submission.plus(1)}'" in public


def test_text_that_looks_like_a_mark_is_kept_in_other_words(tmp_path):
    """Whatever an author writes about solutions, the template can be cut."""
    cells = [
        ("markdown", "Solution\n\nThe SOLUTION is near.", {}),
        PLUS,
        graded("assert plus(1) == 2"),
    ]

    made = create("nbgrader", notebook(tmp_path / "n.ipynb", cells), "texts", tmp_path)

    assert made.notes[0].what == "a text with a line like a mark (SOLUTION)"
    assert "# The solution is near." in (tmp_path / "solutions/texts/solution.py").read_text(
        "utf-8"
    )


def test_import_of_what_is_not_installed_costs_its_own_check_only(tmp_path):
    """The file of the checks can be imported all the same, and the list says what is missing."""
    cells = [
        ("code", "import no_such_package as nothing", {}),
        PLUS,
        graded("assert plus(1) == 2"),
        graded("assert nothing.right(plus(1))"),
    ]

    made = create("nbgrader", notebook(tmp_path / "n.ipynb", cells), "absent", tmp_path)

    public = (tmp_path / "assignments/absent/test_public.py").read_text("utf-8")
    assert "import no_such_package" not in public
    assert "# By hand (import.md): it imports no_such_package" in public
    missing = [note.where for note in made.notes if "no_such_package" in note.what]
    assert missing == ["cell 4 (test)"]


def test_statements_outside_of_functions_become_values(tmp_path):
    """Students find each name that something reads, and nothing of what only a loop needs."""
    source = "a, b = 1, 2\ntotal = 0\nfor i in [a, b]:\n    step = i * 2\n    total += step"
    cells = [solution(source), graded("assert a + b == 3\nassert total == 6")]

    create("nbgrader", notebook(tmp_path / "n.ipynb", cells), "outside", tmp_path)

    template = (tmp_path / "assignments/outside/outside.py").read_text("utf-8")
    found = [line.partition(" = ...")[0] for line in template.split("\n") if " = ..." in line]
    assert found == ["a", "b", "total"]
    contract = (tmp_path / "solutions/outside/assignment.toml").read_text("utf-8")
    assert 'signature = "total"' in contract
    assert "a = []\nb = []" in contract


def test_cells_of_several_notebooks_are_told_with_their_file(tmp_path):
    """A folder becomes one assignment."""
    folder = tmp_path / "ps1"
    folder.mkdir()
    notebook(folder / "1.ipynb", [PLUS, graded("assert plus(1) == 2")])
    minus = solution("def minus(x):\n    return x - 1")
    notebook(folder / "2.ipynb", [minus, graded("assert minus(1) == 0", 2)])
    notebook(folder / "3.ipynb", [("markdown", "Only a text.", {})])

    made = create("nbgrader", folder, "both", tmp_path)

    assert made.points == {"plus": 1, "minus": 2}
    assert made.notes[0].where == "2.ipynb, cell 1 (solution)"
    assert made.notes[1].what == "3.ipynb has nothing of nbgrader in it"


def test_points_of_a_test_with_a_hidden_part_are_in_the_hidden_check(tmp_path):
    """As there: who passes what is shown only has none of them."""
    source = "assert plus(1) > 0\n### BEGIN HIDDEN TESTS\nassert plus(1) == 2\n### END HIDDEN TESTS"

    create("nbgrader", notebook(tmp_path / "n.ipynb", [PLUS, graded(source, 3)]), "split", tmp_path)

    public = (tmp_path / "assignments/split/test_public.py").read_text("utf-8")
    assert "@pytest.mark.weight(0)" in public
    assert "== 2" not in public
    hidden = (tmp_path / "solutions/split/test_hidden.py").read_text("utf-8")
    assert "@pytest.mark.weight(3)" in hidden
    assert "assert submission.plus(1) > 0\n    assert submission.plus(1) == 2\n" in hidden


def test_marks_stand_as_deep_as_the_code_between_them(tmp_path):
    """Whatever empty lines and comments there are, and in functions of one line."""
    source = "def half(x):\n    ### BEGIN SOLUTION\n\n# at the margin\n    return x / 2\n"
    source += "    ### END SOLUTION"
    cells = [solution(source), solution("def twice(x): return 2 * x")]
    cells += [graded("assert half(2) == 1"), graded("assert twice(2) == 4")]

    made = create("nbgrader", notebook(tmp_path / "n.ipynb", cells), "deep", tmp_path)

    assert made.points == {"half": 1, "twice": 1}
    template = (tmp_path / "assignments/deep/deep.py").read_text("utf-8")
    assert "return" not in template
    assert template.count("    raise NotImplementedError") == 2
