"""What people handed in, for pages: values, curves and pictures as checks keep them, a notebook,
each status, and one whose every text attacks its reader."""

from __future__ import annotations

import base64
import io
import json
import re
from pathlib import Path

from grader.checking.results import CheckResult, Compared, Curve, Predictions, Values
from grader.gradebook.grades import AssignmentGrade
from grader.gradebook.steps import Line
from grader.grading.scoring import Grade, Result, StubGrade
from grader.i18n.words import speaking
from grader.reports import person
from grader.reports.pages import student
from grader.reports.pages.work import Code, Picture, Work
from grader.reports.screen import Screen
from tests.reports.examples import HOSTILE, HOSTILE_NAME, check, record

TITLE = "Softmax regression"
CLASSES = ("T-shirt", "trouser", "pullover", "dress")
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR4nGNgYGD4/x8AAwMCAL9nL9wAAAAASUVORK5C"
    "YII="
)
COLUMNS = (
    "The sum runs down the columns (dim 0). Each row is one example: sum over dim 1 with "
    "keepdim=True, so that each row adds up to 1."
)
SOFTMAX = """def softmax(X):
    X_exp = torch.exp(X)
    partition = X_exp.sum(0, keepdim=True)
    return X_exp / partition
"""
CROSS_ENTROPY = """def cross_entropy(y_hat, y):
    probabilities = y_hat[range(len(y_hat)), y]
    return -torch.log(probabilities).mean()
"""
TRAIN = """def train(net, train_iter, test_iter, loss, num_epochs, updater):
    for epoch in range(num_epochs):
        train_epoch(net, train_iter, loss, updater)
        accuracy = evaluate_accuracy(test_iter, net)
        print(epoch, accuracy)
"""


def values(shape: tuple[int, ...], *numbers: float | str) -> Values:
    return Values(shape, list(numbers))


def graded(
    name: str, checks: list[CheckResult], stubs: list[StubGrade], **changes: object
) -> Result:
    most = sum(stub.max_points for stub in stubs)
    return Result(
        record(name, checks, **changes), Grade(sum(stub.points for stub in stubs), most, stubs)
    )


