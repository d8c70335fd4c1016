"""The fixtures that checks may ask for.

submission         the student's module, as it was loaded, for every check
shared_submission  one copy for all checks of a file that ask for it: for a long training run
reference          the solution behind the same interface
rng                a torch.Generator seeded by assignment and check: equal for every student
dataset            grader.datasets.Dataset with the hidden test images and labels
from_scratch       called with a stub's name and arguments (of a method, the object first), asserts
                   its from-scratch rule; further lists are arguments for calls of the result
passed_stubs       names of the stubs that passed all their checks before it was first used
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from hashlib import sha256
from typing import Any

import pytest
import torch

from grader.checking.diagnosis.mistakes import Diagnosis
from grader.checking.from_scratch import assert_runs_own, assert_source_is_own
from grader.checking.marks import TIMEOUT
from grader.checking.run import Run
from grader.course.assignment import Assignment
from grader.course.datasets import Dataset
from grader.errors import AssignmentError
from grader.sandbox.proxies import RemoteSubmission


def fixtures(
    assignment: Assignment,
    dataset_used: Dataset | None,
    diagnosis: Diagnosis,
    current: Callable[[], Run],
) -> types.ModuleType:
    """A plugin that holds the fixtures; `current` gives the run that is going on."""

    def opened(
        name: str, seconds: float, each: float, stub: str = ""
    ) -> AbstractContextManager[RemoteSubmission]:
        digest = sha256(f"{assignment.name}:{name}".encode()).digest()
        seed = int.from_bytes(digest[:4], "big")
        return current().box.open_check(seconds, each, seed, stub, current().confirms)

    @pytest.fixture
    def submission(request: pytest.FixtureRequest) -> Iterator[RemoteSubmission]:
        check = current().check
        each = current().call_seconds()
        with opened(request.node.name, check.timeout, each, check.stub) as remote:
            yield remote

    @pytest.fixture(scope="module")
    def shared_submission(request: pytest.FixtureRequest) -> Iterator[RemoteSubmission]:
        seconds = TIMEOUT["training"]
        with opened(request.node.name, seconds, seconds) as remote:
            yield remote

    @pytest.fixture
    def from_scratch(submission: RemoteSubmission) -> Callable[..., None]:
        cells = current().box.source.cells
        stubs = {stub.name: stub for stub in assignment.stubs}

        def check(name: str, *calls: list[Any]) -> None:
            assert_source_is_own(cells, stubs[name], assignment.names)
            if calls:
                assert_runs_own(submission, stubs[name], *calls)

        return check

    @pytest.fixture
    def reference(request: pytest.FixtureRequest) -> RemoteSubmission:
        return diagnosis.reference_for(request.node)

    @pytest.fixture
    def rng(request: pytest.FixtureRequest) -> torch.Generator:
        return diagnosis.rng(request.node)

    @pytest.fixture(scope="session")
    def dataset() -> Dataset:
        if dataset_used is None:
            raise AssignmentError("assignment.toml names no dataset, but a check asks for it")
        return dataset_used

    @pytest.fixture(scope="module")
    def passed_stubs() -> frozenset[str]:
        return current().passed()

    holder = types.ModuleType("grader_fixtures")
    for fixture in (submission, shared_submission, from_scratch, reference, rng):
        setattr(holder, fixture.__name__, fixture)
    for shared in (dataset, passed_stubs):
        setattr(holder, shared.__name__, shared)
    return holder
