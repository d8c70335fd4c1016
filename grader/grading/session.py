"""Grading one submission after another: the main path.

with open_session(assignment, settings) as session:
    for upload in uploads:
        record = session.grade(upload)      read, load, check, judge and name, record
"""

from __future__ import annotations

import contextlib
import gc
import platform
import threading
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

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
from grader.grading.devices import device_for, leave_unusable_device
from grader.grading.records import DatasetUsed, Record, Status
from grader.grading.renewal import merged, renewed, touched
from grader.grading.settings import WHOLE, Part, Settings
from grader.i18n import words
from grader.i18n.words import N_, _
from grader.sandbox.host import Host
from grader.sandbox.inside import frameworks
from grader.sandbox.inside.definitions import Index
from grader.sandbox.inside.protocol import well_formed
from grader.sandbox.isolation.boxes import LEVELS
from grader.sandbox.isolation.probe import choose
from grader.sandbox.notes import sentence
from grader.sandbox.sandbox import Sandbox, Source, large_modules
from grader.submissions import reading
from grader.submissions.causes import causes
from grader.submissions.definitions import (
    defines_any,
    digest_of,
    is_attempted,
    places,
    template_of,
)
from grader.submissions.discovery import name_of
from grader.submissions.reading import Submission
from grader.submissions.uploads import Upload

if TYPE_CHECKING:  # it imports torch, for which a session waits while its host starts
    from grader.checking.live import Watcher
    from grader.checking.seen import Seen
    from grader.checking.suite import Suite

ATTEMPTS = 2  # when the machine fails, not the student
SUITE = "grader.checking.suite"
NOT_ATTEMPTED = N_(
    "Nothing is written in it: it is the template as it was given out. Was the right file handed "
    "in, and saved before?"
)
NO_STUB = N_("It defines none of the stubs. Is it the right file, of this assignment?")


