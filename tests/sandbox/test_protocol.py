"""The codec: what travels arrives as the plain value that it was; what lies is refused."""

from __future__ import annotations

import collections
import contextlib
import enum
import functools
import math
import os
import socket
import struct
import threading

import msgspec
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.sandbox.inside import protocol
from grader.sandbox.inside.channel import MAX_HEADER, Channel
from grader.sandbox.inside.protocol import CodecError
from grader.sandbox.values import remote

DTYPES = [getattr(torch, name) for name in protocol.DTYPES]
NUMPY_DTYPES = [name for name in protocol.DTYPES if name != "bfloat16"]
fuzz = functools.partial(settings, deadline=None, derandomize=True, database=None)


# ------------------------------------------------------------------------------ helpers


def stays(value):
    """What the packer does with an object that cannot travel."""
    raise CodecError(f"a {type(value).__name__} cannot travel")


def as_remote(node, value=None):
    """What the trusted side makes of a reference, and of an instance with its value."""
    return remote(None, node, value)


def travelled(value):
    """The value as it arrives at the other end of a socket pair."""
    node, buffers = protocol.pack(value, stays)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=Channel(ours).send, args=("value", 7, node, buffers))
        sender.start()
        message = Channel(theirs).receive()
        sender.join()
    assert (message.kind, message.number) == ("value", 7)
    return protocol.unpack(message, as_remote)


def frame(body, sizes=(), buffers=b"", kind="value", number=1):
    """The bytes of a frame that says whatever the arguments say."""
    header = msgspec.msgpack.encode([kind, number, body, list(sizes)])
    return struct.pack(">I", len(header)) + header + buffers


def decoded(data):
    """What the trusted side makes of these bytes, after which the other side closes."""
    ours, theirs = socket.socketpair()
    with ours:
        sender = threading.Thread(target=pour, args=(theirs, data))
        sender.start()
        try:
            return protocol.unpack(Channel(ours).receive(), as_remote)
        finally:
            ours.close()
            sender.join()


def pour(end, data):
    with end, contextlib.suppress(OSError):
        end.sendall(data)


def same(one, other):
    """Equal, and of the same plain types all the way down."""
    if type(one) is not type(other):
        return False
    if isinstance(one, torch.Tensor):
        facts = (one.dtype, one.shape, one.requires_grad) == (
            other.dtype,
            other.shape,
            other.requires_grad,
        )
        return facts and torch.equal(one.detach(), other.detach())
    if isinstance(one, np.ndarray):
        return (one.dtype, one.shape) == (other.dtype, other.shape) and np.array_equal(one, other)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    return one == other


# ------------------------------------------------------------------------------ round trips

PLAIN = [
    None,
    True,
    False,
    0,
    -(1 << 63),
    (1 << 64) - 1,
    1.5,
    math.inf,
    "",
    "Grüße, 模型 \0 \N{SNOWMAN}",
    "x" * protocol.INLINE_TEXT,
    "ü" * 100_000,
    b"",
    bytes(range(256)),
    [],
    (),
    {},
    [1, [2.0, ("three", b"4", None)], {"five": (True,)}],
    {1: "a", (2, "b"): [], None: {}, 2.5: (), b"c": 1},
]


@pytest.mark.parametrize("value", PLAIN, ids=lambda value: repr(value)[:30])
def test_plain_value_arrives(value):
    """Scalars, texts, bytes and containers arrive as they were, with their types."""
    arrived = travelled(value)

    assert same(arrived, value)


def test_special_floats_arrive():
    """Neither nan nor the sign of zero is lost."""
    arrived = travelled([math.nan, -0.0])

    assert math.isnan(arrived[0])
    assert math.copysign(1, arrived[1]) == -1


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0,), (2, 0, 3)], ids=str)
def test_tensor_arrives(dtype, shape):
    """Every dtype that training uses travels in every shape: 0-d and empty ones too."""
    value = torch.arange(math.prod(shape)).reshape(shape).to(dtype)

    arrived = travelled(value)

    assert same(arrived, value)


