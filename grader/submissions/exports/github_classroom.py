"""GitHub Classroom: what ``gh classroom clone student-repos`` makes.

A folder ``<assignment>-submissions`` with a repository ``<assignment>-<login>`` for each student or
team. When somebody pushed is not in the files.

Source: cmd/gh-classroom/clone/student-repos/student-repos.go of github/gh-classroom, and "Using
GitHub Classroom with GitHub CLI" in docs.github.com.
"""

from __future__ import annotations

from grader.course.assignment import Assignment
from grader.submissions.handins import Export, Handin, listed, shared_start
from grader.submissions.trees import Tree
from grader.submissions.uploads import Origin, Person

LOOKS_LIKE = "a folder such as 'hw1-submissions' with folders 'hw1-ada', 'hw1-bob' in it"
ENDING = "-submissions"


def read(folder: Tree, assignment: Assignment) -> Export | None:
    """The repository of each student or team; None if this is no such folder."""
    entries = listed(folder)
    names = [entry.name for entry, _late in entries if entry.is_folder]
    prefix = _prefix(folder.name, names, assignment)
    if prefix is None or not names:
        return None
    handins = []
    for entry, is_late in entries:
        login = entry.name.removeprefix(prefix) if entry.is_folder else ""
        people = (Person(login, login),) if login not in ("", entry.name) else ()
        handins.append(Handin.whole(Origin(people, is_late=is_late), entry))
    return Export(handins)


def _prefix(folder: str, names: list[str], assignment: Assignment) -> str | None:
    """What stands before the logins: what the folder is called, if that is what all begin with.
    None if nothing says that these are repositories of a classroom."""
    own = assignment.name.replace("_", "-") + "-"
    if folder.lower().endswith(ENDING):
        shared = folder[: -len(ENDING)] + "-"
        if any(name.startswith(shared) for name in names):
            return shared
        return shared_start([folder, *names], "-") or None
    if len(names) > 1 and all(name.startswith(own) and name != own for name in names):
        return own
    return None
