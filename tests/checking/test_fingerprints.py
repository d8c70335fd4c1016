"""What checks see of known mistakes outlives a process, and never the thing it was made from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from grader.checking.diagnosis.fingerprints import MOST_WRITTEN, Fingerprints, Raised
from grader.course import assignment as assignments
from tests.conftest import ROOT

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


def test_change_of_the_assignment_forgets_what_was_seen(course, cache):
    """Another solution may show other values; the old file goes."""
    asked(course, 1)
    solution = course / "solutions/greeting/solution.py"
    solution.write_text(solution.read_text("utf-8") + "\n# changed\n", "utf-8")

    assert asked(course, 2) == (2, True)
    assert len(list(cache.iterdir())) == 1


def test_damaged_file_is_computed_anew(course, cache):
    """A file that is no database."""
    asked(course, 1)
    (file,) = cache.iterdir()
    file.write_bytes(b"damaged" * 1_000)

    assert asked(course, 2) == (2, True)


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