def test_views_arrive_as_what_they_show():
    """Transposed, strided and expanded tensors arrive with the values that they show."""
    base = torch.arange(12.0).reshape(3, 4)
    views = [base.T, base[:, ::2], base[1], base[0, 0].expand(5), base.flip(0)]

    arrived = travelled(views)

    assert same(arrived, [view.clone() for view in views])


def test_gradient_flag_arrives():
    """requires_grad travels; the graph behind a value does not."""
    leaf = torch.ones(2, requires_grad=True)

    arrived, computed = travelled([leaf, leaf * 2])

    assert arrived.requires_grad
    assert computed.requires_grad
    assert computed.is_leaf


def test_gradient_flag_of_integers_is_ignored():
    """A frame that claims a gradient for integers gives integers, not an exception."""
    arrived = decoded(frame(["tensor", "int64", [1], True], [8], bytes(8)))

    assert same(arrived, torch.tensor([0]))


def test_arrived_tensor_can_be_changed():
    """A tensor owns its memory: changing one in place does not change another."""
    first, second = travelled([torch.zeros(3), torch.zeros(3)])

    first.add_(1)

    assert first.tolist() == [1, 1, 1]
    assert second.tolist() == [0, 0, 0]


@pytest.mark.parametrize("node", [["tensor", "bool", [4], False], ["array", "bool", [4]]])
def test_bytes_of_bools_are_normalised(node):
    """Bytes other than 0 and 1 are no valid bools; they become True."""
    arrived = decoded(frame(node, [4], bytes([0, 1, 2, 255])))

    assert arrived.tolist() == [False, True, True, True]
    assert int(arrived.sum()) == 3


@pytest.mark.parametrize("dtype", NUMPY_DTYPES)
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0, 2)], ids=str)
def test_array_arrives(dtype, shape):
    """numpy arrays arrive as arrays, with dtype and shape."""
    value = np.arange(math.prod(shape)).reshape(shape).astype(dtype)

    arrived = travelled(value)

    assert same(arrived, value)


def test_array_views_arrive():
    """Transposed arrays and arrays of a subclass arrive as plain arrays."""
    base = np.arange(6.0).reshape(2, 3)

    arrived = travelled([base.T, np.ma.masked_array(base), base[:, ::2]])

    assert same(arrived, [base.T.copy(), base, base[:, ::2].copy()])


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (np.float32(0.5), 0.5),
        (np.float64(0.5), 0.5),
        (np.int64(3), 3),
        (np.uint8(3), 3),
        (np.bool_(True), True),
        (np.str_("a"), "a"),
        (np.bytes_(b"a"), b"a"),
    ],
    ids=repr,
)
def test_numpy_scalar_arrives_as_a_number(value, plain):
    """Scalars of numpy arrive as what Python has for them."""
    arrived = travelled(value)

    assert same(arrived, plain)


