"""What a check's exception means, as an outcome and a message that a student may read.

A message is made of the author's sentence, the student's own values and the student's own lines,
never of the check's source or, for hidden checks, of expected values.
"""

from __future__ import annotations

import re

import pytest

from grader.checking.comparison import Mismatch
from grader.checking.results import Outcome
from grader.course.misconceptions import Misconception
from grader.errors import (
    DeadlineExceeded,
    MissingStub,
    ProcessDied,
    ProtocolError,
    StudentError,
)
from grader.i18n.words import _

MAX_MESSAGE = 1_500  # characters
MAX_HINT = 300
NOT_CALLABLE = re.compile(r"\(\) (missing|takes|got an unexpected) ")  # as Python says it


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
    message = _(sentence)
    if explanation:
        demand = message.rstrip(".。")
        message = _("{demand}: {explanation}").format(demand=demand, explanation=explanation)
    if mistake is not None:
        message = f"{_(mistake.sentence)}\n{message}"
    elif hint and outcome != "skipped":
        text = _("Hint: {hint}.").format(hint=hint[:MAX_HINT])
        message = f"{message[: MAX_MESSAGE - MAX_HINT]}\n{text}"
    return outcome, message[:MAX_MESSAGE]


def _explain(problem: BaseException, visibility: str) -> tuple[Outcome, str]:
    if isinstance(problem, DeadlineExceeded):
        return "timeout", _("{problem}; is there a loop that never ends?").format(problem=problem)
    if isinstance(problem, ProcessDied):
        ended = _(
            "your code ended the Python process; is there an exit() or os._exit(), or does it "
            "need more memory than there is?"
        )
        return "error", f"{ended} ({problem})" if problem.reason else ended
    if isinstance(problem, ProtocolError):
        text = _("your code disturbed the connection to the grader ({problem})")
        return "error", text.format(problem=problem)
    if isinstance(problem, StudentError):
        return "error", _student_error(problem)
    if isinstance(problem, Mismatch):
        hint = problem.expectation if visibility == "visible" else ""
        text = _("{problem}; {expectation}") if hint else "{problem}"
        return "failed", text.format(problem=problem.problem, expectation=hint)
    if isinstance(problem, AssertionError):
        return "failed", str(problem)
    if isinstance(problem, pytest.skip.Exception):
        return "skipped", str(problem)
    return "failed", _("what came back cannot be used here; compare it with what the text asks for")


def _student_error(error: StudentError) -> str:
    if error.kind == "CodecError":
        return _("it returned {value}").format(value=error.message)
    if error.kind == "TypeError" and NOT_CALLABLE.search(error.message) and not error.trace:
        text = _("it cannot be called with the arguments of the text: {error}")
        return text.format(error=error.message)
    if not error.trace:
        text = _("{error} (while the check used what your code returned)")
        return text.format(error=f"{error.kind}: {error.message}")
    return _("your code raised {error}").format(error=error) + f"\n{error.trace}"
