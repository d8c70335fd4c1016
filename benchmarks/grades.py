"""How long the grades of a large course take to compute, without the database.

    python benchmarks/grades.py [--people N] [--assignments N] [--attempts N]

Prints the least processor seconds of five runs: every grade with its lines, and every sum.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from grader.gradebook.grades import (
    Adjustment,
    Attempt,
    Member,
    assignment_grade,
    course_grade,
    one_line,
)
from grader.gradebook.policy import load_policy
from grader.grading.scoring import Grade, StubGrade

COURSE = """
[course]
timezone = "Europe/Berlin"
drop = 1
rounding = 0.5
[defaults]
due = 2026-11-20T23:59:00
grace = "15 min"
max = 100
[defaults.late]
per = "day"
percent = 10
floor = 50
cut_off = "30 days"
"""
DUE = datetime(2026, 11, 20, 22, 59, tzinfo=timezone.utc)


def attempts(count: int) -> list[Attempt]:
    """Attempts of one person from four days before to four days after the due date."""
    found = []
    for number in range(1, count + 1):
        stubs = [StubGrade(f"f{n}", random.randint(0, 10), 10, "passed") for n in range(12)]
        grade = Grade(sum(stub.points for stub in stubs), 120, stubs)
        moment = DUE + timedelta(hours=random.randint(-96, 96))
        found.append(Attempt(number, number, moment, None, "graded", grade))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--assignments", type=int, default=7)
    parser.add_argument("--attempts", type=int, default=3)
    options = parser.parse_args()
    names = [f"assignment_{n}" for n in range(options.assignments)]
    with tempfile.TemporaryDirectory() as folder:
        one = f'[[extension]]\nperson = "{{}}"\nassignment = "{names[0]}"\ndays = 2\n'
        granted = "".join(one.format(n) for n in range(0, options.people, 20))
        Path(folder, "course.toml").write_text(COURSE + granted, "utf-8")
        policy = load_policy(Path(folder), names)
    people = [
        Member(n, f"Person {n}", f"p{n}@example.org", (str(n),), "", True)
        for n in range(options.people)
    ]
    work = {(m.id, name): attempts(options.attempts) for m in people for name in names}
    given = [Adjustment(1, "f0", 3, "", "another convention", "Kim", DUE)]
    seconds = []
    for _run in range(5):
        started = time.process_time()
        for member in people:
            grades = [
                assignment_grade(name, 120, work[member.id, name], given, member, policy)
                for name in names
            ]
            for grade in grades:
                one_line(grade)
            course_grade(member, grades, policy)
        seconds.append(time.process_time() - started)
    print(f"{options.people} people, {options.assignments} assignments: {min(seconds):.2f} s")


if __name__ == "__main__":
    main()
