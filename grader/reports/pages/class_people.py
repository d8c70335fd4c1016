"""The people of a class report: a row for each, and who needs a look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from grader.reports.attention import concerns
from grader.reports.class_figures import lost_stubs
from grader.reports.pages.class_facts import STATUSES, ClassFacts, lateness_of
from grader.reports.pages.work import Work
from grader.reports.standing import outcome, points
from grader.reports.text import number, one_line

MISSING, LATE, NOTED = "missing", "late", "a note of the gradebook"
MEANINGS = {
    MISSING: "Nothing was handed in.",
    LATE: "Handed in after it was due.",
    NOTED: "What the rules of the course could not settle.",
}


@dataclass(frozen=True)
class Row:
    """A person in the table. number: from 1, in its order. points: "" without a grade. lost: places
    of stubs. mistakes: places of mistakes. seconds: None where nothing was graded."""

    number: int
    name: str
    link: str
    points: str
    status: str
    late: str
    lost: list[int]
    lost_words: str
    mistakes: list[int]
    seconds: float | None
    file: str


@dataclass(frozen=True)
class Case:
    """owners: for each submission the numbers of its people. words: what else is known of it."""

    owners: list[list[int]]
    words: str


@dataclass(frozen=True)
class Look:
    """A reason to look, what it means, and all whom it is about."""

    reason: str
    meaning: str
    cases: list[Case]

    @property
    def size(self) -> int:
        """How many submissions it is about."""
        return sum(len(case.owners) for case in self.cases)


def rows(facts: ClassFacts, links: Mapping[str, str]) -> list[Row]:
    """All people, in the order of the facts. links: by their names."""
    stubs = {stub.name: place for place, stub in enumerate(facts.stubs)}
    places = {id(work): place for place, work in enumerate(facts.graded)}
    mistakes: dict[int, list[int]] = defaultdict(list)
    for mistake_place, mistake in enumerate(facts.mistakes):
        for person in mistake.people:
            mistakes[person].append(mistake_place)
    found = []
    for work_number, work in enumerate(facts.people, 1):
        place, record = places.get(id(work)), work.result.record if work.result else None
        lost = lost_stubs(work.result) if work.result and place is not None else []
        earned = points(work)
        found.append(
            Row(
                number=work_number,
                name=one_line(work.person) or "(no name)",
                link=links.get(work.person, ""),
                points="" if earned is None else number(earned[0]),
                status=STATUSES[outcome(work)],
                late=lateness_of(work),
                lost=[stubs[name] for name in lost],
                lost_words="every stub" if len(lost) == len(stubs) > 1 else ", ".join(lost),
                mistakes=[] if place is None else mistakes[place],
                seconds=None if record is None or place is None else record.seconds,
                file=PurePath(record.path).name if record else "",
            )
        )
    return found


def looks(facts: ClassFacts) -> list[Look]:
    """Who needs a look, by the reason."""
    results = {id(work.result.record): work.result for work in facts.people if work.result}
    found = [
        Look(
            concern.reason,
            concern.meaning,
            [
                Case(
                    [[place + 1 for place in facts.people_of(record)] for record in case.records],
                    ": ".join(filter(None, [", ".join(case.stubs), case.detail])),
                )
                for case in concern.cases
            ],
        )
        for concern in concerns(list(results.values()))
    ]
    by_reason: dict[str, list[Case]] = defaultdict(list)
    for person, work in enumerate(facts.people, 1):
        for reason, words in _reasons(work):
            by_reason[reason].append(Case([[person]], words))
    rest = [Look(reason, MEANINGS[reason], by_reason[reason]) for reason in MEANINGS]
    return [*found, *(look for look in rest if look.cases)]


def _reasons(work: Work) -> Iterator[tuple[str, str]]:
    """Why somebody needs a look, a key of MEANINGS, and what is known of it."""
    if outcome(work) == "missing":
        yield MISSING, ""
    if late := lateness_of(work):
        yield LATE, late
    if work.grade and work.grade.notes:
        yield NOTED, "; ".join(work.grade.notes)
