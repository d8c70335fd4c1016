"""How fast a class is graded: submissions a second by number of jobs, and how memory grows.

    python benchmarks/throughput.py [ASSIGNMENT] [--count N] [--jobs 1 2] [--unit]

Grades N copies of the solution on the embedded data, after one that warms everything up, with one
and two jobs. Prints wall seconds for each submission, the rate, the efficiency of the jobs, and the
memory of the grading process at the beginning and at the end. --unit leaves the training tier out.
"""

from __future__ import annotations

import argparse
import copy
import dataclasses
import os
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from grader import assignment as assignments
from grader.grading import Bench, Settings, with_bench
from grader.jobs import Jobs, Task

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = Settings("cpu", "auto", Path("embedded"))


def memory_mib() -> float:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def alone(name: str, paths: list[Path], unit: bool) -> tuple[float, float, float]:
    """Seconds for each submission in one process, of them in this process, and MiB of growth."""
    figures: list[float] = []

    def run(bench: Bench) -> None:
        if unit:
            bench = dataclasses.replace(bench, suite=copy.copy(bench.suite))
            bench.suite.checks = [c for c in bench.suite.checks if c.tier == "unit"]
        bench.grade(paths[0])
        memory, started, own = memory_mib(), time.perf_counter(), time.process_time()
        for path in paths:
            assert bench.grade(path).status == "graded"
        spent = time.perf_counter() - started
        figures.extend((spent / len(paths), (time.process_time() - own) / len(paths)))
        figures.append(memory_mib() - memory)

    with_bench(assignments.load(name, ROOT), SETTINGS, run)
    return figures[0], figures[1], figures[2]


def side_by_side(name: str, paths: list[Path], count: int) -> float:
    """Seconds for each submission with this many jobs, from the first record to the last."""
    tasks = [Task(position, path) for position, path in enumerate(paths)]
    with Jobs(ROOT, name, SETTINGS, count) as jobs:
        times = [time.perf_counter() for _ in jobs.grade(tasks)]
    return (times[-1] - times[count - 1]) / (len(times) - count)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("assignment", nargs="?", default="softmax_regression")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--jobs", type=int, nargs="*", default=[2])
    parser.add_argument("--unit", action="store_true")
    chosen = parser.parse_args()
    solution = (ROOT / "solutions" / chosen.assignment / "solution.py").read_text("utf-8")
    table = Table("jobs", "seconds each", "a second", "efficiency", "of it here", "growth")
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"student_{number}.py") for number in range(chosen.count)]
        for path in paths:
            path.write_text(solution, "utf-8")
        each, own, growth = alone(chosen.assignment, paths, chosen.unit)
        table.add_row(
            "1", f"{each:.2f}", f"{1 / each:.1f}", "", f"{own:.2f} s", f"{growth:.0f} MiB"
        )
        for count in chosen.jobs if not chosen.unit else []:
            spent = side_by_side(chosen.assignment, paths, count)
            table.add_row(
                *(str(count), f"{spent:.2f}", f"{1 / spent:.1f}", f"{each / spent / count:.2f}")
            )
    Console().print(table)


if __name__ == "__main__":
    main()
