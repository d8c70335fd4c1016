"""What a box leaves on the disk is bounded while it runs, and gone when its grader is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from in_boxes import gaps

from grader.errors import LimitExceeded
from grader.sandbox.host import Host
from grader.sandbox.isolation.plans import Limits
from grader.sandbox.isolation.scratch import PREFIX, Scratch, remove, sweep, used_bytes
from grader.sandbox.proxies import in_sandbox
from grader.sandbox.sandbox import Sandbox, Source

CONTRACT = {"stubs": {}, "spellings": {}, "names": {}}
MANY = 64 << 20


@in_sandbox
def fill(submission, deleted):
    """Write files for ever, one after another, which keep their names or lose them at once."""
    import os
    import tempfile

    kept = []
    while True:
        handle, name = tempfile.mkstemp(dir=".")
        for _ in range(32):
            os.write(handle, b"x" * (1 << 20))
        if deleted:
            os.unlink(name)
            os.fsync(handle)
            kept.append(handle)
        else:
            os.close(handle)


@pytest.fixture
def own_tmp(monkeypatch, tmp_path):
    """A folder for temporary files that nobody else uses."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    tmp_path.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize("deleted", [False, True], ids=["named", "deleted"])
def test_a_submission_cannot_fill_the_disk(own_tmp, deleted):
    """Where its files lie on the host's disk, it is ended when they take too much together; files
    that have no name any more count."""
    if gaps("landlock"):
        pytest.skip("this machine has no Landlock")
    limits = Limits(disk_bytes=MANY)
    with Host("landlock", None, limits=limits) as host:
        with Sandbox(Source([], {}, {}, CONTRACT), host, 60) as sandbox:
            sandbox.load()
            with (
                sandbox.open_check(60, 60, 0) as submission,
                pytest.raises(LimitExceeded, match="of the disk"),
            ):
                fill(submission, deleted)
        assert not list(own_tmp.glob(f"{PREFIX}*/submissions/*"))


def test_a_flood_of_names_counts_as_a_full_disk(tmp_path, monkeypatch):
    """Empty files take no bytes, and still must not go on and on."""
    monkeypatch.setattr("grader.sandbox.isolation.scratch.MOST_FILES", 10)
    for number in range(11):
        (tmp_path / str(number)).touch()

    assert used_bytes(tmp_path) > 1 << 60


def test_what_a_killed_grader_left_is_swept_at_the_next_start(own_tmp):
    """Its folder goes; that of one that still runs stays."""
    program = (
        "import time; from grader.sandbox.isolation.scratch import Scratch; "
        "scratch = Scratch(None); print(scratch.path, flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "TMPDIR": str(own_tmp)}
    killed, alive = (
        subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE)
        for _ in range(2)
    )
    folders = [Path(process.stdout.readline().decode().strip()) for process in (killed, alive)]
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    try:
        own = Scratch(None)

        assert [folder.exists() for folder in folders] == [False, True]
        assert own.path.is_dir()
        own.remove()
        assert not own.path.exists()
    finally:
        alive.kill()
        alive.communicate()
    sweep()
    assert not list(own_tmp.glob("grader-*"))


def test_a_folder_of_somebody_else_is_left_alone(own_tmp):
    """A name alone makes no folder of ours: it must belong to this user, and be no link."""
    elsewhere = own_tmp / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").touch()
    (own_tmp / f"{PREFIX}link").symlink_to(elsewhere)
    if os.geteuid() == 0:
        (own_tmp / f"{PREFIX}others").mkdir()
        os.chown(own_tmp / f"{PREFIX}others", 1234, 1234)

    sweep()

    assert (elsewhere / "file").exists()
    assert (own_tmp / f"{PREFIX}link").is_symlink()
    assert os.geteuid() != 0 or (own_tmp / f"{PREFIX}others").is_dir()


def test_a_tree_that_cannot_be_removed_costs_no_descriptor(own_tmp, monkeypatch):
    """A grader that meets many of them must not run out of files."""
    monkeypatch.setattr(os, "rmdir", lambda *args, **kwargs: (_ for _ in ()).throw(OSError))
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc") else 0
    for number in range(5):
        (own_tmp / str(number) / "deep").mkdir(parents=True)
        remove(own_tmp / str(number))

    after = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc") else 0
    assert after == before


def test_what_a_grader_left_before_its_box_began_is_swept_when_it_is_old(own_tmp):
    """Folders of a start or of a probe have no lock, but none of these takes an hour."""
    for name in ("grader-new-old", "grader-probe-old", "grader-new-young"):
        (own_tmp / name).mkdir()
        if name.endswith("old"):
            os.utime(own_tmp / name, (0, 0))

    sweep()

    assert [path.name for path in own_tmp.iterdir()] == ["grader-new-young"]
