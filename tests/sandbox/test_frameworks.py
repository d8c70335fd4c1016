"""Frameworks other than PyTorch: one file each, arrays that cross the codec, and no fork of what
has computed."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
from in_boxes import gaps

from grader.errors import DeadlineExceeded, StudentError
from grader.sandbox.host import Host
from grader.sandbox.inside import frameworks
from grader.sandbox.proxies import in_sandbox
from grader.sandbox.sandbox import Sandbox, Source

PROGRAM = """
import os
import time
import jax
import numpy as np
from jax import numpy as jnp

table = jnp.arange(12.0).reshape(3, 4)
jax.config.update("jax_enable_x64", False)
process = os.getpid()
KEPT = []

@jax.jit
def kept(x):
    KEPT.append(x)
    return x

def tracer():
    kept(jnp.ones(3))
    return KEPT[0]

class Liar:
    shape, dtype, size = (2,), np.dtype("float32"), 2
    __class__ = property(lambda self: type(table))

class Objects(Liar):
    def __array__(self, *arguments, **options):
        return np.array([object(), object()])

class OtherShape(Liar):
    def __array__(self, *arguments, **options):
        return np.zeros((3, 3), np.float32)

class Raises(Liar):
    def __array__(self, *arguments, **options):
        raise SystemExit("no array")

class Blocks(Liar):
    def __array__(self, *arguments, **options):
        time.sleep(1000)

def liar(name):
    return globals()[name]()

def made(name):
    return {
        "scalar": lambda: jnp.float32(3.5),
        "empty": lambda: jnp.zeros((0, 3)),
        "strided": lambda: table.T[:, ::2],
        "bfloat16": lambda: jnp.ones(2, jnp.bfloat16),
        "key": lambda: jax.random.PRNGKey(7),
        "flags": lambda: table > 5,
        "nested": lambda: {"w": [jnp.ones(2)], "aux": ({},)},
        "typed_key": lambda: jax.random.key(0),
        "complex": lambda: jnp.ones(2, complex),
        "huge": lambda: jnp.zeros(80_000_000),
        "deleted": lambda: deleted(),
    }[name]()

def deleted():
    array = jnp.ones(2)
    array.delete()
    return array

def kinds(values):
    return [(type(v).__module__.split(".")[0], str(v.dtype), v.shape) for v in values]

def number():
    return process

def x64():
    jax.config.update("jax_enable_x64", True)
    return str(jnp.ones(1).dtype)

def dtype():
    return str(jnp.zeros(1).dtype)
"""
STUBS = {
    **{name: [] for name in ("tracer", "number", "x64", "dtype")},
    **{"liar": ["name"], "made": ["name"], "kinds": ["values"]},
}
CONTRACT = {
    "stubs": {n: {"parameters": taken, "aliases": []} for n, taken in STUBS.items()},
    "spellings": {},
    "names": {"table": []},
}


@pytest.fixture(scope="module", params=["namespaces", "landlock", "process"])
def sandbox(request):
    """The program, loaded in a box of each level."""
    if frameworks.named("jax").missing():  # importing it here would bring its threads
        pytest.skip("jax is not installed")
    if request.param != "process" and gaps(request.param):
        pytest.skip(f"{request.param} cannot be had here")
    source = Source([("hw.py", PROGRAM, 1)], {}, {}, CONTRACT)
    with (
        Host(request.param, None, framework="jax") as host,
        Sandbox(source, host, 60) as sandbox,
    ):
        sandbox.load()
        assert sandbox.notes == []
        yield sandbox


@pytest.fixture
def submission(sandbox):
    """A copy that has answered the checks before, put back."""
    with sandbox.open_check(60, 30, 1, "made") as submission:
        yield submission


# ------------------------------------------------------------------------------ the files


def test_a_file_names_its_framework_and_imports_nothing():
    """Both sides look at all files; neither a library nor its threads come with them."""
    code = (
        "import sys; from grader.sandbox.inside import frameworks\n"
        "found = {name: frameworks.named(name).title for name in frameworks.available()}\n"
        "assert {'jax', 'torch'} <= found.keys() and all(found.values()), found\n"
        "assert not {'jax', 'torch', 'tensorflow', 'flax'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_file_shadows_no_library():
    """The files lie in a package: what a submission imports is the library itself."""
    for name in frameworks.available():
        assert frameworks.named(name).__module__.startswith("grader.sandbox.inside.frameworks.")
    assert hasattr(torch, "Tensor")


# ------------------------------------------------------------------------------ both directions


def test_what_checks_send_becomes_an_array_of_the_framework(submission):
    """Arrays and tensors alike; what JAX has no type for becomes what it makes of it."""
    sent = [
        np.ones((2, 3), np.float32),
        torch.ones(2, dtype=torch.int64),
        torch.ones(2, dtype=torch.bfloat16),
        np.array(True),
    ]
    assert submission.kinds(sent) == [
        ("jaxlib", "float32", (2, 3)),
        ("jaxlib", "int32", (2,)),
        ("jaxlib", "bfloat16", (2,)),
        ("jaxlib", "bool", ()),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("scalar", np.array(3.5, np.float32)),
        ("empty", np.zeros((0, 3), np.float32)),
        ("strided", np.arange(12, dtype=np.float32).reshape(3, 4).T[:, ::2]),
        ("key", np.array([0, 7], np.uint32)),
        ("flags", np.arange(12).reshape(3, 4) > 5),
    ],
)
def test_an_array_arrives_as_one_of_numpy(submission, name, expected):
    """Dense, with its type and shape, whatever its layout was."""
    found = submission.made(name)
    assert type(found) is np.ndarray
    assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
    assert np.array_equal(found, expected)


def test_bfloat16_arrives_as_a_tensor(submission):
    """numpy has no such type, PyTorch has."""
    found = submission.made("bfloat16")
    assert (found.dtype, found.tolist()) == (torch.bfloat16, [1, 1])


def test_nested_arrays_and_objects_cross(submission):
    """A dictionary of arrays is one outside; what is no array stays in the box."""
    found = submission.made("nested")
    assert (found["w"][0].tolist(), found["aux"]) == ([1, 1], ({},))
    assert not isinstance(submission.made("typed_key"), np.ndarray)


def test_values_of_the_module_are_set(submission):
    """A check sets an array of the module's, and reads it again."""
    submission.bind(table=np.zeros(2, np.float32))
    assert submission.table.tolist() == [0, 0]


