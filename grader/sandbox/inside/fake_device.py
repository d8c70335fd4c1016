"""Theory of operation: a second device without a GPU, to see which code keeps to one device.

After `install()` a tensor may be on "fake:0". Its numbers lie in a CPU tensor inside, `raw`, and
each operation runs there: results are those of the CPU, random numbers too. But the rules are those
of CUDA: a CPU tensor of one dimension or more that meets it raises, `.numpy()` raises, a generator
has a device as well, and once a backward pass has run, on the CPU too, no forked child can run one.
What this does not show is CUDA's start, its memory and its rounding. LSTM and GRU do not run on it,
and a process may end where, within a backward pass, a hook raises or two devices meet.

PyTorch has a hook for devices written in Python. An operation comes here in three ways:

    with a tensor of the device     DeviceTensor.__torch_dispatch__
    without, as torch.empty         the fallback for the device
    within torch.tensor             kernels of their own: PyTorch sets subclasses aside there, and
                                    does not find the fallback for what is one

This file runs inside the box as well: it imports the standard library and torch only.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import Any

import torch
from torch.utils import backend_registration

NAME, DEVICE = "fake", "fake:0"

DATA: Any = torch._C.TensorBase.data  # the property as PyTorch made it
aten = torch.ops.aten
INDEXING = (aten.index, aten.index_put, aten.index_put_, aten._index_put_impl_)

_libraries: list[torch.library.Library] = []  # what they register ends with them
_generators: weakref.WeakSet[Any] = weakref.WeakSet()


def install() -> None:
    """Make the device known to this process, for ever. RuntimeError where PyTorch is too old."""
    if _libraries:
        return
    setup = getattr(backend_registration, "_setup_privateuseone_for_python_backend", None)
    if setup is None:
        raise RuntimeError(f'device "{NAME}" needs PyTorch 2.10 or newer, not {torch.__version__}')
    setup(NAME)
    module: Any = torch.get_device_module(NAME)
    module.get_amp_supported_dtype = lambda: [torch.bfloat16]  # asked for on the CPU as well
    every, single = torch.library.Library("_", "IMPL"), torch.library.Library("aten", "IMPL")
    _libraries.extend((every, single))
    every.fallback(_run, "PrivateUse1")
    for operation in (aten.copy_.default, aten._local_scalar_dense.default):
        single.impl(operation, functools.partial(_run, operation), "PrivateUse1")
    # A loader that is told to pins memory as soon as there is a device.
    single.impl("_pin_memory", lambda tensor, device=None: tensor.clone(), "CPU")
    torch.serialization.add_safe_globals([DeviceTensor])
    vars(torch)["Generator"] = Generator
    _let_tensors_move()


class DeviceTensor(torch.Tensor):
    """A tensor on the device, around the CPU tensor that has its numbers."""

    raw: torch.Tensor

    def __new__(cls, raw: torch.Tensor) -> DeviceTensor:
        size: Any = (raw.size(), raw.stride(), raw.storage_offset())
        kind: Any = {"dtype": raw.dtype, "layout": raw.layout, "device": torch.device(DEVICE)}
        with torch.inference_mode(False):  # in it PyTorch can't make a view of an older tensor
            tensor = torch.Tensor._make_wrapper_subclass(cls, *size, **kind)
        tensor.raw = raw
        return tensor

    @classmethod
    def __torch_function__(
        cls, function: Any, types: Any, args: tuple[Any, ...] = (), named: Any = None
    ) -> Any:
        # Beside a mode that watches operations PyTorch makes no index of the device from a list.
        if function in (torch.Tensor.__getitem__, torch.Tensor.__setitem__):
            args = (args[0], _index(args[1]), *args[2:])
        with torch._C.DisableTorchFunctionSubclass():
            return function(*args, **named or {})

    @classmethod
    def __torch_dispatch__(  # type: ignore[override]
        cls, operation: Any, types: Any, args: tuple[Any, ...] = (), named: Any = None
    ) -> Any:
        return _run(operation, *args, **named or {})

    # What PyTorch does for a plain tensor only, or by reading memory that is not there.

    def __repr__(self, *, tensor_contents: Any = None) -> str:  # type: ignore[override]
        start = "Parameter containing:\n" if isinstance(self, torch.nn.Parameter) else ""
        end = ", requires_grad=True" if self.requires_grad else ""
        if self.grad_fn is not None:
            end = f", grad_fn=<{type(self.grad_fn).__name__}>"
        return f"{start}{repr(self.raw)[:-1]}, device='{DEVICE}'{end})"

    def __format__(self, spec: str) -> str:
        return format(self.raw, spec) if spec or self.dim() == 0 else str(self)

    def tolist(self) -> Any:
        return self.raw.tolist()

    def numpy(self, *, force: bool = False) -> Any:
        if force:
            return self.raw.numpy(force=True)
        raise TypeError(
            f"can't convert {DEVICE} device type tensor to numpy. "
            "Use Tensor.cpu() to copy the tensor to host memory first."
        )

    def backward(self, gradient: Any = None, *args: Any, **named: Any) -> None:
        if gradient is not None:  # of a subclass PyTorch does not check it
            _check_devices(aten.mul.Tensor, (self, gradient), {})
        super().backward(gradient, *args, **named)


def _index(index: Any) -> Any:
    """With a CPU tensor for each list of numbers, as CUDA takes it too."""
    if isinstance(index, tuple):
        return tuple(map(_index, index))
    return torch.tensor(list(index)) if isinstance(index, (list, range)) else index


# ------------------------------------------------------------------------------ operations


def _run(operation: Any, /, *args: Any, **named: Any) -> Any:
    """Carry out an operation on the CPU tensors inside.

    What it makes is on the device, unless its `device` is another.
    """
    _check_generator(named.get("generator"))
    if operation is not aten.copy_.default:
        _check_devices(operation, args, named)
    result = operation(*_each(_inside, args), **_each(_inside, named))
    device = named.get("device")
    if device is not None and device.type != NAME:
        return result
    if operation._schema.is_mutable:
        _each(_resize, (args, named))
    return _each(lambda v: DeviceTensor(v) if isinstance(v, torch.Tensor) else v, result)


def _each(change: Callable[[Any], Any], value: Any) -> Any:
    """The value changed, or a list, tuple or dict with each of its values changed."""
    if isinstance(value, (list, tuple)):
        return type(value)(_each(change, item) for item in value)
    if isinstance(value, dict):
        return {name: _each(change, item) for name, item in value.items()}
    return change(value)


def _inside(value: Any) -> Any:
    if isinstance(value, torch.device) and value.type == NAME:
        return torch.device("cpu")
    return value.raw if isinstance(value, DeviceTensor) else value


def _resize(value: Any) -> None:
    """Follow the tensor inside, whose size an operation in place may have changed."""
    if _on_device(value) and (value.shape, value.stride()) != (value.raw.shape, value.raw.stride()):
        DATA.__set__(value, DeviceTensor(value.raw))


def _check_devices(operation: Any, args: tuple[Any, ...], named: dict[str, Any]) -> None:
    """Raise where CUDA would: of the CPU it takes indices, and single numbers that it reads."""
    if operation.overloadpacket in INDEXING:
        args, indices = (args[0], *args[2:]), args[1]
        if not _on_device(args[0]) and any(map(_on_device, indices)):
            raise RuntimeError(
                "indices should be either on cpu or on the same device as the indexed tensor (cpu)"
            )
    values: list[Any] = []
    _each(values.append, (args, named))
    written = args[0] if operation._schema.is_mutable else None
    found = {
        str(value.device)
        for value in values
        if isinstance(value, torch.Tensor)
        if _on_device(value) or value.dim() or value is written or operation is aten.stack.default
    }
    if len(found) > 1:
        raise RuntimeError(
            "Expected all tensors to be on the same device, but found at least two devices, "
            f"{' and '.join(sorted(found, reverse=True))}! (in {operation})"
        )


def _on_device(value: Any) -> bool:
    return isinstance(value, DeviceTensor)


# ------------------------------------------------------------------------------ generators


class _Kind(type(torch.Generator)):  # type: ignore[misc]
    """Makes each generator of PyTorch an instance of the class that stands in for theirs."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, torch._C.Generator)


