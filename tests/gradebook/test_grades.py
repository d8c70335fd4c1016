"""Grades from attempts: which counts, what lateness costs, what was given by hand, and the sum."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.gradebook.grades import AssignmentGrade, assignment_grade, course_grade, one_line
from grader.gradebook.lateness import Late, Step
from grader.gradebook.rules import AssignmentPolicy, Extension, Policy
from grader.grading.scoring import Grade, StubGrade
from grader.i18n import words
from tests.gradebook.cases import ADA, DUE, DUE_AT_23_59, KIM, NOW, adjustment, attempt, read

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
TEN_A_DAY = Late("day", percent=1000)
IN_STEPS = Late(steps=(Step(HOUR, 500, 0), Step(DAY, 2000, 0)))
STATUSES = ["graded", "unreadable", "not_attempted", "infrastructure_error"]


def course(late: Late = TEN_A_DAY, **rules) -> Policy:
    """A policy for softmax, which is due at DUE."""
    return Policy(assignments={"softmax": AssignmentPolicy(due=DUE, late=late, **rules)}, now=NOW)


def graded(policy: Policy, *attempts, by_hand=(), member=ADA) -> AssignmentGrade:
    return assignment_grade("softmax", 100, attempts, by_hand, member, policy)


def failed(points=0.0, status="infrastructure_error", **changes):
    return attempt(points, status=status, **changes)


def total(grade: AssignmentGrade) -> Decimal:
    return sum((Decimal(str(line.points)) for line in grade.lines), Decimal(0))


def worth(assignment: str, points: float | None, maximum: float = 100, **changes):
    """A grade of an assignment, for sums."""
    status = "graded" if points is not None else "infrastructure_error"
    return AssignmentGrade(assignment, points, maximum, [], None, status, **changes)


def summed(policy: Policy, *grades: AssignmentGrade) -> tuple[float, float]:
    found = course_grade(ADA, grades, policy)
    assert sum(Decimal(str(line.points)) for line in found.lines) == Decimal(str(found.points))
    return found.points, found.max_points


def test_grade_explains_itself(tmp_path):
    """Line by line, and on one line."""
    text = DUE_AT_23_59 + "late = { per = 'day', percent = 10 }"
    stubs = [StubGrade("softmax", 7, 10, "failed"), StubGrade("net", 80, 90, "failed")]
    best = attempt(87, 11 * MINUTE, 2, grade=Grade(87, 100, stubs))
    attempts = [attempt(70, -DAY), best, attempt(5, -HOUR, 3)]
    grade = graded(read(tmp_path, text), *attempts, by_hand=[adjustment(3, "softmax")])

    assert grade.points == 80
    assert [line.text for line in grade.lines] == [
        "attempt 2 of 3, 2026-11-21 00:10: 87",
        "late 1 day: −10",
        "adjusted: +3 (softmax): another convention, by Kim",
    ]
    assert one_line(grade) == "87 − 10 late + 3 adjusted: another convention"


@pytest.mark.parametrize(
    ("rule", "number", "points"), [("best", 2, 80), ("last", 3, 60), ("first", 1, 50)]
)
def test_attempt_that_counts(rule, number, points):
    """The best after lateness, the last or the first."""
    attempts = [
        attempt(50, -DAY),
        attempt(80, -HOUR, 2),
        attempt(85, 2 * DAY, 4),
        attempt(60, -MINUTE, 3),
    ]
    grade = graded(course(attempts=rule), *attempts[:2], attempts[3])

    assert (grade.attempt.number, grade.points) == (number, points)
    assert graded(course(), *attempts).attempt.number == 2


@pytest.mark.parametrize(
    ("late", "after", "points", "text"),
    [
        (TEN_A_DAY, timedelta(0), 80, None),
        (TEN_A_DAY, MINUTE, 70, "late 1 day: −10"),
        (TEN_A_DAY, DAY, 70, "late 1 day: −10"),
        (TEN_A_DAY, DAY + MINUTE, 60, "late 2 days: −20"),
        (TEN_A_DAY, 40 * DAY, 0, "late 40 days: −80"),
        (replace(TEN_A_DAY, floor=5000), 40 * DAY, 40, "late 40 days: −40"),
        (Late("hour", points=150), 61 * MINUTE, 77, "late 2 hours: −3"),
        (Late(), 3 * HOUR, 80, "late 3 hours: no deduction"),
        (IN_STEPS, HOUR, 80, "late 1 hour: no deduction"),
        (IN_STEPS, 2 * HOUR, 75, "late 2 hours: −5"),
        (IN_STEPS, 9 * DAY, 60, "late 9 days: −20"),
        (Late(cut_off=DAY), DAY, 80, "late 1 day: no deduction"),
    ],
)  # fmt: skip
def test_lateness_costs_what_the_policy_says(late, after, points, text):
    """By begun days or hours, or by steps; down to a floor of what was earned."""
    grade = graded(course(late), attempt(80, after))

    assert grade.points == points
    assert [line.text for line in grade.lines[1:]] == ([text] if text else [])


def test_lateness_begins_after_the_grace():
    """And is counted from its end."""
    policy = course(grace=15 * MINUTE)

    assert graded(policy, attempt(80, 15 * MINUTE)).points == 80
    assert graded(policy, attempt(80, DAY + 15 * MINUTE)).points == 70
    assert graded(policy, attempt(80, DAY + 16 * MINUTE)).points == 60


def test_percentage_of_odd_points_is_rounded_for_the_student():
    """1 percent of 33.33 points is 0.33."""
    rules = AssignmentPolicy(due=DUE, late=Late("day", percent=100))
    policy = Policy(assignments={"softmax": rules}, now=NOW)
    found = attempt(33.33, HOUR, grade=Grade(33.33, 33.33, []))

    assert assignment_grade("softmax", 33.33, [found], [], ADA, policy).points == 33


def test_what_comes_after_the_cut_off_does_not_count():
    """Unless there is nothing else: then the line says what was lost."""
    policy = course(Late(cut_off=7 * DAY), attempts="last")
    too_late = attempt(90, 8 * DAY, number=2)
    grade = graded(policy, too_late)

    assert graded(policy, attempt(50, -DAY), too_late).points == 50
    assert (grade.points, grade.status) == (0, "too_late")
    assert one_line(grade) == "90 − 90 too late"


@pytest.mark.parametrize("changes", [{"time": None}, {"time": NOW, "policy": Policy(now=NOW)}])
def test_mark_of_the_platform_alone_deducts_nothing(changes):
    """How late it is is not known: it is said, and listed to look at."""
    policy = changes.pop("policy", course())
    grade = graded(policy, attempt(80, is_late=True, **changes))

    assert grade.points == 80
    assert grade.lines[1].text == "marked as late, by how much is not known: no deduction"
    assert grade.notes == ["marked as late, but not by how much: nothing was deducted"]


def test_deduction_that_the_platform_contradicts_is_listed():
    """The time zone of the course may be wrong."""
    assert graded(course(), attempt(80, HOUR, is_late=True)).notes == []
    assert "is the due date right?" in graded(course(), attempt(80, HOUR, is_late=False)).notes[0]


def test_time_without_a_zone_is_on_the_clock_of_the_course(tmp_path):
    """No export loses somebody a day."""
    policy = read(tmp_path, DUE_AT_23_59 + "late = { per = 'day', points = 1 }")

    assert graded(policy, attempt(80, time=datetime(2026, 11, 20, 23, 59))).points == 80


def test_extension_is_a_new_due_date():
    """For this person only; the line says until when and why."""
    extension = Extension("ada", "softmax", None, 2, False, "ill", "line 1")
    policy = replace(course(), extensions=(extension,))
    grade = graded(policy, attempt(80, 2 * DAY))

    assert grade.points == 80
    assert grade.lines[1].text.startswith("extended until 2026-11-2")
    assert grade.lines[1].text.endswith(": ill")
    assert graded(policy, attempt(80, 2 * DAY), member=KIM).points == 60
    assert graded(policy, attempt(80, 2 * DAY + MINUTE)).points == 70


def test_who_is_excused_has_no_grade():
    """Also with an attempt; it is no zero, and points by hand do not count silently."""
    extension = Extension("ada", "softmax", None, 0, True, "in hospital", "line 1")
    policy = replace(course(), extensions=(extension,))
    grade = graded(policy, attempt(80), by_hand=[adjustment(3)])

    assert (grade.points, grade.status, one_line(grade)) == (None, "excused", "excused")
    assert grade.lines[0].text == "excused: in hospital"
    assert grade.notes == ["adjustment 1 does not count: there is no grade"]
    assert summed(policy, grade) == (0, 0)


def test_nothing_handed_in_is_missing_when_it_was_due():
    """Before that it is open; without a due date it is missing."""
    before = replace(course(), now=DUE - DAY)

    assert (graded(course()).points, graded(course()).status) == (0, "missing")
    assert (graded(before).points, graded(before).status) == (None, "open")
    assert graded(Policy(now=NOW)).status == "missing"
    assert one_line(graded(course(), by_hand=[adjustment(50)])) == (
        "0 (nothing handed in) + 50 adjusted: another convention"
    )


@pytest.mark.parametrize("status", ["unreadable", "not_attempted"])
def test_what_is_no_program_is_zero_and_says_so(status):
    """Where another attempt is one, that is listed."""
    alone = graded(course(), attempt(0, -DAY, status=status))
    last = graded(course(attempts="last"), attempt(80, -DAY), attempt(0, -HOUR, 2, status=status))

    assert (alone.points, alone.status) == (0, status)
    assert "because" in alone.lines[0].text
    assert last.notes == ["attempt 1 is a program, and does not count"]


def test_failure_of_the_machine_is_no_grade():
    """Never a zero, whatever was adjusted; among several attempts a program counts, with a note."""
    alone = graded(course(), failed(), by_hand=[adjustment(3, "softmax")])
    beside = graded(course(), attempt(80, -DAY), failed(number=2))
    no_program = graded(course(), attempt(0, status="unreadable"), failed(number=2))

    assert (alone.points, alone.status) == (None, "infrastructure_error")
    assert one_line(alone) == "no grade yet (infrastructure error)"
    assert (beside.points, beside.status) == (80, "graded")
    assert beside.notes == ["attempt 2 has no grade, the machine failed: grade it again"]
    assert (no_program.points, no_program.status) == (None, "infrastructure_error")


def test_stub_stays_between_zero_and_its_maximum():
    """Points for what the checks refused count no more once the checks accept it."""
    before, after = attempt(7), attempt(100)
    given = [adjustment(3, "softmax")]

    assert graded(course(), before, by_hand=given).points == 10
    assert graded(course(), after, by_hand=given).points == 100
    assert graded(course(), after, by_hand=given).lines[1].text == (
        "adjusted: +0 instead of +3 (softmax): another convention, by Kim"
    )
    assert graded(course(), before, by_hand=[adjustment(-9, "softmax")]).points == 0


def test_whole_assignment_may_have_more_than_its_maximum_but_not_less_than_nothing():
    """A bonus is a bonus."""
    assert graded(course(), attempt(99), by_hand=[adjustment(5)]).points == 104
    assert one_line(graded(course(), attempt(2), by_hand=[adjustment(-5)])) == (
        "2 − 2 adjusted: another convention"
    )


def test_adjustment_of_a_stub_that_is_not_there_is_listed():
    """It gives nothing, and not silently."""
    grade = graded(course(), attempt(50), by_hand=[adjustment(3, "softmx")])

    assert grade.points == 50
    assert grade.notes == [
        "adjustment 1 does not count: there is no stub 'softmx' in what was handed in"
    ]


def test_comment_is_a_line_of_its_own():
    """It changes nothing, also without points."""
    grade = graded(course(), attempt(50), by_hand=[adjustment(0, "softmax", comment="Good!")])

    assert (grade.points, one_line(grade)) == (50, "50")
    assert grade.lines[1].text == "comment (softmax): Good!, by Kim"


def test_points_are_scaled_last():
    """After lateness and adjustments; the line is the difference."""
    policy = course(maximum=5000)
    grade = graded(policy, attempt(87, HOUR), by_hand=[adjustment(3)])

    assert (grade.points, grade.max_points) == (40, 50)
    assert grade.lines[-1].text == "scaled from 100 to 50 points: −40"


def test_attempt_numbers_are_those_of_the_platform():
    """An export may have only the last of three."""
    assert graded(course(), attempt(5, number=3)).lines[0].text == "attempt 3 of 3: 5"


def test_sum_is_of_all_assignments_with_their_weights():
    """Extra credit adds points, and no maximum; no grade is left out."""
    rules = {"b": AssignmentPolicy(weight=200)}
    policy = Policy(assignments=rules)
    grades = [worth("a", 80), worth("b", 45, 50), worth("c", 5, 10, is_extra_credit=True)]

    assert summed(policy, *grades, worth("d", None)) == (175, 200)
    texts = [line.text for line in course_grade(ADA, [*grades, worth("d", None)], policy).lines]
    assert texts == [
        "a: 80 of 100",
        "b: 45 of 50, counts 2 times: +90",
        "c: 5 of 10, extra credit",
        "d: no grade yet (infrastructure error), left out",
    ]


def test_lowest_shares_are_dropped():
    """Of equal ones the larger; neither extra credit nor what has no grade; one always stays."""
    grades = [
        worth("a", 50),
        worth("b", 100, 200),
        worth("c", 30, 40),
        worth("d", 0, 10, is_extra_credit=True),
        worth("e", None),
    ]
    dropped = {
        n: [
            g.assignment
            for g in course_grade(ADA, grades, Policy(drop=n)).assignments
            if g.is_dropped
        ]
        for n in (0, 1, 2, 3, 9)
    }

    assert dropped == {0: [], 1: ["b"], 2: ["a", "b"], 3: ["a", "b"], 9: ["a", "b"]}
    assert summed(Policy(drop=1), *grades) == (80, 140)


@pytest.mark.parametrize(
    ("rounding", "points", "maximum", "rounded"),
    [
        (50, 80.25, 100, 80.5),
        (100, 80.49, 100, 80),
        (100, 99.7, 99.8, 99.8),  # not above the maximum
        (100, 92.3, 92.3, 92.3),  # full marks stay
        (100, 103.3, 100, 103.3),
    ],
)
def test_sum_is_rounded(rounding, points, maximum, rounded):
    """Halves up, and nobody with full marks loses any."""
    assert summed(Policy(rounding=rounding), worth("a", points, maximum))[0] == rounded


def test_lines_are_translated():
    """Whoever asked for Chinese reads no English around the course's own words."""
    with words.speaking("zh"):
        grade = graded(course(), attempt(87, HOUR), by_hand=[adjustment(3, comment="好")])
        found = [line.text for line in grade.lines]
        found += [line.text for line in course_grade(ADA, [grade], Policy()).lines]
        short = one_line(grade)

    assert "".join(re.findall("[a-zA-Z]+", " ".join(found))) == "anotherconventionKimKimsoftmax"
    assert short.startswith("87 − 10 迟交 + 3 ")


