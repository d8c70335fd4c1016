"""The checks of an assignment: collected once by pytest, met by one submission after another.

The checks, the reference and the hidden labels live in this process, the submission does not.
fixtures.py says what a check may ask for, marks.py how it is marked.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from _pytest.config import _prepareconfig

from grader.checking import fixtures
from grader.checking.collecting import Collected, located
from grader.checking.comparison import Observed, observing
from grader.checking.diagnosis.mistakes import Diagnosis, bounded, observe_raised
from grader.checking.digests import of_stubs
from grader.checking.marks import Check, read_checks
from grader.checking.reach import WatchedSolution
from grader.checking.reference import Reference
from grader.checking.run import RUNNING, Attempt, Box, Run
from grader.checking.seen import Seen, arguments_of
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

# A suite is the author's, whatever pytest configuration lies around: no plugins, no cache, no ini.
PYTEST_ARGUMENTS = [
    *("-c", os.devnull, "--import-mode=importlib", "--assert=plain", "--capture=no"),
    *("--strict-markers", "--noconftest", "-p", "no:terminal", "-p", "no:cacheprovider"),
    *("-p", "no:faulthandler", "-p", "no:warnings", "-p", "no:logging"),
    *("-p", "no:unraisableexception"),  # collects garbage five times before it ends
]
# What may end a check without being a fault of its own.
EXPECTED = (AssertionError, SandboxEvent, InfrastructureError, UsageError, pytest.skip.Exception)


class Suite:
    """The collected checks of one assignment, the reference, and what is known of mistakes."""

    def __init__(
        self, session: pytest.Session, assignment: Assignment, dataset: Dataset | None
    ) -> None:
        self.assignment = assignment
        self.dataset = dataset
        self.checks = read_checks(session.items, assignment)
        self.reference = Reference(assignment)
        self.diagnosis = Diagnosis(self.reference, dataset)
        self._session = session

    def part(
        self, stubs: Sequence[str] = (), tier: str | None = None, changed: str | None = None
    ) -> list[Check]:
        """The checks of some stubs (none: of all), or of one tier, or those that may see a change
        of the solution in the stub `changed`: its own, and those of other stubs that run it."""
        kept = [c for c in self.checks if not stubs or c.stub in stubs]
        kept = [c for c in kept if tier in (None, c.tier)]
        if changed is None:
            return kept
        return [c for c in kept if changed in (c.stub, *self._reach.get(c.item.name, ()))]

    def meet(
        self, box: Box, checks: Sequence[Check], passed: Collection[str] = ()
    ) -> Iterator[Seen]:
        """Run checks against the submission in a box, in their order; each as it was seen. passed:
        stubs that have passed their checks in another run.

        Raises InfrastructureError when the sandbox or the check, not the submission, fails, and
        UsageError when the suite or its data are at fault.
        """
        if not checks:
            return
        passed_before = frozenset(passed)
        run = Run(self.assignment, self.dataset, self.reference, box, checks[0], passed_before)
        stash = self._session.config.stash
        stash[RUNNING] = run
        try:
            for check, following in zip(checks, [*checks[1:], None]):
                run.seen.append(self._seen(run, check, following))
                yield run.seen[-1]
                yield from run.inconsistent()
        finally:
            self._end_shared_fixtures()  # must not reach the next submission
            del stash[RUNNING]

    def _seen(self, run: Run, check: Check, following: Check | None) -> Seen:
        """Run a check: with the student's own parts, in a copy that has met other checks; where
        that fails in a copy of its own; and with the author's parts."""
        run.check, run.attempt = check, Attempt.FIRST
        if check.tier == "training" and run.is_slow():
            text = _("not run: {stub} did not answer before").format(stub=check.stub)
            return Seen(check, DeadlineExceeded(text))
        if run.is_replaced():
            text = _("not run: {stub} has to pass its other checks first").format(stub=check.stub)
            return Seen(check, pytest.skip.Exception(text))
        started = time.monotonic()
        seen: Seen | None = None
        own: Seen | None = None
        for attempt in run.attempts():
            if run.tries(attempt, seen):
                if seen is not None:  # a training that several checks look at is run again, too
                    self._end_shared_fixtures()
                run.attempt = attempt
                last, seen = seen, self._attempt(check, following)
                run.note(seen)
                if not run.supplies:
                    own = seen
                elif own is not None and str(own.problem) == str(seen.problem):
                    seen = replace(seen, problem=own.problem)  # the numbers in it are the student's
                elif own is not None:
                    seen = replace(seen, supplied=tuple(sorted(run.parts())))
                if attempt is Attempt.BY_CONTRACT and seen.problem is not None:
                    seen = last or seen  # with arguments in the student's order it tells more
        assert seen is not None
        if isinstance(seen.problem, (InfrastructureError, UsageError)):
            raise seen.problem
        return replace(seen, seconds=time.monotonic() - started)

    def _attempt(self, check: Check, following: Check | None) -> Seen:
        """Run a check with its fixtures, and remember what it compares."""
        hook, item = check.item.ihook, check.item
        item._initrequest()
        seen = Seen(check, _ended_by(hook.pytest_runtest_setup, item=item))
        if seen.problem is None:
            with observing() as observed:
                seen = self._called(check, observed)
            if not isinstance(seen.problem, (*EXPECTED, type(None))):
                self._require_sound(item)
        nextitem = following.item if following else None
        after = _ended_by(hook.pytest_runtest_teardown, item=item, nextitem=nextitem)
        if isinstance(after, InfrastructureError) or seen.problem is None:
            return replace(seen, problem=after)
        return seen

    def _called(self, check: Check, observed: Observed) -> Seen:
        """Run the check itself, with the fixtures that it asked for."""
        item, problem = check.item, None
        try:
            item.ihook.pytest_runtest_call(item=item)
        except (KeyboardInterrupt, pytest.exit.Exception):
            raise
        except BaseException as error:  # pytest.skip and pytest.fail are no Exceptions
            problem = error
        arguments = arguments_of(item)
        if isinstance(problem, StudentError):
            observe_raised(problem)
        tells = isinstance(problem, (AssertionError, StudentError, type(None)))
        if not tells or "submission" not in arguments or "from_scratch" in arguments:
            return Seen(check, problem, kept=observed.kept)
        trace = None if problem is None else bounded(observed.values)
        return Seen(check, problem, 0.0, observed.kept, arguments, trace)

    def _require_sound(self, item: pytest.Function) -> None:
        """Raises InfrastructureError for a check that could not work with what came back, if it
        cannot work with what the solution gives either: a fault of the check costs no points."""
        arguments = arguments_of(item)
        if "submission" not in arguments or self.assignment.private is None:
            return
        if {"from_scratch", "shared_submission"} & set(arguments):  # these are the student's
            return
        root = str(self.dataset.public_root) if self.dataset else None
        try:
            submission = self.reference.load(self.reference.conversation(root))
            self.reference.meet(item, arguments, submission)
        except Exception as error:
            raise InfrastructureError(
                f"{item.name} fails for the solution too: {located(error, self.assignment.suite)}"
            ) from error

    @functools.cached_property
    def digests(self) -> dict[str, str]:
        """What decides about the results of each stub; nothing for public checks, which are run
        anew whenever somebody asks."""
        if self.assignment.private is None:
            return {}
        return of_stubs(self.checks, self.assignment)

    def _end_shared_fixtures(self) -> None:
        self._session._setupstate.teardown_exact(None)

    @functools.cached_property
    def _reach(self) -> dict[str, list[str]]:
        """The stubs that each check of the unit tier runs, by the check's name."""
        return self.diagnosis.fingerprints.get("reach", self._watched)

    def _watched(self) -> dict[str, list[str]]:
        data = self.dataset.public_root if self.dataset else None
        watched = WatchedSolution(self.assignment, self.reference.solution, data)
        found = {}
        for seen in self.meet(watched, self.part(tier="unit")):
            found[seen.check.item.name] = sorted(watched.reached)
            watched.reached.clear()
        return found


