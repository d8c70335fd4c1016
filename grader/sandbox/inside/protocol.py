"""The closed codec: which values may cross between the trusted side and a box, and how.

A value becomes one tree of typed nodes and raw buffers; channel.py sends them. Values are None,
bool, int, float, str, bytes, list, tuple, dict, dense tensors and arrays (dtype, shape, bytes),
references to objects that stay in the box, and, towards the box only, source code. Arrays of other
libraries cross as plain ones (frameworks/). An instance of
a student's class that inherits from a plain type leaves the box as both: a reference with the plain
value. Any other subclass arrives as its plain base value. Nothing is ever unpickled.

Both sides import this module; it knows nothing of checks, submissions or grades.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any, Union

import msgspec
import numpy as np

from grader.sandbox.inside.frameworks import Framework

MAX_PAYLOAD = 256 << 20  # bytes of all buffers of one frame: 60,000 float images are 188 MB
MAX_BUFFERS = 10_000
MAX_NODES = 100_000
MAX_DEPTH = 32
MAX_ITEMS = 5_000  # that one iterator may give: a pair of tensors each is still one frame
INLINE_TEXT = 1024  # longer texts become buffers

DTYPES = {
    "float16": 2,
    "bfloat16": 2,
    "float32": 4,
    "float64": 8,
    "int8": 1,
    "int16": 2,
    "int32": 4,
    "int64": 8,
    "uint8": 1,
    "uint16": 2,
    "uint32": 4,
    "uint64": 8,
    "bool": 1,
}


EXACT = {type(None), bool, int, float, str, bytes, list, tuple, dict}
KEYS = (str, int, float, bool, bytes, tuple, type(None))  # what may be a key of a dict


class CodecError(ValueError):
    """A value or frame outside the closed set; the text says which limit or type."""


class _Node(msgspec.Struct, frozen=True, array_like=True):
    pass


class Tensor(_Node, tag="tensor", frozen=True, array_like=True):
    dtype: str
    shape: list[int]
    requires_grad: bool


class Array(_Node, tag="array", frozen=True, array_like=True):
    dtype: str
    shape: list[int]


class Text(_Node, tag="text", frozen=True, array_like=True):
    """A long string; its UTF-8 bytes are the next buffer."""


class Blob(_Node, tag="bytes", frozen=True, array_like=True):
    """Bytes: the next buffer."""


class Sequence(_Node, tag="list", frozen=True, array_like=True):
    items: list[Node]


class FixedSequence(_Node, tag="tuple", frozen=True, array_like=True):
    items: list[Node]


class Mapping(_Node, tag="dict", frozen=True, array_like=True):
    pairs: list[tuple[Node, Node]]


class Reference(_Node, tag="ref", frozen=True, array_like=True):
    """An object that lives in the box, known outside by a number and its type's name."""

    number: int
    type_name: str


class Instance(_Node, tag="instance", frozen=True, array_like=True):
    """An object that lives in the box and is a plain value, too: the student's class inherits from
    a plain type (from the box only)."""

    number: int
    type_name: str
    value: Node


class Name(_Node, tag="name", frozen=True, array_like=True):
    """A stub of the submission, by its contract name (towards the box only)."""

    name: str


class Code(_Node, tag="code", frozen=True, array_like=True):
    """A function for the box, as source (towards the box only)."""

    name: str
    source: str


Node = Union[  # noqa: UP007 - msgspec resolves the forward references at run time
    None,
    bool,
    int,
    float,
    str,
    Tensor,
    Array,
    Text,
    Blob,
    Sequence,
    FixedSequence,
    Mapping,
    Reference,
    Instance,
    Name,
    Code,
]


class Message(msgspec.Struct, frozen=True):
    """One decoded frame: its kind, the number that pairs it with a question, a node, buffers."""

    kind: str
    number: int
    body: Any
    buffers: list[bytearray]


def well_formed(text: str) -> str:
    """A text without half characters (lone surrogates), which cannot be written as UTF-8: names of
    files, whatever bytes they have on the disk, and what student code says."""
    return str.encode(text, "utf-8", "backslashreplace").decode("utf-8")


# ------------------------------------------------------------------------------ values to nodes


def is_value(value: object) -> bool:
    """Whether it is of a plain type or of one that inherits from it."""
    torch = sys.modules.get("torch")
    kinds = (int, float, str, bytes, bytearray, list, tuple, dict, np.generic, np.ndarray)
    return isinstance(value, kinds) or (torch is not None and isinstance(value, torch.Tensor))