POINTS = st.integers(0, 10_000).map(lambda n: n / 100)
LATENESS = st.none() | st.timedeltas(-2 * DAY, 9 * DAY)
ATTEMPTS = st.lists(st.tuples(POINTS, LATENESS, st.sampled_from(STATUSES)), max_size=4).map(
    lambda found: [
        attempt(points if status == "graded" else 0, late, n, status=status)
        for n, (points, late, status) in enumerate(found, start=1)
    ]
)
BY_HAND = st.lists(
    st.tuples(st.integers(-20, 20), st.sampled_from([None, "softmax", "net", "gone"])), max_size=3
).map(lambda found: [adjustment(p, stub, n) for n, (p, stub) in enumerate(found, start=1)])
RATES = st.integers(0, 3000)
LATES = st.builds(
    Late,
    st.sampled_from(["day", "hour"]),
    percent=RATES,
    points=RATES,
    floor=st.integers(0, 10_000),
    cut_off=st.none() | st.timedeltas(timedelta(0), 9 * DAY),
) | st.lists(RATES, min_size=1, max_size=3).map(
    lambda rates: Late(steps=tuple(Step(n * DAY, p, 0) for n, p in enumerate(sorted(rates))))
)
POLICIES = st.builds(
    course,
    LATES,
    attempts=st.sampled_from(["best", "last", "first"]),
    grace=st.timedeltas(timedelta(0), HOUR),
    maximum=st.none() | st.integers(1, 20_000),
)


