"""Which statements of a student's file run when it is loaded: those that the stubs need."""

from __future__ import annotations

import ast
import textwrap

import pytest

from grader.sandbox.inside.needs import Needs, Wanted

WANTED = Wanted(
    (("net", ("net", "model")), ("loss", ("loss",))), frozenset({"W", "lr"}), frozenset({"X"})
)


def left_out(source, wanted=WANTED):
    """The lines of the statements that do not run."""
    nodes = ast.parse(textwrap.dedent(source)).body
    needs = Needs(nodes, wanted)
    return [node.lineno for node, need in zip(nodes, needs.of, strict=True) if need is None]


@pytest.mark.parametrize(
    "before",
    [
        "scale = 2",
        "scale: int = 2",
        "a, (scale, *c) = 1, (2, 3)",
        "if gpu:\n    scale = 2\n    print(scale)\nelse:\n    scale = 1",
        "try:\n    import numpy as scale\nexcept ImportError:\n    print('no numpy')",
        "while True:\n    scale = 2\n    break",
        "with open('x') as scale:\n    pass",
        "for scale in range(3):\n    print(scale)",
        "match 2:\n    case scale:\n        pass",
        "print(scale := 2)",
        "exec('scale = 2')",
        "globals()['scale'] = 2",
        "globals().update(vars())",
        "def set_up():\n    global scale\n    scale = 2\nset_up()",
        "def train_test_split():\n    return 2\nscale = train_test_split()",
        "scale = fit(2)",
    ],
)
def test_what_binds_a_needed_name_runs(before):
    """However a name that a stub reads gets its value, and whatever else the statement does."""
    assert left_out(f"{before}\ndef net(X):\n    return X * scale\n") == []


@pytest.mark.parametrize(
    "change",
    [
        "table['a'] = 1",
        "table.value = 1",
        "table.train()",
        "table.load_state_dict(weights)",
        "[table.append(i) for i in range(3)]",
        "for i in range(3):\n    print(i)\n    table[i] = i",
        "fill(table)",
        "list(map(table.append, range(3)))",
        "def register(name):\n    table[name] = 1\nregister('a')",
        "def register(function):\n    table.append(function)\n@register\ndef a():\n    pass",
        "table += [1]",
        "other = table\nother.append(1)",
        "other = table['rows']\nthird = [other]\nthird[0].append(1)",
        "for each in (table, 2):\n    each.append(1)",
        "[part.append(1) for part in (table, 2)]",
        "done = [part.pop() for part in (table, 2)]",
        "[fill(part) for part in [table]]",
        "setattr(table, 'value', 1)",
        "del table[0]",
    ],
)
def test_what_changes_a_needed_object_runs(change):
    """A part that is set, a method, a call that it is passed to, a function of the file that does
    so."""
    source = f"table = make()\n{change}\ndef net(X):\n    return table\n"

    assert left_out(source) == []


@pytest.mark.parametrize(
    "driver",
    [
        "print('hello')",
        "net",
        "x = 3",
        "plt.show()",
        "main()",
        "print(net(X), table)",
        "assert net(2) == 2",
        "while True: pass",
        "for X, y in train_iter:\n    print(X.shape)",
        "train(table)",
        "net.calls",
        "trained = train(table)",
        "W = train(table)",
        "model = train(table)",
        "table = train(table)",
        "for epoch in range(3):\n    table.step()\n    train(table)",
        "def again():\n    train(table)\nagain()",
        "plt.plot(losses)",
    ],
)
def test_what_no_stub_needs_is_left_out(driver):
    """What prints, plots or compares, and a training, also of something that is needed."""
    source = (
        "import matplotlib.pyplot as plt\ntable = make()\n"
        "def train(x):\n    x.backward()\ndef net(X):\n    return table\n" + driver
    )

    assert left_out(source) == [
        len(source.split("\n")) - driver.count("\n") * ("def" not in driver)
    ]


def test_training_runs_where_nothing_else_binds_a_name():
    """A stub may use what only a training gives; a value that the check sets needs none."""
    source = """\
        def train():
            x.backward()
            return 1
        scale = train()
        W = train()
        def net(X):
            return X * scale * W
        """

    assert left_out(source) == [5]


def test_need_goes_from_function_to_function():
    """What a stub calls needs names of its own, as decorators, default values and base classes
    do."""
    source = """\
        a = b = c = d = e = 1
        class Base(a): pass
        def helper(x=b):
            return c
        def decorator(f):
            return d
        @decorator
        def net(X):
            return Base(helper(X))
        other = 2
        """

    assert left_out(source) == [10]


def test_local_names_are_not_needed():
    """Parameters, locals and the variables of comprehensions hide those of the module."""
    source = """\
        X = first()
        y = second()
        z = third()
        k = fourth()
        def net(X):
            y = [z for z in X]
            return (lambda k: k)(y)
        """

    assert left_out(source) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("setting", "runs"),
    [
        ("torch.manual_seed(0)", True),
        ("torch.set_default_dtype(torch.float64)", True),
        ("torch.manual_seed(SEED)", True),
        ("torch.backends.cudnn.deterministic = True", True),
        ("sys.setrecursionlimit(10000)", True),
        ("setattr(torch, 'mine', net)", True),
        ("sys.path.append('src')", True),
        ("torch.save(losses, 'losses.pt')", False),
        ("seaborn.set_theme()", False),
        ("print(torch.rand(3))", False),
    ],
)
def test_settings_of_modules_run(setting, runs):
    """What sets up a module that the stubs use, or one of Python's own, with what is there
    anyway."""
    source = (
        "import sys\nimport torch\nimport seaborn\nSEED = 1\nlosses = run()\n"
        f"def net(X):\n    return torch.exp(X)\n{setting}\n"
    )

    assert (8 not in left_out(source)) == runs


def test_values_of_checks_are_needed():
    """What a check sets or asks for is run, unless that trains."""
    assert left_out("W = init()\nW.requires_grad_()\nlr = 0.1\nother = 3") == [4]


def test_module_that_is_imported_gives_all_its_names():
    """Of a helper module everything is wanted but what only prints or trains."""
    source = "x = make()\nx.go()\nprint(x)\ndef train(l):\n    l.backward()\ny = train(x)"

    assert left_out(source, Wanted(everything=True)) == [3, 6]


def test_users_of_a_name_are_the_stubs():
    """It is known which stubs are hit when a name is missing."""
    source = "a = 1\ndef f():\n    return a\ndef net():\n    return f()\ndef loss():\n    return f"

    users = Needs(ast.parse(source).body, WANTED).users

    assert users["a"] == ["net", "loss"]


@pytest.mark.parametrize("terms", [200, 900])
def test_code_that_is_nested_deeply_is_read_by_its_names(terms):
    """However long a sum is, the names in it are known."""
    source = "x = y" + " + 1" * terms + "\ny = 1\nother = 2\ndef net(X):\n    return x"

    assert left_out(source) == [3]
