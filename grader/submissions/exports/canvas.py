"""Canvas: "Download Submissions" of an assignment, all files of all people in one folder.

``andersenkai_LATE_12355_678910_hw-1.py`` is the name of a person as it is sorted ("Andersen, Kai")
in small letters without anything between them, LATE if it was, the numbers of the person and of
the file, and the file's name. Canvas numbers a file that is handed in again under its old name
(``hw-1.py``). What was typed or linked is ``andersenkai_12355_text.html`` or ``_link.html``; people
of an anonymous assignment are ``anon_Ab1C2``.

Source: lib/content_zipper.rb of Canvas (add_upload_submission, get_filename), and "How do I
download all student submissions for an assignment?" in the Canvas instructor guide.
"""

from __future__ import annotations

import re
from pathlib import Path

from grader.course.assignment import Assignment
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.files import ENDING, stem_of
from grader.submissions.handins import Export, Handin, listed
from grader.submissions.trees import Tree
from grader.submissions.uploads import Origin, Person

LOOKS_LIKE = "files such as 'andersenkai_LATE_12355_678910_hw.py'"
NAME = re.compile(
    r"(?:(?P<late_anon>LATE_)?anon_(?P<anon>[A-Za-z0-9]{4,8})"
    r"|(?P<name>\w+?)(?P<late>_LATE)?_(?P<id>\d+))"
    r"_(?:(?P<number>\d+)_(?P<file>.+)|(?P<page>(?:text|link)\.html))",
    re.IGNORECASE | re.DOTALL,
)
LEAST_DIGITS = 3  # of numbers that tell Canvas from a student's "lab_1_2_a.py"
AGAIN = re.compile(r"-\d+$")

Found = tuple[re.Match[str], Tree]


def around(path: Path) -> Path | None:
    """The folder of the export that a path may be in."""
    return path.parent if NAME.fullmatch(path.name) else None


def read(folder: Tree, assignment: Assignment, is_wanted: bool) -> Export | None:
    """What each person handed in; None if most of the names are no such names."""
    people: dict[tuple[Person, bool], list[Found]] = {}
    handins = []
    count = 0
    for entry, is_late in listed(folder):
        found = NAME.fullmatch(entry.name)
        if found is None:
            handins.append(Handin.whole(Origin(is_late=is_late), entry))
            continue
        count += all(len(found[part] or "999") >= LEAST_DIGITS for part in ("id", "number"))
        person = Person(found["name"] or f"anon_{found['anon']}", found["id"] or found["anon"])
        late = bool(found["late"] or found["late_anon"] or is_late)
        people.setdefault((person, late), []).append((found, entry))
    if not people or (count <= len(handins) and not is_wanted):
        return None
    for (person, late), files in people.items():
        for attempt in _attempts(files):
            origin = Origin((person,), is_late=late)
            handins.append(Handin.of_files(origin, attempt.items()))
    return Export(handins)


def feedback_name(path: Path, assignment: str) -> str | None:
    """A file that begins as the one that was handed in, in a zip for "Re-upload submissions".
    Canvas finds the person and the file by their numbers; what was typed or linked has no file. A
    last word that begins with "link" would be passed over.

    Source: app/models/abstract_assignment.rb of Canvas (infer_comment_context_from_filename).
    """
    found = NAME.fullmatch(path.name)
    if found is None or not found["number"]:
        return None
    start = path.name[: found.start("file")]
    return well_formed(f"{start}{stem_of(found['file'])}_feedback.html")


def _attempts(files: list[Found]) -> list[dict[str, Tree]]:
    """The files of each attempt by their names. A file and the same one with a number, "hw.py" and
    "hw-1.py", are two attempts; what was handed in once is part of those after it, too."""
    files = sorted(files, key=lambda one: int(one[0]["number"] or 0))
    names = {found["file"] or found["page"] for found, _tree in files}
    attempts: list[dict[str, Tree]] = []
    now: dict[str, Tree] = {}
    new: set[str] = set()
    for found, tree in files:
        name = found["file"] or found["page"]
        first = _first(name)
        # "part-1.py" beside "part-2.py" is what a student called it.
        is_numbered = first in names or len({n for n in names if _first(n) == first}) == 1
        name = first if is_numbered else name
        if name in new:
            attempts.append(now)
            now, new = dict(now), set()
        now[name] = tree
        new.add(name)
    return [*attempts, now]


def _first(name: str) -> str:
    """What a file was called the first time: "hw.py" of "hw-1.py"."""
    ending = ENDING.search(name.lower())
    stem, rest = (name[: ending.start()], name[ending.start() :]) if ending else (name, "")
    return AGAIN.sub("", stem) + rest
