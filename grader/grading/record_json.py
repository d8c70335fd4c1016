"""Results as JSON: what the folder of ``--out`` holds and the report ``json`` prints."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from grader.grading.records import Record
from grader.grading.scoring import Grade, Result


def to_object(result: Result) -> dict[str, Any]:
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
        "origin": record.origin,
    }


def from_object(fields: dict[str, Any]) -> Result:
    """The result that `to_object` took apart; fields that are not known are passed over.

    Raises msgspec.ValidationError, a ValueError, for other objects.
    """
    return Result(msgspec.convert(fields, Record), msgspec.convert(fields, Grade))


def json_text(value: object) -> str:
    """A value as JSON with indentation. Characters that could steer a terminal are escaped: a
    record holds what a student's code printed."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    return re.sub(r"[^\n -~]", _escaped, text) + "\n"


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    return character if character.isprintable() else json.dumps(character)[1:-1]
