"""What of a test cannot be done through the wall around a submission, and what to do about it.

A test of theirs ran in one namespace with the student's code. Ours sees plain values only.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

_SANDBOX = (
    "Put the lines that need the live object into a function marked @in_sandbox, which returns "
    "plain data, and compare that (docs/checks.md)."
)
_RAISED = (
    "What student code raises arrives as grader.errors.StudentError, whose `kind` is the name of "
    "the exception. Or: an @in_sandbox function that returns the name of what was raised."
)
_PLAIN = {"shape", "dtype", "T", "ndim", "size", "data", "real", "imag"}  # of arrays and tensors
_TABLE = [  # what stands in the text of a test, what it is, what to do
    (r"\.backward\(|\.grad\b|\bautograd\b", "it asks for gradients", _SANDBOX),
    (r"\bpd\.|\bpandas\b|\.DataFrame\(", "it hands over tables of pandas", _SANDBOX),
    (r"\.(i?loc\[|columns\b|to_numpy\()", "it looks into a table of pandas", _SANDBOX),
    (
        r"\bnn\.[A-Z]\w*\(|\boptim\.[A-Z]\w*\(|\bDataLoader\(",
        "it makes an object of a library and may hand it over",
        _SANDBOX,
    ),
    (
        r"\bmonkeypatch\b|\bmock\b|\bpatch\(|\bsetattr\(",
        "it replaces something in the student's program",
        f"{_SANDBOX} Or supply a working part with submission.supply().",
    ),
    (
        r"\binspect\.|\bgetsource\b|__code__",
        "it reads the student's source",
        "Say `forbidden` in assignment.toml and use the fixture from_scratch.",
    ),
    (
        r"\b(raises|assertRaises|assert_raises)\(",
        "it expects an exception",
        _RAISED,
    ),
    (
        r"\b(manual_seed|random\.seed|RandomState|default_rng)\(",
        "it sets a seed",
        "Inputs that the check draws are the same as before. What the student's code draws is not: "
        "it runs in another process. For new inputs take the fixture rng.",
    ),
    (r"\binput\(", "it waits for input", "Nobody can type: give the text as an argument."),
    (r"\b(plt|matplotlib|seaborn|sns)\b", "it looks at a plot", "Check the values that are drawn."),
    (
        r"\btime\.(time|perf_counter)\(|\btimeit\b",
        "it measures time",
        "A call crosses to another process, so times say little: use @pytest.mark.timeout.",
    ),
    (
        r"\bopen\(|\bread_csv\(|\b(np|torch)\.load\(",
        "it reads a file",
        "Files beside the notebook are not there: write the data into the check.",
    ),
]


def reasons(source: str, stubs: set[str], classes: set[str]) -> Iterator[tuple[str, str]]:
    """What in a test needs a hand: what it is, and what to do.

    stubs: names at the top level that students write. classes: those of them, and of what is given,
    that are classes.
    """
    tree = ast.parse(source)
    bare = ast.unparse(tree)
    for pattern, what, todo in _TABLE:
        if re.search(pattern, bare):
            yield what, todo
    handled = [node for node in ast.walk(tree) if isinstance(node, ast.Try) and node.handlers]
    if any(_calls(node, stubs) for node in handled):
        yield "it catches what student code raises", _RAISED
    if any(_hands_over_function(node, stubs) for node in ast.walk(tree)):
        yield "it hands a function of its own to student code", _SANDBOX
    if _looks_into(tree, _objects(tree, classes), set()) or _looks_into(tree, stubs, _PLAIN):
        yield "it looks into an object that stays on the other side", _SANDBOX
    if _looks_at_arguments(tree, stubs):
        yield (
            "it looks at what a call does to its arguments",
            f"Student code gets copies, so nothing of it is seen here. {_SANDBOX}",
        )
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(_begins_at(target, stubs) for target in targets):
            yield (
                "it changes a value or a part of the student's program",
                "Set values with submission.bind(NAME=value), parts with submission.supply().",
            )
            return


def _calls(node: ast.AST, names: set[str]) -> bool:
    return any(isinstance(each, ast.Name) and each.id in names for each in ast.walk(node))


def _hands_over_function(node: ast.AST, stubs: set[str]) -> bool:
    if not (isinstance(node, ast.Call) and _begins_at(node.func, stubs)):
        return False
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    return any(isinstance(each, ast.Lambda) for each in given)


def _objects(tree: ast.Module, classes: set[str]) -> set[str]:
    """The names that a test gives to objects of these classes."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            made = node.value.func
            if isinstance(made, ast.Name) and made.id in classes:
                found |= {each.id for each in node.targets if isinstance(each, ast.Name)}
    return found


def _looks_into(tree: ast.Module, objects: set[str], plain: set[str]) -> bool:
    """Whether an attribute of an object, except for plain ones, is read and not called at once."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in objects
        and id(node) not in called
        and node.attr not in plain
        for node in ast.walk(tree)
    )


def _looks_at_arguments(tree: ast.Module, stubs: set[str]) -> bool:
    """Whether a stub is called for what it does to its arguments, or a value that it was given is
    compared afterwards."""
    given: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _begins_at(node.func, stubs):
            given |= {each.id for each in node.args if isinstance(each, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            call = node.value
            names = [each for each in call.args if isinstance(each, ast.Name)]
            if names and _begins_at(call.func, stubs):
                return True
            compared = names[0].id if names and names[0] is call.args[0] else ""
            if "assert" in ast.unparse(call.func) and compared in given:
                return True
    return False


def _begins_at(node: ast.AST, names: set[str]) -> bool:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name) and node.id in names