class Session:
    """What all submissions of a run share: the suite, the data, and the host of their sandboxes.

    notes: what the run should know, in words. at, share: the submission that is being graded, and
    how much of it is done (0 to 1), for whoever shows progress. watcher: is told of its trainings
    while they run.
    """

    def __init__(
        self,
        assignment: Assignment,
        suite: Suite,
        dataset: Dataset | None,
        host: Host,
        notes: list[str],
    ) -> None:
        self.assignment = assignment
        self.suite = suite
        self.dataset = dataset
        self.host = host
        self.notes = notes
        self.template = template_of(assignment)
        self.at: Upload | None = None
        self.share = 0.0
        self.watcher: Watcher | None = None

    def grade(
        self, upload: Upload | Path, earlier: Record | None = None, part: Part = WHOLE
    ) -> Record:
        """Grade one upload. Whatever it is, the result is a record, never an exception.

        earlier: what was seen of it before; returned as it is if nothing has changed since.
        part: what is run of the suite.
        """
        started = time.monotonic()
        upload = upload if isinstance(upload, Upload) else Upload(upload)
        self.at, self.share = upload, 0.0
        record = self._seen(upload, earlier, part, started)
        if record.origin == upload.origin:
            return record
        return msgspec.structs.replace(record, origin=upload.origin)

    def _seen(self, upload: Upload, earlier: Record | None, part: Part, started: float) -> Record:
        """What `grade` returns, without the origin."""
        path = upload.path
        try:
            read = reading.read(upload, self.assignment.stubs)
        except UnreadableSubmission as error:
            return self._without_grade(path, "unreadable", [str(error)], started)
        if not part.of_template and self._is_template(read):
            notes = [_(NOT_ATTEMPTED), *read.warnings]
            return self._without_grade(path, "not_attempted", notes, started)
        if earlier is not None and self._is_of(earlier, read):
            record = self._renewed(earlier, read, started)
            if record is not None:
                return record
        for _attempt in range(ATTEMPTS):
            try:
                with self.sandbox(read) as sandbox:
                    seen = self.check(sandbox, part)
                return self.record(read, sandbox, seen, started)
            except UsageError:
                raise
            except InfrastructureError as error:
                problem = str(error)
                log.keep(error)
            except Exception as error:  # a fault of ours must not end the evening
                problem = f"{type(error).__name__}: {error}"
                log.keep(error)
        problem = f"the grader failed, not the submission: {problem}"
        return self._without_grade(path, "infrastructure_error", [problem], started)

    def sandbox(self, upload: Submission) -> Sandbox:
        """A sandbox for one submission, in which nothing is loaded yet."""
        source = Source.of(upload, self.assignment, self.host.device)
        return Sandbox(source, self.host, self.assignment.load_seconds)

    def check(self, sandbox: Sandbox, part: Part = WHOLE) -> list[Seen]:
        """Load the submission and run the checks on it; one that cannot be loaded fails them all.

        Raises InfrastructureError where the machine or a check fails, not the submission.
        """
        from grader.checking import live
        from grader.checking.seen import not_loaded

        checks = self.suite.part(part.stubs, part.tier, part.changed)
        sandbox.seed = part.seed
        try:
            sandbox.load()
        except SandboxEvent as event:
            return not_loaded(checks, event)
        seen = []
        with live.watched_by(self.watcher):
            for one in self.suite.meet(sandbox, checks, part.passed):
                seen.append(one)
                self.share = len(seen) / len(checks)
                live.tell(one.check.item.name, one.kept.curves)
        return seen

    def record(
        self, upload: Submission, sandbox: Sandbox, seen: list[Seen], started: float
    ) -> Record:
        """Judge what was seen of a submission, whose sandbox has ended, name its mistakes, and keep
        it all. started: time.monotonic() before it was read."""
        from grader.checking.judging import judged

        stubs = self.assignment.stubs
        why = causes(upload.index, upload.warnings, stubs)
        return self._record(
            upload.path,
            upload.name,
            "graded",
            started,
            checks=judged(seen, self.suite.diagnosis, upload.index, why),
            warnings=[*self._strange(upload), *upload.warnings, *map(sentence, sandbox.notes)],
            output=sandbox.printed.decode("utf-8", "replace"),
            digests=_digests(upload),
            places=places(upload, stubs),
        )

    def _is_of(self, earlier: Record, upload: Submission) -> bool:
        """Whether nothing but the checks can be another than it was then."""
        unchanged = self._record(upload.path, upload.name, "graded", 0.0, digests=_digests(upload))
        decisive = ("assignment", "status", "isolation", "device", "dataset", "environment")
        same = all(getattr(earlier, field) == getattr(unchanged, field) for field in decisive)
        return same and earlier.digests.get("submission") == upload.digest

    def _renewed(self, earlier: Record, upload: Submission, started: float) -> Record | None:
        """What grading the upload now would see, if for that no more than the unit checks of the
        stubs that are touched has to run; None if more has to, or the machine fails."""
        digests = {"suite": self.assignment.digest} | self.suite.digests
        stubs = touched(earlier, digests, [stub.name for stub in self.assignment.stubs])
        if not stubs:
            return renewed(earlier, digests, self.suite.checks)
        if any(check.tier == "training" for check in self.suite.part(stubs)):
            return None
        with contextlib.suppress(InfrastructureError), self.sandbox(upload) as sandbox:
            seen = self.check(sandbox, Part(stubs))
            part = self.record(upload, sandbox, seen, started)
            return merged(earlier, part, stubs, self.suite.checks)
        return None

    def _is_template(self, upload: Submission) -> bool:
        """Whether nothing is written in it. What Python cannot read may be the student's work."""
        program = Index(upload.cells, upload.trees)
        return (
            self.template is not None
            and upload.is_whole
            and not is_attempted(program, self.assignment.stubs, self.template)
        )

    def _strange(self, upload: Submission) -> list[str]:
        """A note about a submission that may be meant for another assignment."""
        known = not upload.is_whole or defines_any(upload.index, self.assignment.stubs)
        return [] if known else [_(NO_STUB)]

    def _without_grade(
        self, path: Path, status: Status, notes: list[str], started: float
    ) -> Record:
        return self._record(path, name_of(path), status, started, warnings=notes)

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
        digests: dict[str, str] | None = None,
        places: dict[str, str] | None = None,
    ) -> Record:
        used = self.dataset
        checks_digests = self.suite.digests if status == "graded" else {}
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
            environment=_environment(self.assignment.framework),
            digests={"submission": "", **(digests or {}), "suite": self.assignment.digest}
            | checks_digests,
            path=well_formed(str(path)),
            places=places or {},
        )


