"""The zip of a class is unpacked to a folder beside it, which holds what the zip holds now."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path, PurePosixPath
from zipfile import ZipInfo

from platformdirs import user_cache_path

from grader.errors import UnreadableSubmission, UsageError
from grader.i18n.words import _
from grader.submissions.archive import Archive
from grader.submissions.budget import MAX_FILE, MAX_UNPACKED, Budget
from grader.submissions.files import kind_of
from grader.submissions.trees import InZip

MARK = ".grader-unpacked"  # in a folder that was made here: the digest of its zip
# Bytes that a class's zip may unpack to, for each that it has, besides what one student's may.
# Notebooks and code compress to a tenth, bombs to a thousandth.
MAX_RATIO = 100
MAX_NAME = 200  # bytes of a file's name; file systems take 255
UNWRITABLE = (errno.EROFS, errno.EACCES, errno.EPERM)


def unpack(zipped: Path, people: Sequence[InZip]) -> tuple[list[Path], list[str]]:
    """The files and folders of the people of a class, in their order, and notes.

    A folder of an earlier zip is replaced as a whole, one of the same zip is taken as it is. Where
    nothing can be written beside the zip, the folder is in the user's cache. Raises UsageError.
    """
    _check_size(zipped, people)
    digest = _digest(zipped, people)
    notes = []
    folder = zipped.with_suffix(".unpacked")
    if not _is_current(folder, digest):
        try:
            _replace(folder, people, digest)
        except OSError as error:
            if error.errno not in UNWRITABLE:
                raise _no_room(zipped, folder, error) from None
            folder = _elsewhere(zipped, folder.name)
            notes.append(
                _("{zip} was unpacked to {folder}: nothing can be written beside it.").format(
                    zip=zipped, folder=folder
                )
            )
            try:
                folder.parent.mkdir(parents=True, exist_ok=True)
                if not _is_current(folder, digest):
                    _replace(folder, people, digest)
            except OSError as second:
                raise _no_room(zipped, folder, second) from None
    return [folder / short(each.path) for each in people], notes


def short(path: PurePosixPath) -> PurePosixPath:
    """A path in a zip with names that a file system takes."""
    return PurePosixPath(*map(_short, path.parts))


def _digest(zipped: Path, people: Sequence[InZip]) -> str:
    """Of the zip, and of what of it is unpacked: readers may take other files."""
    digest = sha256("\0".join(str(each.path) for each in people).encode("utf-8", "replace"))
    with zipped.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _elsewhere(zipped: Path, name: str) -> Path:
    """A folder in the user's cache, the same for the same path."""
    place = sha256(os.fsencode(zipped.resolve())).hexdigest()[:16]
    return user_cache_path("grader", appauthor=False) / "unpacked" / place / name


def _is_current(folder: Path, digest: str) -> bool:
    """Whether a folder has been unpacked from this very zip. Raises UsageError for a folder that
    was not made here, which is never touched."""
    if not os.path.lexists(folder):
        return False
    mark = folder / MARK
    if folder.is_symlink() or not mark.is_file():
        text = _(
            "{folder} is in the way: it was not unpacked by this program. Move it away, or grade "
            "the folder instead of the zip file."
        )
        raise UsageError(text.format(folder=folder))
    return mark.read_text("utf-8") == digest


def _replace(folder: Path, people: Sequence[InZip], digest: str) -> None:
    """Unpack beside the folder, then put it in its place. Raises OSError, and leaves nothing
    behind then."""
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name[:100]}-", dir=folder.parent))
    try:
        new, old = beside / "new", beside / "old"
        new.mkdir()
        for person in people:
            _write(new, person)
        (new / MARK).write_text(digest, "utf-8")
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _write(folder: Path, person: InZip) -> None:
    """Write what one person handed in, no more than one student's zip may unpack to. What cannot be
    unpacked becomes an empty file, what is too large one of that size: somebody handed it in, and
    reads why it is not graded. Of a folder no more is written than may be code."""
    budget = person.budget()
    if person.is_folder:
        (folder / short(person.path)).mkdir(parents=True, exist_ok=True)
    for path, info in person.members.items():
        target = folder / short(path)
        if path != person.path and not kind_of(path.name):
            continue
        with suppress(FileExistsError, NotADirectoryError, IsADirectoryError):  # a and a/b
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_content(person.archive, path, info, budget))
            if info.file_size > MAX_FILE and kind_of(path.name) != ".zip":
                os.truncate(target, MAX_FILE + 1)


def _content(archive: Archive, path: PurePosixPath, info: ZipInfo, budget: Budget) -> bytes:
    with suppress(UnreadableSubmission):
        return archive.content(path, info, budget)
    return b""


def _check_size(zipped: Path, people: Sequence[InZip]) -> None:
    """Raises UsageError for a zip that would unpack to too much: no member has more bytes than its
    description says."""
    sizes = [info.file_size for person in people for info in person.members.values()]
    limit = MAX_UNPACKED + MAX_RATIO * zipped.stat().st_size
    if sum(min(each, MAX_FILE) for each in sizes) > limit:
        raise UsageError(
            f"{zipped} unpacks to more than {limit >> 20} MB, about {MAX_RATIO} times its size: "
            "more than a class hands in. Unpack it yourself, look at what is so large, and name "
            "the folder."
        )


def _no_room(zipped: Path, folder: Path, error: OSError) -> UsageError:
    text = _(
        "{zip} cannot be unpacked to {folder}: {problem}. Make room there, or unpack it yourself "
        "and grade the folder."
    )
    return UsageError(text.format(zip=zipped, folder=folder, problem=error.strerror))


def _short(part: str) -> str:
    stem, suffix = PurePosixPath(part).stem, PurePosixPath(part).suffix[:10]
    return stem.encode("utf-8", "replace")[:MAX_NAME].decode("utf-8", "ignore") + suffix
