"""The rooms of the house: who may import whom, walked through all imports, late ones too."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tests.conftest import ROOT

# From the highest to the lowest; rooms of one line do not import each other.
FLOORS = [
    ["__main__"],
    ["cli"],
    ["student", "validation"],
    ["reports"],
    ["gradebook"],
    ["grading"],
    ["checking"],
    ["sandbox"],
    ["submissions"],
    ["course"],
    ["monitor"],
    ["i18n"],
    ["sandbox.inside", "errors", ""],  # what both sides of the boundary share; "" is grader itself
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
# `grader.check()` in a notebook: the one name that students import.
OUTSIDE = {("", "student")}
# What a report is made from.
FACTS = {"records", "record_json", "scoring", "answers", "results", "grades"}


def modules() -> dict[str, Path]:
    """Every module of the package by its name without "grader."; "" is the package itself."""
    found = {}
    for path in (ROOT / "grader").rglob("*.py"):
        parts = path.relative_to(ROOT / "grader").with_suffix("").parts
        found[".".join(part for part in parts if part != "__init__")] = path
    return found


def imported(path: Path, known: set[str]) -> Iterator[tuple[str, bool]]:
    """The modules of the package that a file imports, and whether only for types."""
    tree = ast.parse(path.read_text("utf-8"))
    for_types = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for part in ast.walk(node)
    }
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            if name.partition(".")[0] == "grader":
                inner = name.removeprefix("grader").removeprefix(".")
                module = inner if inner in known else inner.rpartition(".")[0]
                yield module, id(node) in for_types


def room_of(module: str) -> str:
    """The room that a module stands in."""
    if module.startswith("sandbox.inside"):
        return "sandbox.inside"
    return module.partition(".")[0]


def arrows() -> set[tuple[str, str]]:
    """(module, the module that it imports) of the whole package."""
    known = modules()
    return {
        (name, other)
        for name, path in known.items()
        for other, _only_types in imported(path, set(known))
    }


def test_every_module_stands_in_a_room():
    """At the top there are only the package, its command and its errors."""
    assert {path.name for path in (ROOT / "grader").glob("*.py")} == {
        "__init__.py",
        "__main__.py",
        "errors.py",
    }
    assert {room_of(module) for module in modules()} <= set(FLOOR)


def test_no_arrow_runs_up():
    """A room imports lower rooms only."""
    upwards = {
        (module, other)
        for module, other in arrows()
        for here, there in [(room_of(module), room_of(other))]
        if here != there and (here, there) not in OUTSIDE and FLOOR[here] >= FLOOR[there]
    }

    assert upwards == set()


def test_what_lies_next_to_student_code_imports_nothing_but_itself():
    """The folder sandbox/inside is the allow-list of a box."""
    outside = {
        (module, other)
        for module, other in arrows()
        if room_of(module) == "sandbox.inside" and room_of(other) != "sandbox.inside"
    }

    assert outside == set()


def test_reports_are_made_from_records_and_grades():
    """Nothing that grades, runs or reads a submission is needed to say how it went."""
    needed = {
        other
        for module, other in arrows()
        if room_of(module) == "reports"
        and room_of(other) in ("gradebook", "grading", "checking", "sandbox")
    }

    assert {module.rpartition(".")[2] for module in needed} <= FACTS


def test_modules_form_no_circle():
    """Also within a room; what is imported for types only closes none."""
    known = modules()
    graph: dict[str, set[str]] = defaultdict(set)
    for name, path in known.items():
        for other, only_types in imported(path, set(known)):
            if not only_types and other != name and (name, room_of(other)) not in OUTSIDE:
                graph[name].add(other)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise AssertionError(f"a circle of imports: {error.args[1]}") from None