EXAMPLE = Compared(
    "it",
    values((2, 2), 0.1192, 0.2689, 0.8808, 0.7311),
    (2, 2),
    values((2, 2), 0.2689, 0.7311, 0.5, 0.5),
)
TRAINED = check(
    "test_training_loss_table",
    "train",
    tier="training",
    outcome="error",
    message="`train` prints and returns nothing (None): use return (ada.py, line 52)\n"
    "your code raised TypeError: 'function' object is not iterable\n"
    "ada.py, line 51, in train: accuracy = evaluate_accuracy(test_iter, net)\n"
    "Checked: Ten epochs on Fashion-MNIST reproduce the loss and accuracy table.",
    curves=[
        Curve(
            "training loss",
            [1.12, 0.85, 0.74, 0.7, 0.66, 0.65, 0.64, 0.64, 0.63, 0.63],
            [(0.81 - 0.04 * n, 0.91 - 0.045 * n) for n in range(10)],
        ),
        Curve("test accuracy", [0.62, 0.7, 0.71, 0.74, 0.75, 0.75, 0.76, 0.77, 0.76, 0.77]),
    ],
    predictions=Predictions(
        [[40, 1, 6, 3], [0, 48, 1, 1], [9, 0, 41, 0], [4, 2, 1, 43]], [(0, 2), (7, 0)]
    ),
)
ADA = Work(
    "Ada Lovelace",
    graded(
        "ada",
        [
            check(
                "test_softmax_example",
                "softmax",
                visibility="visible",
                outcome="failed",
                message=f"{COLUMNS}\nsoftmax([[1, 2], [3, 3]]) is [[0.2689, 0.7311], [0.5, 0.5]]: "
                "4 of 4 values are wrong: it is [[0.1192, 0.2689], [0.8808, 0.7311]]; expected "
                "[[0.2689, 0.7311], [0.5, 0.5]]",
                misconception="softmax_over_columns",
                compared=EXAMPLE,
            ),
            check(
                "test_softmax_secret_float64",
                "softmax",
                outcome="failed",
                message=f"{COLUMNS}\nsoftmax works in float64 too: 28 of 28 values are wrong: "
                "softmax(X) for X of shape (4, 7) is (4, 7) values [0.1, 0.2, …]",
                misconception="softmax_over_columns",
                compared=Compared("softmax(X)", values((4, 7), *[0.125] * 28), (4, 7)),
            ),
            check("test_net_shape", "net"),
            check(
                "test_cross_entropy_secret_random",
                "cross_entropy",
                outcome="failed",
                message="This is the mean over the batch. Return one loss per example, shape "
                "(n,).\ncross_entropy gives minus the natural logarithm of the true class's "
                "probability: cross_entropy(y_hat, y) for y_hat of shape (5, 3) and y of shape "
                "(5,) has shape (), expected (5,): one loss per example",
                compared=Compared(
                    "cross_entropy(y_hat, y) for y_hat of shape (5, 3) and y of shape (5,)",
                    values((), 1.0217),
                    (5,),
                ),
            ),
            check(
                "test_cross_entropy_secret_gradient",
                "cross_entropy",
                outcome="failed",
                message="Gradients flow from the loss to the probabilities: the gradient contains "
                "nan (not a number)",
                compared=Compared(
                    "the gradient",
                    values((2, 3, 4), *[-2.5, "nan", 0.0, 1.75, "inf", "-inf"] * 4),
                    (2, 3, 4),
                ),
            ),
            TRAINED,
            check("test_predict_labels", "predict", outcome="missing", message="not written yet"),
        ],
        [
            StubGrade("softmax", 0.0, 12.0, "failed"),
            StubGrade("net", 10.0, 10.0, "passed"),
            StubGrade("cross_entropy", 4.0, 12.0, "failed"),
            StubGrade("train", 0.0, 8.0, "error"),
            StubGrade("predict", 0.0, 4.0, "missing"),
        ],
        warnings=[
            "`train` was found under the name `train_ch3`",
            "ada.py, line 60: left out: it needs a display",
        ],
    ),
    AssignmentGrade(
        "softmax_regression",
        12.0,
        46.0,
        [
            Line(14.0, "attempt 2 of 2, 2026-03-02 10:00: 14", ""),
            Line(-2.0, "1 day late, 2 points a day: -2", "late", "late"),
        ],
        None,
        "graded",
        notes=["for the instructor alone"],
    ),
    {
        "softmax": Code("ada.py, line 12", 12, SOFTMAX),
        "net": Code("ada.py, line 30", 30, "def net(X):\n    return softmax(X @ W + b)\n"),
        "cross_entropy": Code("ada.py, line 35", 35, CROSS_ENTROPY),
        "train": Code("ada.py, line 48", 48, TRAIN),
    },
    "",
    [Picture(PNG, "T-shirt", "pullover"), Picture(PNG, "pullover", "T-shirt")],
    CLASSES,
)
RIGHT = Work(
    "Grace Hopper",
    graded(
        "grace",
        [
            check("test_softmax_example", "softmax", visibility="visible"),
            check(
                "test_training_loss_table",
                "net",
                tier="training",
                curves=[Curve("training loss", [0.85, 0.6, 0.5], [(0.8, 0.9), (0.55, 0.65)])],
            ),
        ],
        [StubGrade("softmax", 12.0, 12.0, "passed"), StubGrade("net", 10.0, 10.0, "passed")],
    ),
)


def cell(kind: str, source: str, **parts: object) -> dict[str, object]:
    outputs = {"outputs": [], "execution_count": 1} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": source, **outputs, **parts}


def notebook(*cells: dict[str, object]) -> str:
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def picture(data: str, mime: str = "image/png") -> dict[str, object]:
    return {"output_type": "display_data", "metadata": {}, "data": {mime: data}}


SMALL_PICTURE = base64.b64encode(PNG).decode()
CELLS = [
    cell("markdown", "# Softmax\n\nEach row of **X** is one example: $X \\in R^{n \\times d}$."),
    cell("code", "import torch"),
    cell("code", SOFTMAX, execution_count=3),
    cell(
        "code",
        "print('hello')\nplt.plot([1, 2])\nraise ValueError('no')",
        outputs=[
            {"output_type": "stream", "name": "stdout", "text": ["hello\n"]},
            picture(SMALL_PICTURE),
            {
                "output_type": "error",
                "ename": "ValueError",
                "evalue": "no",
                "traceback": ["\x1b[31mValueError\x1b[0m: no"],
            },
        ],
    ),
]
BOB = Work(
    "Bob",
    graded(
        "bob",
        [
            ADA.result.record.checks[0],
            check("test_net_shape", "net", outcome="missing", message="`net` is not defined"),
        ],
        [StubGrade("softmax", 0.0, 12.0, "failed"), StubGrade("net", 0.0, 10.0, "missing")],
        path="submissions/bob.ipynb",
        places={"softmax": "cell 3, line 1"},
    ),
    None,
    {"softmax": Code("cell 3, line 1", 1, SOFTMAX)},
    notebook(*CELLS),
)
NO_POINTS = [StubGrade("softmax", 0.0, 12.0, "missing"), StubGrade("net", 0.0, 10.0, "missing")]


def without(name: str, status: str, *warnings: str) -> Work:
    """One that was not graded."""
    found = graded(name, [], NO_POINTS, status=status, warnings=[*warnings], places={})
    return Work(name.capitalize(), found)


