"""What the engine has to know of a library for arrays: one file of this folder for each, found by
the name that assignment.toml has for it (``framework = "jax"``).

A file defines FRAMEWORK, an object of a subclass of `Framework`. Importing it imports neither the
library nor anything else that is large: both sides of the boundary look at it, also where the
library is not installed.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

TORCH = "torch"  # that of an assignment which says nothing


class Framework:
    """One library. What is not said by a subclass is as here: for arrays that nothing can change in
    place, on the processor, in processes that are not forked once they have computed.

    title: what people call it.
    packages: what is imported for it; the first one is the library itself.
    distributions: what pip calls them, where that is another name.
    extra: `pip install "gradebox[extra]"` installs them; "" for what comes with the grader.
    place: where that is best done, if not beside everything else.
    names: modules that source of an author, run in the box, finds under these names.
    environment: variables of a box, and of the trusted side, which read it when it starts.
    reads: files of its own process in /proc that it cannot start without; they tell a process
        nothing new.
    survives_fork: whether a process may be forked in which it has computed.
    shares_compiled: whether a process can take what another one has compiled from a folder.
    devices: those that it computes on; any other becomes the processor.
    is_converted: whether arrays of checks become its own on the way into the box, and its own
        become numpy's on the way out. PyTorch's tensors cross as what they are.
    """

    title = ""
    packages: tuple[str, ...] = ()
    distributions: tuple[str, ...] = ()
    extra = ""
    place = ""
    names: ClassVar[dict[str, str]] = {}
    environment: ClassVar[dict[str, str]] = {}
    reads: tuple[str, ...] = ()
    survives_fork = False
    shares_compiled = False
    devices: tuple[str, ...] = ("cpu",)
    is_converted = True

    def missing(self) -> list[str]:
        """The packages that are not installed here."""
        return [name for name in self.packages if importlib.util.find_spec(name) is None]

    def prepare(self) -> None:
        """In a host, before it forks: import what all submissions need. Nothing is computed here,
        so that no thread starts."""
        for name in self.packages:
            importlib.import_module(name)

    def imports_for(self, checks: str) -> tuple[str, ...]:
        """Further modules that a host should import for checks with this source."""
        return ()

    def notes(self) -> list[str]:
        """Codes of notes (sandbox/notes.py) about what a program has asked of the library."""
        return []

    # ---------------------------------------------------------------- what is compiled

    def compiled_in(self, folder: str) -> dict[str, str]:
        """Variables of a process that takes what lies compiled in a folder, and adds nothing."""
        return {}

    @contextlib.contextmanager
    def compiling_into(self, folder: Path) -> Iterator[None]:
        """Meanwhile, keep in a folder what this process compiles, and take from there."""
        yield

    # ---------------------------------------------------------------- arrays

    def is_array(self, value: object) -> bool:
        """Whether it is an array of the library that holds numbers."""
        raise NotImplementedError

    def is_network(self, value: object) -> bool:
        """Whether it is an object of the library that holds arrays in its attributes."""
        return False

    def to_numpy(self, array: Any) -> np.ndarray:
        """The numbers of an array. May raise whatever the library raises."""
        return np.asarray(array)

    def from_numpy(self, array: np.ndarray) -> Any:
        """An array of the library with these numbers, which nothing else holds."""
        raise NotImplementedError

    def batches(
        self, parts: tuple[Any, ...], size: int, shuffle: bool
    ) -> Iterator[tuple[Any, ...]]:
        """Arrays of one length in batches, the last one short if need be. parts: arrays of numpy,
        or, where the library survives a fork, its own."""
        count = len(parts[0])
        order = np.random.permutation(count) if shuffle else np.arange(count)
        for start in range(0, count, size):
            picked = order[start : start + size]
            yield tuple(self.from_numpy(part[picked]) for part in parts)

    # ---------------------------------------------------------------- between two checks

    def seed(self, seed: int) -> None:
        """Seed the library's global generators; Python's and numpy's are seeded anyway."""

    def generators(self) -> bytes | None:
        """The state of the library's global generators; None where it cannot be told."""
        return None

    def snapshot(self, arrays: Iterable[Any]) -> Callable[[], None]:
        """What puts back the library's settings as they are now, and the values of those of the
        `arrays` that can be changed in place."""
        return lambda: None

    # ---------------------------------------------------------------- the from-scratch rule

    @contextlib.contextmanager
    def watching(self, seen: set[str]) -> Iterator[None]:
        """Meanwhile, add to `seen` what is called: names as in `ReadyMade.dispatched`. Here the
        names of the functions of its packages whose code runs, such as "softmax"."""

        def note(frame, event, argument):  # type: ignore[no-untyped-def]
            if str(frame.f_globals.get("__name__")).partition(".")[0] in self.packages:
                seen.add(frame.f_code.co_name)

        sys.setprofile(note)
        try:
            yield
        finally:
            sys.setprofile(None)


def available() -> list[str]:
    """The names of all frameworks."""
    return sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))


def named(name: str) -> Framework:
    """The framework of that name, one of `available()`."""
    found: Framework = importlib.import_module(f"{__name__}.{name}").FRAMEWORK
    return found


def may_be_forked(framework: Framework) -> bool:
    """Whether this process may be forked for an assignment in `framework`: none is here, such as
    JAX, that does not survive it."""
    everyone = map(named, available())
    lasting = {name for each in everyone if not each.survives_fork for name in each.packages[:1]}
    return framework.survives_fork and not lasting & set(sys.modules)
