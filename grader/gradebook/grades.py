"""Grades from records: which attempt counts, what lateness costs, what was changed by hand, and the
sum of a course. Each grade explains itself line by line, and nothing is executed for it.

Points are reckoned in whole hundredths, so lines add up exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from grader.gradebook.amounts import hundredths, number
from grader.gradebook.steps import Adjustment, Attempt, Line, Steps
from grader.grading.scoring import Grade
from grader.i18n.words import N_, _

if TYPE_CHECKING:
    from grader.gradebook.lateness import Deadline
    from grader.gradebook.rules import AssignmentPolicy, Extension, Policy

GradeStatus = Literal[
    "graded",
    "not_attempted",
    "unreadable",
    "infrastructure_error",  # no grade: the machine failed
    "missing",  # nothing was handed in
    "too_late",  # nothing was handed in before the cut-off
    "open",  # no grade: nothing was handed in, and it is not due yet
    "excused",  # no grade: an extension of course.toml says so
]

NO_GRADE = ("infrastructure_error", "open", "excused")  # none is a zero
NO_ATTEMPT = {  # what a grade without an attempt says
    "missing": N_("nothing was handed in: 0"),
    "open": N_("nothing was handed in yet; it is due {time}"),
    "excused": N_("excused"),
}
NO_PROGRAM = {  # what an attempt without a program says
    "unreadable": N_("{attempt}: 0, because it cannot be read as a program"),
    "not_attempted": N_("{attempt}: 0, because no stub is written in it"),
    "infrastructure_error": N_("{attempt}: no grade yet, because the machine failed"),
}
SHORT = {
    "missing": N_("(nothing handed in)"),
    "unreadable": N_("(unreadable)"),
    "not_attempted": N_("(not attempted)"),
    "infrastructure_error": N_("no grade yet (infrastructure error)"),
    "open": N_("not due yet"),
    "excused": N_("excused"),
}


@dataclass(frozen=True)
class Member:
    """A person of the course. ids: all that platforms call them. is_expected: on the roster."""

    id: int
    name: str
    email: str
    ids: tuple[str, ...]
    section: str
    is_expected: bool


@dataclass(frozen=True)
class AssignmentGrade:
    """The grade of a member in an assignment. points: the sum of the lines; None where there is no
    grade, which is no zero. attempt: the one that counts. notes: what an instructor should look at.
    """

    assignment: str
    points: float | None
    max_points: float
    lines: list[Line]
    attempt: Attempt | None
    status: GradeStatus
    is_extra_credit: bool = False
    is_dropped: bool = False
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CourseGrade:
    """The grade of a member in the course. points: the sum of the lines."""

    member: Member
    assignments: list[AssignmentGrade]
    points: float
    max_points: float
    lines: list[Line]


def assignment_grade(
    name: str,
    max_points: float,
    attempts: Iterable[Attempt],
    adjustments: Iterable[Adjustment],
    member: Member,
    policy: Policy,
) -> AssignmentGrade:
    """The grade of a member in an assignment. max_points: those of its stubs together."""
    granted = policy.extensions_of(name, member)
    case = _Case(
        name,
        hundredths(max_points),
        policy,
        policy.of(name),
        granted,
        policy.deadline(name, granted),
        sorted(adjustments, key=lambda adjustment: adjustment.id),
        _in_order(attempts, policy),
    )
    if any(extension.is_excused for extension in granted):
        return case.without_attempt("excused")
    return case.chosen() if case.attempts else case.without_attempt(case.absence)


def course_grade(member: Member, grades: Iterable[AssignmentGrade], policy: Policy) -> CourseGrade:
    """The sum of a member's grades. What has no grade counts neither as points nor as maximum."""
    grades = _drop(list(grades), policy)
    steps = Steps()
    maximum = 0
    for grade in grades:
        rules = policy.of(grade.assignment)
        if grade.points is None:
            text, why = N_("{assignment}: {why}, left out"), _(SHORT[grade.status])
            steps.add(0, text, assignment=grade.assignment, why=why)
            continue
        _add_to_sum(steps, grade, grade.points, rules)
        if not (grade.is_dropped or grade.is_extra_credit):
            maximum += _weighted(grade.max_points, rules)
    rounded = (2 * steps.total + policy.rounding) // (2 * policy.rounding) * policy.rounding
    # Full marks stay, and rounding gives nobody more than the maximum.
    change = min(rounded, maximum) - steps.total if steps.total < maximum else 0
    if change:
        text = N_("rounded to a multiple of {unit}: {points}")
        steps.add(change, text, unit=policy.rounding)
    return CourseGrade(member, grades, steps.total / 100, maximum / 100, steps.lines)


