"""Whether the checks of a stub share a copy of the submission or have one each: the records are the
same, over every known program and every attack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader.checking.diagnosis.mistakes import ADDRESS
from grader.course import assignment as assignments
from grader.course.assignment import Assignment
from grader.grading.session import open_session
from grader.grading.settings import Part, Settings
from grader.sandbox.sandbox import Sandbox
from tests.attacks.test_attacks import ATTACKS
from tests.attacks.test_attacks import COURSE as ATTACKED
from tests.conftest import ROOT
from tests.scenarios.test_programs import ALWAYS, ASSIGNMENTS, sorts

# What these say of themselves is how many processes there are, or calls have been.
COUNTING = {"escaping_kill_everything", "lying_by_call_count"}
UNIT = Part(tier="unit", of_template=True)


def records(assignment: Assignment, paths: list[Path]) -> list[Any]:
    """What was seen of each submission in the unit tier, but for times and places; of those that
    count, the outcomes. pytest, which runs this test, explains asserts of checks with addresses in
    this process."""
    with open_session(assignment, Settings("cpu", data=Path("embedded"))) as session:
        found = [session.grade(path, part=UNIT) for path in paths]
    return [
        [
            *(record.submission, record.status, *record.warnings),
            *(
                (c.name, c.outcome)
                if record.submission in COUNTING
                else (c.name, c.outcome, ADDRESS.sub("", c.message), c.misconception, c.answer)
                for c in record.checks
            ),
        ]
        for record in found
    ]


def assert_equal_records(
    assignment: Assignment, paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Assert that a copy for each check changes nothing."""
    shared = records(assignment, paths)
    monkeypatch.setattr(Sandbox, "_kept_for", lambda self, stub, seed: self._new_copy(self.device))
    for mine, theirs in zip(shared, records(assignment, paths), strict=True):
        assert mine == theirs


@pytest.mark.parametrize(
    ("assignment", "sort"),
    [
        pytest.param(
            *(assignment, sort),
            marks=[] if (assignment, sort) == (ALWAYS, "always") else pytest.mark.slow,
        )
        for assignment in ASSIGNMENTS
        for sort in ("untouched", "always", "slow", "styles", "unseen")
        if sorts(assignment)[sort]
    ],
)
def test_programs_have_the_records_of_a_copy_for_each_check(
    tmp_path, monkeypatch, assignment, sort
):
    """Right programs, known mistakes and such as no bank was made for."""
    programs = {tmp_path / f"{p.name}.{p.form}": p.text for p in sorts(assignment)[sort]}
    for path, text in programs.items():
        path.write_text(text, "utf-8")

    assert_equal_records(assignments.load(assignment, ROOT), list(programs), monkeypatch)


@pytest.mark.slow
def test_attacks_have_the_records_of_a_copy_for_each_check(monkeypatch):
    """What spoils one check gains nothing in the next one, and costs the same."""
    (name,) = assignments.available(ATTACKED)

    assert_equal_records(assignments.load(name, ATTACKED), ATTACKS, monkeypatch)
