"""Results to be rendered: a plain class, and one whose names and messages attack the renderers.

python -m tests.reports.examples      writes the golden files again; read the difference
"""

from __future__ import annotations

from pathlib import Path

from grader.checking.results import CheckResult
from grader.grading.records import DatasetUsed, Record
from grader.grading.scoring import Grade, Result, StubGrade
from grader.reports.formats import Report, names

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

# What each golden file shows; Gradescope's format is about one submission.
FILES = {
    **{f"class.{name}": (name, CLASS) for name in names() if name != "gradescope"},
    **{f"hostile.{name}": (name, [MALLORY]) for name in names()},
    "ada.gradescope": ("gradescope", [ADA]),
    "dan.gradescope": ("gradescope", [DAN]),
    "eve.gradescope": ("gradescope", [EVE]),
    "fay.gradescope": ("gradescope", [FAY]),
}


def rendered(file: str) -> str:
    name, results = FILES[file]
    return Report(name, Path("-")).text(results)


if __name__ == "__main__":
    for file in FILES:
        (GOLDEN / file).write_bytes(rendered(file).encode("utf-8", "surrogateescape"))
