"""Points from records: weights, gates, rounding, and the status of a stub."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checking.results import CheckResult
from grader.course.assignment import Assignment, Stub
from grader.grading.records import Record
from grader.grading.scoring import Result, points_of_checks, score

OUTCOMES = ["passed", "failed", "missing", "timeout", "error", "skipped"]


def check(outcome, stub="f", weight=1.0, gate=False):
    return CheckResult(
        name=f"test_{stub}",
        stub=stub,
        tier="unit",
        visibility="hidden",
        weight=weight,
        gate=gate,
        outcome=outcome,
        message="",
        misconception=None,
        seconds=0.0,
    )


def grade(*checks, **options):
    """The grade of these checks; points by stub, by default 10 for one stub `f`."""
    return graded(*checks, **options)[1]


def graded(*checks, status="graded", **points):
    """A record of these checks and its grade."""
    stubs = [Stub(name, value, (), (), ()) for name, value in (points or {"f": 10.0}).items()]
    assignment = Assignment(
        name="x",
        title="X",
        datasets=(),
        stubs=tuple(stubs),
        spellings={},
        names={},
        helpers=(),
        framework="torch",
        load_seconds=1.0,
        call_seconds=1.0,
        public=Path("public"),
        private=Path("private"),
    )
    record = Record(
        submission="ada",
        assignment="x",
        status=status,
        isolation="process",
        device="cpu",
        dataset=None,
        checks=list(checks),
        warnings=[],
        output="",
        seconds=0.0,
        environment={},
        digests={},
    )
    return record, score(record, assignment)


def test_all_passed_is_full_marks():
    """Every stub has its points, and the sum is the score."""
    found = grade(check("passed", "f"), check("passed", "g"), f=60.0, g=40.0)

    assert (found.score, found.max_score) == (100, 100)
    assert [(stub.name, stub.points, stub.status) for stub in found.stubs] == [
        ("f", 60, "passed"),
        ("g", 40, "passed"),
    ]


def test_points_are_the_weighted_share():
    """A check of weight 3 counts three times as much."""
    found = grade(check("passed", weight=3), check("failed", weight=1))

    assert found.score == 7.5


def test_a_gate_that_fails_takes_all():
    """Where a gate fails, the stub earns nothing; other stubs keep theirs."""
    found = grade(
        check("passed", weight=9),
        check("failed", gate=True),
        *(check("passed", "g"), check("passed", "g", gate=True)),
        f=50.0,
        g=50.0,
    )

    assert [stub.points for stub in found.stubs] == [0, 50]


def test_a_gate_earns_nothing():
    """What passes nothing but gates has done nothing right, whatever weight a record gives them."""
    found = grade(check("passed", gate=True), check("failed"), check("failed"))

    assert [(stub.points, stub.status) for stub in found.stubs] == [(0, "failed")]


@pytest.mark.parametrize("outcome", OUTCOMES[1:])
def test_nothing_but_a_passed_check_earns(outcome):
    """A check that was skipped, missing or too slow earns no points."""
    assert grade(check("passed"), check(outcome)).score == 5


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        (["passed", "passed"], "passed"),
        (["passed", "failed"], "failed"),
        (["failed", "error"], "error"),
        (["failed", "error", "timeout"], "timeout"),
        (["timeout", "missing", "passed"], "missing"),
        (["passed", "skipped"], "failed"),
        ([], "missing"),
    ],
    ids=str,
)
def test_status_is_the_most_telling_outcome(outcomes, status):
    """One word for a stub: what a student should look at first."""
    (stub,) = grade(*map(check, outcomes)).stubs

    assert stub.status == status


def test_record_without_checks_scores_nothing():
    """An upload that could not be read has every stub, with no points."""
    found = grade(status="unreadable", f=60.0, g=40.0)

    assert (found.score, found.max_score) == (0, 100)
    assert [(stub.points, stub.status) for stub in found.stubs] == [(0, "missing")] * 2


def test_points_are_rounded_to_cents():
    """Three thirds of ten points are 3.34, 3.33 and 3.33, and the score is the sum."""
    thirds = [check("failed"), check("passed"), check("failed")]
    more = [check(c.outcome, "g") for c in thirds]

    found = grade(*thirds, *more, f=10.0, g=10.0)

    assert [stub.points for stub in found.stubs] == [3.33, 3.33]
    assert found.score == 6.66


def test_checks_without_weight_cost_nothing_to_compute():
    """Weights of 0 are no division by zero."""
    assert grade(check("passed", weight=0)).score == 0


WEIGHTS = st.lists(
    st.tuples(st.just(0.0) | st.floats(0.1, 10), st.booleans()), min_size=1, max_size=70
)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(WEIGHTS, st.integers(0, 10_000), st.sampled_from(["passed", "failed"]))
def test_points_of_checks_add_up(marks, hundredths, last):
    """Shares and earned points of checks, to a hundredth, are those of the stub without a rest."""
    points = hundredths / 100
    found = [
        msgspec.structs.replace(check("passed", weight=weight, gate=gate), name=f"test_{number}")
        for number, (weight, gate) in enumerate(marks)
    ]
    found[-1] = msgspec.structs.replace(found[-1], outcome=last)
    record, result = graded(*found, f=points)

    rows = points_of_checks(Result(record, result))

    assert sum(Decimal(str(earned)) for _, earned, _ in rows) == Decimal(str(result.score))
    if any(weight and not gate for weight, gate in marks):
        assert sum(Decimal(str(share)) for _, _, share in rows) == Decimal(str(points))
    exact = sum(weight for weight, gate in marks if not gate)
    for (weight, gate), (_, _, share) in zip(marks, rows, strict=True):
        fair = points * weight / exact if exact and not gate else 0
        assert share == pytest.approx(fair, abs=0.0101)


checks = st.builds(
    check,
    st.sampled_from(OUTCOMES),
    st.sampled_from("fg"),
    st.floats(0.1, 10),
    st.booleans(),
)


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(st.lists(checks, max_size=8), st.floats(0, 100), st.floats(0, 100))
def test_score_stays_within_its_bounds(found, f, g):
    """Never below 0 or above the points; full only where every check passed."""
    result = grade(*found, f=f, g=g)

    for stub in result.stubs:
        assert 0 <= stub.points <= stub.max_points + 0.005
        own = [each for each in found if each.stub == stub.name]
        assert (stub.status == "passed") == bool(
            own and all(each.outcome == "passed" for each in own)
        )
        if stub.status == "passed" and not all(each.gate for each in own):
            assert stub.points == pytest.approx(stub.max_points, abs=0.005)
    assert result.score == pytest.approx(sum(stub.points for stub in result.stubs), abs=0.005)
