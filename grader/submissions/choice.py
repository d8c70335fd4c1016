"""Which files of a submission are its program: chosen by what is written in them.

The main file has most of the stubs. Files that it imports are modules; another file that has stubs
which the program still lacks belongs to it, too: part2.ipynb, a script that nobody imports. Order
in a zip and time stamps decide nothing. Names tell only in which order cells of several files are
run, and which of two files counts that nothing else tells apart.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath

from grader.course.assignment import Stub
from grader.i18n.words import _
from grader.sandbox.inside.cells import Cell
from grader.sandbox.inside.definitions import DEFINITIONS, Index, first_line
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.definitions import (
    assigned,
    code_of,
    definition_of,
    imports,
    is_finished,
    names_of,
    written,
)
from grader.submissions.files import kind_of, module_name
from grader.submissions.syntax import Parser

Parts = Mapping[PurePath, list[Cell]]


@dataclass(frozen=True)
class Choice:
    """The cells of the program in order, the files that they come from, and what a student should
    know about it."""

    cells: list[Cell]
    main: PurePath
    program: list[PurePath]
    notes: list[str]


def choose(parts: Parts, stubs: Sequence[Stub], parser: Parser) -> Choice:
    """The program among the files of one submission, of which there is one at least.

    parser: that has parsed them. Raises UnreadableSubmission when its budget is used up.
    """
    files = []
    for path in sorted(parts, key=natural):
        parser.budget.check()
        index = Index(parts[path], parser.trees)
        files.append(_File(path, index, stubs, {*written(index, stubs)}, assigned(index)))
    for file in files:
        parser.budget.check()
        file.take_from(files)
    main = _main(files)
    owners = dict.fromkeys(main.supplied, main)
    program = [main]
    others = [file for file in files if file not in main.reached]
    while others:
        needed = max(others, key=lambda file: len(file.additions(main, owners)))
        additions = needed.additions(main, owners)
        if not additions:
            break
        owners |= dict.fromkeys(additions, needed)
        program.append(needed)
        others = [file for file in others if file not in needed.reached]
    program.sort(key=lambda file: natural(file.path))
    return Choice(
        cells=[cell for file in program for cell in file.cells_for(program, owners)],
        main=main.path,
        program=[file.path for file in program],
        notes=list(_notes(main, program, others, owners)),
    )


def natural(path: PurePath) -> list[tuple[str, int]]:
    """A key that sorts part2 before part10."""
    pairs = re.findall(r"(\D*)(\d{0,18})", str(path))
    return [(text.casefold(), int(number or -1)) for text, number in pairs]


@dataclass(frozen=True, eq=False)
class _File:
    """One file, and what is in it.

    assigned: names of values, and whether they are more than ``...``. takes: the names that it
    takes from the other files that it imports.
    """

    path: PurePath
    index: Index
    stubs: Sequence[Stub]
    written: set[str]
    assigned: dict[str, bool]
    takes: dict[_File, set[str]] = field(default_factory=dict)

    @cached_property
    def defined(self) -> set[str]:
        """The stubs that it defines, written or not."""
        found = {stub.name for stub in self.stubs if definition_of(self.index, stub)}
        return found | self.written

    @cached_property
    def imports(self) -> dict[str, set[str]]:
        """The names that it takes from each module that it imports; "*" for all of them."""
        return imports(self.index)

    def take_from(self, files: Sequence[_File]) -> None:
        """Look which of these files it imports."""
        for other in files:
            parts = module_name(other.path).split(".")
            spellings = (".".join(parts[start:]) for start in range(len(parts)))
            found = [self.imports[module] for module in spellings if module in self.imports]
            if found and other is not self and kind_of(other.path.name) == ".py":
                self.takes[other] = set().union(*found)

    @cached_property
    def reached(self) -> dict[_File, None]:
        """The file itself, what it imports, what that imports, and so on."""
        found: dict[_File, None] = {self: None}
        waiting = [self]
        while waiting:
            new = [file for file in waiting.pop().takes if file not in found]
            found |= dict.fromkeys(new)
            waiting += new
        return found

    @cached_property
    def supplied(self) -> list[str]:
        """The stubs that are written in it, or that it takes from other files by their names."""
        found = set(self.written)
        for other, names in self.takes.items():
            everything = other.written if "*" in names else set()
            found |= {s.name for s in self.stubs if names & {*names_of(s)}} | everything
        return [stub.name for stub in self.stubs if stub.name in found]

    def additions(self, main: _File, owners: Mapping[str, _File]) -> list[str]:
        """The stubs written in it that the program still lacks. A class that is in both files
        cannot be put together."""
        return [
            name
            for name in self.supplied
            if name in self.written - set(owners)
            and not self._is_in_same_class(name.rpartition(".")[0], main)
        ]

    def _is_in_same_class(self, owner: str, main: _File) -> bool:
        return owner in self.index.definitions and owner in main.index.definitions

    def cells_for(self, program: Sequence[_File], owners: Mapping[str, _File]) -> Iterator[Cell]:
        """Its cells as part of a program. With several files they are named with their file, and
        what counts from another one is taken out: a later definition would hide it."""
        cells = [cell for cell, _tree in self.index.trees]
        if program == [self]:
            yield from cells
            return
        foreign = {
            name
            for stub in self.stubs
            if owners.get(stub.name) not in (self, None)
            for name in names_of(stub)
        }
        others = [file.assigned for file in program if file is not self]
        filled = {name for known in others for name in known if known[name]}
        for cell, tree in self.index.trees:
            lines = cell.source.split("\n")
            for node in tree.body:
                if _is_one_of(node, foreign) or _is_blank_value(node, filled):
                    first = first_line(node) - 1
                    last = node.end_lineno or node.lineno
                    lines[first:last] = [""] * (last - first)
            name = f"{well_formed(str(self.path))}, {cell.name}"
            name = cell.name if kind_of(self.path.name) == ".py" else name
            if any(map(str.strip, lines)):
                yield Cell(name, "\n".join(lines), cell.first_line)


def _main(files: Sequence[_File]) -> _File:
    """The file that has most of the stubs: written, else at least defined. Where that does not
    tell, the one with most of the values that the others leave open, with most stubs that say
    nowhere that code is missing, and the uppermost."""
    left_open = {name for file in files for name, value in file.assigned.items() if not value}

    def order(file: _File) -> tuple[int, ...]:
        nodes = [definition_of(file.index, stub) for stub in file.stubs]
        return (
            len(file.supplied),
            len(file.written),
            sum(file.assigned.get(name, False) for name in left_open),
            sum(is_finished(found) for found in nodes if found),
            len(file.defined),
            -len(file.path.parts),
        )

    own = [file for file in files if not _is_module(file, files)]
    return max(own or files, key=order)


def _is_module(file: _File, files: Sequence[_File]) -> bool:
    """Whether it is imported by a file that has, with what it takes from others, as many stubs:
    that one is the student's program, also where it is not finished."""
    return any(
        file in other.takes
        and other not in file.takes
        and other.defined
        and len(other.defined.union(other.supplied)) >= len(file.written)
        for other in files
    )