# ------------------------------------------------------------------------------ attacks


@pytest.mark.parametrize(
    ("name", "problem"),
    [("huge", "more than it may return"), ("complex", "complex"), ("deleted", "deleted")],
)
def test_what_cannot_cross_is_told(sandbox, name, problem):
    """An array that is too large, of a type that nobody compares, or that is gone."""
    with (
        sandbox.open_check(60, 30, 1, "made", alone=True) as submission,
        pytest.raises(StudentError, match=problem),
    ):
        submission.made(name)


def test_a_tracer_is_told_in_words(submission):
    """What a compiled function has kept of its call holds no numbers."""
    with pytest.raises(StudentError, match=r"an array without numbers \(a tracer\)"):
        submission.tracer()


@pytest.mark.parametrize("name", ["Objects", "Raises", "Liar"])
def test_an_object_that_claims_to_be_an_array_is_none(submission, name):
    """It is refused, or stays in the box: no value of it is met outside."""
    try:
        found = submission.liar(name)
    except StudentError:
        return
    assert not isinstance(found, (np.ndarray, torch.Tensor))


def test_a_shape_that_lies_counts_for_nothing(submission):
    """What crosses is what numpy makes of it, with the shape that its bytes have."""
    try:
        found = submission.liar("OtherShape")
    except StudentError:
        return
    assert not isinstance(found, np.ndarray) or found.shape == (3, 3)


def test_an_array_that_blocks_meets_the_deadline(sandbox):
    """Its conversion is waited for as any other call, and the next check has a copy of its own."""
    with sandbox.open_check(2, 2, 1, "made", alone=True) as submission:
        try:
            found = submission.liar("Blocks")
        except DeadlineExceeded:
            found = None
        assert not isinstance(found, np.ndarray)
    with sandbox.open_check(60, 30, 1, "made") as submission:
        assert submission.made("scalar") == 3.5


# ------------------------------------------------------------------------------ processes


def test_copies_load_the_submission_and_none_is_forked_after_that(sandbox):
    """Each copy starts the library for itself, in a fork of a process that has read the file."""
    numbers, parents = [], set()
    for _copy in range(2):
        with sandbox.open_check(60, 30, 1, "number", alone=True) as submission:
            own, parent = pids_of(submission)
            numbers.append(submission.number() == own)
            parents.add(parent)
    assert numbers == [True, True]
    assert len(parents) == 1


@in_sandbox
def pids_of(submission):
    """The number of the process that answers, in its box, and that of its parent."""
    import os

    return os.getpid(), os.getppid()


def test_settings_are_put_back(sandbox):
    """What one check has set, the next one does not meet."""
    with sandbox.open_check(60, 30, 1, "x64") as submission:
        assert submission.x64() == "float64"
    with sandbox.open_check(60, 30, 1, "x64") as submission:
        assert submission.dtype() == "float32"


@in_sandbox
def surroundings(submission):
    """The variables that tell the library where it computes, and where that is."""
    import os

    import jax

    return os.environ.get("JAX_PLATFORMS"), [device.platform for device in jax.devices()]


def test_it_stays_on_the_processor(submission):
    """Whatever the machine has, and without a word about what it lacks."""
    platform, devices = surroundings(submission)
    assert (platform, devices) == ("cpu", ["cpu"])


def test_nothing_is_printed(sandbox):
    """A record holds what the program prints, not what the library says of the machine."""
    with sandbox.open_check(60, 30, 1, "made", alone=True) as submission:
        submission.made("scalar")
    assert b"pu" not in sandbox.printed.lower()


def test_the_trusted_side_never_starts_it():
    """All is computed in boxes, and what comes back is of numpy."""
    code = (
        "import sys; from grader.sandbox.host import Host\n"
        "from grader.sandbox.sandbox import Sandbox, Source\n"
        f"source = Source([('hw.py', {PROGRAM!r}, 1)], {{}}, {{}}, {CONTRACT!r})\n"
        "with Host('process', None, framework='jax') as host:\n"
        "    sandbox = Sandbox(source, host, 60)\n"
        "    sandbox.load()\n"
        "    with sandbox, sandbox.open_check(60, 30, 1, 'made') as submission:\n"
        "        print(submission.made('scalar'), {'jax', 'jaxlib'} & set(sys.modules))"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert output.stdout == "3.5 set()\n", output.stderr


def test_a_copy_that_ends_its_parent_costs_only_its_own_check(sandbox):
    """The next one has a copy of another process, which reads the file again."""
    with sandbox.open_check(60, 30, 1, "number", alone=True) as submission:
        end_parent(submission)
    with sandbox.open_check(60, 30, 1, "number", alone=True) as submission:
        assert submission.number() == pids_of(submission)[0]


@in_sandbox
def end_parent(submission):
    """End the process that this copy is a fork of."""
    import os
    import signal

    os.kill(os.getppid(), signal.SIGKILL)
