"""Which submissions the paths of a command line name: one each, or a class in a folder or a zip."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.course.assignment import Assignment
from grader.errors import UnreadableSubmission
from grader.i18n.words import _
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.archive import Archive
from grader.submissions.budget import Budget
from grader.submissions.classes import Unclear, everyone, people
from grader.submissions.files import kind_of
from grader.submissions.trees import InZip, OnDisk
from grader.submissions.unpacking import unpack
from grader.submissions.uploads import Upload

MAX_MEMBERS = 100_000  # of a class's zip
MAX_AROUND = 4  # folders in a name


@dataclass
class Found:
    """The submissions, each once, in the order of the command line, and what to say about them."""

    uploads: list[Upload] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def submissions(
    paths: Sequence[Path],
    assignment: Assignment,
    leave_out: Path | None = None,
    is_class: bool | None = None,
) -> Found:
    """Every path itself, but for the folder or the zip of a class what each person handed in.

    is_class: what the folders and zips are, where that is known. leave_out: a folder for results,
    which may lie among the submissions.

    The zip of a class is unpacked to a folder beside it, class.zip to class.unpacked. Raises
    UsageError for one that unpacks to too much, and where it is unclear what the only path is. Of
    several paths, one that is unclear is one submission: no student can stop the others.
    """
    found = Found()
    for path in paths:
        try:
            found.uploads += map(Upload, _at(path, assignment, leave_out, is_class, found.notes))
        except Unclear as error:
            if len(paths) == 1:
                raise
            found.uploads.append(Upload(path))
            text = _("{path} is graded as one submission. {problem}")
            found.notes.append(text.format(path=well_formed(str(path)), problem=error))
    each: dict[str, Upload] = {}
    for upload in found.uploads:
        each.setdefault(place_of(upload.path), upload)
    return Found([*each.values()], found.notes)


def _at(
    path: Path,
    assignment: Assignment,
    leave_out: Path | None,
    is_class: bool | None,
    notes: list[str],
) -> list[Path]:
    """The submissions at one path. Raises UsageError."""
    is_folder = path.is_dir() and not path.is_symlink()
    if is_class is False or not (is_folder or (kind_of(path.name) == ".zip" and path.is_file())):
        return [path]
    find = everyone if is_class else people
    try:
        if is_folder:
            only = _only_zip(path, leave_out)
            inside = _at(only, assignment, leave_out, is_class, notes) if only else []
            if inside not in ([], [only]):
                return inside
            persons = find(OnDisk(path, leave_out), assignment)
            if persons is None:
                return [path]
            return [each.path for each in persons if isinstance(each, OnDisk)]
        with path.open("rb") as file:
            budget = Budget(path.name, path.stat().st_size)
            archive = Archive(path.name, file, budget, MAX_MEMBERS)
            persons = find(InZip(archive, archive.members, budget), assignment)
            if persons is None:
                return [path]
            unpacked, said = unpack(path, [each for each in persons if isinstance(each, InZip)])
    except (UnreadableSubmission, OSError):
        return [path]  # its record says why
    notes += said
    return unpacked


def _only_zip(folder: Path, leave_out: Path | None) -> Path | None:
    """The zip that a folder holds and nothing else, but for what was unpacked from it."""
    entries = [path for path in folder.iterdir() if path.name[0] != "." and path != leave_out]
    zips = [path for path in entries if kind_of(path.name) == ".zip" and path.is_file()]
    unpacked = [path.with_suffix(".unpacked") for path in zips]
    return zips[0] if len(zips) == 1 and set(entries) <= {*zips, *unpacked} else None


def place_of(path: Path) -> str:
    """Where an upload lies, however its path was typed. Links on the way to it are followed; one
    that is the upload itself is not, for two students with equal files may have links to one."""
    if path.name in ("", ".."):
        return well_formed(str(path.resolve()))
    return well_formed(str(path.parent.resolve() / path.name))


def name_of(path: Path) -> str:
    """What a submission is called: a file without its ending, a link by its own name."""
    own = path if path.name not in ("", "..") else path.resolve()
    return well_formed(own.name if own.is_dir() and not own.is_symlink() else own.stem)


def telling_names(paths: Sequence[Path]) -> dict[Path, str]:
    """Names for those submissions that would be called like others: with the folders around them,
    or with their endings."""
    found: dict[Path, str] = {}
    names = {path: name_of(path) for path in paths}
    common = Counter(names.values())
    places = {path: Path(place_of(path)) for path in paths if common[names[path]] > 1}
    beside = Counter((place.parent, names[path]) for path, place in places.items())
    for path, place in places.items():
        count = beside[place.parent, names[path]]
        around = f"{place.parent.name}_" if count < common[names[path]] else ""
        found[path] = around + (place.name if count > 1 else names[path])
    for above in range(1, MAX_AROUND):
        common = Counter(found.values())
        for path, place in places.items():
            if common[found[path]] > 1 and len(place.parents) > above:
                found[path] = f"{place.parents[above].name}_{found[path]}"
    return {path: well_formed(name.replace(os.sep, "_")) for path, name in found.items()}
