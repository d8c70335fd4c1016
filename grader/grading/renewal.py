"""A record of before and a suite of today: which stubs have to be checked again, and the record
that comes of it. What was seen under checks that are as they were stays."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from grader.checking.digests import CHECKS, NAMES
from grader.checking.marks import Check
from grader.checking.results import CheckResult
from grader.grading.records import Record


def touched(earlier: Record, digests: dict[str, str], stubs: Collection[str]) -> tuple[str, ...]:
    """The stubs whose results may be others today. A known mistake that is new names nothing where
    a stub has passed."""
    failed = {check.stub for check in earlier.checks if check.outcome != "passed"}

    def has_changed(stub: str) -> bool:
        before = earlier.digests.get
        names = before(NAMES + stub) != digests[NAMES + stub] and stub in failed
        return names or before(CHECKS + stub) != digests[CHECKS + stub]

    return tuple(stub for stub in stubs if has_changed(stub))


def renewed(earlier: Record, digests: dict[str, str], checks: Sequence[Check]) -> Record:
    """The record with today's weights, where no result is another; itself if it is the same."""
    digests = {**earlier.digests, **digests}
    weights = {check.name: check.weight for check in checks}
    kept = [
        msgspec.structs.replace(one, weight=weights.get(_check_of(one), one.weight))
        for one in earlier.checks
    ]
    if kept == earlier.checks and digests == earlier.digests:
        return earlier
    return msgspec.structs.replace(earlier, checks=kept, digests=digests)


def merged(
    earlier: Record, part: Record, stubs: Collection[str], checks: Sequence[Check]
) -> Record | None:
    """The record with the results of these stubs as they are in `part`. None where that may differ
    from what a whole run would see: trainings look at which stubs have passed, and what is held
    against a part of another stub."""
    order = {check.name: place for place, check in enumerate(checks)}
    kept = [one for one in earlier.checks if one.stub not in stubs and _check_of(one) in order]
    again = {check.name for check in checks if check.stub in stubs}
    whole = sorted(
        [*(one for one in kept if _check_of(one) not in again), *part.checks],
        key=lambda one: order[_check_of(one)],
    )
    if _standing(whole) != _standing(earlier.checks):
        return None
    earlier = msgspec.structs.replace(earlier, checks=whole, seconds=part.seconds)
    return renewed(earlier, part.digests, checks)


def _standing(checks: Sequence[CheckResult]) -> tuple[set[str], set[str]]:
    """The stubs that have not passed, and what is held against another stub than the check's."""
    failed = {one.stub for one in checks if one.outcome != "passed"}
    return failed, {one.name for one in checks if one.name != _check_of(one)}


def _check_of(one: CheckResult) -> str:
    """The name of the check that gave a result; run.py names what it holds against a part of
    another stub "test_a of part"."""
    return one.name.removesuffix(f" of {one.stub}")