class Liar:
    """A mixin that says yes to everything and gives away nothing true about itself."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __len__(self):
        return 1_000_000

    def __iter__(self):
        raise RuntimeError("not to be called")

    def __add__(self, other):
        return "forged"


class LyingInt(Liar, int):
    pass


class LyingFloat(Liar, float):
    pass


class LyingText(Liar, str):
    def encode(self, *args):
        return b"forged"


class LyingList(Liar, list):
    pass


class LyingTuple(Liar, tuple):
    pass


class LyingDict(Liar, dict):
    def items(self):
        return [("forged", 1)]


class LyingTensor(torch.Tensor):
    def __eq__(self, other):
        return True

    __hash__ = torch.Tensor.__hash__


class Number(enum.IntEnum):
    three = 3


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (LyingInt(3), 3),
        (LyingFloat(0.5), 0.5),
        (LyingText("a"), "a"),
        (LyingList([1, 2]), [1, 2]),
        (LyingTuple([1, 2]), (1, 2)),
        (LyingDict(a=1), {"a": 1}),
        (collections.OrderedDict(a=1), {"a": 1}),
        (collections.Counter("aa"), {"a": 2}),
        (Number.three, 3),
        (bytearray(b"a"), b"a"),
        (torch.Size([2, 3]), (2, 3)),
        (torch.nn.Parameter(torch.ones(2)), torch.ones(2, requires_grad=True)),
        (torch.ones(2).as_subclass(LyingTensor), torch.ones(2)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_subclass_arrives_plain(value, plain):
    """A subclass arrives as its base value: no method of it comes along."""
    arrived = travelled(value)

    assert same(arrived, plain)


def test_many_buffers_arrive_in_order():
    """A list of 300 tensors, as a data set in batches is."""
    batches = [torch.full((2,), float(number)) for number in range(300)]

    arrived = travelled(batches)

    assert same(arrived, batches)


# ------------------------------------------------------------------------------ what is refused


def endless():
    cycle = []
    cycle.append(cycle)
    return cycle


def branching():
    cycle = []
    cycle += [cycle, cycle]
    return cycle


def nested(levels):
    value = []
    for _ in range(levels):
        value = [value]
    return value


REFUSED = {
    "integer above 64 bits": lambda: 1 << 64,
    "integer below 64 bits": lambda: -(1 << 63) - 1,
    "sparse": lambda: torch.eye(2).to_sparse(),
    "complex": lambda: torch.zeros(2, dtype=torch.complex64),
    "expanded giant": lambda: torch.zeros(1).expand(1 << 40),
    "broadcast giant": lambda: np.broadcast_to(np.zeros(1), (1 << 40,)),
    "array of texts": lambda: np.array(["a"]),
    "array of objects": lambda: np.array([object()]),
    "big-endian": lambda: np.array([1.0], dtype=">f8"),
    "large blob": lambda: b"x" * (protocol.MAX_PAYLOAD + 1),
    "many tensors": lambda: [torch.zeros(1)] * (protocol.MAX_BUFFERS + 1),
    "cycle": endless,
    "branching cycle": branching,
    "deep list": lambda: nested(protocol.MAX_DEPTH + 1),
    "long list": lambda: [None] * protocol.MAX_NODES,
    "function": lambda: {"f": print},
    "complex number": lambda: 1j,
}


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED)
def test_value_outside_the_set_is_refused(make):
    """What is too large, too deep or of another kind is refused before a byte is sent."""
    with pytest.raises(CodecError):
        protocol.pack(make(), stays)


def test_header_that_is_too_long_is_refused():
    """Many short texts fill the header; the sender says so instead of sending it."""
    node, buffers = protocol.pack(["x" * 1000] * 2000, stays)
    ours, theirs = socket.socketpair()

    with ours, theirs, pytest.raises(CodecError):
        Channel(ours).send("value", 1, node, buffers)


@pytest.mark.parametrize(
    "value",
    [None, True, ["ref", 1, "x"], ["instance", 1, "x", [], 0.5]],
    ids=["None", "bool", "reference", "instance"],
)
def test_instance_of_no_plain_type_is_refused(value):
    """What is a reference and a value at once has a value of a type that a class can inherit."""
    with pytest.raises(CodecError):
        decoded(frame(["instance", 1, "x", [], value]))


@pytest.mark.parametrize(
    "node", [["name", "softmax"], ["code", "f", "def f(): pass"]], ids=["name", "code"]
)
def test_code_does_not_leave_the_box(node):
    """Names and source code go into the box only."""
    with pytest.raises(CodecError):
        decoded(frame(node))


# ------------------------------------------------------------------------------ hostile frames


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        struct.pack(">I", 10),
        frame(1)[:-1],
        frame(["bytes"], [8], b"1234"),
        struct.pack(">I", MAX_HEADER) + b"x" * 10,
    ],
)
def test_truncated_frame_is_an_end(data):
    """A side that closes in the middle of a frame has ended."""
    with pytest.raises(EOFError):
        decoded(data)


@pytest.mark.parametrize("length", [0, MAX_HEADER + 1, (1 << 32) - 1])
def test_length_of_the_header_is_bounded(length):
    """An endless header is refused before any of it is read."""
    with pytest.raises(CodecError):
        decoded(struct.pack(">I", length) + b"x" * 1000)


@pytest.mark.parametrize(
    "sizes",
    [
        [-1],
        [4, -4],
        [protocol.MAX_PAYLOAD + 1],
        [protocol.MAX_PAYLOAD, 1],
        [(1 << 64) - 1],
        [0] * (protocol.MAX_BUFFERS + 1),
    ],
    ids=lambda sizes: str(sizes)[:30],
)
def test_sizes_that_lie_are_refused(sizes):
    """Negative, huge and too many sizes are refused before memory is taken for them."""
    with pytest.raises(CodecError):
        decoded(frame(["bytes"], sizes, b"1234"))


@pytest.mark.parametrize(
    ("body", "sizes"),
    [
        (["bytes"], []),
        (["text"], []),
        (["tensor", "uint8", [4], False], []),
        (["array", "uint8", [4]], []),
        (["list", [["bytes"], ["bytes"]]], [4]),
        (None, [4]),
        (["bytes"], [2, 2]),
    ],
    ids=str,
)
def test_buffers_and_values_must_match(body, sizes):
    """A value without its buffer and a buffer without its value are refused."""
    with pytest.raises(CodecError):
        decoded(frame(body, sizes, bytes(sum(sizes))))


SHAPES = [
    [3],
    [],
    [-4],
    [-2, -2],
    [2, 2, 2],
    [1 << 62],
    [1 << 32, 1 << 32],
    [1 << 63, 2],
    [(1 << 64) - 1],
    [1] * (protocol.MAX_DEPTH + 1),
]
EMPTY_SHAPES = [[0, 1 << 63], [0, (1 << 64) - 1], [0, 1 << 62, 1 << 62], [1 << 40, 1 << 40, 0]]


@pytest.mark.parametrize("kind", ["tensor", "array"])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: str(shape)[:40])
def test_shape_must_fit_its_bytes(kind, shape):
    """A shape whose product is not the size of the buffer is refused, however it overflows."""
    node = [kind, "float32", shape, *([False] if kind == "tensor" else [])]

    with pytest.raises(CodecError):
        decoded(frame(node, [16], bytes(16)))


@pytest.mark.parametrize("kind", ["tensor", "array"])
@pytest.mark.parametrize("shape", EMPTY_SHAPES, ids=str)
def test_shape_of_nothing_must_be_possible(kind, shape):
    """A size of 0 beside an impossible one needs no bytes, and is refused all the same."""
    node = [kind, "float32", shape, *([False] if kind == "tensor" else [])]

    with pytest.raises(CodecError):
        decoded(frame(node, [0]))


@pytest.mark.parametrize("dtype", ["complex64", "object", "float", "__class__", "nn", "", ">f4"])
@pytest.mark.parametrize("kind", ["tensor", "array"])
def test_unknown_dtype_is_refused(kind, dtype):
    """Only the dtypes of the table are looked up anywhere."""
    node = [kind, dtype, [1], *([False] if kind == "tensor" else [])]

    with pytest.raises(CodecError):
        decoded(frame(node, [4], bytes(4)))


def test_numpy_has_no_bfloat16():
    """An array of bfloat16 is refused."""
    with pytest.raises(CodecError):
        decoded(frame(["array", "bfloat16", [2]], [4], bytes(4)))


def deep_frame(levels):
    """A frame with a list in a list in a list, written without recursion."""
    header = b"\x94\xa5value\x01" + b"\x92\xa4list\x91" * levels + b"\xc0" + b"\x90"
    return struct.pack(">I", len(header)) + header


@pytest.mark.parametrize("levels", [protocol.MAX_DEPTH + 1, 900, 100_000])
def test_deep_nesting_is_refused(levels):
    """Nesting ends at a limit, not with the stack of the trusted side."""
    assert decoded(deep_frame(1)) == [None]

    with pytest.raises(CodecError):
        decoded(deep_frame(levels))


def test_too_many_parts_are_refused():
    """A short frame cannot unfold into more parts than the limit."""
    with pytest.raises(CodecError):
        decoded(frame(["list", [None] * protocol.MAX_NODES]))


@pytest.mark.parametrize(
    "key",
    [
        ["list", []],
        ["dict", []],
        ["tuple", [["list", []]]],
        ["tuple", [["tuple", [["dict", []]]]]],
        ["ref", 0, "Counter"],
        ["tensor", "uint8", [0], False],
    ],
    ids=str,
)
def test_key_that_is_no_plain_value_is_refused(key):
    """A dict's keys are hashed on the trusted side, so they must be plain."""
    sizes = [0] if key[0] == "tensor" else []

    with pytest.raises(CodecError):
        decoded(frame(["dict", [[key, 1]]], sizes))


