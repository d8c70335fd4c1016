"""Reading a zip, one student's or a class's: the only place where bytes come out of one.

A member's name is a label and no path to write to, sizes are counted while bytes come out, and only
the two usual kinds of compression are taken, because the others unpack without a bound.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import PurePath, PurePosixPath
from typing import BinaryIO

from grader.errors import UnreadableSubmission
from grader.i18n.words import _
from grader.submissions.budget import Budget

MAX_MEMBERS = 10_000
MAX_ARCHIVE = 64 << 20  # bytes of a student's zip
MAX_FILE = 20 << 20  # bytes; notebooks carry pictures
CHUNK = 1 << 20  # bytes that come out at once
ENTRY = b"PK\x01\x02"  # begins the description of a member (PKWARE APPNOTE 4.3.12)
ENCRYPTED = 0x1  # bit of the general purpose flag (APPNOTE 4.4.4)
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(ValueError, OverflowError, NotImplementedError, RuntimeError),
)

File = tuple[PurePath, "bytes | UnreadableSubmission"]


class Archive:
    """An open zip."""

    def __init__(self, name: str, file: BinaryIO, most: int = MAX_MEMBERS) -> None:
        """most: members that it may have. Raises UnreadableSubmission."""
        # Listing makes an object of every member. What is too large for a student's comes from a
        # learning platform, and has the zips of students in it, with members of their own.
        start = file.read(MAX_ARCHIVE + 1)
        if len(start) <= MAX_ARCHIVE and start.count(ENTRY) > most:
            text = _("{name} holds more than {count:,} files. Zip your own files only.")
            raise UnreadableSubmission(text.format(name=name, count=most))
        try:
            self._zip = zipfile.ZipFile(file)
        except BROKEN:
            text = _("{name} is no zip file, or a damaged one. Zip your files again.")
            raise UnreadableSubmission(text.format(name=name)) from None
        self.members = [info for info in self._zip.infolist() if not info.is_dir()]

    def content(self, info: zipfile.ZipInfo, budget: Budget) -> bytes:
        """The bytes of a member. Raises UnreadableSubmission if they cannot be had, with a sentence
        about the member, or about the budget's upload if that is used up."""
        name = info.filename
        if stat.S_ISLNK(info.external_attr >> 16):
            text = _("{name} is a link; hand in the file itself.")
            raise UnreadableSubmission(text.format(name=name))
        if info.flag_bits & ENCRYPTED:
            text = _("{name} is encrypted. Zip your files without a password.")
            raise UnreadableSubmission(text.format(name=name))
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            text = _(
                "{name} is compressed in an unusual way. Zip your files with your system's own "
                "tool."
            )
            raise UnreadableSubmission(text.format(name=name))
        found = bytearray()
        try:
            with self._zip.open(info) as file:
                while len(found) <= MAX_FILE:
                    budget.check()
                    chunk = file.read(min(CHUNK, MAX_FILE + 1 - len(found)))
                    if not chunk:
                        return bytes(found)
                    budget.unpacked += len(chunk)
                    found += chunk
        except BROKEN:
            text = _("{name} is damaged in the zip file. Zip your files again.")
            raise UnreadableSubmission(text.format(name=name)) from None
        text = _("{name} has more than {limit} MB.")
        raise UnreadableSubmission(text.format(name=name, limit=MAX_FILE >> 20))

    def files(
        self, members: Iterable[tuple[PurePath, zipfile.ZipInfo]], budget: Budget
    ) -> Iterator[File]:
        """The bytes of members by their paths, or why they cannot be had."""
        for path, info in members:
            try:
                data: bytes | UnreadableSubmission = self.content(info, budget)
            except UnreadableSubmission as error:
                data = error
            yield path, data


def path_of(info: zipfile.ZipInfo) -> PurePosixPath | None:
    """Where a member belongs, below the folder of the zip; None for one that belongs to the system
    or to Jupyter, and for a name that leads out of it."""
    path = PurePosixPath(info.filename.replace("\\", "/"))
    hidden = any(part.startswith((".", "__MACOSX", "__pycache__")) for part in path.parts)
    return None if hidden or path.is_absolute() or not path.parts else path


def code_files(name: str, file: BinaryIO, budget: Budget) -> Iterator[File]:
    """The .py and .ipynb files of a student's zip with their bytes, or why one cannot be read.

    Raises UnreadableSubmission.
    """
    archive = Archive(name, file)
    paths = [(path_of(info), info) for info in archive.members]
    code = [(path, info) for path, info in paths if path and path.suffix in {".py", ".ipynb"}]
    yield from archive.files(code, budget)
