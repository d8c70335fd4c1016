"""Reading a zip, one student's or a class's: the only place where bytes come out of one.

A member's name is a label and no path to write to, sizes are counted while bytes come out, and only
the two usual kinds of compression are taken, because the others unpack without a bound.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePath, PurePosixPath
from typing import BinaryIO

from grader.errors import UnreadableSubmission
from grader.i18n.words import _
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.budget import MAX_ARCHIVE, MAX_FILE, MAX_MEMBERS, Budget
from grader.submissions.files import kind_of
from grader.submissions.layout import (
    MAX_FILES,
    is_of_system,
    is_other_archive,
    left_out,
    other_archive,
    own_paths,
)
from grader.submissions.zip_names import names

MAX_NESTED = 3  # zips in zips
CHUNK = 1 << 20  # bytes that come out at once
ENTRY = b"PK\x01\x02"  # begins the description of a member (PKWARE APPNOTE 4.3.12)
ENCRYPTED = 0x1  # bit of the general purpose flag (APPNOTE 4.4.4)
DRIVE = re.compile(r"^[A-Za-z]:")
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(ValueError, OverflowError, NotImplementedError, RuntimeError),
)

File = tuple[PurePath, "bytes | UnreadableSubmission"]
Members = dict[PurePosixPath, zipfile.ZipInfo]  # by where they belong


class Archive:
    """An open zip. members: by where they belong below its folder, without a system's own.
    folders: those that the zip names, which may have nothing in them."""

    def __init__(self, name: str, file: BinaryIO, budget: Budget, most: int = MAX_MEMBERS) -> None:
        """most: members that it may have, with those that the budget has counted already. Raises
        UnreadableSubmission."""
        # Listing makes an object of every member. What is too large for a student's comes from a
        # learning platform, and has the zips of students in it, with members of their own.
        start = file.read(MAX_ARCHIVE + 1)
        if len(start) <= MAX_ARCHIVE:
            budget.take_members(start.count(ENTRY), most)
        try:
            self._zip = zipfile.ZipFile(file)
        except BROKEN:
            text = _("{name} is no zip file, or a damaged one. Zip your files again.")
            raise UnreadableSubmission(text.format(name=name)) from None
        self.name = name
        self.members, self.folders = _placed(self._zip.infolist())

    def content(self, path: PurePosixPath, info: zipfile.ZipInfo, budget: Budget) -> bytes:
        """The bytes of a member. Raises UnreadableSubmission if they cannot be had, with a sentence
        about the member, or about the budget's upload if that is used up."""
        name = well_formed(str(path))
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
        most = MAX_ARCHIVE if kind_of(path.name) == ".zip" else MAX_FILE
        found = bytearray()
        try:
            with self._zip.open(info) as file:
                while len(found) <= most:
                    budget.check()
                    chunk = file.read(min(CHUNK, most + 1 - len(found)))
                    if not chunk:
                        return bytes(found)
                    budget.unpacked += len(chunk)
                    found += chunk
        except BROKEN:
            text = _("{name} is damaged in the zip file. Zip your files again.")
            raise UnreadableSubmission(text.format(name=name)) from None
        text = _("{name} has more than {limit} MB.")
        raise UnreadableSubmission(text.format(name=name, limit=most >> 20))

    def files(
        self, members: Members, budget: Budget, label: PurePath | None = None, level: int = 0
    ) -> Iterator[File]:
        """The .py and .ipynb files among members by their paths, with their bytes, or why they
        cannot be had; those of a zip among them too, below its path. label: the path of this zip
        in the submission. level: of zips around it."""
        label = label or PurePosixPath()
        code, installed, deep = own_paths(members, len(label.parts))
        for path in code:
            if budget.files >= MAX_FILES:
                break
            budget.files += 1
            if is_other_archive(path.name):
                yield label / path, other_archive(well_formed(str(label / path)))
                continue
            try:
                data = self.content(path, members[path], budget)
                if kind_of(path.name) == ".zip":
                    yield from zipped_files(label / path, data, budget, level + 1)
                else:
                    yield label / path, data
            except UnreadableSubmission as error:
                yield label / path, error
        for note in left_out([label / path for path in installed], [label / path for path in deep]):
            yield label, UnreadableSubmission(note)


def zipped_files(label: PurePath, data: bytes, budget: Budget, level: int = 1) -> Iterator[File]:
    """The code files of a zip that lies in a submission, below its path there.

    Raises UnreadableSubmission.
    """
    name = well_formed(str(label))
    if level > MAX_NESTED:
        text = _("{name} is a zip in {count} other zips. Zip your files once.")
        raise UnreadableSubmission(text.format(name=name, count=MAX_NESTED))
    archive = Archive(name, io.BytesIO(data), budget)
    yield from archive.files(archive.members, budget, label, level)


def code_files(name: str, file: BinaryIO, budget: Budget) -> Iterator[File]:
    """The code files of a student's zip. Raises UnreadableSubmission."""
    archive = Archive(name, file, budget)
    yield from archive.files(archive.members, budget)


def _placed(infos: list[zipfile.ZipInfo]) -> tuple[Members, set[PurePosixPath]]:
    """Members by their labels, and the folders among them. Of two of the same name the last counts,
    as when it is unpacked; of two names with one label the second gets a number."""
    last = dict(zip(names(infos), infos, strict=True))
    found: Members = {}
    folders: set[PurePosixPath] = set()
    for name, info in last.items():
        path = label_of(name)
        if path is None:
            continue
        if name.endswith(("/", "\\")):
            folders.add(path)
            continue
        stem, number = path.stem, 1
        while path in found:
            number += 1
            path = path.with_name(f"{stem}-{number}{path.suffix}")
        found[path] = info
    return found, folders - found.keys()


def label_of(name: str) -> PurePosixPath | None:
    """Where a member belongs, below the folder of the zip: the harmless parts of its name. None for
    what belongs to a system or to Jupyter."""
    split = DRIVE.sub("", name).replace("\\", "/").split("/")
    parts = [part for part in split if part.strip() not in ("", ".", "..")]
    return PurePosixPath(*parts) if parts and not any(map(is_of_system, parts)) else None
