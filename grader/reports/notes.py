"""Notes of records, as a class is told them: what nearly everybody has is said once."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.grading.records import Record
from grader.grading.scoring import Result

FEWEST = 3  # submissions that are a class
NEARLY_ALL = 0.9
FILE, NUMBER = re.compile(r"[^\s,:]+\.(?:py|ipynb)\b"), re.compile(r"\b(line|cell) \d+")


@dataclass(frozen=True)
class CommonNote:
    """A note that nearly all of a class have. kind: what it says but for files and lines.
    sample: as one of them has it. count, of: so many of the graded ones."""

    kind: str
    sample: str
    count: int
    of: int


def common_notes(results: Sequence[Result]) -> list[CommonNote]:
    """The notes of at least nine of ten graded submissions, such as those on a line of the
    template; none of fewer than three."""
    graded = [result.record for result in results if result.record.status == "graded"]
    samples: dict[str, list[str]] = {}
    for record in sorted(graded, key=lambda record: record.submission):
        for kind, note in {_kind(note, record): note for note in record.warnings}.items():
            samples.setdefault(kind, []).append(note)
    least = max(FEWEST, NEARLY_ALL * len(graded))
    return [
        CommonNote(kind, notes[0], len(notes), len(graded))
        for kind, notes in samples.items()
        if len(notes) >= least
    ]


def own_notes(result: Result, common: Collection[CommonNote]) -> list[str]:
    """The notes that are to be told of a submission: none where nothing was lost, and none that the
    class has in common."""
    record, grade = result.record, result.grade
    if record.status == "graded" and grade.score >= grade.max_score:
        return []
    told = {note.kind for note in common}
    return [note for note in record.warnings if _kind(note, record) not in told]


def _kind(note: str, record: Record) -> str:
    """The note without what differs where two people have the same: the file and the line."""
    note = note.replace(Path(record.path).name, "…") if record.path else note
    return NUMBER.sub(r"\1 …", FILE.sub("…", note))
