"""The from-scratch rule at run time: which ready-made operations does a stub reach?

A dispatch mode inside the sandbox sees every operation of PyTorch below all spellings, so
``getattr(torch, "soft" + "max")``, ``nn.Softmax()(x)`` and ``X.softmax(1)`` look the same.
"""

from __future__ import annotations

from typing import Any

from grader.checking.comparison import Mismatch
from grader.sandbox.client import RemoteSubmission, in_sandbox

# What a student calls the operation, and the names that PyTorch dispatches it to.
READY_MADE = {
    "softmax": ("aten._softmax", "aten._safe_softmax"),
    "log_softmax": ("aten._log_softmax",),
    "cross_entropy": ("aten.cross_entropy_loss", "aten._log_softmax", "aten.nll_loss_forward"),
    "nll_loss": ("aten.nll_loss_forward", "aten.nll_loss2d_forward"),
}


@in_sandbox
def operations(submission, stub, arguments):  # type: ignore[no-untyped-def]
    """Names of the operations that a call of the stub dispatches, such as "aten.exp"."""
    from torch.utils._python_dispatch import TorchDispatchMode

    seen = set()

    class Recorder(TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):  # type: ignore
            seen.add(str(function).rpartition(".")[0])
            return function(*args, **(kwargs or {}))

    with Recorder():
        getattr(submission, stub)(*arguments)
    return sorted(seen)


def assert_from_scratch(
    submission: RemoteSubmission, stub: str, arguments: list[Any], forbidden: list[str]
) -> None:
    """Raise Mismatch if a call of `stub` reaches a forbidden ready-made operation.

    forbidden: keys of READY_MADE, as assignment.toml has them.
    """
    seen = set(operations(submission, stub, arguments))
    for name in forbidden:
        if seen & set(READY_MADE[name]):
            raise Mismatch(f"it calls PyTorch's ready-made {name}; build it from exp, log and sum")
