"""Where and how the stubs are defined in an upload: read from the source, nothing is run."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from grader.course.assignment import Stub
from grader.sandbox.inside.definitions import DEFINITIONS, Definition, Index
from grader.submissions.reading import Submission


def places(upload: Submission, stubs: Iterable[Stub]) -> dict[str, str]:
    """The place of each stub's last definition, by the stub's name: "ada.py, line 12" or
    "cell 3, line 1". Stubs that are not defined are left out; the main file goes before others."""
    found = {stub.name: definition_of(upload.index, stub) for stub in stubs}
    return {name: each.place_of(each.node) for name, each in found.items() if each}


def source(upload: Submission, stub: Stub) -> str | None:
    """The text of a stub's definition by def or class, at the margin and without decorators; None
    if there is none."""
    found = definition_of(upload.index, stub)
    if found is None or not isinstance(found.node, DEFINITIONS):
        return None
    return textwrap.dedent(found.text_of(found.node))


def definition_of(index: Index, stub: Stub) -> Definition | None:
    """A stub's definition under its own name, or else under the most usual other one; of a method,
    in its class."""
    owner, dot, _ = stub.name.rpartition(".")
    names = [stub.name, *(owner + dot + alias for alias in stub.aliases)]
    return next((index.definitions[name] for name in names if name in index.definitions), None)
