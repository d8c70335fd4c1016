"""What the marks of a check say.

stub(name), weight(n), visibility("hidden" | "visible" | "after_due_date"),
tier("unit" | "training"), timeout(seconds), gate.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader.checking.results import TIERS
from grader.course.assignment import Assignment
from grader.errors import AssignmentError

TIMEOUT = {"unit": 30.0, "training": 180.0}  # seconds for all calls of one check
MARKS = ("stub(name)", "weight(n)", "visibility(level)", "tier(name)", "timeout(s)", "gate")


@dataclass(frozen=True)
class Check:
    """A collected check and what its marks say.

    timeout: seconds for all its calls together; each: for every single call.
    sentence: the author's own words, the first paragraph of the docstring.
    """

    item: pytest.Function
    stub: str
    tier: str
    visibility: str
    weight: float
    gate: bool
    timeout: float
    each: float
    sentence: str


def read_checks(items: list[pytest.Item], assignment: Assignment) -> list[Check]:
    """The checks of a suite, unit tier first. Raises AssignmentError for marks that are wrong."""
    checks = [_read(item, assignment) for item in items if isinstance(item, pytest.Function)]
    names = [check.item.name for check in checks]
    for name in names:
        if names.count(name) > 1:
            raise AssignmentError(f"two checks of {assignment.name} are called {name}")
    for stub in dict.fromkeys(check.stub for check in checks):
        # The public checks alone give no grade: there a condition may be all that is said.
        if assignment.private and not any(check.weight for check in checks if check.stub == stub):
            raise AssignmentError(
                f"no check of {stub} in {assignment.name} has points: beside gates and checks of "
                "weight 0 it needs one that shows that it does something right"
            )
    return sorted(checks, key=lambda check: TIERS.index(check.tier))


def _read(item: pytest.Function, assignment: Assignment) -> Check:
    stub, tier = _mark(item, "stub", None), _mark(item, "tier", "unit")
    if stub not in {known.name for known in assignment.stubs}:
        raise AssignmentError(
            f"{item.name}: mark it with @pytest.mark.stub(name) and a stub of assignment.toml "
            f"(found {stub!r})"
        )
    if tier not in TIERS:
        raise AssignmentError(f"{item.name}: there is no tier {tier!r}")
    public = Path(item.path) == assignment.public / "test_public.py"
    gate = item.get_closest_marker("gate") is not None
    if gate and item.get_closest_marker("weight") is not None:
        raise AssignmentError(f"{item.name}: a gate has no weight, for it has no points")
    longest = _mark(item, "timeout", None)
    call_seconds = assignment.call_seconds if tier == "unit" else TIMEOUT[tier]
    return Check(
        item=item,
        stub=stub,
        tier=tier,
        visibility=_mark(item, "visibility", "visible" if public else "hidden"),
        weight=0.0 if gate else float(_mark(item, "weight", 1)),
        gate=gate,
        timeout=float(longest or TIMEOUT[tier]),
        each=float(longest or call_seconds),
        sentence=_sentence(item),
    )


def _mark(item: pytest.Item, name: str, default: Any) -> Any:
    marker = item.get_closest_marker(name)
    return marker.args[0] if marker is not None else default


def _sentence(item: pytest.Function) -> str:
    text = (item.function.__doc__ or item.name).strip().split("\n\n")[0]
    return " ".join(text.split())
