"""What reading one upload may take: processor time, bytes that come out of zips, code."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from grader.errors import UnreadableSubmission
from grader.i18n.words import _

SECONDS_PER_MB = 2.0  # of processor time, for each MB that was handed in
LEAST_SECONDS, MOST_SECONDS = 2.0, 30.0
MAX_ARCHIVE = 64 << 20  # bytes of a student's zip
MAX_FILE = 20 << 20  # bytes; notebooks carry pictures
MAX_UNPACKED = 64 << 20  # bytes of all code files of a zip together, of zips in it too
MAX_MEMBERS = 10_000  # of a student's zip and of the zips in it
MAX_SOURCE = 1 << 20  # characters of code in a submission; its trees take two hundred times as much


class Budget:
    """Asked before every step of reading; no single step takes more than about three seconds.

    handed_in: bytes on the disk. files: code files that were given out. Time is the processor's, of
    this thread alone, so a busy machine costs no student anything. What turns out to be unreadable
    counts as well.
    """

    def __init__(self, name: str, handed_in: int = 0) -> None:
        self.name = name
        self.handed_in = handed_in
        self.unpacked = 0
        self.members = 0
        self.files = 0
        self.code = 0
        self.started = time.thread_time()

    def check(self) -> None:
        """Raises UnreadableSubmission when nothing is left for the upload as a whole."""
        seconds = min(max(LEAST_SECONDS, SECONDS_PER_MB * self.handed_in / 1e6), MOST_SECONDS)
        if time.thread_time() - self.started > seconds:
            text = _(
                "{name} takes too long to read: more than {seconds:.0f} seconds. Mend what Python "
                "cannot read in it, and hand in your own code only."
            )
            raise UnreadableSubmission(text.format(name=self.name, seconds=seconds))
        if self.unpacked > MAX_UNPACKED:
            text = _("{name} unpacks to more than {limit} MB of code. Zip your own files only.")
            raise UnreadableSubmission(text.format(name=self.name, limit=MAX_UNPACKED >> 20))

    def take_members(self, count: int, most: int) -> None:
        """Count the members of a zip. Raises UnreadableSubmission for one that is too much."""
        self.members += count
        if self.members > most:
            text = _("{name} holds more than {count:,} files. Zip your own files only.")
            raise UnreadableSubmission(text.format(name=self.name, count=most))

    def take_code(self, name: str, count: int) -> None:
        """Count the characters of a file. Raises UnreadableSubmission for one that is too much."""
        if self.code + count > MAX_SOURCE:
            text = _("{name} has more than {count:,} characters of code. Hand in your code only.")
            if self.code:
                text = _(
                    "{name} was left out: your files have more than {count:,} characters of code "
                    "together. Hand in your code only."
                )
            raise UnreadableSubmission(text.format(name=name, count=MAX_SOURCE))
        self.code += count

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What is done here is not the upload's."""
        before = time.thread_time()
        yield
        self.started += time.thread_time() - before
