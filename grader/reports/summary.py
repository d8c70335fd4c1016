"""A class at a glance, as Markdown: scores, what was hard, which mistakes are common."""

from __future__ import annotations

from collections.abc import Sequence

from grader.grading.scoring import Result
from grader.reports import class_figures
from grader.reports.attention import Case, concerns
from grader.reports.notes import common_notes
from grader.reports.text import in_markdown, number

MOST_GROUPS = 10


def render(results: Sequence[Result]) -> str:
    """The summary of one assignment's results."""
    graded = [result for result in results if result.record.status == "graded"]
    names = list(dict.fromkeys(result.record.assignment for result in results))
    parts = [
        f"# {in_markdown(', '.join(names))}: {len(results)} submissions",
        *([_scores(graded), _stubs(graded)] if graded else []),
        _mistakes(graded),
        _answers(graded),
        _notes(graded),
        _attention(results),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _scores(graded: Sequence[Result]) -> str:
    figures = class_figures.points([result.grade.score for result in graded])
    assert figures  # somebody was graded
    row = {
        "graded": figures.count,
        "mean": figures.mean,
        "median": figures.median,
        "lowest": figures.lowest,
        "highest": figures.highest,
        "of": graded[0].grade.max_score,
    }
    return _table(list(row), [[number(value) for value in row.values()]])


def _stubs(graded: Sequence[Result]) -> str:
    rows = [
        [
            in_markdown(stub.name),
            number(stub.max_points),
            number(stub.mean),
            str(stub.full),
            str(stub.missing),
        ]
        for stub in class_figures.stubs(graded)
    ]
    return "## Stubs\n\n" + _table(["stub", "of", "mean", "full points", "missing"], rows)


def _mistakes(graded: Sequence[Result]) -> str:
    """The known mistakes by the number of students who made them, with the sentence they read."""
    rows = [
        [str(len(one.people)), in_markdown(one.stub), in_markdown(one.sentence)]
        for one in class_figures.mistakes(graded)
    ]
    return "## Known mistakes\n\n" + _table(["students", "stub", "mistake"], rows) if rows else ""


def _answers(graded: Sequence[Result]) -> str:
    """The largest groups of equal wrong values without a name: candidates for the bank."""
    rows = []
    for answer in class_figures.answers(graded)[:MOST_GROUPS]:
        sample = answer.sample
        place = sample.places.get(answer.stub, "")
        where = f"{sample.submission}: {place}" if place else sample.submission
        rows.append(
            [
                str(len(answer.people)),
                in_markdown(answer.stub),
                in_markdown(where),
                in_markdown(answer.check.message.split("\n")[0]),
            ]
        )
    if not rows:
        return ""
    text = (
        "Equal wrong values that no known mistake explains. `grader misconception list` shows the "
        "code, `grader misconception add` makes it a known mistake."
    )
    table = _table(["students", "stub", "for example", "what failed"], rows)
    return f"## Other wrong answers\n\n{text}\n\n{table}"


def _notes(results: Sequence[Result]) -> str:
    """The notes that nearly everybody has."""
    rows = [[str(note.count), in_markdown(note.sample)] for note in common_notes(results)]
    return (
        "## Notes of nearly everybody\n\n" + _table(["students", "such as"], rows) if rows else ""
    )


def _attention(results: Sequence[Result]) -> str:
    """Submissions that a person should look at, all of them, by the reason."""
    suites = {result.record.digests.get("suite") for result in results}
    mixed = "Not all of these were graded with the same checks: grade them again."
    parts = [mixed] if len(suites) > 1 else []
    for concern in concerns(results):
        cases = "\n".join(f"- {_case(case)}" for case in concern.cases)
        parts += [
            f"### {concern.reason.capitalize()} ({len(concern.cases)})",
            concern.meaning,
            cases,
        ]
    return "\n\n".join(["## To look at", *parts]) if parts else ""


def _case(case: Case) -> str:
    text = in_markdown(case.text())
    return f"{text}: {in_markdown(case.detail)}" if case.detail else text


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
