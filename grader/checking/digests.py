"""What decides about the results of each stub, as digests: a change of its checks shows there, and
whoever has results of before need run only these again.

The checks of a stub are compared with all that they reach in their file, as trees: comments and
layout change nothing, and neither do weights, from which points are computed later.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from grader.checking.marks import Check
from grader.course import engine, misconceptions
from grader.course.assignment import Assignment
from grader.course.strict_toml import Document
from grader.i18n import words
from grader.sandbox.inside.definitions import FUNCTIONS
from grader.sandbox.inside.uses import Use, functions_in, use_of

# Keys of a record's digests, before the stub's name.
CHECKS, NAMES = "checks of ", "names of "


def of_stubs(checks: Sequence[Check], assignment: Assignment) -> dict[str, str]:
    """For each stub a digest of what its checks can see, and one of its known mistakes, by the keys
    of a record's digests."""
    common = _common(assignment)
    modules = {path: _Module(path) for path in assignment.suite}
    reached: dict[str, set[str]] = {stub.name: set() for stub in assignment.stubs}
    for check in checks:
        reached[check.stub] |= modules[Path(check.item.path)].reached(check.item.originalname)
    names: dict[str, list[str]] = defaultdict(list)
    for mistake in misconceptions.of(assignment):
        names[mistake.stub].append(repr(mistake))
    found = {CHECKS + stub: _digest(common, *sorted(parts)) for stub, parts in reached.items()}
    return found | {NAMES + stub: _digest(*names[stub]) for stub in reached}


def _common(assignment: Assignment) -> str:
    """Of what every check may see: the engine, the solution, parts, helpers, sentences in the
    language, and the assignment's file without points and title."""
    private = assignment.private or assignment.public
    folders = [assignment.helpers_folder / package for package in assignment.helpers]
    paths = [path for folder in folders for path in folder.rglob("*.py")]
    paths += [file for file in (private / "parts.py",) if file.is_file()]
    for folder in {assignment.public, private}:
        paths += folder.glob(f"locale/{words.language()}/LC_MESSAGES/*.mo")
    root = assignment.public.parents[1]
    files = {str(path.relative_to(root)): path.read_bytes() for path in paths}
    if assignment.private is not None:
        files["solution"] = assignment.source.digested
    table = Document(private / "assignment.toml").table
    entries = [{**entry, "points": None} for entry in table["stub"]]
    contract = {**table, "title": None, "stub": entries}
    said = msgspec.json.encode(contract, order="sorted").decode()
    return _digest(engine.digest(), engine.digest_of(files), said)


class _Module:
    """A file of checks: its statements, and which names they bind and look up."""

    def __init__(self, path: Path) -> None:
        self.nodes = ast.parse(path.read_text("utf-8")).body
        functions = functions_in(self.nodes)
        self.uses = [use_of(node, functions) for node in self.nodes]
        self.texts = [ast.dump(_without_weight(node)) for node in self.nodes]
        self.settings = [text for text, use in zip(self.texts, self.uses) if _is_setting(use)]

    def reached(self, name: str) -> set[str]:
        """The statements behind a function of this name, as text: what binds a name that they look
        up, or may change its object. Parameters are looked up, too: fixtures have names."""
        known, waiting = set[str](), [name]
        found = set(self.settings)
        while waiting:
            name = waiting.pop()
            if name in known:
                continue
            known.add(name)
            for node, use, text in zip(self.nodes, self.uses, self.texts):
                changes = use.stores | use.changes if not isinstance(node, FUNCTIONS) else set()
                if name in use.binds | changes:
                    found.add(text)
                    waiting += use.reads | set(_parameters(node))
        return found


def _is_setting(use: Use) -> bool:
    """Whether a statement may change anything: names that it binds are not to be seen."""
    return use.is_dynamic or not use.binds


def _parameters(node: ast.stmt) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.arg):
            yield part.arg


def _without_weight(node: ast.stmt) -> Any:
    marks = getattr(node, "decorator_list", [])
    marks[:] = [mark for mark in marks if "pytest.mark.weight(" not in ast.unparse(mark)]
    return node


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
