"""Programs of a class that are alike: a reason to look at them, never a verdict.

They are compared as copydetect does it, by winnowing without a window: comments and blanks are left
out, names of variables and functions are all the same, and every run of RUN characters within a
function or class, or in the code between two, is a fingerprint (Schleimer, Wilkerson and Aiken,
"Winnowing", SIGMOD 2003). So other names, comments and another order of functions change nothing.
Runs of the handout are nobody's own code, nor are those that much of the class has: short functions
have few right forms.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from grader.course.assignment import Assignment
from grader.errors import UnreadableSubmission
from grader.sandbox.inside.cells import TOO_DEEP
from grader.sandbox.inside.definitions import DEFINITIONS, Index
from grader.submissions.definitions import definition_of, template_of, value_of
from grader.submissions.reading import read
from grader.submissions.uploads import Upload

if TYPE_CHECKING:
    import numpy as np

RUN = 25  # characters of a fingerprint, about two lines: what copydetect takes, too
LEAST_LINES = 5  # that are alike; fewer are chance
COMMON_PEOPLE, COMMON_SHARE = 10, 0.25  # more people than both have what is everybody's
ENDINGS = {".py", ".ipynb"}
MAX_CODE = 300_000  # characters of a program: the lexer that reads it knows no deadline

NOTHING = 0  # in the place of a run, where there is none


class Line(NamedTuple):
    """A line of code, the stub that it belongs to or "", and the number of the function or class,
    or of the stretch between two, in which it stands."""

    text: str
    stub: str
    part: int


@dataclass(frozen=True)
class Work:
    """One attempt. name: what a person calls it. people: a key for each of those who handed it in;
    works of the same person are not compared with each other. place: where it lay when it was
    graded. upload: where it can be read."""

    name: str
    people: frozenset[str]
    place: str
    upload: Upload


@dataclass(frozen=True)
class Program:
    """The fingerprints of one work.

    runs: the fingerprint that begins at each character, or NOTHING, (characters,) int64.
    line_of: the line that each character stands on, (characters,) int64.
    stubs: the stub that each line belongs to, "" for none.
    """

    work: Work
    runs: np.ndarray
    line_of: np.ndarray
    stubs: list[str]


@dataclass(frozen=True)
class Match:
    """Two works that are alike.

    shares: how much of the own code of each, 0 to 1, is in the other one. lines: as many lines of
    each. stubs: to which these belong, in the order of the assignment; "" is all other code.
    """

    works: tuple[Work, Work]
    shares: tuple[float, float]
    lines: tuple[int, int]
    stubs: list[str]


def read_program(work: Work, assignment: Assignment) -> Program:
    """The fingerprints of a work, of which nothing is run.

    Raises UnreadableSubmission.
    """
    index = read(work.upload, assignment.stubs).index
    lines = list(_lines(index, assignment))
    if sum(len(line.text) for line in lines) > MAX_CODE:
        raise UnreadableSubmission(f"it has more than {MAX_CODE:,} characters of code")
    return _program(work, lines)


def handout(assignment: Assignment) -> np.ndarray:
    """The fingerprints of what all students were given, (runs,) int64."""
    import numpy as np

    given = Work("the handout", frozenset(), "", Upload(assignment.public))
    folders = [assignment.helpers_folder / name for name in assignment.helpers]
    indices = [template_of(assignment)]
    for path in (path for folder in (assignment.public, *folders) for path in folder.rglob("*")):
        if path.suffix in ENDINGS:
            with suppress(UnreadableSubmission):
                indices.append(read(path, assignment.stubs).index)
    found = [_program(given, list(_lines(index, assignment))).runs for index in indices if index]
    return np.unique(np.concatenate([np.array([], np.int64), *found]))


def matches(
    programs: Sequence[Program], given: np.ndarray, least: float, stubs: Iterable[str]
) -> list[Match]:
    """The pairs of different people of whom one has at least this share of own code from the other,
    the most alike first; of several attempts of the same people the pair that is most alike.

    given: what the handout has. stubs: those of the assignment, in order.
    """
    order = [*stubs, ""]
    own = _own(programs, given)
    found: dict[frozenset[frozenset[str]], Match] = {}
    for first, second, shares in _alike(own, least):
        works = programs[first].work, programs[second].work
        if works[0].people & works[1].people:
            continue
        lines = [
            _lines_in(programs[first], own[second]),
            _lines_in(programs[second], own[first]),
        ]
        counts = len(lines[0]), len(lines[1])
        if min(counts) < LEAST_LINES:
            continue
        names = {programs[first].stubs[line] for line in lines[0]}
        match = Match(works, shares, counts, sorted(names, key=order.index))
        key = frozenset(work.people for work in works)
        if key not in found or _rank(match) > _rank(found[key]):
            found[key] = match
    return sorted(found.values(), key=_rank, reverse=True)


def _rank(match: Match) -> tuple[float, int]:
    return max(match.shares), sum(match.lines)


def _lines(index: Index, assignment: Assignment) -> Iterator[Line]:
    """The statements of a program as Python itself writes them, without comments and docstrings."""
    finds = [
        (stub.name, (value_of if stub.is_value else definition_of)(index, stub))
        for stub in assignment.stubs
    ]
    owners = {id(found.node): name for name, found in finds if found}
    part, is_after = 0, True
    for outer in (node for _cell, tree in index.trees for node in tree.body):
        is_definition = isinstance(outer, DEFINITIONS)
        part += is_definition or is_after
        is_after = is_definition
        for node, stub in _statements([outer], owners):
            try:
                text = ast.unparse(_WithoutText().visit(ast.Module([node], [])))
            except (ValueError, *TOO_DEEP):  # a text that Python reads, but cannot write
                continue
            yield from (Line(line, stub, part) for line in text.splitlines())


def _statements(
    body: Iterable[ast.stmt], owners: dict[int, str], around: str = ""
) -> Iterator[tuple[ast.stmt, str]]:
    """The statements of a body, those of a class one by one, each with its stub."""
    for node in body:
        stub = owners.get(id(node), around)
        if isinstance(node, ast.ClassDef):
            yield ast.ClassDef(node.name, node.bases, node.keywords, [], node.decorator_list), stub
            yield from _statements(node.body, owners, stub)
        else:
            yield node, stub


class _WithoutText(ast.NodeTransformer):
    """Takes out what is a text and no more: docstrings, code in quotation marks."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        value = node.value
        return None if isinstance(value, ast.Constant) and isinstance(value.value, str) else node


