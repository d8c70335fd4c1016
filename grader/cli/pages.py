"""A folder of pages: a file for each person, and the zips that platforms take back."""

from __future__ import annotations

import os
import re
import unicodedata
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import msgspec

from grader.course.files import EPOCH
from grader.errors import UsageError
from grader.grading.results_folder import write
from grader.submissions.exports import feedback_name
from grader.submissions.uploads import Origin

OWN = ".grader-pages.json"  # which files of the folder are ours
MAX_NAME = 100  # bytes of a name; file systems take 255, and paths on Windows 260 characters
# Names of devices, which Windows takes for no file whatever their ending.
DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


class _Own(msgspec.Struct):
    """What an earlier run has written: of which assignment, and which files."""

    assignment: str
    files: list[str]


def file_names(people: Iterable[str]) -> list[str]:
    """A name for the page of each of these people, in their order, without its ending: safe and
    different on every file system, also where capitals and accents make no difference."""
    found: dict[str, str] = {}
    for person in people:
        text = unicodedata.normalize("NFC", person)
        plain = re.sub(r"[^\w .,()@+-]+", "_", text).strip("_. ") or "nobody"
        plain = plain.encode()[:MAX_NAME].decode("utf-8", "ignore")
        if DEVICE.fullmatch(plain.partition(".")[0]):
            plain = f"_{plain}"
        name, number = plain, 1
        while _folded(name) in found:
            number += 1
            name = f"{plain}-{number}"
        found[_folded(name)] = name
    return [*found.values()]


def _folded(name: str) -> str:
    """Equal for names that some file system takes for one."""
    parts = unicodedata.normalize("NFKD", name.casefold())
    return "".join(each for each in parts if not unicodedata.combining(each))


class Folder:
    """The pages of one assignment, made anew. What an earlier run has written, and no page of this
    one replaces, is removed: nobody is sent a page of the past by mistake. Every file is whole at
    every moment.

    with Folder(path, "mlp", names) as folder:
        folder.add(name, page, origin, path)
    """

    def __init__(self, folder: Path, assignment: str, names: Iterable[str]) -> None:
        self.folder = folder
        self.assignment = assignment
        self.removed: list[str] = []
        self.outside: list[str] = []  # names of pages that are in no zip
        self.written = [f"{name}.html" for name in names]
        self._before = self._earlier()
        for page in self.written:
            if page not in self._before and os.path.lexists(folder / page):
                raise UsageError(
                    f"{folder / page} is in the way: no earlier run has written it. Choose a "
                    "folder of its own for the pages, such as --feedback feedback."
                )
        self._zips: dict[str, _Zip] = {}

    def __enter__(self) -> Folder:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._keep([*self._before, *self.written])
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for one in self._zips.values():
            one.close(is_whole=error is None)
        if error is None:
            written = [*self.written, *(one.file.name for one in self._zips.values())]
            self.removed = sorted({*self._before} - {*written})
            for name in self.removed:
                (self.folder / name).unlink(missing_ok=True)
            self._keep(written)

    @property
    def zips(self) -> dict[str, Path]:
        """The zip of each platform."""
        return {platform: one.file for platform, one in self._zips.items()}

    def add(self, name: str, page: str, origin: Origin, path: Path) -> None:
        """Write a page, and put it into the zip for the platform of what was handed in last:
        origin and path are of that."""
        write(self.folder / f"{name}.html", page)
        inside = feedback_name(origin, path, self.assignment)
        if inside is not None:
            if origin.reader not in self._zips:
                self._zips[origin.reader] = _Zip(self.folder / f"feedback_{origin.reader}.zip")
            self._zips[origin.reader].add(inside, page)
        else:
            self.outside.append(name)

    def _earlier(self) -> list[str]:
        """The files that an earlier run has written. Raises UsageError where they are of another
        assignment."""
        if self.folder.is_file():
            raise UsageError(f"{self.folder} is a file; the pages need a folder.")
        try:
            own = msgspec.json.decode((self.folder / OWN).read_bytes(), type=_Own)
        except FileNotFoundError:
            return []
        except (msgspec.DecodeError, OSError):
            raise UsageError(
                f"{self.folder / OWN} is damaged. It says which pages an earlier run has written: "
                "remove the folder, or choose another one."
            ) from None
        if own.assignment != self.assignment:
            raise UsageError(
                f"{self.folder} holds the pages of {own.assignment}. Choose another folder for "
                f"those of {self.assignment}."
            )
        return [name for name in own.files if Path(name).name == name]

    def _keep(self, files: Iterable[str]) -> None:
        own = _Own(self.assignment, [*dict.fromkeys(files)])
        write(self.folder / OWN, msgspec.json.encode(own).decode())


class _Zip:
    """A zip that appears when it is whole; equal pages give equal bytes."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._beside = file.with_name(file.name + ".part")
        self._archive = zipfile.ZipFile(self._beside, "w", zipfile.ZIP_DEFLATED)
        self._names: set[str] = set()

    def add(self, name: str, page: str) -> None:
        """Put a page in; a second one of a name is numbered."""
        stem, ending = os.path.splitext(name)
        number = 1
        while name in self._names:
            number += 1
            name = f"{stem}-{number}{ending}"
        self._names.add(name)
        entry = zipfile.ZipInfo(name, EPOCH)
        entry.external_attr = 0o644 << 16
        self._archive.writestr(entry, page, zipfile.ZIP_DEFLATED)

    def close(self, is_whole: bool) -> None:
        """Put it in its place, or leave nothing of it."""
        self._archive.close()
        if is_whole:
            self._beside.replace(self.file)
        else:
            with suppress(OSError):
                self._beside.unlink(missing_ok=True)
