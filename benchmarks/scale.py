"""How grading scales: with jobs, with the number of submissions, and to a course of 100,000 a day.

    python benchmarks/scale.py [ASSIGNMENT] [--course DIR] [--count N] [--jobs 1 2 3] [--unit]
                               [--data DIR] [--growth N] [--a-day N] [--price EUR]

Grades N copies of the solution, after one for each job that warms it up, with each number of jobs:
the rate, its efficiency (rate of one job = 1), the proportional memory (PSS) of a job with its box.
--unit measures the unit tier alone. --growth N then grades N submissions of a
course of two stubs in one process and prints how its memory grows. The last lines are a model:
the cores, memory and cost of so many submissions a day at the measured rate, evenly spread.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import os
import tempfile
import time
from collections import deque
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.table import Table

from grader.course import assignment as assignments
from grader.grading.engines import Run, graded
from grader.grading.engines.local import SideBySide
from grader.grading.session import open_session
from grader.grading.settings import WHOLE, Part, Settings
from grader.grading.tasks import Task
from grader.submissions.uploads import Upload

ROOT = Path(__file__).resolve().parents[1]
SMALL = ROOT / "tests" / "small_course"
HOURS_A_MONTH = 730
MIB = 1 << 20


@dataclasses.dataclass
class Figures:
    """A second, and MiB of each job."""

    rate: float
    memory: float


def family(pid: int) -> list[int]:
    """The process and all that come from it."""
    found = [pid]
    for process in found:
        with suppress(OSError):
            for children in Path(f"/proc/{process}/task").glob("*/children"):
                found += map(int, children.read_text().split())
    return found


def proportional_mib(pid: int) -> float:
    """PSS of a process and all that come from it; those of other users are seen by root only."""
    total = 0
    for process in family(pid):
        with suppress(OSError):
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def resident_mib() -> float:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MIB


def side_by_side(course: Path, name: str, tasks: list[Task], count: int) -> Figures:
    """The rate after the first record of each job, while all of them work."""
    times, memory = [], 0.0
    run = Run(course, name, tasks[0].settings, len(tasks))
    with SideBySide(run, count) as engine:
        for _, record in graded(engine, deque(tasks)):
            assert record.status == "graded", record.warnings
            times.append(time.perf_counter())
            if len(times) % 10 == 5:  # to look takes the processor from the jobs
                pids = [job.process.pid for job in engine.jobs.all]
                memory = max([memory, *(proportional_mib(pid) for pid in pids if pid)])
    begun, ended = times[count - 1], times[-count]  # all work from the one to the other
    return Figures((len(times) - 2 * count + 1) / (ended - begun), memory)


def growth(count: int, settings: Settings) -> list[tuple[int, float]]:
    """(submissions graded, resident MiB) of one process, ten times on the way."""
    assignment = assignments.load("greeting", SMALL)
    seen: list[tuple[int, float]] = []

    with open_session(assignment, settings) as session:
        for number in range(1, count + 1):
            assert session.grade(assignment.solution).status == "graded"
            if number == 10 or number % max(count // 10, 1) == 0:
                seen.append((number, resident_mib()))
    return seen


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("assignment", nargs="?", default="softmax_regression")
    parser.add_argument("--course", type=Path, default=ROOT)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--jobs", type=int, nargs="*", default=[1, 2, 3])
    parser.add_argument("--unit", action="store_true")
    parser.add_argument("--data", type=Path, default=Path("embedded"))
    parser.add_argument("--growth", type=int, default=1_000)
    parser.add_argument("--a-day", type=int, default=100_000)
    parser.add_argument("--price", type=float, default=0.04, help="of a core for an hour")
    chosen = parser.parse_args()
    settings = Settings("cpu", "auto", chosen.data)
    console = Console()
    found: dict[int, Figures] = {}
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"student_{number}.py") for number in range(chosen.count)]
        for path in paths:
            solution = chosen.course / "solutions" / chosen.assignment / "solution.py"
            path.write_text(solution.read_text("utf-8"), "utf-8")
        part = Part(tier="unit") if chosen.unit else WHOLE
        for count in chosen.jobs:
            tasks = [
                Task(number, Upload(path), settings, part=part) for number, path in enumerate(paths)
            ]
            found[count] = side_by_side(chosen.course, chosen.assignment, tasks, count)
    table = Table("jobs", "a second", "efficiency", "MiB each")
    one = found[min(found)].rate / min(found)
    for count, each in found.items():
        efficiency = each.rate / count / one
        table.add_row(str(count), f"{each.rate:.2f}", f"{efficiency:.2f}", f"{each.memory:.0f}")
    console.print(table)
    if chosen.growth:
        seen = growth(chosen.growth, settings)
        console.print("memory of one process:", *(f"{n}: {mib:.0f} MiB," for n, mib in seen))
        console.print(f"growth from {seen[0][0]} to {seen[-1][0]}: {seen[-1][1] - seen[0][1]:.0f}")
    best = max(found.items(), key=lambda pair: pair[1].rate)
    show_model(console, best[1].rate / best[0], best[1].memory, chosen.a_day, chosen.price)


def show_model(console: Console, rate: float, memory: float, a_day: int, price: float) -> None:
    """Cores, memory and cost at this rate of a job, one job for each core."""
    cores = math.ceil(a_day / 86_400 / rate)
    console.print(
        f"{a_day:,} a day at {rate:.2f} a second and core: {cores} cores,"
        f" {cores * memory / 1024:.1f} GiB,"
        f" {cores * HOURS_A_MONTH * price:,.0f} a month at {price:g} for a core and hour"
    )


if __name__ == "__main__":
    main()
