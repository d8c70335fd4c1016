"""`grader doctor` on files that a sandbox needs and its user may not read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="needs root, who is not the sandbox's user"
)

EXAMINE = """
import json
from dataclasses import asdict
from grader.cli import doctor
print(json.dumps([asdict(line) for line in doctor.files()]))
"""


@pytest.fixture
def environment(tmp_path) -> Path:
    """A virtual environment with a package of its own; what the grader needs is beside it."""
    command = [sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"]
    subprocess.run(command, check=True)
    package = site(tmp_path / "env") / "package"
    (package / "part").mkdir(parents=True)
    (package / "part/__init__.py").write_text("")
    (package / "table.csv").write_text("")
    return tmp_path / "env"


def site(environment: Path) -> Path:
    return environment / Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)


def examined(environment: Path) -> dict[str, str]:
    """The line that the doctor says in this environment."""
    others = os.pathsep.join([str(ROOT), sysconfig.get_path("purelib")])
    done = subprocess.run(
        [environment / "bin/python", "-c", EXAMINE],
        env={**os.environ, "PYTHONPATH": others},
        cwd=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    (line,) = json.loads(done.stdout)
    return line


@pytest.mark.parametrize(
    ("closed", "repaired", "finding"),
    [
        (["package/part", "package/table.csv"], "", "package/part and 1 more files"),
        (["..", "package/table.csv"], "..", " and 1 more files and folders"),
    ],
    ids=["in the packages", "a folder above them"],
)
def test_closed_file_is_bad_and_the_repair_repairs(environment, closed, repaired, finding):
    """As pip leaves it under a umask of 077: the command that is named opens all of it. A cache of
    Python's and a link to nothing hinder nobody."""
    packages = site(environment)
    (packages / "package/__pycache__").mkdir(mode=0o700)
    (packages / "link").symlink_to("nothing")
    for name in closed:
        (packages / name).chmod(0o700 if (packages / name).is_dir() else 0o600)

    line = examined(environment)

    folder = (packages / repaired).resolve()
    assert (line["subject"], line["state"]) == ("files for a sandbox", "bad")
    assert line["repair"] == f"chmod -R a+rX {folder}"
    assert str(folder) in line["finding"]
    assert finding in line["finding"]
    subprocess.run(line["repair"], shell=True, check=True)
    assert examined(environment)["state"] == "ok"
