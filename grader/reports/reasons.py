"""Why a stub failed, each reason once: many checks of it may tell the same."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from grader.checking.results import CheckResult
from grader.i18n.words import _


@dataclass
class Reason:
    """Checks of a stub that fail for one reason."""

    checks: list[CheckResult] = field(default_factory=list)
    signs: set[Hashable] = field(default_factory=set)

    @property
    def telling(self) -> CheckResult:
        """The check that says it best: one that shows what was expected, else the one with the
        smallest input, whose message is the shortest."""
        return min(self.checks, key=lambda one: (one.visibility != "visible", len(one.message)))

    @property
    def is_named(self) -> bool:
        """Whether a known mistake is the reason."""
        return self.telling.misconception is not None

    @property
    def text(self) -> str:
        """What a student reads: one message, how many further checks it stands for, and what a gate
        costs."""
        if self.telling.outcome == "missing":
            return self.telling.message
        lines, others = [self.telling.message], len(self.checks) - 1
        if others == 1:
            lines.append(_("(and one further check fails for the same reason)"))
        elif others:
            text = _("(and {count} further checks fail for the same reason)")
            lines.append(text.format(count=others))
        if any(check.gate for check in self.checks):
            text = _("As long as this is so, `{stub}` has 0 points, whatever its other checks say.")
            lines.append(text.format(stub=self.telling.stub))
        return "\n".join(lines)


def reasons(checks: Iterable[CheckResult]) -> list[Reason]:
    """The reasons why some checks of one stub fail, those with a name first."""
    found: list[Reason] = []
    for check in checks:
        if check.outcome == "passed" or not check.message:
            continue
        signs = _signs(check)
        reason = next((known for known in found if known.signs & signs), None)
        if reason is None:
            found.append(reason := Reason())
        reason.checks.append(check)
        reason.signs |= signs
    return sorted(found, key=lambda reason: not reason.is_named)


def _signs(check: CheckResult) -> set[Hashable]:
    """What checks that fail for one reason have in common: a line of their messages (a cause, a
    known mistake, a line of the student's code, a hint), or what they demand."""
    demand = (check.name.partition("[")[0], check.misconception)
    slow = {"timeout"} if check.outcome == "timeout" else set()
    return {demand, *slow, *check.message.split("\n")}
