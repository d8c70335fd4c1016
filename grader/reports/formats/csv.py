"""A table for spreadsheets and learning platforms: one line for each submission."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from grader.grading.scoring import Result
from grader.reports.notes import common_notes, own_notes
from grader.reports.text import in_spreadsheet, number

COLUMNS = ("submission", "assignment", "status", "score", "max_score", "seconds", "notes")


def render(results: Sequence[Result]) -> str:
    """Comma-separated text with a header; after the fixed columns one for each stub's points."""
    stubs = list(dict.fromkeys(stub.name for result in results for stub in result.grade.stubs))
    common = common_notes(results)
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([*COLUMNS, *stubs])
    for result in results:
        record, grade = result.record, result.grade
        points = {stub.name: number(stub.points) for stub in grade.stubs}
        rows.writerow(
            [
                in_spreadsheet(record.submission),
                in_spreadsheet(record.assignment),
                record.status,
                number(grade.score) if record.status != "infrastructure_error" else "",
                number(grade.max_score),
                f"{record.seconds:.1f}",
                in_spreadsheet("; ".join(own_notes(result, common))),
                *(points.get(stub, "") for stub in stubs),
            ]
        )
    return text.getvalue()
