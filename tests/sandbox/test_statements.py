"""Which statements of a student's file run when it is loaded, and which are left out."""

from __future__ import annotations

import pytest

from grader.sandbox.inside.cells import Cell
from grader.sandbox.inside.statements import Plans, plan


def statements(*sources):
    return plan(
        tuple(Cell(f"cell {number}", source) for number, source in enumerate(sources, 1))
    ).statements


def runs(source):
    """Whether every statement of the source is executed."""
    return [statement.code is not None for statement in statements(source)]


def executed(*sources):
    """The names of a module after the definitions of the cells were executed in it."""
    names = {}
    for statement in statements(*sources):
        if statement.code is not None:
            exec(statement.code, names)
    return names


@pytest.mark.parametrize(
    "source",
    [
        "import torch",
        "from torch import nn",
        "def f(): return train()",
        "async def f(): pass",
        "class Net: pass",
        '"""What this file is about."""',
        "lr = 0.1",
        "batch_size: int = 256",
        "lr *= 2",
        "W = torch.normal(0, 0.01, size=(784, 10), requires_grad=True)",
        "W.requires_grad_(True)",
        "torch.manual_seed(0)",
        "nn.init.normal_(W)",
        "net.apply(init_weights)",
        "matplotlib.use('agg')",
        "net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))",
        "trainer = torch.optim.SGD(net.parameters(), lr=0.1)",
        "train_iter, test_iter = load_data_fashion_mnist(256)",
        "test_set = FashionMNIST(root='../data', train=False, download=True)",
        "runner = Runner()",
        "step = lambda: train(net)",
        "if gpu:\n    device = 'cuda'\nelse:\n    device = 'cpu'",
        "try:\n    import d2l\nexcept ImportError:\n    d2l = None",
        "with torch.no_grad():\n    W = torch.zeros(2)",
        "for p in params:\n    p.requires_grad_(True)",
        "del lr",
    ],
)
def test_definition_runs(source):
    """Imports, functions, classes, light assignments and set-up calls are executed."""
    assert runs(source) == [True]


@pytest.mark.parametrize(
    "source",
    [
        "print('hello')",
        "X",
        "1 + 1",
        "plt.show()",
        "main()",
        "train(net, train_iter)",
        "net.train()",
        "trained = train_ch3(net, train_iter)",
        "acc = evaluate_accuracy(net, test_iter)",
        "losses = [train_epoch(net) for _ in range(10)]",
        "history: list = model.fit(X, y)",
        "total += run(3)",
        "assert accuracy > 0.7",
        "while True: pass",
        "for X, y in train_iter:\n    print(X.shape)",
        "for epoch in range(3):\n    lr = 0.1\n    train(net)",
        "if debug:\n    print('debug')",
        "if debug:\n    lr = 1\nelse:\n    train(net)",
        "with torch.no_grad():\n    print(net(X))",
        "try:\n    main()\nexcept Exception:\n    pass",
        "try:\n    lr = 1\nexcept Exception:\n    print('no')",
        "apply(train(net))",
    ],
)
def test_driver_is_left_out(source):
    """What trains, prints, plots or compares at top level is not executed."""
    assert runs(source) == [False]


def test_own_training_functions_are_drivers():
    """A call of a function that trains, directly or through another one, is left out."""
    functions = (
        "def step(x):\n    x.backward()\n\n"
        "def loop(x):\n    step(x)\n\n"
        "def loss(x):\n    return x\n\n"
    )

    kept = runs(functions + "a = loop(1)\nb = step(1)\nc = loss(1)\n")

    assert kept == [True, True, True, False, False, True]


def test_training_functions_are_known_across_cells():
    """The function may stand in another cell than its call."""
    found = statements("history = loop(1)", "def loop(x):\n    x.backward()")

    assert [statement.code is not None for statement in found] == [False, True]


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
    assert runs(source) == [True, True, False]


def test_line_and_cell_are_the_ones_of_the_file():
    """A statement's place is the line that a student sees."""
    cells = (Cell("hw.py", "x = 1\n\ny = 2\n", first_line=10),)

    places = [statement.place for statement in plan(cells).statements]

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
    nested = plan(
        (
            Cell("cell 1", "class Model:\n    def softmax(self): pass"),
            Cell("cell 2", "def main():\n    def net(): pass"),
        )
    ).nested

    assert nested == {"softmax": ("class", "Model"), "net": ("function", "main")}


def test_same_cells_are_read_once():
    """Whoever keeps the plans of a program loads it again without reading it again."""
    plans = Plans()
    cells = (Cell("cell 1", "x = 1"),)

    assert plans[cells] is plans[tuple(cells)]
    assert plan(cells) is not plan(cells)


def test_equal_cells_have_lines_of_their_own():
    """Two stretches with the same text are two places."""
    cells = (Cell("hw.py", "x = 1", 1), Cell("hw.py", "x = 1", 7), Cell("hw.py", "x = 1", 7))

    assert [each.line for each in plan(cells).statements] == [1, 7, 7]


def test_cell_that_cannot_be_parsed_costs_itself():
    """One that is too deep for a process with a small stack, say."""
    broken, good = statements("x = " + "(" * 300, "y = 1")

    assert "too many nested parentheses" in broken.problem
    assert good.code is not None


def test_warnings_of_a_students_code_are_not_ours():
    """A stray backslash in a string warns when it is compiled; nobody is bothered with it."""
    (statement,) = statements("pattern = '\\d'")

    assert statement.code is not None
