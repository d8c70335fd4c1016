"""On which device a run grades: what is here, what was asked for, what a sandbox can use."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import InfrastructureError, UsageError
from grader.grading import log
from grader.grading.settings import Settings
from grader.sandbox.inside.device import FAKE
from grader.sandbox.isolation.probe import choose

if TYPE_CHECKING:  # it imports torch
    from grader.sandbox.host import Host

CUDA_FILES = (Path("/dev/nvidiactl"), Path("/dev/dxg"))  # without one there is no CUDA device


def devices() -> list[str]:
    """The devices that are here, such as ["cpu", "cuda"]. torch is asked only where it may say
    yes: importing it takes a second."""
    if not any(file.exists() for file in CUDA_FILES):
        return ["cpu"]
    import torch

    return ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]


def device_for(wanted: str) -> str:
    """The device that is meant; "auto" is the best one here. Raises UsageError."""
    if wanted == FAKE:
        if os.environ.get("GRADER_FAKE_DEVICE") != "1":
            raise UsageError(f"The device {FAKE!r} is for tests, with GRADER_FAKE_DEVICE=1 set.")
        return FAKE
    found = ["cpu"] if wanted == "cpu" else devices()
    if wanted == "cuda" and wanted not in found:
        raise UsageError("There is no CUDA device here; use --device cpu.")
    return found[-1]


def leave_unusable_device(host: Host, settings: Settings) -> list[str]:
    """Go on without a device that a box cannot use, if nobody asked for it; the notes about it.
    Raises InfrastructureError where somebody did."""
    if host.device == "cpu":
        return []
    from grader.sandbox.trials import require_device

    try:
        require_device(host)
    except InfrastructureError as error:
        if settings.device != "auto":
            raise
        log.keep(error)
        host.restart(host.level, "cpu")
        return [f"graded on the CPU: {error}"]
    return []


def with_one_device(settings: Settings) -> tuple[Settings, list[str]]:
    """Settings in which "auto" has become a device that a box can use, and the notes about it: jobs
    side by side must not each decide for themselves. Raises UsageError, IsolationUnavailable."""
    device = device_for(settings.device)
    if device == "cpu" or settings.device != "auto":
        return replace(settings, device=device), []
    from grader.sandbox.host import Host

    with Host(choose(settings.level).level, None, device) as host:
        notes = leave_unusable_device(host, settings)
        return replace(settings, device=host.device), notes
