"""How a backend is told without holding up a training: at once, or by a thread of its own."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from grader.i18n import words
from grader.i18n.words import _
from grader.monitor.backend import Backend, Point, Unavailable

MOST_WAITING = 20_000  # points that a backend may be behind; then the oldest are left out
CLOSE_SECONDS = 5.0  # that the end of a training waits for a backend

Say = Callable[[str], None]  # told a sentence for the person who watches


class Feed:
    """Tells a backend at once. What it raises is said, in a language, and ends it."""

    def __init__(self, name: str, backend: Backend, say: Say, language: str) -> None:
        self.name = name
        self.backend = backend
        self.say = say
        self.language = language
        self.has_failed = False

    def tell(self, what: str, *arguments: Any) -> None:
        """Call one of the backend's methods."""
        if self.has_failed:
            return
        try:
            getattr(self.backend, what)(*arguments)
        except Exception as error:
            self.fail(error)

    def fail(self, error: Exception) -> None:
        """Leave the backend alone from now on."""
        self.has_failed = True
        problem = str(error)
        if not isinstance(error, Unavailable):
            problem = f"{type(error).__name__}: {problem}."
        with words.speaking(self.language):
            text = _("{name}: {problem} The training goes on without it.")
            self.say(text.format(name=self.name, problem=problem))

    def close(self) -> None:
        """The last that the backend hears."""
        self.tell("close")


class SlowFeed(Feed):
    """Tells a backend by a thread of its own. What waits is bounded: of points the latest, and of
    everything else what a window shows last."""

    def __init__(self, name: str, backend: Backend, say: Say, language: str) -> None:
        super().__init__(name, backend, say, language)
        self._points: deque[Point] = deque(maxlen=MOST_WAITING)
        self._shown: dict[tuple[str, str], tuple[Any, ...]] = {}  # by method and window
        self._left_out = 0
        self._is_closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._serve, name=f"monitor {name}", daemon=True)
        self._thread.start()

    def tell(self, what: str, *arguments: Any) -> None:
        """Remember it for the thread; never waits for the backend."""
        if self.has_failed:
            return
        with self._changed:
            if what == "points":
                room = MOST_WAITING - len(self._points)
                self._left_out += max(len(arguments[0]) - room, 0)
                self._points += arguments[0]
            else:
                self._shown[what, arguments[0]] = arguments
            self._changed.notify()

    def close(self) -> None:
        """Give the thread some seconds for what still waits."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self._thread.join(CLOSE_SECONDS)
        with words.speaking(self.language):
            if self._thread.is_alive() and not self.has_failed:
                self.fail(Unavailable(_("It did not take everything in time.")))
            elif self._left_out:
                text = _("{name}: It was too slow, so {count} points were left out.")
                self.say(text.format(name=self.name, count=self._left_out))

    def _serve(self) -> None:
        """The thread: pass on what has come, together, until nothing more comes."""
        try:
            with words.speaking(self.language):
                self._pass_on_all()
                self.backend.close()
        except Exception as error:
            self.fail(error)

    def _pass_on_all(self) -> None:
        is_last = False
        while not is_last:
            with self._changed:
                self._changed.wait_for(lambda: self._points or self._shown or self._is_closing)
                is_last = self._is_closing
                points, shown = list(self._points), self._shown
                self._points.clear()
                self._shown = {}
            self._pass_on(points, shown)

    def _pass_on(self, points: list[Point], shown: dict[tuple[str, str], tuple[Any, ...]]) -> None:
        """How windows are drawn comes first, the end of a run last."""
        for what in ("axes", "points", "images", "text", "ended"):
            if what == "points" and points:
                self.backend.points(points)
            for (kind, _window), arguments in shown.items():
                if kind == what:
                    getattr(self.backend, what)(*arguments)


def close_all(feeds: list[Feed]) -> None:
    """Close them side by side: several that hang take no longer than one."""
    threads = [threading.Thread(target=feed.close) for feed in feeds if isinstance(feed, SlowFeed)]
    for thread in threads:
        thread.start()
    for feed in feeds:
        if not isinstance(feed, SlowFeed):
            feed.close()
    deadline = time.monotonic() + CLOSE_SECONDS + 1
    for thread in threads:
        thread.join(max(deadline - time.monotonic(), 0))
