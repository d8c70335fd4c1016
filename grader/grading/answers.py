"""Answer groups: submissions that gave the same wrong values, which no known mistake explains.

(The idea of grouping equal answers for a class: Basu, Jacobs and Vanderwende, "Powergrading",
TACL 1, 2013. Here equality is that of the compared values.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.checking.results import TIERS, CheckResult
from grader.course.assignment import Stub
from grader.errors import UnreadableSubmission, UsageError
from grader.grading.scoring import Result
from grader.submissions import definitions
from grader.submissions.reading import read


@dataclass(frozen=True)
class Group:
    """Submissions whose failed checks of one stub compared the same values."""

    stub: str
    submissions: list[Result]
    checks: list[CheckResult]
    """The failed checks, of the first submission."""


def groups(results: Iterable[Result]) -> list[Group]:
    """The groups of one assignment's results, the largest first."""
    found: dict[tuple[str, frozenset[tuple[str, str]]], Group] = {}
    for result in results:
        for stub, checks in _unexplained(result).items():
            # Two trainings that differ in rounding end in different numbers; unit checks do not.
            tier = min((check.tier for check in checks), key=TIERS.index)
            answers = [(check.name, check.answer or "") for check in checks if check.tier == tier]
            key = (stub, frozenset(answers))
            found.setdefault(key, Group(stub, [], checks)).submissions.append(result)
    return sorted(found.values(), key=lambda group: -len(group.submissions))


def _unexplained(result: Result) -> dict[str, list[CheckResult]]:
    """The checks with an answer of each stub in which no known mistake was found."""
    checks = result.record.checks
    explained = {check.stub for check in checks if check.misconception}
    found: dict[str, list[CheckResult]] = {}
    for check in checks:
        if check.answer and check.stub not in explained:
            found.setdefault(check.stub, []).append(check)
    return found


def code(group: Group, stubs: Sequence[Stub]) -> str:
    """The definition of the stub in the group's sample, as it was handed in.

    Raises UsageError when the file has gone or cannot be read, or defines no such function or
    class.
    """
    path = Path(group.submissions[0].record.path)
    (stub,) = [stub for stub in stubs if stub.name == group.stub]
    try:
        upload = read(path, stubs)
    except UnreadableSubmission as error:
        raise UsageError(f"{path}: {error}") from error
    source = definitions.source(upload, stub)
    if source is None:
        raise UsageError(f"{path} defines {stub.name} in another way than by def or class.")
    return source
