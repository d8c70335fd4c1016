"""A new assignment that works: what `grader new` writes.

One stub with a public and a hidden check and two known mistakes; `grader validate` has nothing to
say of it. The author changes it from there.
"""

from __future__ import annotations

import keyword
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Literal

from grader.course import source as sources
from grader.course import templates
from grader.course.extras import require
from grader.errors import UsageError

SourceForm = Literal["script", "notebook"]  # solution.py or solution.ipynb

PUBLIC = ("README.md", "test_public.py")
PRIVATE = ("assignment.toml", "solution.py", "test_hidden.py", "misconceptions.py")


def in_words(name: str) -> str:
    """The name of an assignment as a heading: "Week 3"."""
    return name.replace("_", " ").capitalize()


def create(name: str, course: Path, title: str = "", form: SourceForm = "script") -> list[Path]:
    """Write assignments/<name>/ and solutions/<name>/ into a course's folder, the template among
    them; the paths of all files.

    title: of the assignment; by default its name in words. form: of the source. Raises UsageError
    for a name that Python or a heading cannot take, where one of the folders is there already, and
    without the packages for authors.
    """
    if any(character in title for character in '"\\\n\r\t'):
        raise UsageError("A title is one line without quotation marks and backslashes.")
    public, private = verify_free(name, course)
    require("jupytext", "author")
    words = {"name": name, "title": title or in_words(name)}
    written = []
    for folder, names in ((public, PUBLIC), (private, PRIVATE)):
        folder.mkdir(parents=True)
        for file in names:
            skeleton = files("grader.course") / "skeleton" / f"{file}.in"
            text = Template(skeleton.read_text("utf-8")).substitute(words)
            path = folder / file
            if file == "solution.py" and form == "notebook":
                path, text = path.with_suffix(".ipynb"), templates.to_notebook(text)
            path.write_text(text, "utf-8", newline="\n")
            written.append(path)
    return [*written, *templates.write(sources.find(private), public)]


def verify_free(name: str, course: Path) -> tuple[Path, Path]:
    """The public and the private folder of a new assignment. Raises UsageError for a name that
    Python cannot take, and where one of them is there already."""
    if not (name.isascii() and name.isidentifier()) or keyword.iskeyword(name):
        raise UsageError(
            f"{name!r} cannot name an assignment: it becomes a file of Python, so use letters, "
            "digits and _, such as convolution or week_3."
        )
    public, private = course / "assignments" / name, course / "solutions" / name
    for folder in (public, private):
        if folder.exists():
            raise UsageError(f"{folder} is there already: choose another name, or remove it.")
    return public, private
