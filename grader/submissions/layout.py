"""What of a folder or a zip may be a student's own code: the same rules for both.

What belongs to a system, to Jupyter or to an installation is left out before anything is counted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import PurePath, PurePosixPath

from grader.errors import UnreadableSubmission
from grader.i18n.words import _
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.files import kind_of

MAX_DEPTH = 12  # of folders below the submission, zips in it counted as folders
MAX_FILES = 100  # code files of a submission; the uppermost are taken
NAMED = 3  # paths that a note names

SYSTEM = {"__macosx", "__pycache__", "thumbs.db", "desktop.ini", "icon\r"}
# Where package managers put what they install, and in which folders, marked or named so.
PACKAGES = {"site-packages", "dist-packages", "node_modules"}
MARKS = {"pyvenv.cfg", "conda-meta"}
ENVIRONMENTS = {"venv", "env", "virtualenv", "myenv", "myvenv", "conda"}
PARTS = {
    *("bin", "lib", "lib64", "libexec", "include", "share", "scripts", "library", "dlls"),
    *("tools", "etc", "man", "ssl", "sbin", "conda-meta", "site-packages"),
}
ARCHIVES = (
    *(".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst"),
    *(".rar", ".7z", ".zipx"),
)


def is_of_system(name: str) -> bool:
    """Whether a file or folder of this name is hidden, a cache, or what an operating system wrote
    beside the files of its user."""
    return name.startswith((".", "~$")) or name.lower() in SYSTEM


def is_installed(folder: PurePath, beside: Collection[str]) -> bool:
    """Whether a folder of a submission holds installed packages; `beside`: all names next to it.

    Only the parts of an environment are left out, for its folder may be the student's own too.
    """
    name, parent = folder.name.lower(), folder.parent.name.lower()
    if name in PACKAGES or (parent in ("lib", "lib64") and re.match(r"python\d", name)):
        return True
    return name in PARTS and (parent in ENVIRONMENTS or not MARKS.isdisjoint(beside))


def is_other_archive(name: str) -> bool:
    """Whether a file is an archive of a kind that is not read."""
    return name.lower().strip().endswith(ARCHIVES)


def other_archive(name: str) -> UnreadableSubmission:
    """What is said of it."""
    text = _(
        "{name} is an archive of another kind than zip. Unpack it, and hand in the files or a .zip "
        "of them."
    )
    return UnreadableSubmission(text.format(name=name))


def own_paths(
    paths: Iterable[PurePosixPath], below: int
) -> tuple[list[PurePosixPath], list[PurePosixPath], list[PurePosixPath]]:
    """Of all files of a zip, `below` so many folders: those that may hold the student's code, the
    uppermost first; the folders of installed packages; code that lies too deep."""
    beside: dict[PurePosixPath, set[str]] = {}
    code, installed, deep = [], {}, []
    for path in sorted(paths, key=lambda path: (len(path.parts), path)):
        if below + len(path.parts) > MAX_DEPTH + 1:
            deep += [path] if kind_of(path.name) else []
            continue
        for inner in (path, *path.parents[:-1]):
            beside.setdefault(inner.parent, set()).add(inner.name)
        code.append(path)
    own = []
    for path in code:
        folders = [*reversed(path.parents[:-1])]
        around = next((each for each in folders if is_installed(each, beside[each.parent])), None)
        if around is not None:
            installed[around] = True
        elif kind_of(path.name) or is_other_archive(path.name):
            own.append(path)
    return own, [*installed], deep


def left_out(installed: Iterable[PurePath], deep: Iterable[PurePath]) -> list[str]:
    """A note for each reason why some paths were passed over."""
    installed, deep = list(installed), list(deep)
    notes = []
    if installed:
        text = _("{names}: left out, for installed packages are not your own code")
        notes.append(text.format(names=_listed(installed)))
    if deep:
        text = _("{names}: left out, for it lies more than {limit} folders deep")
        notes.append(text.format(names=_listed(deep), limit=MAX_DEPTH))
    return notes


def _listed(paths: list[PurePath]) -> str:
    named = ", ".join(well_formed(str(path)) for path in paths[:NAMED])
    return f"{named}, …" if len(paths) > NAMED else named
