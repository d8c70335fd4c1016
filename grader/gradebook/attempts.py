"""Which attempt an upload is, and the versions of what was seen of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timezone

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.gradebook import models
from grader.grading.records import Record
from grader.submissions.uploads import Origin

# Of a record, what may differ though nothing else was seen.
PASSING = ("submission", "path", "origin", "seconds")


def assignment_named(session: Session, name: str) -> models.Assignment:
    """The assignment of this name, which may be new."""
    found = session.scalar(select(models.Assignment).where(models.Assignment.name == name))
    if found is None:
        found = models.Assignment(name=name)
        session.add(found)
        session.flush()
    return found


def attempt_of(
    people: Iterable[models.Person], assignment: str, origin: Origin, digest: str
) -> models.Attempt | None:
    """The attempt of these people that an upload is: by its time or number, else by its code."""
    own = {
        attempt.id: attempt
        for person in people
        for attempt in person.attempts
        if attempt.assignment.name == assignment
    }
    same = [each for each in own.values() if _is_same(each, origin.time, origin.attempt, digest)]
    return max(same, key=lambda each: (each.digest == digest, each.id), default=None)


def _is_same(attempt: models.Attempt, time: datetime | None, number: int, digest: str) -> bool:
    if attempt.time and time:
        return attempt.time == time.astimezone(timezone.utc)
    if attempt.number and number:
        return attempt.number == number
    return attempt.digest == digest


def in_order(attempts: Sequence[models.Attempt]) -> list[models.Attempt]:
    """The attempts of one person, the first one first."""
    if all(each.number for each in attempts):
        return sorted(attempts, key=lambda each: (each.number, each.id))
    if all(each.time for each in attempts):
        return sorted(attempts, key=lambda each: (each.time, each.id))
    return sorted(attempts, key=lambda each: (each.time or each.kept, each.id))


def enrich(attempt: models.Attempt, origin: Origin) -> None:
    """An attempt knows what any export has told of it."""
    attempt.time = origin.time or attempt.time
    attempt.number = origin.attempt or attempt.number
    attempt.is_late = attempt.is_late if origin.is_late is None else origin.is_late
    attempt.reader = origin.reader or attempt.reader


def unite(session: Session, person: models.Person) -> None:
    """Of two people who are one now, the same upload may be here twice: as one attempt it has all
    versions of both."""
    kept: list[models.Attempt] = []
    for attempt in sorted(person.attempts, key=lambda each: each.id):
        origin = Origin(time=attempt.time, attempt=attempt.number, is_late=attempt.is_late)
        own = [each for each in kept if each.assignment_id == attempt.assignment_id]
        twin = next(
            (e for e in own if _is_same(e, origin.time, origin.attempt, attempt.digest)), None
        )
        if twin is None:
            kept.append(attempt)
            continue
        enrich(twin, origin)
        rows = sorted([*twin.records, *attempt.records], key=_weight)
        for number, row in enumerate(rows, start=1):
            row.version = -number  # numbers that no row has yet
            row.attempt_id = twin.id
        session.flush()
        for row in rows:
            row.version = -row.version
        twin.people.extend(each for each in attempt.people if each not in twin.people)
        attempt.people.clear()
        session.flush()
        session.expire(twin, ["records"])
        session.expire(attempt, ["records"])
        session.delete(attempt)
        session.flush()


def _weight(row: models.Record) -> tuple[bool, datetime]:
    """Of versions from two attempts the newest counts, unless the machine had failed."""
    return decoded(row.data).status != "infrastructure_error", row.time


def newest(session: Session, attempt: models.Attempt) -> models.Record | None:
    """The version that counts."""
    own = select(models.Record).where(models.Record.attempt_id == attempt.id)
    return session.scalar(own.order_by(models.Record.version.desc()).limit(1))


def keep_version(
    session: Session, attempt: models.Attempt, record: Record, is_changed: bool = False
) -> None:
    """Keep what was seen: as a new version, if it is another than before.

    is_changed: whether the files are. A failure of the machine is no reason to forget what was seen
    of the same ones.
    """
    current = newest(session, attempt)
    before = decoded(current.data) if current else None
    if current and before and _seen(before) == _seen(record):
        current.data = encoded(record)
        return
    if before and not is_changed and record.status == "infrastructure_error":
        return
    session.add(
        models.Record(
            attempt_id=attempt.id,
            version=current.version + 1 if current else 1,
            time=now(),
            why=_why(before, record),
            data=encoded(record),
        )
    )


def _seen(record: Record) -> Record:
    checks = [msgspec.structs.replace(check, seconds=0.0) for check in record.checks]
    return msgspec.structs.replace(
        record, submission="", path="", origin=Origin(), seconds=0.0, checks=checks
    )


def _why(before: Record | None, record: Record) -> str:
    """Why there is another version."""
    if before is None:
        return "graded"
    if before.status == "infrastructure_error":
        return "graded again: this machine had failed"
    changed = {
        "the files": before.digests.get("submission") != record.digests.get("submission"),
        "the checks": before.digests.get("suite") != record.digests.get("suite"),
        "the data": before.dataset != record.dataset,
        "the device": before.device != record.device,
        "the isolation": before.isolation != record.isolation,
    }
    reasons = [f"{what} changed" for what, is_so in changed.items() if is_so]
    for key in sorted({*before.environment, *record.environment}):
        old, new = before.environment.get(key, "nothing"), record.environment.get(key, "nothing")
        reasons += [f"{key}: {old} to {new}"] if old != new else []
    return f"graded again: {'; '.join(reasons)}" if reasons else "graded again"


def decoded(data: str) -> Record:
    """A record of the book. Fields that a newer grader wrote are passed over."""
    return msgspec.json.decode(data, type=Record)


def encoded(record: Record) -> str:
    """A record for the book."""
    return msgspec.json.encode(record).decode()


def now() -> datetime:
    """This moment, with its zone."""
    return datetime.now(timezone.utc)
