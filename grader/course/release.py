"""What students get: the public folder of an assignment, the stand-ins that it needs, and the
packages to install. As a folder or as a zip file, the same bytes each time."""

from __future__ import annotations

import re
import tempfile
import zipfile
from importlib.metadata import requires
from pathlib import Path

import nbformat

from grader.course import templates
from grader.course.assignment import Assignment
from grader.errors import AssignmentError, UsageError
from grader.i18n import words

Files = dict[str, bytes]  # by the path inside the release

EPOCH = (1980, 1, 1, 0, 0, 0)  # the time of every file in a zip
JUPYTER = "jupyterlab>=4"


def contents(assignment: Assignment) -> Files:
    """The files of a release, in the language of the moment: <name>/… and helpers/…

    Raises AssignmentError where a template is not what is cut from the solution today, or where
    any file has a part of the solution in it.
    """
    _verify_templates(assignment)
    files = tree(assignment.public, assignment.name) | _in_other_words(assignment)
    for package in assignment.helpers:
        files |= tree(assignment.public.parent / "helpers" / package, f"helpers/{package}")
    files[f"{assignment.name}/requirements.txt"] = requirements().encode()
    _verify_nothing_private(assignment, files)
    return dict(sorted(files.items()))


def _in_other_words(assignment: Assignment) -> Files:
    """What students read in the language of the moment, if it is not English."""
    if words.language() == words.ENGLISH:
        return {}
    catalogue = assignment.public / "locale" / words.language()
    if not catalogue.is_dir():
        raise UsageError(f"{assignment.name} is not translated: there is no {catalogue}.")
    with words.quoting(assignment.name, assignment.public, assignment.private):
        template = templates.translated(templates.cut(assignment.solution.read_text("utf-8")))
        readme = templates.translated_text((assignment.public / "README.md").read_text("utf-8"))
    texts = {"py": template, "ipynb": templates.to_notebook(template)}
    files = {f"{assignment.name}.{ending}": text for ending, text in texts.items()}
    files["README.md"] = readme + "\n"
    return {f"{assignment.name}/{name}": text.encode() for name, text in files.items()}


def requirements(*more: str) -> str:
    """The packages that the grader needs without a sandbox, and Jupyter, as a requirements.txt."""
    own = [line for line in requires("grader") or [] if "extra ==" not in line]
    needed = [line for line in own if not line.startswith("bubblewrap")]
    lines = ["# The grader itself comes from your instructor.", *sorted([*needed, JUPYTER, *more])]
    return "\n".join(lines) + "\n"


def write(files: Files, target: Path) -> None:
    """Write files to a folder, or to a zip file if the name ends with .zip.

    Raises UsageError if there is something there already.
    """
    if target.exists() and (target.is_file() or any(target.iterdir())):
        raise UsageError(f"{target} is there already: remove it, or choose another name.")
    if target.suffix == ".zip":
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                entry = zipfile.ZipInfo(name, EPOCH)
                entry.external_attr = _mode(name, data) << 16
                archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
        return
    for name, data in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(_mode(name, data))


def _mode(name: str, data: bytes) -> int:
    """Scripts may be executed."""
    return 0o755 if data.startswith(b"#!") else 0o644


def _verify_templates(assignment: Assignment) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for fresh in templates.write(assignment.solution, Path(folder, assignment.name)):
            public = assignment.public / fresh.name
            if not public.is_file() or public.read_bytes() != fresh.read_bytes():
                raise AssignmentError(
                    f"{public} is not what is cut from the solution now: run `make templates`."
                )


def _verify_nothing_private(assignment: Assignment, files: Files) -> None:
    """No part of the solution of two lines or more stands in a file; a single line, such as
    `return self.sums[i]`, may be in the public checks too."""
    written = templates.written_parts(assignment.solution.read_text("utf-8"))
    parts = {_at_the_margin(part): part.split("\n")[0] for part in written if "\n" in part}
    for name, data in files.items():
        text = data.decode("utf-8", "replace")
        if name.endswith(".ipynb"):
            text = "\n".join(cell.source for cell in nbformat.reads(text, 4).cells)
        text = _at_the_margin(text)
        for part, first in parts.items():
            if part in text:
                raise AssignmentError(f"{name} has a part of the solution in it: {first}")


def _at_the_margin(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n"))


def tree(folder: Path, prefix: str) -> Files:
    """The files below a folder; hidden ones, caches and links stay behind."""
    hidden = re.compile(r"^(\.|__pycache__$)")
    return {
        f"{prefix}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and not any(hidden.match(part) for part in path.relative_to(folder).parts)
    }
