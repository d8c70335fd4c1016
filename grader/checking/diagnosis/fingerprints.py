"""What checks see of each known mistake, and which stubs each check runs: computed once for a
suite, and kept between runs.

The file is named after a digest of all that decides about a value: the assignment with the
grader's own source, the data set, Python, torch, the processor's instructions and the language. It
lies in the user's cache (GRADER_CACHE names another one) and may be deleted at any time. A damaged
one is made anew; where none can be written, everything is computed anew.
"""

from __future__ import annotations

import contextlib
import io
import pickle
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch

from grader.course import datasets
from grader.course.assignment import Assignment
from grader.course.datasets import Dataset
from grader.i18n import words

MOST_WRITTEN = 1 << 20  # bytes of one value
WAIT_SECONDS = 5.0  # for another process that writes
# What torch says of a value that is more than tensors and plain values, on either way.
UNWRITABLE = (pickle.PickleError, TypeError, AttributeError, RuntimeError)
# What numpy makes arrays and numbers of, which those of other frameworks become: nothing that runs.
OF_NUMPY: list[Any] = [
    np.dtype,
    np.ndarray,
    *(value.__reduce__()[0] for value in (np.zeros(1), np.float32(0))),
    *{type(np.dtype(code)) for code in np.typecodes["All"]},
]

T = TypeVar("T")


@dataclass(frozen=True)
class Raised:
    """An exception of the student's code at the end of what a check compared."""

    kind: str
    message: str


class Fingerprints:
    """Values by key, of one assignment on one data set."""

    def __init__(self, assignment: Assignment, dataset: Dataset | None) -> None:
        self.assignment = assignment
        self.dataset = dataset
        self.known: dict[str, Any] = {}  # to this process

    def get(self, key: str, compute: Callable[[], T]) -> T:
        """The value of this key; `compute` gives it where nobody has computed it before."""
        if key not in self.known:
            try:
                self.known[key] = self._read(key)
            except KeyError:
                self.known[key] = compute()
                self._write(key, self.known[key])
        return self.known[key]

    def _read(self, key: str) -> Any:
        """Raises KeyError where there is no such value that can be read."""
        try:
            rows = self._kept.execute("SELECT value FROM kept WHERE key = ?", [key]).fetchall()
            with torch.serialization.safe_globals([Raised, *OF_NUMPY]):
                return torch.load(io.BytesIO(rows[0][0]), weights_only=True)
        except (sqlite3.Error, IndexError, EOFError, *UNWRITABLE) as error:
            raise KeyError(key) from error

    def _write(self, key: str, value: Any) -> None:
        """Where a value holds an object of the solution, such as a generator, nothing is kept."""
        written = io.BytesIO()
        try:
            torch.save(value, written)
        except UNWRITABLE:
            return
        if written.tell() <= MOST_WRITTEN:
            with contextlib.suppress(sqlite3.Error), self._kept:
                self._kept.execute("REPLACE INTO kept VALUES (?, ?)", [key, written.getvalue()])

    @cached_property
    def _kept(self) -> sqlite3.Connection:
        try:
            file = self._file()
            try:
                return _opened(file)
            except sqlite3.OperationalError:  # locked, or the disk is full: no fault of the file
                raise
            except sqlite3.DatabaseError:
                for part in file.parent.glob(f"{file.name}*"):  # and its journal
                    part.unlink(missing_ok=True)
                return _opened(file)
        except (sqlite3.Error, OSError):
            return _opened(":memory:")

    def _file(self) -> Path:
        """Where the values lie; those of earlier states of the assignment are deleted."""
        folder = datasets.cache_folder() / "fingerprints"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        start = f"{self.assignment.name}-{self.dataset.variant if self.dataset else 'no-data'}"
        file = folder / f"{start}-{self._digest()}.sqlite"
        for old in folder.glob(f"{start}-*"):
            if not old.name.startswith(file.name):  # nor the journal of one who writes now
                old.unlink(missing_ok=True)
        return file

    def _digest(self) -> str:
        decisive = [self.assignment.digest, self.dataset.sha256 if self.dataset else ""]
        decisive += [sys.version, torch.__version__, torch.backends.cpu.get_cpu_capability()]
        return sha256("\n".join([*decisive, words.language()]).encode()).hexdigest()[:16]


def _opened(file: Path | str) -> sqlite3.Connection:
    """Raises sqlite3.DatabaseError for a file that is damaged, and the OperationalError among them
    for one that cannot be used now."""
    kept = sqlite3.connect(file, timeout=WAIT_SECONDS)
    (found,) = kept.execute("PRAGMA quick_check(1)").fetchone()  # milliseconds for some megabytes
    if found != "ok":
        kept.close()
        raise sqlite3.DatabaseError(found)
    kept.execute("PRAGMA synchronous = OFF")  # after a crash of the machine it is made anew
    kept.execute("CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value BLOB)")
    return kept
