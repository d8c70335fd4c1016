"""An assignment as its author wrote it: assignment.toml and the files beside it.

``assignments/<name>/`` is public; ``solutions/<name>/`` is private and holds assignment.toml,
solution.py, misconceptions.py and test_hidden.py. The public folder has an assignment.toml of its
own, cut from the private one by templates.py, so that students can run the public checks.
"""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from grader.errors import AssignmentError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SIGNATURE = re.compile(r"^(?P<name>\w+(\.\w+)?)\((?P<parameters>[^()]*)\)$")
RESERVED = {"bind", "data", "supply"}  # attributes of the submission


@dataclass(frozen=True)
class Stub:
    """A function, a class or a method that students write: its contract and its points."""

    name: str  # of a method: "Classifier.loss"
    points: float
    parameters: tuple[str, ...]  # as they are written: "y", "averaged=True"
    aliases: tuple[str, ...]
    forbidden: tuple[str, ...]  # operations that may not stand in for it


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
        """The reference solution, the one source of the templates."""
        if self.private is None:
            raise AssignmentError(f"{self.name} is here without its solution")
        return self.private / "solution.py"

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
        """The file of the parts that checks supply in the place of stubs, if there is one."""
        file = self.private / "parts.py" if self.private else None
        return file if file and file.is_file() else None

    @cached_property
    def digest(self) -> str:
        """Digest of everything that decides about a record (sha256, hexadecimal)."""
        if self.private is None:
            parts = [self.public / "assignment.toml", *self.suite]
        else:
            parts = [self.private / "assignment.toml", self.solution, *self.suite]
        parts += [path for path in (self.bank, self.parts) if path]
        return sha256(b"".join(sha256(path.read_bytes()).digest() for path in parts)).hexdigest()

    def stand_ins(self) -> dict[str, list[tuple[str, str, int]]]:
        """Stand-ins for helper packages that course files import, as cells by module name."""
        folder = self.public.parent / "helpers"
        found = {}
        for package in self.helpers:
            for path in sorted((folder / package).glob("*.py")):
                name = package if path.stem == "__init__" else f"{package}.{path.stem}"
                found[name] = [(str(path.relative_to(folder)), path.read_text("utf-8"), 1)]
        return found

    @property
    def contract(self) -> dict[str, Any]:
        """What the sandbox needs to know to find and call stubs; nothing secret."""
        return {
            "stubs": {
                stub.name: {"parameters": list(stub.parameters), "aliases": list(stub.aliases)}
                for stub in self.stubs
            },
            "spellings": self.spellings,
            "names": self.names,
        }


def load(name: str, root: Path) -> Assignment:
    """Read ``solutions/<name>`` and ``assignments/<name>`` below `root`.

    Raises AssignmentError with the file and what is wrong in it.
    """
    public, private = root / "assignments" / name, root / "solutions" / name
    path = private / "assignment.toml"
    if not path.is_file():
        known = ", ".join(available(root)) or "none"
        raise AssignmentError(
            f"There is no assignment {name!r} below {root}: {path} is missing. Available: {known}."
        )
    assignment = _read_file(path, name, public.resolve(), private.resolve())
    for needed in (assignment.solution, *assignment.suite):
        if not needed.is_file():
            raise AssignmentError(f"The assignment {name!r} is not complete: {needed} is missing.")
    return assignment


def load_public(folder: Path) -> Assignment:
    """Read the public part of an assignment, as students have it. Raises AssignmentError."""
    public = folder.resolve()
    return _read_file(public / "assignment.toml", "", public, None)


def available(root: Path) -> list[str]:
    """Names of the assignments below `root`."""
    return sorted(path.parent.name for path in root.glob("solutions/*/assignment.toml"))


def _read_file(path: Path, name: str, public: Path, private: Path | None) -> Assignment:
    """Read an assignment.toml. name: of the assignment, if the file does not say it."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        return _read(name or table["name"], table, public, private)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise AssignmentError(f"{path}: {_explain(error)}") from None


def _read(name: str, table: dict[str, Any], public: Path, private: Path | None) -> Assignment:
    limits = table.get("limits", {})
    stubs = tuple(_read_stub(entry) for entry in table["stub"])
    names = [stub.name for stub in stubs]
    if len(set(names)) < len(names):
        raise ValueError("two stubs have the same name")
    if RESERVED & set(names):
        raise ValueError(f"a stub may not be called {' or '.join(sorted(RESERVED))}")
    return Assignment(
        name=name,
        title=table["title"],
        datasets=_listed(table.get("dataset", [])),
        stubs=stubs,
        spellings=table.get("spellings", {}),
        names=table.get("names", {}),
        helpers=tuple(table.get("helpers", ())),
        load_seconds=float(limits.get("load_seconds", 60)),
        call_seconds=float(limits.get("call_seconds", 10)),
        public=public,
        private=private,
    )


def _read_stub(entry: dict[str, Any]) -> Stub:
    match = SIGNATURE.match(entry["signature"])
    if match is None:
        raise ValueError(f"the signature {entry['signature']!r} is not of the form name(a, b)")
    parameters = tuple(p.replace(" ", "") for p in match["parameters"].split(",") if p.strip())
    points = float(entry["points"])
    if points < 0:
        raise ValueError(f"the points of {match['name']} are negative")
    if not math.isfinite(points):
        raise ValueError(f"the points of {match['name']} are no finite number")
    return Stub(
        name=match["name"],
        points=points,
        parameters=parameters,
        aliases=tuple(entry.get("aliases", ())),
        forbidden=tuple(entry.get("forbidden", ())),
    )


def _listed(names: str | list[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _explain(error: Exception) -> str:
    return f"the entry {error} is missing" if isinstance(error, KeyError) else str(error)
