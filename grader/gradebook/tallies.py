"""Scores of many records at once: only what they are computed from is decoded."""

from __future__ import annotations

from typing import cast

import msgspec

from grader.course.assignment import Assignment
from grader.grading.records import Record, Status
from grader.grading.scoring import Grade, score


class _Check(msgspec.Struct, frozen=True):
    """What a score needs of a check; see checking/results.py."""

    stub: str
    weight: float
    gate: bool
    outcome: str


class _Seen(msgspec.Struct, frozen=True):
    """What a score needs of a record; see grading/records.py."""

    status: Status
    checks: tuple[_Check, ...]


class Tallies:
    """Scores records of one assignment; equal outcomes are scored once."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self._decoder = msgspec.json.Decoder(_Seen)
        self._grades: dict[tuple[_Check, ...], Grade] = {}

    def of(self, data: str) -> tuple[Status, Grade]:
        """Status and score of a record as the book has it."""
        seen = self._decoder.decode(data)
        grade = self._grades.get(seen.checks)
        if grade is None:
            grade = self._grades[seen.checks] = score(cast(Record, seen), self.assignment)
        return seen.status, grade
