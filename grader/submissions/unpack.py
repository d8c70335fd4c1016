"""The zip of a whole class, as learning platforms make it, becomes a folder.

The names and the contents in it are the students', so no name leads out of the folder, and of each
file no more is written than a submission may have.
"""

from __future__ import annotations

import zipfile
import zlib
from contextlib import suppress
from pathlib import Path, PurePosixPath

from grader.errors import UsageError
from grader.submissions.reading import MAX_FILE

MAX_MEMBERS = 100_000
MAX_NAME = 200  # bytes of a file's name; file systems take 255
SUBMITTED = {".py", ".ipynb", ".zip"}
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


def unpack(path: Path, folder: Path) -> None:
    """Write the files of a zip below `folder`. What cannot be a submission, or cannot be unpacked,
    becomes an empty file: somebody handed it in, and reads that it cannot be graded.

    Raises UsageError for a file that is no zip.
    """
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN:
        raise UsageError(f"{path} is no zip file, or a damaged one.") from None
    with archive:
        for info in archive.infolist()[:MAX_MEMBERS]:
            name = PurePosixPath(info.filename.replace("\\", "/"))
            if info.is_dir() or name.is_absolute() or _is_hidden(name):
                continue
            target = folder.joinpath(*map(_short, name.parts))
            with suppress(FileExistsError, NotADirectoryError, IsADirectoryError):  # a and a/b
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(_content(archive, info))


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A member's bytes. One more than a submission may have makes it unreadable, not truncated."""
    usual = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others: no bound
    if not usual or PurePosixPath(info.filename).suffix.lower() not in SUBMITTED:
        return b""
    try:
        with archive.open(info) as member:
            return member.read(MAX_FILE + 1)
    except BROKEN:
        return b""


def _is_hidden(name: PurePosixPath) -> bool:
    """Of the system, of Jupyter, or ".." on the way out."""
    return any(part.startswith((".", "__MACOSX", "__pycache__")) for part in name.parts)


def _short(part: str) -> str:
    stem, suffix = PurePosixPath(part).stem, PurePosixPath(part).suffix[:10]
    return stem.encode("utf-8", "replace")[:MAX_NAME].decode("utf-8", "ignore") + suffix
