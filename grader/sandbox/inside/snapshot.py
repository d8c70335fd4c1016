"""What a submission holds, to be put back between the checks that one process answers.

What it cannot put back costs nothing: a check that fails in such a process is run again in a copy
of its own (see sandbox/sandbox.py). Runs inside the box.
"""

from __future__ import annotations

import contextlib
import types
from collections.abc import Iterator
from typing import Any

from grader.sandbox.inside.loader import Program

MOST_OBJECTS = 100_000


class Snapshot:
    """Module values, classes, parameters and the settings of torch, as they are when it is made."""

    def __init__(self, program: Program) -> None:
        import torch

        self.dtype, self.gradients = torch.get_default_dtype(), torch.is_grad_enabled()
        self.spaces = [(space, dict(space)) for space in _namespaces(program)]
        self.classes = [
            (value, dict(vars(value)))
            for _, space in self.spaces
            for value in space.values()
            if isinstance(value, type) and value.__module__ in program.modules
        ]
        self.parameters = []
        for tensor in tensors_of(program):
            with contextlib.suppress(Exception):  # without values yet, or of a kind of its own
                if tensor.requires_grad and tensor.is_leaf:
                    self.parameters.append((tensor, tensor.detach().clone()))

    def restore(self) -> None:
        """Put back all that, of tensors the values of those that have gradients."""
        import torch

        torch.set_default_dtype(self.dtype)
        torch.set_grad_enabled(self.gradients)
        for space, before in self.spaces:
            space.clear()
            space.update(before)
        for cls, before in self.classes:
            _restore_class(cls, before)
        with torch.no_grad():
            for tensor, value in self.parameters:
                tensor.requires_grad_().copy_(value)
                tensor.grad = None


def _restore_class(cls: type, before: dict[str, Any]) -> None:
    for name, value in list(vars(cls).items()):
        if name not in before:
            delattr(cls, name)
        elif before[name] is not value and not isinstance(value, types.GetSetDescriptorType):
            setattr(cls, name, before[name])


def tensors_of(program: Program) -> Iterator[Any]:
    """The tensors among the values of a submission's modules, and in what they hold: containers,
    networks, objects of the submission's own classes."""
    import torch

    seen: set[int] = set()
    todo: list[Any] = [value for space in _namespaces(program) for value in space.values()]
    while todo and len(seen) < MOST_OBJECTS:
        value = todo.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, (list, tuple, set)):
            todo += value
        elif isinstance(value, dict):
            todo += value.values()
        elif isinstance(value, torch.nn.Module) or type(value).__module__ in program.modules:
            todo += getattr(value, "__dict__", {}).values()


def _namespaces(program: Program) -> list[dict[str, Any]]:
    return [vars(module) for module in program.modules.values()]
