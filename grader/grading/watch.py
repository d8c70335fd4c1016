"""How a run goes, for the person who watches it: a display that moves on a terminal, and elsewhere
(CI, nohup, a pipe) a line at the start, one every ten seconds, and a last one."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from grader.grading.records import Record

LINE_SECONDS = 10.0  # between two lines where there is no terminal
SOON = 10  # seconds: nobody can tell shorter times
RECENT = 20  # submissions from which the rate is taken
MOST_NAMES = 4  # of submissions in work
MOST_CHARACTERS = 30  # of one of these names
NARROW = 60  # columns of a terminal on which there is no room for a bar

# The submissions in work by their names, and how much of each is done (0 to 1) where it is known.
InWork = Callable[[], Sequence[tuple[str, float | None]]]


@dataclass
class Tally:
    """How much of a run is done, and how fast. Times are seconds of one clock.

    unchanged: those of `done` that an earlier run has seen as they are. not_graded: how many have
    each status but "graded". ends: when the run began and the last ones that were run ended.
    """

    count: int
    started: float
    done: int = 0
    unchanged: int = 0
    not_graded: Counter[str] = field(default_factory=Counter)
    ends: deque[float] = field(init=False)

    def __post_init__(self) -> None:
        self.ends = deque([self.started], maxlen=RECENT + 1)

    def add(self, status: str, is_unchanged: bool, now: float) -> None:
        """One more is done."""
        self.done += 1
        if status != "graded":
            self.not_graded[status] += 1
        if not is_unchanged:
            self.ends.append(now)
            return
        self.unchanged += 1
        if len(self.ends) == 1:  # looking through what an earlier run did is not the pace
            self.ends[0] = now

    def rate(self, now: float) -> float:
        """How many of the last ones were run in a minute; 0 before the first has ended."""
        return 60 * (len(self.ends) - 1) / max(now - self.ends[0], 0.001)

    def seconds_left(self, now: float) -> float | None:
        """Until all are done at this rate; None where nobody can tell."""
        rate = self.rate(now)
        return 60 * (self.count - self.done) / rate if rate else None

    def pace(self, now: float) -> str:
        """Done of total, the time left, and the rate."""
        parts = [f"{self.done} of {self.count}"]
        left = self.seconds_left(now)
        if left is not None and self.done < self.count:
            rate = self.rate(now)
            parts.append(f"{duration(left) if left >= SOON else f'under {SOON} s'} left")
            parts.append(f"{rate:.0f} a minute" if rate >= 10 else f"{rate:.1f} a minute")
        return ", ".join(parts)

    def rest(self) -> list[str]:
        """How many were not graded, and why; how many were not run again."""
        found = []
        if self.not_graded:
            reasons = [
                f"{count} {status.replace('_', ' ')}"
                for status, count in sorted(self.not_graded.items())
            ]
            found.append(f"{self.not_graded.total()} not graded ({', '.join(reasons)})")
        if self.unchanged:
            found.append(f"{self.unchanged} unchanged since they were graded")
        return found


def duration(seconds: float) -> str:
    """A time as people say it: 40 s, 5 min, 2 h 10 min."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def at(in_work: Sequence[tuple[str, float | None]]) -> str:
    """Who is being graded, on one line."""
    shown = []
    for name, share in in_work[:MOST_NAMES]:
        name = " ".join(name.split())
        name = name if len(name) <= MOST_CHARACTERS else f"{name[: MOST_CHARACTERS - 1]}…"
        shown.append(name if share is None else f"{name}, {100 * share:.0f} %")
    more = len(in_work) - len(shown)
    return f"at: {', '.join(shown)}{f' and {more} more' if more else ''}" if shown else ""


class Watch:
    """Shows one run on a console while it lasts. A context manager around the run."""

    def __init__(self, console: Console, count: int) -> None:
        self.console = console
        self.tally = Tally(count, time.monotonic())
        self.in_work: InWork = tuple
        self.ended = threading.Event()
        self.lines: threading.Thread | None = None
        self.live: Live | None = None
        if console.is_terminal and not console.is_dumb_terminal and console.file.isatty():
            self.live = Live(
                get_renderable=self._display, console=console, transient=True, refresh_per_second=4
            )

    def __enter__(self) -> Watch:
        if self.live:
            self.live.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self.live:
            self.live.stop()
        if self.lines:
            self.ended.set()
            self.lines.join()
            took = duration(time.monotonic() - self.tally.started)
            done = f"{self.tally.done} of {self.tally.count} in {took}"
            self._say("; ".join([done, *self.tally.rest()]))

    def begin(self, what: str, in_work: InWork) -> None:
        """The first submission is next. what: of which run, on one line. in_work: asked at any
        time, from another thread."""
        self.tally = Tally(self.tally.count, time.monotonic())
        self.in_work = in_work
        if not self.live:
            self._say(what)
            self.lines = threading.Thread(target=self._say_lines, daemon=True)
            self.lines.start()

    def finished(self, record: Record, earlier: Record | None) -> None:
        """A submission has its record, perhaps that of an earlier run."""
        is_unchanged = earlier is not None and record == replace(earlier, seconds=record.seconds)
        self.tally.add(record.status, is_unchanged, time.monotonic())

    def _say_lines(self) -> None:
        while not self.ended.wait(LINE_SECONDS):
            parts = [self.tally.pace(time.monotonic()), *self.tally.rest(), at(self.in_work())]
            self._say("; ".join(filter(None, parts)))

    def _say(self, line: str) -> None:
        self.console.print(Text(line), soft_wrap=True, highlight=False)

    def _display(self) -> RenderableType:
        """A bar beside the pace; below it who is in work, and what was not graded."""
        pace = _on_one_line(self.tally.pace(time.monotonic()))
        first: RenderableType = pace
        if self.console.width >= NARROW:
            bar = ProgressBar(self.tally.count, self.tally.done, width=self.console.width // 4)
            first = Table.grid(padding=(0, 1))
            first.add_row(bar, pace)
        parts = [first, _on_one_line(at(self.in_work())), Text("; ".join(self.tally.rest()))]
        return Group(*(part for part in parts if part))


def _on_one_line(text: str) -> Text:
    return Text(text, no_wrap=True, overflow="ellipsis")
