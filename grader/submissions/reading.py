"""Reading an upload: a .py file, an .ipynb notebook, a folder or a zip becomes cells of Python.

Runs on the trusted side on whatever a student hands in, so everything is bounded and nothing is
executed. What cannot be read costs itself: a broken cell or a broken stretch of a file is left
out with a warning; only an upload with nothing readable in it is an UnreadableSubmission.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from itertools import chain
from pathlib import Path, PurePath
from typing import Any

from grader.course.assignment import Stub
from grader.course.magics import module_of
from grader.errors import UnreadableSubmission
from grader.i18n.words import N_, _
from grader.sandbox.inside.cells import Cell
from grader.sandbox.inside.definitions import Index
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.archive import File, code_files
from grader.submissions.budget import Budget
from grader.submissions.choice import choose
from grader.submissions.files import bytes_of, kind_of, module_name, pieces, unopened
from grader.submissions.folders import files_at, files_of
from grader.submissions.layout import is_other_archive, other_archive
from grader.submissions.syntax import Parser
from grader.submissions.uploads import Upload

CHECKS = "test_public.py"  # comes with the template, and is handed in with it


@dataclass(frozen=True)
class Submission:
    """What was handed in, ready to be sent into a sandbox."""

    name: str
    path: Path
    digest: str  # sha256 of the code and the texts that were read
    cells: list[Cell]
    helpers: dict[str, list[Cell]]  # further modules by dotted name
    warnings: list[str]
    is_whole: bool = True  # all of its code is Python
    main: PurePath | None = None  # in a folder or zip: the file that is the program, if it is one
    trees: dict[str, ast.Module] = field(default_factory=dict, repr=False)  # of cells, by source

    @cached_property
    def index(self) -> Index:
        """All that is defined in it; the main file goes before the others."""
        return Index(chain(*self.helpers.values(), self.cells), self.trees)


def read(upload: Upload | Path, stubs: Sequence[Stub]) -> Submission:
    """Read an upload; of several files those with the `stubs` are the program.

    Raises UnreadableSubmission with a sentence for the student.
    """
    upload = upload if isinstance(upload, Upload) else Upload(upload)
    path = upload.path
    try:
        if upload.files:
            budget = Budget(well_formed(path.name))
            return read_folder(path, files_at(upload.files, budget), stubs, budget)
        if path.is_symlink() or not path.is_dir():
            return read_file(path, bytes_of(path), stubs)
        budget = Budget(well_formed(path.resolve().name))
        return read_folder(path, files_of(path, budget), stubs, budget)
    except OSError as error:
        raise UnreadableSubmission(unopened(well_formed(path.name), error)) from None


def read_file(path: Path, data: bytes, stubs: Sequence[Stub]) -> Submission:
    """The same for a file or a zip whose bytes are at hand."""
    budget = Budget(well_formed(path.name), len(data))
    if is_other_archive(path.name):
        raise other_archive(budget.name)
    if kind_of(path.name) == ".zip":
        files = code_files(budget.name, io.BytesIO(data), budget)
        return _read_parts(N_("zip file"), path, files, stubs, budget)
    parser = Parser(budget, [stub.name for stub in stubs])
    digest = sha256()
    cells, notes = _cells(budget.name, data, parser, digest)
    return Submission(
        name=well_formed(path.stem),
        path=path,
        digest=digest.hexdigest(),
        cells=cells,
        helpers=parser.written,
        warnings=notes,
        is_whole=not notes,
        trees=parser.trees,
    )


def read_folder(
    path: Path, files: Iterable[File], stubs: Sequence[Stub], budget: Budget
) -> Submission:
    """The same for a folder whose files are at hand, by their paths in it."""
    return _read_parts(N_("folder"), path, files, stubs, budget)


def _read_parts(
    kind: str, path: Path, files: Iterable[File], stubs: Sequence[Stub], budget: Budget
) -> Submission:
    """One submission of several files; `kind` is what it is called in a message."""
    digest = sha256()
    parser = Parser(budget, [stub.name for stub in stubs])
    parts: dict[PurePath, list[Cell]] = {}
    notes: list[str] = []
    is_whole = True
    for relative, data in files:
        try:
            if isinstance(data, UnreadableSubmission):
                raise data
            if relative.name == "__init__.py" and not data.strip():
                continue  # every folder is a package below, with or without it
            if relative.name == CHECKS:
                continue
            name = well_formed(str(relative))
            digest.update(name.encode() + b"\0")
            parts[relative], own_notes = _cells(name, data, parser, digest)
        except UnreadableSubmission as error:
            budget.check()  # if the budget is the reason, nothing of the upload counts
            notes.append(str(error))
            continue
        notes += own_notes
        is_whole &= not own_notes
    if not parts:
        found = notes[0] if notes else _("there is no .py or .ipynb file in it")
        text = _("The {kind} {name} cannot be graded: {problem}")
        raise UnreadableSubmission(text.format(kind=_(kind), name=budget.name, problem=found))
    choice = choose(parts, stubs, parser)
    return Submission(
        name=budget.name if kind == "folder" else PurePath(budget.name).stem,
        path=path,
        digest=digest.hexdigest(),
        cells=choice.cells,
        helpers=_helpers(parts, choice.main, choice.program) | parser.written,
        warnings=[*choice.notes, *notes],
        is_whole=is_whole,
        main=choice.main if len(choice.program) == 1 else None,
        trees=parser.trees,
    )


def _helpers(
    parts: dict[PurePath, list[Cell]], main: PurePath, program: Collection[PurePath]
) -> dict[str, list[Cell]]:
    """The other modules, named as the main file can import them, with the packages they are in;
    of notebooks those that ``%run`` names."""
    shared = main.parent if all(main.parent in name.parents for name in parts) else PurePath()
    helpers = {
        module_name(name.relative_to(shared)): cells
        for name, cells in parts.items()
        if name not in program and kind_of(name.name) == ".py"
    }
    code = "\n".join(cell.source for cells in parts.values() for cell in cells)
    for path, cells in parts.items():
        if path not in program and kind_of(path.name) == ".ipynb":
            module = module_of(f'"{path.relative_to(shared)}"')
            if f"from {module} import *" in code:
                helpers.setdefault(module, cells)
    for name in list(helpers):
        for end in range(1, name.count(".") + 1):
            helpers.setdefault(name.rsplit(".", end)[0], [])
    return helpers


def _cells(name: str, data: bytes, parser: Parser, digest: Any) -> tuple[list[Cell], list[str]]:
    """The readable cells of one file, and what was left out; all that can matter goes into the
    digest, which outputs of a notebook cannot."""
    parser.budget.check()
    found = pieces(name, data)
    for piece in (*found.code, *found.others):
        label = "" if piece.name == name else piece.name
        digest.update(f"{label}\0{piece.source}\0".encode("utf-8", "surrogatepass"))
    parser.budget.take_code(name, sum(len(piece.source) for piece in found.code))
    cells: list[Cell] = []
    notes = found.notes
    for piece in found.code:
        readable, problems = parser.readable(piece)
        cells += readable
        notes += problems
    notes += parser.answers(found.others, cells)
    if not cells and not parser.written:
        text = _("{name} cannot be graded: {problem}")
        problem = notes[0] if notes else _("it has no code")
        raise UnreadableSubmission(text.format(name=name, problem=problem))
    return cells, notes