@pytest.mark.parametrize(
    "body",
    [
        msgspec.msgpack.Ext(5, b"x"),
        ["list", [msgspec.msgpack.Ext(-1, b"\0\0\0\0")]],
        b"raw",
        {"a": 1},
        ["set", []],
        ["list"],
        ["list", 3],
        ["dict", [[1]]],
        ["tensor", "float32", ["2"], False],
        ["tensor", "float32", [1.0], False],
        ["tensor", "float32", [True], False],
        [],
        ["ref", "0", "x"],
    ],
    ids=lambda body: str(body).split(" object at")[0],
)
def test_unknown_node_is_refused(body):
    """The header is typed: other kinds, extension types and wrong fields are refused."""
    with pytest.raises(CodecError):
        decoded(frame(body))


@pytest.mark.parametrize(
    "header",
    [
        msgspec.msgpack.encode(None),
        msgspec.msgpack.encode(["value", 1, None]),
        msgspec.msgpack.encode([1, "value", None, []]),
        msgspec.msgpack.encode(["value", 1, None, [True]]),
        msgspec.msgpack.encode(["value", 1, None, []]) + b"\0",
        b"\x94\xa2\xff\xfe\x01\xc0\x90",
        b"\x94\xa5value\x01\xc1\x90",
    ],
)
def test_header_that_is_none_is_refused(header):
    """Missing fields, wrong types, trailing bytes and broken UTF-8 are refused."""
    with pytest.raises(CodecError):
        decoded(struct.pack(">I", len(header)) + header)