def pack(
    value: object,
    outside_set: Callable[[object], Any],
    of_subclass: Callable[[object], Any] = lambda value: None,
    framework: Framework | None = None,
) -> tuple[Any, list[Any]]:
    """Turn a value into (node, buffers); `outside_set` makes a node of any other object.

    of_subclass: gives the Reference or the Instance, still without its value, that an instance of
    a subclass is sent as; None: it is sent as its plain base value.
    framework: whose arrays are values, besides those of PyTorch and numpy.
    Raises CodecError for a value that is too large, too deep or of a kind that cannot travel.
    """
    packer = _Packer(outside_set, of_subclass, framework)
    return packer.node(value, 0), packer.buffers


class _Packer:
    def __init__(
        self,
        outside_set: Callable[[object], Any],
        of_subclass: Callable[[object], Any],
        framework: Framework | None,
    ) -> None:
        self.outside_set = outside_set
        self.of_subclass = of_subclass
        self.framework = framework
        self.buffers: list[Any] = []
        self.nodes = 0
        self.room = MAX_PAYLOAD

    def node(self, value: Any, depth: int) -> Any:
        self.nodes += 1
        if depth > MAX_DEPTH:
            raise CodecError(f"a value nested deeper than {MAX_DEPTH} levels")
        if self.nodes > MAX_NODES:
            raise CodecError(f"a value with more than {MAX_NODES:,} parts")
        node = None if type(value) in EXACT else self.of_subclass(value)
        if isinstance(node, Instance):
            return msgspec.structs.replace(node, value=self._plain(value, depth))
        return self._plain(value, depth) if node is None else node

    def _plain(self, value: Any, depth: int) -> Any:
        torch = sys.modules.get("torch")
        if value is None or value is True or value is False:
            return value
        if isinstance(value, int):
            return self._integer(int.__add__(value, 0))
        if isinstance(value, float):
            return float.__pos__(value)
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, (bytes, bytearray)):
            return self._buffer(Blob(), bytes(value))
        if torch is not None and isinstance(value, torch.Tensor):
            return self._tensor(value, torch)
        if isinstance(value, np.generic):
            return self.node(value.item(), depth + 1)
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, list):
            return Sequence([self.node(item, depth + 1) for item in list.__iter__(value)])
        if isinstance(value, tuple):
            return FixedSequence([self.node(item, depth + 1) for item in tuple.__iter__(value)])
        if isinstance(value, dict):
            return Mapping(
                [(self._key(k, depth), self.node(v, depth + 1)) for k, v in dict.items(value)]
            )
        if self.framework is not None and self.framework.is_array(value):
            return self._array(self.framework.to_numpy(value))
        return self.outside_set(value)

    def _key(self, value: Any, depth: int) -> Any:
        if not isinstance(value, KEYS):
            raise CodecError(f"a dict with a {type(value).__name__} as a key")
        return self._plain(value, depth + 1)

    def _buffer(self, node: Any, data: Any) -> Any:
        self.room -= len(data)
        if self.room < 0 or len(self.buffers) >= MAX_BUFFERS:
            raise CodecError(f"a value of more than {MAX_PAYLOAD >> 20} MiB")
        self.buffers.append(data)
        return node

    def _integer(self, value: int) -> int:
        if not -(1 << 63) <= value < 1 << 64:
            raise CodecError("an integer of more than 64 bits")
        return value

    def _text(self, value: str) -> Any:
        data = str.encode(value, "utf-8", "replace")
        if len(data) <= INLINE_TEXT:
            return data.decode("utf-8")
        return self._buffer(Text(), data)

    def _tensor(self, value: Any, torch: Any) -> Any:
        with torch._C.DisableTorchFunctionSubclass():  # of the student's class
            return self._dense(value, torch)

    def _dense(self, value: Any, torch: Any) -> Any:
        dtype = str(value.dtype).removeprefix("torch.")
        if dtype not in DTYPES or value.layout != torch.strided:
            raise CodecError(f"a {value.layout} tensor of type {value.dtype}")
        if value.numel() * DTYPES[dtype] > self.room:
            raise CodecError(f"a tensor of shape {tuple(value.shape)}: more than it may return")
        dense = value.detach().resolve_conj().resolve_neg().cpu().contiguous()
        # Not reshape, nor view: beside a size of 1 a stride may be anything.
        flat = dense.as_strided((dense.numel(),), (1,))
        data = memoryview(flat.view(torch.uint8).numpy())
        return self._buffer(Tensor(dtype, list(value.shape), bool(value.requires_grad)), data)

    def _array(self, value: Any) -> Any:
        dtype = str(value.dtype)
        if not isinstance(value, np.ndarray) or dtype not in DTYPES:
            raise CodecError(f"a numpy array of type {value.dtype}")
        if value.size * DTYPES[dtype] > self.room:
            raise CodecError(f"an array of shape {value.shape}: more than it may return")
        shape, data = list(value.shape), np.ndarray.tobytes(value)
        # Of the two that a check may meet, only PyTorch has bfloat16.
        kind = Tensor(dtype, shape, False) if dtype == "bfloat16" else Array(dtype, shape)
        return self._buffer(kind, data)


