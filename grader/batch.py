"""Grading many submissions: one after another, with progress, and nothing lost on the way."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from grader import assignment as assignments
from grader.grading import Bench, Settings, with_bench
from grader.records import CheckResult
from grader.scoring import Result, score
from grader.store import Store


def grade_all(
    course: Path,
    name: str,
    paths: list[Path],
    settings: Settings,
    out: Path | None,
    console: Console,
    force: bool = False,
) -> list[Result]:
    """Grade every path in order; with `out`, each record is on disk as soon as it is made, and a
    submission that has not changed since an earlier run is not run again unless `force` is set.

    Ctrl-C ends the run: the results until then are returned.

    Raises UsageError or IsolationUnavailable before the first submission is touched.
    """
    assignment = assignments.load(name, course)
    store = Store(out, name) if out is not None else None
    results: list[Result] = []

    def grade_each(bench: Bench) -> None:
        for note in bench.notes:
            console.print(f"[yellow]note:[/yellow] {escape(note)}", highlight=False)
        with _progress(console) as bar:
            task = bar.add_task("", total=len(paths) * len(bench.suite.checks))
            for position, path in enumerate(paths):

                def advance(submission: str, check: CheckResult | None) -> None:
                    bar.update(task, description=submission, advance=0 if check is None else 1)

                earlier = store.earlier(path) if store is not None and not force else None
                record = bench.grade(path, advance, earlier)
                results.append(Result(record, score(record, assignment)))
                bar.update(task, completed=(position + 1) * len(bench.suite.checks))
                if store is not None and record is not earlier:
                    store.keep(results[-1])

    try:
        with_bench(assignment, settings, grade_each)
    except KeyboardInterrupt:
        console.print(f"[yellow]interrupted:[/yellow] {len(results)} of {len(paths)} were graded")
    if store is not None:
        store.finish()
    return results


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
