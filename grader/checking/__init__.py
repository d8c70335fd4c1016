"""What a check may import: comparisons, and the mark for code that runs inside the sandbox."""

from grader.checking.comparison import (
    Mismatch,
    assert_between,
    assert_close,
    assert_number,
    assert_sequence,
    observe,
)
from grader.sandbox.proxies import in_sandbox

__all__ = [
    "Mismatch",
    "assert_between",
    "assert_close",
    "assert_number",
    "assert_sequence",
    "in_sandbox",
    "observe",
]
