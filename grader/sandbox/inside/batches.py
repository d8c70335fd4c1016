"""Loading data in a box: a DataLoader does the work of its workers itself.

Each batch of a worker holds an open file for each of its tensors and lies in /dev/shm for as long
as somebody keeps it. A program that keeps all batches meets the limit of the one or of the other,
and at some levels no worker can start at all. Without workers the batches are the same.
"""

from __future__ import annotations

import functools
import inspect
from typing import Any

ALONE = {
    "num_workers": 0,
    "timeout": 0,
    "prefetch_factor": None,
    "persistent_workers": False,
    "multiprocessing_context": None,
}


def load_without_workers() -> None:
    """From now on no DataLoader of this process starts workers, however many it is told to."""
    from torch.utils.data import DataLoader

    original = DataLoader.__init__
    signature = inspect.signature(original)

    @functools.wraps(original)
    def make(*arguments: Any, **named: Any) -> None:
        bound = signature.bind(*arguments, **named)
        bound.arguments.update(ALONE)
        original(*bound.args, **bound.kwargs)

    setattr(DataLoader, "__init__", make)  # noqa: B010 (a type checker refuses the assignment)
