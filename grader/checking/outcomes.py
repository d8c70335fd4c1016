"""What a check's exception means, as an outcome and a message that a student may read.

A message is made of the author's sentence, the student's own values and the student's own lines,
never of the check's source or, for hidden checks, of expected values. It begins with the cause.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

import pytest

from grader.checking.comparison import Cause, Mismatch, Nothing
from grader.checking.results import Outcome
from grader.errors import (
    DeadlineExceeded,
    MissingStub,
    ProcessDied,
    ProtocolError,
    StudentError,
)
from grader.i18n.words import N_, _

MAX_MESSAGE = 1_500  # characters
MAX_HINT = 300
# As Python says that a function does not take what it is called with: its name, and what is wrong.
NOT_CALLABLE = re.compile(
    r"^([\w.<>]+)\(\) ((?:missing|takes|got an unexpected|got multiple) .*)", re.S
)
# Names of functions inside others, such as those that a check passes in, tell a student nothing.
INNER_NAME = re.compile(r"[\w.<>]*<(?:locals|lambda)>[\w.<>]*(?:\(\))?")
OTHER_KIND = re.compile(r"^'(\w+)' object ")
NONE = "NoneType"
# What to do about an error whose own text does not say it, by what that text holds.
ADVICE = {
    r"no NVIDIA (driver|GPU)|not compiled with CUDA|No CUDA GPUs|no MPS|MPS backend": N_(
        "there is no GPU here: write device = 'cuda' if torch.cuda.is_available() else 'cpu' and "
        "tensor.to(device)"
    ),
    r"leaf Variable that requires grad": N_(
        "a parameter is changed while its gradient is tracked: change it inside "
        "`with torch.no_grad():`"
    ),
    r"does not require grad and does not have a grad_fn": N_(
        "no gradient flows: is there detach(), .data, .item(), .tolist() or torch.no_grad() on the "
        "way from the parameters to the result?"
    ),
    r"grad can be implicitly created only for scalar": N_(
        "backward() needs one number: take the sum or the mean of the losses first"
    ),
    r"backward through the graph a second time": N_(
        "backward() was called twice on one result: compute it anew in every step"
    ),
}
Kind = Literal["", "value", "nothing", "uncalled", "name", "raised", "timeout"]


class Verdict(NamedTuple):
    """The outcome of a check, and why, in words that a student may read.

    reason: "" where it passed. leads: whether the reason stands before the demand of the check;
    else it goes on with it. kind: what was seen, for whoever looks for the cause: a wrong value,
    nothing (None) in the place of one, a call that does not fit, a name that is not there, another
    exception, no answer.
    """

    outcome: Outcome
    reason: str
    leads: bool = False
    kind: Kind = ""


def judge(problem: BaseException | None, visibility: str, call: str = "") -> Verdict:
    """What it means that a check of this visibility ended with `problem` (None: it passed).

    call: the stub as its text calls it: "net(X)".
    """
    if problem is None:
        return Verdict("passed", "")
    if isinstance(problem, MissingStub):
        return Verdict("missing", str(problem))
    if isinstance(problem, DeadlineExceeded):
        text = _("{problem}; is there a loop that never ends?").format(problem=problem)
        return Verdict("timeout", text, True, "timeout")
    if isinstance(problem, ProcessDied):
        return Verdict("error", _ended(problem), True)
    if isinstance(problem, ProtocolError):
        text = _("your code disturbed the connection to the grader ({problem})")
        return Verdict("error", text.format(problem=problem), True)
    if isinstance(problem, StudentError):
        return _of_error(problem, call)
    if isinstance(problem, Nothing):
        is_result = _is_result(problem.what, call)
        text = _silent(call) if is_result else problem.problem
        return Verdict("failed", text, is_result, "nothing")
    if isinstance(problem, Cause):
        return Verdict("failed", str(problem), True)
    if isinstance(problem, Mismatch):
        hint = problem.expectation if visibility == "visible" else ""
        text = _("{problem}; {expectation}") if hint else "{problem}"
        return Verdict("failed", text.format(problem=problem, expectation=hint), kind="value")
    if isinstance(problem, AssertionError):
        return Verdict("failed", str(problem), kind="value")
    if isinstance(problem, pytest.skip.Exception):
        return Verdict("skipped", str(problem))
    if NONE in str(problem):
        return Verdict("failed", _silent(call), True, "nothing")
    text = _("what came back cannot be used here; compare it with what the text asks for")
    return Verdict("failed", text, kind="value")


def message(
    verdict: Verdict, sentence: str, mistake: str = "", cause: str = "", hint: str = ""
) -> str:
    """What a student reads about a check, the cause first.

    sentence: what the check demands, in the author's words. mistake: the sentence of the known
    misconception that gives the same values, if there is one. Where there is none, cause: what the
    stub's text certainly lacks, such as a return; hint: what is suspicious in it.
    """
    outcome, reason = verdict.outcome, verdict.reason
    if outcome in ("passed", "missing"):
        return reason[:MAX_MESSAGE]
    demand = _(sentence).rstrip(".。")
    lines = [_(mistake) or cause]
    if not verdict.leads:
        text = _("{demand}: {explanation}").format(demand=demand, explanation=reason)
        lines.append(text if reason else _(sentence))
    else:
        lines.append("" if cause and verdict.kind == "nothing" else reason)
        lines.append(_("Checked: {demand}.").format(demand=demand))
    text = "\n".join(filter(None, lines))
    if hint and not mistake:
        suspicion = _("Hint: {hint}.").format(hint=hint[:MAX_HINT])
        text = f"{text[: MAX_MESSAGE - MAX_HINT - len(suspicion)]}\n{suspicion}"
    return text[:MAX_MESSAGE]


def _is_result(what: str, call: str) -> bool:
    """Whether a message means what the stub has returned, and not a part of it or a gradient."""
    return what == _("it") or what.startswith(f"{_name(call)}(")


def _name(call: str) -> str:
    """The name of the stub; of a method without its class."""
    return call.partition("(")[0].rpartition(".")[2]


def _silent(call: str) -> str:
    if not call:
        return _("it returns nothing (None): is there a `return`?")
    text = _("`{stub}` returns nothing (None): is there a `return` on every way through it?")
    return text.format(stub=_name(call))


def _ended(problem: ProcessDied) -> str:
    ended = _(
        "your code ended the Python process; is there an exit() or os._exit(), or does it "
        "need more memory than there is?"
    )
    return f"{ended} ({problem})" if problem.reason else ended


def _of_error(error: StudentError, call: str) -> Verdict:
    if error.kind == "CodecError":
        return Verdict("error", _("it returned {value}").format(value=error.message), kind="value")
    if not error.trace:
        return _of_use(error, call)
    said = INNER_NAME.sub(_("the function called here"), str(error))
    if error.kind == "SystemExit":
        raised = _("your code calls exit(), which ends the program: take it out")
    else:
        raised = _("your code raised {error}").format(error=said)
    text = "\n".join(filter(None, [error.loss, _advice(error), raised, error.trace]))
    is_name = error.loss or error.kind in ("NameError", "SystemExit", "ModuleNotFoundError")
    return Verdict("error", text, True, "name" if is_name else "raised")


def _of_use(error: StudentError, call: str) -> Verdict:
    """Of an exception without a line of the student's: while the stub was called by the check, or
    while that used what came back."""
    uncalled = NOT_CALLABLE.search(error.message) if error.kind == "TypeError" else None
    if uncalled:
        name, problem = uncalled.groups()
        if problem.endswith("given") and "." in name and "<" not in name:
            text = _("{name}() cannot be called as the text says: {problem}; is `self` there?")
        else:
            text = _("it takes other arguments than the text says; called as {call}: {problem}")
        text = text.format(name=name, call=call, problem=problem)
        return Verdict("error", text, True, "uncalled")
    if NONE in error.message:
        return Verdict("error", _silent(call), True, "nothing")
    said = INNER_NAME.sub(_("a function"), str(error))
    kind = OTHER_KIND.search(error.message)
    if kind:
        text = _("what it returned is of the kind {kind}, which is not what the text asks for")
        text += " ({error})"
        return Verdict("error", text.format(kind=kind[1], error=said), True, "value")
    text = _("{error} (while the check used what your code returned)").format(error=said)
    return Verdict("error", "\n".join(filter(None, [_advice(error), text])), True, "value")


def _advice(error: StudentError) -> str:
    found = (advice for sign, advice in ADVICE.items() if re.search(sign, error.message))
    return _(next(found, ""))