VALID = frame(
    [
        "dict",
        [
            ["W", ["tensor", "float32", [2, 2], True]],
            ["b", ["array", "bool", [3]]],
            [["tuple", [1, 2.5]], ["list", [["text"], ["bytes"], None, ["ref", 3, "Net"]]]],
            ["r", ["instance", 4, "Result", ["tuple", [0.5, 1]]]],
        ],
    ],
    [16, 3, 6, 2],
    bytes(16) + b"\1\0\7" + "grüß".encode() + b"ab",
)


def test_frame_that_is_changed_below_is_valid():
    """The frame that the next tests spoil is a good one."""
    value = decoded(VALID)

    assert value["W"].shape == (2, 2)
    assert list(value) == ["W", "b", (1, 2.5), "r"]
    assert value["r"][0] == 0.5


@fuzz(max_examples=150)
@given(st.binary(max_size=200), st.booleans())
def test_random_bytes_are_an_end_or_refused(data, with_length):
    """Whatever comes, nothing but the two announced exceptions leaves the decoder."""
    prefix = struct.pack(">I", len(data)) if with_length else b""

    with contextlib.suppress(CodecError, EOFError):
        decoded(prefix + data)


@fuzz(max_examples=250)
@given(
    st.lists(st.tuples(st.integers(0, len(VALID) - 1), st.integers(0, 255)), max_size=4),
    st.integers(0, len(VALID)),
)
def test_changed_frames_are_read_or_refused(changes, end):
    """A frame with a few changed bytes, or cut short, is a value or one of the two exceptions."""
    data = bytearray(VALID)
    for position, byte in changes:
        data[position] = byte

    with contextlib.suppress(CodecError, EOFError):
        decoded(bytes(data[: end if end % 3 == 0 else None]))


