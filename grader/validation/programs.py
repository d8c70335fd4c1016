"""The programs that a suite is tried on: solution, templates, wrong ones and other right ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.course import misconceptions, templates
from grader.course.assignment import Assignment
from grader.course.misconceptions import Misconception
from grader.course.source import Source
from grader.grading.settings import WHOLE, Part
from grader.validation.mutants import Mutant, mutants

CLAIMS = {
    "solution": "the solution has full marks",
    "template": "the template has none",
    "misconception": "{name} costs its own stub only and is named",
    "alternative": "{name}, another correct style, has full marks",
    "mutant": "{name} is noticed",
}


@dataclass(frozen=True)
class Program:
    """A submission to grade, and why.

    kind: "solution", "template", "misconception", "alternative" or "mutant".
    mistakes: the misconceptions that are in it. mutant: the mutant that it is.
    part: of the suite that is run.
    """

    kind: str
    name: str
    text: str
    form: str = "py"
    mistakes: tuple[Misconception, ...] = ()
    mutant: Mutant | None = None
    part: Part = WHOLE

    @property
    def claim(self) -> str:
        """What grading it proves, in words."""
        return CLAIMS[self.kind].format(name=self.name)


def solutions(assignment: Assignment, runs: int, on_other_data: bool) -> Iterator[Program]:
    """The solution several times, each with other random numbers in the submission. on_other_data:
    whether the same device runs it on other data, too; once is enough then for the unit tier."""
    passed = tuple(stub.name for stub in assignment.stubs)
    for seed in range(runs):
        part = Part(seed=seed)
        if seed and on_other_data:
            part = Part(tier="training", seed=seed, passed=passed)
        yield _made(assignment.source, "solution", "solution", part=part)


def others(
    assignment: Assignment, alternatives: Iterable[Path], with_mutants: bool
) -> Iterator[Program]:
    """Known mistakes, templates, other correct styles and mutants.

    A mistake meets those checks of the unit tier that run its stub, the first one of each stub also
    the stub's own training.
    """
    source = assignment.source
    known = misconceptions.of(assignment)
    first = [*_first_of_each_stub(known).values()]
    # These first: one stub for each job, which computes what checks see of all mistakes in it.
    for wrong in [*first, *(wrong for wrong in known if wrong not in first)]:
        part = Part(tier=None if wrong in first else "unit", changed=wrong.stub)
        yield _with_mistakes(source, wrong.name, [wrong], part)
    template = source.template()
    unwritten = Part(of_template=True)
    yield Program("template", "template", template, part=unwritten)
    notebook = templates.to_notebook(template, [stub.name for stub in assignment.stubs])
    yield Program("template", "template", notebook, "ipynb", part=unwritten)
    for path in alternatives:
        yield _made(source, "alternative", path.stem, path.read_text("utf-8"))
    if with_mutants:
        found = mutants(source.python, [stub.name for stub in assignment.stubs])
        for number, mutant in enumerate(found, 1):
            part = Part((mutant.stub,))
            name = f"mutant_{number}"
            yield _made(source, "mutant", name, mutant.source, mutant=mutant, part=part)


def together(assignment: Assignment, trained: set[str]) -> Program | None:
    """Many mistakes at once, one in each stub but those that are `trained`: before it trains, a
    suite puts right parts in the place of stubs that failed."""
    first = _first_of_each_stub(misconceptions.of(assignment))
    some = [wrong for stub, wrong in first.items() if stub not in trained]
    if not some or not trained:
        return None
    return _with_mistakes(assignment.source, "many_mistakes", some, WHOLE)


def _first_of_each_stub(mistakes: list[Misconception]) -> dict[str, Misconception]:
    first: dict[str, Misconception] = {}
    for wrong in mistakes:
        first.setdefault(wrong.stub, wrong)
    return first


def _with_mistakes(source: Source, name: str, mistakes: list[Misconception], part: Part) -> Program:
    wrong = [mistake.source for mistake in mistakes]
    return _made(source, "misconception", name, *wrong, mistakes=tuple(mistakes), part=part)


def _made(source: Source, kind: str, name: str, *more: str, **what: Any) -> Program:
    """The solution with more code behind it."""
    return Program(kind, name, source.program(*more), source.form, **what)
