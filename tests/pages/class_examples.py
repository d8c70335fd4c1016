"""A class for the tests of its report, with grades by the rules of a course.

python -m tests.pages.class_examples      writes the golden file again; read the difference
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import msgspec

from grader.gradebook.grades import AssignmentGrade
from grader.gradebook.steps import Line
from grader.grading.scoring import Result
from grader.reports.pages import class_page
from grader.reports.pages.class_page import Pair
from grader.reports.pages.work import Code, Work
from tests.reports.examples import ADA, BOB, DAN, EVE, FAY, HOSTILE, LARGE_CLASS, MALLORY

GOLDEN = Path(__file__).parent / "golden" / "class.html"
TITLE = "Softmax regression"


def graded(work: Work, points: float | None, status: str, *lines: Line, notes: str = "") -> Work:
    """A work with its grade in the course."""
    own = [Line(points or 0, "what was earned"), *lines]
    given = AssignmentGrade(
        "softmax_regression", points, 22.0, own, None, status, notes=[notes] if notes else []
    )
    return replace(work, grade=given)


def works() -> list[Work]:
    """People of all kinds: graded, late, missing, with mistakes, with equal answers."""
    code = {"softmax": Code("ada.py, line 12", 12, "def softmax(X):\n    return X / X.sum(0)\n")}
    late = Line(-2.2, "late 1 day: −2.2", "late", "late")
    found = [
        graded(Work("Ada", ADA, code=code), 10.8, "graded", late),
        graded(Work("Anna", renamed(ADA, "anna")), 13, "graded"),
        graded(Work("Bob", BOB), 0, "graded", notes="late, but the platform does not mark it so"),
        graded(Work("Dan", DAN), 0, "not_attempted"),
        graded(Work("Eve", EVE), 0, "unreadable"),
        graded(Work("Fay", FAY), None, "infrastructure_error"),
        graded(Work("Zoe", None), 0, "missing"),
        graded(Work("Yan", None), None, "excused"),
    ]
    for number in range(14):
        found.append(graded(Work(f"Kim {number}", equal(f"kim_{number}")), 10, "graded"))
    return found


def renamed(result: Result, name: str) -> Result:
    """The same for another student."""
    record = msgspec.structs.replace(result.record, submission=name, path=f"{name}.py")
    return msgspec.structs.replace(result, record=record)


def equal(name: str) -> Result:
    """A result like ADA's, of which no known mistake explains a wrong value."""
    result = renamed(ADA, name)
    checks = [
        msgspec.structs.replace(one, misconception=None, answer="same" if one.message else None)
        for one in result.record.checks
    ]
    return msgspec.structs.replace(
        result, record=msgspec.structs.replace(result.record, checks=checks)
    )


def plain() -> list[Work]:
    """Works of whom only results are known, as a folder of results has them."""
    return [
        Work(result.record.origin.people[0].name if result.record.origin.people else name, result)
        for result in LARGE_CLASS
        for name in [result.record.submission]
    ]


def hostile() -> Work:
    """Whose name, messages, path and code attack the page."""
    checks = [
        msgspec.structs.replace(one, misconception=HOSTILE, answer=HOSTILE)
        for one in MALLORY.record.checks
    ]
    record = msgspec.structs.replace(MALLORY.record, checks=checks)
    code = {"softmax": Code(HOSTILE, 1, HOSTILE)}
    return Work("<script>alert(1)</script>\x1b[2J", Result(record, MALLORY.grade), code=code)


def rendered() -> str:
    """The page of the class."""
    links = {"Ada": "pages/Ada.html", "Kim 3": "pages/Kim%203.html"}
    pairs = [
        Pair(("Ada", "Anna"), (1.0, 0.95), ["softmax", ""], "compare/Ada-Anna.html"),
        Pair(("Bob", "Somebody else"), (0.5, 0.25)),
    ]
    return class_page.render(TITLE, works(), links, pairs)


def content(html: str) -> str:
    """What is in a page of its own: without style and script, and without the drawing, which
    versions of matplotlib draw differently."""
    main = html[html.index("<header") : html.index("<script")]
    return re.sub(r"<svg.*?</svg>", "<svg></svg>", main, flags=re.DOTALL)


if __name__ == "__main__":
    GOLDEN.write_text(content(rendered()), "utf-8")
