"""The command, with a handful of attacks, as an unprivileged user and without user namespaces."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.attacks.surroundings import TOKEN
from tests.attacks.test_attacks import COURSE, HERE, expected, secrets

# Started by root: makes the project reachable for others, becomes another user, or root of a user
# namespace that may hold no other and no mounts (as in a container), or both; then runs Python.
ENTER = """
import ctypes, os, sys
root, container, user = sys.argv[1], sys.argv[2] == "container", int(sys.argv[3])
sys.path.insert(0, root)
from grader.sandbox import launch, plans
launch.reveal({"paths": [*plans.trees(), root], "links": plans.links()})
libc = ctypes.CDLL(None)
if container:
    parent, ready, mapped = os.getpid(), os.pipe(), os.pipe()
    if os.fork() == 0:
        os.read(ready[0], 1)
        for name in ("uid_map", "gid_map"):
            open(f"/proc/{parent}/{name}", "w").write("0 0 65536")
        os.write(mapped[1], b"x")
        os._exit(0)
    new_user, drop_bound, sys_admin = 0x10000000, 24, 21
    assert libc.unshare(new_user) == 0
    os.write(ready[1], b"x")
    os.read(mapped[0], 1)
    open("/proc/sys/user/max_user_namespaces", "w").write("0")
    assert libc.prctl(drop_bound, sys_admin, 0, 0, 0) == 0
    os.wait()
if user:
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
os.chdir(root)
os.environ["HOME"] = "/nonexistent"
os.execv(sys.executable, [sys.executable, "-B", *sys.argv[4:]])
"""
SETTINGS = {  # name: (arguments of ENTER, level that is chosen)
    "unprivileged": (("machine", "1234"), "namespaces"),
    "container": (("container", "0"), "landlock"),
    "unprivileged container": (("container", "1234"), "landlock"),
}
# Those that would do most harm to a grader of the same user.
NAMES = ("reading_processes", "escaping_kill_everything", "escaping_network", "persisting_daemon")
COMMAND = "from grader.cli import app; app()"


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that every user may write, also the cache of the grader."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o777)
        monkeypatch.setenv("GRADER_CACHE", name)
        monkeypatch.setenv("VAULT_TOKEN", TOKEN)
        yield Path(name)


if hasattr(os, "geteuid") and os.geteuid() == 0:
    # Not beside the other tests of one ordinary user: the kernel counts its processes together.
    @pytest.mark.xdist_group("ordinary user")
    @pytest.mark.parametrize("setting", SETTINGS)
    def test_attacks_in_other_settings(setting: str, folder: Path) -> None:
        """No attack gains a point, learns a secret or hits its neighbour in these settings."""
        attacks = [HERE / "submissions" / f"{name}.py" for name in NAMES]
        paths = [*attacks, HERE / "neighbours" / "noisy.py"]
        options = [
            "--course",
            str(COURSE),
            "--data",
            "embedded",
            "--json",
            str(folder / "all.json"),
        ]

        how, level = SETTINGS[setting]
        command = [sys.executable, "-c", ENTER, str(HERE.parents[1]), *how, "-c", COMMAND]

        done = subprocess.run(
            [*command, "grade", "vault", *map(str, paths), *options], capture_output=True, text=True
        )

        assert done.returncode == 0, done.stdout + done.stderr
        text = (folder / "all.json").read_text()
        *results, neighbour = msgspec.json.decode(text)
        assert "BREACH:" not in text
        assert [secret for secret in secrets() if secret in text] == []
        assert {result["isolation"] for result in results} == {level}
        assert neighbour["score"] == neighbour["max_score"]
        for attack, result in zip(attacks, results, strict=True):
            for stub in result["stubs"]:
                allowed = expected(attack).get(stub["name"], "missing").split(" or ")
                assert stub["status"] in allowed, (attack.name, result["checks"])
