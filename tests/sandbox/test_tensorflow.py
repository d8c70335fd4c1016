"""TensorFlow in a real process: its tensors as values, what is put back between checks, and what
a fork of its host finds."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from in_boxes import gaps

from grader.checking.from_scratch import operations
from grader.errors import StudentError
from grader.sandbox.host import Host
from grader.sandbox.inside import frameworks
from grader.sandbox.sandbox import Sandbox, Source

pytestmark = pytest.mark.xdist_group("tensorflow")  # one host for the tests of this file

PROGRAM = """
import os
import numpy as np
import tensorflow as tf

try:
    threads = len(os.listdir("/proc/self/task"))
except PermissionError:
    threads = None
variable = tf.Variable([1.0, 2.0])
weight = tf.keras.Variable([3.0])

def number_of_threads():
    return threads

def kind(x):
    return [isinstance(x, tf.Tensor), x.dtype.name, list(x.shape)]

def double(x):
    return x * 2

def variables():
    return [variable, weight]

def change():
    variable.assign_add([1.0, 1.0])
    weight.assign([0.0])
    tf.keras.config.set_floatx("float64")
    return variable

def floats():
    return tf.keras.config.floatx()

def draw():
    return [tf.random.normal((3,)), tf.keras.initializers.GlorotUniform()((2, 2))]

def brain_floats():
    return tf.constant([1.5, -2.0], tf.bfloat16)

def texts():
    return tf.constant(["a", "b"])

def slices():
    return tf.IndexedSlices(tf.ones((1, 2)), tf.constant([0]))

class Liar:
    __class__ = property(lambda self: type(variable))
    dtype, shape = variable.dtype, variable.shape

    def __init__(self, numbers):
        self.numbers = numbers

    def numpy(self):
        return self.numbers()

def liar(kind):
    if kind == "objects":
        return Liar(lambda: [object()])
    return Liar(lambda: exit("no numbers"))

def sparse():
    return [tf.sparse.from_dense([[1.0, 0.0]])]

def ragged():
    return tf.ragged.constant([[1], [2, 3]])

kept = []

@tf.function
def traced(x):
    kept.append(x)
    if tf.reduce_sum(x) > 0:  # a condition on a tensor: the function is rewritten from its source
        return x
    return -x

def leaked():
    traced(tf.constant([-1.0]))
    return kept[-1]

def probabilities(x):
    return tf.function(lambda y: getattr(tf.nn, "soft" + "max")(y))(x)

def own_probabilities(x):
    return tf.exp(x) / tf.reduce_sum(tf.exp(x), axis=-1, keepdims=True)
