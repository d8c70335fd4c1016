"""What arrives is rebuilt so that code can treat it as its own: whatever PyTorch and numpy let one
do with a fresh tensor or array, they let one do with one that has travelled."""

from __future__ import annotations

import copy
import functools
import io
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.sandbox.inside import protocol
from grader.sandbox.inside.protocol import Message

DTYPES = [getattr(torch, name) for name in protocol.DTYPES]
fuzz = functools.partial(settings, deadline=None, derandomize=True, database=None)


def refuse(value: object) -> None:
    """Nothing but plain values travels here."""
    raise AssertionError(value)


def travelled(value: Any) -> Any:
    """The value as the other side has it."""
    node, buffers = protocol.pack(value, refuse)
    return protocol.unpack(Message("value", 0, node, [bytearray(b) for b in buffers]), refuse)


def fresh(value: torch.Tensor) -> torch.Tensor:
    """What plain torch has instead: dense, its own, a leaf."""
    dense = torch.empty(value.shape, dtype=value.dtype).copy_(value.detach())
    return dense.requires_grad_(value.requires_grad)


def saved(tensor: torch.Tensor) -> Any:
    file = io.BytesIO()
    torch.save(tensor, file)
    file.seek(0)
    return torch.load(file)


def grown(storage: torch.UntypedStorage) -> int:
    """Its size in bytes when it is larger than before, and all zero: no value is left to chance."""
    storage.resize_(storage.nbytes() + 8)
    storage.fill_(0)
    return storage.nbytes()


def as_gradient(tensor: torch.Tensor, use: Callable[[torch.Tensor], Any]) -> Any:
    """Make it the gradient of a parameter, as a check does, and use that."""
    parameter = torch.zeros_like(tensor).requires_grad_()
    parameter.grad = tensor.detach() if tensor.requires_grad else tensor
    return use(parameter.grad)


OPERATIONS: dict[str, Callable[[torch.Tensor], Any]] = {
    "detach_": lambda t: t.detach_(),
    "resize_": lambda t: t.resize_(2, 3).zero_(),
    "resize_ of the storage": lambda t: grown(t.untyped_storage()),
    "size of the storage": lambda t: t.untyped_storage().nbytes(),
    "zero_": lambda t: t.zero_(),
    "fill_": lambda t: t.fill_(1),
    "add_": lambda t: t.add_(1),
    "mul_": lambda t: t.mul_(2),
    "masked": lambda t: t.__setitem__(t > 0, 0),
    "set_": lambda t: t.set_(torch.ones(3, dtype=t.dtype)),
    "set_ to nothing": lambda t: t.set_(),
    "transpose_": lambda t: t.transpose_(0, -1),
    "t_": lambda t: t.t_(),
    "squeeze_": lambda t: t.squeeze_(),
    "unsqueeze_": lambda t: t.unsqueeze_(0),
    "as_strided_": lambda t: t.as_strided_((1,), (1,)),
    "view": lambda t: t.view(-1),
    "view of bytes": lambda t: t.view(torch.uint8),
    "requires_grad_": lambda t: t.requires_grad_(),
    "requires no grad": lambda t: t.requires_grad_(False),
    "data": lambda t: setattr(t, "data", torch.ones(4, dtype=t.dtype)),
    "data in place": lambda t: t.data.add_(1),
    "data resized": lambda t: t.data.resize_(1).zero_(),
    "backward": lambda t: (t * 2).sum().backward(),
    "no_grad in place": lambda t: torch.no_grad()(t.sub_)(1),
    "detach_ of a gradient": lambda t: as_gradient(t, lambda grad: grad.detach_()),
    "zero_ of a gradient": lambda t: as_gradient(t, lambda grad: grad.zero_()),
    "resize_ of a gradient": lambda t: as_gradient(t, lambda grad: grad.resize_(1).zero_()),
    "share_memory_": lambda t: t.share_memory_(),
    "numpy": lambda t: torch.from_numpy(np.add(t.numpy(), 1)),
    "numpy in place": lambda t: t.numpy().fill(1),
    "deepcopy": copy.deepcopy,
    "pickle": lambda t: pickle.loads(pickle.dumps(t)),
    "save": saved,
    "Parameter": lambda t: torch.nn.Parameter(t),
    "facts": lambda t: (t.is_leaf, t._is_view(), t.is_contiguous(), t.storage_offset()),
    "swapped": lambda t: t.copy_(torch.zeros(())),
}


