"""Results as Markdown: feedback for students, and the job summary of GitHub Actions.

What a student's code says stands in fenced blocks, in which nothing is markup.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.checking.results import CheckResult
from grader.grading.scoring import Result, StubGrade
from grader.i18n.words import _
from grader.reports.reasons import reasons
from grader.reports.text import in_markdown, number, printable, status

MARKS = {"passed": "✅", "missing": "⬜"}  # everything else is wrong


def render(results: Sequence[Result]) -> str:
    """A section for each submission; with several, a table of all scores comes first."""
    sections = [_overview(results)] if len(results) > 1 else []
    return "\n\n".join([*sections, *map(_section, results)]) + "\n"


def _overview(results: Sequence[Result]) -> str:
    rows = [
        f"| {in_markdown(r.record.submission)} | {number(r.grade.score)} "
        f"| {number(r.grade.max_score)} | {status(r.record.status)} |"
        for r in results
    ]
    return _table(_("submission"), _("score"), rows)


def _table(what: str, number: str, rows: Sequence[str]) -> str:
    heading = " | ".join([what, number, _("of"), _("status")])
    return "\n".join([f"| {heading} |", "|---|---:|---:|---|", *rows])


def _section(result: Result) -> str:
    record, grade = result.record, result.grade
    name = in_markdown(record.submission)
    if record.status != "graded":
        return f"## {name}: {status(record.status)}\n\n{fenced(_lines(record.warnings))}"
    rows = [
        f"| {in_markdown(stub.name)} | {number(stub.points)} | {number(stub.max_points)} "
        f"| {MARKS.get(stub.status, '❌')} {status(stub.status)} |"
        for stub in grade.stubs
    ]
    title = _("{name}: {score} of {max_score}").format(
        name=name, score=number(grade.score), max_score=number(grade.max_score)
    )
    parts = [
        f"## {title}",
        _table(_("stub"), _("points"), rows),
        *(_reasons(stub, record.checks) for stub in grade.stubs if stub.status != "passed"),
    ]
    if record.warnings:
        parts.append("### " + _("Notes") + f"\n\n{fenced(_lines(record.warnings))}")
    return "\n\n".join(parts)


def _reasons(stub: StubGrade, checks: Sequence[CheckResult]) -> str:
    found = reasons(check for check in checks if check.stub == stub.name)
    text = "\n\n".join(reason.text for reason in found) or _("There is no check of it.")
    return f"### {in_markdown(stub.name)}\n\n{fenced(text)}"


def fenced(text: str) -> str:
    """A block of text as it stands, whatever backticks are in it."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{printable(text)}\n{fence}"


def _lines(warnings: Sequence[str]) -> str:
    return "\n".join(warnings)
