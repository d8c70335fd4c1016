"""The folder of one student: what is read of it, and what is left out."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from grader.errors import UnreadableSubmission
from grader.submissions.layout import MAX_DEPTH, MAX_FILES
from grader.submissions.reading import read

CODE = "def softmax(X):\n    return X\n"


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def zipped(folder: Path) -> Path:
    """A zip of all that is in a folder, beside it."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(folder))
    return path


def files_read(path: Path) -> set[str]:
    """The files that a submission was made of."""
    upload = read(path, [])
    cells = [*upload.cells, *(cell for each in upload.helpers.values() for cell in each)]
    return {cell.name for cell in cells}


@pytest.mark.parametrize(
    "left_out",
    [
        "venv/lib/pkg/m.py",
        "venv/lib/python3.11/site-packages/pkg/m.py",
        ".venv/lib/m.py",
        "myproject/Lib/site-packages/m.py",
        "node_modules/pkg/m.py",
        "usr/lib/python3/m.py",
        ".ipynb_checkpoints/m.py",
        "__MACOSX/m.py",
        "__pycache__/m.py",
        ".git/m.py",
        "._hw.py",
        "/".join(["d"] * (MAX_DEPTH + 1)) + "/m.py",
    ],
)
def test_what_is_not_the_students_is_left_out_of_folder_and_zip(tmp_path, left_out):
    """Even if it is more than a submission may hold."""
    many = {left_out.replace("m.py", f"m{n}.py"): "x = 1" for n in range(MAX_FILES + 1)}
    folder = write(tmp_path / "ada", {"z/src/hw.py": CODE} | many)

    assert files_read(folder) == files_read(zipped(folder)) == {"z/src/hw.py"}


@pytest.mark.parametrize("mark", ["env/pyvenv.cfg", "own/pyvenv.cfg", "own/conda-meta/history"])
def test_only_the_parts_of_an_environment_are_left_out(tmp_path, mark):
    """A student may have made it in the folder of the work; one note says so."""
    top = mark.partition("/")[0]
    files = {mark: "", f"{top}/bin/a.py": "x = 1", f"{top}/lib/b.py": "x = 1"}
    folder = write(tmp_path / "ada", files | {f"{top}/hw.py": CODE})

    assert files_read(folder) == files_read(zipped(folder)) == {f"{top}/hw.py"}
    (note,) = [note for note in read(folder, []).warnings if "installed packages" in note]
    assert note.startswith(f"{top}/bin, {top}/")


def test_folders_of_usual_names_are_read(tmp_path):
    """A student's own lib/ or bin/ is no environment."""
    names = {"lib/a.py", "bin/b.py", "tools/c.py", "/".join(["d"] * MAX_DEPTH) + "/e.py"}
    folder = write(tmp_path / "ada", dict.fromkeys(names, CODE))

    assert files_read(folder) == files_read(zipped(folder)) == names


def test_a_zip_in_a_folder_is_part_of_the_submission(tmp_path):
    """As learning platforms hand it out."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("hw.py", CODE)
    folder = write(tmp_path / "ada", {"notes.txt": ""})
    (folder / "work.ZIP").write_bytes(data.getvalue())
    (folder / "broken.zip").write_bytes(b"PK")

    assert files_read(folder) == {"work.ZIP/hw.py"}
    assert any(note.startswith("broken.zip is no zip") for note in read(folder, []).warnings)


def test_links_are_notes(tmp_path):
    """Those to folders, too; each under its own name."""
    folder = write(tmp_path / "ada", {"hw.py": CODE, "sub/m.py": "x = 1"})
    (folder / "again").symlink_to(folder)
    (folder / "other.py").symlink_to(folder / "hw.py")

    upload = read(folder, [])

    links = {note for note in upload.warnings if "is a link" in note}
    assert {note.split()[0] for note in links} == {"again", "other.py"}
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(UnreadableSubmission, match="link is a link"):
        read(tmp_path / "link", [])