"""
FUNCTIONS = [line[4 : line.index("(")] for line in PROGRAM.splitlines() if line[:4] == "def "]
CONTRACT = {
    "stubs": {
        **{name: {"parameters": [], "aliases": []} for name in FUNCTIONS},
        "liar": {"parameters": ["kind"], "aliases": []},
        "traced": {"parameters": ["x"], "aliases": []},  # an object, which has to fit
    },
    "spellings": {},
    "names": {},
}


@pytest.fixture(scope="module", params=["namespaces", "landlock", "process"])
def host(request):
    """A host of each level."""
    if frameworks.named("tensorflow").missing():  # importing it here would bring its threads
        pytest.skip("tensorflow is not installed")
    if request.param != "process" and gaps(request.param):
        pytest.skip(f"{request.param} cannot be had here")
    with Host(request.param, None, framework="tensorflow") as host:
        yield host


@pytest.fixture(scope="module")
def sandbox(host):
    """One loaded submission for all tests; each opens a check of its own."""
    with Sandbox(Source([("hw.py", PROGRAM, 1)], {}, {}, CONTRACT), host, 60.0) as sandbox:
        sandbox.load()
        yield sandbox


@pytest.fixture
def submission(sandbox):
    with sandbox.open_check(60, 30, seed=1) as submission:
        yield submission


def test_host_has_one_thread_when_it_forks(submission):
    """The import starts no thread: a process that is forked after it has one, and computes. At
    landlock none can count them."""
    assert submission.number_of_threads() in (1, None)
    assert submission.double(2) == 4


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "uint8", "bool"])
def test_arrays_and_tensors_arrive_as_tensors(submission, dtype):
    """An array of numpy and a tensor of PyTorch become a dense tensor of the same type."""
    array = np.ones((2, 3), dtype)

    for value in (array, torch.from_numpy(array)):
        assert submission.kind(value) == [True, dtype, [2, 3]]


def test_tensors_and_variables_come_back_as_arrays(submission):
    """What TensorFlow computes and holds is a plain array outside, numbers of no dimension too."""
    doubled = submission.double(np.array([1.0, 2.0]))
    one, other = submission.variables()

    assert isinstance(doubled, np.ndarray)
    assert (doubled.tolist(), doubled.dtype) == ([2, 4], np.float64)
    assert (one.tolist(), other.tolist()) == ([1, 2], [3])
    assert submission.double(np.array(1.5)).shape == ()


def test_bfloat16_comes_back_as_a_tensor(submission):
    """numpy has no such type, PyTorch has."""
    value = submission.brain_floats()

    assert (value.dtype, value.tolist()) == (torch.bfloat16, [1.5, -2.0])


@pytest.mark.parametrize(
    ("stub", "words"),
    [
        ("texts", "a tensor of strings"),
        ("slices", "not dense .IndexedSlices.*convert_to_tensor"),
        ("sparse", "not dense .SparseTensor.*to_dense"),
        ("ragged", "not dense .RaggedTensor.*to_tensor"),
        ("leaked", "tf.function"),
    ],
)
def test_what_is_no_dense_tensor_of_numbers_is_refused_in_words(submission, stub, words):
    """The error of the call says what it is, and what to do."""
    with pytest.raises(StudentError, match=words) as raised:
        getattr(submission, stub)()

    assert raised.value.kind == "CodecError"
    assert submission.double(1) == 2


@pytest.mark.parametrize("kind", ["objects", "exit"])
def test_object_that_claims_to_be_a_variable_is_none(submission, kind):
    """What is asked for its numbers and has none is an error of its call, and nothing else."""
    with pytest.raises(StudentError):
        submission.liar(kind)

    assert submission.double(1) == 2


def test_function_is_compiled_from_the_source_of_a_cell(submission):
    """tf.function rewrites a condition on a tensor, for which it reads the source."""
    assert submission.traced(np.array([-3.0])).tolist() == [3]


def test_variables_and_settings_are_put_back(sandbox):
    """What one check does to a variable or to the usual type of floats no other one meets."""
    with sandbox.open_check(60, 30, seed=1) as submission:
        assert submission.change().tolist() == [2, 3]
        assert submission.floats() == "float64"

    with sandbox.open_check(60, 30, seed=1) as submission:
        assert [each.tolist() for each in submission.variables()] == [[1, 2], [3]]
        assert submission.floats() == "float32"


def test_seed_decides_what_is_drawn(sandbox):
    """Operations and initializers give the same with the same seed, and something else with
    another."""
    drawn = []
    for seed in (1, 1, 2):
        with sandbox.open_check(60, 30, seed=seed) as submission:
            drawn.append([each.tolist() for each in submission.draw()])

    assert drawn[0] == drawn[1]
    assert drawn[0][0] != drawn[2][0]
    assert drawn[0][1] != drawn[2][1]


def test_ready_made_operation_is_seen_through_another_spelling(submission):
    """The from-scratch rule sees softmax where it is compiled and not spelled, and none where there
    is none."""
    X = np.ones((1, 2), np.float32)

    assert "softmax" in operations(submission, "probabilities", [[X]], "tensorflow")
    assert "softmax" not in operations(submission, "own_probabilities", [[X]], "tensorflow")


def test_library_prints_nothing(host):
    """No line of TensorFlow's log is taken for what a student has printed."""
    with Sandbox(Source([("hw.py", PROGRAM, 1)], {}, {}, CONTRACT), host, 60.0) as sandbox:
        sandbox.load()
        with sandbox.open_check(60, 30, seed=1) as submission:
            submission.traced(np.array([1.0]))

    assert sandbox.printed == b""
