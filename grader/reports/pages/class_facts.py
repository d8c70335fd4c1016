"""What a class report says, as a page or for a spreadsheet: figures of people's works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.grading.records import Record
from grader.grading.scoring import Result
from grader.reports import class_figures
from grader.reports.attention import by_name
from grader.reports.class_figures import Answer, CheckFigures, Mistake, Points, StubFigures, Times
from grader.reports.pages.work import Work
from grader.reports.standing import outcome, points

STATUSES = {  # in the order of a list
    "graded": "graded",
    "too_late": "too late",
    "not_attempted": "not attempted",
    "unreadable": "unreadable",
    "missing": "missing",
    "infrastructure_error": "infrastructure error",
    "open": "not due yet",
    "excused": "excused",
}


def lateness_of(work: Work) -> str:
    """How late it was, and what that costs, as far as it is known; "" where it was not."""
    if work.grade is not None:
        told = [line.text for line in work.grade.lines if line.kind == "late"]
        is_marked = work.grade.attempt is not None and work.grade.attempt.is_late
        return "; ".join(told) or ("marked as late" if is_marked else "")
    return "marked as late" if work.result and work.result.record.origin.is_late else ""


@dataclass(frozen=True)
class ClassFacts:
    """The figures of a class. people: all works, by name."""

    people: Sequence[Work]

    @classmethod
    def of(cls, works: Sequence[Work]) -> ClassFacts:
        """Of works in any order."""
        return cls(sorted(works, key=_place))

    @cached_property
    def graded(self) -> list[Work]:
        """Those with a program that was graded. Where figures name people, they mean these."""
        return [
            work for work in self.people if work.result and work.result.record.status == "graded"
        ]

    @cached_property
    def results(self) -> list[Result]:
        """Of `graded`."""
        return [work.result for work in self.graded if work.result]

    @cached_property
    def statuses(self) -> dict[str, int]:
        """How many people have each status that somebody has."""
        found = Counter(map(outcome, self.people))
        return {status: found[status] for status in STATUSES if found[status]}

    @cached_property
    def late(self) -> list[Work]:
        return [work for work in self.people if lateness_of(work)]

    @cached_property
    def values(self) -> list[float]:
        """The points of those whose status is graded."""
        found = [points(work) for work in self.people if outcome(work) == "graded"]
        return [earned for earned, _most in filter(None, found)]

    @cached_property
    def maximum(self) -> float:
        """How many points there are; 0 where nobody tells."""
        for work in self.people:
            if work.grade is not None:
                return work.grade.max_points
            if work.result is not None:
                return work.result.grade.max_score
        return 0.0

    @cached_property
    def points(self) -> Points | None:
        return class_figures.points(self.values)

    @cached_property
    def distribution(self) -> list[int]:
        return class_figures.distribution(self.values, self.maximum)

    @cached_property
    def stubs(self) -> list[StubFigures]:
        return class_figures.stubs(self.results)

    @cached_property
    def checks(self) -> list[CheckFigures]:
        return class_figures.checks(self.results)

    @cached_property
    def mistakes(self) -> list[Mistake]:
        return class_figures.mistakes(self.results)

    @cached_property
    def answers(self) -> list[Answer]:
        """Those of more than one person."""
        return [one for one in class_figures.answers(self.results) if len(one.people) > 1]

    @cached_property
    def times(self) -> Times | None:
        return class_figures.times(self.results)

    @cached_property
    def _owners(self) -> dict[int, list[int]]:
        return class_figures.by_record(
            work.result.record if work.result else None for work in self.people
        )

    def people_of(self, record: Record) -> list[int]:
        """Whose a record is: places in `people`."""
        return self._owners[id(record)]


def _place(work: Work) -> tuple[tuple[str, str], str]:
    return by_name(work.person), work.result.record.path if work.result else ""
