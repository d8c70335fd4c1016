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
from grader.submissions.archive import MAX_NESTED, Archive
from grader.submissions.budget import Budget
from grader.submissions.classes import Unclear, everyone, people
from grader.submissions.exports import plain
from grader.submissions.files import kind_of
from grader.submissions.handins import WHOLE, Export, is_list
from grader.submissions.recognition import find
from grader.submissions.trees import MAX_MEMBERS, InZip, OnDisk, Tree
from grader.submissions.unpacking import unpack
from grader.submissions.uploads import Upload

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
    reader: str | None = None,
) -> Found:
    """Every path itself, but for the folder or the zip of a class what each person handed in, with
    what an export of a learning platform says about it.

    is_class: what the folders and zips are, where that is known. reader: which module of `exports`
    reads them; without it each that recognises something may. leave_out: a folder for results,
    which may lie among the submissions.

    The zip of a class is unpacked to a folder beside it, class.zip to class.unpacked. Raises
    UsageError for one that unpacks to too much, where it is unclear what the only path is, and
    where `reader` finds nothing to read. Of several paths, one that is unclear is one submission:
    no student can stop the others.
    """
    look = _Look(assignment, leave_out, is_class, reader)
    found: list[Upload] = []
    for path in paths:
        try:
            found += look.at(path)
        except Unclear as error:
            if len(paths) == 1:
                raise
            found.append(Upload(path))
            text = _("{path} is graded as one submission. {problem}")
            look.notes.append(text.format(path=well_formed(str(path)), problem=error))
    each: dict[str, Upload] = {}
    for upload in found:
        each.setdefault(place_of(upload.path), upload)
    return Found([*each.values()], look.notes)


@dataclass
class _Look:
    """What is looked for, the same at every path."""

    assignment: Assignment
    leave_out: Path | None
    is_class: bool | None
    reader: str | None
    notes: list[str] = field(default_factory=list)

    def at(self, path: Path) -> list[Upload]:
        """The submissions at one path. Raises UsageError."""
        is_folder = path.is_dir() and not path.is_symlink()
        is_zip = kind_of(path.name) == ".zip" and path.is_file()
        if self.is_class is False or not (is_folder or is_zip):
            return [Upload(path)]
        try:
            return (self._in_folder(path) if is_folder else self._in_zip(path)) or [Upload(path)]
        except (UnreadableSubmission, OSError):
            return [Upload(path)]  # its record says why

    def _in_folder(self, path: Path) -> list[Upload]:
        """What each person handed in, if it is a class's. Raises UsageError and OSError."""
        only = _only_zip(path, self.leave_out)
        if only is not None:
            inside = self.at(only)
            if [upload.path for upload in inside] != [only]:
                return inside
        export = self._export(OnDisk(path, self.leave_out))
        if export is None:
            return []
        trees = (tree for handin in export.handins for _name, tree in handin.files)
        return _uploads(export, [tree.path for tree in trees if isinstance(tree, OnDisk)])

    def _in_zip(self, path: Path) -> list[Upload]:
        """The same of a zip, which is unpacked. Raises UnreadableSubmission, too."""
        with path.open("rb") as file:
            budget = Budget(path.name, path.stat().st_size)
            archive = Archive(path.name, file, budget, MAX_MEMBERS)
            export = self._export(_innermost(InZip.of(archive, budget)))
            if export is None:
                return []
            trees = (tree for handin in export.handins for _name, tree in handin.files)
            places, notes = unpack(path, [tree for tree in trees if isinstance(tree, InZip)])
        self.notes += notes
        return _uploads(export, places)

    def _export(self, tree: Tree) -> Export | None:
        """What is in the folder or zip of a class; None if it is one student's."""
        export = find(tree, self.assignment, self.reader)
        if export is None:
            whose = everyone if self.is_class else people
            entries = whose(tree, self.assignment)
            export = None if entries is None else plain.export_of(entries)
        if export is not None:
            self.notes += [f"{well_formed(tree.name)}: {note}" for note in export.notes]
        return export


def _innermost(tree: InZip) -> InZip:
    """The zip that a zip holds and nothing else, as a download that was zipped again does. Raises
    UnreadableSubmission."""
    here = tree
    for _level in range(MAX_NESTED):
        entries = [entry for entry in here.entries() if entry.is_folder or not is_list(entry.name)]
        if len(entries) != 1:
            break
        if entries[0].is_folder:
            here = entries[0]
        elif kind_of(entries[0].name) == ".zip":
            here = tree = entries[0].opened()
    return tree


def _uploads(export: Export, places: Sequence[Path]) -> list[Upload]:
    """What was handed in, at the places of its files, in their order."""
    place = iter(places)
    found = []
    for handin in export.handins:
        files = tuple((name, next(place)) for name, _tree in handin.files)
        is_whole = files[0][0] == WHOLE
        found.append(Upload(files[0][1], handin.origin, () if is_whole else files))
    return found


def _only_zip(folder: Path, leave_out: Path | None) -> Path | None:
    """The zip that a folder holds and nothing else, but for lists and what was unpacked from it."""
    entries = [
        path
        for path in folder.iterdir()
        if path.name[0] != "." and path != leave_out and not (path.is_file() and is_list(path.name))
    ]
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


def telling_names(uploads: Sequence[Upload]) -> list[str]:
    """What each submission is called, in their order: by the people who handed it in, else as its
    file is. Those that would be called like others get the person's id, the number of the attempt,
    the folders around them, or their endings."""
    names = [_of_people(upload) or name_of(upload.path) for upload in uploads]
    owners = {upload.origin.people for upload in uploads}
    shared = Counter(", ".join(person.name for person in people) for people in owners)
    for number, upload in enumerate(uploads):
        ids = ", ".join(person.id for person in upload.origin.people if person.id)
        if ids and shared[", ".join(person.name for person in upload.origin.people)] > 1:
            names[number] = f"{names[number]} ({ids})" if names[number] != ids else ids
    common = Counter(names)
    for number, upload in enumerate(uploads):
        if common[names[number]] > 1 and upload.origin.attempt and upload.origin.people:
            attempt = _("attempt {number}").format(number=upload.origin.attempt)
            names[number] = f"{names[number]}, {attempt}"
    common = Counter(names)
    alike = [number for number, name in enumerate(names) if common[name] > 1]
    placed = _placed_names([uploads[number].path for number in alike])
    for number in alike:
        names[number] = placed[uploads[number].path]
    return [well_formed(name.replace(os.sep, "_")) for name in names]


def _of_people(upload: Upload) -> str:
    """The people's names, or what else is known of them; "" if nothing is."""
    known = [person.name or person.id or person.email for person in upload.origin.people]
    return ", ".join(filter(None, known))


def _placed_names(paths: Sequence[Path]) -> dict[Path, str]:
    """Names that tell apart where these lie: with the folders around them, or with their
    endings."""
    found: dict[Path, str] = {}
    names = {path: name_of(path) for path in paths}
    common = Counter(names.values())
    places = {path: Path(place_of(path)) for path in paths}
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
    return found
