"""The code in one file: of a .py file one piece of source, of a notebook one for each cell."""

from __future__ import annotations

import re
from pathlib import Path, PurePath
from typing import NamedTuple

from grader.errors import UnreadableSubmission
from grader.i18n.words import N_, _
from grader.sandbox.inside.cells import Cell
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.budget import MAX_ARCHIVE, MAX_FILE
from grader.submissions.notebooks import cells_of, looks_like_notebook
from grader.submissions.text import text_of

# Browsers add the ending that a server names, and number the copies of a download.
ENDING = re.compile(r"(\.py|\.ipynb|\.zip)(\.txt|\.json|\s*\(\d+\)|[.\s])*$")
IS_PYTHON = re.compile(r"^[ \t]*(?:def|class|import|from)[ \t]+\w", re.MULTILINE)
# How files of other kinds begin, and what they are.
STARTS = {
    b"%PDF": N_("a PDF"),
    b"PK\x03\x04": N_("a zip file or an office document"),
    b"Rar!": N_("an archive of another kind"),
    b"7z\xbc\xaf": N_("an archive of another kind"),
    b"\x1f\x8b": N_("an archive of another kind"),
    b"\x89PNG": N_("a picture"),
    b"\xff\xd8\xff": N_("a picture"),
    b"{\\rtf": N_("a document of a word processor"),
}
POINTER = b"version https://git-lfs.github.com/spec/"
PAGE = re.compile(
    rb"\s*(?:<!--[^>]{0,500}-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE
)


class Pieces(NamedTuple):
    """What is in a file."""

    code: list[Cell]  # need not be Python yet
    others: list[Cell]  # markdown and raw cells
    notes: list[str]


def kind_of(name: str) -> str:
    """What a file is by its name: ".py", ".ipynb" or ".zip"; "" for everything else. Capitals,
    blanks at the end, a second ending ("hw.ipynb.json", "hw.py.txt") and the number of a copy
    ("hw.ipynb (1)") do not matter."""
    found = ENDING.search(name.strip().lower())
    return found[1] if found else ""


def stem_of(name: str) -> str:
    """The name of a file without its endings: "hw" of "hw.PY" and of "hw.ipynb (1)"."""
    name = name.rstrip()
    found = ENDING.search(name.lower())
    return name[: len(name) - len(found[0])] if found else PurePath(name).stem


def module_name(path: PurePath) -> str:
    """The dotted name by which a file of a submission is imported."""
    stem = stem_of(path.name)
    return ".".join(path.parent.parts if stem == "__init__" else (*path.parent.parts, stem))


def bytes_of(path: Path) -> bytes:
    """The bytes of a file that is none too large. Raises UnreadableSubmission."""
    name = well_formed(path.name)
    is_zip = kind_of(path.name) == ".zip"
    most = MAX_ARCHIVE if is_zip else MAX_FILE
    try:
        if path.is_symlink():
            text = _("{name} is a link; hand in the file itself.")
            raise UnreadableSubmission(text.format(name=name))
        if not path.is_file():
            raise UnreadableSubmission(_("{name} is not a file.").format(name=name))
        size = path.stat().st_size
        if size > most:
            advice = (
                _("Zip your own files only, without data sets.")
                if is_zip
                else _(
                    "Clear the outputs of the notebook (Edit, Clear All Outputs), save it and hand"
                    " it in."
                )
            )
            text = _("{name} has {size:.0f} MB; the limit is {limit} MB. {advice}")
            raise UnreadableSubmission(
                text.format(name=name, size=size / 1e6, limit=most >> 20, advice=advice)
            )
        return path.read_bytes()
    except OSError as error:
        raise UnreadableSubmission(unopened(name, error)) from None


def unopened(name: str, error: OSError) -> str:
    """What is said of a file or folder that the system does not open."""
    text = _("{name} cannot be opened: {problem}.")
    return text.format(name=name, problem=error.strerror)


def pieces(name: str, data: bytes) -> Pieces:
    """What is in a file, by what it is more than by its name. Raises UnreadableSubmission."""
    kind = kind_of(name)
    if not kind or kind == ".zip":
        text = _("{name} is neither a .py file nor an .ipynb notebook, nor a zip of them.")
        raise UnreadableSubmission(text.format(name=name))
    if not data.strip():
        text = _(
            "{name} is empty. Did you save it before you handed it in? Hand in the template with "
            "your code in it."
        )
        raise UnreadableSubmission(text.format(name=name))
    _check_start(name, data[:1000])
    text, notes = text_of(name, data, kind == ".py")
    is_notebook = kind == ".ipynb"
    if looks_like_notebook(text) != is_notebook:
        if not is_notebook:
            is_notebook = True
            notes.append(_("{name} is a notebook by what is in it, and was read as one"))
        elif not text.lstrip().startswith(("{", "[")) and IS_PYTHON.search(text):
            is_notebook = False
            notes.append(_("{name} is no notebook but Python source, and was read as a .py file"))
    notes = [note.format(name=name) for note in notes]
    if is_notebook:
        return Pieces(*cells_of(name, text), notes)
    return Pieces([Cell(name, text.replace("\r\n", "\n").replace("\r", "\n"))], [], notes)


def _check_start(name: str, start: bytes) -> None:
    """Raises UnreadableSubmission for a file that another program wrote."""
    if start.startswith(POINTER):
        text = _(
            "{name} is only a pointer to a file in Git LFS. Run git lfs pull, and hand in the file "
            "itself."
        )
        raise UnreadableSubmission(text.format(name=name))
    if PAGE.match(start.removeprefix(b"\xef\xbb\xbf")):
        text = _(
            "{name} is a web page (HTML), such as a login page that was saved in place of the "
            "file. Download the file itself (in Jupyter: File, Download) and hand that in."
        )
        raise UnreadableSubmission(text.format(name=name))
    for beginning, what in STARTS.items():
        if start.startswith(beginning):
            text = _("{name} is {what} by what is in it. Hand in the .py or .ipynb file itself.")
            raise UnreadableSubmission(text.format(name=name, what=_(what)))
