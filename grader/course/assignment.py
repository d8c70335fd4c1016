"""An assignment as its author wrote it: assignment.toml and the files beside it.

``assignments/<name>/`` is public; ``solutions/<name>/`` is private and holds assignment.toml,
solution.py or solution.ipynb, misconceptions.py and test_hidden.py. The public folder has an
assignment.toml of its own, cut from the private one by templates.py, so that students can run the
public checks.
"""

from __future__ import annotations

import ast
import keyword
import math
import re
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from grader.course import datasets, engine
from grader.course import source as sources
from grader.course.operations import known_operations
from grader.course.source import Source
from grader.course.strict_toml import Document, suggestion
from grader.errors import AssignmentError, DatasetError, UsageError
from grader.i18n.words import _
from grader.sandbox.inside import frameworks
from grader.sandbox.inside.frameworks import Framework

SIGNATURE = re.compile(r"(?P<name>\w+(\.\w+)?)\((?P<parameters>[^()]*)\)")
RESERVED = {"bind", "data", "supply"}  # attributes of the submission
DECISIVE = (  # of the files of its two folders
    "assignment.toml",
    "test_public.py",
    "test_hidden.py",
    "misconceptions.py",
    "parts.py",
)


@dataclass(frozen=True)
class Stub:
    """A function, a class, a method or a value that students write: its contract and its points."""

    name: str  # of a method: "Classifier.loss"
    points: float
    parameters: tuple[str, ...]  # as they are written: "y", "averaged=True"
    aliases: tuple[str, ...]
    forbidden: tuple[str, ...]  # operations that may not stand in for it
    is_value: bool = False  # bound at the top level, and nothing to call: "W"


@dataclass(frozen=True)
class Assignment:
    """One assignment; paths are absolute."""

    name: str
    title: str
    datasets: tuple[str, ...]  # the first that is found is used; may be empty
    stubs: tuple[Stub, ...]
    spellings: dict[str, list[str]]  # of parameters
    names: dict[str, list[str]]  # of module values
    helpers: tuple[str, ...]  # stand-ins for packages that course files import
    framework: str  # what stubs compute with, by its name
    load_seconds: float
    call_seconds: float
    public: Path
    private: Path | None  # None on a student's machine

    @property
    def max_score(self) -> float:
        """The points of all stubs together."""
        return sum(stub.points for stub in self.stubs)

    @property
    def solution(self) -> Path:
        """The file of the reference solution, the one source of the templates. Raises
        AssignmentError where there are two."""
        if self.private is None:
            raise AssignmentError(f"{self.name} is here without its solution")
        return sources.find(self.private)

    @property
    def source(self) -> Source:
        """What stands in the file of the solution. Raises AssignmentError."""
        return sources.read(self.solution)

    @property
    def suite(self) -> list[Path]:
        """The files with the checks: those that students can run, then the hidden ones."""
        hidden = [self.private / "test_hidden.py"] if self.private is not None else []
        return [self.public / "test_public.py", *hidden]

    @property
    def checks(self) -> str:
        """The source of the checks."""
        return "\n".join(path.read_text("utf-8") for path in self.suite)

    @property
    def bank(self) -> Path | None:
        """The file of its known mistakes, if there is one."""
        file = self.private / "misconceptions.py" if self.private else None
        return file if file and file.is_file() else None

    @property
    def parts(self) -> Path | None:
        """The file of the parts that stand in for stubs where checks need it, if there is one. It
        holds solutions, so it is private: where only public checks run, a stub needs the student's
        own parts."""
        file = self.private / "parts.py" if self.private else None
        return file if file and file.is_file() else None

    @cached_property
    def digest(self) -> str:
        """Digest of all that decides about a record (sha256, hexadecimal): names and contents of
        its own files, of the helpers and of the sentences in other languages, and the engine."""
        folders = {"public": self.public, "private": self.private}
        places = {
            f"{part}/{path.relative_to(folder).as_posix()}": path
            for part, folder in folders.items()
            if folder is not None
            for path in (
                *(folder / name for name in DECISIVE),
                *folder.glob("locale/*/LC_MESSAGES/*.mo"),
            )
            if path.is_file()
        }
        for package in self.helpers:
            places |= {
                f"helpers/{path.relative_to(self.helpers_folder).as_posix()}": path
                for path in (self.helpers_folder / package).rglob("*")
                if path.is_file() and "__pycache__" not in path.parts
            }
        files = {name: path.read_bytes() for name, path in places.items()}
        if self.private is not None:
            files["private/solution"] = self.source.digested
        return sha256(f"{engine.digest()} {engine.digest_of(files)}".encode()).hexdigest()

    def require_framework(self) -> Framework:
        """Its framework. Raises UsageError where a package of it is not installed."""
        found = frameworks.named(self.framework)
        if missing := found.missing():
            text = _("{name} needs {packages}, which is not installed here: {command}")
            command = f'pip install "gradebox[{found.extra}]" {found.place}'.strip()
            names = ", ".join(missing)
            raise UsageError(text.format(name=self.name, packages=names, command=command))
        return found

    @property
    def helpers_folder(self) -> Path:
        """Where the stand-ins for packages lie, those of all assignments."""
        return self.public.parent / "helpers"

    def stand_ins(self) -> dict[str, list[tuple[str, str, int]]]:
        """Stand-ins for helper packages that course files import, as cells by module name."""
        found = {}
        for package in self.helpers:
            for path in sorted((self.helpers_folder / package).glob("*.py")):
                name = package if path.stem == "__init__" else f"{package}.{path.stem}"
                cell = str(path.relative_to(self.helpers_folder))
                found[name] = [(cell, path.read_text("utf-8"), 1)]
        return found

    @property
    def contract(self) -> dict[str, Any]:
        """What the sandbox needs to know to find and call stubs; nothing secret."""
        return {
            "stubs": {
                stub.name: {
                    "parameters": list(stub.parameters),
                    "aliases": list(stub.aliases),
                    "ready_made": not stub.forbidden,
                }
                for stub in self.stubs
                if not stub.is_value
            },
            "spellings": self.spellings,
            "names": {stub.name: [] for stub in self.stubs if stub.is_value} | self.names,
        }


