"""A result as JSON and back."""

from __future__ import annotations

import json

import msgspec
import pytest

from grader.checking.results import Compared, Curve, Predictions, Values
from grader.grading.record_json import from_object, json_text, to_object
from grader.grading.records import Record
from grader.grading.scoring import Grade, Result
from tests.reports.examples import check, record

DRAWN = {
    "compared": Compared(
        "softmax(X)",
        Values((1, 4), [0.333333333, "nan", "inf", "-inf"]),
        (1, 4),
        Values((1, 4), [1.0, 2.0, 3.0, 4.0]),
    ),
    "curves": [Curve("the training loss", [0.8, 0.5], [(0.7, 0.9), (0.4, 0.6)])],
    "predictions": Predictions([[2, 1], [0, 3]], [(17, 1)]),
}


def result_with(**fields: object) -> Result:
    checks = [check("test_softmax", "softmax", outcome="failed", **fields)]
    return Result(record("ada", checks), Grade(0.0, 22.0, []))


def test_result_is_read_as_it_was_written():
    """What is drawn as well."""
    result = result_with(**DRAWN)

    assert from_object(json.loads(json_text(to_object(result)))) == result


def test_result_of_an_earlier_version_is_read():
    """It has nothing to draw."""
    fields = json.loads(json_text(to_object(result_with(**DRAWN))))
    for name in DRAWN:
        del fields["checks"][0][name]

    assert from_object(fields) == result_with()


@pytest.mark.parametrize("number", ["1", "NaN", None, [1]], ids=str)
def test_what_is_no_number_is_no_result(number):
    """A page can rely on it."""
    fields = json.loads(json_text(to_object(result_with(**DRAWN))))
    fields["checks"][0]["compared"]["returned"]["numbers"][0] = number

    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(fields, Record)
