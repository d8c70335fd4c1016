"""Exports of learning platforms as small files, for the same people in each layout."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

CODE = """\
def greet(name):
    return f"Hello, {name}!"


def shout(text):
    return text.upper()
"""
HELPER = "def polite(name):\n    return name\n"

# Names as people have them.
AWKWARD = [
    *("Anna Meyer", "Anna_Meyer Schmidt", "Anna-Lena van der Berg", "Seán O'Brien", "李明"),
    *("Müller, Jürgen", "Late Smith", "Moodle Fan", "Student 2 Two", "Łukasz Żółć", "محمد علي"),
    *("Madonna", "J. R. R. Tolkien", "Ana María de la Cruz", "Jean_Luc-Picard 3"),
]

Layout = dict[str, "str | bytes"]  # contents by path


def login_of(number: int) -> str:
    return f"ab{number:03}"


def moodle(people: list[str]) -> Layout:
    return {
        f"{name}_{100 + number}_assignsubmission_file_/hw.py": CODE
        for number, name in enumerate(people)
    }


def moodle_flat(people: list[str]) -> Layout:
    return {
        f"{name}_{100 + number}_assignsubmission_file_hw.py": CODE
        for number, name in enumerate(people)
    }


def squashed(name: str) -> str:
    """As Canvas writes it: the last word first, without anything between."""
    *first, last = re.sub(r"[,_]", " ", name).split()
    return re.sub(r"\W", "", last + "".join(first)).lower()


def canvas(people: list[str]) -> Layout:
    return {
        f"{squashed(name)}_{12000 + number}_{67000 + number}_hw-1.py": CODE
        for number, name in enumerate(people)
    }


def gradescope(people: list[str]) -> Layout:
    lines = ["---"]
    files: Layout = {}
    for number, name in enumerate(people):
        quoted = "'" + name.replace("'", "''") + "'"
        lines += [
            f"submission_{900000 + number}:",
            "  :submitters:",
            f"  - :name: {quoted}",
            f"    :sid: '{number:04}'",
            f"    :email: {login_of(number)}@uni.example",
            "  :created_at: 2026-11-20 10:00:00.123456000 Z",
            "  :score: 0.0",
            "  :history: []",
        ]
        files[f"export/submission_{900000 + number}/hw.py"] = CODE
    return files | {"export/submission_metadata.yml": "\n".join(lines) + "\n"}


def blackboard(people: list[str]) -> Layout:
    files: Layout = {}
    for number, name in enumerate(people):
        start = f"HW_1 (late?)_{login_of(number)}_attempt_2026-11-20-10-00-00"
        files[f"{start}_hw.py"] = CODE
        files[f"{start}.txt"] = (
            f"Name: {name} ({login_of(number)})\nAssignment: HW_1\n"
            "Date Submitted: Friday, November 20, 2026 10:00:00 AM GMT\n"
            "Current Grade: Not Graded Yet\n"
        )
    return files


def nbgrader(people: list[str]) -> Layout:
    files: Layout = {"gradebook.db": "", "source/greeting/greeting.py": CODE}
    for number, _name in enumerate(people):
        folder = f"submitted/{login_of(number)}/greeting"
        files[f"{folder}/greeting.py"] = CODE
        files[f"{folder}/timestamp.txt"] = "2026-11-20 10:00:00.000000 UTC"
    return files


def github_classroom(people: list[str]) -> Layout:
    return {
        f"hw1-submissions/hw1-{login_of(number)}/hw.py": CODE for number, _name in enumerate(people)
    }


def plain(people: list[str]) -> Layout:
    return {f"{name}.py": CODE for name in people}


NAMED = (moodle, moodle_flat, gradescope, blackboard, plain)  # the layouts that have names
LAYOUTS = (*NAMED, canvas, nbgrader, github_classroom)


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """The files below a folder; a path that ends with "/" is an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()
