"""Reading a zip: the code files in it, without ever unpacking it to the disk.

A member's name is a label and no path to write to, sizes are counted while bytes come out, and only
the two usual kinds of compression are taken, because the others unpack without a bound.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePath, PurePosixPath

from grader.errors import UnreadableSubmission
from grader.i18n.words import _

MAX_ARCHIVE = 64 << 20  # bytes
MAX_MEMBERS = 10_000
MAX_UNPACKED = 64 << 20  # bytes of all code files together
ENTRY = b"PK\x01\x02"  # begins the description of a member (PKWARE APPNOTE 4.3.12)
ENCRYPTED = 0x1  # bit of the general purpose flag (APPNOTE 4.4.4)

Member = tuple[PurePath, "bytes | UnreadableSubmission"]


def members(name: str, data: bytes, most: int) -> Iterator[Member]:
    """The .py and .ipynb files of a zip with their bytes, or why one cannot be read.

    most: bytes that one file may have. Raises UnreadableSubmission.
    """
    if data.count(ENTRY) > MAX_MEMBERS:
        raise UnreadableSubmission(
            _("{name} holds more than {count:,} files. Zip your own files only.").format(
                name=name, count=MAX_MEMBERS
            )
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
        raise UnreadableSubmission(
            _("{name} is no zip file, or a damaged one. Zip your files again.").format(name=name)
        ) from None
    left = MAX_UNPACKED
    for info in archive.infolist():
        path = PurePosixPath(info.filename)
        if not _is_code(path):
            continue
        content = _content(archive, info, most)
        if isinstance(content, bytes):
            left -= len(content)
        if left < 0:
            text = _("{name} unpacks to more than {limit} MB of code. Zip your own files only.")
            raise UnreadableSubmission(text.format(name=name, limit=MAX_UNPACKED >> 20))
        yield path, content


def _is_code(path: PurePosixPath) -> bool:
    hidden = any(part.startswith((".", "__MACOSX", "__pycache__")) for part in path.parts)
    outside = path.is_absolute() or ".." in path.parts
    return path.suffix in {".py", ".ipynb"} and not hidden and not outside


def _content(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int
) -> bytes | UnreadableSubmission:
    name = info.filename
    if stat.S_ISLNK(info.external_attr >> 16):
        text = _("{name} is a link; hand in the file itself.")
        return UnreadableSubmission(text.format(name=name))
    if info.flag_bits & ENCRYPTED:
        text = _("{name} is encrypted. Zip your files without a password.")
        return UnreadableSubmission(text.format(name=name))
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        text = _(
            "{name} is compressed in an unusual way. Zip your files with your system's own tool."
        )
        return UnreadableSubmission(text.format(name=name))
    try:
        with archive.open(info) as file:
            content = file.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        text = _("{name} is damaged in the zip file. Zip your files again.")
        return UnreadableSubmission(text.format(name=name))
    if len(content) > most:
        text = _("{name} has more than {limit} MB.")
        return UnreadableSubmission(text.format(name=name, limit=most >> 20))
    return content
