"""Figures of a class, against values that were computed by hand."""

from __future__ import annotations

from math import sqrt

import msgspec
import pytest

from grader.grading.scoring import Grade, Result, StubGrade
from grader.reports import class_figures
from grader.reports.class_figures import discrimination, distribution, points
from tests.reports.examples import check, record


def person(name: str, softmax: str, net: str, gate: str = "passed", **changes: object) -> Result:
    """A result with a check of softmax (12 points), one of net (10 points) and a gate of net."""
    checks = [
        check("test_softmax", "softmax", outcome=softmax),
        check("test_net", "net", outcome=net),
        check("test_net_is_own", "net", gate=True, outcome=gate),
    ]
    of_net = 10.0 if net == gate == "passed" else 0.0
    stubs = [
        StubGrade("softmax", 12.0 * (softmax == "passed"), 12.0, softmax),
        StubGrade("net", of_net, 10.0, net),
    ]
    total = sum(stub.points for stub in stubs)
    return Result(record(name, checks, **changes), Grade(total, 22.0, stubs))


def named(result: Result, mistake: str, sentence: str) -> Result:
    """The result with a known mistake behind each check that failed."""
    checks = [
        msgspec.structs.replace(one, misconception=mistake, message=f"{sentence}\nand more")
        if one.outcome == "failed"
        else one
        for one in result.record.checks
    ]
    return msgspec.structs.replace(
        result, record=msgspec.structs.replace(result.record, checks=checks)
    )


# Points: 22, 12, 22, 10, 0.
FIVE = [
    person("a", "passed", "passed", seconds=1),
    person("b", "passed", "missing", seconds=9),
    person("c", "passed", "passed", seconds=2),
    person("d", "failed", "passed", seconds=3),
    person("e", "failed", "failed", seconds=4),
]


# ------------------------------------------------------------------------------ points


def test_points_of_a_class():
    """Mean, median and ends of five numbers."""
    found = points([22.0, 12.0, 22.0, 10.0, 0.0])

    assert found is not None
    assert (found.count, found.lowest, found.highest) == (5, 0, 22)
    assert (found.mean, found.median) == (pytest.approx(13.2), 12)
    assert points([]) is None


@pytest.mark.parametrize(
    ("values", "maximum", "counts"),
    [
        ([], 100, [0] * 10),
        ([0, 9.99, 10, 55, 99.99, 100], 100, [2, 1, 0, 0, 0, 1, 0, 0, 0, 2]),
        ([-1, 101], 100, [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]),  # changed by hand
        ([0.3, 0.6, 0.7], 1, [0, 0, 0, 1, 0, 0, 1, 1, 0, 0]),  # no rounding moves a limit
        ([0, 0], 0, [2, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_distribution_counts_everybody_once(values, maximum, counts):
    """A limit belongs to the part above it, the maximum to the last part."""
    assert distribution(values, maximum) == counts


# ------------------------------------------------------------------------------ discrimination


def test_discrimination_is_the_point_biserial_correlation():
    """The difference of the means (9 and 3) over the standard deviation, times the root of p q."""
    found = discrimination([True, True, True, False, False], [10, 8, 9, 4, 2])

    assert found == pytest.approx((9 - 3) / sqrt(9.44) * sqrt(0.6 * 0.4))


def test_item_that_the_weak_pass_has_a_negative_discrimination():
    """It is worth a look."""
    assert discrimination([False, False, True, True, True], [9, 9, 1, 1, 1]) == pytest.approx(-1)


@pytest.mark.parametrize(
    ("passed", "rest"),
    [
        ([True, False, True, False], [1, 2, 3, 4]),  # too few people
        ([True] * 5, [1, 2, 3, 4, 5]),
        ([False] * 5, [1, 2, 3, 4, 5]),
        ([True, False, True, False, True], [7] * 5),
    ],
)
def test_discrimination_that_means_nothing_is_none(passed, rest):
    """Where few people, or none of another kind, were seen."""
    assert discrimination(passed, rest) is None


# ------------------------------------------------------------------------------ stubs and checks


def test_stubs_by_what_was_earned():
    """Mean, full points, who lost some, and who wrote nothing; the own points are no part of the
    rest: those of softmax are compared with 10, 0, 10, 10, 0."""
    softmax, net = class_figures.stubs(FIVE)

    assert (softmax.name, softmax.max_points, softmax.full, softmax.of) == ("softmax", 12, 3, 5)
    assert (softmax.mean, softmax.missing, softmax.lost) == (pytest.approx(7.2), 0, [3, 4])
    assert (net.full, net.missing, net.lost) == (3, 1, [1, 4])
    assert softmax.discrimination == pytest.approx((20 / 3 - 5) / sqrt(24) * sqrt(0.24))


def test_checks_by_how_many_passed():
    """In the order of the suite."""
    found = class_figures.checks(FIVE)

    assert [(one.sample.name, one.passed, one.of) for one in found] == [
        ("test_softmax", 3, 5),
        ("test_net", 3, 5),
        ("test_net_is_own", 5, 5),
    ]
    assert found[2].discrimination is None


def test_check_that_was_skipped_was_not_met():
    """It is neither passed nor failed."""
    found = class_figures.checks([*FIVE, person("f", "skipped", "passed")])

    assert [(one.passed, one.of) for one in found] == [(3, 5), (4, 6), (6, 6)]


def test_gate_is_not_compared_with_the_points_that_it_takes():
    """Those of its stub are left out, though it has none itself: 12, 12, 0, 0, 12 are left."""
    five = [
        person("a", "passed", "passed", "failed"),
        person("b", "passed", "passed"),
        person("c", "failed", "passed"),
        person("d", "failed", "passed"),
        person("e", "passed", "passed", "failed"),
    ]

    gate = class_figures.checks(five)[2]

    assert (gate.passed, gate.of) == (3, 5)
    assert gate.discrimination == pytest.approx((4 - 12) / sqrt(34.56) * sqrt(0.24))


# ------------------------------------------------------------------------------ mistakes, answers


def test_mistakes_by_their_people():
    """The most frequent first, each person once, with the sentence that they read."""
    one, both = person("a", "failed", "passed"), person("b", "failed", "failed")
    results = [named(one, "rare", "Rare."), named(both, "often", "Often."), FIVE[0]]
    results.append(named(person("c", "passed", "failed"), "often", "Often."))

    found = class_figures.mistakes(results)

    assert [(each.stub, each.name, each.sentence, each.people) for each in found] == [
        ("net", "often", "Often.", [1, 3]),
        ("softmax", "often", "Often.", [1]),
        ("softmax", "rare", "Rare.", [0]),
    ]


def test_equal_answers_by_their_people():
    """Those who handed in together share a record, and are both counted."""

    def answered(name: str, answer: str) -> Result:
        checks = [check("test_softmax", "softmax", outcome="failed", answer=answer)]
        return Result(record(name, checks), FIVE[4].grade)

    pair, other, third = answered("a", "x"), answered("b", "y"), answered("c", "x")

    found = class_figures.answers([pair, pair, other, third])

    assert [(one.stub, one.people) for one in found] == [("softmax", [0, 1, 3]), ("softmax", [2])]


def test_times_of_a_class():
    """The median, the longest, and whose it was."""
    found = class_figures.times(FIVE)

    assert found is not None
    assert (found.median, found.longest, found.slowest) == (3, 9, 1)
    assert class_figures.times([]) is None