@contextlib.contextmanager
def open_session(
    assignment: Assignment, settings: Settings, compiled: Path | None = None
) -> Iterator[Session]:
    """Choose device, isolation and data once, and collect the suite.

    compiled: a folder for what is compiled (compiled.py), if it can be kept.

    Raises UsageError (device, data, assignment) or IsolationUnavailable before anything runs.
    """
    framework = assignment.require_framework()
    asked = device_for(settings.device)
    device = asked if asked in framework.devices else "cpu"
    wanted = assignment.datasets
    dataset = datasets.find_first(wanted, settings.data) if wanted else None
    likely = LEVELS[0] if settings.level == "auto" else settings.level
    with (
        words.speaking(settings.language),
        _host(assignment, dataset, likely, device, compiled) as host,
    ):
        with contextlib.suppress(IsolationUnavailable):
            host.start()
        # Both sides need torch, which takes a second: this one imports it while the box does.
        threading.Thread(target=import_module, args=(SUITE,), daemon=True).start()
        chosen = choose(settings.level)
        if chosen.level != likely:
            host.restart(chosen.level, device)
        notes = [*chosen.reasons, *leave_unusable_device(host, settings)]
        if device != asked:
            notes.append(f"{framework.title} computes on the CPU here, not on {asked}")
        if dataset is not None and dataset.name != wanted[0]:
            notes.append(f"{wanted[0]} is not here: training checks run on {dataset.name}")
        import torch

        from grader.checking.suite import open_suite

        torch.set_num_threads(1)  # tensors of checks are small: a second thread only waits
        for name in framework.imports_for(assignment.checks):  # the solution needs them too
            import_module(name)
        kept = framework.compiling_into(compiled) if compiled else contextlib.nullcontext()
        with open_suite(assignment, dataset) as suite, kept:
            gc.freeze()  # what is here stays: no collection, and no exit, need look at it
            yield Session(assignment, suite, dataset, host, notes)


def _host(
    assignment: Assignment,
    dataset: Dataset | None,
    level: str,
    device: str,
    compiled: Path | None,
) -> Host:
    """A host that prepares what checks and submissions will need: the data to train on, and the
    modules of the solution, which its students import too."""
    checks = assignment.checks
    compiler = frameworks.named(assignment.framework).imports_for(checks)
    return Host(
        level,
        dataset.public_root if dataset else None,
        device,
        imports=(*compiler, *large_modules(assignment.source.python)),
        data=(dataset.name,) if dataset and "training" in checks else (),
        framework=assignment.framework,
        compiled=compiled,
    )


def _digests(upload: Submission) -> dict[str, str]:
    return {"submission": upload.digest, "code": digest_of(upload.index)}


def _environment(framework: str) -> dict[str, str]:
    packages = dict.fromkeys(("torch", *frameworks.named(framework).packages))
    return {
        "grader": __version__,
        "python": platform.python_version(),
        # A session has imported them; tensorflow is installed as tensorflow-cpu, too.
        **{name: str(import_module(name).__version__) for name in packages},
        "platform": platform.platform(),
        "language": words.language(),
    }
