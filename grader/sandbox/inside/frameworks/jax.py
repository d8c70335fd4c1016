"""JAX, with flax and optax."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

import numpy as np

from grader.sandbox.inside.frameworks import Framework
from grader.sandbox.inside.protocol import CodecError


class Jax(Framework):
    """Its arrays cannot be changed in place, and its generators are arguments: there is little to
    put back. The first array starts its threads, with which no process may be forked."""

    title = "JAX"
    packages = ("jax", "flax", "optax")
    extra = "jax"
    names: ClassVar = {
        "jax": "jax",
        "jnp": "jax.numpy",
        "nn": "flax.linen",
        "optax": "optax",
        "np": "numpy",
    }
    environment: ClassVar = {
        "JAX_PLATFORMS": "cpu",  # else it looks for a GPU, and says so where it finds none
        "NPROC": "1",  # XLA starts as many threads of each kind as there are cores
        "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }

    def prepare(self) -> None:
        super().prepare()
        import flax.linen
        import flax.training.train_state  # noqa: F401

    # ---------------------------------------------------------------- arrays

    def is_array(self, value: object) -> bool:
        import jax

        if not isinstance(value, jax.Array):
            return False
        return not jax.dtypes.issubdtype(value.dtype, jax.dtypes.extended)  # such as a key

    def to_numpy(self, array: Any) -> np.ndarray:
        """Raises CodecError for what a function of jax.jit or jax.grad has kept of a call."""
        import jax

        if isinstance(array, jax.core.Tracer):
            raise CodecError(
                "an array without numbers (a tracer): while jax.jit, jax.grad or jax.vmap runs a "
                "function, its arrays have none; let the function return what you need of it"
            )
        return np.asarray(array)

    def from_numpy(self, array: np.ndarray) -> Any:
        import jax

        return jax.device_put(array)  # jnp.asarray compiles a program for each new shape

    # ---------------------------------------------------------------- between two checks

    def snapshot(self, arrays: Iterable[Any]) -> Callable[[], None]:
        """Settings such as jax_enable_x64."""
        import jax

        before = dict(jax.config.values)

        def restore() -> None:
            for name, value in before.items():
                if jax.config.values.get(name) != value:
                    with contextlib.suppress(Exception):  # one that counts before the start only
                        jax.config.update(name, value)

        return restore

    # ---------------------------------------------------------------- the from-scratch rule

    @contextlib.contextmanager
    def watching(self, seen: set[str]) -> Iterator[None]:
        """Without jit, so that the code of all functions runs."""
        import jax

        with jax.disable_jit(), super().watching(seen):
            yield


FRAMEWORK = Jax()
