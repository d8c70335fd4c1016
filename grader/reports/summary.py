"""A class at a glance, as Markdown: scores, what was hard, which mistakes are common."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean, median

from grader.grading.answers import groups
from grader.grading.scoring import Result
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
    scores = [result.grade.score for result in graded]
    figures = {
        "graded": len(scores),
        "mean": mean(scores),
        "median": median(scores),
        "lowest": min(scores),
        "highest": max(scores),
        "of": graded[0].grade.max_score,
    }
    return _table(list(figures), [[number(value) for value in figures.values()]])


def _stubs(graded: Sequence[Result]) -> str:
    rows = []
    for place, stub in enumerate(graded[0].grade.stubs):
        same = [
            result.grade.stubs[place]
            for result in graded
            if [s.name for s in result.grade.stubs] == [s.name for s in graded[0].grade.stubs]
        ]
        rows.append(
            [
                in_markdown(stub.name),
                number(stub.max_points),
                number(mean(one.points for one in same)),
                str(sum(one.points == one.max_points for one in same)),
                str(sum(one.status == "missing" for one in same)),
            ]
        )
    return "## Stubs\n\n" + _table(["stub", "of", "mean", "full points", "missing"], rows)


def _mistakes(graded: Sequence[Result]) -> str:
    """The known mistakes by the number of students who made them, with the sentence they read."""
    students: dict[tuple[str, str], set[str]] = {}
    sentences: dict[tuple[str, str], str] = {}
    for result in graded:
        for check in result.record.checks:
            if check.misconception:
                key = (check.stub, check.misconception)
                students.setdefault(key, set()).add(result.record.path)
                sentences[key] = check.message.split("\n")[0]
    ordered = sorted(students, key=lambda key: (-len(students[key]), key))
    rows = [
        [str(len(students[key])), in_markdown(key[0]), in_markdown(sentences[key])]
        for key in ordered
    ]
    return "## Known mistakes\n\n" + _table(["students", "stub", "mistake"], rows) if rows else ""


def _answers(graded: Sequence[Result]) -> str:
    """The largest groups of equal wrong values without a name: candidates for the bank."""
    rows = []
    for group in groups(graded)[:MOST_GROUPS]:
        sample, check = group.submissions[0].record, group.checks[0]
        place = sample.places.get(group.stub, "")
        where = f"{sample.submission}: {place}" if place else sample.submission
        said = check.message.split("\n")[0]
        rows.append(
            [
                str(len(group.submissions)),
                in_markdown(group.stub),
                in_markdown(where),
                in_markdown(said),
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
