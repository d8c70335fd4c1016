"""A file's top-level statements: compiled one by one, placed where a student sees them."""

from __future__ import annotations

import pytest

from grader.sandbox.inside.cells import Cell
from grader.sandbox.inside.loader import EVERYTHING
from grader.sandbox.inside.statements import Plans, plan


def planned(*cells):
    return plan(cells, EVERYTHING)


def statements(*sources):
    cells = (Cell(f"cell {number}", source) for number, source in enumerate(sources, 1))
    return planned(*cells).statements


def executed(*sources):
    """The names of a module after the statements of the cells were executed in it."""
    names = {}
    for statement in statements(*sources):
        if statement.code is not None:
            exec(statement.code, names)
    return names


def test_main_guard_is_opened():
    """Definitions inside a main guard are taken, its drivers are left out."""
    source = (
        'if __name__ == "__main__":\n'
        "    def f():\n        return 1\n"
        '    if "__main__" == __name__:\n        x = 2\n'
        "    print(f())\n"
    )

    names = executed(source)

    assert names["f"]() == 1
    assert names["x"] == 2
    assert [each.code is not None for each in statements(source)] == [True, True, False]


def test_line_and_cell_are_the_ones_of_the_file():
    """A statement's place is the line that a student sees."""
    cells = (Cell("hw.py", "x = 1\n\ny = 2\n", first_line=10),)

    places = [statement.place for statement in planned(*cells).statements]

    assert places == ["hw.py, line 10", "hw.py, line 12"]


def test_statement_that_cannot_be_compiled_costs_itself():
    """Some mistakes are seen only when a statement is compiled; the next one is not touched."""
    broken, good = statements("def f(a, a): pass\nx = 1")

    assert "duplicate argument" in broken.problem
    assert broken.code is None
    assert good.code is not None


@pytest.mark.parametrize("terms", [200, 1500, 2500])
def test_long_expression_costs_itself_at_most(terms):
    """However long a sum is, the definition below it is taken."""
    source = "x = " + " + ".join(["1"] * terms) + "\ndef f(): pass"

    found = statements(source)

    assert found[-1].names == {"f"}
    assert found[-1].code is not None


def test_future_import_holds_for_all_that_follows():
    """Each statement is compiled alone; a future import of the file still holds in later cells."""
    names = executed(
        "from __future__ import annotations\ndef f(x: NotThere): pass", "def g(x: NotThere): pass"
    )

    assert names["f"].__annotations__ == {"x": "NotThere"}
    assert names["g"].__annotations__ == {"x": "NotThere"}


def test_annotations_are_values_without_the_future_import():
    """A file without future imports gets none from the grader."""
    names = executed("def f(x: int): pass")

    assert names["f"].__annotations__ == {"x": int}


def test_unknown_future_import_costs_itself():
    """A misspelt future import is a problem of its own line."""
    broken, good = statements("from __future__ import annotation\nx = 1")

    assert broken.problem
    assert good.code is not None


def test_bound_names_are_found():
    """The names that a statement would bind are known even when it is left out."""
    (definition, target, loop) = statements(
        "def f(): pass\na, (b, *c) = g()\nfor i in range(3):\n    d = train(i)"
    )

    assert definition.names == {"f"}
    assert target.names == {"a", "b", "c"}
    assert loop.names == {"i", "d"}


def test_nested_definitions_are_remembered():
    """A stub that hides inside a class or a function can be named in a message."""
    nested = planned(
        Cell("cell 1", "class Model:\n    def softmax(self): pass"),
        Cell("cell 2", "def main():\n    def net(): pass"),
    ).nested

    assert nested == {"softmax": ("class", "Model"), "net": ("function", "main")}


def test_same_cells_are_read_once():
    """Whoever keeps the plans of a program loads it again without reading it again."""
    plans = Plans()
    cells = (Cell("cell 1", "x = 1"),)

    assert plans[cells, EVERYTHING] is plans[tuple(cells), EVERYTHING]
    assert planned(*cells) is not planned(*cells)


def test_equal_cells_have_lines_of_their_own():
    """Two stretches with the same text are two places."""
    cells = (Cell("hw.py", "x = 1", 1), Cell("hw.py", "x = 1", 7), Cell("hw.py", "x = 1", 7))

    assert [each.line for each in planned(*cells).statements] == [1, 7, 7]


def test_cell_that_cannot_be_parsed_costs_itself():
    """One that is too deep for a process with a small stack, say."""
    broken, good = statements("x = " + "(" * 300, "y = 1")

    assert "too many nested parentheses" in broken.problem
    assert good.code is not None


def test_warnings_of_a_students_code_are_not_ours():
    """A stray backslash in a string warns when it is compiled; nobody is bothered with it."""
    (statement,) = statements("pattern = '\\d'")

    assert statement.code is not None
