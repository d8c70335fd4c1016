"""The pytest plugin that runs an assignment's checks against one submission after another.

pytest collects the suite once; ``Suite.run`` then walks the collected checks for each submission.
The checks, the reference and the hidden labels live in this process, the submission does not.

Fixtures for checks
    submission         the student's module, a fresh copy for every check
    shared_submission  one copy for all checks of a file that ask for it: for a long training run
    reference          the solution behind the same interface
    rng                a torch.Generator seeded by assignment and check: equal for every student
    dataset            grader.datasets.Dataset with the hidden test images and labels
    from_scratch       called with a stub's name and arguments, asserts its from-scratch rule
    passed_stubs       names of the stubs that passed all their checks before it was first used

Marks: stub(name), weight(n), visibility("hidden" | "visible" | "after_due_date"),
tier("unit" | "training"), timeout(seconds), required.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, TypeVar

import pytest
import torch

from grader.assignment import Assignment
from grader.checking import outcomes
from grader.checking.comparison import observed
from grader.checking.diagnosis import Diagnosis
from grader.checking.from_scratch import assert_runs_own, assert_source_is_own
from grader.datasets import Dataset
from grader.errors import (
    AssignmentError,
    DeadlineExceeded,
    InfrastructureError,
    SandboxEvent,
    UsageError,
)
from grader.misconceptions import Misconception
from grader.records import CheckResult
from grader.sandbox.chain import Sandbox
from grader.sandbox.client import RemoteSubmission

T = TypeVar("T")

TIERS = ("unit", "training")
TIMEOUT = {"unit": 30.0, "training": 180.0}  # seconds for all calls of one check
AFTER_TIMEOUT = 2.0  # seconds for a call of a stub that has not answered in an earlier check
MARKS = ("stub(name)", "weight(n)", "visibility(level)", "tier(name)", "timeout(s)", "required")

# A suite is the author's, whatever pytest configuration lies around: no plugins, no cache, no ini.
PYTEST_ARGUMENTS = [
    *("-c", os.devnull, "--import-mode=importlib", "--assert=plain", "--capture=no"),
    *("--strict-markers", "--noconftest", "-p", "no:terminal", "-p", "no:cacheprovider"),
    *("-p", "no:faulthandler", "-p", "no:warnings"),
]


@dataclass(frozen=True)
class Check:
    """A collected check and what its marks say."""

    item: pytest.Function
    stub: str
    tier: str
    visibility: str
    weight: float
    required: bool
    timeout: float
    sentence: str  # the author's own words: the first paragraph of the docstring


@dataclass
class Run:
    """The state of the suite while it meets one submission."""

    sandbox: Sandbox | None
    results: list[CheckResult] = field(default_factory=list)
    problem: BaseException | None = None  # of the check that is running
    mistake: Misconception | None = None

    def slow(self, stub: str) -> bool:
        """Whether the stub has not answered in time in an earlier check."""
        return any(r.stub == stub and r.outcome == "timeout" for r in self.results)

    def passed(self) -> frozenset[str]:
        seen = {result.stub for result in self.results}
        return frozenset(seen - {r.stub for r in self.results if r.outcome != "passed"})


class Suite:
    """The collected checks of one assignment."""

    def __init__(self, checks: list[Check], plugin: _Plugin) -> None:
        self.checks = checks
        self._plugin = plugin

    def run(
        self, sandbox: Sandbox, done: Callable[[CheckResult], None] = lambda result: None
    ) -> list[CheckResult]:
        """All checks against the submission in `sandbox`, unit tier first.

        Raises InfrastructureError when the sandbox, not the submission, fails, and UsageError
        when the suite or its data are at fault.
        """
        run = self._plugin.run = Run(sandbox)
        for check, following in zip(self.checks, [*self.checks[1:], None], strict=True):
            run.problem = run.mistake = None
            started = time.monotonic()
            if check.tier == "training" and run.slow(check.stub):
                run.problem = DeadlineExceeded(f"not run: {check.stub} did not answer before")
            else:
                check.item.config.hook.pytest_runtest_protocol(
                    item=check.item, nextitem=following.item if following else None
                )
            if isinstance(run.problem, (InfrastructureError, UsageError)):
                raise run.problem
            run.results.append(_result(check, run, time.monotonic() - started))
            done(run.results[-1])
        return run.results

    def all_failed(self, event: SandboxEvent) -> list[CheckResult]:
        """The results for a submission that could not even be loaded."""
        return [_result(check, Run(None, problem=event), 0.0) for check in self.checks]


def _result(check: Check, run: Run, seconds: float) -> CheckResult:
    outcome, message = outcomes.judge(run.problem, check.sentence, check.visibility, run.mistake)
    return CheckResult(
        name=check.item.name,
        stub=check.stub,
        tier=check.tier,
        visibility=check.visibility,
        weight=check.weight,
        required=check.required,
        outcome=outcome,
        message=message,
        misconception=run.mistake.name if run.mistake else None,
        seconds=round(seconds, 4),
    )


def with_suite(assignment: Assignment, dataset: Dataset | None, body: Callable[[Suite], T]) -> T:
    """Collect the suite of `assignment` and call `body` with it, inside one pytest session.

    Raises AssignmentError when the checks cannot be collected, and whatever `body` raises.
    """
    plugin = _Plugin(assignment, dataset, body)
    arguments = [*PYTEST_ARGUMENTS, f"--rootdir={assignment.private}"]
    with _clean_environment():
        pytest.main([*arguments, *map(str, assignment.suite)], plugins=[plugin])
    if plugin.error is not None:
        raise plugin.error
    if not plugin.finished:
        problems = "\n".join(plugin.collection_problems) or "pytest collected nothing"
        raise AssignmentError(f"The checks of {assignment.name} cannot be collected: {problems}")
    return plugin.result


@contextlib.contextmanager
def _clean_environment() -> Iterator[None]:
    """No options or plugins of whoever runs the grader reach the suite."""
    saved = dict(os.environ)
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
            os.environ.pop(name, None)
            if name in saved:
                os.environ[name] = saved[name]


class _Plugin:
    def __init__(
        self, assignment: Assignment, dataset: Dataset | None, body: Callable[[Suite], Any]
    ) -> None:
        self.assignment = assignment
        self.dataset_used = dataset
        self.body = body
        self.diagnosis = Diagnosis(assignment)
        self.collection_problems: list[str] = []
        self.run: Run
        self.result: Any = None
        self.error: BaseException | None = None
        self.finished = False

    # ---------------------------------------------------------------- hooks

    def pytest_configure(self, config: pytest.Config) -> None:
        for mark in MARKS:
            config.addinivalue_line("markers", mark)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.collection_problems.append(str(report.longrepr))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Hand the collected checks to `body`; what it raises is raised again outside pytest."""
        try:
            if not self.collection_problems and session.items:
                self.result = self.body(Suite(self._checks(session.items), self))
                self.finished = True
        except BaseException as error:
            self.error = error
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Function) -> Iterator[None]:
        """Remember what the check compares, so that a mistake can be told by its values."""
        token = observed.set([])
        try:
            return (yield)
        except AssertionError:
            self.run.mistake = self.diagnosis.name_mistake(item, self._stub(item))
            raise
        finally:
            observed.reset(token)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Keep the exception itself. A report without a traceback: nothing of a check's source
        is even formatted, and a failure costs no time."""
        problem = call.excinfo.value if call.excinfo is not None else None
        if problem is not None and self.run.problem is None:
            self.run.problem = problem
        outcome: Literal["passed", "failed"] = "passed" if problem is None else "failed"
        assert call.when != "collect"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)

    # ---------------------------------------------------------------- fixtures

    @pytest.fixture
    def submission(self, request: pytest.FixtureRequest) -> Iterator[RemoteSubmission]:
        seconds = _timeout(request.node)
        each = self.assignment.call_seconds if seconds == TIMEOUT["unit"] else seconds
        if self.run.slow(self._stub(request.node)):
            each = min(each, AFTER_TIMEOUT)
        with self._open(request.node.nodeid, seconds, each) as submission:
            yield submission

    @pytest.fixture(scope="module")
    def shared_submission(self, request: pytest.FixtureRequest) -> Iterator[RemoteSubmission]:
        seconds = TIMEOUT["training"]
        with self._open(request.node.nodeid, seconds, seconds) as submission:
            yield submission

    @pytest.fixture
    def from_scratch(self, submission: RemoteSubmission) -> Callable[..., None]:
        assert self.run.sandbox is not None
        cells = self.run.sandbox.source.cells
        stubs = {stub.name: stub for stub in self.assignment.stubs}

        def check(name: str, arguments: list[Any] | None = None) -> None:
            assert_source_is_own(cells, stubs[name])
            if arguments is not None:
                assert_runs_own(submission, stubs[name], arguments)

        return check

    @pytest.fixture
    def reference(self) -> RemoteSubmission:
        return self.diagnosis.reference()

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> torch.Generator:
        return self.diagnosis.rng(request.node)

    @pytest.fixture(scope="session")
    def dataset(self) -> Dataset:
        if self.dataset_used is None:
            raise AssignmentError("assignment.toml names no dataset, but a check asks for it")
        return self.dataset_used

    @pytest.fixture(scope="module")
    def passed_stubs(self) -> frozenset[str]:
        return self.run.passed()

    def _open(
        self, node: str, seconds: float, each: float
    ) -> contextlib.AbstractContextManager[RemoteSubmission]:
        assert self.run.sandbox is not None
        seed = int.from_bytes(sha256(node.encode()).digest()[:4], "big")
        return self.run.sandbox.open_check(seconds, each, seed)

    # ---------------------------------------------------------------- reading the marks

    def _checks(self, items: list[pytest.Item]) -> list[Check]:
        checks = [self._check(item) for item in items if isinstance(item, pytest.Function)]
        names = [check.item.name for check in checks]
        for name in names:
            if names.count(name) > 1:
                raise AssignmentError(f"two checks of {self.assignment.name} are called {name}")
        return sorted(checks, key=lambda check: TIERS.index(check.tier))

    def _check(self, item: pytest.Function) -> Check:
        public = Path(item.path) == self.assignment.public / "test_public.py"
        tier = _mark(item, "tier", "unit")
        if tier not in TIERS:
            raise AssignmentError(f"{item.name}: there is no tier {tier!r}")
        return Check(
            item=item,
            stub=self._stub(item),
            tier=tier,
            visibility=_mark(item, "visibility", "visible" if public else "hidden"),
            weight=float(_mark(item, "weight", 1)),
            required=item.get_closest_marker("required") is not None,
            timeout=_timeout(item),
            sentence=_sentence(item),
        )

    def _stub(self, item: pytest.Item) -> str:
        stub = _mark(item, "stub", None)
        if stub not in {known.name for known in self.assignment.stubs}:
            raise AssignmentError(
                f"{item.name}: mark it with @pytest.mark.stub(name) and a stub of assignment.toml "
                f"(found {stub!r})"
            )
        return stub


def _mark(item: pytest.Item, name: str, default: Any) -> Any:
    marker = item.get_closest_marker(name)
    return marker.args[0] if marker is not None else default


def _timeout(item: pytest.Item) -> float:
    return float(_mark(item, "timeout", TIMEOUT.get(_mark(item, "tier", "unit"), 30.0)))


def _sentence(item: pytest.Function) -> str:
    text = (item.function.__doc__ or item.name).strip().split("\n\n")[0]
    return " ".join(text.split())
