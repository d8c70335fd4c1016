"""From what was seen of a submission to the results of its checks."""

from __future__ import annotations

from grader.checking.diagnosis.mistakes import Diagnosis, digest
from grader.checking.outcomes import judge, message
from grader.checking.results import CheckResult
from grader.checking.seen import Seen
from grader.sandbox.inside.definitions import Index


def judged(seen: list[Seen], diagnosis: Diagnosis, index: Index) -> list[CheckResult]:
    """Judge each check, name the mistakes, and say it in words. index: of the submission's
    main file."""
    verdicts = [judge(one.problem, one.check.visibility) for one in seen]
    explanations = diagnosis.explain(seen, verdicts, index)
    results = []
    for one, verdict, why in zip(seen, verdicts, explanations):
        check, mistake = one.check, why.mistake
        results.append(
            CheckResult(
                name=check.item.name,
                stub=check.stub,
                tier=check.tier,
                visibility=check.visibility,
                weight=check.weight,
                gate=check.gate,
                outcome=verdict.outcome,
                message=message(
                    verdict, check.sentence, mistake.sentence if mistake else "", why.hint
                ),
                misconception=mistake.name if mistake else None,
                seconds=round(one.seconds, 4),
                answer=digest(one.trace) if one.trace and not mistake else None,
                measured=one.measured if check.tier == "training" else [],
            )
        )
    return results
