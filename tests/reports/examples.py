"""Results to be rendered: a plain class, and one whose names and messages attack the renderers.

python -m tests.reports.examples      writes the golden files again; read the difference
"""

from __future__ import annotations

import io
from pathlib import Path

from grader.checking.results import CheckResult
from grader.grading.records import DatasetUsed, Record
from grader.grading.scoring import Grade, Result, StubGrade
from grader.reports import summary
from grader.reports.class_report import class_report
from grader.reports.formats import Report, names
from grader.reports.screen import Screen
from grader.submissions.uploads import Origin, Person

GOLDEN = Path(__file__).parent / "golden"

HOSTILE_NAME = '=cmd(" /C calc")|\x1b[2J<script>alert(1)</script>,@everyone'
HOSTILE = (
    "::error file=a.py::forged\n##[add-mask]forged\r\n::stop-commands::x ]]> </failure>\n"
    "</testsuite> <img src=x onerror=alert(1)> & \x00\x1b]0;title\x07 \ufffe\n"
    "```\n# heading | [link](javascript:alert(1)) 100%\n````\n\u2028next"
)


def check(name: str, stub: str, **changes: object) -> CheckResult:
    fields = {
        "tier": "unit",
        "visibility": "hidden",
        "weight": 1.0,
        "gate": False,
        "outcome": "passed",
        "message": "",
        "misconception": None,
        "seconds": 0.25,
    }
    return CheckResult(name=name, stub=stub, **{**fields, **changes})


def record(name: str, checks: list[CheckResult], **changes: object) -> Record:
    fields = {
        "assignment": "softmax_regression",
        "status": "graded",
        "isolation": "namespaces",
        "device": "cpu",
        "dataset": DatasetUsed("FashionMNIST", "embedded", "86f6"),
        "warnings": [],
        "output": "",
        "seconds": 12.5,
        "environment": {"grader": "0.1.0"},
        "digests": {"submission": "d884", "suite": "694f"},
        "path": f"submissions/{name}.py",
        "places": {"softmax": f"{name}.py, line 12", "net": f"{name}.py, line 30"},
    }
    return Record(submission=name, checks=checks, **{**fields, **changes})


def grade(softmax: float, net: float, statuses: tuple[str, str]) -> Grade:
    stubs = [
        StubGrade("softmax", softmax, 12.0, statuses[0]),
        StubGrade("net", net, 10.0, statuses[1]),
    ]
    return Grade(softmax + net, 22.0, stubs)


ADA = Result(
    record(
        "ada",
        [
            check(
                "test_softmax_example",
                "softmax",
                visibility="visible",
                outcome="failed",
                message="The sum runs down the columns (dim 0).\nEach row sums to 1: it is 2",
                misconception="softmax_over_columns",
            ),
            check(
                "test_softmax_large",
                "softmax",
                weight=2.0,
                outcome="error",
                message="Large logits: your code raised ValueError: no\n"
                "ada.py, line 14, in softmax: return X / 0",
            ),
            check("test_softmax_training", "softmax", tier="training", visibility="after_due_date"),
            check("test_net_shape", "net"),
        ],
        warnings=["left out, because it trains: ada.py line 90"],
        output="epoch 1\n",
    ),
    grade(3.0, 10.0, ("error", "passed")),
)
BOB = Result(
    record(
        "bob",
        [
            check("test_softmax_example", "softmax", outcome="missing", message="not written yet"),
            check("test_net_shape", "net", outcome="timeout", message="no answer in 10 seconds"),
            check("test_net_skipped", "net", outcome="skipped", message="no data"),
        ],
        path="submissions/bob.ipynb",
        places={"softmax": "cell 3, line 1"},
    ),
    grade(0.0, 0.0, ("missing", "timeout")),
)
EVE = Result(
    record("eve", [], status="unreadable", warnings=["eve.py is empty."], places={}),
    grade(0.0, 0.0, ("missing", "missing")),
)
DAN = Result(
    record("dan", [], status="not_attempted", warnings=["Nothing is written in it."], places={}),
    grade(0.0, 0.0, ("missing", "missing")),
)
FAY = Result(
    record("fay", [], status="infrastructure_error", warnings=["the grader failed: disk full"]),
    grade(0.0, 0.0, ("missing", "missing")),
)
MALLORY = Result(
    record(
        HOSTILE_NAME,
        [check("test_softmax_example", "softmax", outcome="failed", message=HOSTILE)],
        warnings=[HOSTILE],
        output=HOSTILE,
        path=f"sub,mis:sions/{HOSTILE_NAME}.py",
    ),
    grade(0.0, 0.0, ("failed", "missing")),
)
CLASS = [ADA, BOB, DAN, EVE, FAY]


