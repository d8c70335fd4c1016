"""A check as one submission met it: what ended it, and what it compared until then."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from grader.checking.comparison import Kept
from grader.checking.marks import Check

Trace = list[Any]  # the values that a check compared, in order, and what was raised


@dataclass(frozen=True)
class Seen:
    """One check and one submission.

    problem: what ended the check; None: it passed. seconds: wall time. kept: what it keeps of
    a training.
    arguments: the values of its fixtures, if it compared something that the submission gave, which
    tells of mistakes; None otherwise. trace: what it compared until it failed; None: it passed.
    supplied: the stubs in whose place the author's parts stood, if it ended otherwise with the
    student's own.
    """

    check: Check
    problem: BaseException | None
    seconds: float = 0.0
    kept: Kept = field(default_factory=Kept)
    arguments: dict[str, Any] | None = None
    trace: Trace | None = None
    supplied: tuple[str, ...] = ()


def not_loaded(checks: Iterable[Check], problem: BaseException) -> list[Seen]:
    """What all checks meet of a submission that could not even be loaded."""
    return [Seen(check, problem) for check in checks]


def arguments_of(item: pytest.Function) -> dict[str, Any]:
    """The values of the fixtures and parameters that the check's function takes."""
    names = inspect.signature(item.function).parameters
    return {name: item.funcargs[name] for name in names if name in item.funcargs}
