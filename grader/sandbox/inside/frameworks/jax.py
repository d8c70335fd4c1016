"""JAX, with flax and optax."""

from __future__ import annotations

import contextlib
import importlib
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from grader.sandbox.inside.frameworks import Framework
from grader.sandbox.inside.protocol import CodecError

# What the first operation of a process imports.
NEEDED_LATER = (
    "jaxlib.mlir.dialects.builtin",
    "jaxlib.mlir.dialects.mhlo",
    "jax.experimental.multihost_utils",
)

# What it says of a file that another job is just writing; it compiles then.
UNREAD = "Error reading persistent compilation cache entry"

# Else a name holds where it was compiled, for caches of GPUs below that folder.
NO_FOLDER_IN_KEYS = "none"


class Jax(Framework):
    """Its arrays cannot be changed in place, and its generators are arguments: there is little to
    put back. The first array starts its threads, with which no process may be forked; so each
    process compiles every function and operation anew that it does not find compiled."""

    title = "JAX"
    packages = ("jax", "flax", "optax")
    extra = "jax"
    shares_compiled = True
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

        for name in NEEDED_LATER:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        with contextlib.suppress(Exception):  # another version: the first array looks for them
            from jax._src import xla_bridge

            xla_bridge._discover_and_register_pjrt_plugins()
        warnings.filterwarnings("ignore", UNREAD)

    # ---------------------------------------------------------------- what is compiled

    def compiled_in(self, folder: str) -> dict[str, str]:
        return {
            "JAX_COMPILATION_CACHE_DIR": folder,
            "JAX_PERSISTENT_CACHE_ENABLE_XLA_CACHES": NO_FOLDER_IN_KEYS,
            "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "4e17",  # it keeps what took longer
        }

    @contextlib.contextmanager
    def compiling_into(self, folder: Path) -> Iterator[None]:
        import jax

        wanted = {
            "jax_compilation_cache_dir": str(folder),
            "jax_persistent_cache_enable_xla_caches": NO_FOLDER_IN_KEYS,
            "jax_persistent_cache_min_compile_time_secs": 0.0,
            "jax_persistent_cache_min_entry_size_bytes": -1,
        }
        try:
            from jax.experimental.compilation_cache.compilation_cache import reset_cache

            before = {name: jax.config.values[name] for name in wanted}
        except (ImportError, KeyError):  # another version: nothing is kept, so nothing is found
            yield
            return
        try:
            warnings.filterwarnings("ignore", UNREAD)
            self._configure(wanted)
            reset_cache()  # it knows its folder from its first use on
            yield
        finally:
            self._configure(before)
            reset_cache()

    def _configure(self, values: dict[str, Any]) -> None:
        import jax

        for name, value in values.items():
            jax.config.update(name, value)

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

        # Of a copy, for it may share the memory. jnp.asarray compiles a program for each new shape.
        return jax.device_put(np.array(array))

    # ---------------------------------------------------------------- between two checks

    def generators(self) -> bytes:
        """There are none: whoever draws has a key for it."""
        return b""

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
