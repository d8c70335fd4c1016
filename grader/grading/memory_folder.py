"""Private folders for what a machine may hold for a while only, in memory where there is room."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from grader.sandbox.isolation.scratch import remove

MEMORY = Path("/dev/shm")  # a file system in memory, on Linux
PREFIX = "grader-for-a-while-"
NEW_SECONDS = 60.0  # by then its maker has locked it


@contextlib.contextmanager
def memory_folder(needed: int) -> Iterator[Path]:
    """A folder with room for so many bytes that only this user may enter, removed at the end.

    One that a killed process has left is removed by the next one that is made. Raises OSError.
    """
    import fcntl  # which Windows lacks

    place = MEMORY if _has_room(MEMORY, needed) else Path(tempfile.gettempdir())
    _sweep(place)
    with tempfile.TemporaryDirectory(
        prefix=PREFIX, dir=place, ignore_cleanup_errors=True
    ) as folder:
        lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield Path(folder)
        finally:
            os.close(lock)


def _has_room(place: Path, needed: int) -> bool:
    return os.access(place, os.W_OK | os.X_OK) and shutil.disk_usage(place).free > needed


def _sweep(place: Path) -> None:
    """Remove the folders of this user's processes that were killed: those that nobody locks."""
    import fcntl

    for folder in place.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # it is in use, or gone meanwhile
            found = folder.lstat()
            if found.st_uid != os.geteuid() or time.time() - found.st_mtime < NEW_SECONDS:
                continue
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove(folder)
            finally:
                os.close(lock)
