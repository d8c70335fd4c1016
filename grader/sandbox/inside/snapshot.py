"""What a submission holds, to be put back between the checks that one process answers.

What it cannot put back costs nothing: a check that fails in such a process is run again in a copy
of its own (see sandbox/sandbox.py). Runs inside the box.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

from grader.sandbox.inside.frameworks import Framework
from grader.sandbox.inside.loader import Program

MOST_OBJECTS = 100_000


class Snapshot:
    """Module values, classes, and what the framework keeps (of PyTorch parameters and settings), as
    they are when it is made."""

    def __init__(self, program: Program, framework: Framework) -> None:
        self.spaces = [(space, dict(space)) for space in _namespaces(program)]
        self.classes = [
            (value, dict(vars(value)))
            for _, space in self.spaces
            for value in space.values()
            if isinstance(value, type) and value.__module__ in program.modules
        ]
        self.put_back = framework.snapshot(arrays_of(program, framework))

    def restore(self) -> None:
        """Put back all that."""
        for space, before in self.spaces:
            space.clear()
            space.update(before)
        for cls, before in self.classes:
            _restore_class(cls, before)
        self.put_back()


def _restore_class(cls: type, before: dict[str, Any]) -> None:
    for name, value in list(vars(cls).items()):
        if name not in before:
            delattr(cls, name)
        elif before[name] is not value and not isinstance(value, types.GetSetDescriptorType):
            setattr(cls, name, before[name])


def arrays_of(program: Program, framework: Framework) -> Iterator[Any]:
    """The arrays among the values of a submission's modules, and in what they hold: containers,
    networks, objects of the submission's own classes."""
    seen: set[int] = set()
    todo: list[Any] = [value for space in _namespaces(program) for value in space.values()]
    while todo and len(seen) < MOST_OBJECTS:
        value = todo.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if framework.is_array(value):
            yield value
        elif isinstance(value, (list, tuple, set)):
            todo += value
        elif isinstance(value, dict):
            todo += value.values()
        elif framework.is_network(value) or type(value).__module__ in program.modules:
            todo += getattr(value, "__dict__", {}).values()


def _namespaces(program: Program) -> list[dict[str, Any]]:
    return [vars(module) for module in program.modules.values()]
