"""Grading many submissions: one after another, with progress, and nothing lost on the way."""

from __future__ import annotations

import itertools
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from grader import assignment as assignments
from grader.grading import Bench, Settings, with_bench
from grader.records import CheckResult
from grader.reports import as_json
from grader.scoring import Result, score


def grade_all(
    course: Path,
    name: str,
    paths: list[Path],
    settings: Settings,
    out: Path | None,
    console: Console,
) -> list[Result]:
    """Grade every path in order; with `out`, each record is on disk as soon as it is made.

    Ctrl-C ends the run: the results until then are returned.

    Raises UsageError or IsolationUnavailable before the first submission is touched.
    """
    assignment = assignments.load(name, course)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    results: list[Result] = []
    written: set[str] = set()

    def grade_each(bench: Bench) -> None:
        for note in bench.notes:
            console.print(f"[yellow]note:[/yellow] {escape(note)}", highlight=False)
        with _progress(console) as bar:
            task = bar.add_task("", total=len(paths) * len(bench.suite.checks))
            for position, path in enumerate(paths):

                def advance(submission: str, check: CheckResult | None) -> None:
                    bar.update(task, description=submission, advance=0 if check is None else 1)

                record = bench.grade(path, advance)
                results.append(Result(record, score(record, assignment)))
                bar.update(task, completed=(position + 1) * len(bench.suite.checks))
                if out is not None:
                    _write(out, results[-1], written)

    try:
        with_bench(assignment, settings, grade_each)
    except KeyboardInterrupt:
        console.print(f"[yellow]interrupted:[/yellow] {len(results)} of {len(paths)} were graded")
    return results


def _write(out: Path, result: Result, written: set[str]) -> None:
    """One file per submission; written beside and renamed, so that it is whole or not there."""
    name = result.record.submission
    numbered = (name if n == 1 else f"{name}-{n}" for n in itertools.count(1))
    free = next(name for name in numbered if name not in written)
    written.add(free)
    path = out / f"{free}.json"
    beside = out / f"{free}.part"
    beside.write_text(as_json.render([result]), "utf-8")
    beside.replace(path)


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("checks"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
