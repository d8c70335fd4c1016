"""What a check may import: comparisons, the mark of its sentences, and the mark for code that runs
inside the sandbox. Reading a record imports this, so torch comes with the first comparison."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from grader.i18n.words import N_, _
from grader.sandbox.proxies import in_sandbox

if TYPE_CHECKING:
    from grader.checking.comparison import (
        Mismatch,
        assert_between,
        assert_close,
        assert_each_close,
        assert_number,
        assert_same,
        assert_sequence,
        observe,
        with_shapes,
    )

__all__ = [
    "N_",
    "Mismatch",
    "_",
    "assert_between",
    "assert_close",
    "assert_each_close",
    "assert_number",
    "assert_same",
    "assert_sequence",
    "in_sandbox",
    "observe",
    "with_shapes",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("grader.checking.comparison"), name)