def one_line(grade: AssignmentGrade) -> str:
    """A grade with its steps on one line: "87 − 10 late + 3 adjusted: reason"."""
    first, *others = grade.lines
    points = [] if grade.points is None else [number(hundredths(first.points))]
    words = [*points, first.short]
    for line in others:
        if line.points:
            words += ["+" if line.points > 0 else "−", number(hundredths(abs(line.points)))]
            words.append(line.short)
    return " ".join(filter(None, words))


@dataclass(frozen=True)
class _Case:
    """All that decides about a grade in an assignment. maximum: in hundredths. attempts and
    adjustments: in the order in which they were made."""

    name: str
    maximum: int
    policy: Policy
    rules: AssignmentPolicy
    granted: list[Extension]
    deadline: Deadline | None
    adjustments: list[Adjustment]
    attempts: list[Attempt]

    @property
    def absence(self) -> GradeStatus:
        """What it means that nothing was handed in: missing, unless that can still be done."""
        is_open = self.deadline is not None and self.policy.now <= self.deadline.end
        return "open" if is_open and not self.adjustments else "missing"

    def without_attempt(self, status: GradeStatus) -> AssignmentGrade:
        """The grade where no attempt counts; points may have been given by hand all the same."""
        steps = Steps()
        self._extend(steps)
        if status not in NO_GRADE:
            self._finish(steps, None)
        time = self.policy.clock.text(self.deadline.due) if self.deadline else ""
        first = Line(0, _(NO_ATTEMPT[status]).format(time=time), _(SHORT[status]))
        return self._result(first, steps, None, status)

    def chosen(self) -> AssignmentGrade:
        """The grade of the attempt that counts."""
        in_time = [attempt for attempt in self.attempts if not self._is_past(attempt)]
        candidates = in_time or self.attempts[-1:]
        attempt, steps = self._choose([(each, self._steps(each)) for each in candidates])
        status: GradeStatus = attempt.status
        if not in_time and status not in NO_GRADE:
            status = "too_late"
        earned = 0 if status in NO_GRADE else hundredths(attempt.grade.score)
        return self._result(self._first(attempt, earned), steps, attempt, status)

    def _extend(self, steps: Steps) -> None:
        """Say what was due later than for others."""
        if self.deadline and self.deadline.extension is not None:
            why = self.deadline.extension
            text = N_("extended until {time}: {reason}") if why else N_("extended until {time}")
            steps.add(0, text, time=self.policy.clock.text(self.deadline.due), reason=why)

    def _choose(self, found: list[tuple[Attempt, Steps]]) -> tuple[Attempt, Steps]:
        if self.rules.attempts != "best":
            return found[0 if self.rules.attempts == "first" else -1]
        best = max(found, key=_merit)
        # One that has no grade yet may be better than one that is no program.
        failed = [pair for pair in found if pair[0].status == "infrastructure_error"]
        return failed[-1] if failed and best[0].status != "graded" else best

    def _notes(self, attempt: Attempt | None, status: GradeStatus) -> list[str]:
        """What an instructor should look at."""
        notes = []
        if attempt is not None:
            notes = [*self._notes_on_time(attempt), *self._notes_on_others(attempt)]
        stubs = {stub.name for stub in attempt.grade.stubs} if attempt else set()
        for adjustment in self.adjustments:
            if status in NO_GRADE:
                why = "there is no grade"
            elif adjustment.points and adjustment.stub not in (None, *stubs):
                why = f"there is no stub {adjustment.stub!r} in what was handed in"
            else:
                continue
            notes.append(f"adjustment {adjustment.id} does not count: {why}")
        return notes

    def _notes_on_time(self, attempt: Attempt) -> list[str]:
        moment = self._moment(attempt)
        if moment is None or self.deadline is None:
            marked = "marked as late, but not by how much: nothing was deducted"
            return [marked] if attempt.is_late else []
        if moment > self.deadline.end and attempt.is_late is False:
            return ["late, but the platform does not mark it so: is the due date right?"]
        return []

    def _notes_on_others(self, attempt: Attempt) -> list[str]:
        notes = []
        for other in self.attempts:
            number = self._number(other)
            if other.status == "infrastructure_error":
                notes.append(f"attempt {number} has no grade, the machine failed: grade it again")
            elif other.status == "graded" and attempt.status != "graded":
                notes.append(f"attempt {number} is a program, and does not count")
        return notes

    def _steps(self, attempt: Attempt) -> Steps:
        """From what an attempt earned to its points."""
        if attempt.status in NO_GRADE:
            return Steps()
        steps = Steps(hundredths(attempt.grade.score))
        self._extend(steps)
        steps.deduct(self._moment(attempt), attempt.is_late, self.deadline, self.maximum)
        self._finish(steps, attempt.grade)
        return steps

    def _finish(self, steps: Steps, grade: Grade | None) -> None:
        steps.adjust(self.adjustments, grade)
        steps.scale(self.maximum, self.rules.maximum or self.maximum)

    def _first(self, attempt: Attempt, earned: int) -> Line:
        """What an attempt earned, for a reader."""
        text = _(NO_PROGRAM.get(attempt.status, N_("{attempt}: {earned}")))
        text = text.format(attempt=self._label(attempt), earned=number(earned))
        return Line(earned / 100, text, _(SHORT.get(attempt.status, "")))

    def _result(
        self, first: Line, steps: Steps, attempt: Attempt | None, status: GradeStatus
    ) -> AssignmentGrade:
        return AssignmentGrade(
            self.name,
            None if status in NO_GRADE else steps.total / 100,
            (self.rules.maximum or self.maximum) / 100,
            [first, *steps.lines],
            attempt,
            status,
            self.rules.is_extra_credit,
            notes=self._notes(attempt, status),
        )

    def _label(self, attempt: Attempt) -> str:
        moment = self._moment(attempt)
        # An export may have only the last of several attempts, with its number.
        count = max(len(self.attempts), self.attempts[-1].number)
        text = _("attempt {number} of {count}").format(number=self._number(attempt), count=count)
        if moment is None:
            return text
        return _("{attempt}, {time}").format(attempt=text, time=self.policy.clock.text(moment))

    def _number(self, attempt: Attempt) -> int:
        return attempt.number or self.attempts.index(attempt) + 1

    def _moment(self, attempt: Attempt) -> datetime | None:
        return attempt.time and self.policy.clock.moment(attempt.time)

    def _is_past(self, attempt: Attempt) -> bool:
        moment = self._moment(attempt)
        return self.deadline is not None and moment is not None and self.deadline.is_past(moment)


