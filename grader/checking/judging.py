"""From what was seen of a submission to the results of its checks."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from grader.checking.comparison import Kept, Mismatch
from grader.checking.diagnosis.mistakes import Diagnosis, digest
from grader.checking.marks import Check
from grader.checking.outcomes import Verdict, judge, message
from grader.checking.results import CheckResult, Compared
from grader.checking.seen import Seen
from grader.course.assignment import Stub
from grader.errors import MissingStub
from grader.i18n.words import _
from grader.sandbox.inside.definitions import Index

# What is said of a stub that is not there, by its code (sandbox/notes.py), where nothing tells why.
UNEXPLAINED = (
    *("no_stub", "no_value", "no_class", "no_method", "unwritten", "not_implemented"),
    "said",  # the words of a line that was left in
)


def judged(
    seen: list[Seen], diagnosis: Diagnosis, index: Index, causes: Mapping[str, str]
) -> list[CheckResult]:
    """Judge each check, name the mistakes, and say it in words.

    index: of the submission's main file. causes: why stubs are missing though there is code for
    them, by their names.
    """
    calls = {stub.name: _call(stub) for stub in diagnosis.assignment.stubs}
    verdicts = [_verdict(one, calls[one.check.stub], causes) for one in seen]
    explanations = diagnosis.explain(seen, verdicts, index)
    has_parts = diagnosis.assignment.parts is not None
    failed = set() if has_parts else {one.check.stub for one in seen if one.problem is not None}
    results = []
    for one, verdict, why in zip(seen, verdicts, explanations):
        check, mistake = one.check, why.mistake
        kept = one.kept if check.tier == "training" else Kept()
        results.append(
            CheckResult(
                name=check.name,
                stub=check.stub,
                tier=check.tier,
                visibility=check.visibility,
                weight=check.weight,
                gate=check.gate,
                outcome=verdict.outcome,
                message=message(
                    verdict,
                    check.sentence,
                    mistake.sentence if mistake else "",
                    why.cause,
                    why.hint or _others(check, failed),
                ),
                misconception=mistake.name if mistake else None,
                seconds=round(one.seconds, 4),
                answer=digest(one.trace) if one.trace and not mistake else None,
                compared=_compared(one, verdict),
                measured=kept.measured,
                curves=kept.curves,
                predictions=kept.predictions,
            )
        )
    return results


def _verdict(seen: Seen, call: str, causes: Mapping[str, str]) -> Verdict:
    """What a check means; where None was the last that it looked at, nothing came back, whatever it
    says in its own words."""
    problem = seen.problem
    verdict = judge(problem, seen.check.visibility, call)
    if isinstance(problem, MissingStub) and problem.code in UNEXPLAINED:
        return verdict._replace(reason=causes.get(seen.check.stub, verdict.reason))
    if verdict.kind == "value" and seen.trace and seen.trace[-1] is None:
        return verdict._replace(kind="nothing")
    if verdict.kind == "value" and not verdict.leads and seen.supplied:
        parts = ", ".join(f"`{part}`" for part in seen.supplied)
        text = _("{problem} (with a correct {parts} in the place of yours)")
        return verdict._replace(reason=text.format(problem=verdict.reason, parts=parts))
    return verdict


def _compared(seen: Seen, verdict: Verdict) -> Compared | None:
    """The numbers of a wrong value, where they are of the student's own code alone; the expected
    ones only of a visible check."""
    problem, check = seen.problem, seen.check
    if not isinstance(problem, Mismatch) or problem.compared is None:
        return None
    if check.tier == "training" or verdict.kind != "value" or seen.supplied:
        return None
    if check.visibility == "visible":
        return problem.compared
    return msgspec.structs.replace(problem.compared, expected=None)


def _others(check: Check, failed: set[str]) -> str:
    """Which of the stubs that a check runs beside its own have failed, where nothing stands in for
    them: the fault may be theirs."""
    names = [f"`{stub}`" for stub in check.uses if stub in failed - {check.stub}]
    text = _("it uses {names}, not right yet: look there first")
    return text.format(names=", ".join(names)) if names else ""


def _call(stub: Stub) -> str:
    """A stub as checks call it: "softmax(X)"."""
    required = [parameter for parameter in stub.parameters if "=" not in parameter]
    return f"{stub.name}({', '.join(required)})"
