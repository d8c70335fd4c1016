"""From an upload to a record: the main path.

read the upload → box → load → run the checks → record
"""

from __future__ import annotations

import gc
import os
import platform
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from grader import __version__
from grader.checking.results import CheckResult
from grader.course import datasets
from grader.course.assignment import Assignment
from grader.course.datasets import Dataset
from grader.errors import (
    InfrastructureError,
    IsolationUnavailable,
    SandboxEvent,
    UnreadableSubmission,
    UsageError,
)
from grader.grading import log
from grader.grading.records import DatasetUsed, Record, Status
from grader.i18n import words
from grader.sandbox.host import Host, imports_for
from grader.sandbox.inside.device import FAKE
from grader.sandbox.isolation import probe as isolation
from grader.sandbox.opening import box_for, load
from grader.sandbox.sandbox import Sandbox, large_modules
from grader.sandbox.trials import require_device
from grader.submissions import reading as submission
from grader.submissions.definitions import places
from grader.submissions.reading import Submission

if TYPE_CHECKING:
    from grader.checking.plugin import Suite

CUDA_FILES = (Path("/dev/nvidiactl"), Path("/dev/dxg"))  # without one there is no CUDA device
ATTEMPTS = 2  # when the machine fails, not the student

Progress = Callable[[str, CheckResult | None], None]  # (submission, check done or None: begun)


@dataclass(frozen=True)
class Settings:
    """How to grade; every choice is written into the record.

    device: "auto", "cpu", "cuda", or "fake" (sandbox/fake_device.py). level: "auto" or an isolation
    level. data: a folder with the data set, "embedded" for the subset in the package, or None for
    the usual places. language: of the messages.
    """

    device: str = "auto"
    level: str = "auto"
    data: Path | None = None
    language: str = words.ENGLISH


@dataclass(frozen=True)
class Part:
    """What is run of a suite: the checks of one stub or tier (None: of all), or those that a change
    of the solution in the stub `changed` can reach; and `seed`, which is added to the seeds of the
    submission's generators."""

    stub: str | None = None
    tier: str | None = None
    changed: str | None = None
    seed: int = 0


WHOLE = Part()


@dataclass
class Bench:
    """What all submissions of a run share: the suite, the data, the device, the isolation."""

    assignment: Assignment
    suite: Suite
    dataset: Dataset | None
    host: Host
    notes: list[str] = field(default_factory=list)
    seed: int = 0  # added to the seeds of the submission's generators

    def only(self, part: Part) -> Bench:
        """The same bench for a part of the suite."""
        suite = self.suite.only(part.stub, part.tier)
        if part.changed is not None:
            suite = suite.running(part.changed)
        return replace(self, suite=suite, seed=part.seed)

    def grade(
        self,
        path: Path,
        progress: Progress = lambda name, check: None,
        earlier: Record | None = None,
    ) -> Record:
        """Grade one upload. Whatever it is, the result is a record, never an exception.

        earlier: what was seen of it before; returned as it is if nothing has changed since.
        """
        started = time.monotonic()
        name = submission.printable(path.name)
        progress(name, None)
        try:
            upload = submission.read(path, [stub.name for stub in self.assignment.stubs])
        except UnreadableSubmission as error:
            stem = submission.printable(path.resolve().stem)
            return self._record(path, stem, "unreadable", started, warnings=[str(error)])
        if earlier is not None and self._holds(earlier, upload):
            return earlier
        for _ in range(ATTEMPTS):
            try:
                return self._grade_once(upload, progress, started)
            except UsageError:
                raise
            except InfrastructureError as error:
                problem = str(error)
                log.keep(error)
            except Exception as error:  # a fault of ours must not end the evening
                problem = f"{type(error).__name__}: {error}"
                log.keep(error)
        problem = f"the grader failed, not the submission: {problem}"
        return self._record(path, upload.name, "infrastructure_error", started, warnings=[problem])

    def _holds(self, earlier: Record, upload: Submission) -> bool:
        """Whether grading the upload now would see what was seen then."""
        unchanged = self._record(upload.path, upload.name, "graded", 0.0, digest=upload.digest)
        decisive = ("assignment", "status", "isolation", "device", "dataset", "environment")
        return all(getattr(earlier, f) == getattr(unchanged, f) for f in (*decisive, "digests"))

    def _grade_once(self, upload: Submission, progress: Progress, started: float) -> Record:
        with box_for(upload, self.assignment, self.host) as sandbox:
            sandbox.seed = self.seed
            checks = run(self.suite, sandbox, load(sandbox), lambda c: progress(upload.name, c))
        return self.record(upload, sandbox, checks, started)

    def record(
        self, upload: Submission, sandbox: Sandbox, checks: list[CheckResult], started: float
    ) -> Record:
        """What was seen of a submission whose sandbox has ended."""
        return self._record(
            upload.path,
            upload.name,
            "graded",
            started,
            checks=checks,
            warnings=[*upload.warnings, *sandbox.notes],
            output=sandbox.printed.decode("utf-8", "replace"),
            digest=upload.digest,
            places=places(upload, self.assignment.stubs),
        )

    def _record(
        self,
        path: Path,
        name: str,
        status: Status,
        started: float,
        *,
        checks: list[CheckResult] | None = None,
        warnings: list[str] | None = None,
        output: str = "",
        digest: str = "",
        places: dict[str, str] | None = None,
    ) -> Record:
        used = self.dataset
        return Record(
            submission=name,
            assignment=self.assignment.name,
            status=status,
            isolation=self.host.level if status == "graded" else None,
            device=self.host.device,
            dataset=DatasetUsed(used.name, used.variant, used.sha256) if used else None,
            checks=checks or [],
            warnings=warnings or [],
            output=output,
            seconds=round(time.monotonic() - started, 3),
            environment=_environment(),
            digests={"submission": digest, "suite": self.assignment.digest},
            path=submission.printable(str(path)),
            places=places or {},
        )


