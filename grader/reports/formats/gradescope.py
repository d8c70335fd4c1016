"""Gradescope's results.json, for one submission.

Every check is a test case. Gradescope shows it to the student at once (`visible`), after the due
date, or, if it is hidden, when the grades are published. What the student's code printed is for
the instructor only: it goes to `extra_data`, which students do not see.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grader.checking.results import CheckResult
from grader.errors import UsageError
from grader.grading.record_json import json_text
from grader.grading.scoring import Result, points_of_checks
from grader.i18n.words import _
from grader.reports.text import printable

IS_ABOUT_ONE = True
# When Gradescope shows a check, by what the check's mark says.
VISIBILITY = {
    "visible": "visible",
    "after_due_date": "after_due_date",
    "hidden": "after_published",
}


def render(results: Sequence[Result]) -> str:
    """The JSON text. Raises UsageError unless there is exactly one result.

    An infrastructure error has no score, which Gradescope reports to the instructor as a failure
    of the autograder and not to the student as a lost point.
    """
    if len(results) != 1:
        raise UsageError("Gradescope's results.json is about one submission: grade one at a time.")
    return json_text(_object(results[0]))


def _object(result: Result) -> dict[str, Any]:
    record, grade = result.record, result.grade
    about = {
        "execution_time": round(record.seconds, 2),
        "output": printable("\n".join(record.warnings)),
        "output_format": "text",
        "stdout_visibility": "hidden",
        "extra_data": {
            "status": record.status,
            "digests": record.digests,
            "environment": record.environment,
            "printed": record.output,
        },
    }
    if record.status == "infrastructure_error":
        return about
    return {
        "score": grade.score,
        **about,
        "tests": _tests(result),
        "leaderboard": [{"name": "points", "value": grade.score, "order": "desc"}],
    }


def _tests(result: Result) -> list[dict[str, Any]]:
    numbers = {stub.name: place for place, stub in enumerate(result.grade.stubs, start=1)}
    counts = dict.fromkeys(numbers, 0)
    told: dict[tuple[str, str, str], str] = {}  # the number of the test that has told a line
    tests = []
    for check, points, most in points_of_checks(result):
        counts[check.stub] += 1
        number = f"{numbers[check.stub]}.{counts[check.stub]}"
        tests.append(
            {
                "name": f"{check.stub}: {_title(check)}",
                "number": number,
                "score": points,
                "max_score": most,
                "status": "passed" if check.outcome == "passed" else "failed",
                "output": printable(_untold(check, number, told)),
                "output_format": "text",
                "visibility": VISIBILITY[check.visibility],
                "tags": [check.stub, check.tier],
                "extra_data": {
                    "check": check.name,
                    "outcome": check.outcome,
                    "misconception": check.misconception,
                    "seconds": check.seconds,
                },
            }
        )
    return tests


def _untold(check: CheckResult, number: str, told: dict[tuple[str, str, str], str]) -> str:
    """The message of a check; lines that stand in an earlier test of the stub, shown as early as
    this one, are left out."""
    lines = check.message.split("\n")
    keys = [(check.stub, check.visibility, line) for line in lines]
    earlier = next((told[key] for key in keys if key in told), "")
    untold = [line for key, line in zip(keys, lines) if key not in told]
    told |= dict.fromkeys((key for key in keys if key not in told), number)
    if earlier and check.outcome != "passed":
        untold.insert(0, _("For the same reason as {number}.").format(number=earlier))
    return "\n".join(untold)


def _title(check: CheckResult) -> str:
    """test_softmax_document_values of the stub softmax is "document values"."""
    words = check.name.removeprefix("test_").replace("_", " ").strip()
    stub = check.stub.lower().replace("_", " ")
    return words.removeprefix(stub).strip() or words
