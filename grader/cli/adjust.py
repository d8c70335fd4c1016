"""``grader adjust``: points and comments that a person gives by hand."""

from __future__ import annotations

import getpass
import subprocess
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from grader.cli.console import console, readable_errors, say_note
from grader.cli.gradebook import book_at
from grader.cli.grades import points_in_words, policy_of
from grader.cli.options import (
    AssignmentArgument,
    CourseOption,
    DbOption,
    DebugOption,
    Language,
    LanguageOption,
    course_of,
)
from grader.errors import UsageError
from grader.reports.text import number, one_line

if TYPE_CHECKING:
    from grader.course.assignment import Assignment, Stub
    from grader.gradebook.book import Gradebook
    from grader.gradebook.grades import Adjustment, AssignmentGrade, Member
    from grader.gradebook.rules import Policy


@readable_errors
def adjust(
    assignment: AssignmentArgument,
    person: Annotated[
        str | None,
        typer.Argument(help="A name, an id, an email, or a part that nobody else has."),
    ] = None,
    stub: Annotated[
        str | None, typer.Argument(help="The stub that it is about. Default: the whole assignment.")
    ] = None,
    points: Annotated[
        float | None, typer.Option(help="Points to give, or to take: --points +3, --points -3.")
    ] = None,
    to: Annotated[
        float | None, typer.Option(help="The points that the stub is to have; needs STUB.")
    ] = None,
    comment: Annotated[str, typer.Option(help="What the student is to read.")] = "",
    reason: Annotated[
        str, typer.Option(help="Why the points change; stands beside them. Needed with points.")
    ] = "",
    author: Annotated[
        str, typer.Option(help="Who decides it.", show_default="git's user.name, or your login")
    ] = "",
    shows: Annotated[
        bool, typer.Option("--list", help="Show what was adjusted, of all or of PERSON.")
    ] = False,
    withdraw: Annotated[
        int | None,
        typer.Option(metavar="N", help="Take back adjustment N; the gradebook still knows of it."),
    ] = None,
    db: DbOption = None,
    lang: LanguageOption = Language.en,
    course: CourseOption = Path(),
    debug: DebugOption = False,
) -> None:
    """Give or take points by hand, or leave a comment, and print the grade before
    and after.

    What was seen stays as it is: an adjustment lies beside it, with its reason
    and its author, also when the submission is graded again. A stub keeps
    between 0 and its maximum, so points for an answer that the checks refused
    do not count twice once the checks accept it. To give more, leave out STUB:
    the assignment as a whole may have more than its maximum.

    Exit codes: 0 done, 2 there is no such person, stub or adjustment, or
    something is missing.

    [dim]grader adjust softmax_regression "Ada Lovelace" softmax --points +3
    --reason "another convention"[/dim]

    [dim]grader adjust softmax_regression ada@example.org softmax --to 10
    --reason "the same, read by hand"[/dim]

    [dim]grader adjust softmax_regression 4711 --comment "Well explained!"[/dim]

    [dim]grader adjust softmax_regression --list[/dim]

    [dim]grader adjust softmax_regression --withdraw 4[/dim]
    """
    from grader.course import assignment as assignments

    folder = course_of(course)
    loaded = assignments.load(assignment, folder)
    if (
        shows + (withdraw is not None) + (points is not None or to is not None or bool(comment))
        != 1
    ):
        raise UsageError(
            "Say one thing: --points, --to or --comment for an adjustment, --list, or --withdraw N."
        )
    with book_at(db, course) as book:
        adjuster = _Adjuster(book, loaded, policy_of(folder, book))
        if shows:
            adjuster.show(book.find(person) if person is not None else None)
        elif withdraw is not None:
            adjuster.withdraw(withdraw)
        elif person is None:
            raise UsageError(f"Whose? grader adjust {assignment} PERSON, by name, id or email.")
        else:
            member = book.find(person)
            known = adjuster.stub(stub) if stub is not None else None
            change = adjuster.change(member, known, points, to)
            if change and not reason.strip():
                raise UsageError('Points need a reason: --reason "another convention".')
            texts = one_line(comment), one_line(reason), one_line(author) or _login()
            adjuster.adjust(member, known, change, *texts)


