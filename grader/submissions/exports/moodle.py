"""Moodle: "Download all submissions" of an assignment, in folders or flat.

A folder ``Anna Meyer_123456_assignsubmission_file_`` for each participant, or files that begin with
it. The number is the participant's of this assignment, which the grading worksheet calls
"Participant 123456"; a group has its name and number, and those in no group have no number. The
words after the number are names of plugins, the same in every language. Moodle gives out the last
attempt, without a time.

Source: mod/assign/classes/downloader.php of Moodle (get_student_prefix and
load_submissionplugin_filelist), and "Grading offline" in docs.moodle.org/en/Using_Assignment.
"""

from __future__ import annotations

import re
from pathlib import Path

from grader.course.assignment import Assignment
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.handins import Export, Handin, listed
from grader.submissions.trees import Tree
from grader.submissions.uploads import Origin, Person

LOOKS_LIKE = "folders or files such as 'Anna Meyer_123456_assignsubmission_file_hw.py'"
NAME = re.compile(
    r"(?P<name>.+?)(?:_(?P<id>\d+))?_assign(?P<kind>submission|feedback)_(?P<plugin>[a-z]+)"
    r"(?:_(?P<file>.*))?",
    re.DOTALL,
)
TEXT = "onlinetext"  # the plugin of what was typed into Moodle's own page


def around(path: Path) -> Path | None:
    """The folder of the export that a path may be in."""
    return path.parent if NAME.fullmatch(path.name) else None


def read(folder: Tree, assignment: Assignment, is_wanted: bool) -> Export | None:
    """What each participant or group handed in; None if this is no such export."""
    people: dict[tuple[Person, bool | None], list[tuple[re.Match[str], Tree]]] = {}
    handins = []
    is_export = False
    for entry, is_late in listed(folder):
        found = NAME.fullmatch(entry.name)
        if found is None:
            handins.append(Handin.whole(Origin(is_late=is_late), entry))
        elif found["kind"] == "submission":
            is_export = True
            person = Person(found["name"].strip(), found["id"] or "")
            people.setdefault((person, is_late), []).append((found, entry))
    if not is_export:
        return None
    for (person, is_late), named in people.items():
        handins.append(_handin(Origin((person,), is_late=is_late), named))
    return Export(handins)


def feedback_name(path: Path, assignment: str) -> str | None:
    """A file in the participant's folder, in a zip for "Upload multiple feedback files in a zip".
    Moodle finds the number between the first two underscores; who has none cannot be found.

    Source: mod/assign/feedback/file/importziplib.php of Moodle (is_valid_filename_for_import).
    """
    found = NAME.fullmatch(path.name)
    if found is None or not found["id"]:
        return None
    name = re.sub(r"[_\\]", " ", well_formed(found["name"]))
    return f"{name}_{found['id']}_assignsubmission_file_/{assignment}_feedback.html"


def _handin(origin: Origin, named: list[tuple[re.Match[str], Tree]]) -> Handin:
    """Of one participant; what was typed counts only where there is nothing else."""
    files = [(found, tree) for found, tree in named if found["plugin"] != TEXT] or named
    for found, tree in files:
        if tree.is_folder or not found["file"]:
            return Handin.whole(origin, tree)
    return Handin.of_files(origin, [(found["file"], tree) for found, tree in files])