# ------------------------------------------------------------------------------ nodes to values


def unpack(
    message: Message,
    outside_set: Callable[..., Any],
    device: str = "cpu",
    framework: Framework | None = None,
) -> Any:
    """Rebuild the value of a message, tensors on `device`; `outside_set` turns Reference, Name
    and Code nodes into objects, and an Instance with its value. With a `framework`, tensors and
    arrays become its arrays.

    Tensors and arrays own their memory, as fresh ones do: they may be resized or detached in place.

    Raises CodecError for a frame that lies about its sizes or breaks a limit.
    """
    unpacker = _Unpacker(message.buffers, outside_set, device, framework)
    value = unpacker.value(message.body, 0)
    if unpacker.next != len(message.buffers):
        raise CodecError("buffers that no value refers to")
    return value


class _Unpacker:
    def __init__(
        self,
        buffers: list[bytearray],
        outside_set: Callable[..., Any],
        device: str,
        framework: Framework | None,
    ) -> None:
        self.buffers = buffers
        self.outside_set = outside_set
        self.device = device
        self.framework = framework
        self.next = 0
        self.nodes = 0

    def value(self, node: Any, depth: int) -> Any:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise CodecError("a value with too many parts or levels")
        if isinstance(node, Array) and node.dtype == "bfloat16":  # which JAX may have taught it
            raise CodecError("numpy has no bfloat16")
        if isinstance(node, (Tensor, Array)) and self.framework is not None:
            return self.framework.from_numpy(self._array(node))
        if isinstance(node, Tensor):
            return self._tensor(node)
        if isinstance(node, Array):
            return self._array(node)
        if isinstance(node, Text):
            return self._take().decode("utf-8", "replace")
        if isinstance(node, Blob):
            return bytes(self._take())
        if isinstance(node, Sequence):
            return [self.value(item, depth + 1) for item in node.items]
        if isinstance(node, FixedSequence):
            return tuple(self.value(item, depth + 1) for item in node.items)
        if isinstance(node, Mapping):
            return {self._key(k, depth): self.value(v, depth + 1) for k, v in node.pairs}
        if isinstance(node, Instance):
            return self.outside_set(node, self.value(node.value, depth + 1))
        if isinstance(node, (Reference, Name, Code)):
            return self.outside_set(node)
        return node

    def _key(self, node: Any, depth: int) -> Any:
        key = self.value(node, depth + 1)
        if not isinstance(key, KEYS):
            raise CodecError("a dict key that is not a plain value")
        try:
            hash(key)
        except TypeError:
            raise CodecError("a dict key that is not a plain value") from None
        return key

    def _take(self) -> bytearray:
        if self.next >= len(self.buffers):
            raise CodecError("a value without its buffer")
        self.next += 1
        return self.buffers[self.next - 1]

    def _checked(self, dtype: str, shape: list[int]) -> bytearray:
        """The next buffer, if it has exactly the bytes that dtype and shape need."""
        data = self._take()
        if dtype not in DTYPES or len(shape) > MAX_DEPTH or any(size < 0 for size in shape):
            raise CodecError("a tensor of an unknown type or shape")
        if math.prod(max(size, 1) for size in shape) > MAX_PAYLOAD:
            raise CodecError("a tensor of a shape that is too large")
        if math.prod(shape) * DTYPES[dtype] != len(data):
            raise CodecError("a tensor whose bytes do not fit its shape")
        return data

    def _tensor(self, node: Tensor) -> Any:
        import torch

        data = self._checked(node.dtype, node.shape)
        dtype = getattr(torch, node.dtype)
        value = torch.empty(node.shape, dtype=dtype)
        if data:
            shown = torch.uint8 if node.dtype == "bool" else dtype  # a byte but 0 and 1 is no bool
            value.copy_(torch.frombuffer(data, dtype=shown).reshape(node.shape))
        value = value.to(self.device)
        if node.requires_grad and value.is_floating_point():
            value.requires_grad_()
        return value

    def _array(self, node: Tensor | Array) -> np.ndarray:
        data = self._checked(node.dtype, node.shape)
        try:
            value = np.empty(node.shape, dtype=node.dtype)
        except TypeError:  # a tensor of bfloat16, where nothing has taught it
            raise CodecError("numpy has no bfloat16") from None
        shown = np.uint8 if node.dtype == "bool" else node.dtype  # a byte but 0 and 1 is no bool
        value[...] = np.frombuffer(data, dtype=shown).reshape(node.shape)
        return value
