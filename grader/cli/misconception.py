"""``grader misconception``: from a class's wrong answers to a mistake with a name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from grader.cli.console import console, readable_errors
from grader.cli.options import AssignmentArgument, CourseOption, course_of
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.course.assignment import Assignment
    from grader.grading.answers import Group

app = typer.Typer(
    help="Wrong answers that no known mistake explains, and how to make one known.",
    no_args_is_help=True,
)

ResultsArgument = Annotated[
    Path, typer.Argument(metavar="RESULTS", help="The folder that `grader grade --out` wrote.")
]
HIDDEN = "the code holds characters that do not show"


@app.command("list")
@readable_errors
def list_groups(
    assignment: AssignmentArgument,
    results: ResultsArgument,
    most: Annotated[int, typer.Option(help="Show the largest groups only.", min=1)] = 10,
    course: CourseOption = Path(),
) -> None:
    """Group a class's wrong answers by equal values, the largest group first, with a sample.

    [dim]grader misconception list softmax_regression results --most 20[/dim]
    """
    from grader.course import assignment as assignments
    from grader.grading import answers

    known = assignments.load(assignment, course_of(course))
    groups = _groups(known, results)
    if not groups:
        console.print("Every wrong answer has a name, or there is none.")
    for number, group in enumerate(groups[:most], 1):
        _show(number, group)
        try:
            _show_code(answers.code(group, known.stubs))
        except UsageError as error:
            console.print(Text(str(error), "dim"))
    if len(groups) > most:
        console.print(f"[dim]{len(groups) - most} smaller groups: --most {len(groups)}[/dim]")


@app.command()
@readable_errors
def add(
    assignment: AssignmentArgument,
    results: ResultsArgument,
    name: Annotated[str, typer.Option(help="Its name in the bank, such as softmax_of_columns.")],
    sentence: Annotated[str, typer.Option(help="What a student with this mistake reads.")],
    group: Annotated[int, typer.Option(help="Its number in `grader misconception list`.")] = 1,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; you have read the code.")] = False,
    course: CourseOption = Path(),
) -> None:
    """Make a group's code an entry of the assignment's misconceptions.py.

    The code is a student's, and an entry runs with your rights from then on, outside the sandbox:
    it is shown and added only when you say yes. Code with characters that do not show is refused.

    [dim]grader misconception add softmax_regression results --group 2 --name softmax_of_twos
    --sentence "These are powers of 2."[/dim]
    """
    from grader.course import assignment as assignments
    from grader.course import misconceptions
    from grader.grading import answers
    from grader.reports.text import is_all_visible

    known = assignments.load(assignment, course_of(course))
    groups = _groups(known, results)
    if not 1 <= group <= len(groups):
        raise UsageError(
            f"There is no group {group}: {results} has {len(groups)} for {assignment}."
        )
    chosen = groups[group - 1]
    # Read once: what is stored is what was shown, whatever becomes of the file meanwhile.
    source = answers.code(chosen, known.stubs)
    _show(group, chosen)
    _show_code(source)
    if not is_all_visible(source):
        raise UsageError(f"Nothing was added: {HIDDEN}; write the entry by hand.")
    if not yes:
        typer.confirm("Have you read this code, and may it run outside the sandbox?", abort=True)
    bank = known.bank or known.solution.with_name("misconceptions.py")
    misconceptions.add(bank, known.solution, chosen.stub, source, name, sentence)
    console.print(Text(f"{name} is in {bank}."))
    console.print(
        Text(
            "It may need names of the student's file: prove it with `grader validate "
            f"{assignment}`, then grade the class again."
        )
    )


def _groups(assignment: Assignment, folder: Path) -> list[Group]:
    """The answer groups of a folder of results. Raises UsageError where there are none at all."""
    from grader.grading.answers import groups
    from grader.grading.results_folder import Store

    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}; `grader grade --out` writes one.")
    results = Store(folder, assignment.name).results
    if not results:
        raise UsageError(f"{folder} holds no results of {assignment.name}.")
    return groups(results.values())


def _show(number: int, group: Group) -> None:
    """A group with its size, and its sample: where it is and what is wrong with it."""
    record, check = group.submissions[0].record, group.checks[0]
    place = record.places.get(group.stub, "")
    console.rule(Text(f"group {number}: {group.stub}, students: {len(group.submissions)}"))
    console.print(Text(f"{record.path} {place}".strip()))
    console.print(Text(check.message))


def _show_code(source: str) -> None:
    """All of a definition: long lines are broken, and the numbers tell which lines are its own."""
    from rich.syntax import Syntax

    from grader.reports.text import is_all_visible

    console.print(Syntax(source, "python", line_numbers=True, word_wrap=True))
    if not is_all_visible(source):
        console.print(Text(f"Mind that {HIDDEN}.", "bold red"))
