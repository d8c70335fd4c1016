"""What the sources of an assignment's checks show without being run: points that nothing guards,
rules that nobody asks for, values that are given away."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.checking.results import CheckResult
from grader.course import misconceptions
from grader.course.assignment import Assignment, Stub
from grader.course.strict_toml import suggestion

DIGITS = 3  # of a number that two files hardly have by chance


def problems(assignment: Assignment) -> Iterator[tuple[str, str]]:
    """(about, what is wrong) for each problem that the files show."""
    public, hidden = assignment.suite
    tree = ast.parse(hidden.read_text("utf-8"))
    yield from _strangers(assignment, tree)
    for file in assignment.suite:
        yield from _shadowed(file)
    yield from _given_away(public, hidden, tree)


def unguarded(assignment: Assignment, results: Iterable[CheckResult]) -> Iterator[tuple[str, str]]:
    """Likewise the stubs with points that nothing guards, and those with a rule that nobody asks
    for. results: of all checks of the suite, however they ended."""
    _public, hidden = assignment.suite
    functions = {
        node.name: node
        for node in ast.parse(hidden.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    of_stub: dict[str, list[CheckResult]] = {stub.name: [] for stub in assignment.stubs}
    for result in results:
        if _function_of(result) in functions:
            of_stub[result.stub].append(result)
    for stub in assignment.stubs:
        checks = of_stub[stub.name]
        own = [functions[_function_of(check)] for check in checks]
        if not any(check.weight for check in checks):
            yield stub.name, "no hidden check has points: the public examples alone give them all"
        elif stub.forbidden and not any(_asks_for_rule(function, stub) for function in own):
            yield (
                stub.name,
                (
                    f"it forbids {', '.join(stub.forbidden)}, and no hidden check asks: write a "
                    f'gate that calls from_scratch("{stub.name}", [arguments])'
                ),
            )


def _strangers(assignment: Assignment, hidden: ast.Module) -> Iterator[tuple[str, str]]:
    """Mistakes of no stub, and parts that nothing asks for by their names."""
    stubs = [stub.name for stub in assignment.stubs]
    for wrong in misconceptions.of(assignment):
        if wrong.stub not in stubs:
            yield wrong.name, f"there is no stub {wrong.stub!r}; {suggestion(wrong.stub, stubs)}"
    if assignment.parts is not None:
        tree = ast.parse(assignment.parts.read_text("utf-8"))
        asked = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} | {*stubs}
        words = (str(node.value) for node in ast.walk(hidden) if isinstance(node, ast.Constant))
        asked |= {word.partition(".")[0] for word in words}
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name not in asked:
                yield (
                    f"{assignment.parts.name}, line {node.lineno}",
                    f"{node.name} is no stub, and no check uses it; {suggestion(node.name, stubs)}",
                )


def _shadowed(file: Path) -> Iterator[tuple[str, str]]:
    """Checks that Python forgets, because another one of their name follows."""
    lines: dict[str, int] = {}
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            if node.name in lines:
                yield (
                    f"{file.name}, line {lines[node.name]}",
                    f"{node.name} never runs, for line {node.lineno} defines it again: rename one",
                )
            lines[node.name] = node.lineno


def _function_of(result: CheckResult) -> str:
    """The name of the check's function, without what it is called with."""
    return result.name.partition("[")[0]


def _asks_for_rule(check: ast.FunctionDef, stub: Stub) -> bool:
    """Whether a check of the stub calls from_scratch for it, or for what a parameter names."""
    for call in (part for part in ast.walk(check) if isinstance(part, ast.Call)):
        if getattr(call.func, "id", "") == "from_scratch" and call.args:
            name = call.args[0]
            if not isinstance(name, ast.Constant) or name.value == stub.name:
                return True
    return False


def _given_away(public: Path, hidden: Path, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Expected numbers of a stub's hidden checks that students can read: in its public checks, or
    in code that is sent into the box."""
    expected = {
        (stub, value): line for stub, node in _checks_in(tree) for value, line in _compared(node)
    }
    for stub, node in _checks_in(ast.parse(public.read_text("utf-8"))):
        for value, line in _compared(node):
            if (stub, value) in expected:
                yield (
                    public.name,
                    f"line {line} has the number {value:g}, which line {expected[stub, value]} of "
                    f"{hidden.name} expects, too: ask for another one there",
                )
    lines = {value: line for (_stub, value), line in expected.items()}
    for sent in tree.body:
        if isinstance(sent, ast.FunctionDef) and _is_sent(sent):
            for value, line in _numbers(sent):
                if value in lines:
                    yield (
                        sent.name,
                        f"it is sent into the sandbox, where students can read it, and line {line} "
                        f"has the number {value:g}, which line {lines[value]} expects",
                    )


def _checks_in(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The checks of a file, each with the stub that its mark names."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.stub":
                    yield str(ast.literal_eval(mark.args[0])), node


def _compared(check: ast.FunctionDef) -> Iterator[tuple[float, int]]:
    """The numbers of the comparisons of a check."""
    for part in ast.walk(check):
        if isinstance(part, ast.Assert) or _is_comparison(part):
            yield from _numbers(part)


def _is_sent(node: ast.FunctionDef) -> bool:
    return any(getattr(mark, "id", "") == "in_sandbox" for mark in node.decorator_list)


def _is_comparison(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "").startswith("assert_")


def _numbers(node: ast.AST) -> Iterator[tuple[float, int]]:
    """The numbers with several digits below a node, such as 0.6931 and no 0.5 or 1e-5, each with
    its line."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, float):
            digits = f"{abs(part.value):.10e}".partition("e")[0].replace(".", "").rstrip("0")
            if len(digits) >= DIGITS:
                yield part.value, part.lineno
