"""Who handed in, by the list of a course: for ``grader grade --roster``."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from grader.cli.console import errors
from grader.errors import UsageError
from grader.sandbox.inside.protocol import well_formed

if TYPE_CHECKING:
    from grader.gradebook.roster import Joined, Roster
    from grader.submissions.uploads import Upload

NAMED = 6  # people that a line names
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


def match(uploads: Sequence[Upload], roster: Roster, out: Path | None) -> list[Upload]:
    """The uploads with the people as the roster knows them. Says who is missing and who is unknown,
    and writes all of them to the folder of the results. Raises UsageError."""
    from grader.gradebook.roster import joined

    found = joined(uploads, roster)
    _say(f"roster: {_people(len(roster.entries))}; {_columns(roster)}")
    if len(found.missing) == len(roster.entries):
        _say("Nobody who handed in is on the roster. Is it the one of this course?", "yellow")
    elif found.missing:
        names = [entry.name or entry.email or entry.ids[0] for entry in found.missing]
        _say(f"{_people(len(names))} handed in nothing: {_listed(names)}", "yellow")
    else:
        _say("everybody on the roster handed in")
    if found.unknown and len(found.missing) < len(roster.entries):
        names = [person.name or person.email or person.id for person in found.unknown]
        _say(f"{_people(len(names))} not on the roster: {_listed(names)}", "yellow")
    if out is not None:
        _write(out, found)
    return found.uploads


def _say(text: str, style: str = "") -> None:
    errors.print(Text(well_formed(text), style), soft_wrap=True)


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _columns(roster: Roster) -> str:
    return ", ".join(f"{kind} from '{cells}'" for kind, cells in roster.columns.items())


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else "")


def _write(out: Path, found: Joined) -> None:
    missing = [(one.name, one.email, " ".join(one.ids), one.section) for one in found.missing]
    unknown = [(person.name, person.email, person.id) for person in found.unknown]
    try:
        out.mkdir(parents=True, exist_ok=True)
        _table(out / "missing.csv", ("name", "email", "ids", "section"), missing)
        _table(out / "unknown.csv", ("name", "email", "id"), unknown)
    except OSError as error:
        raise UsageError(
            f"The lists of people cannot be written to {out}: {error.strerror}. Choose another "
            "folder with --out."
        ) from None


def _table(file: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as opened:  # spreadsheets ask for the BOM
        table = csv.writer(opened)
        table.writerow(header)
        table.writerows([_cell(cell) for cell in row] for row in rows)


def _cell(text: str) -> str:
    return well_formed(f"'{text}" if text.startswith(FORMULA) else text)