def run(
    suite: Suite,
    sandbox: Sandbox,
    problem: SandboxEvent | None,
    done: Callable[[CheckResult], None] = lambda check: None,
) -> list[CheckResult]:
    """Run the suite on a loaded submission; one that had a problem there fails every check."""
    return suite.run(sandbox, done) if problem is None else suite.all_failed(problem)


def with_bench(assignment: Assignment, settings: Settings, body: Callable[[Bench], None]) -> None:
    """Choose device, isolation and data, collect the suite, and call `body` with them.

    Raises UsageError (device, data, assignment) or IsolationUnavailable before anything runs.
    """
    device = _device(settings.device)
    wanted = assignment.datasets
    dataset = datasets.find_first(wanted, settings.data) if wanted else None
    likely = isolation.LEVELS[0] if settings.level == "auto" else settings.level
    with (
        words.speaking(settings.language),
        _host(assignment, dataset, likely, device) as host,
    ):
        with suppress(IsolationUnavailable):
            host.start()
        # Both sides need torch, which takes a second: this one imports it while the box does.
        plugin = "grader.checking.plugin"
        threading.Thread(target=import_module, args=(plugin,), daemon=True).start()
        chosen = isolation.choose(settings.level)
        if chosen.level != likely:
            host.restart(chosen.level, device)
        notes = [*chosen.reasons, *_without_device(host, settings)]
        if dataset is not None and dataset.name != wanted[0]:
            notes.append(f"{wanted[0]} is not here: training checks run on {dataset.name}")
        import torch

        from grader.checking.plugin import with_suite

        torch.set_num_threads(1)  # tensors of checks are small: a second thread only waits
        for name in imports_for(assignment.checks):  # the solution needs them too
            import_module(name)

        def begin(suite: Suite) -> None:
            gc.freeze()  # what is here stays: no collection, and no exit, need look at it
            body(Bench(assignment, suite, dataset, host, notes))

        with_suite(assignment, dataset, begin)


def _host(assignment: Assignment, dataset: Dataset | None, level: str, device: str) -> Host:
    """A host that prepares what checks and submissions will need: the data to train on, and the
    modules of the solution, which its students import too."""
    checks = assignment.checks
    return Host(
        level,
        dataset.public_root if dataset else None,
        device,
        imports=(*imports_for(checks), *large_modules(assignment.solution.read_text("utf-8"))),
        data=(dataset.name,) if dataset and "training" in checks else (),
    )


def _without_device(host: Host, settings: Settings) -> list[str]:
    """Go on without a device that a box cannot use, if nobody asked for it; the notes about it.
    Raises InfrastructureError where somebody did."""
    if host.device == "cpu":
        return []
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
    device = _device(settings.device)
    if device == "cpu" or settings.device != "auto":
        return replace(settings, device=device), []
    with Host(isolation.choose(settings.level).level, None, device) as host:
        notes = _without_device(host, settings)
        return replace(settings, device=host.device), notes


def devices() -> list[str]:
    """The devices that are here, such as ["cpu", "cuda"]. torch is asked only where it may say
    yes: importing it takes a second."""
    if not any(file.exists() for file in CUDA_FILES):
        return ["cpu"]
    import torch

    return ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]


def _device(wanted: str) -> str:
    if wanted == FAKE:
        if os.environ.get("GRADER_FAKE_DEVICE") != "1":
            raise UsageError(f"The device {FAKE!r} is for tests, with GRADER_FAKE_DEVICE=1 set.")
        return FAKE
    found = ["cpu"] if wanted == "cpu" else devices()
    if wanted == "cuda" and wanted not in found:
        raise UsageError("There is no CUDA device here; use --device cpu.")
    return found[-1]


def _environment() -> dict[str, str]:
    import torch  # a bench has it already

    return {
        "grader": __version__,
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "platform": platform.platform(),
        "language": words.language(),
    }