def _is_one_of(node: ast.stmt, names: set[str]) -> bool:
    return isinstance(node, DEFINITIONS) and node.name in names


def _is_blank_value(node: ast.stmt, names: set[str]) -> bool:
    """Whether it is ``name = ...`` for one of these names."""
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and node.value.value is Ellipsis
        and all(isinstance(target, ast.Name) and target.id in names for target in node.targets)
    )


def _notes(
    main: _File, program: Sequence[_File], others: Sequence[_File], owners: Mapping[str, _File]
) -> Iterator[str]:
    name = well_formed(str(main.path))
    for file in (file for file in program if file is not main):
        added = [stub for stub, owner in owners.items() if owner is file]
        text = _("{other} belongs to the program, too: it has {stubs}, which {name} does not have")
        yield text.format(other=well_formed(str(file.path)), name=name, stubs=", ".join(added))
    for file in others:
        differing = [
            stub.name
            for stub in main.stubs
            if stub.name in file.written
            and owners.get(stub.name, main) is not file
            and code_of(file.index, stub) != code_of(owners.get(stub.name, main).index, stub)
        ]
        if differing:
            text = _(
                "{name} was taken as the main file; {other} has another version of {stubs}, which "
                "does not count"
            )
            yield text.format(
                name=name, other=well_formed(str(file.path)), stubs=", ".join(differing)
            )
