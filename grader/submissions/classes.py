"""Whether a folder or a zip is one student's or a class's, told by its structure and its code.

The readers of exports look first. What is no platform's is a class if the same stub is written in
two of its files and folders that are not forms or versions of one work. It is one student's if its
files share the stubs among them, or only one of them has any. What neither says is unclear, and a
person decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import PurePath

from grader.course.assignment import Assignment
from grader.errors import UnreadableSubmission, UsageError
from grader.i18n.words import _
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.definitions import definition_of, imports, template_of, written
from grader.submissions.files import stem_of
from grader.submissions.handins import listed, listing, says_late
from grader.submissions.trees import InZip, Tree

MAX_ABOVE = 4  # folders around a class
LOOKED_AT = 5  # folders that are asked whether each is a class of its own

# Names of a program's parts and versions, not of persons.
ORDINARY = {
    *("src", "source", "code", "app", "lib", "libs", "util", "utils", "helper", "helpers", "model"),
    *("models", "module", "modules", "package", "script", "scripts", "notebook", "notebooks"),
    *("data", "dataset", "datasets", "test", "tests", "doc", "docs", "report", "reports"),
    *("figures", "images", "img", "output", "outputs", "results", "checkpoints", "runs", "logs"),
    *("main", "assets"),
    *("template", "handout", "starter", "solution", "solutions", "submission", "ipynb", "py"),
    *("common", "config", "configs", "train", "training", "setup", "conftest", "d2l"),
}
VERSION = re.compile(
    r"((^|[\s_.-]+)(copy ?\d*|kopie|checkpoint|old|backup|bak|final|new|orig(inal)?|draft|template|"
    r"solution|version|[vr]\d+)|\s*\(\d+\)|[\s_.-]*(副本|备份|最终版?))+$"
)


class Unclear(UsageError):
    """A folder or a zip may be one student's or a class's."""


def people(tree: Tree, assignment: Assignment) -> list[tuple[Tree, bool | None]] | None:
    """What each person handed in, and whether it was late, if this is a class; None if it is one
    student's.

    Raises Unclear, and UnreadableSubmission for a zip that takes too long.
    """
    return _people(tree, assignment, MAX_ABOVE)


def everyone(tree: Tree, assignment: Assignment) -> list[tuple[Tree, bool | None]]:
    """The same of a folder or zip that is known to be a class's."""
    with suppress(Unclear):
        found = people(tree, assignment)
        if found is not None:
            return found
    return listed(tree)


def _people(
    tree: Tree, assignment: Assignment, above: int
) -> list[tuple[Tree, bool | None]] | None:
    entries: Sequence[Tree] = tree.entries()
    coded = [entry for entry in entries if entry.code()]
    if len(coded) == 1 and coded[0].is_folder and above:
        found = _people(coded[0], assignment, above - 1)
        if found is not None:
            return found
    works = _Works(tree, assignment)
    for entry in coded:
        if works.add(entry):
            _check_for_classes(tree, coded, assignment)
            return listed(tree)
    if works.are_unclear(entries, coded):
        raise _unclear(tree)
    return None


def _check_for_classes(tree: Tree, coded: list[Tree], assignment: Assignment) -> None:
    """Raises Unclear if each of the folders is a class of its own."""
    if any(not entry.is_folder or says_late(entry.name) for entry in coded):
        return
    try:
        are_classes = all(_people(entry, assignment, 0) for entry in coded[:LOOKED_AT])
    except (Unclear, UnreadableSubmission):
        return
    if are_classes:
        text = _("Each of these seems to be a class: {names}. Grade one at a time.")
        raise Unclear(text.format(names=listing(tree)))


@dataclass
class _Work:
    """What one file or folder of a folder adds up to."""

    entry: Tree
    main: str  # the name of the file with the program, if it is in a folder or zip
    written: set[str]
    defined: set[str]
    imports: set[str]

    def is_version_of(self, other: _Work, assignment: str) -> bool:
        """Whether both are forms, copies or versions of one work, told by their names."""
        own, others = _base(self.entry, assignment), _base(other.entry, assignment)
        if "" in (own, others) or own == others:
            return True
        # A file may also lie in a folder or zip beside it.
        return own == _plain(other.main) or others == _plain(self.main)

    def imports_from(self, other: _Work) -> bool:
        return PurePath(other.entry.name).stem in self.imports


@dataclass
class _Works:
    """What has been read of a folder's entries."""

    tree: Tree
    assignment: Assignment
    read: list[_Work] = field(default_factory=list)
    broken: list[Tree] = field(default_factory=list)

    def add(self, entry: Tree) -> bool:
        """Read one more. Whether it makes the folder a class. Raises Unclear."""
        if isinstance(entry, InZip):
            entry.whole.check()
        stubs, template = self.assignment.stubs, template_of(self.assignment)
        try:
            upload = entry.read(stubs)
        except UnreadableSubmission:
            self.broken.append(entry)
            return False
        done = set(written(upload.index, stubs, template))
        defined = {stub.name for stub in stubs if definition_of(upload.index, stub)} | done
        main = upload.main.name if upload.main else ""
        modules = {module.partition(".")[0] for module in imports(upload.index)}
        work = _Work(entry, main, done, defined, modules)
        rivals = [each for each in self.read if each.written & done and self._differ(each, work)]
        self.read.append(work)
        if any(work.imports_from(each) or each.imports_from(work) for each in rivals):
            raise _unclear(self.tree)
        return bool(rivals)

    def are_unclear(self, entries: Sequence[Tree], coded: list[Tree]) -> bool:
        """Whether several persons may have handed them in, though no stub is written twice."""
        name = self.assignment.name
        bases = {_base(work.entry, name) for work in self.read} | {""}
        if any(_base(entry, name) not in bases for entry in self.broken) and len(coded) > 1:
            return True
        for number, work in enumerate(self.read):
            for other in self.read[:number]:
                if work.defined & other.defined and self._differ(work, other):
                    return True
        folders = [entry for entry in entries if entry.is_folder and _base(entry, name)]
        is_spread = all(entry.is_folder for entry in coded) and len(folders) > 1
        lacking = [entry for entry in folders if not any(w.entry == entry for w in self.read)]
        lacking += [work.entry for work in self.read if not work.defined]
        used = {module for work in self.read for module in work.imports}
        return is_spread and any(_base(entry, name) and entry.name not in used for entry in lacking)

    def _differ(self, first: _Work, second: _Work) -> bool:
        return not first.is_version_of(second, self.assignment.name)


def _base(entry: Tree, assignment: str) -> str:
    """The name of an entry without its ending and the words for versions; "" if nothing is left
    that could be a person's."""
    name = _plain(entry.name) if not entry.is_folder else VERSION.sub("", entry.name.casefold())
    return "" if name in ORDINARY or name == assignment else name


def _plain(name: str) -> str:
    return VERSION.sub("", stem_of(name).casefold())


def _unclear(tree: Tree) -> Unclear:
    text = _(
        "It is not clear whether {name} is one student's or a class's. It holds {names}. Say "
        "--class if each of these is a submission of its own, or --single if they are one."
    )
    return Unclear(text.format(name=well_formed(tree.name), names=listing(tree)))
