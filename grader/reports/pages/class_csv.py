"""The figures of a class report for a spreadsheet: one table, in which `kind` can be filtered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from grader.reports.class_figures import PARTS, Answer, Mistake
from grader.reports.pages.class_facts import STATUSES, ClassFacts
from grader.reports.pages.work import Work
from grader.reports.standing import outcome
from grader.reports.tables import BOM, to_csv
from grader.reports.text import number

COLUMNS = [
    "kind",  # class, points, stub, check, mistake or answer
    "stub",
    "name",
    "people",  # how many
    "of",
    "share",  # people / of, 0 to 1
    "value",  # points; of a stub their mean
    "maximum",
    "discrimination",
    "text",
    "who",  # names with "; " between them
]


def render(works: Sequence[Work]) -> str:
    """The figures of a class in any order, with a BOM, so that spreadsheets read it as UTF-8."""
    facts = ClassFacts.of(works)
    rows = [*_class(facts), *_points(facts), *_stubs(facts), *_checks(facts), *_named(facts)]
    return BOM + to_csv([COLUMNS, *([row.get(column, "") for column in COLUMNS] for row in rows)])


def _class(facts: ClassFacts) -> Iterator[dict[str, str]]:
    """How many people have each status, and who, but for those who were graded."""
    for status, count in facts.statuses.items():
        people = [work for work in facts.people if outcome(work) == status != "graded"]
        yield _row("class", STATUSES[status], count, len(facts.people)) | {"who": _who(people)}
    if facts.late:
        late = _row("class", "late", len(facts.late), len(facts.people))
        yield late | {"who": _who(facts.late)}


def _points(facts: ClassFacts) -> Iterator[dict[str, str]]:
    if not facts.points:
        return
    for name in ("mean", "median", "lowest", "highest"):
        value, maximum = number(getattr(facts.points, name)), number(facts.maximum)
        yield {"kind": "points", "name": name, "value": value, "maximum": maximum}
    for part, count in enumerate(facts.distribution):
        low, high = (number(facts.maximum * limit / PARTS) for limit in (part, part + 1))
        yield _row("points", f"from {low} to {high}", count, facts.points.count)


def _stubs(facts: ClassFacts) -> Iterator[dict[str, str]]:
    for stub in facts.stubs:
        yield {
            **_row("stub", stub.name, stub.full, stub.of),
            "stub": stub.name,
            "value": number(stub.mean),
            "maximum": number(stub.max_points),
            "discrimination": _rounded(stub.discrimination),
            "who": _who(facts.graded[person] for person in stub.lost),
            "text": "who has lost points",
        }


def _checks(facts: ClassFacts) -> Iterator[dict[str, str]]:
    for check in facts.checks:
        yield {
            **_row("check", check.sample.name, check.passed, check.of),
            "stub": check.sample.stub,
            "discrimination": _rounded(check.discrimination),
        }


def _named(facts: ClassFacts) -> Iterator[dict[str, str]]:
    """Known mistakes, and equal answers without a name."""
    found: list[tuple[str, str, str, Mistake | Answer]] = []
    found += [("mistake", one.name, one.sentence, one) for one in facts.mistakes]
    found += [
        ("answer", one.check.name, one.check.message.split("\n")[0], one) for one in facts.answers
    ]
    for kind, name, text, one in found:
        yield {
            **_row(kind, name, len(one.people), len(facts.graded)),
            "stub": one.stub,
            "text": text,
            "who": _who(facts.graded[person] for person in one.people),
        }


def _row(kind: str, name: str, people: int, of: int) -> dict[str, str]:
    share = _rounded(people / of) if of else ""
    return {"kind": kind, "name": name, "people": str(people), "of": str(of), "share": share}


def _rounded(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _who(people: Iterable[Work]) -> str:
    return "; ".join(work.person for work in people)
