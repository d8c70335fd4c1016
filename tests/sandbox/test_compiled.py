"""What the trusted side has compiled, a box takes by its name; it lists and adds nothing."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys

import numpy as np
import pytest

from grader.course import assignment as assignments
from grader.grading.compiled import compiled
from grader.sandbox.host import Host
from grader.sandbox.inside import frameworks
from grader.sandbox.proxies import in_sandbox
from grader.sandbox.sandbox import Sandbox, Source
from tests.conftest import ROOT
from tests.sandbox.in_boxes import confined, gaps, run

LOOK = """
import os, sys

def tried(what):
    try:
        return repr(what())
    except OSError as error:
        return type(error).__name__

folder = os.environ.get("JAX_COMPILATION_CACHE_DIR", "none")
print(tried(lambda: os.listdir(folder)))
print(tried(lambda: open(f"{folder}/known").read()))
print(tried(lambda: os.path.exists(f"{folder}/unknown")))
print(tried(lambda: os.chmod(folder, 0o777)))
print(tried(lambda: open(f"{folder}/new", "w")))
print(tried(lambda: open(f"{folder}/known", "a")))
print(tried(lambda: os.unlink(f"{folder}/known")))
print(tried(lambda: os.rename(f"{folder}/known", f"{folder}/other")))
"""
FUNCTION = """
import jax

@jax.jit
def scaled(x):
    return x * 3 + 1
"""
TRUSTED = f"""
import sys
from pathlib import Path

import numpy

from grader.sandbox.inside import frameworks
{FUNCTION}
with frameworks.named("jax").compiling_into(Path(sys.argv[1])):
    scaled(numpy.ones(3, numpy.float32))
"""
CONTRACT = {
    "stubs": {"scaled": {"parameters": ["x"], "aliases": []}},
    "spellings": {},
    "names": {},
}


@pytest.fixture
def folder():
    """A folder for what the trusted side compiles, with one file."""
    with compiled(assignments.load("classifier_jax", ROOT)) as folder:
        assert folder is not None
        (folder / "known").write_text("compiled")
        yield folder


@confined
def test_compiled_functions_are_taken_by_name_only(level, folder):
    """The compiled solution is among them: who does not know its name, a digest, cannot have it."""
    answers = run(level, LOOK, compiled=folder, framework="jax").split()
    listed, known, unknown, _chmod, *changes = answers  # at `landlock` chmod fails without a word

    assert (listed, known, unknown) == ("PermissionError", "'compiled'", "False")
    assert set(changes) <= {"PermissionError", "OSError"}, changes  # a read-only file system
    assert not (folder / "new").exists()
    assert (folder / "known").read_text() == "compiled"
    assert folder.stat().st_mode & 0o777 == 0o311


def test_a_box_that_could_write_there_has_none(folder):
    """At `process` a submission may do whatever its user may: it could poison the next one."""
    listed = run("process", LOOK, compiled=folder, framework="jax").split()[0]
    assert listed == "FileNotFoundError"


def test_nothing_is_left():
    """Neither after the end nor of a grader that was killed."""
    with compiled(assignments.load("classifier_jax", ROOT)) as folder:
        assert folder is not None
        (folder / "known").write_text("compiled")
    assert not folder.parent.exists()

    left = folder.parent / "compiled"
    left.mkdir(parents=True)
    (left / "known").write_text("compiled")
    left.chmod(0o311)
    os.utime(folder.parent, (0, 0))
    with compiled(assignments.load("classifier_jax", ROOT)):
        assert not folder.parent.exists()


def test_jobs_share_the_folder_that_they_are_given(folder):
    """Who made it removes it."""
    with compiled(assignments.load("classifier_jax", ROOT), folder) as shared:
        assert shared == folder
    assert (folder / "known").exists()


def test_other_frameworks_have_no_folder():
    """PyTorch's copies are forks of a process that has compiled."""
    with compiled(assignments.load("softmax_regression", ROOT)) as folder:
        assert folder is None


def test_files_that_boxes_could_not_read_are_not_offered():
    """As root under a strict umask: a library would warn about each of them, in the record."""
    if os.geteuid() != 0:
        pytest.skip("boxes of this user read its files")
    before = os.umask(0o077)
    try:
        with compiled(assignments.load("classifier_jax", ROOT)) as folder:
            assert folder is None
    finally:
        os.umask(before)


@in_sandbox
def scaled_and_hits(submission, x):
    """The value of the function, and how often something was found compiled for it."""
    from jax import monitoring

    hits = []
    monitoring.register_event_listener(lambda event, **_: hits.append(event))
    value = submission.scaled(x)
    return value, sum(event.endswith("/cache_hits") for event in hits)


@pytest.fixture
def filled(folder):
    """The folder after the trusted side has compiled the function."""
    jax = frameworks.named("jax")
    if jax.missing():
        pytest.skip("jax is not installed")
    subprocess.run(
        [sys.executable, "-c", TRUSTED, str(folder)],
        check=True,
        env=os.environ | jax.environment,
        cwd=ROOT,
    )
    return folder


@contextlib.contextmanager
def loaded(level, folder):
    """A box in which the function is loaded."""
    if gaps(level):
        pytest.skip(f"{level} cannot be had here")
    source = Source([("hw.py", FUNCTION, 1)], {}, {}, CONTRACT)
    with (
        Host(level, None, framework="jax", compiled=folder) as host,
        Sandbox(source, host, 60) as sandbox,
    ):
        sandbox.load()
        yield sandbox


@confined
def test_what_is_compiled_once_is_compiled_for_all(level, filled):
    """A function of the same name that computes the same on the same shapes is found."""
    with (
        loaded(level, filled) as sandbox,
        sandbox.open_check(60, 30, 1, "scaled") as submission,
    ):
        three, hits = scaled_and_hits(submission, np.ones(3, np.float32))
        four, further = scaled_and_hits(submission, np.ones(4, np.float32))

    assert (three.tolist(), hits) == ([4.0] * 3, 1)
    assert (four.tolist(), further) == ([4.0] * 4, 0)


@confined
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_what_another_job_is_just_writing_is_compiled_anew(level, filled, share):
    """A part of a file is no file, and nothing is said of it in the record."""
    filled.chmod(0o711)  # to list it, which its owner may not
    for file in filled.glob("*scaled*"):
        data = file.read_bytes()
        file.write_bytes(data[: int(len(data) * share)])
    filled.chmod(0o311)

    with (
        loaded(level, filled) as sandbox,
        sandbox.open_check(60, 30, 1, "scaled") as submission,
    ):
        value, hits = scaled_and_hits(submission, np.ones(3, np.float32))

    assert (value.tolist(), hits) == ([4.0] * 3, 0)
    assert sandbox.printed == b""
