"""Which submissions the paths of a command line name: one each, or a class in a folder or a zip."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from grader.course.assignment import Assignment
from grader.errors import UnreadableSubmission, UsageError
from grader.i18n.words import _
from grader.sandbox.inside.protocol import well_formed
from grader.submissions import exports
from grader.submissions.archive import MAX_NESTED, Archive
from grader.submissions.budget import Budget
from grader.submissions.classes import Unclear, everyone, people
from grader.submissions.exports import plain
from grader.submissions.files import kind_of
from grader.submissions.handins import WHOLE, Export, is_list, says_late
from grader.submissions.recognition import find, numbered, read
from grader.submissions.trees import MAX_MEMBERS, InZip, OnDisk, Tree
from grader.submissions.unpacking import unpack
from grader.submissions.uploads import Origin, Person, Upload

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
    what the export of a learning platform says about it. A path in an export is told by it, too.

    is_class: what the folders and zips are, where that is known. reader: which module of `exports`
    reads them; without it each that recognises something may. leave_out: a folder for results,
    which may lie among the submissions.

    The zip of a class is unpacked to a folder beside it, class.zip to class.unpacked. Raises
    UsageError for one that unpacks to too much, where it is unclear what the only path is, and
    where `reader` finds nothing to read. Of several paths, one that is unclear is one submission:
    no student can stop the others.
    """
    look = _Look(assignment, leave_out, is_class, reader)
    found = {path: look.in_export(path) for path in dict.fromkeys(paths)}
    alone = [path for path, own in found.items() if own is None]
    classes = {path: look.members(path, len(paths) == 1) for path in alone}
    if is_class is None and reader is None:
        _without_strangers(classes, look.notes)
    each: dict[str, Upload] = {}
    for path, own in found.items():
        for upload in classes[path] or [Upload(path)] if own is None else own:
            each.setdefault(place_of(upload.path), upload)
    uploads = [*each.values()] or [*map(Upload, paths)]
    # Several exports may have attempts of the same people.
    origins = numbered([upload.origin for upload in uploads])
    told = [replace(one, origin=origin) for one, origin in zip(uploads, origins, strict=True)]
    return Found(told, look.notes)


def _without_strangers(classes: dict[Path, list[Upload]], notes: list[str]) -> None:
    """Beside submissions of single people, in one folder or in folders side by side, nothing is a
    class: what one of them hands in could name others. Takes away what was found in it, with a
    note."""
    singles = [Path(place_of(path)) for path, members in classes.items() if not members]
    for path, members in classes.items():
        place = Path(place_of(path))
        others = [single for single in singles if place not in single.parents]
        if members and any({*place.parents[:2]} & {*other.parents[:2]} for other in others):
            classes[path] = []
            notes.append(
                f"{well_formed(str(path))} looks like a class of its own, beside others that are "
                "one submission each: it is graded as one, too. Name it alone if it is a class."
            )


@dataclass
class _Look:
    """What is looked for, the same at every path."""

    assignment: Assignment
    leave_out: Path | None
    is_class: bool | None
    reader: str | None
    notes: list[str] = field(default_factory=list)
    # By reader and folder: what lies beside single paths.
    around: dict[tuple[str, Path], dict[str, Upload]] = field(default_factory=dict)

    def members(self, path: Path, is_only: bool = True) -> list[Upload]:
        """What each person of a class handed in; nothing if the path is one submission. Raises
        UsageError, but where it is unclear and not the only path."""
        is_folder = path.is_dir() and not path.is_symlink()
        is_zip = kind_of(path.name) == ".zip" and path.is_file()
        if self.is_class is False or not (is_folder or is_zip):
            return []
        try:
            return self._in_folder(path) if is_folder else self._in_zip(path)
        except Unclear as error:
            if is_only:
                raise
            text = _("{path} is graded as one submission. {problem}")
            self.notes.append(text.format(path=well_formed(str(path)), problem=error))
        except (UnreadableSubmission, OSError):
            pass  # its record says why
        return []

    def in_export(self, path: Path) -> list[Upload] | None:
        """The submission of one path, as the export around it tells it, with all files, if it is
        one of several; nothing if it is nobody's, such as a receipt. None where no export is."""
        for reader in [self.reader] if self.reader else exports.names():
            folder = exports.reader_of(reader).around(path)
            if folder is None:
                continue
            if says_late(folder.name):
                folder = folder.parent
            if (reader, folder) not in self.around:
                self.around[reader, folder] = self._beside(reader, folder)
            around = self.around[reader, folder]
            if around:
                upload = around.get(place_of(path))
                return [upload] if upload else []
        return None

    def _beside(self, reader: str, folder: Path) -> dict[str, Upload]:
        """What lies in the folder of an export, by the places of all files."""
        with suppress(UsageError, OSError):
            export = read(reader, OnDisk(folder, self.leave_out), self.assignment)
            uploads = _uploads(export, _paths(export)) if export else []
            return {
                place_of(place): upload
                for upload in uploads
                for place in [upload.path, *(place for _name, place in upload.files)]
            }
        return {}

    def _in_folder(self, path: Path) -> list[Upload]:
        """What each person handed in, if it is a class's. Raises UsageError and OSError."""
        only = _only_zip(path, self.leave_out)
        if only is not None:
            inside = self.members(only)
            if inside:
                return inside
        export = self._export(OnDisk(path, self.leave_out))
        if export is None:
            return []
        return _uploads(export, _paths(export))

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


def _paths(export: Export) -> list[Path]:
    """Where the files of an export lie on the disk."""
    trees = (tree for handin in export.handins for _name, tree in handin.files)
    return [tree.path for tree in trees if isinstance(tree, OnDisk)]


def _uploads(export: Export, places: Sequence[Path]) -> list[Upload]:
    """What was handed in, at the places of its files, in their order."""
    place = iter(places)
    found = []
    for handin in export.handins:
        files = tuple((name, next(place)) for name, _tree in handin.files)
        is_whole = files[0][0] == WHOLE
        found.append(Upload(files[0][1], _well_formed(handin.origin), () if is_whole else files))
    return found


def _well_formed(origin: Origin) -> Origin:
    """With names that any file can hold: on a disk they may be bytes that are no text."""
    people = tuple(
        Person(*map(well_formed, (one.name, one.id, one.email))) for one in origin.people
    )
    return msgspec.structs.replace(origin, people=people)


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
            names[number] += f", attempt {upload.origin.attempt}"
    common = Counter(names)
    alike = [number for number, name in enumerate(names) if common[name] > 1]
    placed = _placed_names([uploads[number].path for number in alike])
    for number in alike:
        names[number] = placed[uploads[number].path]
    return [_printable(name.replace(os.sep, "_")) for name in names]


def _printable(name: str) -> str:
    """A name as a file can have it: people may write anything into theirs."""
    return "".join(c if c.isprintable() else " " for c in well_formed(name))


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
