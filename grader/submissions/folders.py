"""The code files of a student's folder, with those of the zips in it."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path, PurePath

from grader.errors import UnreadableSubmission
from grader.i18n.words import _
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.archive import File, zipped_files
from grader.submissions.budget import Budget
from grader.submissions.files import bytes_of, kind_of
from grader.submissions.layout import (
    MAX_DEPTH,
    MAX_FILES,
    is_installed,
    is_of_system,
    is_other_archive,
    left_out,
    other_archive,
)

MAX_LISTED = 300_000  # entries of its folders


def files_of(folder: Path, budget: Budget) -> Iterator[File]:
    """The .py and .ipynb files below a folder by their paths in it, with their bytes, or why they
    cannot be had. Links and special files are not followed.

    Raises UnreadableSubmission for a folder that holds too much.
    """
    code, notes = code_paths(folder, budget)
    yield from files_at([(path, folder / path) for path in code], budget)
    for note in notes:
        yield PurePath(), UnreadableSubmission(note)


def files_at(named: Sequence[tuple[PurePath, Path]], budget: Budget) -> Iterator[File]:
    """The files at places, by the paths that they have in a submission, with their bytes, or why
    they cannot be had."""
    for path, place in named:
        if budget.files >= MAX_FILES:
            break
        budget.files += 1
        try:
            if is_other_archive(path.name):
                raise other_archive(well_formed(str(path)))
            data = bytes_of(place)
            budget.handed_in += len(data)
            if kind_of(path.name) == ".zip":
                yield from zipped_files(path, data, budget)
            else:
                yield path, data
        except UnreadableSubmission as error:
            yield path, error


def code_paths(folder: Path, budget: Budget) -> tuple[list[PurePath], list[str]]:
    """The files of a folder that may hold a student's code, the uppermost first, and notes about
    what was left out. Raises UnreadableSubmission."""
    found: list[PurePath] = []
    installed: list[PurePath] = []
    deep: list[PurePath] = []
    waiting = deque([PurePath()])
    left = MAX_LISTED
    while waiting and len(found) < MAX_FILES:
        here = waiting.popleft()
        with budget.paused(), os.scandir(folder / here) as listed:  # data may lie beside the code
            entries = sorted(islice(listed, left + 1), key=lambda entry: entry.name)
        left -= len(entries)
        if left < 0:
            text = _("{name} holds more than {count:,} files. Zip your own files only.")
            raise UnreadableSubmission(text.format(name=budget.name, count=MAX_LISTED))
        names = {entry.name for entry in entries}
        for entry in entries:
            path = here / entry.name
            if is_of_system(entry.name):
                continue
            if not entry.is_dir(follow_symlinks=False):
                is_code = kind_of(entry.name) or is_other_archive(entry.name)
                found += [path] if is_code or entry.is_dir() else []  # a link is a note
            elif is_installed(path, names):
                installed.append(path)
            elif len(path.parts) > MAX_DEPTH:
                deep.append(path)
            else:
                waiting.append(path)
    return found[:MAX_FILES], left_out(installed, deep)
