"""The report of a class for its instructor: what shall be explained again tomorrow?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from grader.i18n.words import ENGLISH, speaking
from grader.reports.class_figures import FEWEST, Mistake, StubFigures
from grader.reports.pages import class_people, look
from grader.reports.pages.class_facts import STATUSES, ClassFacts
from grader.reports.pages.class_people import Row
from grader.reports.pages.distribution import drawing
from grader.reports.pages.work import Code, Work
from grader.reports.text import number, one_line

MOST_AGAIN, MOST_COMMON = 5, 4  # things to explain again, and how many of them are equal answers
MOST_CODE, MOST_TEXT = 3_000, 240  # characters of an example, of what a check says
MOST_DRAWN = 200  # rows of people that a browser draws before it is asked for all
SHORT, MOST_NAMED = 12, 300  # people whose names stand in a line, and folded away


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
class Again:
    """Something to explain again: the stub, of how many people it is told, in a sentence, and the
    id of the part of the page that says more."""

    stub: str
    count: int
    sentence: str
    target: str


def render(
    title: str,
    works: Sequence[Work],
    links: Mapping[str, str] | None = None,
    similar: Sequence[Pair] = (),
) -> str:
    """The page of an assignment of this title. links: relative addresses of the pages of people, by
    their names. The order of the works does not matter."""
    facts = ClassFacts.of(works)
    rows = class_people.rows(facts, links or {})
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
            looks=class_people.looks(facts),
            samples=_samples(facts),
            pairs=similar,
            by_name=_by_name(rows),
            short=SHORT,
            most=MOST_DRAWN,
            most_named=MOST_NAMED,
        )


def again(facts: ClassFacts) -> list[Again]:
    """What to explain again: what most people got wrong in the same way, then the stubs that fewest
    have right and of which nothing was said yet."""
    least = 1 if len(facts.graded) < FEWEST else 2  # of so few people each one counts
    found = [
        Again(one.stub, len(one.people), one.sentence, f"m{place}")
        for place, one in enumerate(facts.mistakes)
    ]
    found += [
        Again(
            one.stub,
            len(one.people),
            "The same wrong values, which no known mistake explains: "
            + _cut(one_line(one.check.message.split("\n")[0])),
            f"a{place}",
        )
        for place, one in enumerate(facts.answers)
    ]
    common = [one for one in found if one.count >= least]
    common = sorted(common, key=lambda one: -one.count)[:MOST_COMMON]
    named = {one.stub for one in common}
    hard = [
        Again(stub.name, len(stub.lost), _hard(stub, facts.mistakes), f"s{place}")
        for place, stub in enumerate(facts.stubs)
        if len(stub.lost) >= least and stub.name not in named
    ]
    hard = sorted(hard, key=lambda one: -one.count)[: MOST_AGAIN - len(common)]
    return sorted([*common, *hard], key=lambda one: -one.count)


def _hard(stub: StubFigures, mistakes: Sequence[Mistake]) -> str:
    """Of a stub in which points were lost in many ways: the mean, and the most frequent one."""
    parts = [f"They lost points here: the mean is {number(stub.mean)} of {number(stub.max_points)}"]
    if stub.missing:
        parts.append(f"{stub.missing} of them did not write it")
    most = next((one for one in mistakes if one.stub == stub.name), None)
    if most is None:
        return f"{'; '.join(parts)}."
    return f"{'; '.join(parts)}. {len(most.people)} of them: {most.sentence}"


def _cut(text: str) -> str:
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT].rstrip()} …"


def _samples(facts: ClassFacts) -> dict[str, tuple[int, Code]]:
    """Code of one who made a mistake or gave an answer, by the id of that part of the page; the
    first who has some."""
    parts = {f"m{place}": (one.stub, one.people) for place, one in enumerate(facts.mistakes)}
    parts |= {f"a{place}": (one.stub, one.people) for place, one in enumerate(facts.answers)}
    found = {}
    for name, (stub, people) in parts.items():
        for person in people:
            if code := facts.graded[person].code.get(stub):
                found[name] = person, replace(code, text=code.text[:MOST_CODE])
                break
    return found


def _by_name(rows: Sequence[Row]) -> dict[str, int]:
    """The numbers of people whose names are theirs alone."""
    counts = Counter(row.name for row in rows)
    return {row.name: row.number for row in rows if counts[row.name] == 1}
