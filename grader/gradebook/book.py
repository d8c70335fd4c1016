"""The gradebook of a course: people, what they handed in, what was seen of it, and what somebody
added by hand.

with open_book(default_place(course)) as book:
    book.put_roster(roster)
    grade_all(..., keepers=[book.keeper(assignment, uploads)])
    attempts = book.attempts(assignment)         # by person, with today's scores
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from grader.course.assignment import Assignment
from grader.errors import UsageError
from grader.gradebook import database, models, people
from grader.gradebook.attempts import assignment_named, decoded, in_order, keep_version, now
from grader.gradebook.finding import meant
from grader.gradebook.grades import Adjustment, Attempt, Member
from grader.gradebook.history import History, adjustment_of, history_of, member_of
from grader.gradebook.keeping import BookKeeper
from grader.gradebook.tallies import Tallies
from grader.grading.records import Record
from grader.submissions.packed import digest_of, unpacked
from grader.submissions.uploads import UNKNOWN, Upload

if TYPE_CHECKING:
    from grader.gradebook.roster import Roster

Row = TypeVar("Row", bound=models.Base)


def default_place(course: Path) -> str:
    """Where the gradebook of a course is, if nothing else is said: a file, named as --db takes it.
    No URL, for in one a folder's `?` or `#` would mean something."""
    return str(course.absolute() / "gradebook.sqlite")


@contextmanager
def open_book(place: str, is_new: bool = True) -> Iterator[Gradebook]:
    """The gradebook in a file or at a URL, brought up to date. is_new: whether it may be made.

    Raises UsageError where it cannot be had, is no gradebook, or is one of a newer grader.
    """
    opened = database.opened(database.url_of(place), is_new)
    with ExitStack() as stack:
        yield Gradebook(opened, stack)


