"""A submission on a device other than the processor.

Its text need not speak of a device. So what its top level has made is moved there as it is, object
by object: every name and list that holds a tensor then holds the moved one. Runs inside the box.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any

FAKE = "fake"  # a second device without a GPU, for tests: see fake_device.py


def start(device: str, gpu_bytes: int) -> None:
    """Make a device usable in this process, of a GPU's memory up to so much (0: all)."""
    if device == "cuda" and gpu_bytes:
        import torch

        total = torch.cuda.get_device_properties(0).total_memory
        torch.cuda.set_per_process_memory_fraction(min(1.0, gpu_bytes / total))
    if device == FAKE:
        from grader.sandbox.inside import fake_device

        fake_device.install()


def move_values(tensors: Iterable[Any], device: str) -> None:
    """Move all tensors that the submission's top level holds, in networks too, to the device."""
    for tensor in list(tensors):
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
