"""Workflow commands of GitHub Actions: an annotation on the student's own line for each stub.

Every line is one command, so nothing that a student's code says can be one. The job summary is the
markdown report: write that to the file that $GITHUB_STEP_SUMMARY names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from grader.checking.results import CheckResult
from grader.grading.records import Record
from grader.grading.scoring import Result, StubGrade
from grader.reports.reasons import reasons
from grader.reports.text import number, printable

PLACE = re.compile(r"^(?P<file>.+?), line (?P<line>\d{1,7})(, in .*)?$")


def render(results: Sequence[Result]) -> str:
    """One command on each line: an error for each stub that lost points, a notice for the score."""
    lines = [command for result in results for command in _commands(result)]
    return "\n".join(lines) + "\n" if lines else ""


def _commands(result: Result) -> list[str]:
    record, grade = result.record, result.grade
    if record.status != "graded":
        title = f"{record.submission}: {record.status.replace('_', ' ')}"
        return [_command("error", "\n".join(record.warnings), title=title, file=record.path)]
    lost = [stub for stub in grade.stubs if stub.points < stub.max_points]
    total = f"{number(grade.score)} of {number(grade.max_score)} points"
    return [
        *(_stub(record, stub) for stub in lost),
        _command("notice", f"{record.submission}: {total}", title="Score"),
    ]


def _stub(record: Record, stub: StubGrade) -> str:
    failed = [c for c in record.checks if c.stub == stub.name and c.outcome != "passed"]
    points = f"{stub.name}: {number(stub.points)} of {number(stub.max_points)} points"
    text = "\n\n".join(reason.text for reason in reasons(failed)) or points
    location = _location(record, stub, failed)
    if "line" not in location and stub.name in record.places:
        text = f"{record.places[stub.name]}: {text}"
    return _command("error", text, title=points, **location)


def _location(record: Record, stub: StubGrade, failed: Sequence[CheckResult]) -> dict[str, str]:
    """The student's own line that raised, else the line where the stub is defined."""
    own_lines = [line for check in failed for line in check.message.split("\n")]
    for place in (*reversed(own_lines), record.places.get(stub.name, "")):
        match = PLACE.match(place)
        file = match and _file(record.path, match["file"])
        if match and file:
            return {"file": file, "line": match["line"]}
    return {"file": record.path}


def _file(upload: str, name: str) -> str:
    """The path of a file of the upload; "" for a cell, whose lines are no lines of its file."""
    if not name.endswith(".py") or upload.endswith(".ipynb"):
        return ""
    if upload.endswith(".py"):
        return upload if PurePath(upload).name == name else ""
    return str(PurePath(upload, name))


def _command(kind: str, message: str, **properties: str) -> str:
    pairs = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::{kind} {pairs}::{_data(message)}"


def _data(text: str) -> str:
    """GitHub's escapes; they keep the command on one line."""
    return printable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
