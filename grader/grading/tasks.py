"""What a process that grades is told: of which assignment, what and how; and what it answers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from grader.course import assignment as assignments
from grader.course.assignment import Assignment
from grader.grading.memory_folder import memory_folder
from grader.grading.records import Record, Status
from grader.grading.settings import WHOLE, Part, Settings
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.budget import MAX_FILE
from grader.submissions.discovery import name_of
from grader.submissions.packed import unpacked
from grader.submissions.uploads import Upload

if TYPE_CHECKING:  # it imports torch
    from grader.grading.session import Session

FAILED = "the grader failed, not the submission"


@dataclass(frozen=True)
class Task:
    """One upload: its place in the order, how to grade it, what an earlier run saw of it, and what
    is run. packed: its code, for a machine that does not have its files."""

    position: int
    upload: Upload
    settings: Settings
    earlier: Record | None = None
    part: Part = WHOLE
    packed: bytes | None = field(default=None, repr=False)

    def run(self, session: Session) -> Record:
        """Grade it. Raises UsageError, as a session does."""
        if self.packed is None:
            return session.grade(self.upload, self.earlier, self.part)
        try:
            with memory_folder(len(self.packed) + MAX_FILE) as folder:
                upload = Upload(unpacked(self.packed, folder), self.upload.origin)
                record = session.grade(upload, self.earlier, self.part)
        except OSError as error:
            name = session.assignment.name
            return self.record(name, "infrastructure_error", f"{FAILED}: {error}")
        return msgspec.structs.replace(record, path=well_formed(str(self.upload.path)))

    def record(self, assignment: str, status: Status, problem: str) -> Record:
        """A record of it where no session could make one."""
        return Record(
            submission=name_of(self.upload.path),
            assignment=assignment,
            status=status,
            isolation=None,
            device=self.settings.device,
            dataset=None,
            checks=[],
            warnings=[problem],
            output="",
            seconds=0.0,
            environment={},
            digests={},
            path=well_formed(str(self.upload.path)),
            origin=self.upload.origin,
        )


class Source(Protocol):
    """Where a process that grades has its assignment from."""

    @property
    def is_guest(self) -> bool:
        """Whether it is on a machine that keeps nothing of it."""

    def laid_out(self) -> AbstractContextManager[Assignment]:
        """The assignment in files, for a while. Raises AssignmentError, OSError."""


@dataclass(frozen=True)
class Course:
    """An assignment of a course that lies on this machine."""

    folder: Path
    name: str
    is_guest = False

    @contextmanager
    def laid_out(self) -> Iterator[Assignment]:
        yield assignments.load(self.name, self.folder)


@dataclass(frozen=True)
class PackedCourse:
    """An assignment with its hidden part as the bytes of a zip, which another machine has sent. Its
    files are in memory only, as long as somebody grades with them."""

    name: str
    data: bytes = field(repr=False)
    is_guest = True

    @contextmanager
    def laid_out(self) -> Iterator[Assignment]:
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            size = sum(member.file_size for member in archive.infolist())
            with memory_folder(size) as folder:
                archive.extractall(folder)
                yield assignments.load(self.name, folder)
