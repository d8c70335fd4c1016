"""What of a check needs a hand."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec

from grader.course.importing.bodies import asserts
from grader.course.importing.live import reasons
from grader.course.importing.model import Check, Namespace, Statement
from grader.course.importing.names import outer_names
from grader.sandbox.inside.uses import bound_in

_NOT_HERE = (
    "Checks run beside the grader, where it would have to be installed, too. Better: write what "
    "the check needs of it into the check."
)
_OBJECT = (
    "It cannot cross the wall: write an @in_sandbox function that takes plain values, makes the "
    "object there with getattr(submission, NAME), and returns plain values (docs/checks.md)."
)
_SHARED = (
    "A mistake there costs points here, too: write parts.py and mark the check with "
    "@pytest.mark.uses(...) (docs/checks.md)."
)


@dataclass(frozen=True)
class Hand:
    """Something to do about a check. urgent: until it is done the check may fail for the solution,
    or pass for anything."""

    what: str
    todo: str
    urgent: bool = True


def hands(
    check: Check, space: Namespace, missing: list[Statement], reached: set[str], others: set[str]
) -> Iterator[Hand]:
    """What to do about a check.

    missing: imports of what is not installed. reached: names that are read from the student's file
    although students are given them. others: the other stubs that it runs.
    """
    for each in missing:
        absent = ", ".join(module for module in modules(each.text) if not is_installed(module))
        yield Hand(f"it imports {absent}, which is not installed here", _NOT_HERE)
    bare = re.sub(r"\bsubmission\.", "", "\n".join(check.body))
    for what, todo in reasons(bare, {*space.stubs}, space.classes):
        yield Hand(what, todo)
    if any(each.binds & space.classes for each in check.header):
        yield Hand("it makes an object of a class that students are given", _OBJECT)
    if not asserts(check.body):
        todo = "Say what is demanded: assert_close, or an assert."
        yield Hand("it asserts nothing, so it passes whenever it can be run", todo)
    unknown = _unknown(check, missing)
    if unknown:
        yield Hand(
            f"nothing before the test defines {_listed(unknown)}", "Write it into the check."
        )
    if reached:
        what = f"it reads {_listed(reached)} from the student's file, for a stub makes it"
        yield Hand(what, "A student can change it: compute it in the check.", urgent=False)
    if others:
        yield Hand(f"it also runs {_listed(others)}", _SHARED, urgent=False)


def importable(header: list[Statement]) -> tuple[list[Statement], list[Statement]]:
    """The statements above the checks, without imports of what is not installed, and these: a file
    of checks that cannot be imported has no checks at all."""
    missing = [
        each
        for each in header
        if each.kind == "import" and not all(map(is_installed, modules(each.text)))
    ]
    return [each for each in header if each not in missing], missing


def modules(statement: str) -> list[str]:
    """The packages that an import statement names."""
    node = ast.parse(statement).body[0]
    if isinstance(node, ast.ImportFrom):
        return ["." * node.level or (node.module or "").partition(".")[0]]
    assert isinstance(node, ast.Import)
    return [alias.name.partition(".")[0] for alias in node.names]


def is_installed(module: str) -> bool:
    """Whether a package can be imported here. It is not imported."""
    try:
        return not module.startswith(".") and find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _unknown(check: Check, missing: list[Statement]) -> set[str]:
    """The names that a check looks up and nothing defines."""
    tree = ast.parse("\n".join([*(each.text for each in check.header), *check.body]))
    bound = bound_in(tree.body) | {"submission", "assert_close", "__file__"}
    bound |= {name for each in missing for name in each.binds}
    names = {name.id for name in outer_names(tree)} - bound
    return {name for name in names if not hasattr(builtins, name)}


def _listed(names: set[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