class Gradebook:
    """All methods raise UsageError, a sentence, where the database fails."""

    def __init__(self, opened: database.Database, stack: ExitStack) -> None:
        self.place = opened.place
        self._database = opened
        self._stack = stack

    def keeper(self, assignment: Assignment, uploads: Sequence[Upload] = ()) -> BookKeeper:
        """Keeps the results of a run. uploads: those of the run."""
        return BookKeeper(self._database, assignment.name, uploads)

    def put_roster(self, roster: Roster) -> None:
        """Expect these people; those of an earlier roster who are not on it are expected no more,
        and keep what they have."""
        entries = []
        for entry in roster.entries:
            ids = tuple(filter(None, map(people.clean, entry.ids)))
            told = people.Told(
                people.clean(entry.name), people.clean(entry.email), ids, people.ROSTER
            )
            if told.sure or told.name:
                entries.append((told, people.clean(entry.section)))
        with self._database.writing() as session:
            people.put_roster(session, entries)

    def members(self) -> list[Member]:
        """Everybody, by name."""
        with self._database.reading() as session:
            everybody = session.scalars(_people()).all()
            return sorted(
                map(member_of, everybody), key=lambda each: (each.name.casefold(), each.id)
            )

    def find(self, text: str) -> Member:
        """The person who is meant by a name, an id or an email, or by a part of one that nobody
        else has. Raises UsageError, which names those who may be meant."""
        return meant(self.members(), text, "the gradebook")

    def assignments(self) -> list[str]:
        """The names of the assignments that the book has anything of."""
        with self._database.reading() as session:
            return sorted(session.scalars(select(models.Assignment.name)))

    def handed_in(self) -> dict[str, dict[int, list[int]]]:
        """The ids of all attempts, by the assignment's name and the person's id."""
        found: dict[str, dict[int, list[int]]] = {name: {} for name in self.assignments()}
        query = (
            select(models.Assignment.name, models.AttemptPerson)
            .join(models.Attempt, models.Attempt.assignment_id == models.Assignment.id)
            .join(models.AttemptPerson, models.AttemptPerson.attempt_id == models.Attempt.id)
        )
        with self._database.reading() as session:
            for name, row in session.execute(query):
                found.setdefault(name, {}).setdefault(row.person_id, []).append(row.attempt_id)
        return found

    def attempts(self, assignment: Assignment) -> dict[int, list[Attempt]]:
        """The attempts of each person by the person's id, the first one first, with the scores that
        today's assignment gives them."""
        tallies = Tallies(assignment)
        own: dict[int, list[models.Attempt]] = defaultdict(list)
        found: dict[int, Attempt] = {}
        with self._database.reading() as session:
            query = _current(assignment.name).options(selectinload(models.Attempt.people))
            for row, data in session.execute(query):
                status, grade = tallies.of(data)
                found[row.id] = Attempt(row.id, row.number, row.time, row.is_late, status, grade)
                for person in row.people:
                    own[person.id].append(row)
            return {person: _numbered(rows, found) for person, rows in own.items()}

    def results(self, assignment: str) -> Iterator[tuple[int, list[Member], Record]]:
        """Every attempt by its id, with those who handed it in and what counts of it."""
        with self._database.reading() as session:
            everybody = {each.id: member_of(each) for each in session.scalars(_people())}
            query = _current(assignment).options(selectinload(models.Attempt.people))
            for row, data in session.execute(query.execution_options(yield_per=100)):
                yield row.id, [everybody[each.id] for each in row.people], decoded(data)

    def replace_record(self, attempt: int, record: Record) -> None:
        """Keep what was seen of an attempt now as a new version; the others stay. Name, place and
        origin are those that the attempt has."""
        with self._database.writing() as session:
            row = _existing(session, models.Attempt, attempt)
            before = decoded(row.records[-1].data)
            own = {name: getattr(before, name) for name in ("submission", "path", "origin")}
            keep_version(session, row, msgspec.structs.replace(record, **own))

    def upload(self, attempt: int) -> Upload:
        """An attempt to be graded or looked at: where it lies if it is there as it was, else its
        code from the book, until the book is closed. Raises UsageError where neither is left."""
        with self._database.reading() as session:
            row = _existing(session, models.Attempt, attempt)
            newest = decoded(row.records[-1].data) if row.records else None
            kept = session.get(models.Upload, row.digest)
            digest, place, data = row.digest, row.place, kept.data if kept else b""
        origin = newest.origin if newest else UNKNOWN
        upload = Upload(Path(place), origin)
        if digest_of(upload) == digest:
            return upload
        if not data:
            raise UsageError(
                f"The files of attempt {attempt} are not at {place} any more, and "
                "the gradebook has no copy of them. Put them there again."
            )
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="grader-book-"))
        return Upload(unpacked(data, Path(folder)), origin)

    def adjustments(self, assignment: str) -> dict[int, list[Adjustment]]:
        """The adjustments that count, by the person's id."""
        found: dict[int, list[Adjustment]] = defaultdict(list)
        query = select(models.Adjustment).join(models.Assignment)
        query = query.where(
            models.Assignment.name == assignment, models.Adjustment.withdrawn.is_(None)
        )
        with self._database.reading() as session:
            for row in session.scalars(query.order_by(models.Adjustment.id)):
                found[row.person_id].append(adjustment_of(row))
        return dict(found)

    def adjust(
        self,
        assignment: str,
        member: Member,
        stub: str | None,
        points: float,
        comment: str,
        reason: str,
        author: str,
    ) -> Adjustment:
        """Give points, or take them, by hand; stub: None is the assignment as a whole."""
        with self._database.writing() as session:
            row = models.Adjustment(
                assignment=assignment_named(session, assignment),
                person_id=_existing(session, models.Person, member.id).id,
                stub=stub,
                points=points,
                comment=comment,
                reason=reason,
                author=author,
                time=now(),
            )
            session.add(row)
            session.flush()
            return adjustment_of(row)

    def withdraw(self, adjustment: int) -> None:
        """From now on an adjustment does not count; the book still shows it."""
        with self._database.writing() as session:
            row = _existing(session, models.Adjustment, adjustment)
            row.withdrawn = row.withdrawn or now()

    def history(self, member: Member) -> History:
        """All that the book has of somebody, assignment by assignment."""
        with self._database.reading() as session:
            return history_of(session, _existing(session, models.Person, member.id))

    def keep_policy(self, text: str) -> str:
        """Keep a text of course.toml with which grades were computed. Its digest."""
        digest = sha256(text.encode()).hexdigest()
        with self._database.reading() as session:
            is_kept = session.get(models.Policy, digest) is not None
        if not is_kept:
            with self._database.writing() as session:
                session.merge(models.Policy(digest=digest, text=text, time=now()))
        return digest

    def backup(self, file: Path) -> None:
        """Copy the whole book into a file, also while somebody writes. Raises UsageError."""
        source = database.file_of(self._database.url)
        if source is None:
            raise UsageError(
                f"{self.place} is a server's. Its own tool makes backups: "
                f"pg_dump --format=custom --file={file} --dbname=... , and pg_restore reads them."
            )
        if file.exists():
            raise UsageError(f"{file} is there already: remove it, or choose another name.")
        database.backup(source, file)


def _people() -> Any:
    return select(models.Person).options(selectinload(models.Person.identities))


def _current(assignment: str) -> Any:
    """Attempts of an assignment with the version that counts."""
    newest = (
        select(models.Record.attempt_id, func.max(models.Record.version).label("version"))
        .group_by(models.Record.attempt_id)
        .subquery()
    )
    return (
        select(models.Attempt, models.Record.data)
        .join(models.Assignment)
        .join(newest, newest.c.attempt_id == models.Attempt.id)
        .join(
            models.Record,
            (models.Record.attempt_id == newest.c.attempt_id)
            & (models.Record.version == newest.c.version),
        )
        .where(models.Assignment.name == assignment)
        .order_by(models.Attempt.id)
    )


def _numbered(rows: list[models.Attempt], found: dict[int, Attempt]) -> list[Attempt]:
    """The attempts of one person in their order, each with a number."""
    numbers = enumerate(in_order(rows), start=1)
    return [replace(found[row.id], number=row.number or number) for number, row in numbers]


def _existing(session: Session, kind: type[Row], id: int) -> Row:
    """A row that somebody has named. Raises UsageError."""
    row = session.get(kind, id)
    if row is None:
        raise UsageError(f"The gradebook has no {kind.__name__.lower()} {id}.")
    return row
