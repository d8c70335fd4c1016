"""What a grading costs on another device: each assignment's solution on the processor and there.

    python benchmarks/devices.py [DEVICE] [--runs N]

DEVICE is cuda, or fake for the overhead without a GPU (GRADER_FAKE_DEVICE=1; its operations run in
Python, so a training is slower there than on any card). Prints for each assignment the points and
the wall seconds of a solution that is graded after another one has warmed the box, the least of N
runs, and the ratio.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.table import Table

from grader.course import assignment as assignments
from grader.grading.scoring import score
from grader.grading.session import open_session
from grader.grading.settings import Settings

ROOT = Path(__file__).resolve().parents[1]


def measured(name: str, device: str, runs: int) -> tuple[float, float]:
    """Points and the least wall seconds of the solution."""
    assignment = assignments.load(name, ROOT)
    found: list[tuple[float, float]] = []

    with open_session(assignment, Settings(device, data=Path("embedded"))) as session:
        for _ in range(runs + 1):
            record = session.grade(assignment.solution)
            found.append((record.seconds, score(record, assignment).score))
    return min(points for _, points in found), min(seconds for seconds, _ in found[1:])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("device", nargs="?", default="cuda")
    parser.add_argument("--runs", type=int, default=2)
    chosen = parser.parse_args()
    table = Table("solution", "cpu s", f"{chosen.device} s", "ratio", "points")
    for name in assignments.available(ROOT):
        _, here = measured(name, "cpu", chosen.runs)
        points, there = measured(name, chosen.device, chosen.runs)
        table.add_row(name, f"{here:.2f}", f"{there:.2f}", f"{there / here:.2f}", f"{points:g}")
    Console().print(table)


if __name__ == "__main__":
    main()