@given(POLICIES, ATTEMPTS, BY_HAND)
def test_lines_always_add_up(policy, attempts, by_hand):
    """To the hundredth, and to nothing where there is no grade."""
    grade = graded(policy, *attempts, by_hand=by_hand)

    assert total(grade) == Decimal(str(grade.points or 0))
    assert grade.points is None or grade.points >= 0


@given(LATES, POINTS, st.timedeltas(-DAY, 9 * DAY), st.timedeltas(timedelta(0), 9 * DAY))
def test_later_is_never_better(late, points, first, more):
    """Whatever the policy; and lateness neither gives points nor takes more than there are."""
    early, later = (
        graded(course(late), attempt(points, after)).points for after in (first, first + more)
    )

    assert 0 <= later <= early <= points


@given(POLICIES, ATTEMPTS, BY_HAND, st.randoms())
def test_order_in_which_attempts_are_listed_does_not_matter(policy, attempts, by_hand, random):
    """Nor that of the adjustments."""
    before = graded(policy, *attempts, by_hand=by_hand)
    random.shuffle(attempts)
    random.shuffle(by_hand)

    assert graded(policy, *attempts, by_hand=by_hand) == before


@given(POLICIES, ATTEMPTS, BY_HAND, POINTS, LATENESS)
def test_another_attempt_never_lowers_the_best(policy, attempts, by_hand, points, late):
    """Whoever tries again risks nothing."""
    rules = replace(policy.of("softmax"), attempts="best")
    policy = replace(policy, assignments={"softmax": rules})
    before = graded(policy, *attempts, by_hand=by_hand).points
    more = attempt(points, late, number=9)
    after = graded(policy, *attempts, more, by_hand=by_hand).points

    assert (after or 0) >= (before or 0)  # no grade yet where the machine failed and this is late


