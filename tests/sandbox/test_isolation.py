"""The choice of a level: the probe tells the truth, here and in other settings.

As root, the tests of boxes that matter run again as an unprivileged user, and in a container
without user namespaces, with and without root.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from in_boxes import CONFINED, ROOT, confined, every_level, gaps, run

from grader.errors import IsolationUnavailable, UsageError
from grader.sandbox.inside import landlock
from grader.sandbox.isolation import boxes, plans
from grader.sandbox.isolation import probe as isolation


@every_level
def test_probe_tells_the_truth(level: str) -> None:
    """Everything is closed at the first two levels; a plain child is an open door."""
    if level == "process":
        findings = {finding.name: finding for finding in isolation.probe(level)}
        for name in ("secret_file", "environment", "memory", "signals", "tcp", "limits_of_others"):
            assert not findings[name].closed
            assert findings[name].repair
    else:
        run(level, "")
        assert gaps(level) == ()


def test_landlock_without_scopes_denies_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before Linux 6.12 Landlock lets signals out; then the filter refuses them, and all holds."""
    run("landlock", "")
    monkeypatch.setattr(landlock, "abi", lambda: 5)

    assert [f.name for f in isolation.probe("landlock") if not f.closed] == []
    assert "PermissionError" in run("landlock", "import os; os.kill(os.getpid(), 0)")


def test_choose_takes_the_strongest_level_that_holds() -> None:
    """The level of auto is the first without a gap; process and unknown names are by name only."""
    holding = [level for level in CONFINED if not gaps(level)]

    if holding:
        assert isolation.choose().level == holding[0]
    for level in CONFINED:
        if level in holding:
            assert isolation.choose(level).level == level
        else:
            with pytest.raises(IsolationUnavailable, match=level):
                isolation.choose(level)
    assert isolation.choose("process").level == "process"
    with pytest.raises(UsageError, match="vault"):
        isolation.choose("vault")


def test_choose_falls_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without bubblewrap the next level is taken, without that an error says what to do."""
    run("landlock", "")

    def missing() -> str:
        raise IsolationUnavailable("bubblewrap is missing: install it")

    monkeypatch.setattr(plans, "_bwrap", missing)
    isolation._probe_once.cache_clear()
    chosen = isolation.choose()
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    isolation._probe_once.cache_clear()
    with pytest.raises(IsolationUnavailable) as error:
        isolation.choose()
    isolation._probe_once.cache_clear()

    assert chosen.level == "landlock"
    assert "install it" in chosen.reasons[0]
    assert "Linux 6.7" in str(error.value)
    assert "read all that you can read" in str(error.value)


def test_other_systems_get_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS the two Linux levels are refused before anything is started."""
    monkeypatch.setattr(sys, "platform", "darwin")
    ours, theirs = socket.socketpair()

    with ours, pytest.raises(IsolationUnavailable, match="needs Linux"):
        boxes.start("namespaces", box_end=theirs)


# ------------------------------------------------------------------------------ other settings

ENTER = """
import ctypes, os, sys
root, container, user = sys.argv[1], sys.argv[2] == "container", int(sys.argv[3])
sys.path.insert(0, root)
from grader.sandbox.inside import launch
from grader.sandbox.isolation import allowed
launch.reveal({"paths": [*allowed.trees(), root], "links": allowed.links()})
libc = ctypes.CDLL(None)
if container:  # root of its own user namespace, which may not hold another; no mounts, as in Docker
    ready, go = os.pipe(), os.pipe()
    parent = os.getpid()
    if os.fork() == 0:
        os.read(ready[0], 1)
        for name in ("uid_map", "gid_map"):
            open(f"/proc/{parent}/{name}", "w").write("0 0 65536")
        os.write(go[1], b"x")
        os._exit(0)
    assert libc.unshare(0x10000000) == 0
    os.write(ready[1], b"x")
    os.read(go[0], 1)
    open("/proc/sys/user/max_user_namespaces", "w").write("0")
    cap_sys_admin = 21
    assert libc.prctl(24, cap_sys_admin, 0, 0, 0) == 0
    os.wait()
if user:
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
os.chdir(root)
os.environ["HOME"] = "/nonexistent"
os.execv(sys.executable, [sys.executable, "-B", *sys.argv[4:]])
"""
SETTINGS = {
    "unprivileged": ("machine", "1234"),
    "container": ("container", "0"),
    "unprivileged container": ("container", "1234"),
}


def within(setting: str, *arguments: str) -> str:
    """What Python prints with these arguments in another setting."""
    command = [sys.executable, "-c", ENTER, str(ROOT), *SETTINGS[setting], *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


if hasattr(os, "geteuid") and os.geteuid() == 0:

    @pytest.mark.parametrize("setting", SETTINGS)
    def test_choose_in_other_settings(setting: str) -> None:
        """Without root nothing is lost; without user namespaces Landlock is taken, and says why."""
        code = """if True:
            from grader.sandbox.isolation import probe as isolation; import json
            choice = isolation.choose()
            print(json.dumps([choice.level, choice.reasons]))
            """

        level, reasons = json.loads(within(setting, "-c", code))

        assert level == ("landlock" if "container" in setting else "namespaces"), reasons
        assert all(reason.startswith("namespaces: start: ") for reason in reasons)
        assert ("max_user_namespaces" in "".join(reasons)) == ("container" in setting)

    # Not beside the other tests of one ordinary user: the kernel counts its processes together.
    @pytest.mark.xdist_group("ordinary user")
    @pytest.mark.parametrize("setting", SETTINGS)
    def test_boxes_in_other_settings(setting: str) -> None:
        """Training, limits, probe and kill hold there as well, at each level that is to be had."""
        level = "landlock" if "container" in setting else "namespaces"
        names = "training or host_files or inherited or bomb or removes or survivor or scopes"
        chosen = f"({level} and ({names})) or (probe and landlock)"
        options = ["-q", "-p", "no:cacheprovider", "-k", chosen]
        files = [
            str(Path(__file__).with_name(name)) for name in ("test_boxes.py", "test_isolation.py")
        ]

        summary = within(setting, "-m", "pytest", *options, *files).splitlines()[-1]

        assert "passed" in summary
        assert "skipped" not in summary

    def test_a_project_below_a_closed_folder(tmp_path: Path) -> None:
        """A clone that only root may enter can be graded from, and no mount is left."""
        tmp_path.chmod(0o700)
        shutil.copytree(ROOT / "grader", tmp_path / "clone" / "grader")
        before = Path("/proc/self/mountinfo").read_text()
        code = "from grader.sandbox.isolation.probe import choose; print(choose().level)"

        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path / "clone",
            capture_output=True,
            text=True,
            check=True,
        )

        assert done.stdout.strip() == next(level for level in CONFINED if not gaps(level))
        assert Path("/proc/self/mountinfo").read_text() == before

    @confined
    def test_data_below_closed_folders(level: str, tmp_path: Path) -> None:
        """Data in folders of root's own is shown; files of root's own end in what to do."""
        data = tmp_path / "closed"
        data.mkdir(mode=0o700)
        (data / "x").write_text("pixels")
        code = "print(open('data/x').read())"

        assert run(level, code, public_data=data) == "pixels\n"
        (data / "x").chmod(0o600)
        assert f"chmod -R a+rX {data}" in run(level, code, public_data=data)
