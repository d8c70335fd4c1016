"""The folder of a box without file systems of its own: made, measured and removed.

A grader that is killed leaves its folders behind. Each is locked while its grader lives, so the
next one that starts removes those that nobody holds.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

from grader.sandbox.isolation import allowed

PREFIX = "grader-box-"
NEW, PROBE = "grader-new-", "grader-probe-"  # of a box that begins, of a probe
OLD_SECONDS = 3600.0  # neither of these takes so long
MOST_FILES = 50_000  # of one submission; more is a flood of names
FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


class Scratch:
    """submissions/ for what they write, the worker's code, and data, a link to the public data."""

    def __init__(self, data: Path | None) -> None:
        sweep()
        self.path, self._lock = _made()
        try:
            self._fill(data)
        except BaseException:
            self.remove()
            raise

    def _fill(self, data: Path | None) -> None:
        for source, name in allowed.worker_files():
            target = self.path / "grader" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        (self.path / "submissions").mkdir()
        for path in self.path.rglob("*"):  # whatever the umask: the box may have a user of its own
            path.chmod(0o755 if path.is_dir() else 0o644)
        self.path.chmod(0o755 if os.geteuid() == 0 else 0o700)
        if data is None:
            (self.path / "data").mkdir()
        else:
            (self.path / "data").symlink_to(data)

    def remove(self) -> None:
        """Remove the folder with all that was written there."""
        remove(self.path)
        os.close(self._lock)


def _made() -> tuple[Path, int]:
    """A new folder and its lock. It gets the name that is swept when it is locked already."""
    import fcntl

    new = Path(tempfile.mkdtemp(prefix=NEW))
    lock = os.open(new, FOLDER)
    with contextlib.suppress(OSError):  # some network file systems cannot; nor do they sweep
        fcntl.flock(lock, fcntl.LOCK_EX)
    return new.rename(new.with_name(new.name.replace(NEW, PREFIX))), lock


def sweep() -> None:
    """Remove the folders of this user's graders that were killed."""
    import fcntl

    for folder in Path(tempfile.gettempdir()).glob("grader-*-*"):
        with contextlib.suppress(OSError):  # it is in use, no folder, or gone meanwhile
            found = folder.lstat()
            is_old = time.time() - found.st_mtime > OLD_SECONDS
            is_left = folder.name.startswith(PREFIX) or (
                folder.name.startswith((NEW, PROBE)) and is_old
            )
            if found.st_uid != os.geteuid() or not is_left:
                continue
            lock = os.open(folder, FOLDER)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove(folder)
            finally:
                os.close(lock)


def used_bytes(folder: Path) -> int:
    """Bytes on the disk of the files below a folder, as far as they can be seen; a flood of names
    counts as a full disk."""
    used, files, todo = 0, 0, [folder]
    while todo:
        with contextlib.suppress(OSError), os.scandir(todo.pop()) as entries:
            for entry in entries:
                files += 1
                if files > MOST_FILES:
                    return 1 << 62
                used += entry.stat(follow_symlinks=False).st_blocks * 512
                if entry.is_dir(follow_symlinks=False):
                    todo.append(Path(entry.path))
    return used


def remove(tree: Path) -> None:
    """Remove a hostile tree: closed folders, and nested deeper than recursion and paths can go.

    Walks down and up again by descriptor; `todo` holds the folders that are left on each floor.
    """
    with contextlib.suppress(OSError):
        _empty(os.open(tree, FOLDER))
        os.rmdir(tree)


def _empty(here: int) -> None:
    """Remove all that is in a folder; its descriptor is closed, however that ends."""
    try:
        todo = [_remove_files(here)]
        while todo:
            if todo[-1]:
                inner = _open_folder(todo[-1][-1], here)
                os.close(here)
                here = inner
                todo.append(_remove_files(here))
                continue
            todo.pop()
            if todo:
                outer = os.open("..", FOLDER, dir_fd=here)
                os.close(here)
                here = outer
                os.rmdir(todo[-1].pop(), dir_fd=here)
    finally:
        os.close(here)


def _open_folder(name: str, here: int) -> int:
    try:
        return os.open(name, FOLDER, dir_fd=here)
    except PermissionError:  # closed by its owner, who is this user: root may go anywhere
        os.chmod(name, 0o700, dir_fd=here)
        return os.open(name, FOLDER, dir_fd=here)


def _remove_files(folder: int) -> list[str]:
    """Remove what is no folder; the names of the folders."""
    folders = []
    with os.scandir(folder) as entries:
        for entry in list(entries):
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
            else:
                os.unlink(entry.name, dir_fd=folder)
    return folders
