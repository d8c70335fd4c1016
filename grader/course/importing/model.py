"""What tests become: checks, and the names that they may use."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from grader.course.importing.names import outer_names, text_of
from grader.course.importing.stubs import Stub
from grader.sandbox.inside.uses import bound_in


@dataclass(frozen=True)
class Statement:
    """A statement that a test may need. position: how many pieces stand before it. kind: "import",
    "definition" or "data". from_test: it stands in a test, whose names later tests may use; hidden:
    in a part of it that students did not see."""

    text: str
    position: int
    kind: str
    binds: frozenset[str]
    reads: frozenset[str]
    from_test: bool = False
    hidden: bool = False


@dataclass
class Check:
    """A check of ours. body: its lines at the margin. header: the statements that stand above all
    checks of its file. reads: names that it looks up in the student's program."""

    name: str
    stub: Stub
    sentence: str
    body: list[str]
    header: list[Statement]
    points: float
    is_public: bool
    imports: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    by_hand: list[str] = field(default_factory=list)


@dataclass
class Namespace:
    """What names mean where a test stands.

    stubs: by the name at the top level. given: statements that students are given, in their order.
    private: names that a cut out part of the solution binds.
    """

    stubs: dict[str, list[Stub]]
    order: dict[str, int]
    given: list[Statement]
    private: set[str]
    classes: set[str]


def statements(source: str, position: int, from_test: bool = False) -> list[Statement]:
    """The top-level statements of a source."""
    found = []
    for node in ast.parse(source).body:
        kind = "data"
        if isinstance(node, ast.Import | ast.ImportFrom):
            kind = "import"
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            kind = "definition"
        reads = frozenset(name.id for name in outer_names(node))
        if kind == "definition":
            reads -= {node.name}  # type: ignore[attr-defined]
        found.append(
            Statement(
                text_of(source, node), position, kind, frozenset(bound_in([node])), reads, from_test
            )
        )
    return found
