"""An upload as one small zip: read again it is the same submission."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path, PurePath

import pytest

from grader.course import assignment as assignments
from grader.errors import UnreadableSubmission
from grader.submissions.packed import digest_of, pack, unpacked
from grader.submissions.reading import Submission, read
from grader.submissions.uploads import Upload
from tests.conftest import ROOT

CODE = "def softmax(X):\n    return X.exp() / X.exp().sum(1, keepdim=True)\n"
STUBS = assignments.load("softmax_regression", ROOT).stubs


def notebook(*sources: str, output: str = "") -> str:
    """A notebook whose cells have printed something."""
    outputs = [{"output_type": "stream", "name": "stdout", "text": output}]
    cells = [
        {"cell_type": "code", "source": source, "outputs": outputs, "metadata": {}}
        for source in sources
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def zipped(path: Path, files: dict[str, str]) -> Path:
    """A zip file with these files."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def folder(path: Path, files: dict[str, str]) -> Path:
    """A folder with these files."""
    for name, text in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, "utf-8")
    return path


def of_a_flat_export(place: Path) -> Upload:
    """Two files of one person among those of others."""
    folder(place, {"ada_1_hw.py": CODE, "ada_2_utils.py": "x = 1\n"})
    named = (("hw.py", "ada_1_hw.py"), ("utils.py", "ada_2_utils.py"))
    files = tuple((PurePath(name), place / lies) for name, lies in named)
    return Upload(place / "ada_1_hw.py", files=files)


UPLOADS = {
    "a file": lambda at: Upload(folder(at, {"hw.py": CODE}) / "hw.py"),
    "a notebook": lambda at: Upload(folder(at, {"h.ipynb": notebook(CODE)}) / "h.ipynb"),
    "a notebook called .py": lambda at: Upload(folder(at, {"h.py": notebook(CODE)}) / "h.py"),
    "a folder": lambda at: Upload(folder(at, {"a.py": CODE, "lib/b.py": "x = 1", "c.rar": ""})),
    "a zip": lambda at: Upload(zipped(at / "作业.zip", {"hw/a.py": CODE, "hw/b.py": "x = 1"})),
    "a broken file": lambda at: Upload(folder(at, {"hw.py": CODE + "def f(:\n"}) / "hw.py"),
    "a flat export": of_a_flat_export,
}


@pytest.mark.parametrize("kind", UPLOADS)
def test_packed_upload_is_read_as_the_upload(tmp_path, kind):
    """Digest, cells, modules, notes and the main file are the same, and so is what is packed."""
    at, to = tmp_path / "at", tmp_path / "to"
    at.mkdir()
    to.mkdir()
    upload = UPLOADS[kind](at)

    again = Upload(unpacked(pack(upload), to))

    def essence(found: Submission) -> tuple[object, ...]:
        return found.digest, found.cells, found.helpers, found.warnings, found.main

    assert essence(read(again, STUBS)) == essence(read(upload, STUBS))
    assert pack(again) == pack(upload)


def test_outputs_of_a_notebook_make_no_other_submission(tmp_path):
    """A notebook that was run again, with the same code, is unchanged, and its outputs are not
    kept."""
    first = Upload(folder(tmp_path, {"a.ipynb": notebook(CODE, output="5")}) / "a.ipynb")
    again = Upload(folder(tmp_path, {"b.ipynb": notebook(CODE, output="7" * 10**6)}) / "b.ipynb")

    assert read(again, STUBS).digest == read(first, STUBS).digest
    assert digest_of(again) == digest_of(first)
    assert len(pack(again)) < 1000


def test_digest_does_not_depend_on_names_and_places(tmp_path):
    """The same file under another name, and the same folder as a zip, have the same digest."""
    one = Upload(folder(tmp_path / "one", {"hw.py": CODE}) / "hw.py")
    copy = Upload(folder(tmp_path / "two", {"hw(1).py": CODE}) / "hw(1).py")
    files = {"a.py": CODE, "b.py": "x = 1"}

    assert digest_of(copy) == digest_of(one)
    assert digest_of(Upload(zipped(tmp_path / "ada.zip", files))) == digest_of(
        Upload(folder(tmp_path / "ada", files))
    )
    assert digest_of(Upload(folder(tmp_path / "bob", {**files, "b.py": "x = 2"}))) != digest_of(
        Upload(tmp_path / "ada")
    )


def test_name_in_an_upload_is_no_path_to_write_to(tmp_path):
    """What a zip calls its members stays within the folder that it is unpacked to."""
    upload = Upload(zipped(tmp_path / "x.zip", {"../../up.py": CODE, "/abs.py": CODE}))
    to = tmp_path / "inner" / "to"
    to.mkdir(parents=True)

    again = unpacked(pack(upload), to)

    assert [path.relative_to(to) for path in to.rglob("*")] == [Path("x.zip")]
    assert read(Upload(again), STUBS).digest == read(upload, STUBS).digest


def test_what_cannot_be_read_has_a_digest_too(tmp_path):
    """A file that is no zip is told from another one, and packing it says why it cannot be."""
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    first.write_bytes(b"no zip")
    second.write_bytes(b"no zip either")

    with pytest.raises(UnreadableSubmission, match="no zip file"):
        pack(Upload(first))
    assert digest_of(Upload(first)) != digest_of(Upload(second))
