"""What is usual in each epoch of an assignment's trainings, for the bands that pages draw.

    nice python benchmarks/curves.py ASSIGNMENT [FILE ...] [--runs N] [--data DIR]

Grades right programs (the solution, or the files) N times, each time with other random numbers in
the submission, and prints for each curve that a check keeps, from the first epoch to the last, the
mean less and plus four standard deviations.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path
from statistics import mean, stdev

from grader.course import assignment as assignments
from grader.grading.session import open_session
from grader.grading.settings import Part, Settings

ROOT = Path(__file__).resolve().parents[1]
ROOM = 4  # standard deviations


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("assignment")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--data", type=Path, help="as of `grader grade`")
    chosen = parser.parse_args()
    assignment = assignments.load(chosen.assignment, ROOT)
    curves = defaultdict(list)
    with open_session(assignment, Settings("cpu", data=chosen.data)) as session:
        for file in chosen.files or [assignment.solution]:
            for seed in range(chosen.runs):
                record = session.grade(file, part=Part(seed=seed))
                for check in record.checks:
                    for curve in check.curves:
                        curves[check.name, curve.what].append(curve.values)
    for (check, what), runs in curves.items():
        rooms = [(mean(epoch), ROOM * stdev(epoch)) for epoch in zip(*runs)]
        print(f"{check}: {what}, {len(runs)} runs, from and to")
        print([round(middle - room, 4) for middle, room in rooms])
        print([round(middle + room, 4) for middle, room in rooms])


if __name__ == "__main__":
    main()
