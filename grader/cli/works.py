"""Whose pages there are, by a gradebook or a folder of results, and what they are made from."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Protocol

from grader.cli.pictures import classes_of, pictures_of
from grader.course.assignment import Assignment
from grader.errors import UnreadableSubmission, UsageError
from grader.gradebook.grades import AssignmentGrade, Member
from grader.gradebook.names import folded
from grader.grading.records import Record
from grader.grading.results_folder import Store
from grader.grading.scoring import Result
from grader.reports.matching import labels
from grader.reports.pages.work import Code, Work
from grader.submissions import packed
from grader.submissions.definitions import definitions_in
from grader.submissions.discovery import place_of, submissions
from grader.submissions.notebooks import looks_like_notebook
from grader.submissions.reading import Submission, read
from grader.submissions.uploads import UNKNOWN, Origin, Upload

if TYPE_CHECKING:
    from grader.gradebook.book import Gradebook
    from grader.gradebook.rules import Policy

NOTHING = UNKNOWN, Path()  # was handed in
MISSING = "missing.csv"  # beside results: who is on the roster and handed in nothing


@dataclass(frozen=True)
class Entry:
    """Somebody with a grade, or with a result where only a folder of results is known.

    name: tells apart people of one name. attempt: the one that counts, as the gradebook numbers it.
    place: where what was handed in lay when it was graded. origin, path: of what was handed in
    last, for the platform that takes pages back.
    """

    member: Member
    name: str
    result: Result | None
    grade: AssignmentGrade | None = None
    attempt: int = 0
    place: str = ""
    origin: Origin = UNKNOWN
    path: Path = Path()

    @property
    def people(self) -> frozenset[str]:
        """A key for each of those who handed it in, the same in all attempts of theirs."""
        known = [str(self.member.id)] if self.attempt else self.member.ids
        return frozenset(known or [self.place])

    @property
    def has_page(self) -> bool:
        """Whether there is something to send: no page says that there is no grade yet."""
        if self.grade is not None:
            return self.grade.points is not None
        return self.result is not None and self.result.record.status != "infrastructure_error"


class Source(Protocol):
    """Where entries come from."""

    entries: list[Entry]

    def upload(self, entry: Entry) -> Upload:
        """What was handed in. Raises UsageError where it is not there as it was."""


class OfBook:
    """Everybody with a grade in an assignment, by a gradebook that is open."""

    def __init__(self, book: Gradebook, assignment: Assignment, policy: Policy) -> None:
        from grader.gradebook.course_grades import assignment_grades

        self._book = book
        graded = assignment_grades(book, assignment, policy)
        counting = {grade.attempt.id for _member, grade in graded if grade.attempt}
        records: dict[int, Record] = {}
        last: dict[int, tuple[Origin, Path]] = {}
        for attempt, members, record in book.results(assignment.name):
            last |= dict.fromkeys((one.id for one in members), (record.origin, Path(record.path)))
            if attempt in counting:
                records[attempt] = record
        known = labels(member for member, _grade in graded)
        self.entries = _told_apart(
            [
                _entry_of(member, known[member.id], grade, records, last.get(member.id, NOTHING))
                for member, grade in graded
            ]
        )

    def upload(self, entry: Entry) -> Upload:
        """What was handed in. Raises UsageError."""
        return self._book.upload(entry.attempt)


def _entry_of(
    member: Member,
    name: str,
    grade: AssignmentGrade,
    records: dict[int, Record],
    last: tuple[Origin, Path],
) -> Entry:
    attempt = grade.attempt
    result = Result(records[attempt.id], attempt.grade) if attempt else None
    return Entry(
        member,
        name,
        result,
        grade,
        attempt.id if attempt else 0,
        result.record.path if result else "",
        *last,
    )


class OfFolder:
    """Each result of an assignment in the folder of --out, and who handed in nothing as far as it
    is known. Raises UsageError."""

    def __init__(self, folder: Path, assignment: Assignment) -> None:
        results = Store(folder, assignment.name).results
        if not results:
            raise UsageError(f"{folder} holds no results of {assignment.name}.")
        paths = [Path(place) for place in results]
        # Of several files that lie among those of others a record names the first only.
        uploads = submissions(paths, assignment, folder, is_class=False).uploads
        self._uploads = {place_of(upload.path): upload for upload in uploads}
        entries = [_entry_in(place, result) for place, result in results.items()]
        names = {entry.name for entry in entries}
        names |= {one.name for entry in entries for one in entry.origin.people}
        entries += _missing(folder, names)
        self.entries = _told_apart(
            sorted(entries, key=lambda entry: (entry.name.casefold(), entry.place))
        )

    def upload(self, entry: Entry) -> Upload:
        """What was handed in. Raises UsageError."""
        upload = self._uploads.get(entry.place, Upload(Path(entry.place)))
        if not os.path.lexists(upload.path):
            raise UsageError(f"{upload.path} is not there any more.")
        return upload


def _told_apart(entries: Sequence[Entry]) -> list[Entry]:
    """With numbers behind names that several have."""
    seen: set[str] = set()
    found = []
    for entry in entries:
        name, number = entry.name, 1
        while name in seen:
            number += 1
            name = f"{entry.name} [{number}]"
        seen.add(name)
        found.append(replace(entry, name=name))
    return found


def _entry_in(place: str, result: Result) -> Entry:
    record = result.record
    people = record.origin.people
    ids = [folded(text) for one in people for text in (one.id, one.email) if text]
    name = ", ".join(filter(None, (one.name for one in people))) or record.submission
    member = _member(name, "", ids)
    return Entry(
        member, record.submission, result, place=place, origin=record.origin, path=Path(record.path)
    )


def _missing(folder: Path, present: Iterable[str]) -> list[Entry]:
    """Who handed in nothing, as `grader grade --roster` wrote it down."""
    try:
        rows = [*csv.DictReader((folder / MISSING).read_text("utf-8-sig").splitlines())]
    except (OSError, ValueError, csv.Error):
        return []
    found = []
    for row in rows:
        email, ids = row.get("email") or "", row.get("ids") or ""
        name = row.get("name") or email or ids
        if name and name not in present:
            member = _member(name, email, map(folded, ids.split()))
            found.append(Entry(member, name, None))
    return found


def _member(name: str, email: str, ids: Iterable[str]) -> Member:
    """Somebody of whom no gradebook is asked; equal for all attempts of the same people."""
    return Member(0, name, email, tuple(ids), "", True)


@dataclass
class Maker:
    """Makes what pages show of entries. without_code: names of those whose code is not there as it
    was graded."""

    source: Source
    assignment: Assignment

    def __post_init__(self) -> None:
        self.without_code: list[str] = []

    def work(self, entry: Entry, for_class: bool = False) -> Work:
        """All that a page of its own shows of an entry; for that about the class no notebook and no
        pictures."""
        code, notebook = self._read(entry, for_class)
        if entry.result is None:
            return Work(entry.name, None, entry.grade)
        record = entry.result.record
        pictures = [] if for_class else pictures_of(record)
        classes = classes_of(record)
        return Work(entry.name, entry.result, entry.grade, code, notebook, pictures, classes)

    def _read(self, entry: Entry, for_class: bool) -> tuple[dict[str, Code], str]:
        """The stubs, and the notebook or ""; nothing of what cannot be read."""
        if entry.result is None or entry.result.record.status != "graded":
            return {}, ""  # there is no program, as its record says
        try:
            upload = self.source.upload(entry)
            submission = read(upload, self.assignment.stubs)
            is_as_graded = entry.attempt or _is_as_graded(submission, entry.result.record)
            if not is_as_graded:
                raise UsageError(f"{upload.path} has changed since.")
            notebook = "" if for_class else _notebook(upload, submission)
            return _code(submission, self.assignment), notebook
        except (UsageError, UnreadableSubmission):
            self.without_code.append(entry.name)
            return {}, ""


def _is_as_graded(submission: Submission, record: Record) -> bool:
    return submission.digest == record.digests.get("submission")


def _code(submission: Submission, assignment: Assignment) -> dict[str, Code]:
    """The stubs as they were written, by their names."""
    found = definitions_in(submission.index, assignment.stubs)
    return {
        name: Code(
            each.place_of(each.node), each.line_of(each.node), dedent(each.text_of(each.node))
        )
        for name, each in found.items()
    }


def _notebook(upload: Upload, submission: Submission) -> str:
    """The notebook that is the program; "" where it is none."""
    files = packed.contents(upload, with_outputs=True)
    files.pop(packed.NAME)
    name = submission.main.as_posix() if submission.main else ""
    data = files.get(name) if name else next(iter(files.values())) if len(files) == 1 else None
    with suppress(ValueError):
        text = (data or b"").decode()
        return text if looks_like_notebook(text) else ""
    return ""
