"""The code of an upload as one small zip: to be kept, and to be sent to another machine.

It holds the files that a submission is read from, and of notebooks what is read of them, without
outputs and pictures. Read again it gives the same cells and the same digest.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from grader.course.files import Files, zipped
from grader.errors import UnreadableSubmission
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.archive import File, code_files
from grader.submissions.budget import MAX_ARCHIVE, MAX_UNPACKED, Budget
from grader.submissions.files import bytes_of, kind_of, unopened
from grader.submissions.folders import files_at, files_of
from grader.submissions.layout import is_other_archive
from grader.submissions.notebooks import looks_like_notebook
from grader.submissions.uploads import Upload

# What a packed upload becomes again, a folder with "/" at its end; hidden, so never read as code.
NAME = ".name"


def pack(upload: Upload) -> bytes:
    """A zip of the code of an upload; equal code under equal names gives equal bytes.

    Raises UnreadableSubmission where there is nothing to read.
    """
    return zipped(contents(upload))


def unpacked(data: bytes, folder: Path) -> Path:
    """Write what `pack` gave into a folder: a file, a folder or a zip again. Its path."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = archive.read(NAME).decode()
        path = folder / Path(name).name
        if name.endswith("/"):
            with suppress(OSError):  # zips in it may have names that no file can have
                path.mkdir()
                archive.extractall(path, [each for each in archive.namelist() if each != NAME])
                return path
            path = path.with_name(f"{path.name}.zip")
        path.write_bytes(data if kind_of(path.name) == ".zip" else archive.read(path.name))
    return path


def contents(upload: Upload, with_outputs: bool = False) -> Files:
    """The code of an upload by its paths in it, and its name. with_outputs: also what the cells of
    notebooks printed and drew. Raises UnreadableSubmission."""
    path = upload.path
    name = well_formed(path.name)
    try:
        if upload.files:
            budget = Budget(name)
            files = files_at(upload.files, budget)
            return _of_several(f"{name}/", files, budget, with_outputs)
        if path.is_dir() and not path.is_symlink():
            name = well_formed(path.resolve().name)
            budget = Budget(name)
            return _of_several(f"{name}/", files_of(path, budget), budget, with_outputs)
        data = bytes_of(path)
    except OSError as error:
        raise UnreadableSubmission(unopened(name, error)) from None
    if kind_of(name) == ".zip":
        budget = Budget(name, len(data))
        files = code_files(name, io.BytesIO(data), budget)
        return _of_several(name, files, budget, with_outputs)
    return {NAME: name.encode(), name: data if with_outputs else without_outputs(data)}


def digest_of(upload: Upload) -> str:
    """What tells an upload from others, however it is called and wherever it lies: equal code has
    an equal digest. Of what cannot be read, its bytes count."""
    digest = sha256()
    try:
        files = contents(upload)
    except UnreadableSubmission:
        if upload.path.is_file():
            with upload.path.open("rb") as file:
                digest.update(file.read(MAX_ARCHIVE))
        return digest.hexdigest()
    name = files.pop(NAME).decode()
    is_one = name in files
    for path, data in sorted(files.items()):
        label = kind_of(path) if is_one else path
        digest.update(b"%s\0%d\0%s" % (label.encode(), len(data), data))
    return digest.hexdigest()


def without_outputs(data: bytes) -> bytes:
    """A notebook without what its cells printed and drew; everything else as it is."""
    try:
        text = data.decode()
        notebook = json.loads(text) if looks_like_notebook(text) else None
        for cell in _cells(notebook):
            cell.pop("attachments", None)
            if "outputs" in cell:
                cell["outputs"] = []
        bare = json.dumps(notebook, indent=1)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return data  # no notebook, or a damaged one, about which its text tells more
    return bare.encode() if looks_like_notebook(bare) else data


def _cells(notebook: Any) -> Iterable[dict[str, Any]]:
    """The cells of a notebook of format 3 or 4. Raises TypeError or AttributeError for others."""
    sheets = notebook.get("worksheets", [notebook])
    return [cell for sheet in sheets for cell in sheet.get("cells", [])]


def _of_several(
    name: str, files: Iterable[File], budget: Budget, with_outputs: bool = False
) -> Files:
    """Code files by their paths; what cannot be had is left out, as it is when they are read."""
    found: Files = {NAME: name.encode()}
    size = 0
    for path, data in files:
        if isinstance(data, UnreadableSubmission):
            budget.check()  # if the budget is the reason, nothing of the upload counts
            data = b""
            if not is_other_archive(path.name):
                continue  # of an archive its name says enough
        data = data if with_outputs else without_outputs(data)
        size += len(data)
        if size <= MAX_UNPACKED:
            found[well_formed(path.as_posix())] = data
    return found