class _StubEntry(msgspec.Struct, forbid_unknown_fields=True):
    """What a [[stub]] may say.

    signature: "name(a, b, c=1)"; of a method "Class.name(a, b)", without self; of a value that is
        bound at the top level its name alone, "W".
    points: at most two digits behind the point.
    aliases: other names that are accepted, in any case, with underscores or without, if kind and
        parameters fit; of a method without its class. Those of a value stand in [names].
    forbidden: operations that may not stand in for it; without any, a library's function may.
    """

    signature: str
    points: float
    aliases: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()


class _Limits(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What [limits] may say, in seconds.

    load_seconds: for all that runs when a file is loaded.
    call_seconds: for one call of a stub.
    """

    load_seconds: float = 60.0
    call_seconds: float = 10.0


class _File(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What the private assignment.toml may say.

    title: the heading of reports.
    stub: a table for each stub, [[stub]].
    dataset: one data set, or a list of which the first one that is found is used; `dataset.name`
        tells a check which.
    helpers: packages that the notebook imports and students may not have: folders of
        assignments/helpers/.
    framework: the library that the stubs compute with, "torch", "jax" or "tensorflow".
    limits: the table [limits].
    spellings: a table of other names of parameters, such as K = ["kernel"], so that arguments are
        bound by name in any order.
    names: a table of other names of values at the top level, in the order in which a list of all
        parameters holds them, net(X, params), and of classes whose methods are stubs.
    """

    title: str
    stub: tuple[_StubEntry, ...]
    dataset: str | tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    framework: str = frameworks.TORCH
    limits: _Limits = _Limits()
    spellings: dict[str, Any] = {}
    names: dict[str, Any] = {}


class _PublicFile(_File, forbid_unknown_fields=True, kw_only=True):
    """The public one: a student's folder may have any name."""

    name: str


def load(name: str, root: Path) -> Assignment:
    """Read ``solutions/<name>`` and ``assignments/<name>`` below `root`.

    Raises AssignmentError with the file, the line and what is wrong in it.
    """
    public, private = root / "assignments" / name, root / "solutions" / name
    path = private / "assignment.toml"
    if not path.is_file():
        known = ", ".join(available(root)) or "none"
        raise AssignmentError(
            f"There is no assignment {name!r} below {root}: {path} is missing. Available: {known}."
        )
    document = Document(path)
    assignment = _read(document, document.convert(_File), name, public, private)
    for needed in (assignment.solution, *assignment.suite):
        if not needed.is_file():
            raise AssignmentError(f"The assignment {name!r} is not complete: {needed} is missing.")
    if assignment.parts is not None:
        parsed(assignment.parts, assignment.parts.read_text("utf-8"))
    _verify_helpers(document, assignment)
    _verify_names(document, assignment)
    return assignment


def load_public(folder: Path) -> Assignment:
    """Read the public part of an assignment, as students have it. Raises AssignmentError."""
    document = Document(folder.resolve() / "assignment.toml")
    file = document.convert(_PublicFile)
    return _read(document, file, file.name, folder, None)


def verify(path: Path) -> tuple[Stub, ...]:
    """The stubs of a private assignment.toml. Raises AssignmentError, with the line, if it is wrong
    in itself."""
    document = Document(path)
    assignment = _read(
        document, document.convert(_File), path.parent.name, path.parent, path.parent
    )
    return assignment.stubs


def parsed(path: Path, source: str) -> ast.Module:
    """A Python file of an author with this text. Raises AssignmentError, with the line."""
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise AssignmentError(f"{path}, line {error.lineno}: {error.msg}") from None


def available(root: Path) -> list[str]:
    """Names of the assignments below `root`."""
    return sorted(path.parent.name for path in root.glob("solutions/*/assignment.toml"))


def _read(
    document: Document, file: _File, name: str, public: Path, private: Path | None
) -> Assignment:
    """The assignment of a file whose keys and types are right."""
    names = (file.dataset,) if isinstance(file.dataset, str) else file.dataset
    if private is not None:  # students have no package that brings one: it has the hidden part
        _verify_datasets(document, names)
    if file.framework not in frameworks.available():
        near = suggestion(file.framework, frameworks.available())
        raise document.error(f"there is no framework {file.framework!r}; {near}", "framework")
    for limit, seconds in msgspec.structs.asdict(file.limits).items():
        if not 0 < seconds < math.inf:
            raise document.error(f"{seconds:g} is no number of seconds", "limits", limit)
    values = _other_names(document, "names")
    stubs = tuple(
        _read_stub(document, number, entry, values) for number, entry in enumerate(file.stub)
    )
    if not stubs:
        raise document.error("there is no [[stub]]", "stub")
    _verify_unique(document, stubs)
    spellings = _other_names(document, "spellings")
    parameters = {each.partition("=")[0] for stub in stubs for each in stub.parameters}
    for parameter in spellings:
        if parameter not in parameters:
            near = suggestion(parameter, parameters)
            raise document.error(f"no stub has such a parameter; {near}", "spellings", parameter)
    return Assignment(
        name=name,
        title=file.title,
        datasets=names,
        stubs=stubs,
        spellings=spellings,
        names=values,
        helpers=file.helpers,
        framework=file.framework,
        load_seconds=file.limits.load_seconds,
        call_seconds=file.limits.call_seconds,
        public=public.resolve(),
        private=private.resolve() if private else None,
    )


def _verify_datasets(document: Document, names: tuple[str, ...]) -> None:
    for name in names:
        try:
            datasets.spec_of(name)
        except DatasetError as error:
            raise document.error(str(error), "dataset") from error


def _read_stub(
    document: Document, number: int, entry: _StubEntry, values: dict[str, list[str]]
) -> Stub:
    """A [[stub]]. values: other names of module values."""
    place = ("stub", number)
    is_value = "(" not in entry.signature
    try:
        name, parameters = (
            (_read_value(entry.signature), ()) if is_value else _read_signature(entry.signature)
        )
    except ValueError as error:
        raise document.error(str(error), *place, "signature") from None
    if name in RESERVED:
        raise document.error(f"a stub may not be called {name}", *place, "signature")
    if not 0 <= entry.points < math.inf or round(entry.points, 2) != entry.points:
        text = f"{entry.points:g} is no number of points: it is finite, not negative, and has two "
        text += "digits behind the point at most"
        raise document.error(text, *place, "points")
    if is_value and entry.forbidden:
        raise document.error("a value is not called: it forbids nothing", *place, "forbidden")
    if is_value and entry.aliases:
        text = "other names of a value stand in [names], where checks look for them, too"
        raise document.error(text, *place, "aliases")
    for alias in entry.aliases:
        if not _is_name(alias):
            text = f"{alias!r} is no name (of a method it is written without its class)"
            raise document.error(text, *place, "aliases")
    for operation in entry.forbidden:
        if operation not in known_operations():
            near = suggestion(operation, known_operations())
            text = f"there is no operation {operation!r}; {near}"
            raise document.error(text, *place, "forbidden")
    aliases = tuple(values.get(name, ())) if is_value else entry.aliases
    return Stub(name, entry.points, parameters, aliases, entry.forbidden, is_value)


def _read_value(signature: str) -> str:
    """The name of a value; ValueError for anything else."""
    if not _is_name(signature):
        raise ValueError(f"{signature!r} is neither of the form name(a, b) nor the name of a value")
    return signature


def _read_signature(signature: str) -> tuple[str, tuple[str, ...]]:
    """The name and the parameters as they are written; ValueError for anything else."""
    match = SIGNATURE.fullmatch(signature)
    if match is None or not all(map(_is_name, match["name"].split("."))):
        raise ValueError(f"{signature!r} is not of the form name(a, b)")
    source = f"def stub({match['parameters']}): ..."
    try:
        arguments = ast.parse(source).body[0].args  # type: ignore[attr-defined]
    except SyntaxError as error:
        raise ValueError(f"{signature!r} has no such parameters as Python's: {error.msg}") from None
    names = [argument.arg for argument in arguments.args]
    plain = ast.arguments([], arguments.args, None, [], [], None, arguments.defaults)
    if ast.dump(arguments) != ast.dump(plain) or any(each.annotation for each in arguments.args):
        raise ValueError(f"{signature!r} has parameters that are neither `a` nor `a=value`")
    if len({*names}) < len(names):
        raise ValueError(f"{signature!r} has a parameter twice")
    values = [ast.get_source_segment(source, value) for value in arguments.defaults]
    required = names[: len(names) - len(values)]
    optional = [f"{name}={value}" for name, value in zip(names[len(required) :], values)]
    return match["name"], (*required, *optional)


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)


