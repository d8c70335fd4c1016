"""Time in a course: due dates on its clock, how late something is, and what that costs.

Points are in hundredths, percentages in hundredths of a percent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Literal

from grader.i18n.words import _

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
UNITS = {
    "s": "seconds",
    "sec": "seconds",
    "second": "seconds",
    "min": "minutes",
    "minute": "minutes",
    "h": "hours",
    "hour": "hours",
    "d": "days",
    "day": "days",
    "week": "weeks",
}
PART = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+?)s?(?=[\s\d]|$)", re.IGNORECASE)


def duration(text: str) -> timedelta | None:
    """What "15 min", "36 hours" or "1 day 12 h" says; None if it says no duration."""
    found = timedelta()
    rest = text.strip()
    while rest:
        part = PART.match(rest)
        unit = UNITS.get(part[2].lower()) if part else None
        if part is None or unit is None:
            return None
        try:
            found += timedelta(**{unit: float(part[1])})
        except OverflowError:
            return None
        rest = rest[part.end() :]
    return found if text.strip() else None


@dataclass(frozen=True)
class Clock:
    """The time of day in a course. zone: None for that of this machine."""

    zone: tzinfo | None = None

    def moment(self, wall: datetime) -> datetime:
        """In UTC, the moment at which the clock shows this; of two (an hour that comes twice), or
        of an hour that is skipped, what is later. A datetime with a zone is a moment already."""
        return _moment(wall, self.zone) if wall.tzinfo is None else wall.astimezone(timezone.utc)

    def wall(self, moment: datetime) -> datetime:
        """What the clock shows at a moment, without a zone."""
        return moment.astimezone(self.zone).replace(tzinfo=None, fold=0)

    def text(self, moment: datetime) -> str:
        """What a person reads for a moment."""
        return f"{self.wall(moment):%Y-%m-%d %H:%M}"

    def after(self, moment: datetime, span: timedelta) -> datetime:
        """The moment that lies a time after another one: whole days end at the same time of day,
        however many hours they have; the rest is what a stop-watch shows."""
        if span.days:
            moment = self.moment(self.wall(moment) + timedelta(days=span.days))
        return moment + timedelta(seconds=span.seconds, microseconds=span.microseconds)

    def days(self, start: datetime, end: datetime) -> int:
        """How many days have begun at a moment after another one."""
        count, wall = max(1, (end - start).days), self.wall(start)
        while self.moment(wall + count * DAY) < end:
            count += 1
        return count


@lru_cache(1000)  # the ends of the days after a due date are the same for everybody
def _moment(wall: datetime, zone: tzinfo | None) -> datetime:
    return max(wall.replace(tzinfo=zone, fold=fold).astimezone(timezone.utc) for fold in (0, 1))


@dataclass(frozen=True)
class Step:
    """What an attempt loses that is later than `after`."""

    after: timedelta
    percent: int
    points: int


@dataclass(frozen=True)
class Late:
    """What lateness costs: percent of the maximum, and points.

    per: for each started day or hour; None with steps, of which the last one reached counts.
    floor: how much of what was earned is left at least, in hundredths of a percent.
    cut_off: what comes later than that does not count; a moment, or a time after the due date.
    """

    per: Literal["day", "hour"] | None = None
    percent: int = 0
    points: int = 0
    steps: tuple[Step, ...] = ()
    floor: int = 0
    cut_off: timedelta | datetime | None = None


@dataclass(frozen=True)
class Deadline:
    """Until when one person may hand in. All moments are in UTC.

    due: as announced, or as extended. end: with the time of grace; lateness is counted from here.
    cut_off: what comes later does not count; None for never. extension: why it is later than for
    others, "" without a reason; None where it is not.
    """

    clock: Clock
    due: datetime
    end: datetime
    cut_off: datetime | None
    late: Late
    extension: str | None = None

    def is_past(self, moment: datetime) -> bool:
        """Whether this is too late to count at all."""
        return self.cut_off is not None and moment > self.cut_off

    def deduction(self, moment: datetime, earned: int, maximum: int) -> int:
        """What an attempt of this moment loses of the points that it earned."""
        percent, points = self._rate(moment)
        kept = -(-earned * self.late.floor // 10_000)
        return max(0, min(percent * maximum // 10_000 + points, earned - kept))

    def lateness(self, moment: datetime) -> str:
        """How late a moment after the end is, in words."""
        hours = self._hours(moment)
        if self.late.per == "hour" or (self.late.per is None and hours < 24):
            text = _("late 1 hour") if hours == 1 else _("late {count} hours")
            return text.format(count=hours)
        days = self.clock.days(self.end, moment)
        return (_("late 1 day") if days == 1 else _("late {count} days")).format(count=days)

    def _rate(self, moment: datetime) -> tuple[int, int]:
        """Percent of the maximum, and points, that lateness takes at this moment."""
        late = self.late
        if moment <= self.end:
            return 0, 0
        if late.per is None:
            reached = [s for s in late.steps if moment > self.clock.after(self.end, s.after)]
            return (reached[-1].percent, reached[-1].points) if reached else (0, 0)
        begun = self._hours(moment) if late.per == "hour" else self.clock.days(self.end, moment)
        return late.percent * begun, late.points * begun

    def _hours(self, moment: datetime) -> int:
        return -((self.end - moment) // HOUR)
