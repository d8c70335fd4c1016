"""The files of an imported assignment, as texts."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable
from pathlib import Path

from grader.course.importing.draft import Draft, Note, Piece, counted
from grader.course.importing.model import Check, Statement
from grader.course.importing.stubs import Stub
from grader.course.scaffold import in_words

_WIDTH = 88  # of a docstring
_HEADING = re.compile(r"^#{1,2}\s+(.+?)\s*#*$", re.MULTILINE)
_MISCONCEPTIONS = '''\
"""Typical wrong versions of single stubs, each with the sentence that a student with this mistake
reads. The file is read, never run. docs/checks.md says how to write an entry."""
'''


def title_of(pieces: Iterable[Piece], name: str) -> str:
    """The first heading of the text, else the name in words."""
    for piece in pieces:
        match = _HEADING.search(piece.source) if piece.is_text else None
        if match:
            plain = re.sub(r"[*_`$\\\\\"<>]", "", match[1])
            return " ".join(plain.split()) or name
    return in_words(name)


def solution(pieces: Iterable[Piece]) -> str:
    """solution.py: cells in py:percent form."""
    texts = []
    for piece in pieces:
        source = piece.source.strip("\n")
        if piece.is_text:
            lines = "\n".join(f"# {line}".rstrip() for line in source.split("\n"))
            texts.append(f"# %% [markdown]\n{lines}\n")
        elif source:
            texts.append(f"# %%\n{source}\n")
    return "\n".join(texts)


def contract(title: str, points: dict[Stub, float], read: Iterable[str], source: str) -> str:
    """assignment.toml. read: names without points that checks look up."""
    lines = [
        f"# The contract with the students: names, points, limits. Imported from {source}.",
        f"title = {_quoted(title)}",
    ]
    for stub, worth in points.items():
        lines += ["", "[[stub]]", f"signature = {_quoted(stub.signature)}", f"points = {worth:g}"]
    names = [f"{name} = []" for name in sorted(read)]
    if names:
        lines += ["", "# What checks look up besides, and other names of it.", "[names]", *names]
    return "\n".join(lines) + "\n"


def readme(title: str, name: str, points: dict[Stub, float]) -> str:
    """README.md: what to write, and for how many points."""
    rows = [
        f"| `{stub.signature}` | {worth:g} | {stub.about.replace('|', ' ') or 'see the notebook'} |"
        for stub, worth in points.items()
    ]
    total = sum(points.values())
    return "\n".join(
        [
            f"# {title}",
            "",
            f"The work is in `{name}.ipynb`, or in `{name}.py` if you were given that. It explains "
            "every part.",
            "",
            "## What to write",
            "",
            f"{counted(total)}. Write your code where it says `YOUR CODE HERE` and delete the line "
            "that raises `NotImplementedError`. Keep the names and the arguments.",
            "",
            "| stub | points | what it must do |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def suite(about: str, checks: list[Check], of_stub: dict[str, list[Check]]) -> str:
    """A file of checks. of_stub: all checks of a stub, the other file's, too, for the weights."""
    header: list[Statement] = []
    for check in checks:
        header += [each for each in check.header if each not in header]
    needed = {name for check in checks for name in check.imports}
    imports = ["import pytest"] if checks else []
    lines = [each.text for each in header if each.kind == "import"]
    imports += [line for line in dict.fromkeys(lines) if line not in imports]
    if needed:
        imports.append(f"from grader.checking import {', '.join(sorted(needed))}")
    others = [each.text for each in header if each.kind != "import"]
    texts = [_rendered(check, _weight(check, of_stub[check.stub.name])) for check in checks]
    parts = [f'"""{about}"""', "\n".join(imports), *others, *texts]
    return (
        "\n\n\n".join(part.strip("\n") for part in parts if part).replace(
            '"""\n\n\nimport', '"""\n\nimport', 1
        )
        + "\n"
    )


def _rendered(check: Check, weight: float | None) -> str:
    """The text of a check."""
    marks = [f'@pytest.mark.stub("{check.stub.name}")']
    if weight is not None:
        marks.append(f"@pytest.mark.weight({weight:g})")
    sentence = check.sentence.replace("\\", "\\\\").replace('"', "'")
    wrapped = textwrap.wrap(f'"""{sentence}', _WIDTH) or ['"""']
    ending = ['"""'] if len(wrapped) > 1 else []
    if not ending:
        wrapped[-1] += '"""'
    hands = [f"# By hand (import.md): {reason}." for reason in check.by_hand]
    lines = [*wrapped, *ending, *hands, *_spaced(check.body)]
    text = "\n".join(f"    {line}".rstrip() for line in lines)
    return "\n".join([*marks, f"def {check.name}(submission):", text]) + "\n"


def _spaced(body: list[str]) -> list[str]:
    """The lines of a body, with an empty one around each definition in it."""
    lines: list[str] = []
    for before, text in zip(["", *body], body):
        around = re.match(r"(@|def |class )", text), re.match(r"(@|def |class )", before)
        lines += [""] if before and any(around) else []
        lines += text.split("\n")
    return lines


def _weight(check: Check, all_of_stub: list[Check]) -> float | None:
    """What its mark says; None where all checks of the stub are worth the same, or nothing."""
    worth = {round(each.points, 6) for each in all_of_stub}
    return None if len(worth) == 1 else round(check.points, 6)


def todo(source: str, draft: Draft, summary: str) -> str:
    """import.md: what needs a hand."""
    lines = [
        f"# Imported from {source}",
        "",
        f"{summary}",
        "",
        "What follows could not be done by rule. Cells are counted from 1. Delete the file when "
        "nothing is left to do.",
        "",
    ]
    return "\n".join([*lines, *(_entry(number, n) for number, n in enumerate(draft.notes, 1)), ""])


def _entry(number: int, note: Note) -> str:
    where = f"{note.where}: " if note.where else ""
    return f"{number}. **{where}{note.what}.** {note.todo}"


def misconceptions() -> str:
    """misconceptions.py without an entry."""
    return _MISCONCEPTIONS


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def pictures(pieces: Iterable[Piece]) -> Iterable[tuple[Piece, str]]:
    """Files and attachments that the text shows and that are not written into it."""
    shown = re.compile(r"!\[[^\]]*\]\(([^)\s]+)|<img[^>]+src=[\"']([^\"']+)")
    for piece in pieces:
        if piece.is_text:
            for match in shown.finditer(piece.source):
                address = match[1] or match[2]
                if not re.match(r"https?:|data:", address):
                    yield piece, Path(address).as_posix()