def _program(work: Work, lines: Sequence[Line]) -> Program:
    import numpy as np
    from copydetect.utils import hashed_kgrams

    runs, lengths = [np.array([], np.int64)], []
    for _part, group in groupby(lines, key=lambda line: line.part):
        texts = [_filtered(line.text) for line in group]
        text = "".join(texts)
        found = hashed_kgrams(text, RUN).astype(np.int64)
        runs += [found, np.full(len(text) - len(found), NOTHING)]
        lengths += [len(each) for each in texts]
    line_of = np.repeat(np.arange(len(lines)), lengths)
    return Program(work, np.concatenate(runs), line_of, [line.stub for line in lines])


@lru_cache(maxsize=100_000)
def _filtered(line: str) -> str:
    """A line without blanks, with one letter for all names of a kind. A class repeats its lines."""
    from copydetect.utils import filter_code

    text: str = filter_code(line, "", "python")[0]
    return text


def _own(programs: Sequence[Program], given: np.ndarray) -> list[np.ndarray]:
    """The different runs of each program that are neither the handout's nor everybody's."""
    import numpy as np

    own = [np.setdiff1d(program.runs, np.append(given, NOTHING)) for program in programs]
    by_person: dict[str, list[np.ndarray]] = {}
    for program, runs in zip(programs, own):
        by_person.setdefault(min(program.work.people), []).append(runs)
    if not by_person:
        return []
    persons = [np.unique(np.concatenate(attempts)) for attempts in by_person.values()]
    runs, people = np.unique(np.concatenate(persons), return_counts=True)
    common = runs[people > max(COMMON_PEOPLE, COMMON_SHARE * len(by_person))]
    return [np.setdiff1d(each, common) for each in own]


def _alike(
    own: Sequence[np.ndarray], least: float
) -> Iterator[tuple[int, int, tuple[float, float]]]:
    """The pairs that share enough, with the share of each. An index from runs to programs leaves
    out all pairs that have nothing in common."""
    import numpy as np

    if not own:
        return
    sizes = np.array([len(runs) for runs in own])
    owners = np.repeat(np.arange(len(own)), sizes)
    _runs, number, count = np.unique(np.concatenate(own), return_inverse=True, return_counts=True)
    holders = owners[np.argsort(number, kind="stable")]  # of the first run, of the second, ...
    starts = np.cumsum(count) - count
    for first, runs in enumerate(np.split(number, np.cumsum(sizes)[:-1])):
        length = count[runs]
        skipped = np.repeat(starts[runs] - np.cumsum(length) + length, length)
        shared = np.bincount(holders[skipped + np.arange(length.sum())], minlength=len(own))
        for second in np.flatnonzero(shared >= least * np.minimum(sizes[first], sizes)):
            if second > first and shared[second]:
                shares = shared[second] / sizes[first], shared[second] / sizes[second]
                yield first, int(second), (float(shares[0]), float(shares[1]))


def _lines_in(program: Program, other: np.ndarray) -> np.ndarray:
    """The numbers of the lines of a program that stand in runs of the other one from end to end."""
    import numpy as np

    if not len(program.runs):
        return np.array([], int)
    begins = np.isin(program.runs, other)
    covered = np.convolve(begins, np.ones(RUN))[: len(begins)] > 0.5
    lengths = np.bincount(program.line_of)
    return np.flatnonzero((lengths > 0) & (np.bincount(program.line_of, covered) == lengths))