class Generator(torch._C.Generator, metaclass=_Kind):
    """Stands in for torch.Generator: makes one of the CPU, or one of the device around it."""

    def __new__(cls, device: Any = None) -> Any:
        if device is None or torch.device(device).type != NAME:
            return torch._C.Generator(device)
        generator = super().__new__(cls, "cpu")  # type: ignore[call-arg]
        _generators.add(generator)
        return generator

    @property
    def device(self) -> torch.device:  # type: ignore[override]
        return torch.device(DEVICE)


def _check_generator(generator: Any) -> None:
    # What an operation is given is a new object around the same generator.
    if generator is not None and all(made._cdata != generator._cdata for made in _generators):
        raise RuntimeError(f"Expected a '{NAME}' device type for generator but found 'cpu'")


# ------------------------------------------------------------------------------ moves


def _let_tensors_move() -> None:
    """Let `tensor.data = other` cross devices as with CUDA; `nn.Module.to` then makes use of it."""
    suits: Any = torch._has_compatible_shallow_copy_type

    def assign(tensor: torch.Tensor, other: torch.Tensor) -> None:
        if _on_device(tensor) is not _on_device(other):
            _become(tensor, other)
            return
        DATA.__set__(tensor, other)
        if isinstance(other, DeviceTensor):
            vars(tensor)["raw"] = other.raw

    @functools.wraps(suits)  # the compiler of PyTorch compares signatures when it is imported
    def may_assign(tensor: torch.Tensor, other: torch.Tensor) -> bool:
        return _on_device(tensor) or _on_device(other) or suits(tensor, other)

    setattr(torch.Tensor, "data", property(DATA.__get__, assign))  # noqa: B010 (types)
    vars(torch)["_has_compatible_shallow_copy_type"] = may_assign


def _become(tensor: torch.Tensor, other: torch.Tensor) -> None:
    """The object itself moves, with its gradient, and so under each name that it has."""
    moved = other.detach()
    if isinstance(tensor, torch.nn.Parameter):
        moved = torch.nn.Parameter(moved, requires_grad=False)
    moved.requires_grad_(tensor.requires_grad)
    gradient, tensor.grad = tensor.grad, None
    torch.utils.swap_tensors(tensor, moved)
    if gradient is not None:
        tensor.grad = gradient.to(tensor.device)
