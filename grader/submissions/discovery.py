"""Which submissions the paths of a command line name: one each, or a class in a folder or a zip."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from zipfile import ZipInfo

from grader.course.assignment import Stub
from grader.errors import UnreadableSubmission, UsageError
from grader.submissions.archive import MAX_FILE, Archive, path_of
from grader.submissions.budget import MAX_UNPACKED, Budget
from grader.submissions.definitions import places
from grader.submissions.reading import Submission, read, read_file, read_folder

MAX_MEMBERS = 100_000  # of a class's zip
# Bytes that a class's zip may unpack to, for each that it has, besides what one student's may.
# Notebooks and code compress to a tenth, bombs to a thousandth.
MAX_RATIO = 100
MAX_NAME = 200  # bytes of a file's name; file systems take 255
SUBMITTED = {".py", ".ipynb", ".zip"}

Members = list[tuple[PurePosixPath, ZipInfo]]  # with where they belong below the zip's folder


def submissions(
    paths: Iterable[Path], stubs: Sequence[Stub], leave_out: Path | None = None
) -> list[Path]:
    """Every path itself, but for the folder of a class everything that is in it.

    A folder is a class when two or more of its files and folders each define at least half of the
    stubs; a notebook and a script of the same name count once. Otherwise it is one student's.
    leave_out: a folder for results, which may lie among the submissions.

    The zip of a class is unpacked to a folder beside it, class.zip to class.unpacked. Raises
    UsageError for one that unpacks to more than MAX_RATIO allows.
    """
    found = []
    for path in paths:
        if path.suffix.lower() == ".zip" and path.is_file():
            folder = _unpacked(path, stubs)
            found += _entries(folder, leave_out) if folder else [path]
        elif path.is_dir():
            entries = _entries(path, leave_out)
            found += entries if _is_class(_uploads(entries, stubs), stubs) else [path]
        else:
            found.append(path)
    return found


def _entries(folder: Path, leave_out: Path | None) -> list[Path]:
    """What is in a folder, also what cannot be read: a student handed it in."""
    results = leave_out.resolve() if leave_out else None
    return [
        path
        for path in sorted(folder.iterdir())
        if not path.name.startswith((".", "__")) and path.resolve() != results
    ]


def _is_class(uploads: Iterable[Submission], stubs: Sequence[Stub]) -> bool:
    """Whether two of these, of different names, define at least half of the stubs each."""
    names = (each.path.stem for each in uploads if 2 * len(places(each, stubs)) >= len(stubs))
    first = next(names, None)
    return any(name != first for name in names)


def _uploads(entries: Iterable[Path], stubs: Sequence[Stub]) -> Iterator[Submission]:
    for path in entries:
        with suppress(UnreadableSubmission):
            yield read(path, stubs)


# ------------------------------------------------------------------------------ the zip of a class


def _unpacked(path: Path, stubs: Sequence[Stub]) -> Path | None:
    """The folder that the zip of a class was unpacked to; None if it is one student's, who gets a
    record, also where it cannot be read. Raises UsageError."""
    try:
        file = path.open("rb")
    except OSError:
        return None
    with file:
        size = path.stat().st_size
        try:
            archive = Archive(path.name, file, MAX_MEMBERS)
            students = _students(archive)
            uploads = _uploads_in(archive, students, stubs, Budget(path.name, size))
            if not _is_class(uploads, stubs):
                return None
        except UnreadableSubmission:
            return None
        _check_size(path, size, students)
        return _unpack(archive, students, path.with_suffix(".unpacked"))


def _students(archive: Archive) -> dict[str, Members]:
    """The members by the folder or file in which a student's lie at the top of the zip."""
    found: dict[str, Members] = {}
    for info in archive.members:
        path = path_of(info)
        if path is not None and not path.parts[0].startswith("__"):
            path = PurePosixPath(*map(_short, path.parts))
            found.setdefault(path.parts[0], []).append((path, info))
    return dict(sorted(found.items()))


def _uploads_in(
    archive: Archive, students: dict[str, Members], stubs: Sequence[Stub], whole: Budget
) -> Iterator[Submission]:
    """What students handed in, read without unpacking it to the disk. Raises UnreadableSubmission
    when it takes too long to find out whether it is a class."""
    for student, members in students.items():
        whole.check()
        code = [(path, info) for path, info in members if path.suffix in SUBMITTED]
        budget = _budget(student, members)
        with suppress(UnreadableSubmission):
            if len(members[0][0].parts) > 1:
                inner = [(path.relative_to(student), info) for path, info in code]
                yield read_folder(Path(student), archive.files(inner, budget), stubs, budget)
            elif code:
                yield read_file(Path(student), archive.content(code[0][1], budget), stubs)


def _check_size(path: Path, size: int, students: dict[str, Members]) -> None:
    """Raises UsageError for a zip that would unpack to too much: no member has more bytes than its
    description says."""
    sizes = [info.file_size for members in students.values() for _, info in members]
    limit = MAX_UNPACKED + MAX_RATIO * size
    if sum(min(each, MAX_FILE) for each in sizes) > limit:
        raise UsageError(
            f"{path} unpacks to more than {limit >> 20} MB, about {MAX_RATIO} times its size: more "
            "than a class hands in. Unpack it yourself, look at what is so large, and name the "
            "folder."
        )


def _unpack(archive: Archive, students: dict[str, Members], folder: Path) -> Path:
    """Write the files of a class below `folder`. Of a student no more is written than a student's
    zip may unpack to. What cannot be a submission, or cannot be unpacked, becomes an empty file,
    what is too large a file of that size: somebody handed it in, and reads why it is not graded."""
    for student, members in students.items():
        budget = _budget(student, members)
        for path, info in members:
            target = folder / path
            with suppress(FileExistsError, NotADirectoryError, IsADirectoryError):  # a and a/b
                target.parent.mkdir(parents=True, exist_ok=True)
                if path.suffix.lower() in SUBMITTED or len(path.parts) == 1:
                    target.write_bytes(_content(archive, path, info, budget))
                    if info.file_size > MAX_FILE:
                        os.truncate(target, MAX_FILE + 1)
    return folder


def _content(archive: Archive, path: PurePosixPath, info: ZipInfo, budget: Budget) -> bytes:
    if path.suffix.lower() in SUBMITTED and info.file_size <= MAX_FILE:
        with suppress(UnreadableSubmission):
            return archive.content(info, budget)
    return b""


def _budget(student: str, members: Members) -> Budget:
    return Budget(student, sum(info.compress_size for _, info in members))


def _short(part: str) -> str:
    stem, suffix = PurePosixPath(part).stem, PurePosixPath(part).suffix[:10]
    return stem.encode("utf-8", "replace")[:MAX_NAME].decode("utf-8", "ignore") + suffix
