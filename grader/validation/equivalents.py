"""Mutants that an author has judged: changes of the solution that change nothing a check could see.

They stand in ``solutions/<name>/equivalents.toml``, each as `grader validate --mutants` prints it:

    [[equivalent]]
    stub = "softmax"
    diff = '''
    -    X = X - X.max()
    +    pass'''
    why = "The shift is for stability, which the course does not ask for."
"""

from __future__ import annotations

import msgspec

from grader.course.assignment import Assignment
from grader.course.strict_toml import Document, suggestion
from grader.validation.mutants import Mutant


class Equivalent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A judged mutant, and why no check has to notice it."""

    stub: str
    diff: str
    why: str

    def is_of(self, mutant: Mutant) -> bool:
        return self.stub == mutant.stub and _plain(self.diff) == _plain(mutant.diff)


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """What equivalents.toml may say."""

    equivalent: tuple[Equivalent, ...] = ()


def judged(assignment: Assignment) -> list[Equivalent]:
    """The judged mutants of an assignment. Raises AssignmentError, with the line, for a file that
    says something else."""
    path = assignment.solution.with_name("equivalents.toml")
    if not path.is_file():
        return []
    document = Document(path)
    found = document.convert(_File).equivalent
    stubs = [stub.name for stub in assignment.stubs]
    for number, entry in enumerate(found):
        place = ("equivalent", number)
        if entry.stub not in stubs:
            near = suggestion(entry.stub, stubs)
            raise document.error(f"there is no stub {entry.stub!r}; {near}", *place, "stub")
        if not _plain(entry.diff):
            raise document.error("no line of it begins with + or -", *place, "diff")
        if not entry.why.strip():
            raise document.error("say why no check has to notice it", *place, "why")
    return list(found)


def _plain(diff: str) -> list[str]:
    """The changed lines; where they stand, and how deep, may change."""
    lines = (line for line in diff.splitlines() if line[:1] in ("+", "-"))
    return [line[0] + line[1:].strip() for line in lines]
