"""What checks see of known mistakes outlives a process, and never the thing it was made from."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest
import torch

from grader.checking.diagnosis import fingerprints
from grader.checking.diagnosis.fingerprints import MOST_WRITTEN, Fingerprints, Raised
from grader.course import assignment as assignments
from tests.conftest import ROOT

OF_NUMPY = [np.array([[1.5, 2.0]], np.float32), np.array([True]), np.int64(3), np.float32(0.5)]
SEEN = [torch.tensor([1.5, 2.0]), [1, (2.5, "three")], {"four": None}, Raised("ValueError", "5")]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "fingerprints"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course that may be changed."""
    return Path(shutil.copytree(ROOT / "tests" / "small_course", tmp_path / "course"))


def asked(course: Path, value: object) -> tuple[object, bool]:
    """What a new process gets for a key whose value would be computed so; whether it was."""
    computed = []

    def compute() -> object:
        computed.append(value)
        return value

    found = Fingerprints(assignments.load("greeting", course), None).get("check mistake", compute)
    return found, bool(computed)


@pytest.mark.parametrize("value", [SEEN, [], None, True, False], ids=repr)
def test_value_is_computed_once_for_all_processes(course, value):
    """Whatever a check can see, also that it passes."""
    assert asked(course, value) == (value, True)

    found, again = asked(course, value)

    assert not again
    assert repr(found) == repr(value)


def test_values_of_numpy_are_kept_too(course):
    """What comes back from JAX, TensorFlow and MXNet."""
    assert asked(course, OF_NUMPY)[1]

    found, again = asked(course, OF_NUMPY)

    assert not again
    assert repr(found) == repr(OF_NUMPY)


def test_change_of_the_assignment_forgets_what_was_seen(course, cache):
    """Another solution may show other values; the old file goes."""
    asked(course, 1)
    solution = course / "solutions/greeting/solution.py"
    solution.write_text(solution.read_text("utf-8") + "\n# changed\n", "utf-8")

    assert asked(course, 2) == (2, True)
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"damaged" * 1_000,
        lambda content: content[: len(content) // 2],
        lambda content: content[:4096] + b"\xff" * (len(content) - 4096),
        lambda content: content[:100] + b"\xff" * 200 + content[300:],
        lambda content: b"",
    ],
    ids=["no database", "cut", "only the first page is left", "no table is known", "empty"],
)
def test_damaged_file_is_made_anew(course, cache, damage):
    """What it held is computed once more, and then the new file serves."""
    asked(course, [torch.zeros(10_000)])
    (file,) = cache.iterdir()
    file.write_bytes(damage(file.read_bytes()))

    assert asked(course, 2) == (2, True)
    assert asked(course, 3) == (2, False)
    assert list(cache.iterdir()) == [file]


def test_file_that_another_process_writes_is_left_alone(course, cache, monkeypatch):
    """It is locked, not damaged: its values and its journal stay."""
    monkeypatch.setattr(fingerprints, "WAIT_SECONDS", 0.0)
    asked(course, 1)
    (file,) = cache.iterdir()
    writer = sqlite3.connect(file)
    writer.execute("BEGIN EXCLUSIVE")
    writer.execute("REPLACE INTO kept VALUES ('other', 1)")
    names = sorted(path.name for path in cache.iterdir())

    assert asked(course, 2) == (2, True)
    assert sorted(path.name for path in cache.iterdir()) == names
    writer.rollback()
    writer.close()
    assert asked(course, 3) == (1, False)


def test_cache_that_cannot_be_written_costs_only_time(course, cache):
    """A file stands where the folder should be."""
    cache.parent.mkdir()
    cache.write_text("", "utf-8")

    assert asked(course, 1) == (1, True)


def test_huge_value_is_not_kept(course):
    """It would fill the disk."""
    huge = [torch.zeros(MOST_WRITTEN)]

    asked(course, huge)

    assert asked(course, huge)[1]


@pytest.mark.parametrize(
    "value",
    [[(n for n in "ab")], [lambda: 1], [Path()]],
    ids=["generator", "function", "object of another class"],
)
def test_object_that_cannot_be_kept_is_computed_anew(course, value):
    """A known mistake may return a generator, or a model: naming it must not fail."""
    asked(course, value)

    assert asked(course, value) == (value, True)
