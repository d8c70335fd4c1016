"""The report of a class for its instructor: what shall be explained again tomorrow?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from grader.i18n.words import ENGLISH, speaking
from grader.reports.attention import concerns
from grader.reports.class_figures import lost_stubs
from grader.reports.pages import look
from grader.reports.pages.class_facts import (
    STATUSES,
    ClassFacts,
    lateness_of,
    points_of,
    status_of,
)
from grader.reports.pages.distribution import drawing
from grader.reports.pages.work import Code, Work
from grader.reports.text import number, one_line

MOST_AGAIN, MOST_COMMON = 5, 4  # things to explain again, and how many of them are equal answers
FEW_PEOPLE = 5  # in a class so small even the mistake of one person counts
MOST_CODE = 3_000  # characters of an example
MOST_DRAWN = 200  # rows of people that a browser draws before it is asked for all
SHORT = 12  # people whose names stand in a line; more are folded away


@dataclass(frozen=True)
class Pair:
    """Two programs that are alike: whose they are, how much of the own code of each is in the other
    one (0 to 1), in which stubs ("" is all other code), and the address of a comparison, if there
    is one."""

    people: tuple[str, str]
    shares: tuple[float, float]
    stubs: Sequence[str] = ()
    link: str = ""


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
class Again:
    """Something to explain again: the stub, of how many people it is told, in a sentence, and the
    id of the part of the page that says more."""

    stub: str
    count: int
    sentence: str
    target: str


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


def render(
    title: str,
    works: Sequence[Work],
    links: Mapping[str, str] | None = None,
    similar: Sequence[Pair] = (),
) -> str:
    """The page of an assignment of this title. links: relative addresses of the pages of people, by
    their names. The order of the works does not matter."""
    facts = ClassFacts.of(works)
    rows = _rows(facts, links or {})
    graded = {id(work) for work in facts.graded}
    with speaking(ENGLISH):
        return look.page(
            "class.html",
            ["class.css"],
            ["class.js"],
            title=title,
            facts=facts,
            rows=rows,
            # Figures name people by their places among those who were graded.
            graded=[row for row, work in zip(rows, facts.people) if id(work) in graded],
            statuses={STATUSES[status]: count for status, count in facts.statuses.items()},
            drawing=drawing(facts.distribution, facts.maximum) if facts.values else "",
            again=again(facts),
            looks=_looks(facts),
            samples=_samples(facts),
            pairs=similar,
            by_name=_by_name(rows),
            short=SHORT,
            most=MOST_DRAWN,
        )


def again(facts: ClassFacts) -> list[Again]:
    """What to explain again: what most people got wrong in the same way, then the stubs that fewest
    have right and of which nothing was said yet."""
    of = len(facts.graded)
    least = 1 if of < FEW_PEOPLE else 2
    found = [
        Again(one.stub, len(one.people), one.sentence, f"mistake-{place}")
        for place, one in enumerate(facts.mistakes)
    ]
    found += [
        Again(
            one.stub,
            len(one.people),
            "The same wrong values, which no known mistake explains: "
            + one_line(one.check.message.split("\n")[0]),
            f"answer-{place}",
        )
        for place, one in enumerate(facts.answers)
    ]
    common = [one for one in found if one.count >= least]
    common = sorted(common, key=lambda one: -one.count)[:MOST_COMMON]
    named = {one.stub for one in common}
    hard = [
        Again(
            stub.name,
            len(stub.lost),
            f"Points were lost, in several ways; on average {number(stub.mean)} of "
            f"{number(stub.max_points)} are left."
            + (f" {stub.missing} did not write it." if stub.missing else ""),
            f"stub-{place}",
        )
        for place, stub in enumerate(facts.stubs)
        if len(stub.lost) >= least and stub.name not in named
    ]
    hard = sorted(hard, key=lambda one: -one.count)[: MOST_AGAIN - len(common)]
    return sorted([*common, *hard], key=lambda one: -one.count)


def _rows(facts: ClassFacts, links: Mapping[str, str]) -> list[Row]:
    """All people, in the order of the facts."""
    stubs = {stub.name: place for place, stub in enumerate(facts.stubs)}
    places = {id(work): place for place, work in enumerate(facts.graded)}
    mistakes: dict[int, list[int]] = {}
    for place, mistake in enumerate(facts.mistakes):
        for person in mistake.people:
            mistakes.setdefault(person, []).append(place)
    rows = []
    for number_, work in enumerate(facts.people, 1):
        points, place = points_of(work), places.get(id(work), -1)
        lost = lost_stubs(work.result) if work.result and place >= 0 else []
        is_all = work.result and len(lost) == len(work.result.grade.stubs) > 1
        rows.append(
            Row(
                number_,
                work.person,
                links.get(work.person, ""),
                "" if points is None else number(points),
                STATUSES[status_of(work)],
                lateness_of(work),
                [stubs[name] for name in lost],
                "every stub" if is_all else ", ".join(lost),
                mistakes.get(place, []),
                work.result.record.seconds if work.result and place >= 0 else None,
                PurePath(work.result.record.path).name if work.result else "",
            )
        )
    return rows


def _looks(facts: ClassFacts) -> list[Look]:
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
    said: list[tuple[str, str, list[tuple[int, str]]]] = [
        ("missing", "Nothing was handed in.", []),
        ("late", "Handed in after it was due.", []),
        ("a note of the gradebook", "What the rules of the course could not settle.", []),
    ]
    for number_, work in enumerate(facts.people, 1):
        if status_of(work) == "missing":
            said[0][2].append((number_, ""))
        if late := lateness_of(work):
            said[1][2].append((number_, late))
        if work.grade and work.grade.notes:
            said[2][2].append((number_, "; ".join(work.grade.notes)))
    found += [
        Look(reason, meaning, [Case([[person]], words) for person, words in cases])
        for reason, meaning, cases in said
        if cases
    ]
    return found


def _samples(facts: ClassFacts) -> dict[str, tuple[int, Code]]:
    """Code of one who made a mistake or gave an answer, by the id of that part of the page; the
    first who has some."""
    parts = {f"mistake-{place}": (one.stub, one.people) for place, one in enumerate(facts.mistakes)}
    parts |= {f"answer-{place}": (one.stub, one.people) for place, one in enumerate(facts.answers)}
    found = {}
    for name, (stub, people) in parts.items():
        codes = ((person, facts.graded[person].code.get(stub)) for person in people)
        person, code = next(((p, code) for p, code in codes if code), (0, None))
        if code:
            found[name] = person, Code(code.place, code.first_line, code.text[:MOST_CODE])
    return found


def _by_name(rows: Sequence[Row]) -> dict[str, int]:
    """The numbers of people whose names are theirs alone."""
    counts = Counter(row.name for row in rows)
    return {row.name: row.number for row in rows if counts[row.name] == 1}
