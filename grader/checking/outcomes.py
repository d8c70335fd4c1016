"""What a check's exception means, as an outcome and a message that a student may read.

A message is made of the author's sentence, the student's own values and the student's own lines,
never of the check's source or, for hidden checks, of expected values.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest

from grader.checking.comparison import Mismatch
from grader.checking.results import Outcome
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
NO_GPU = re.compile(
    r"no NVIDIA (driver|GPU)|not compiled with CUDA|No CUDA GPUs|no MPS|MPS backend"
)
NOT_CALLABLE = re.compile(r"\(\) (missing|takes|got an unexpected) ")  # as Python says it


class Verdict(NamedTuple):
    """The outcome of a check, and why, in words that a student may read; "" where it passed."""

    outcome: Outcome
    reason: str


def judge(problem: BaseException | None, visibility: str) -> Verdict:
    """What it means that a check of this visibility ended with `problem` (None: it passed)."""
    if problem is None:
        return Verdict("passed", "")
    if isinstance(problem, MissingStub):
        return Verdict("missing", str(problem))
    return Verdict(*_explain(problem, visibility))


def message(verdict: Verdict, sentence: str, mistake: str = "", hint: str = "") -> str:
    """What a student reads about a check.

    sentence: what the check demands, in the author's words. mistake: the sentence of the known
    misconception that gives the same values, if there is one. hint: what is suspicious in the
    stub's text; shown where no mistake is known.
    """
    outcome, reason = verdict
    if outcome in ("passed", "missing"):
        return reason[:MAX_MESSAGE]
    text = _(sentence)
    if reason:
        demand = text.rstrip(".。")
        text = _("{demand}: {explanation}").format(demand=demand, explanation=reason)
    if mistake:
        text = f"{_(mistake)}\n{text}"
    elif hint and outcome != "skipped":
        suspicion = _("Hint: {hint}.").format(hint=hint[:MAX_HINT])
        text = f"{text[: MAX_MESSAGE - MAX_HINT]}\n{suspicion}"
    return text[:MAX_MESSAGE]


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
    text = _("your code raised {error}").format(error=error)
    return "\n".join(filter(None, [_advice(error), text, error.loss, error.trace]))


def _advice(error: StudentError) -> str:
    """What to do about an error whose own text does not say it."""
    if not NO_GPU.search(error.message):
        return ""
    return _(
        "there is no GPU here: write device = 'cuda' if torch.cuda.is_available() else 'cpu' and "
        "tensor.to(device)"
    )
