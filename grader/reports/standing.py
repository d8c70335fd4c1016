"""How a person stands in an assignment: the grade, how it came about, and the stubs. A page and a
terminal say the same."""

from __future__ import annotations

from collections.abc import Iterable

from grader.grading.records import Record
from grader.i18n.words import N_, _
from grader.reports.feedback import FULL, Extent, Feedback, feedback
from grader.reports.pages.work import Work
from grader.reports.text import in_words, number

MOST_NOTES, LONGEST = 30, 600  # notes that are told, and characters of one
# What it means that points do not say it all.
MEANING = {
    "graded": N_("The sum of the points of the stubs."),
    "not_attempted": N_("No stub is written in what was handed in."),
    "unreadable": N_("What was handed in cannot be read as a program."),
    "infrastructure_error": N_(
        "The machine that grades failed. That is not your fault and costs no point: your work will "
        "be graded again."
    ),
    "missing": N_("Nothing was handed in."),
    "too_late": N_("It was handed in when nothing counts any more."),
    "open": N_("Nothing was handed in yet, and there is still time."),
    "excused": N_("You are excused."),
}


def outcome(work: Work) -> str:
    """What became of it: a `GradeStatus`."""
    if work.grade is not None:
        return work.grade.status
    return work.result.record.status if work.result else "missing"


def points(work: Work) -> tuple[float, float] | None:
    """The points, and how many there are to be had; None where there is no grade, which is no
    zero."""
    if work.grade is not None:
        most = work.grade.max_points
        return None if work.grade.points is None else (work.grade.points, most)
    if work.result is None or outcome(work) == "infrastructure_error":
        return None
    return work.result.grade.score, work.result.grade.max_score


def score(work: Work) -> str:
    """The points in words."""
    found = points(work)
    if found is None:
        return _("No grade")
    text = _("{points} of {most} points")
    return text.format(points=number(found[0]), most=number(found[1]))


def steps(work: Work) -> list[str]:
    """How the grade came about, line by line."""
    return [in_words(line.text) for line in work.grade.lines] if work.grade else []


def explanation(work: Work) -> list[str]:
    """What the grade means, and what to do, where points and steps do not say it."""
    what = outcome(work)
    if what == "graded" and work.grade:
        return []
    said = [_(MEANING[what])]
    if work.result and what in ("not_attempted", "unreadable"):
        said += notes(work.result.record)
    return said


def stubs(work: Work, extent: Extent = FULL) -> list[Feedback]:
    """What is told about each stub, in the order of the assignment; nothing of what was not
    graded."""
    result = work.result
    if result is None or result.record.status != "graded":
        return []
    found = result.grade.stubs
    return [feedback(result, stub, work.code.get(stub.name), extent) for stub in found]


def notes(record: Record, told: Iterable[Feedback] = ()) -> list[str]:
    """What was left out of a program, or read in another way than it is written, and why; but for
    what is told as a cause."""
    causes = {reason.cause for one in told for reason in one.told}
    found = (in_words(note[:LONGEST]) for note in record.warnings[:MOST_NOTES])
    return [note for note in found if note not in causes]


def facts(record: Record) -> list[tuple[str, str]]:
    """How it was graded: a name and a value each."""
    data = record.dataset
    versions = (f"{name} {version}" for name, version in sorted(record.environment.items()))
    found = {
        _("isolation"): record.isolation or "",
        _("device"): record.device,
        _("data set"): f"{data.name} ({data.variant})" if data else "",
        _("time"): _("{seconds:.1f} seconds").format(seconds=record.seconds),
        _("environment"): ", ".join(versions),
        _("submission (SHA-256)"): record.digests.get("submission", ""),
    }
    if record.status == "infrastructure_error":
        found[_("cause")] = " ".join(notes(record))
    return [(name, value) for name, value in found.items() if value]
