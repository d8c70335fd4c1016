"""Static reading: what is suspicious in the text of a stub that failed."""

from __future__ import annotations

import pytest

from grader.checking.diagnosis.hints import cause_of, explaining, hints
from grader.course.assignment import Stub, load
from grader.errors import StudentError
from grader.sandbox.inside.definitions import Index
from tests.conftest import ROOT

STUB = Stub("total", 1.0, ("values", "start=0"), ("sum_up",), ())
SOLUTION = """
def total(values, start=0):
    result = start
    for value in values:
        result = result + value
    return result
"""
# All but one, which is right without looking at its arguments: the gradient is zero everywhere.
RIGHT_STYLES = [
    path
    for path in sorted((ROOT / "tests/scenarios/right").glob("*/*.py"))
    if path.stem != "accuracy_gradient_of_zeros"
]


def said(text, stub=STUB, solution=SOLUTION):
    own, wanted = Index([("cell 3", text, 1)]), Index([("solution.py", solution, 1)])
    found = hints(own, wanted, [stub], {"values": ["numbers"]})
    return next((hint.text for hint in found[stub.name]), "")


@pytest.mark.parametrize(
    ("body", "sentence"),
    {
        "prints": (
            "print(start + sum(values))",
            "`total` prints and returns nothing (None): use return (cell 3, line 2)",
        ),
        "no return": (
            "start = start + sum(values)",
            "`total` returns nothing (None): end it with return (cell 3, line 1)",
        ),
        "bare return": (
            "start += sum(values)\n    return",
            "`total` returns nothing (None): end it with return (cell 3, line 1)",
        ),
        "return in the loop": (
            "for value in values:\n        start += value\n        return start",
            "cell 3, line 4: return stands inside the loop, so the loop ends in its first round",
        ),
        "built-in function hidden": (
            "sum = start\n    return sum + sum(values)",
            "cell 3, line 3: `sum` is also a variable in `total`, which hides the function; give "
            "the variable another name",
        ),
        "own name hidden": (
            "total = total(values)\n    return total",
            "cell 3, line 2: `total` is also a variable in `total`, which hides the function; "
            "give the variable another name",
        ),
        "calls itself": (
            "return total(values, start)",
            "cell 3, line 2: `total` calls itself; is that meant?",
        ),
        "value thrown away": (
            "result = sum(values)\n    result + start\n    return result",
            "cell 3, line 3: the value of `result + start` is computed and not kept",
        ),
        "whole division": (
            "return (start + sum(values)) // 1",
            "cell 3, line 2: `//` cuts off what is behind the point; use `/`",
        ),
        "argument not used": (
            "return sum(values)",
            "cell 3, line 1: `total` does not use its argument `start`",
        ),
    }.values(),
)
def test_suspicious_line_is_named(body, sentence):
    """Each with its line and what to do."""
    assert said(f"def total(values, start=0):\n    {body}\n") == sentence


def test_step_that_makes_a_new_tensor_is_named():
    """In a function that works in place it leaves everything as it was."""
    step = Stub("step", 1.0, ("params", "lr"), (), ())
    solution = "def step(params, lr):\n    for p in params:\n        p -= lr * p.grad\n"
    text = solution.replace("p -= lr", "p = p - lr")

    assert said(text, step, solution) == (
        "cell 3, line 3: `p = p - …` makes a new tensor and leaves the old one as it was; to "
        "change it in place write `p -= …`"
    )
    assert said(solution, step, solution) == ""


def test_variable_of_the_notebook_in_the_place_of_an_argument():
    """The usual slip of a notebook: it works with the cell above, and with nothing else."""
    text = "numbers = [1, 2]\ndef total(values, start=0):\n    return sum(numbers, start)\n"
    assert said(text) == (
        "cell 3, line 2: `total` does not use its argument `values`; it uses the file's variable "
        "`numbers`"
    )


@pytest.mark.parametrize(
    "text",
    [
        SOLUTION,
        "def sum_up(values, start=0):\n    return sum(values, start)\n",
        "total = lambda values, start=0: sum(values, start)\n",
        "x = 1\n",
        "",
    ],
    ids=["solution", "another name", "lambda", "not there", "empty"],
)
def test_nothing_is_said_of_ordinary_code(text):
    """Nor of what is not defined by def."""
    assert said(text) == ""


def test_unknown_names_of_arguments_are_asked_about():
    """They are bound by place, so the order may be another than meant."""
    stub = Stub("loss", 1.0, ("y_hat", "y"), (), ())
    text = "def loss(a, b):\n    return a - b\n"
    assert said(text, stub, text) == (
        "cell 3, line 1: it is called as loss(y_hat, y), in this order; yours takes (a, b)"
    )
    assert said(text.replace("a", "y"), stub, text) == ""


def test_object_of_a_method_need_not_be_used():
    """`self` is no argument that was forgotten, but one that may be left out by mistake."""
    solution = "class Sum:\n    def add(self, x):\n        return self.x + x\n"
    stub = Stub("Sum", 1.0, (), (), ())
    assert said("class Sum:\n    def add(self, x):\n        return 2 * x\n", stub, solution) == ""
    assert said("class Sum:\n    def add(*args):\n        return 1\n", stub, solution) == (
        "`add` has no parameter `self`: write def add(self, …) (cell 3, line 2)"
    )


