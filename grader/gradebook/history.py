"""All that the gradebook has of one person, in the order of time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.gradebook import models
from grader.gradebook.attempts import decoded, in_order
from grader.gradebook.grades import Adjustment, Member
from grader.gradebook.people import ids_of
from grader.grading.records import Record


@dataclass(frozen=True)
class Version:
    """One version of what was seen of an attempt; why: what it was made for."""

    number: int
    time: datetime
    why: str
    record: Record


@dataclass(frozen=True)
class PastAttempt:
    """An attempt with all that was ever seen of it; the last version counts.

    people: all who handed it in together. place: where it lay when it was graded last.
    """

    id: int
    assignment: str
    number: int
    time: datetime | None
    is_late: bool | None
    place: str
    people: list[Member]
    versions: list[Version]


@dataclass(frozen=True)
class PastAdjustment:
    """An adjustment; withdrawn: since when it does not count."""

    assignment: str
    adjustment: Adjustment
    withdrawn: datetime | None


@dataclass(frozen=True)
class History:
    """All that the book has of one person."""

    member: Member
    attempts: list[PastAttempt]
    adjustments: list[PastAdjustment]


def history_of(session: Session, person: models.Person) -> History:
    """Assignment by assignment."""
    by_assignment = defaultdict(list)
    for attempt in person.attempts:
        by_assignment[attempt.assignment.name].append(attempt)
    attempts = [
        _past(row, row.number or number)
        for name in sorted(by_assignment)
        for number, row in enumerate(in_order(by_assignment[name]), start=1)
    ]
    query = select(models.Adjustment).where(models.Adjustment.person_id == person.id)
    adjustments = [
        PastAdjustment(row.assignment.name, adjustment_of(row), row.withdrawn)
        for row in session.scalars(query.order_by(models.Adjustment.id))
    ]
    return History(member_of(person), attempts, adjustments)


def member_of(person: models.Person) -> Member:
    """A person as grades know one."""
    return Member(
        person.id, person.name, person.email, ids_of(person), person.section, person.is_expected
    )


def adjustment_of(row: models.Adjustment) -> Adjustment:
    """An adjustment as grades know one."""
    return Adjustment(row.id, row.stub, row.points, row.comment, row.reason, row.author, row.time)


def _past(row: models.Attempt, number: int) -> PastAttempt:
    return PastAttempt(
        row.id,
        row.assignment.name,
        number,
        row.time,
        row.is_late,
        row.place,
        [member_of(person) for person in row.people],
        [Version(each.version, each.time, each.why, decoded(each.data)) for each in row.records],
    )
