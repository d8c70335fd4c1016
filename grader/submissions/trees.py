"""What lies in a folder or in a zip, looked at in the same way, before anything is unpacked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePath, PurePosixPath

from grader.course.assignment import Stub
from grader.errors import UnreadableSubmission
from grader.submissions.archive import Archive, Members
from grader.submissions.budget import Budget
from grader.submissions.files import bytes_of, kind_of, stem_of
from grader.submissions.folders import code_paths
from grader.submissions.layout import is_of_system, own_paths
from grader.submissions.reading import Submission, read, read_file, read_folder

ROOT = PurePosixPath()
MAX_MEMBERS = 100_000  # of a class's zip


@dataclass(frozen=True)
class OnDisk:
    """A file or a folder. leave_out: a folder for results, which may lie among the submissions."""

    path: Path
    leave_out: Path | None = None

    @property
    def name(self) -> str:
        return self.path.name if self.path.name not in ("", "..") else self.path.resolve().name

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

    def content(self) -> bytes:
        """The bytes of a file, of at most 20 MB. Raises UnreadableSubmission."""
        return bytes_of(self.path)

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

    members, folders: those at the path or below it; folders may have nothing in them. whole: the
    budget of looking through the whole zip. path: below the folder of the zip.
    """

    archive: Archive
    members: Members
    folders: Collection[PurePosixPath]
    whole: Budget
    path: PurePosixPath = ROOT

    @classmethod
    def of(cls, archive: Archive, whole: Budget) -> InZip:
        """All that is in a zip."""
        return cls(archive, archive.members, archive.folders, whole)

    @property
    def name(self) -> str:
        return self.path.name or stem_of(self.archive.name)

    @property
    def is_folder(self) -> bool:
        return self.path not in self.members

    def entries(self) -> list[InZip]:
        """What is in the folder, in the order of the names, folders with nothing in them too."""
        depth = len(self.path.parts)
        found: dict[PurePosixPath, tuple[Members, list[PurePosixPath]]] = {}
        for path, info in self.members.items():
            found.setdefault(PurePosixPath(*path.parts[: depth + 1]), ({}, []))[0][path] = info
        for path in self.folders:
            if len(path.parts) > depth:
                found.setdefault(PurePosixPath(*path.parts[: depth + 1]), ({}, []))[1].append(path)
        return [
            InZip(self.archive, members, folders, self.whole, path)
            for path, (members, folders) in sorted(found.items(), key=lambda entry: str(entry[0]))
        ]

    def content(self) -> bytes:
        """The bytes of a file, of at most 20 MB, of a zip 64 MB. Raises UnreadableSubmission."""
        return self.archive.content(self.path, self.members[self.path], self.whole)

    def opened(self) -> InZip:
        """What is in a zip of the zip. Raises UnreadableSubmission."""
        archive = Archive(self.name, BytesIO(self.content()), self.whole, MAX_MEMBERS)
        return InZip.of(archive, self.whole)

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
