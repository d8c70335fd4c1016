"""The command, with a handful of attacks, as an unprivileged user and without user namespaces."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.attacks.surroundings import TOKEN
from tests.attacks.test_attacks import ATTACKS, COURSE, HERE, NEIGHBOURS, expected, secrets

# Started by root: makes the project reachable for others, becomes another user, or root of a user
# namespace that may hold no other and no mounts (as in a container), or both; then runs Python.
ENTER = """
import ctypes, os, sys
root, container, user = sys.argv[1], sys.argv[2] == "container", int(sys.argv[3])
sys.path.insert(0, root)
from grader.sandbox.inside import launch
from grader.sandbox.isolation import allowed
launch.reveal({"paths": [*allowed.trees(), root], "links": allowed.links()})
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
NAMES = [
    "reading_processes.py",
    "escaping_kill_everything.py",
    "escaping_network.py",
    "persisting_daemon.py",
]
ALL = [path.name for path in ATTACKS]
COMMAND = "from grader.cli.main import app; app()"


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
    @pytest.mark.parametrize(
        "names", [NAMES, pytest.param(ALL, marks=pytest.mark.slow)], ids=["some", "all"]
    )
    def test_attacks_in_other_settings(setting: str, names: list[str], folder: Path) -> None:
        """No attack gains a point, learns a secret or hits its neighbours in these settings."""
        attacks = [HERE / "submissions" / name for name in names]
        half = len(attacks) // 2
        before, between, after = (copies(folder / when) for when in ("before", "between", "after"))
        paths = [*before, *attacks[:half], *between, *attacks[half:], *after]
        how, level = SETTINGS[setting]
        options = ["--course", str(COURSE), "--data", "embedded", "--jobs", "1"]
        options += ["--json", str(folder / "all.json")]
        command = [sys.executable, "-c", ENTER, str(HERE.parents[1]), *how, "-c", COMMAND]

        done = subprocess.run(
            [*command, "grade", "vault", *map(str, paths), *options], capture_output=True, text=True
        )

        assert done.returncode == 0, done.stdout + done.stderr
        text = (folder / "all.json").read_text()
        results = dict(zip(paths, msgspec.json.decode(text), strict=True))
        assert "BREACH:" not in text, text[text.index("BREACH:") :][:500]
        assert [secret for secret in secrets() if secret in text] == []
        assert {results[path]["isolation"] for path in attacks} == {level}
        for copied in zip(before, between, after, strict=True):
            first, *others = (without_times(results[path]) for path in copied)
            assert others == [first, first]
        assert {results[path]["score"] for path in before if path.stem == "noisy"} == {10}
        for path in attacks:
            for stub in results[path]["stubs"]:
                allowed = expected(path).get(stub["name"], "missing").split(" or ")
                assert stub["status"] in allowed, (path.name, results[path]["checks"])

    @pytest.mark.xdist_group("ordinary user")
    @pytest.mark.parametrize("setting", SETTINGS)
    def test_doctor_tells_the_truth(setting: str, folder: Path) -> None:
        """The table names the level at which hidden checks run here, the one that they then get."""
        how, level = SETTINGS[setting]
        command = [sys.executable, "-c", ENTER, str(HERE.parents[1]), *how, "-c", COMMAND]

        done = subprocess.run(
            [*command, "doctor"],
            capture_output=True,
            text=True,
            env={**os.environ, "COLUMNS": "200", "GRADER_OFFLINE": "1"},
        )

        assert done.returncode == 0, done.stdout + done.stderr
        assert f"they run at level {level}" in done.stdout
        holds = set(re.findall(r"isolation (\w+) +│ holds", done.stdout))
        assert holds == {"landlock"} | ({level} & {"namespaces"})


def copies(folder: Path) -> list[Path]:
    """The neighbours once more, in a folder of their own."""
    folder.mkdir()
    return [Path(shutil.copy(path, folder)) for path in NEIGHBOURS]


def without_times(result: dict[str, Any]) -> dict[str, Any]:
    """A result of the JSON report, but for its wall times and the folder of the upload."""
    checks = [{**check, "seconds": 0} for check in result["checks"]]
    return {**result, "checks": checks, "seconds": 0, "path": "", "submission": ""}
