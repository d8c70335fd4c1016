"""How long a gradebook of many people takes: python benchmarks/gradebook.py [--people 3000]

Fills a book with one attempt a person, each with a record of 73 checks as softmax_regression gives
it, and then times what an instructor waits for. --db takes another database than a new file.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.checking.results import CheckResult, Outcome
from grader.course import assignment as assignments
from grader.gradebook.book import Gradebook, open_book
from grader.grading.records import Record
from grader.grading.scoring import Result, score
from grader.submissions.uploads import Origin, Person, Upload

ROOT = Path(__file__).resolve().parents[1]
CHECKS = 73
OUTCOMES: list[Outcome] = ["passed", "passed", "passed", "failed"]


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long something took, and for how long it had the processor."""
    started, used = time.perf_counter(), time.process_time()
    yield
    wall, own = time.perf_counter() - started, time.process_time() - used
    print(f"{what}: {wall:.2f} s, of the processor {own:.2f} s")


def main() -> None:
    """Fill a book and read it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--db", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, open_book(options.db or f"{name}/book") as book:
        measure(book, Path(name), options.people)


def measure(book: Gradebook, folder: Path, count: int) -> None:
    """Keep and list the results of so many people."""
    assignment = assignments.load("softmax_regression", ROOT)
    draw = random.Random(0)
    results = []
    for number in range(count):
        path = folder / f"{number}.py"
        path.write_text(f"def softmax(X):\n    return {number}\n")
        person = Person(f"Person {number}", str(number), f"{number}@example.org")
        checks = [
            CheckResult(
                name=f"test_{check}",
                stub=assignment.stubs[check % len(assignment.stubs)].name,
                tier="unit",
                visibility="hidden",
                weight=1.0,
                gate=False,
                outcome=draw.choice(OUTCOMES),
                message="The sum runs down the columns (dim 0).\nEach row sums to 1: it is 2",
                misconception="softmax_over_columns",
                seconds=0.25,
            )
            for check in range(CHECKS)
        ]
        record = Record(
            submission=path.stem,
            assignment=assignment.name,
            status="graded",
            isolation="namespaces",
            device="cpu",
            dataset=None,
            checks=checks,
            warnings=[],
            output="",
            seconds=12.5,
            environment={},
            digests={"submission": str(number), "suite": ""},
            path=str(path),
            origin=Origin((person,), reader="canvas"),
        )
        results.append((Upload(path, record.origin), Result(record, score(record, assignment))))
    keeper = book.keeper(assignment, [upload for upload, _result in results])
    with timed(f"keep {count} results, each safe on the disk"):
        keeper.check_room()
        for _upload, result in results:
            keeper.keep(result)
    with timed(f"find {count} earlier records"):
        for upload, _result in results:
            keeper.earlier(upload)
    with timed("members"):
        book.members()
    with timed("attempts with their scores"):
        book.attempts(assignment)
    with timed("all records, whole"):
        list(book.results(assignment.name))


if __name__ == "__main__":
    main()
