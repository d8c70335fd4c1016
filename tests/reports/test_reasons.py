"""Why a stub failed, each reason once."""

from __future__ import annotations

from grader.checking.results import CheckResult
from grader.grading.scoring import Grade, Result, StubGrade
from grader.reports.formats import gradescope, markdown
from grader.reports.reasons import reasons
from tests.reports.examples import check, record

SILENT = "`softmax` returns nothing (None): end it with return (ada.py, line 3)"
COLUMNS = "The sum runs down the columns."


def failed(name: str, message: str, **changes: object) -> CheckResult:
    return check(name, "softmax", **{"outcome": "failed", "message": message, **changes})


def texts(*checks: CheckResult) -> list[str]:
    return [reason.text for reason in reasons(checks)]


def test_seven_checks_of_a_stub_tell_one_cause_once():
    """The first line is the same, so the shortest message stands for all."""
    checks = [
        failed(f"test_{n}", f"{SILENT}\nChecked: {'it is right ' * n}.") for n in range(7, 0, -1)
    ]

    assert texts(*checks) == [
        f"{SILENT}\nChecked: it is right .\n(and 6 further checks fail for the same reason)"
    ]


def test_visible_check_tells_before_a_shorter_hidden_one():
    """It shows what was expected."""
    hidden = failed("test_b", f"{COLUMNS}\nIt is 2", misconception="columns")
    visible = failed(
        "test_a", f"{COLUMNS}\nIt is 2; expected 1", misconception="columns", visibility="visible"
    )

    assert texts(hidden, visible) == [
        f"{COLUMNS}\nIt is 2; expected 1\n(and one further check fails for the same reason)"
    ]


def test_inputs_of_one_check_are_one_reason():
    """One demand fails for many inputs: the smallest is shown."""
    demand = "softmax works row by row"
    large = failed("test_random[(64, 10)]", f"{demand}: (64, 10) values [0.1, 0.2, …] are wrong")
    small = failed("test_random[(1, 2)]", f"{demand}: it is [0.1, 0.2]")

    assert texts(large, small) == [
        f"{demand}: it is [0.1, 0.2]\n(and one further check fails for the same reason)"
    ]


def test_different_reasons_stay_apart_and_a_name_comes_first():
    """Neither is lost; checks that pass say nothing."""
    other = failed("test_a", "It is no tensor")
    named = failed("test_b", f"{COLUMNS}\nIt is 2", misconception="columns")

    assert texts(other, named, check("test_c", "softmax")) == [
        f"{COLUMNS}\nIt is 2",
        "It is no tensor",
    ]


def test_missing_stub_is_not_counted():
    """That it is not there says enough."""
    missing = [failed(f"test_{n}", "not written yet", outcome="missing") for n in range(5)]

    assert texts(*missing) == ["not written yet"]


def test_formats_do_not_repeat_a_cause():
    """Markdown tells it once; Gradescope once for each time at which its tests are shown."""
    checks = [
        failed("test_a", f"{SILENT}\nChecked: one.", visibility="visible"),
        failed("test_b", f"{SILENT}\nChecked: two."),
        failed("test_c", f"{SILENT}\nChecked: three."),
    ]
    grade = Grade(0.0, 12.0, [StubGrade("softmax", 0.0, 12.0, "failed")])
    results = [Result(record("ada", checks), grade)]

    assert markdown.render(results).count(SILENT) == 1
    said = gradescope.render(results)
    assert said.count(SILENT) == 2
    assert "For the same reason as 1.2.\\nChecked: three." in said
