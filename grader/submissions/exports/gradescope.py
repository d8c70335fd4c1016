"""Gradescope: "Export Submissions" of a programming assignment.

A folder ``submission_900000`` for each submission and ``submission_metadata.yml``, which a Ruby
program writes, so that its keys begin with a colon: ``:submitters:`` (``:name:``, ``:sid:``,
``:email:``; several of a group), ``:created_at:`` and ``:history:``, the earlier attempts, with
the oldest first.

Source: "Exporting Submissions" in Gradescope's help for instructors; the keys as they are read by
public programs, for Gradescope does not describe them.
"""

from __future__ import annotations

import re
from typing import Any

from grader.course.assignment import Assignment
from grader.course.extras import require
from grader.errors import UnreadableSubmission, UsageError
from grader.submissions.handins import Export, Handin, listed, time_of
from grader.submissions.trees import Tree
from grader.submissions.uploads import Origin, Person

LOOKS_LIKE = "'submission_metadata.yml' and folders such as 'submission_900000'"
METADATA = "submission_metadata.yml"
FOLDER = re.compile(r"submission_(?P<id>\d+)")
LEAST_DIGITS = 4  # of a folder without metadata: "submission_2" is a student's second version
NAMED = 5  # folders that a note names


def read(folder: Tree, assignment: Assignment) -> Export | None:
    """What each person or group handed in; None if this is no such export."""
    metadata = [entry for entry in folder.entries() if entry.name == METADATA]
    entries = listed(folder)
    numbered = [match for entry, _late in entries if (match := FOLDER.fullmatch(entry.name))]
    if not metadata and not any(len(match["id"]) >= LEAST_DIGITS for match in numbered):
        return None
    about, notes = _metadata(metadata[0]) if metadata else ({}, [f"{METADATA} is missing"])
    if notes:
        notes = [f"{notes[0]}: the submissions are called like their folders."]
    known = _earlier(about) | about
    handins = [
        Handin.whole(_origin(known.get(entry.name), is_late), entry) for entry, is_late in entries
    ]
    lost = [*(about.keys() - {entry.name for entry, _late in entries})]
    if lost:
        who = [", ".join(p.name for p in _people(about[name])) or name for name in lost]
        more = ", …" if len(who) > NAMED else ""
        notes.append(
            f"{METADATA} names submissions that are not in the export: "
            f"{'; '.join(who[:NAMED])}{more}"
        )
    return Export(handins, notes)


def _metadata(file: Tree) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """What is said of each folder by its name, and why nothing is known. Everything is text: the
    loader makes no object of anything."""
    try:
        require("yaml", "class")
        import yaml

        loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
        found = yaml.load(file.content(), loader)
    except UsageError as error:
        return {}, [f"{METADATA} is not read, for {error}"]
    except UnreadableSubmission as error:
        return {}, [str(error).rstrip(".")]
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, [f"{METADATA} is damaged"]
    if not isinstance(found, dict):
        return {}, [f"{METADATA} is damaged"]
    return {
        name: about
        for name, about in found.items()
        if isinstance(name, str) and isinstance(about, dict)
    }, []


def _earlier(about: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What is known of the earlier attempts that have a number, by the names of their folders."""
    found = {}
    for one in about.values():
        history = _mappings(one.get(":history"))
        for number, attempt in enumerate(history):
            those = {":submitters": one.get(":submitters"), ":history": history[:number]}
            found[f"submission_{attempt.get(':id', '')}"] = attempt | those
    return found


def _origin(about: dict[str, Any] | None, is_late: bool | None) -> Origin:
    if about is None:
        return Origin(is_late=is_late)
    time = time_of(str(about.get(":created_at", "")))
    attempt = 1 + len(_mappings(about.get(":history")))
    return Origin(_people(about), time, is_late, attempt)


def _people(about: dict[str, Any]) -> tuple[Person, ...]:
    return tuple(
        Person(*(_text(one.get(key)) for key in (":name", ":sid", ":email")))
        for one in _mappings(about.get(":submitters"))
    )


def _mappings(value: Any) -> list[dict[str, Any]]:
    found = value if isinstance(value, list) else []
    return [one for one in found if isinstance(one, dict)]


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) and value not in ("null", "~") else ""
