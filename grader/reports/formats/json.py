"""The JSON that ``grader grade --json`` writes; its fields are documented in docs/json.md."""

from __future__ import annotations

from collections.abc import Sequence

from grader.grading.record_json import json_text, to_object
from grader.grading.scoring import Result


def render(results: Sequence[Result]) -> str:
    """A JSON list with one object for each submission."""
    return json_text([to_object(result) for result in results])
