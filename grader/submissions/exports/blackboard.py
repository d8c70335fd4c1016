"""Blackboard Learn: "Assignment File Download" of the Grade Center, all files in one folder.

``Homework 1_am123_attempt_2026-11-20-10-00-00_hw.py`` is the assignment, the login, the time of the
attempt on the server's clock, and the file's name. A receipt, the same without a file
(``….txt``), begins with ``Name: Anna Meyer (am123)`` and has the time with its zone in
``Date Submitted:``.

Source: "Download assignments" in Blackboard's help for instructors; the names and the receipt as
BBGradebookOrganiser (docs/instructions.md) and blackboard-analysis-tools (README) read them.
"""

from __future__ import annotations

import re

from grader.course.assignment import Assignment
from grader.errors import UnreadableSubmission
from grader.submissions.handins import Export, Handin, listed, shared_start, time_of
from grader.submissions.trees import Tree
from grader.submissions.uploads import Origin, Person

LOOKS_LIKE = "files such as 'Homework 1_am123_attempt_2026-11-20-10-00-00_hw.py'"
NAME = re.compile(
    r"(?P<head>.+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|(?P<receipt>\.txt))?",
    re.DOTALL,
)
WHO = re.compile(r"\s*[^:：\n]{1,40}[:：]\s*(?P<name>[^\n]*?)\s*\((?P<login>[^()\n]+)\)\s*(?:\n|$)")
SUBMITTED = re.compile(r"\d\d?:\d\d:\d\d (?:[^\s\d]{2,9} )?(?P<zone>UTC|GMT)\b")
MAX_RECEIPT = 1 << 16  # bytes of it that are looked at

Attempts = dict[tuple[str, str, "bool | None"], dict[str, Tree]]


def read(folder: Tree, assignment: Assignment) -> Export | None:
    """What each person handed in at each time; None if this is no such export."""
    attempts: Attempts = {}
    receipts: dict[tuple[str, str], str] = {}
    handins = []
    for entry, is_late in listed(folder):
        found = NAME.fullmatch(entry.name)
        if found is None:
            handins.append(Handin.whole(Origin(is_late=is_late), entry))
            continue
        files = attempts.setdefault((found["head"], found["time"], is_late), {})
        if found["receipt"]:
            receipts[found["head"], found["time"]] = _text(entry)
        files[found["file"] or ""] = entry
    if not attempts:
        return None
    people = _people([head for head, _time, _late in attempts], receipts)
    for (head, time, is_late), files in attempts.items():
        zone = SUBMITTED.search(receipts.get((head, time), ""))
        when = time_of(f"{time[:10]} {time[11:]} {zone['zone'] if zone else ''}")
        origin = Origin((people[head],), when, is_late)
        named = {name: tree for name, tree in files.items() if name} or files
        handins.append(Handin.of_files(origin, named.items()))
    return Export(handins)


def _text(receipt: Tree) -> str:
    try:
        return receipt.content()[:MAX_RECEIPT].decode("utf-8-sig", "replace")
    except UnreadableSubmission:
        return ""


def _people(heads: list[str], receipts: dict[tuple[str, str], str]) -> dict[str, Person]:
    """Who is meant by what stands before the time: as a receipt says, else what is left of it
    without the assignment, which is the same for all."""
    shared = shared_start({*heads}, "_")
    found: dict[str, Person] = {}
    for head in heads:
        login = head.removeprefix(shared)
        found[head] = Person(login, login)
    for (head, _time), text in receipts.items():
        who = WHO.match(text)
        if who is not None and head.endswith(who["login"]):
            found[head] = Person(who["name"] or who["login"], who["login"])
    return found
