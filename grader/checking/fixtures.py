"""The fixtures that checks may ask for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import numpy as np
import pytest
import torch

from grader.checking.from_scratch import assert_runs_own, assert_source_is_own
from grader.checking.marks import TIMEOUT
from grader.checking.run import RUNNING, Attempt, Run
from grader.course.datasets import Dataset
from grader.errors import AssignmentError
from grader.sandbox.proxies import RemoteSubmission


def _run(request: pytest.FixtureRequest) -> Run:
    return request.config.stash[RUNNING]


@contextlib.contextmanager
def _opened(
    run: Run, name: str, seconds: float, each: float, stub: str = ""
) -> Iterator[RemoteSubmission]:
    digest = sha256(f"{run.assignment.name}:{name}".encode()).digest()
    seed = int.from_bytes(digest[:4], "big")
    alone = run.attempt is not Attempt.FIRST
    with run.box.open_check(seconds, each, seed, stub, alone) as remote:
        remote.supply_parts(run.parts(), run.attempt is Attempt.BY_CONTRACT)
        yield remote


@pytest.fixture
def submission(request: pytest.FixtureRequest) -> Iterator[RemoteSubmission]:
    """The student's module, as it was loaded; the checks share a copy, which is put back in
    between."""
    run = _run(request)
    check, each = run.check, run.call_seconds()
    with _opened(run, request.node.name, check.timeout, each, check.stub) as remote:
        yield remote


@pytest.fixture(scope="module")
def shared_submission(request: pytest.FixtureRequest) -> Iterator[RemoteSubmission]:
    """One copy for all checks of a file that ask for it: for one long training run. The author's
    parts stand in it for stubs that failed their own checks; a check of such a stub is not run."""
    seconds = TIMEOUT["training"]
    with _opened(_run(request), request.node.name, seconds, seconds) as remote:
        yield remote


@pytest.fixture
def from_scratch(
    request: pytest.FixtureRequest, submission: RemoteSubmission
) -> Callable[..., None]:
    """Called with a stub's name and a list of arguments (of a method, the object first), asserts
    its from-scratch rule; with the name alone it looks at the source only. Further lists are
    arguments for calls of the result: `from_scratch("MyLoss", [], [y_hat, y])`."""
    run = _run(request)
    stubs = {stub.name: stub for stub in run.assignment.stubs}
    names, framework = run.assignment.names, run.assignment.framework

    def check(name: str, *calls: list[Any]) -> None:
        index = run.box.source.index
        assert_source_is_own(index, stubs[name], names, framework, stubs.values())
        if calls:
            assert_runs_own(submission, stubs[name], *calls, framework=framework)

    return check


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> RemoteSubmission:
    """The solution behind the same interface as `submission`."""
    return _run(request).reference.for_check(request.node)


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> torch.Generator | np.random.Generator:
    """A generator seeded by assignment and check: equal inputs for every student. A
    `torch.Generator`; for an assignment in another framework than PyTorch that of numpy."""
    return _run(request).reference.rng(request.node)


@pytest.fixture(scope="session")
def dataset(request: pytest.FixtureRequest) -> Dataset:
    """The data set of assignment.toml with its hidden test examples and labels. `dataset.name` is
    its name, `dataset.variant` "full" or "embedded": bounds of a training may differ.
    `dataset.classes` and `dataset.columns` have the names of its classes and of a table's columns.
    """
    found = _run(request).dataset
    if found is None:
        raise AssignmentError("assignment.toml names no dataset, but a check asks for it")
    return found


@pytest.fixture(scope="module")
def passed_stubs(request: pytest.FixtureRequest) -> frozenset[str]:
    """Names of the stubs that passed all their checks before it was first used in the file."""
    return _run(request).passed()