sizes = st.sampled_from([0, 0, 0, 1, 2, 4, -1, 1 << 31, 1 << 62, (1 << 64) - 1])
dtypes = st.sampled_from([*protocol.DTYPES, "complex64"])
leaves = st.one_of(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=5),
    st.sampled_from([["text"], ["bytes"], ["ref", -1, "x"], ["name", "x"], ["code", "f", "x"]]),
    st.tuples(st.just("tensor"), dtypes, st.lists(sizes, max_size=3), st.booleans()),
    st.tuples(st.just("array"), dtypes, st.lists(sizes, max_size=3)),
)
nodes = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["list", "tuple"]), st.lists(inner, max_size=3)),
        st.tuples(st.just("dict"), st.lists(st.tuples(inner, inner), max_size=3)),
        st.tuples(st.just("instance"), st.just(1), st.just("x"), st.just(["__iter__"]), inner),
    ),
    max_leaves=6,
)


@fuzz(max_examples=150)
@given(nodes, st.lists(st.sampled_from([0, 1, 2, 4, 8, 16]), max_size=4))
def test_lying_frames_are_read_or_refused(body, sizes):
    """Frames that are well formed but lie are a value or one of the two exceptions."""
    with contextlib.suppress(CodecError, EOFError):
        decoded(frame(body, sizes, bytes(sum(sizes))))


# ------------------------------------------------------------------------------ descriptors


@contextlib.contextmanager
def watched_pipes(count):
    """Pipes of which we keep the reading ends only: (reading ends, writing ends to pass)."""
    pipes = [os.pipe() for _ in range(count)]
    reading, writing = [pipe[0] for pipe in pipes], [pipe[1] for pipe in pipes]
    try:
        yield reading, writing
    finally:
        for end in reading:
            os.close(end)


def is_held(reading_end):
    """Whether anybody still holds the writing end."""
    os.set_blocking(reading_end, False)
    try:
        return os.read(reading_end, 1) != b""
    except BlockingIOError:
        return True


def test_descriptor_arrives_where_it_is_asked_for():
    """A descriptor that is passed with a frame can be used by the receiver."""
    ours, theirs = socket.socketpair()
    with ours, theirs, watched_pipes(1) as ((reading,), (writing,)):
        Channel(ours).send("fork", 1, None, [], [writing])
        os.close(writing)
        fds = []

        message = Channel(theirs).receive(fds=fds)

        assert message.kind == "fork"
        assert len(fds) == 1
        os.write(fds[0], b"hello")
        os.close(fds[0])
        assert os.read(reading, 10) == b"hello"


def test_descriptor_is_dropped_where_none_is_asked_for():
    """A box cannot fill the trusted side with descriptors."""
    ours, theirs = socket.socketpair()
    with ours, theirs, watched_pipes(1) as ((reading,), (writing,)):
        Channel(ours).send("value", 1, None, [], [writing])
        os.close(writing)

        Channel(theirs).receive()

        assert not is_held(reading)


def test_two_descriptors_are_accepted_at_most():
    """Of three passed descriptors the last is dropped."""
    ours, theirs = socket.socketpair()
    data = frame(None)
    with ours, theirs, watched_pipes(3) as (reading, writing):
        socket.send_fds(ours, [data[:4]], writing)
        ours.sendall(data[4:])
        for end in writing:
            os.close(end)
        fds = []

        Channel(theirs).receive(fds=fds)
        for fd in fds:
            os.close(fd)

        assert len(fds) == 2
        assert not any(map(is_held, reading))
