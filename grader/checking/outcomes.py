"""What a check's exception means, as an outcome and a message that a student may read.

A message is made of the author's sentence, the student's own values and the student's own lines,
never of the check's source or, for hidden checks, of expected values.
"""

from __future__ import annotations

import pytest

from grader.checking.comparison import Mismatch
from grader.errors import (
    DeadlineExceeded,
    MissingStub,
    ProcessDied,
    ProtocolError,
    StudentError,
)
from grader.misconceptions import Misconception
from grader.records import Outcome

MAX_MESSAGE = 1_500  # characters
MAX_HINT = 300


def judge(
    problem: BaseException | None,
    sentence: str,
    visibility: str,
    mistake: Misconception | None = None,
    hint: str = "",
) -> tuple[Outcome, str]:
    """The outcome and the message of a check that ended with `problem` (None: it passed).

    sentence: what the check demands, in the author's words.
    mistake: the known misconception that gives the same values, if there is one.
    hint: what is suspicious in the stub's text; shown where no mistake is known.
    """
    if problem is None:
        return "passed", ""
    if isinstance(problem, MissingStub):
        return "missing", str(problem)[:MAX_MESSAGE]
    outcome, explanation = _explain(problem, visibility)
    message = f"{sentence.rstrip('.')}: {explanation}" if explanation else sentence
    if mistake is not None:
        message = f"{mistake.sentence}\n{message}"
    elif hint and outcome != "skipped":
        message = f"{message[: MAX_MESSAGE - MAX_HINT]}\nHint: {hint[:MAX_HINT]}."
    return outcome, message[:MAX_MESSAGE]


def _explain(problem: BaseException, visibility: str) -> tuple[Outcome, str]:
    if isinstance(problem, DeadlineExceeded):
        return "timeout", f"{problem}; is there a loop that never ends?"
    if isinstance(problem, ProcessDied):
        return "error", (
            "your code ended the Python process; is there an exit() or os._exit(), or does it "
            "need more memory than there is?"
        )
    if isinstance(problem, ProtocolError):
        return "error", f"your code disturbed the connection to the grader ({problem})"
    if isinstance(problem, StudentError):
        return "error", _student_error(problem)
    if isinstance(problem, Mismatch):
        hint = problem.expectation if visibility == "visible" else ""
        return "failed", f"{problem.problem}; {hint}" if hint else problem.problem
    if isinstance(problem, AssertionError):
        return "failed", str(problem)
    if isinstance(problem, pytest.skip.Exception):
        return "skipped", str(problem)
    return "failed", "what came back cannot be used here; compare it with what the text asks for"


def _student_error(error: StudentError) -> str:
    if error.kind == "CodecError":
        return f"it returned {error.message}"
    if not error.trace:
        return f"{error.kind}: {error.message} (while the check used what your code returned)"
    return f"your code raised {error}\n{error.trace}"