def fitted(public: str, hidden: str) -> list[CheckResult]:
    """A public and a hidden check of softmax with these outcomes."""
    return [
        check("test_softmax_example", "softmax", visibility="visible", outcome=public),
        check("test_softmax_large", "softmax", outcome=hidden, message="it is wrong"),
        check("test_net_shape", "net"),
    ]


def handed_in(name: str, code: str, checks: list[CheckResult], **changes: object) -> Result:
    """A graded result with a note on the template's line, as all of its class have it."""
    note = f"{Path(name).name}.py, line {len(name)}: left out: it needs a display"
    digests = {"submission": name, "code": code, "suite": "694f"}
    softmax = 6.0 * sum(check.outcome == "passed" for check in checks if check.stub == "softmax")
    return Result(
        record(name, checks, warnings=[note], digests=digests, **changes),
        grade(softmax, 10.0, ("passed" if softmax == 12 else "failed", "passed")),
    )


RIGHT = fitted("passed", "passed")
ALEX = Person("Alex Meyer", "12355")
# Whom an instructor should look at, and names that are long, wide, hostile or from right to left.
LARGE_CLASS = [
    *CLASS[1:],
    handed_in("gil", "same", RIGHT),
    handed_in("hal", "same", RIGHT),
    handed_in("hal_late", "same", RIGHT, origin=Origin((ALEX,), None, True, 2, "canvas")),
    handed_in("alex", "same", RIGHT, origin=Origin((ALEX,), None, False, 1, "canvas")),
    handed_in("ivy", "i", fitted("passed", "failed")),
    handed_in("Jürgen Ødegård-Schmidt von und zu Hohenstein", "j", fitted("failed", "passed")),
    handed_in("王小明", "k", RIGHT, origin=Origin(reader="moodle")),
    handed_in("محمد علي", "l", RIGHT),
    handed_in(HOSTILE_NAME, "m", RIGHT),
    *(handed_in(f"student {number}", str(number), RIGHT) for number in range(3)),
    Result(record("zed\nforged 22", [], status="unreadable", warnings=["No."]), EVE.grade),
]

# What each golden file shows; Gradescope's format is about one submission.
FILES = {
    **{f"class.{name}": (name, CLASS) for name in names() if name != "gradescope"},
    **{f"hostile.{name}": (name, [MALLORY]) for name in names()},
    "ada.gradescope": ("gradescope", [ADA]),
    "dan.gradescope": ("gradescope", [DAN]),
    "eve.gradescope": ("gradescope", [EVE]),
    "fay.gradescope": ("gradescope", [FAY]),
}


# The class on terminals of these widths, and its summary.
WIDTHS = {"class.terminal": 80, "class.narrow_terminal": 40}


def rendered(file: str) -> str:
    if file in WIDTHS:
        return shown(LARGE_CLASS, WIDTHS[file])
    if file == "class.summary":
        return summary.render(LARGE_CLASS)
    name, results = FILES[file]
    return Report(name, Path("-")).text(results)


def shown(results: list[Result], width: int) -> str:
    """The class on a terminal without colours."""
    screen = Screen(width=width, color_system=None, file=io.StringIO(), legacy_windows=False)
    with screen.capture() as capture:
        screen.print(class_report(results, width, "results/summary.md"))
    return capture.get()


if __name__ == "__main__":
    from tests.reports import works

    for file, text in works.golden().items():
        (works.PAGES / file).write_bytes(text.encode())
    for file in [*FILES, *WIDTHS, "class.summary"]:
        (GOLDEN / file).write_bytes(rendered(file).encode("utf-8", "surrogateescape"))
