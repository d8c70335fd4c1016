"""The programs that a suite is tried on: solution, templates, wrong ones and other right ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.course import misconceptions, templates
from grader.course.assignment import Assignment
from grader.course.cutting import cut_file
from grader.course.misconceptions import Misconception
from grader.grading.settings import WHOLE, Part
from grader.validation.mutants import Mutant, mutants


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


def solutions(assignment: Assignment, runs: int) -> Iterator[Program]:
    """The solution several times, each with other random numbers in the submission."""
    for seed in range(runs):
        yield Program("solution", "solution", _text(assignment), part=Part(seed=seed))


def others(
    assignment: Assignment, alternatives: Iterable[Path], with_mutants: bool
) -> Iterator[Program]:
    """Templates, known mistakes, other correct styles and mutants.

    A mistake meets those checks of the unit tier that run its stub, the first one of each stub also
    the stub's own training.
    """
    text = _text(assignment)
    template = cut_file(assignment.solution)
    unwritten = Part(of_template=True)
    yield Program("template", "template", template, part=unwritten)
    notebook = templates.to_notebook(template, [stub.name for stub in assignment.stubs])
    yield Program("template", "template", notebook, "ipynb", part=unwritten)
    known = misconceptions.of(assignment)
    first = _first_of_each_stub(known)
    for wrong in known:
        part = Part(tier=None if wrong is first[wrong.stub] else "unit", changed=wrong.stub)
        yield _with_mistakes(text, wrong.name, [wrong], part)
    for path in alternatives:
        yield Program("alternative", path.stem, f"{text}\n\n{path.read_text('utf-8')}")
    if with_mutants:
        found = mutants(text, [stub.name for stub in assignment.stubs])
        for number, mutant in enumerate(found, 1):
            name, source = f"mutant_{number}", f"{text}\n\n{mutant.source}"
            yield Program("mutant", name, source, mutant=mutant, part=Part((mutant.stub,)))


def together(assignment: Assignment, trained: set[str]) -> Program | None:
    """Many mistakes at once, one in each stub but those that are `trained`: before it trains, a
    suite puts right parts in the place of stubs that failed."""
    first = _first_of_each_stub(misconceptions.of(assignment))
    some = [wrong for stub, wrong in first.items() if stub not in trained]
    if not some or not trained:
        return None
    return _with_mistakes(_text(assignment), "many_mistakes", some, WHOLE)


def _first_of_each_stub(mistakes: list[Misconception]) -> dict[str, Misconception]:
    return {wrong.stub: wrong for wrong in reversed(mistakes)}


def _with_mistakes(solution: str, name: str, mistakes: list[Misconception], part: Part) -> Program:
    text = "\n\n".join([solution, *(wrong.source for wrong in mistakes)])
    return Program("misconception", name, text, mistakes=tuple(mistakes), part=part)


def _text(assignment: Assignment) -> str:
    return assignment.solution.read_text("utf-8")
