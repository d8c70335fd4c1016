"""What goes wrong in checks through no fault of a student, in a sentence for their author: file,
line, what it is, and what may be meant."""

from __future__ import annotations

import builtins
import re
import sys
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from grader.checking.marks import MARKS
from grader.course.strict_toml import near_word

NO_MARK = re.compile(r"'(\w+)' not found in `markers` configuration option")
OF_PYTEST = ("parametrize", "skip", "skipif", "xfail", "usefixtures", "filterwarnings")


class Collected:
    """The plugin that knows the marks and hears what could not be collected."""

    def __init__(self, suite: Sequence[Path]) -> None:
        self.suite = suite
        self.problems: list[str] = []

    def pytest_configure(self, config: pytest.Config) -> None:
        for mark, meaning in MARKS.items():
            config.addinivalue_line("markers", f"{mark}: {meaning}")

    def pytest_exception_interact(self, call: pytest.CallInfo[object]) -> None:
        if call.excinfo is not None:
            error = call.excinfo.value  # pytest's own, around the one of the file
            self.problems.append(located(error.__cause__ or error, self.suite))


def located(error: BaseException, suite: Iterable[Path]) -> str:
    """What an exception says, after the file and line of the suite that it comes from."""
    files = {str(path) for path in suite}
    if isinstance(error, SyntaxError) and error.filename in files:
        return f"{error.filename}, line {error.lineno}: {error.msg}"
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in files]
    place = f"{frames[-1].filename}, line {frames[-1].lineno}: " if frames else ""
    no_mark = NO_MARK.search(str(error))
    if no_mark:
        known = [*OF_PYTEST, *(mark.partition("(")[0] for mark in MARKS)]
        return f"{place}there is no mark {no_mark[1]!r}{near_word(no_mark[1], known)}"
    return f"{place}{type(error).__name__}: {error}{_near(error)}"


def _near(error: BaseException) -> str:
    """A name that may be meant where one is not there."""
    wrong, known = getattr(error, "name", None), []
    if isinstance(error, NameError):
        *_others, (frame, _line) = traceback.walk_tb(error.__traceback__)
        known = [*frame.f_locals, *frame.f_globals, *dir(builtins)]
    elif isinstance(error, AttributeError):
        known = dir(error.obj)
    elif isinstance(error, ImportError) and error.name in sys.modules:
        said = re.search(r"cannot import name '(\w+)'", str(error))
        wrong, known = said and said[1], dir(sys.modules[error.name])
    return near_word(wrong, known) if wrong else ""
