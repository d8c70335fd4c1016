"""TensorFlow, with Keras 3."""

from __future__ import annotations

import contextlib
import pickle
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

import numpy as np

from grader.sandbox.inside.frameworks import Framework
from grader.sandbox.inside.protocol import CodecError


class TensorFlow(Framework):
    """Its tensors cannot be changed in place, its variables can. The first operation starts its
    threads, with which no process may be forked; the import starts none."""

    title = "TensorFlow"
    packages = ("tensorflow", "keras")
    distributions = ("tensorflow-cpu", "keras")
    extra = "tensorflow"
    names: ClassVar = {"tf": "tensorflow", "np": "numpy"}
    environment: ClassVar = {
        "CUDA_VISIBLE_DEVICES": "",  # one that can use a GPU takes all its memory
        "KERAS_BACKEND": "tensorflow",  # whatever a file of the user says
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",  # it says so when it is on, and rounds in other places
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
    }
    reads = ("/proc/self/cmdline",)  # it looks for its program's name, and aborts without it

    # ---------------------------------------------------------------- arrays

    def is_array(self, value: object) -> bool:
        tf = _tensorflow()
        kinds = (tf.Tensor, tf.Variable, tf.keras.Variable, *_sparse_kinds())
        return isinstance(value, kinds)

    def is_network(self, value: object) -> bool:
        keras = _tensorflow().keras
        kinds = (keras.layers.Layer, keras.optimizers.Optimizer, _tensorflow().Module)
        return isinstance(value, kinds)

    def to_numpy(self, array: Any) -> np.ndarray:
        """Raises CodecError for what is not dense, has no numbers, or none yet."""
        if isinstance(array, _sparse_kinds()):
            raise CodecError(
                f"a tensor that is not dense ({type(array).__name__}); tf.convert_to_tensor or "
                "its method to_tensor, for a SparseTensor tf.sparse.to_dense, makes it dense"
            )
        try:
            numbers = np.asarray(array.numpy())
        except (AttributeError, NotImplementedError):
            raise CodecError(
                "a tensor without numbers: while tf.function traces a function, its tensors have "
                "none; let the function return what you need of it"
            ) from None
        if numbers.dtype.kind in "OSU":
            raise CodecError("a tensor of strings")
        return numbers

    def from_numpy(self, array: np.ndarray) -> Any:
        return _tensorflow().constant(array)

    # ---------------------------------------------------------------- between two checks

    def seed(self, seed: int) -> None:
        """Initializers and layers of Keras draw their own seeds from Python's generator."""
        _tensorflow().random.set_seed(seed)

    def generators(self) -> bytes | None:
        """The state that operations take their seeds from, and that of the global generator."""
        from tensorflow.python.eager import context

        seeds = getattr(context.context(), "_rng", None)
        if seeds is None:  # before the first seed, or another version
            return None
        drawn = _tensorflow().random.get_global_generator().state.numpy()
        return pickle.dumps((seeds.getstate(), drawn.tolist()))

    def snapshot(self, arrays: Iterable[Any]) -> Callable[[], None]:
        """Settings such as the default type of floats, and the values of variables."""
        tf = _tensorflow()
        eager, policy = tf.config.functions_run_eagerly(), tf.keras.config.dtype_policy()
        floats = tf.keras.config.floatx()
        kept = []
        for array in arrays:
            with contextlib.suppress(Exception):  # without values yet
                if isinstance(array, (tf.Variable, tf.keras.Variable)):
                    kept.append((array, np.array(array.numpy())))

        def restore() -> None:
            tf.config.run_functions_eagerly(eager)
            tf.keras.config.set_floatx(floats)
            tf.keras.config.set_dtype_policy(policy)
            for variable, value in kept:
                variable.assign(value)

        return restore

    # ---------------------------------------------------------------- the from-scratch rule

    @contextlib.contextmanager
    def watching(self, seen: set[str]) -> Iterator[None]:
        """What tf.function compiles runs as it is meanwhile."""
        tf = _tensorflow()
        eager = tf.config.functions_run_eagerly()
        tf.config.run_functions_eagerly(True)
        try:
            with super().watching(seen):
                yield
        finally:
            tf.config.run_functions_eagerly(eager)


def _tensorflow() -> Any:
    import tensorflow

    return tensorflow


def _sparse_kinds() -> tuple[type, ...]:
    tf = _tensorflow()
    return (tf.IndexedSlices, tf.SparseTensor, tf.RaggedTensor)


FRAMEWORK = TensorFlow()
