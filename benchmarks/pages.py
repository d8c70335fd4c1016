"""What the pages of students take: milliseconds of one processor, and kilobytes.

    python benchmarks/pages.py [--students N]

Every student has handed in the course's notebook, and of its thirteen stubs six fail: each for two
reasons, one of them with sixteen times ten values. The training left three curves of ten epochs, a
confusion matrix of ten classes and twelve pictures. "program": the page without the notebook.
"notebook": with it, in which the cells of the stubs are each student's own and the text is the
handout's. The first page, which imports what it needs, is not counted.
"""

from __future__ import annotations

import argparse
import base64
import dataclasses
import json
import random
import statistics
import time
from pathlib import Path

from msgspec.structs import replace
from rich.console import Console
from rich.table import Table

from grader.checking.results import CheckResult, Compared, Curve, Predictions, Values
from grader.grading.records import DatasetUsed, Record
from grader.grading.scoring import Grade, Result, StubGrade
from grader.reports.pages import student
from grader.reports.pages.work import Code, Picture, Work

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "assignments/softmax_regression/softmax_regression.ipynb"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR4nGNgYGD4/x8AAwMCAL9nL9wAAAAASUVORK5C"
    "YII="
)
STUBS, WRONG = 13, 6


def checks(stub: str, is_wrong: bool, chance: random.Random) -> list[CheckResult]:
    """Ten checks of a stub; of one that is wrong all fail, for two reasons."""
    fine = CheckResult("", stub, "unit", "hidden", 1.0, False, "passed", "", None, 0.1)
    found = [replace(fine, name=f"test_{stub}_{place}") for place in range(10)]
    if not is_wrong:
        return found
    numbers = Values((64, 10), [chance.gauss(0, 1) for _ in range(256)])
    compared = Compared(f"{stub}(X) for X of shape (64, 10)", numbers, (64, 10))
    return [
        replace(
            check,
            outcome="failed",
            message=f"The sum runs over dim {place % 2}.\nEach row sums to 1: it is {place}",
            compared=compared,
        )
        for place, check in enumerate(found)
    ]


def training(chance: random.Random) -> CheckResult:
    """A check that keeps what is drawn."""
    losses = [chance.random() for _ in range(10)]
    return CheckResult(
        *("test_training", "stub_0", "training", "hidden", 1.0, False, "passed", "", None, 2.0),
        curves=[Curve(f"curve {n}", losses[n:], [(0.2, 0.8)] * 10) for n in range(3)],
        predictions=Predictions([[chance.randrange(99) for _ in range(10)] for _ in range(10)], []),
    )


def work(number: int) -> Work:
    """What one student handed in, and what came of it."""
    chance = random.Random(number)
    wrong = set(chance.sample(range(STUBS), WRONG))
    names = [f"stub_{place}" for place in range(STUBS)]
    found = [one for n, name in enumerate(names) for one in checks(name, n in wrong, chance)]
    stubs = [
        StubGrade(name, 0.0, 5.0, "failed") if n in wrong else StubGrade(name, 5.0, 5.0, "passed")
        for n, name in enumerate(names)
    ]
    record = Record(
        *(f"student {number}", "softmax_regression", "graded", "namespaces", "cpu"),
        DatasetUsed("FashionMNIST", "full", ""),
        [*found, training(chance)],
        *([], "", 12.0, {"python": "3.12"}, {}),
    )
    notebook = json.loads(NOTEBOOK.read_text("utf-8"))
    code, cells = {}, [n for n, c in enumerate(notebook["cells"]) if c["cell_type"] == "code"]
    for name, place in zip(names, cells):
        text = f"def {name}(X):\n" + f"    X = X + {number}  # {name}\n" * 8 + "    return X\n"
        notebook["cells"][place]["source"] = text
        code[name] = Code(f"cell {place + 1}, line 1", 1, text)
    result = Result(record, Grade(35.0, 65.0, stubs))
    pictures = [Picture(PNG, "shirt", "coat")] * 12
    return Work(f"Student {number}", result, None, code, json.dumps(notebook), pictures)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--students", type=int, default=50)
    works = [work(number) for number in range(parser.parse_args().students + 1)]
    table = Table("page", "mean ms", "longest ms", "largest KB")
    for name in ("program", "notebook"):
        seconds, sizes = [], []
        for one in works:
            shown = one if name == "notebook" else dataclasses.replace(one, notebook="")
            start = time.process_time()
            page = student.render(shown, "Softmax regression")
            seconds.append(time.process_time() - start)
            sizes.append(len(page.encode()))
        mean, longest = statistics.mean(seconds[1:]), max(seconds[1:])
        table.add_row(name, f"{1e3 * mean:.1f}", f"{1e3 * longest:.1f}", f"{max(sizes) / 1e3:.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()