@given(POLICIES, ATTEMPTS, BY_HAND, st.integers(1, 20), st.sampled_from([None, "softmax"]))
def test_points_given_by_hand_never_lower_a_grade(policy, attempts, by_hand, points, stub):
    """And without them it is that of before."""
    before = graded(policy, *attempts, by_hand=by_hand)
    after = graded(policy, *attempts, by_hand=[*by_hand, adjustment(points, stub, 9)])

    assert (after.points or 0) >= (before.points or 0)
    assert graded(policy, *attempts, by_hand=by_hand) == before


@given(POLICIES, POLICIES, ATTEMPTS)
def test_policy_changes_grades_and_no_attempt(one, other, attempts):
    """The same attempts give the same grades when the first policy is back."""
    before = graded(one, *attempts)
    graded(other, *attempts)

    assert graded(one, *attempts) == before
    assert attempts == sorted(attempts, key=lambda each: each.number)


@given(st.lists(st.tuples(POINTS, st.sampled_from([10, 50, 100])), max_size=7), st.integers(0, 8))
def test_dropping_never_lowers_the_share(found, drop):
    """What is left is at least as good on average."""
    grades = [worth(str(n), p * most / 100, most) for n, (p, most) in enumerate(found)]
    (points, most), (left, most_left) = (
        summed(Policy(), *grades),
        summed(Policy(drop=drop), *grades),
    )

    assert left * most >= points * most_left - 1e-6
    assert bool(most_left) == bool(found)


@given(st.datetimes(timezones=st.just(timezone.utc)), st.timedeltas(timedelta(0), 500 * DAY))
def test_every_day_of_lateness_has_an_end(moment, more):
    """Whenever a course is, also beside a change of clocks."""
    if not 1971 < moment.year < 2300:
        return
    due = moment.replace(microsecond=0)
    policy = Policy(assignments={"softmax": AssignmentPolicy(due=due, late=TEN_A_DAY)}, now=NOW)
    deadline = policy.deadline("softmax")
    days = policy.clock.days(deadline.end, due + more + MINUTE)

    assert abs(days - ((more + MINUTE) / DAY)) <= 1.1