class _Adjuster:
    """Adjustments of one assignment."""

    def __init__(self, book: Gradebook, assignment: Assignment, policy: Policy) -> None:
        self.book = book
        self.assignment = assignment
        self.policy = policy
        self.attempts = book.attempts(assignment)

    def stub(self, name: str) -> Stub:
        """The stub of this name. Raises UsageError with the nearest one."""
        from grader.course.strict_toml import suggestion

        stubs = {stub.name: stub for stub in self.assignment.stubs}
        if name not in stubs:
            raise UsageError(
                f"{self.assignment.name} has no stub {name}: {suggestion(name, stubs)}"
            )
        return stubs[name]

    def grade(self, member: Member) -> AssignmentGrade:
        """The grade of a person as the gradebook is now."""
        from grader.gradebook.grades import assignment_grade

        return assignment_grade(
            self.assignment.name,
            self.assignment.max_score,
            self.attempts.get(member.id, ()),
            self.adjustments().get(member.id, ()),
            member,
            self.policy,
        )

    def adjustments(self) -> dict[int, list[Adjustment]]:
        """Those that count, by the person's id."""
        return self.book.adjustments(self.assignment.name)

    def change(
        self, member: Member, stub: Stub | None, points: float | None, to: float | None
    ) -> float:
        """By how much the points of a stub, or of the whole, change. Raises UsageError where that
        cannot be."""
        wanted = to if points is None else points
        if wanted is None:
            return 0.0
        if points is not None and to is not None:
            raise UsageError("--points says by how much, --to says how many: give one of them.")
        if not isfinite(wanted) or round(wanted, 2) != wanted or abs(wanted) > 10_000:
            raise UsageError("Points are a number with at most two decimals.")
        before = self.grade(member)
        if before.points is None:
            raise UsageError(
                f"{member.name} has no grade that could be changed: {before.lines[0].text}. "
                "A comment alone is possible."
            )
        if stub is None and to is not None:
            raise UsageError("--to sets the points of a stub: say which. --points changes the sum.")
        if stub is not None:
            return self._change_of_stub(before, member, stub, points, to)
        if wanted == 0:
            raise UsageError("0 points change nothing.")
        return wanted

    def _change_of_stub(
        self,
        before: AssignmentGrade,
        member: Member,
        stub: Stub,
        points: float | None,
        to: float | None,
    ) -> float:
        from grader.gradebook.amounts import hundredths
        from grader.gradebook.steps import reached

        graded = before.attempt.grade.stubs if before.attempt else []
        own = next((each for each in graded if each.name == stub.name), None)
        if own is None:
            raise UsageError(
                f"{member.name} has handed in nothing. Leave the stub out to give points for the "
                "whole assignment."
            )
        now = reached(own, self.adjustments().get(member.id, ()))
        then = hundredths(to) if to is not None else now + hundredths(points or 0)
        if not 0 <= then <= hundredths(stub.points):
            raise UsageError(
                f"{stub.name} has {number(now / 100)} of {number(stub.points)} points and would "
                f"have {number(then / 100)}. Leave the stub out to give or take points of the "
                "whole assignment."
            )
        if then == now:
            raise UsageError(f"{stub.name} has {number(now / 100)} points: nothing would change.")
        return (then - now) / 100

    def adjust(
        self,
        member: Member,
        stub: Stub | None,
        change: float,
        comment: str,
        reason: str,
        author: str,
    ) -> None:
        """Keep an adjustment, and show what it did."""
        before = self.grade(member)
        made = self.book.adjust(
            self.assignment.name,
            member,
            stub.name if stub else None,
            change,
            comment,
            reason,
            author,
        )
        self._show_change(member, before)
        command = f"grader adjust {self.assignment.name} --withdraw {made.id}"
        console.print(Text(f"adjustment {made.id}; to take it back: {command}"), soft_wrap=True)
        self._mention_others(member, before)

    def withdraw(self, number: int) -> None:
        """Take back an adjustment, and show what that did."""
        every = self.adjustments()
        owner = next((id for id, own in every.items() if number in [a.id for a in own]), None)
        if owner is None:
            known = sorted(a.id for own in every.values() for a in own)
            raise UsageError(
                f"{self.assignment.name} has no adjustment {number} that counts; there are "
                f"{', '.join(map(str, known)) or 'none'}."
            )
        member = next(member for member in self.book.members() if member.id == owner)
        before = self.grade(member)
        self.book.withdraw(number)
        self._show_change(member, before)

    def show(self, wanted: Member | None) -> None:
        """List the adjustments that count."""
        from grader.gradebook.amounts import hundredths, signed

        every, is_empty = self.adjustments(), True
        for member in self.book.members():
            for one in every.get(member.id, []) if wanted in (None, member) else []:
                is_empty = False
                where = f"{member.name}, {one.stub}" if one.stub else member.name
                given = f"{signed(hundredths(one.points))}: {one.reason}" if one.points else ""
                words = "; ".join(filter(None, [given, one.comment and f"comment: {one.comment}"]))
                text = f"{one.id}  {where}: {words}, by {one.author}"
                console.print(Text(f"{text}, {self.policy.clock.text(one.time)}"), soft_wrap=True)
        if is_empty:
            console.print("Nothing was adjusted.")

    def _show_change(self, member: Member, before: AssignmentGrade) -> None:
        """What an adjustment, or that it was taken back, did to a grade."""
        from grader.gradebook.grades import one_line as in_short

        after = self.grade(member)
        change = points_in_words(before)
        if after.points != before.points:
            change += f" → {points_in_words(after)}"
        title = f"{member.name}, {self.assignment.name}: {change} of {number(after.max_points)}"
        console.print(Text(title, "bold"), soft_wrap=True)
        if after.points != before.points:
            console.print(Text(f"  before: {in_short(before)}"), soft_wrap=True)
        console.print(Text(f"  now:    {in_short(after)}"), soft_wrap=True)

    def _mention_others(self, member: Member, grade: AssignmentGrade) -> None:
        """Who handed in the same, and keeps what they have."""
        if grade.attempt is None:
            return
        together = {
            id
            for id, own in self.attempts.items()
            if id != member.id and grade.attempt.id in [attempt.id for attempt in own]
        }
        names = [other.name for other in self.book.members() if other.id in together]
        if names:
            text = f"handed in together with {', '.join(names)}, whose points stay as they are"
            say_note(text)


def _login() -> str:
    """Git's name of the user, else the login."""
    try:
        command = ["git", "config", "user.name"]
        name = subprocess.run(command, capture_output=True, text=True).stdout
    except OSError:
        name = ""
    return one_line(name) or getpass.getuser()
