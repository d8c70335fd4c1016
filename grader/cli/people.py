"""Who handed in, by the list of a course: for ``grader grade --roster``."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from grader.cli.console import errors, listed
from grader.errors import UsageError
from grader.reports.text import in_spreadsheet
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.exports import PLAIN

if TYPE_CHECKING:
    from grader.gradebook.roster import Joined, Roster
    from grader.submissions.uploads import Upload


def tell(uploads: Sequence[Upload]) -> None:
    """Say as whose export the uploads were read, so that a wrong guess is seen."""
    readers = Counter(upload.origin.reader for upload in uploads if upload.origin.reader)
    for reader, count in readers.items():
        people = {p for u in uploads if u.origin.reader == reader for p in u.origin.people}
        kind = "a plain class" if reader == PLAIN else f"an export of {reader}"
        submissions = "1 submission" if count == 1 else f"{count} submissions"
        _say(f"read as {kind}: {submissions} of {_count([*people])}")


def match(uploads: Sequence[Upload], roster: Roster, out: Path | None) -> list[Upload]:
    """The uploads with the people as the roster knows them. Says who is missing and who is unknown,
    and writes all of them to the folder of the results. Raises UsageError."""
    from grader.gradebook.roster import joined

    found = joined(uploads, roster)
    _say(f"roster: {_count(roster.entries)}; {_columns(roster)}")
    if len(found.missing) == len(roster.entries):
        _say("Nobody who handed in is on the roster. Is it the one of this course?", "yellow")
    else:
        unclear = [person for person in found.unknown if roster.candidates(person)]
        unknown = [person for person in found.unknown if person not in unclear]
        handed_in = len(roster.entries) - len(found.missing)
        missing = [entry.name or entry.email or entry.ids[0] for entry in found.missing]
        _say(f"{handed_in} of them handed in" + listed("; nothing is here of", missing))
        for text, people in {
            "not on the roster": unknown,
            "may be several on the roster, which needs the ids of the export": unclear,
        }.items():
            if people:
                names = [person.name or person.email or person.id for person in people]
                _say(listed(f"{_count(people)} {text}", names), "yellow")
    if out is not None:
        _write(out, found)
    return found.uploads


def _say(text: str, style: str = "") -> None:
    errors.print(Text(well_formed(text), style), soft_wrap=True)


def _count(people: Sequence[object]) -> str:
    return "1 person" if len(people) == 1 else f"{len(people)} people"


def _columns(roster: Roster) -> str:
    return ", ".join(f"{kind} from '{cells}'" for kind, cells in roster.columns.items())


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
        table.writerows([in_spreadsheet(cell) for cell in row] for row in rows)
