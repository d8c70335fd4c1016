"""What a page is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.gradebook.grades import AssignmentGrade
from grader.grading.scoring import Result


@dataclass(frozen=True)
class Code:
    """A stub as it was handed in.

    place: where it stands, "ada.py, line 12" or "cell 3, line 1". first_line: the number of its
    first line in the file or the cell.
    """

    place: str
    first_line: int
    text: str


@dataclass(frozen=True)
class Picture:
    """An example of the public test split that was taken for something else. png: the bytes of an
    image's file. label, predicted: names of classes. values: of a row of a table, which has no
    image: names and numbers of its columns."""

    png: bytes
    label: str
    predicted: str
    values: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Work:
    """What one person handed in for an assignment, and what came of it.

    result: None: nothing was handed in. grade: by the rules of the course; None where only a folder
    of results is known. code: by the names of stubs. notebook: its file, "" where it was none.
    pictures: at most a dozen. classes: names of the classes of the data set.
    """

    person: str
    result: Result | None
    grade: AssignmentGrade | None = None
    code: Mapping[str, Code] = field(default_factory=dict)
    notebook: str = ""
    pictures: Sequence[Picture] = ()
    classes: Sequence[str] = ()