# PyTorch itself crashes where one that is shared is resized.
IN_ANY_ORDER = sorted(OPERATIONS.keys() - {"share_memory_"})


def outcome(tensor: torch.Tensor, names: list[str]) -> list[Any]:
    """What the operations give one after the other, and what the tensor is after each."""
    seen = []
    for name in names:
        try:
            result = OPERATIONS[name](tensor)
        except Exception as error:
            result = type(error)
        seen.append([told(part) for part in (result, tensor, tensor.grad)])
    return seen


def told(value: Any) -> Any:
    """All that there is to know about a tensor, comparable."""
    if not isinstance(value, torch.Tensor):
        return value
    values = value.detach().double().flatten().tolist()
    facts = (value.dtype, value.shape, value.stride(), value.requires_grad, value.is_leaf)
    return type(value), facts, value.is_shared(), str(values)


@st.composite
def tensors(draw: st.DrawFn) -> torch.Tensor:
    """Of every type, shape and layout that a program may have, views of larger ones among them."""
    dtype = draw(st.sampled_from(DTYPES))
    shape = draw(st.lists(st.integers(0, 3), max_size=3))
    value = torch.arange(int(np.prod([2 * size + 1 for size in shape]))).remainder(5)
    value = value.reshape([2 * size + 1 for size in shape]).to(dtype)
    for dim, size in enumerate(shape):  # at an offset, with steps
        value = value.narrow(dim, draw(st.integers(0, 1)), 2 * size)[
            (slice(None),) * dim + (slice(None, None, 2),)
        ]
    if shape and draw(st.booleans()):
        value = value.permute(*draw(st.permutations(range(len(shape)))))
    if draw(st.booleans()):
        value = value[..., None]
    if draw(st.booleans()):
        value = value.sum().to(dtype).expand(draw(st.sampled_from([(), (2,), (3, 1), (0, 2)])))
    if draw(st.booleans()) and value.dim():
        strides = [stride if n != 1 else 7 for n, stride in zip(value.shape, value.stride())]
        value = value.as_strided(value.shape, strides)
    if value.is_floating_point() and draw(st.booleans()):
        value = value.requires_grad_() if draw(st.booleans()) else value.requires_grad_() * 1
    return value


@fuzz(max_examples=150)
@given(tensors())
def test_every_layout_arrives(value: torch.Tensor) -> None:
    """Whatever its strides, a tensor arrives with the values that it shows, dense."""
    assert told(travelled(value)) == told(fresh(value))


@fuzz(max_examples=400)
@given(tensors(), st.lists(st.sampled_from(IN_ANY_ORDER), min_size=1, max_size=4))
def test_rebuilt_tensor_is_as_good_as_a_fresh_one(value: torch.Tensor, names: list[str]) -> None:
    """What may be done to a clone may be done to it, with the same results; what may not raises the
    same exception."""
    assert outcome(travelled(value), names) == outcome(fresh(value), names)


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("shape", [(), (0,), (2, 3)], ids=str)
def test_each_operation(name: str, shape: tuple[int, ...]) -> None:
    """Each operation alone, on floats."""
    value = torch.ones(shape)

    assert outcome(travelled(value), [name]) == outcome(fresh(value), [name])


@pytest.mark.parametrize(
    "make",
    [
        lambda y: torch.from_numpy(y[:, None]),
        lambda y: torch.from_numpy(y[::2, None][:1]),
        lambda y: torch.from_numpy(y).as_strided((1, 1), (5, 3)),
        lambda y: torch.complex(torch.from_numpy(y), torch.from_numpy(y)).conj().imag,
    ],
    ids=["column", "one row", "odd strides", "negated view"],
)
def test_views_with_odd_strides_arrive(make: Callable[[Any], torch.Tensor]) -> None:
    """Beside a size of 1 a stride may be anything; a view may be a negated one."""
    value = make(np.arange(4.0))

    assert told(travelled(value)) == told(fresh(value))


@pytest.mark.parametrize(
    "value",
    [np.zeros((2, 3)), np.zeros(()), np.zeros((0, 2)), np.ones(3) > 0, np.arange(9)[::5][:1]],
    ids=["matrix", "number", "nothing", "bools", "odd strides"],
)
def test_rebuilt_array_owns_its_memory(value: np.ndarray) -> None:
    """An array may be written to and resized."""
    arrived = travelled(value)

    assert (arrived.flags.owndata, arrived.flags.writeable) == (True, True)
    assert np.array_equal(arrived, value)
    arrived[...] = 1
    arrived.resize(2, 2)
