"""No learning platform's: a file or a folder for each person, named as the person is called."""

from __future__ import annotations

from grader.course.assignment import Assignment
from grader.submissions.classes import everyone
from grader.submissions.files import stem_of
from grader.submissions.handins import Export, Handin
from grader.submissions.trees import Tree
from grader.submissions.uploads import Origin, Person

LOOKS_LIKE = "a file or a folder for each person"


def read(folder: Tree, assignment: Assignment) -> Export | None:
    """What each person handed in, of a folder or zip that is a class's."""
    return export_of(everyone(folder, assignment))


def export_of(entries: list[tuple[Tree, bool | None]]) -> Export:
    """These files and folders, with whether they were late, each of one person."""
    handins = []
    for entry, is_late in entries:
        name = entry.name if entry.is_folder else stem_of(entry.name)
        handins.append(
            Handin.whole(Origin((Person(name),), is_late=is_late, reader="plain"), entry)
        )
    return Export(handins)
