"""Uploads and results for tests of the gradebook: a class of the small course."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

from grader.course import assignment as assignments
from grader.gradebook.book import Gradebook
from grader.grading.records import Record
from grader.grading.scoring import Result, score
from grader.submissions.packed import digest_of
from grader.submissions.uploads import Origin, Person, Upload
from tests.conftest import ROOT
from tests.reports.examples import check

COURSE = ROOT / "tests" / "small_course"
GREETING = assignments.load("greeting", COURSE)
SOLUTION = (COURSE / "solutions/greeting/solution.py").read_text("utf-8")
EVENING = datetime(2026, 11, 27, 18, tzinfo=timezone(timedelta(hours=8)))


def upload(path: Path, text: str = SOLUTION, *people: Person, **origin: object) -> Upload:
    """A file with this text, handed in by these people."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    fields = {"reader": "canvas" if people else "", **origin}
    return Upload(path, Origin(people=people, **fields))


def seen(one: Upload, *, shout: str = "passed", suite: str = "s1", **changes: object) -> Result:
    """What a session would see: greet is right, and shout as it is said."""
    fields = {
        "status": "graded",
        "checks": [
            check("test_greet", "greet", message="x" * 40),
            check("test_shout", "shout", outcome=shout),
        ],
        "digests": {"submission": digest_of(one), "suite": suite},
        "seconds": 1.0,
        **changes,
    }
    record = Record(
        submission=one.path.stem,
        assignment="greeting",
        isolation="process",
        device="cpu",
        dataset=None,
        warnings=[],
        output="",
        environment={"torch": "2.6"},
        path=str(one.path),
        origin=one.origin,
        **fields,
    )
    return Result(record, score(record, GREETING))


def keep(book: Gradebook, *uploads: Upload, **changes: object) -> None:
    """Keep what one run sees of these uploads."""
    keeper = book.keeper(GREETING, uploads)
    keeper.check_room()
    for one in uploads:
        keeper.earlier(one)
    for one in uploads:
        keeper.keep(seen(one, **changes))


def scores(book: Gradebook) -> dict[str, list[float]]:
    """The scores of all attempts by name, the first attempt first."""
    names = {member.id: member.name for member in book.members()}
    found = book.attempts(GREETING)
    return {names[member]: [each.grade.score for each in own] for member, own in found.items()}