def test_hint_is_given_where_it_explains_the_failure():
    """An argument that is not used does not make a name unknown, nor an endless loop."""
    text = "def total(values, start=0):\n    return sum(values)\n"
    index = Index([("cell 3", text, 1)])
    found = hints(index, Index([("solution.py", SOLUTION, 1)]), [STUB], {})["total"]

    assert explaining(found, "value") is not None
    assert [explaining(found, kind) for kind in ("name", "raised", "timeout", "nothing")] == [
        None
    ] * 4


@pytest.mark.parametrize(
    ("kind", "message", "line", "cause"),
    {
        "misspelt": (
            "NameError",
            "name 'valeus' is not defined",
            "return sum(valeus)",
            "`valeus` is not defined; did you mean `values`?",
        ),
        "value of a silent function": (
            "TypeError",
            "unsupported operand type(s) for +: 'int' and 'NoneType'",
            "return 1 + total(values)",
            "`total` returns nothing (None): end it with return (cell 3, line 1)",
        ),
        "call for its effect": (
            "TypeError",
            "unsupported operand type(s) for *: 'float' and 'NoneType'",
            "total(values)",
            "something on the last line below is None: what a function without return gives, or "
            "the gradient of a tensor that is new or has seen no backward()",
        ),
        "anything else": ("ZeroDivisionError", "division by zero", "return 1 / 0", ""),
    }.values(),
)
def test_cause_of_an_exception_is_looked_for_in_the_file(kind, message, line, cause):
    """What the file tells of the line that raised."""
    index = Index([("cell 3", "def total(values):\n    print(values)\n", 1)])
    error = StudentError(kind, message, f"cell 4, line 2, in f: {line}")

    assert cause_of(index, error) == cause


def test_other_name_of_a_function_is_read():
    """What is said stands where the function does."""
    text = "def add(values, start=0):\n    print(values)\n\ntotal = add\n"
    assert said(text) == "`add` prints and returns nothing (None): use return (cell 3, line 2)"


@pytest.mark.parametrize(
    "line",
    [
        " + ".join(["start"] * 700),
        "-" * 900 + "start",
        "start" + ".real" * 900,
        "start[0]" + "[0]" * 900,
        "start" + "()" * 900 + "[0]",
        "start" + "".join(f"\n    {'el' * (n > 0)}if start: pass" for n in range(900)),
        "é + \\\n    'ü' + \\\n    start",
    ],
    ids=lambda line: line[:12],
)
def test_long_expressions_are_no_trouble(line):
    """Whatever a student wrote, reading it ends with a sentence or with none."""
    text = f"def total(values, start=0):\n    result = sum(values)\n    {line}\n    return result\n"
    sentence = said(text)
    assert sentence == "" or sentence.startswith("cell 3, line 3: the value of `")
    assert len(sentence) < 200
    assert sentence.isprintable()


def test_method_of_a_class_is_read():
    """A stub may be a class, or a method of one."""
    solution = "class Sum:\n    def add(self, x):\n        return x\n"
    text = "class Sum:\n    def add(self, x):\n        print(x)\n"
    for stub in (Stub("Sum", 1.0, (), (), ()), Stub("Sum.add", 1.0, ("x",), (), ())):
        sentence = said(text, stub, solution)
        assert sentence == "`add` prints and returns nothing (None): use return (cell 3, line 3)"


def test_sizes_are_counted_with_whole_divisions():
    """A number of windows is no average."""
    body = "    half = (len(values) + 1) // 2\n    return sum(values[:half])\n"
    assert said(f"def total(values):\n{body}") == ""


def test_function_that_need_not_return_is_let_alone():
    """Where the solution returns nothing, printing is no sign of a mistake."""
    assert (
        said("def total(values):\n    print(values)\n", solution="def total(values): pass\n") == ""
    )


@pytest.mark.parametrize("path", RIGHT_STYLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_correct_styles_are_not_suspicious(path):
    """Nothing is said of correct programs in other styles but that they stand below the solution: a
    hint has to be worth reading."""
    assignment = load(path.parent.name, ROOT)
    solution = [("solution.py", assignment.solution.read_text("utf-8"), 1)]
    cells = [*solution, (path.name, path.read_text("utf-8"), 1)]

    found = hints(Index(cells), Index(solution), assignment.stubs, assignment.spellings)
    texts = [hint.text for stub in found.values() for hint in stub]
    assert [text for text in texts if "is defined more than once" not in text] == []


def test_generator_is_told_from_a_function_that_returns():
    """Where the solution returns, yield is the mistake."""
    assert said(
        "def total(values):\n    yield sum(values)\n",
        solution="def total(values):\n    return sum(values)\n",
    ) == (
        "cell 3, line 1: `total` is a generator function: it has yield where the text asks for "
        "return"
    )


@pytest.mark.parametrize(
    ("second", "is_said"),
    [
        ("    return max(values) + 1\n", True),
        ("    return sum(values) + 1\n", False),
        ('    """Again."""\n    return sum(values) + 1\n', False),
        ("    raise NotImplementedError\n", False),
    ],
    ids=["other", "equal", "equal but for its text", "template"],
)
def test_second_definition_is_named(second, is_said):
    """Both places are shown where a second definition does something else."""
    solution = "def total(values):\n    return sum(values) + 1\n"

    text = said(solution + "def total(values):\n" + second, solution=solution)

    assert ("more than once: cell 3, line 1, cell 3, line 3; the last" in text) == is_said
