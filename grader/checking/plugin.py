"""The pytest plugin that runs an assignment's checks against one submission after another.

pytest collects the suite once; ``Suite.run`` then walks the collected checks for each submission.
The checks, the reference and the hidden labels live in this process, the submission does not.
fixtures.py says what a check may ask for, marks.py how it is marked.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal, TypeVar

import pytest

from grader.checking.comparison import measured, observed
from grader.checking.diagnosis.mistakes import Diagnosis, Trace, observe_raised
from grader.checking.fixtures import fixtures
from grader.checking.marks import MARKS, Check, read_checks
from grader.checking.reach import WatchedSolution
from grader.checking.results import CheckResult
from grader.checking.run import Box, Ended, Run, result
from grader.course.assignment import Assignment
from grader.course.datasets import Dataset
from grader.errors import (
    AssignmentError,
    DeadlineExceeded,
    InfrastructureError,
    SandboxEvent,
    StudentError,
    UsageError,
)
from grader.i18n.words import _, quoting

T = TypeVar("T")

# A suite is the author's, whatever pytest configuration lies around: no plugins, no cache, no ini.
PYTEST_ARGUMENTS = [
    *("-c", os.devnull, "--import-mode=importlib", "--assert=plain", "--capture=no"),
    *("--strict-markers", "--noconftest", "-p", "no:terminal", "-p", "no:cacheprovider"),
    *("-p", "no:faulthandler", "-p", "no:warnings", "-p", "no:logging"),
    *("-p", "no:unraisableexception"),  # collects garbage five times before it ends
]


class Suite:
    """The collected checks of one assignment."""

    def __init__(self, checks: list[Check], plugin: _Plugin) -> None:
        self.checks = checks
        self._plugin = plugin

    def run(
        self, sandbox: Box, done: Callable[[CheckResult], None] = lambda result: None
    ) -> list[CheckResult]:
        """All checks against the submission in `sandbox`, unit tier first.

        Raises InfrastructureError when the sandbox, not the submission, fails, and UsageError
        when the suite or its data are at fault.
        """
        if not self.checks:
            return []
        run = self._plugin.run = Run(sandbox, self.checks[0])
        try:
            for check, following in zip(self.checks, [*self.checks[1:], None]):
                run.begin(check)
                started = time.monotonic()
                if check.tier == "training" and run.slow():
                    run.problem = DeadlineExceeded(
                        _("not run: {stub} did not answer before").format(stub=check.stub)
                    )
                else:
                    self._meet(check, following)
                    if run.is_doubtful():
                        run.begin(check, confirms=True)
                        self._set_back()  # a training that several checks look at, too
                        self._meet(check, following)
                if isinstance(run.problem, (InfrastructureError, UsageError)):
                    raise run.problem
                done(run.end(time.monotonic() - started))
        finally:  # what a file's checks share must not reach the next submission
            self._set_back()
        return run.with_names(self._plugin.diagnosis)

    def _meet(self, check: Check, following: Check | None) -> None:
        """Run a check on the submission."""
        check.item.config.hook.pytest_runtest_protocol(
            item=check.item, nextitem=following.item if following else None
        )

    def _set_back(self) -> None:
        """End the fixtures that checks share."""
        self.checks[0].item.session._setupstate.teardown_exact(None)

    def only(self, stub: str | None = None, tier: str | None = None) -> Suite:
        """The checks of one stub and tier; None: of all."""
        kept = [c for c in self.checks if stub in (None, c.stub) and tier in (None, c.tier)]
        return Suite(kept, self._plugin)

    def running(self, stub: str) -> Suite:
        """The checks that may see a change of the solution in one stub: its own, and those of other
        stubs that run it."""
        reach = self._plugin.reach
        return Suite(
            [c for c in self.checks if stub in (c.stub, *reach.get(c.item.name, ()))], self._plugin
        )

    def all_failed(self, event: SandboxEvent) -> list[CheckResult]:
        """The results for a submission that could not even be loaded."""
        return [result(Ended(check, event, 0.0, [])) for check in self.checks]


def with_suite(assignment: Assignment, dataset: Dataset | None, body: Callable[[Suite], T]) -> T:
    """Collect the suite of `assignment` and call `body` with it, inside one pytest session.

    Raises AssignmentError when the checks cannot be collected, and whatever `body` raises.
    """
    plugin = _Plugin(assignment, dataset, body)
    holder = fixtures(assignment, dataset, plugin.diagnosis, lambda: plugin.run)
    arguments = [*PYTEST_ARGUMENTS, f"--rootdir={assignment.public}"]
    speech = quoting(assignment.name, assignment.public, assignment.private)
    with _clean_environment(), _own_modules(assignment), speech:
        pytest.main([*arguments, *map(str, assignment.suite)], plugins=[plugin, holder])
    if plugin.error is not None:
        raise plugin.error
    if not plugin.finished:
        problems = "\n".join(plugin.collection_problems) or "pytest collected nothing"
        raise AssignmentError(f"The checks of {assignment.name} cannot be collected: {problems}")
    return plugin.result


@contextlib.contextmanager
def _own_modules(assignment: Assignment) -> Iterator[None]:
    """Every suite is called test_hidden: forget it, so that the next one is not taken for it."""
    try:
        yield
    finally:
        files = {str(path) for path in assignment.suite}
        for name, module in list(sys.modules.items()):
            if getattr(module, "__file__", None) in files:
                del sys.modules[name]


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
        self.data = dataset.public_root if dataset else None
        self.body = body
        self.checks: list[Check] = []
        self.diagnosis = Diagnosis(assignment, dataset)
        self.collection_problems: list[str] = []
        self.run: Run
        self.result: Any = None
        self.error: BaseException | None = None
        self.finished = False

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
                self.checks = read_checks(session.items, self.assignment)
                self.result = self.body(Suite(self.checks, self))
                self.finished = True
        except BaseException as error:
            self.error = error
        return True

    @functools.cached_property
    def reach(self) -> dict[str, frozenset[str]]:
        """The stubs that each check of the unit tier runs, by the check's name."""
        watched = WatchedSolution(self.assignment, self.diagnosis.solution, self.data)
        found = {}

        def done(result: CheckResult) -> None:
            found[result.name] = frozenset(watched.reached)
            watched.reached.clear()

        Suite([check for check in self.checks if check.tier == "unit"], self).run(watched, done)
        return found

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Function) -> Iterator[None]:
        """Remember what the check compares, so that a mistake can be told by its values."""
        trace: Trace = []
        token = observed.set(trace)
        measuring = measured.set(self.run.measured)
        try:
            result = yield
            self.run.see(None)
            return result
        except (AssertionError, StudentError) as error:
            observe_raised(error)
            self.run.see(trace)
            raise
        except (SandboxEvent, InfrastructureError, UsageError, pytest.skip.Exception):
            raise
        except Exception as error:  # the check could not work with what came back, or is broken
            fault = self.diagnosis.fault_of(item)
            if fault is not None:
                raise AssignmentError(f"{item.name} fails for the solution too: {fault}") from error
            raise
        finally:
            observed.reset(token)
            measured.reset(measuring)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Keep the exception itself. A report without a traceback: nothing of a check's source
        is even formatted, and a failure costs no time."""
        problem = call.excinfo.value if call.excinfo is not None else None
        if isinstance(problem, InfrastructureError):  # also where the check has failed before it
            self.run.problem = problem
        elif problem is not None and self.run.problem is None:
            self.run.problem = _our_fault(problem) if call.when != "call" else problem
        outcome: Literal["passed", "failed"] = "passed" if problem is None else "failed"
        assert call.when != "collect"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)


def _our_fault(problem: BaseException) -> BaseException:
    """Outside the check's own body only the submission's doings are the student's."""
    known = (AssertionError, SandboxEvent, InfrastructureError, UsageError, pytest.skip.Exception)
    if isinstance(problem, known):
        return problem
    return InfrastructureError(f"a fixture failed: {type(problem).__name__}: {problem}")
