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

import sys
from dataclasses import dataclass

from grader.course.assignment import Assignment
from grader.errors import AssignmentError
from grader.validation.mutants import Mutant

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True)
class Equivalent:
    """A judged mutant, and why no check has to notice it."""

    stub: str
    diff: str
    why: str

    def is_of(self, mutant: Mutant) -> bool:
        return self.stub == mutant.stub and _plain(self.diff) == _plain(mutant.diff)


def judged(assignment: Assignment) -> list[Equivalent]:
    """The judged mutants of an assignment. Raises AssignmentError for a file that is malformed."""
    path = assignment.solution.with_name("equivalents.toml")
    if not path.is_file():
        return []
    try:
        entries = tomllib.loads(path.read_text("utf-8"))["equivalent"]
        return [Equivalent(**entry) for entry in entries]
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise AssignmentError(
            f"{path} holds something else than [[equivalent]]: {error}"
        ) from error


def _plain(diff: str) -> list[str]:
    """The changed lines; where they stand, and how deep, may change."""
    lines = (line for line in diff.splitlines() if line[:1] in ("+", "-"))
    return [line[0] + line[1:].strip() for line in lines]
