"""A submission on a device other than the processor.

Its text need not speak of a device. So what its top level has made is moved there as it is, object
by object: every name and list that holds a tensor then holds the moved one. A process that has
started CUDA cannot be forked, so one of them answers several checks; `Snapshot` puts back between
them what a check may have changed. What it cannot put back costs nothing: a failure there is tried
again in a fresh copy (see sandbox/sandbox.py).
Runs inside the box.
"""

from __future__ import annotations

import contextlib
import types
from collections.abc import Iterator
from typing import Any

from grader.sandbox.inside.loader import Program

FAKE = "fake"  # a second device without a GPU, for tests: see fake_device.py
MOST_OBJECTS = 100_000


def start(device: str, gpu_bytes: int) -> None:
    """Make a device usable in this process, of a GPU's memory up to so much (0: all)."""
    if device == "cuda" and gpu_bytes:
        import torch

        total = torch.cuda.get_device_properties(0).total_memory
        torch.cuda.set_per_process_memory_fraction(min(1.0, gpu_bytes / total))
    if device == FAKE:
        from grader.sandbox.inside import fake_device

        fake_device.install()


def move_values(program: Program, device: str) -> None:
    """Move all tensors that the submission's top level holds, in networks too, to the device."""
    for tensor in list(_tensors(program)):
        if tensor.device.type == "cpu":
            with contextlib.suppress(Exception):  # what meets it is confirmed on the processor
                _move(tensor, device)


def moved(value: Any, device: str) -> Any:
    """What a stub made, on the device if it is a network; anything else as it is."""
    import torch

    return value.to(device) if isinstance(value, torch.nn.Module) else value


def asks_for_a_device(contract: dict[str, Any], stub: str) -> bool:
    """Whether the stub's text tells students where it has to compute."""
    found = contract["stubs"].get(stub, {"parameters": []})
    return "device" in {parameter.partition("=")[0] for parameter in found["parameters"]}


def _move(tensor: Any, device: str) -> None:
    """Put the tensor's values on the device, in the same object. Raises where it has none yet, as
    in a layer that waits for its first input, or is of a kind that the device does not know."""
    import torch

    other = tensor.detach().to(device)
    if isinstance(tensor, torch.nn.Parameter):
        other = torch.nn.Parameter(other, tensor.requires_grad)
    else:
        other.requires_grad_(tensor.requires_grad)
    if tensor.is_leaf and tensor.grad is not None:
        other.grad = tensor.grad.to(device)
    try:
        torch.utils.swap_tensors(tensor, other)
    except RuntimeError:  # something holds on to its memory, such as a graph
        with contextlib.suppress(RuntimeError):
            tensor.data = other.data


def _tensors(program: Program) -> Iterator[Any]:
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


class Snapshot:
    """What the modules of a submission hold, to be put back after a check."""

    def __init__(self, program: Program) -> None:
        self.spaces = [(space, dict(space)) for space in _namespaces(program)]
        self.classes = [
            (value, dict(vars(value)))
            for _, space in self.spaces
            for value in space.values()
            if isinstance(value, type) and value.__module__ in program.modules
        ]
        self.parameters = []
        for tensor in _tensors(program):
            with contextlib.suppress(Exception):  # without values yet, or of a kind of its own
                if tensor.requires_grad and tensor.is_leaf:
                    self.parameters.append((tensor, tensor.detach().clone()))

    def restore(self) -> None:
        """Put back module values, classes, and the values of tensors that have gradients."""
        import torch

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
