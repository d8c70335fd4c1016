"""A regrade: what today's checks see of the attempts in a gradebook, and whose scores change."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from grader.course.assignment import Assignment
from grader.errors import UsageError
from grader.gradebook.grades import Member
from grader.grading.records import Record
from grader.grading.scoring import Result, points_of_checks, score
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.uploads import Upload

if TYPE_CHECKING:
    from grader.gradebook.book import Gradebook


@dataclass(frozen=True)
class Reason:
    """A check that gives other points than before. Outcomes: None where it is not in the suite."""

    check: str
    stub: str
    points: float
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Change:
    """What a regrade changes in an attempt, which several people may have handed in together."""

    attempt: int
    members: list[Member]
    before: Result
    after: Result

    @property
    def points(self) -> float:
        """What the score gains or loses."""
        return round(self.after.grade.score - self.before.grade.score, 2)

    @property
    def is_other(self) -> bool:
        """Whether the score or the status is another."""
        return bool(self.points) or self.before.record.status != self.after.record.status

    def reasons(self) -> Iterator[Reason]:
        """The checks that it comes from, in the order of the suite; those that are gone last."""
        old, new = _points(self.before), _points(self.after)
        before, after = _outcomes(self.before), _outcomes(self.after)
        for stub, name in {**new, **old}:
            points = round(new.get((stub, name), 0.0) - old.get((stub, name), 0.0), 2)
            if points:
                yield Reason(name, stub, points, before.get(name), after.get(name))


class Regrading:
    """A keeper of results for attempts that a gradebook has already.

    uploads: the attempts as they can be graded. lost: a sentence for each whose files are nowhere.
    changes: what was seen until now. is_dry: nothing is written.
    """

    def __init__(
        self, book: Gradebook, assignment: Assignment, of: Collection[Member], is_dry: bool
    ) -> None:
        """of: whose attempts; nobody: everybody's."""
        self.book = book
        self.assignment = assignment
        self.is_dry = is_dry
        self.uploads: list[Upload] = []
        self.lost: list[str] = []
        self.changes: list[Change] = []
        self._attempts: dict[str, tuple[int, list[Member], Record]] = {}
        wanted = {member.id for member in of}
        for attempt, members, record in book.results(assignment.name):
            if wanted and wanted.isdisjoint(member.id for member in members):
                continue
            try:
                upload = book.upload(attempt)
            except UsageError as error:
                self.lost.append(f"{record.submission}: {error}")
                continue
            self.uploads.append(upload)
            place = well_formed(str(upload.path))  # it may be a copy out of the book
            record = msgspec.structs.replace(record, path=place)
            self._attempts[place] = attempt, members, record

    def check_room(self) -> None:
        """The book is open."""

    def earlier(self, upload: Upload) -> Record | None:
        """What counts of an attempt."""
        return self._attempts[well_formed(str(upload.path))][2]

    def keep(self, result: Result) -> None:
        """Compare a result with that of before, and put it in its place. Raises UsageError. A
        failure of the machine leaves the result of before."""
        attempt, members, record = self._attempts[result.record.path]
        if result.record.status == "infrastructure_error":
            return
        before = Result(record, score(record, self.assignment))
        change = Change(attempt, members, before, result)
        if change.is_other:
            self.changes.append(change)
        if not self.is_dry and result.record != record:
            self.book.replace_record(attempt, result.record)


def _points(result: Result) -> dict[tuple[str, str], float]:
    """What each check gives, by its stub and its name."""
    return {(check.stub, check.name): points for check, points, _ in points_of_checks(result)}


def _outcomes(result: Result) -> dict[str, str]:
    return {check.name: check.outcome for check in result.record.checks}
