"""What a student sees of the public checks: what is done, what is next, and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rich.console import Group
from rich.text import Text

from grader.grading.scoring import Result
from grader.i18n.words import N_, _
from grader.reports.feedback import feedback
from grader.reports.reasons import reasons
from grader.reports.text import in_words, mark

WORDS = {
    "passed": N_("passed"),
    "missing": N_("not written yet"),
    "unusable": N_("cannot be used yet"),
    "failed": N_("wrong"),
    "error": N_("raised an error"),
    "timeout": N_("takes too long"),
    "unchecked": N_("has no public check"),
}
STYLES = {"passed": "green", "missing": "yellow", "unchecked": "dim"}
MAX_NOTES = 5
QUOTED = re.compile(r"`([\w.]+)`")  # names in a note
ALL_PASS = N_(
    "All public checks pass. The hidden checks ask for the same with other numbers, so compare "
    "your code with the text once more, and hand it in."
)


@dataclass(frozen=True)
class Line:
    """One stub: how it stands, and the messages of its checks that did not pass."""

    stub: str
    status: str  # a key of WORDS
    messages: tuple[str, ...]

    @property
    def mark(self) -> str:
        return mark(self.status)


@dataclass(frozen=True)
class Progress:
    """How far a student is.

    stub: the one that was asked for; None for all. unwritten: the stubs in which there is no code
    yet, checked or not. causes: of stubs that are missing though there is code: why.
    """

    result: Result
    stub: str | None = None
    unwritten: Sequence[str] = ()
    causes: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def lines(self) -> list[Line]:
        """A line for each stub in the order of the assignment, or for the one asked for."""
        found = []
        for grade in self.result.grade.stubs:
            if self.stub in (None, grade.name):
                checks = [c for c in self.result.record.checks if c.stub == grade.name]
                messages = [reason.text for reason in reasons(checks)]
                status = grade.status if checks else "unchecked"
                if status == "missing" and grade.name in self.causes:
                    status = "unusable"
                found.append(Line(grade.name, status, tuple(dict.fromkeys(messages))))
        return found

    @property
    def following(self) -> Line | None:
        """The stub to do next: the first that does not pass, for later ones build on it."""
        open_ones = [line for line in self.lines if line.status not in ("passed", "unchecked")]
        return open_ones[0] if open_ones else None

    @cached_property
    def to_write(self) -> list[str]:
        """The stubs that are still to be written, asked for or not."""
        passed = {line.stub for line in self.lines if line.status == "passed"}
        return [stub for stub in self.unwritten if stub not in passed]

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to do of what was asked for."""
        return self.following is None and not (self.stub is None and self.to_write)

    @property
    def heading(self) -> str:
        """How many stubs pass, in words."""
        checked = [line for line in self.lines if line.status != "unchecked"]
        passed = sum(line.status == "passed" for line in checked)
        text = _("{passed} of {count} stubs pass their public checks")
        return text.format(passed=passed, count=len(checked))

    @property
    def notes(self) -> list[str]:
        """What could not be used, but for what is told as a cause, or is about other stubs than the
        one asked for."""
        stubs = {grade.name for grade in self.result.grade.stubs}
        told = self.following.messages if self.following else ()
        found = []
        for note in self.result.record.warnings:
            about = stubs.intersection(QUOTED.findall(note))
            is_of_others = self.stub and about and self.stub not in about
            if note not in told and not is_of_others:
                found.append(note)
        return found

    @property
    def conclusion(self) -> str:
        """What is said where all that was asked for passes."""
        passed = _("All public checks pass.")
        if self.stub is not None:
            passed = _("`{stub}` passes.")
            if self.lines[0].status == "unchecked":
                passed = _("`{stub}` has no public check.")
        elif not self.to_write:
            return _(ALL_PASS)
        if self.to_write:
            count, all_stubs = len(self.to_write), len(self.result.grade.stubs)
            rest = _("Still to write: {count} of {all} stubs; the next is `{next}`.")
            rest = rest.format(count=count, all=all_stubs, next=self.to_write[0])
        else:
            rest = _("Check all stubs before you hand in.")
        return f"{passed.format(stub=self.stub)} {rest}"


def terminal(progress: Progress) -> Group:
    """For a terminal."""
    record = progress.result.record
    width = max((len(line.stub) for line in progress.lines), default=0)
    title = _("{name}: {heading}").format(name=record.path, heading=progress.heading)
    parts = [Text(title, style="bold")]
    for line in progress.lines:
        style = STYLES.get(line.status, "red")
        words = _(WORDS[line.status])
        parts.append(Text(f"  {line.mark} {line.stub:{width}}  {words}", style=style))
    for note in progress.notes[:MAX_NOTES]:
        parts.append(Text(in_words(_("note: {note}").format(note=note)), style="yellow"))
    due = progress.following
    if due is None:
        return Group(*parts, Text(f"\n{progress.conclusion}"))
    place = record.places.get(due.stub, "")
    text = _("Next: {stub} ({place})") if place else _("Next: {stub}")
    text = in_words("\n" + text.format(stub=due.stub, place=place))
    return Group(*parts, Text(text, style="bold"), Text(_advice(due)))


def as_html(progress: Progress) -> str:
    """For a notebook; the text of students and checks is escaped."""
    from grader.reports.pages import look  # a terminal needs no templates

    due, grades = progress.following, progress.result.grade.stubs
    stub = next((grade for grade in grades if due and grade.name == due.stub), None)
    return look.part(
        "progress.html",
        ("block.css",),
        heading=progress.heading,
        lines=progress.lines,
        words={name: _(words) for name, words in WORDS.items()},
        notes=[in_words(note) for note in progress.notes[:MAX_NOTES]],
        due=feedback(progress.result, stub) if stub else None,
        conclusion="" if due else progress.conclusion,
    )


def _advice(line: Line) -> str:
    """What is wrong with a stub that does not pass."""
    return in_words("\n".join(line.messages))
