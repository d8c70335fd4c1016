"""The steps that confine a process, each in a process of its own: as this user and as another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.sandbox.inside import launch

ROOT = Path(__file__).parents[2]
# What the steps import has to be imported before another user may be unable to read it.
TRY = """
import ctypes, json, os, resource, sys
sys.path.insert(0, sys.argv[1])
from grader.sandbox.inside import launch
if sys.argv[2] == "another":
    os.setgroups([])
    os.setresgid(65533, 65533, 65533)
    os.setresuid(65533, 65533, 65533)
launch.carry_out(json.loads(sys.argv[3]))
exec(sys.argv[4])
"""
USERS = ["this"] + ["another"] * (os.getuid() == 0)
each_user = pytest.mark.parametrize("user", USERS)
Plan = list[tuple[str, Any]]


def taken(plan: Plan, code: str = "pass", user: str = "this") -> subprocess.CompletedProcess[str]:
    """What a process prints that takes these steps and then runs the code."""
    command = [sys.executable, "-I", "-S", "-c", TRY, str(ROOT), user, json.dumps(plan), code]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def printed(plan: Plan, code: str, user: str = "this") -> Any:
    """The value of an expression after these steps."""
    done = taken(plan, f"print(json.dumps({code}))", user)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


# ------------------------------------------------------------------------------ limits


@each_user
def test_limits_are_soft_and_hard(user):
    """Nobody can raise them again; that on processor time leaves five seconds for a farewell."""
    limits = {"NOFILE": 77, "FSIZE": 1 << 20, "CPU": 30, "CORE": 0}
    names = ", ".join(f"resource.RLIMIT_{name}" for name in limits)
    found = printed([("limit", limits)], f"[resource.getrlimit(r) for r in ({names})]", user)

    assert found == [[77, 77], [1 << 20, 1 << 20], [30, 35], [0, 0]]


@each_user
def test_limit_above_an_earlier_one_changes_nothing(user):
    """A machine with lower limits of its own keeps them."""
    plan = [("limit", {"NOFILE": 50, "CPU": 20}), ("limit", {"NOFILE": 77, "CPU": 24})]
    code = "[resource.getrlimit(r) for r in (resource.RLIMIT_NOFILE, resource.RLIMIT_CPU)]"

    assert printed(plan, code, user) == [[50, 50], [24, 25]]


@each_user
@pytest.mark.parametrize("kind", ["AS", "DATA"])
def test_memory_is_limited_beyond_what_is_mapped(user, kind):
    """What is there before the step does not count."""
    code = """
for size in (32, 256):
    try:
        print(len(bytearray(size << 20)) >> 20)
    except MemoryError:
        print("no more")
"""
    before = "kept = bytearray(200 << 20)\nlaunch.carry_out([('limit_memory', %r)])\n"
    bound = {"kind": kind, "bytes": 128 << 20}

    assert taken([], before % bound + code, user).stdout.split("\n") == ["32", "no more", ""]


# ------------------------------------------------------------------------------ places


def test_scratch_dir_is_the_users_own_and_leads_to_the_data(tmp_path):
    """Two folders that nobody else may enter, and the public data where notebooks look for it."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "images").write_text("images")
    (tmp_path / "forks").mkdir()
    folder = tmp_path / "forks" / "1"

    assert taken([("make_scratch_dir", str(folder))]).returncode == 0
    for made in (folder, folder / "work", folder / "tmp"):
        assert made.stat().st_mode & 0o777 == 0o700
    for link in (folder / "data", folder / "work" / "data"):
        assert link.is_symlink()
        assert (link / "images").read_text() == "images"
    assert {path.name for path in folder.iterdir()} == {"work", "tmp", "data"}


def test_scratch_dir_of_another_submission_is_not_taken(tmp_path):
    """What is there already may hold what that one has written."""
    plan = [("make_scratch_dir", str(tmp_path / "1"))]
    assert taken(plan).returncode == 0

    assert taken(plan).returncode == launch.FAILED


@each_user
def test_workdir_and_environment_are_the_plans(user):
    """Nothing is known any more of where it was started."""
    place = {"folder": "/usr", "environment": {"HOME": "/usr", "LANG": "C.UTF-8"}}
    found = printed([("enter_workdir", place)], "[os.getcwd(), dict(os.environ)]", user)

    assert found == ["/usr", {"HOME": "/usr", "LANG": "C.UTF-8"}]


def test_gpus_are_hidden():
    """No library finds one by the variable that all of them read."""
    code = "os.environ['CUDA_VISIBLE_DEVICES']"
    assert printed([("hide_gpus", None)], code) == ""


# ------------------------------------------------------------------------------ failures


FAILING: list[tuple[str, Any]] = [
    ("enter_workdir", {"folder": "/no/such/folder", "environment": {}}),
    ("make_scratch_dir", "/no/such/folder/1"),
    ("run", ["/no/such/program"]),
]


@each_user
@pytest.mark.parametrize("step", FAILING, ids=[name for name, _ in FAILING])
def test_step_that_fails_ends_the_process_with_a_sentence(user, step):
    """It names the step and the file; neither a later step nor the code is taken."""
    done = taken([step, ("limit", {"NO_SUCH_LIMIT": 1})], "print('confined')", user)

    assert done.returncode == launch.FAILED
    assert done.stdout == ""
    assert done.stderr.startswith(f"sandbox: {step[0]}: [Errno 2] No such file or directory")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_folder_that_another_user_may_not_enter_is_named(tmp_path):
    """What root may enter, the sandbox's user may not."""
    tmp_path.chmod(0o700)
    plan = [("enter_workdir", {"folder": str(tmp_path), "environment": {}})]

    assert taken(plan).returncode == 0
    done = taken(plan, user="another")
    assert done.returncode == launch.FAILED
    assert f"Permission denied: '{tmp_path}'" in done.stderr


def test_steps_before_the_failing_one_are_taken(tmp_path):
    """A plan is carried out in its order, and not undone."""
    plan = [("make_scratch_dir", str(tmp_path / "1")), ("run", ["/no/such/program"])]

    assert taken(plan).returncode == launch.FAILED
    assert (tmp_path / "1" / "work").is_dir()


def test_program_turns_into_the_command():
    """As boxes start it: the file itself, with a plan, without an environment."""
    code = "import os, resource; print(os.getpid(), resource.getrlimit(resource.RLIMIT_NOFILE))"
    plan = [["limit", {"NOFILE": 77}], ["run", [sys.executable, "-I", "-S", "-c", code]]]
    command = [sys.executable, "-I", "-S", launch.__file__, json.dumps(plan)]
    with subprocess.Popen(command, env={}, stdout=subprocess.PIPE, text=True) as process:
        out, _ = process.communicate()

    assert out == f"{process.pid} (77, 77)\n"


# ------------------------------------------------------------------------------ plans


@pytest.mark.parametrize(
    ("steps", "supervised"),
    [
        ([], False),
        (["limit", "hide_gpus"], False),
        (["make_scratch_dir", "supervise", "limit"], True),
        (["enter_namespaces"], True),
    ],
)
def test_supervised_is_who_leaves_a_parent_behind(steps, supervised):
    """That parent is told to end, and ends all that came from the process."""
    assert launch.is_supervised([(step, None) for step in steps]) is supervised
