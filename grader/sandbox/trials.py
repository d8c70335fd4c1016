"""What a grading needs of a box, tried in one, as a check would meet it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grader.errors import InfrastructureError, SandboxEvent
from grader.sandbox.host import Host
from grader.sandbox.proxies import InSandbox, in_sandbox
from grader.sandbox.sandbox import Sandbox, Source

SECONDS = 60.0  # for one trial
REINSTALL = (
    "install PyTorch again, with a torchvision that was built for it: "
    "pip install --force-reinstall torch torchvision"
)


@dataclass(frozen=True)
class Trial:
    """A function of a submission and of the data set's name, that says what it found; whether
    nothing can be graded without it; and what to do where it fails."""

    subject: str
    function: InSandbox
    is_needed: bool
    repair: str


@in_sandbox
def _computes(submission: Any, data: str | None) -> str:
    import torch

    device = submission.data.device
    weight = torch.ones(2, 2, device=device, requires_grad=True)
    (weight @ weight).sum().backward()
    return f"{torch.__version__} computes on {device}"


@in_sandbox
def _imports_torchvision(submission: Any, data: str | None) -> str:
    import torch
    import torchvision
    from torchvision import datasets, transforms  # noqa: F401

    if not torchvision.extension._has_ops():
        raise ImportError(
            f"{torchvision.__version__} was built for another torch than {torch.__version__}; it is"
            " used without its operators"
        )
    return torchvision.__version__


@in_sandbox
def _reads_data(submission: Any, data: str | None) -> str:
    if data is None:
        raise FileNotFoundError("no data set was found on this machine")
    examples, _ = submission.data.tensors(data, "train")
    return f"{data}, {len(examples)} training examples"


TORCH = Trial("torch", _computes, True, REINSTALL)
TRIALS = (
    TORCH,
    Trial(
        "torchvision",
        _imports_torchvision,
        False,
        f"submissions that import it lose what they need of it; {REINSTALL}",
    ),
    Trial("data", _reads_data, False, "see the data sets below; checks that train need one"),
)


def empty_sandbox(host: Host) -> Sandbox:
    """A sandbox of a submission without a line."""
    contract: dict[str, Any] = {"stubs": {}, "spellings": {}, "names": {}}
    return Sandbox(Source([], {}, {}, contract, host.device), host, SECONDS)


def attempt(trial: Trial, sandbox: Sandbox, data: str | None = None) -> str:
    """What a trial found. Raises SandboxEvent where it failed, InfrastructureError where no box
    starts."""
    with sandbox.open_check(SECONDS, SECONDS, 0) as submission:
        return str(trial.function(submission, data))


def require_device(host: Host) -> str:
    """What computes on the host's device. Raises InfrastructureError where a box cannot: else each
    student would lose the points to it."""
    try:
        with empty_sandbox(host) as sandbox:
            return attempt(TORCH, sandbox)
    except SandboxEvent as event:
        raise InfrastructureError(
            f"a sandbox cannot use the device {host.device}: {event}"
        ) from event
