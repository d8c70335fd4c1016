"""The programs that a suite is tried on: solution, templates, wrong ones and other right ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader import misconceptions, templates
from grader.assignment import Assignment
from grader.grading import WHOLE, Part
from grader.misconceptions import Misconception
from grader.validation.mutants import Mutant, mutants


@dataclass(frozen=True)
class Program:
    """A submission to grade, and why.

    kind: "solution", "template", "misconception", "alternative" or "mutant".
    about: the misconception or the mutant that is in it.
    part: of the suite that is run.
    """

    kind: str
    name: str
    text: str
    form: str = "py"
    about: Misconception | Mutant | None = None
    part: Part = WHOLE


def solutions(assignment: Assignment, runs: int) -> Iterator[Program]:
    """The solution several times, each with other random numbers in the submission."""
    for seed in range(runs):
        yield Program("solution", "solution", _text(assignment), part=Part(seed=seed))


def others(
    assignment: Assignment, alternatives: Iterable[Path], with_mutants: bool
) -> Iterator[Program]:
    """Templates, known mistakes, other correct styles and mutants.

    The first mistake of each stub meets the whole suite, the others those checks of the unit tier
    that run the stub: before it trains, a suite puts right parts in the place of stubs that failed.
    """
    text = _text(assignment)
    template = templates.cut(text)
    yield Program("template", "template", template)
    yield Program("template", "template", templates.to_notebook(template), "ipynb")
    met: set[str] = set()
    for wrong in misconceptions.load(assignment.bank) if assignment.bank else []:
        part = Part(tier="unit", changed=wrong.stub) if wrong.stub in met else WHOLE
        source = f"{text}\n\n{wrong.source}"
        yield Program("misconception", wrong.name, source, about=wrong, part=part)
        met.add(wrong.stub)
    for path in alternatives:
        yield Program("alternative", path.stem, f"{text}\n\n{path.read_text('utf-8')}")
    if with_mutants:
        found = mutants(text, [stub.name for stub in assignment.stubs])
        for number, mutant in enumerate(found, 1):
            name, source = f"mutant_{number}", f"{text}\n\n{mutant.source}"
            yield Program("mutant", name, source, about=mutant, part=Part(mutant.stub))


def _text(assignment: Assignment) -> str:
    return assignment.solution.read_text("utf-8")
