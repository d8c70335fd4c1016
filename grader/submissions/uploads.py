"""What was handed in: by whom, when, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath

import msgspec


class Person(msgspec.Struct, frozen=True):
    """Who handed something in, as far as an export or a roster tells.

    name: as people write it. id: what the platform calls them, a number or a login. email. Each is
    "" where nothing says it.
    """

    name: str = ""
    id: str = ""
    email: str = ""


class Origin(msgspec.Struct, frozen=True):
    """What the export of a learning platform says about an upload.

    people: all who handed it in together. time: when, with its zone, if it is told. is_late:
    whether the platform marks it so; None where it says nothing. attempt: its number from 1 among
    those of the same people; 0 where it says nothing. reader: which reader of exports told this.
    """

    people: tuple[Person, ...] = ()
    time: datetime | None = None
    is_late: bool | None = None
    attempt: int = 0
    reader: str = ""


UNKNOWN = Origin()


@dataclass(frozen=True)
class Upload:
    """One submission before it is read.

    path: the file, folder or zip. files: where it is several files that lie side by side among
    those of others, as flat exports have them: what each was called when it was handed in, and
    where it lies; `path` is the first of them then.
    """

    path: Path
    origin: Origin = UNKNOWN
    files: tuple[tuple[PurePath, Path], ...] = ()
