"""What a run is asked for: how to grade, and which part of a suite."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.i18n import words


@dataclass(frozen=True)
class Settings:
    """How to grade; every choice is written into the record.

    device: "auto", "cpu", "cuda", or "fake" (sandbox/inside/fake_device.py). level: "auto" or an
    isolation level. data: a folder with the data set, "embedded" for the subset in the package, or
    None for the usual places. language: of the messages.
    """

    device: str = "auto"
    level: str = "auto"
    data: Path | None = None
    language: str = words.ENGLISH


@dataclass(frozen=True)
class Part:
    """What is run of a suite: the checks of some stubs (none: of all) or of one tier, or those
    that a change of the solution in the stub `changed` can reach; and `seed`, which is added to the
    seeds of the submission's generators. passed: stubs that have passed their other checks in
    another run. of_template: also where nothing is written in it."""

    stubs: tuple[str, ...] = ()
    tier: str | None = None
    changed: str | None = None
    seed: int = 0
    passed: tuple[str, ...] = ()
    of_template: bool = False


WHOLE = Part()
