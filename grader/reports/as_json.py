"""The JSON that ``grader grade --json`` writes; its fields are documented in docs/json.md."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from grader.grading.records import Record
from grader.grading.scoring import Grade, Result


def render(results: Sequence[Result]) -> str:
    """A JSON list with one object for each submission."""
    text = msgspec.json.encode([as_object(result) for result in results])
    return msgspec.json.format(text, indent=2).decode() + "\n"


def read(text: bytes) -> list[Result]:
    """The results that `render` wrote. Raises msgspec.ValidationError, a ValueError, for other
    texts."""
    objects = msgspec.json.decode(text, type=list[dict[str, Any]])
    return [Result(msgspec.convert(o, Record), msgspec.convert(o, Grade)) for o in objects]


def as_object(result: Result) -> dict[str, Any]:
    """The record's fields and the grade's, in the documented order."""
    record, grade = result.record, result.grade
    return {
        "submission": record.submission,
        "assignment": record.assignment,
        "status": record.status,
        "score": grade.score,
        "max_score": grade.max_score,
        "isolation": record.isolation,
        "device": record.device,
        "dataset": record.dataset,
        "stubs": grade.stubs,
        "checks": record.checks,
        "warnings": record.warnings,
        "seconds": record.seconds,
        "environment": record.environment,
        "digests": record.digests,
        "output": record.output,
        "path": record.path,
        "places": record.places,
    }
