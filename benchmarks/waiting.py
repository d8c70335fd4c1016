"""How long a person waits for a command: `grader --help`, and `grader check` on a template of which
the first half is written.

    python benchmarks/waiting.py [ASSIGNMENT] [--runs N]

Prints the least and the median wall seconds of N runs, after one that warms the disk's cache, and
the processor seconds of the quickest. On a machine with other work look at the least.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from grader.course import templates

ROOT = Path(__file__).resolve().parents[1]
GRADER = [sys.executable, "-m", "grader"]


def half_filled(source: str) -> str:
    """A template with the first half of its solutions written in."""
    parts = source.split("### BEGIN SOLUTION")
    half = len(parts) // 2
    written = "### BEGIN SOLUTION".join(parts[:half]).replace("### BEGIN SOLUTION", "# written")
    rest = "### BEGIN SOLUTION".join(["", *parts[half:]])
    return templates.cut(written.replace("### END SOLUTION", "# until here") + rest)


def timed(command: list[str], folder: Path) -> tuple[float, float]:
    """Wall and processor seconds of a command with all its processes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, env=os.environ | {"LANG": "C"})
    wall = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("assignment", nargs="?", default="softmax_regression")
    parser.add_argument("--runs", type=int, default=10)
    options = parser.parse_args()
    name = options.assignment
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, name)
        shutil.copytree(ROOT / "assignments" / name, folder)
        shutil.copytree(ROOT / "assignments/helpers", Path(temporary, "helpers"))
        source = (ROOT / "solutions" / name / "solution.py").read_text("utf-8")
        (folder / f"{name}.ipynb").unlink()
        (folder / f"{name}.py").write_text(half_filled(source), "utf-8")
        for arguments in (["--help"], ["check"]):
            timed([*GRADER, *arguments], folder)
            figures = sorted(timed([*GRADER, *arguments], folder) for _ in range(options.runs))
            walls = [wall for wall, _ in figures]
            print(
                f"grader {' '.join(arguments)}: {walls[0]:.2f} s at least, {median(walls):.2f} s "
                f"in the median of {options.runs}; {figures[0][1]:.2f} s of processor time"
            )


if __name__ == "__main__":
    main()
