"""What students get: the public folder of an assignment, the stand-ins and data that it needs, the
grader and how to use it. The same bytes each time."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Literal

import nbformat

from grader.course import datasets, templates
from grader.course.assignment import Assignment
from grader.course.cutting import written_parts
from grader.course.files import Files, tree
from grader.course.wheel import wheel
from grader.errors import AssignmentError, UsageError
from grader.i18n import words
from grader.i18n.words import N_, _

Form = Literal["notebook", "script", "both"]

ENDINGS = {"notebook": ["ipynb"], "script": ["py"], "both": ["ipynb", "py"]}  # of a template
GUIDE = Path(__file__).resolve().parents[1] / "student" / "students.md"

# What the README of every handout ends with.
CHECKING = (
    N_("## Check your work"),
    N_(
        "The grader lies in this folder. You need Python 3.10 or newer, on Linux, macOS or Windows "
        "with WSL 2. Install it once, and Jupyter if you have none:"
    ),
    "    python3 -m venv .venv\n    . .venv/bin/activate\n    pip install ./{wheel} jupyterlab",
    N_("In each new terminal type the second line again. Then type, in this folder,"),
    "    grader check",
    N_(
        "It says which stub comes next, and what is wrong with it. In the notebook, the cell under "
        "each stub does the same for that stub. `students.md` has the rest."
    ),
)


def contents(assignment: Assignment, form: Form = "notebook") -> Files:
    """The files of a release, in the language of the moment: <name>/…, helpers/…, and data/… with
    the public part of a data set that notebooks do not fetch themselves.

    form: as what the template is handed out. Two copies of it invite to hand in the wrong one.
    Raises AssignmentError where a template is not what is cut from the solution today, or where
    any file has a part of the solution in it.
    """
    _verify_templates(assignment)
    name = assignment.name
    files = tree(assignment.public, name) | _in_other_words(assignment)
    for ending in {*ENDINGS["both"]}.difference(ENDINGS[form]):
        del files[f"{name}/{name}.{ending}"]
    for package in assignment.helpers:
        files |= tree(assignment.public.parent / "helpers" / package, f"helpers/{package}")
    files |= _public_data(assignment)
    file, data = wheel()
    checking = "\n\n".join(map(_, CHECKING)).format(wheel=file)
    readme = files.get(f"{name}/README.md", b"").rstrip()
    files[f"{name}/README.md"] = readme + f"\n\n{checking}\n".encode()
    files[f"{name}/{GUIDE.name}"] = GUIDE.read_bytes()
    _verify_nothing_private(assignment, files)
    files[f"{name}/{file}"] = data
    return dict(sorted(files.items()))


def _public_data(assignment: Assignment) -> Files:
    """What students cannot fetch: the package that brings it has the hidden part, too."""
    wanted = [datasets.spec_of(name) for name in assignment.datasets]
    files: Files = {}
    for spec in wanted:
        if not spec.is_fetched:
            files |= tree(datasets.find(spec.name).public_root, "data")
    return files


def _in_other_words(assignment: Assignment) -> Files:
    """What students read in the language of the moment, if it is not English."""
    if words.language() == words.ENGLISH:
        return {}
    catalogue = assignment.public / "locale" / words.language()
    if not catalogue.is_dir():
        raise UsageError(f"{assignment.name} is not translated: there is no {catalogue}.")
    with words.quoting(assignment.name, assignment.public, assignment.private):
        template = templates.translated(assignment.source.template())
        readme = templates.translated_text((assignment.public / "README.md").read_text("utf-8"))
    notebook = templates.to_notebook(template, [stub.name for stub in assignment.stubs])
    texts = {"py": template, "ipynb": notebook}
    files = {f"{assignment.name}.{ending}": text for ending, text in texts.items()}
    files["README.md"] = readme + "\n"
    return {f"{assignment.name}/{name}": text.encode() for name, text in files.items()}


def _verify_templates(assignment: Assignment) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for fresh in templates.write(assignment.solution, Path(folder, assignment.name)):
            public = assignment.public / fresh.name
            if not public.is_file() or public.read_bytes() != fresh.read_bytes():
                raise AssignmentError(
                    f"{public} is not what is cut from the solution now: run "
                    f"`grader template {assignment.name}`."
                )


def _verify_nothing_private(assignment: Assignment, files: Files) -> None:
    """No part of the solution of two lines or more stands in a file; a single line, such as
    `return self.sums[i]`, may be in the public checks too."""
    written = written_parts(assignment.source.text)
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
