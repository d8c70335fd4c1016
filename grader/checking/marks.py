"""What the marks of a check say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader.checking.results import TIERS
from grader.course.assignment import Assignment
from grader.course.strict_toml import suggestion
from grader.errors import AssignmentError

TIMEOUT = {"unit": 30.0, "training": 180.0}  # seconds for all calls of one check
MARKS = {
    "stub(name)": "required: the stub that the check belongs to",
    "weight(n)": "its share of the stub's points among the stub's checks (1)",
    "uses(part, ..., stub=part)": "the other stubs that the check runs: it meets the student's "
    "own, and only where it fails the author's parts in their place",
    "gate": "a condition, such as the from-scratch rule: it has no points, and without it the stub "
    "has none",
    "tier(name)": "unit or training: unit checks run first; a training check has 180 s instead of "
    "30 s",
    "timeout(seconds)": "for all calls of the check together",
    "visibility(level)": "hidden, visible or after_due_date: visible messages also say what was "
    "expected; the default is visible in test_public.py, else hidden",
}


@dataclass(frozen=True)
class Check:
    """A collected check and what its marks say.

    timeout: seconds for all its calls together; each: for every single call.
    sentence: the author's own words, the first paragraph of the docstring.
    uses: the stubs that the check runs beside its own, each with the name of the author's part that
    stands in for it where the student's own ones do not fit together.
    """

    item: pytest.Function
    name: str
    stub: str
    tier: str
    visibility: str
    weight: float
    gate: bool
    timeout: float
    each: float
    sentence: str
    uses: dict[str, str]


def read_checks(items: list[pytest.Item], assignment: Assignment) -> list[Check]:
    """The checks of a suite, unit tier first, in it those of a stub together. Raises
    AssignmentError for marks that are wrong."""
    checks = [_read(item, assignment) for item in items if isinstance(item, pytest.Function)]
    first: dict[str, Check] = {}
    for check in checks:
        other = first.setdefault(check.item.originalname, check).item
        if other.path != check.item.path:
            raise AssignmentError(
                f"{_place(check.item)}: a check of this name stands in {other.path}, too: "
                "rename one"
            )
    stubs = list(dict.fromkeys(check.stub for check in checks))
    for stub in stubs:
        # The public checks alone give no grade: there a condition may be all that is said.
        if assignment.private and not any(check.weight for check in checks if check.stub == stub):
            raise AssignmentError(
                f"no check of {stub} in {assignment.name} has points: beside gates and checks of "
                "weight 0 it needs one that shows that it does something right"
            )
    return sorted(checks, key=lambda check: (TIERS.index(check.tier), stubs.index(check.stub)))


def _read(item: pytest.Function, assignment: Assignment) -> Check:
    for name in item.fixturenames:
        if name not in {*item._fixtureinfo.name2fixturedefs, "request"}:
            near = suggestion(name, item.session._fixturemanager._arg2fixturedefs)
            raise AssignmentError(f"{_place(item)}: there is no fixture {name!r}; {near}")
    stub, tier = _mark(item, "stub", None), _mark(item, "tier", "unit")
    known = {stub.name for stub in assignment.stubs}
    if stub not in known:
        raise AssignmentError(
            f"{_place(item)}: mark it with @pytest.mark.stub(name) and a stub of assignment.toml"
            + (f"; there is no stub {stub!r}; {suggestion(stub, known)}" if stub else "")
        )
    if tier not in TIERS:
        near = suggestion(tier, TIERS)
        raise AssignmentError(f"{_place(item)}: there is no tier {tier!r}; {near}")
    uses = _uses(item)
    for part in uses:
        if part not in known:
            near = suggestion(part, known)
            raise AssignmentError(f"{_place(item)}: it uses {part!r}, which is no stub; {near}")
    public = Path(item.path) == assignment.public / "test_public.py"
    gate = item.get_closest_marker("gate") is not None
    if gate and item.get_closest_marker("weight") is not None:
        raise AssignmentError(f"{_place(item)}: a gate has no weight, for it has no points")
    longest = _mark(item, "timeout", None)
    call_seconds = assignment.call_seconds if tier == "unit" else TIMEOUT[tier]
    return Check(
        item=item,
        name=item.name,
        stub=stub,
        tier=tier,
        visibility=_mark(item, "visibility", "visible" if public else "hidden"),
        weight=0.0 if gate else float(_mark(item, "weight", 1)),
        gate=gate,
        timeout=float(longest or TIMEOUT[tier]),
        each=float(longest or call_seconds),
        sentence=_sentence(item),
        uses=uses,
    )


def _place(item: pytest.Function) -> str:
    """Where a check stands, and its name."""
    path, line, _name = item.reportinfo()
    return f"{path}, line {(line or 0) + 1}, {item.name}"


def _mark(item: pytest.Item, name: str, default: Any) -> Any:
    marker = item.get_closest_marker(name)
    return marker.args[0] if marker is not None else default


def _uses(item: pytest.Item) -> dict[str, str]:
    marks = list(item.iter_markers("uses"))
    return {part: part for mark in marks for part in mark.args} | {
        stub: part for mark in marks for stub, part in mark.kwargs.items()
    }


def _sentence(item: pytest.Function) -> str:
    text = (item.function.__doc__ or item.name).strip().split("\n\n")[0]
    return " ".join(text.split())
