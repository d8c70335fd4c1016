"""What lies in a folder or in a zip, looked at in the same way, before anything is unpacked."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath

from grader.course.assignment import Stub
from grader.errors import UnreadableSubmission
from grader.submissions.archive import Archive, Members
from grader.submissions.budget import Budget
from grader.submissions.files import kind_of
from grader.submissions.folders import code_paths
from grader.submissions.layout import is_of_system, own_paths
from grader.submissions.reading import Submission, read, read_file, read_folder

ROOT = PurePosixPath()


@dataclass(frozen=True)
class OnDisk:
    """A file or a folder. leave_out: a folder for results, which may lie among the submissions."""

    path: Path
    leave_out: Path | None = None

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def is_folder(self) -> bool:
        return self.path.is_dir() and not self.path.is_symlink()

    def entries(self) -> list[OnDisk]:
        """What is in the folder, also what cannot be read: somebody handed it in."""
        results = self.leave_out.resolve() if self.leave_out else None
        return [
            OnDisk(path, self.leave_out)
            for path in sorted(self.path.iterdir())
            if not is_of_system(path.name) and (results is None or path.resolve() != results)
        ]

    def code(self) -> list[PurePath]:
        """The files that may hold code, by their paths below it; a file's own name."""
        if not self.is_folder:
            return [PurePath(self.name)] if kind_of(self.name) else []
        with suppress(UnreadableSubmission, OSError):
            found, _notes = code_paths(self.path, Budget(self.name))
            return [path for path in found if kind_of(path.name)]
        return []

    def read(self, stubs: Sequence[Stub]) -> Submission:
        """As one submission. Raises UnreadableSubmission."""
        return read(self.path, stubs)


@dataclass(frozen=True)
class InZip:
    """A file or a folder of a zip, read without unpacking it to the disk.

    path: below the folder of the zip. members: those at the path or below it. whole: the budget of
    looking through the whole zip.
    """

    archive: Archive
    members: Members
    whole: Budget
    path: PurePosixPath = ROOT

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def is_folder(self) -> bool:
        return self.path not in self.members

    def entries(self) -> list[InZip]:
        """What is in the folder, in the order of the names."""
        depth = len(self.path.parts)
        found: dict[PurePosixPath, Members] = {}
        for path, info in self.members.items():
            inner = PurePosixPath(*path.parts[: depth + 1])
            found.setdefault(inner, {})[path] = info
        return [
            InZip(self.archive, members, self.whole, path)
            for path, members in sorted(found.items(), key=lambda entry: str(entry[0]))
        ]

    def code(self) -> list[PurePath]:
        """The files that may hold code, by their paths below it; a file's own name."""
        if not self.is_folder:
            return [PurePath(self.name)] if kind_of(self.name) else []
        return [path for path in own_paths(self._inner(), 0)[0] if kind_of(path.name)]

    def read(self, stubs: Sequence[Stub]) -> Submission:
        """As one submission. Raises UnreadableSubmission."""
        budget = self.budget()
        if self.is_folder:
            files = self.archive.files(self._inner(), budget)
            return read_folder(Path(self.path), files, stubs, budget)
        data = self.archive.content(self.path, self.members[self.path], budget)
        return read_file(Path(self.path), data, stubs)

    def budget(self) -> Budget:
        """What one submission may take."""
        return Budget(self.name, sum(info.compress_size for info in self.members.values()))

    def _inner(self) -> Members:
        return {path.relative_to(self.path): info for path, info in self.members.items()}


Tree = OnDisk | InZip