def _ended_by(step: Callable[..., None], **arguments: Any) -> BaseException | None:
    """What ended a step around a check; None: nothing. Outside the check's own body only the
    submission's doings are the student's."""
    try:
        step(**arguments)
    except (KeyboardInterrupt, pytest.exit.Exception):
        raise
    except EXPECTED as error:
        return error
    except BaseException as error:
        used = {"submission", "shared_submission"}.intersection(arguments["item"].fixturenames)
        if used and not isinstance(error, OSError):
            return error  # of the author's fixture, about what the submission gave it
        fault = InfrastructureError(f"a fixture failed: {type(error).__name__}: {error}")
        fault.__cause__ = error
        return fault
    return None


@contextlib.contextmanager
def open_suite(assignment: Assignment, dataset: Dataset | None) -> Iterator[Suite]:
    """The suite of an assignment, collected in a pytest session that stays open.

    Raises AssignmentError when the checks cannot be collected or are marked wrongly, UsageError
    where the framework that they import is not installed.
    """
    framework = assignment.require_framework()
    collected = Collected(assignment.suite)
    files = list(map(str, assignment.suite))
    with (
        _environment(framework.environment),
        _own_modules(assignment.suite),
        quoting(assignment.name, assignment.public, assignment.private),
        _pytest_session(files, assignment.public, [collected, fixtures]) as session,
    ):
        if collected.problems or not session.items:
            problems = "\n".join(collected.problems) or "pytest collected nothing"
            raise AssignmentError(
                f"The checks of {assignment.name} cannot be collected: {problems}"
            )
        yield Suite(session, assignment, dataset)


@contextlib.contextmanager
def _pytest_session(files: list[str], root: Path, plugins: list[Any]) -> Iterator[pytest.Session]:
    """A pytest session that has collected these files: what `pytest.main` does around its loop."""
    config = _prepareconfig([*PYTEST_ARGUMENTS, f"--rootdir={root}", *files], plugins)
    try:
        session = pytest.Session.from_config(config)
        config._do_configure()
        config.hook.pytest_sessionstart(session=session)
        config.hook.pytest_collection(session=session)
        try:
            yield session
        finally:
            config.hook.pytest_sessionfinish(session=session, exitstatus=pytest.ExitCode.OK)
    finally:
        config._ensure_unconfigure()


@contextlib.contextmanager
def _own_modules(suite: list[Path]) -> Iterator[None]:
    """Every suite is called test_hidden: forget it, so that the next one is not taken for it."""
    try:
        yield
    finally:
        files = set(map(str, suite))
        for name, module in list(sys.modules.items()):
            if getattr(module, "__file__", None) in files:
                del sys.modules[name]


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """No options or plugins of whoever runs the grader reach the suite, and its framework, which
    checks import, finds these variables."""
    names = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")
    wanted = dict.fromkeys(names) | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **variables}
    before = {name: os.environ.get(name) for name in wanted}
    _set(wanted)
    try:
        yield
    finally:
        _set(before)


def _set(variables: Mapping[str, str | None]) -> None:
    """Set variables of this process; those that are None are not there afterwards."""
    for name, value in variables.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