def _verify_unique(document: Document, stubs: tuple[Stub, ...]) -> None:
    """One name, or other name, may stand for one stub only."""
    taken: dict[str, str] = {}
    for number, stub in enumerate(stubs):
        prefix = stub.name[: stub.name.rfind(".") + 1]  # of a method, its class
        names = [("signature", stub.name), *(("aliases", prefix + each) for each in stub.aliases)]
        for key, name in names:
            if name in taken:
                text = f"{name} stands for the stub {taken[name]} already"
                raise document.error(text, "stub", number, key)
            taken[name] = stub.name


def _other_names(document: Document, section: str) -> dict[str, list[str]]:
    """A table of other names, by the name that the assignment uses."""
    table = document.table.get(section, {})
    found = {name: document.convert(list[str], section, name) for name in table}
    for name, others in found.items():
        for other in others:
            if not _is_name(other) or other == name:
                raise document.error(f"{other!r} is no other name", section, name)
    return found


def _verify_helpers(document: Document, assignment: Assignment) -> None:
    for helper in assignment.helpers:
        folder = assignment.helpers_folder / helper
        if not _is_name(helper) or not folder.is_dir():
            raise document.error(f"there is no folder {folder}", "helpers")


def _verify_names(document: Document, assignment: Assignment) -> None:
    """The keys of [names] are values or classes of the solution, and it binds values that are
    stubs."""
    nodes = list(ast.walk(assignment.source.tree()))
    defined = {node.name for node in nodes if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    bound = {
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    known = defined | bound
    for name in assignment.names:
        if name not in known:
            text = f"the solution has no such value or class; {suggestion(name, known)}"
            raise document.error(text, "names", name)
    for number, stub in enumerate(assignment.stubs):
        if stub.is_value and stub.name not in bound:
            text = f"the solution binds no such value; {suggestion(stub.name, bound)}"
            if stub.name in defined:
                text = f"{stub.name} is called: its signature is of the form name(a, b)"
            raise document.error(text, "stub", number, "signature")
