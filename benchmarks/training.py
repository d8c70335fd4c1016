"""How long the documents' training takes in the sandbox, and how long a whole grading takes.

    python benchmarks/training.py [SUBMISSION]

Ten epochs at batch 256 on the 60,000 images of Fashion-MNIST (documents 001 and 003) run inside a
real box with the submission's own parts (by default the solution's). Prints the loss table beside
the document's, the seconds of that training, and the seconds of the whole grading of the same
submission. Nothing is asserted: a timing is a figure, not a test.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from grader import assignment as assignments
from grader import datasets, submission
from grader.checking import in_sandbox
from grader.grading import Bench, Settings, with_bench
from grader.sandbox import isolation
from grader.sandbox.chain import Sandbox, Source
from grader.sandbox.host import Host

ROOT = Path(__file__).resolve().parents[1]
EPOCHS, BATCH = 10, 256
DOCUMENT = {1: (0.786198, 0.749617), 2: (0.570151, 0.812767), 10: (0.447118, 0.848250)}


@in_sandbox
def train(submission, epochs, batch_size):
    return submission.train(
        submission.net,
        submission.data.batches("FashionMNIST", "train", batch_size, shuffle=True),
        submission.data.batches("FashionMNIST", "test", batch_size),
        submission.cross_entropy,
        epochs,
        submission.updater,
    )


def main() -> None:
    assignment = assignments.load("softmax_regression", ROOT)
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else assignment.solution
    console = Console()
    data = datasets.find("FashionMNIST")
    upload = submission.read(path, [stub.name for stub in assignment.stubs])
    source = Source(upload.cells, upload.helpers, assignment.stand_ins(), assignment.contract)
    level = isolation.choose().level
    with Host(level, data.public_root) as host, Sandbox(source, host, 60) as sandbox:
        sandbox.load()
        with sandbox.open_check(600, 600, seed=0) as student:
            started = time.perf_counter()
            history = train(student, EPOCHS, BATCH)
            seconds = time.perf_counter() - started

    table = Table(title=f"{path.name}: {EPOCHS} epochs, batch {BATCH}, {data.variant} data")
    for column in ("epoch", "loss", "accuracy", "document's loss", "document's accuracy"):
        table.add_column(column, justify="right")
    for epoch, (loss, accuracy, _) in enumerate(history, start=1):
        printed = [f"{value:.4f}" for value in DOCUMENT.get(epoch, ())]
        table.add_row(str(epoch), f"{loss:.4f}", f"{accuracy:.4f}", *printed)
    console.print(table)
    console.print(f"training: {seconds:.2f} s, {seconds / EPOCHS:.3f} s an epoch, data included")

    def grade(bench: Bench) -> None:
        record = bench.grade(path)
        checks = sum(check.seconds for check in record.checks)
        console.print(f"whole grading: {record.seconds:.2f} s, of it in checks {checks:.2f} s")

    started = time.perf_counter()
    with_bench(assignment, Settings(), grade)
    total = time.perf_counter() - started
    console.print(f"with choosing the isolation and collecting the suite: {total:.2f} s")


if __name__ == "__main__":
    main()