EVE = without("eve", "unreadable", "eve.ipynb is cut off in line 8: its end is missing.")
DAN = without("dan", "not_attempted", "Nothing is written in it: it is the template.")
FAY = without("fay", "infrastructure_error", "the grader failed: disk full")
NOBODY = Work("Gil", None)
EXCUSED = Work(
    "Hal",
    None,
    AssignmentGrade("softmax_regression", None, 22.0, [Line(0, "excused: ill")], None, "excused"),
)
TOO_LATE = Work(
    "Ivy",
    BOB.result,
    AssignmentGrade(
        "softmax_regression",
        0.0,
        22.0,
        [
            Line(4.0, "attempt 1 of 1: 4"),
            Line(
                -4.0, "after 2026-03-01 12:00, when nothing counts any more: -4", "too late", "late"
            ),
        ],
        None,
        "too_late",
    ),
)
MALLORY = Work(
    HOSTILE_NAME,
    graded(
        HOSTILE_NAME,
        [
            check(
                "test_softmax_secret_example",
                "softmax",
                outcome="failed",
                message=f"{HOSTILE}\nada.py, line 1, in x: \x1b[2J</code><script>",
                compared=Compared(HOSTILE, values((1, 2), 1.0, "nan"), (3,)),
            )
        ],
        [StubGrade("softmax", 0.0, 12.0, "failed")],
        warnings=[HOSTILE],
        output="SECRET OUTPUT",
        path=f"sub/{HOSTILE_NAME}.py",
        environment={"python": HOSTILE},
    ),
    None,
    {
        "softmax": Code(
            f"{HOSTILE_NAME}, line 1", 1, f"def softmax(X):\n    '''{HOSTILE}\u202e'''\n"
        )
    },
    notebook(
        cell("markdown", f"{HOSTILE}\n\n<svg onload=alert(1)><iframe src=//evil.example></iframe>"),
        cell(
            "markdown", "[x](javascript:alert(1)) ![y](https://evil.example/y.png) <a href=x>l</a>"
        ),
        cell(
            "markdown", "![y](attachment:y.svg)", attachments={"y.svg": {"image/svg+xml": "<svg>"}}
        ),
        cell("raw", "<script>alert(1)</script>"),
        cell(
            "code",
            f"x = '''{HOSTILE}</pre><script>alert(1)</script>'''",
            outputs=[
                picture("<script>alert(1)</script>", "text/html"),
                picture("<svg onload=alert(1)>", "image/svg+xml"),
                picture("alert(1)", "application/javascript"),
                picture('iVBORw0KGgo" onerror="alert(1)'),
                {"output_type": "stream", "text": f"{HOSTILE}\x1b]8;;https://evil.example\x07link"},
                {"output_type": "error", "traceback": ["\x1b[31m<script>alert(1)</script>"]},
            ],
        ),
    ),
    [Picture(b"<svg onload=alert(1)>", "a", "b")],
)
WORKS = {
    "ada": ADA,
    "right": RIGHT,
    "notebook": BOB,
    "unreadable": EVE,
    "not_attempted": DAN,
    "infrastructure_error": FAY,
    "nothing": NOBODY,
    "excused": EXCUSED,
    "too_late": TOO_LATE,
    "hostile": MALLORY,
}

PAGES = Path(__file__).parent / "pages"
# Pages whose every byte was read and approved. Those of notebooks depend on the version of
# nbconvert, too.
READ = [*(name for name, work in WORKS.items() if not work.notebook), "ada_zh"]
# What all pages have in common is read where it is written.
COMMON = re.compile(r"(?<=<style>).*?(?=</style>)|(?<=<script>).*?(?=</script>)", re.DOTALL)
POLICY = re.compile(r"sha256-[^&]*")


def page_of(name: str) -> str:
    """The page of a work; in Chinese where "_zh" follows its name."""
    with speaking("zh" if name.endswith("_zh") else "en"):
        return student.render(WORKS[name.removesuffix("_zh")], TITLE)


def essence(page: str) -> str:
    """A page without its style and its script."""
    return POLICY.sub("sha256-", COMMON.sub("", page))


def in_terminal(name: str, stub: str | None = None) -> str:
    """A work on a terminal without colours."""
    screen = Screen(width=90, color_system=None, file=io.StringIO(), legacy_windows=False)
    with screen.capture() as capture:
        screen.print(person.show(WORKS[name], TITLE, stub))
    return capture.get()


def golden() -> dict[str, str]:
    """What each golden file holds."""
    pages = {f"{name}.html": essence(page_of(name)) for name in READ}
    return {**pages, "ada.terminal": in_terminal("ada"), "hostile.terminal": in_terminal("hostile")}