def _in_order(attempts: Iterable[Attempt], policy: Policy) -> list[Attempt]:
    """Attempts as they were handed in: by their numbers; where they have none, by their times."""
    start = datetime.min.replace(tzinfo=timezone.utc)

    def place(attempt: Attempt) -> tuple[int, datetime, int]:
        time = policy.clock.moment(attempt.time) if attempt.time else start
        return attempt.number, time, attempt.id

    return sorted(attempts, key=place)


def _merit(pair: tuple[Attempt, Steps]) -> tuple[bool, int, bool]:
    attempt, steps = pair
    return attempt.status != "infrastructure_error", steps.total, attempt.status == "graded"


def _weighted(points: float, rules: AssignmentPolicy) -> int:
    """Points of an assignment as hundredths of the course's sum."""
    return (2 * hundredths(points) * rules.weight + 100) // 200


def _drop(grades: list[AssignmentGrade], policy: Policy) -> list[AssignmentGrade]:
    """Mark the lowest of those that count, by the share of their maximum; of equal ones that with
    the larger maximum. One of them stays."""
    shares = {
        grade.assignment: (
            Fraction(hundredths(grade.points), hundredths(grade.max_points)),
            -_weighted(grade.max_points, policy.of(grade.assignment)),
            grade.assignment,
        )
        for grade in grades
        if grade.points is not None and grade.max_points and not grade.is_extra_credit
    }
    lowest = sorted(shares, key=lambda name: shares[name])
    dropped = lowest[: min(policy.drop, len(lowest) - 1)]
    return [replace(grade, is_dropped=grade.assignment in dropped) for grade in grades]


def _add_to_sum(
    steps: Steps, grade: AssignmentGrade, points: float, rules: AssignmentPolicy
) -> None:
    """Add what an assignment gives to the sum of the course."""
    parts = [_("{assignment}: {earned} of {maximum}")]
    if grade.status in SHORT:
        parts.append(_(SHORT[grade.status]))
    if grade.is_dropped:
        parts.append(_("dropped, because it is one of the lowest"))
    if grade.is_extra_credit:
        parts.append(_("extra credit"))
    if rules.weight != 100 and not grade.is_dropped:
        parts.append(_("counts {weight} times: {points}"))
    steps.add(
        0 if grade.is_dropped else _weighted(points, rules),
        ", ".join(parts),
        assignment=grade.assignment,
        earned=hundredths(points),
        maximum=hundredths(grade.max_points),
        weight=rules.weight,
    )
