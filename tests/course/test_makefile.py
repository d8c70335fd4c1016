"""The Makefile: what it says of itself, and how it gets the full data set and a browser."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

needs_root = pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0, reason="only root installs a package"
)
FALLBACK = "the embedded subset is used."


def make(*arguments: str, **environment: str) -> tuple[str, str]:
    """What make prints; nothing is installed before."""
    without = {name: text for name, text in os.environ.items() if not name.startswith("GRADER_")}
    done = subprocess.run(
        ["make", "--no-print-directory", "--old-file", ".venv/installed", *arguments],
        cwd=ROOT,
        env={**without, **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


@pytest.fixture
def apt(tmp_path):
    """apt-get as these lines of shell, first on the path: apt(lines) -> the path."""

    def apt(lines: str) -> str:
        program = tmp_path / "apt-get"
        program.write_text(f"#!/bin/sh\necho ran >> {tmp_path}/ran\n{lines}\n")
        program.chmod(0o755)
        return f"{tmp_path}:{os.environ['PATH']}"

    return apt


def test_help_is_the_default_and_names_every_command():
    """Each command with a line about it."""
    targets = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    printed, _ = make()

    assert printed == make("help")[0]
    lines = dict(re.findall(r"^make ([a-z-]+) +(\S.*)$", printed, flags=re.MULTILINE))
    assert list(lines) == list(dict.fromkeys(targets))


@needs_root
def test_failed_installation_says_what_was_tried_and_why_it_failed(apt, tmp_path):
    """One line before it, its own error, and what is used instead."""
    path = apt("echo 'E: no such mirror' >&2; exit 100")

    out, err = make("data", f"FULL_DATA={tmp_path}/none", PATH=path)

    assert (
        out.splitlines()[0] == "Installing the full data set: apt-get install dataset-fashion-mnist"
    )
    assert out.rstrip().endswith(FALLBACK)
    assert "E: no such mirror" in err


@needs_root
def test_installation_that_succeeds_is_the_last_word(apt, tmp_path):
    """No sentence about a subset."""
    path = apt(f"mkdir {tmp_path}/full")

    out, err = make("data", f"FULL_DATA={tmp_path}/full", PATH=path)

    assert (len(out.splitlines()), err) == (1, "")


@pytest.mark.parametrize(
    ("full", "environment", "said"),
    [
        (".", {}, ""),
        ("none", {"GRADER_DATA": "somewhere"}, ""),
        ("none", {"GRADER_OFFLINE": "1"}, FALLBACK),
    ],
    ids=["it is here", "GRADER_DATA", "GRADER_OFFLINE"],
)
def test_nothing_is_installed_without_need(apt, tmp_path, full, environment, said):
    """Where there are data, or no network is wanted."""
    path = apt("exit 0")

    out, _ = make("data", f"FULL_DATA={tmp_path / full}", PATH=path, **environment)

    assert out.rstrip().endswith(said)
    assert bool(out) == bool(said)
    assert not Path(tmp_path, "ran").exists()


@pytest.mark.parametrize(
    ("programs", "environment", "said"),
    [
        ("none sh", {}, ""),
        ("none", {"GRADER_CHROMIUM": "somewhere"}, ""),
        ("none", {"GRADER_OFFLINE": "1"}, "tests of the pages are skipped."),
    ],
    ids=["it is here", "GRADER_CHROMIUM", "GRADER_OFFLINE"],
)
def test_no_browser_is_installed_without_need(apt, tmp_path, programs, environment, said):
    """Where there is one, or no network is wanted."""
    path = apt("exit 0")

    out, _ = make("chromium", f"CHROMIUM={programs}", PATH=path, **environment)

    assert out.rstrip().endswith(said)
    assert bool(out) == bool(said)
    assert not Path(tmp_path, "ran").exists()


@needs_root
def test_browser_that_cannot_be_installed_stops_nothing(apt):
    """Its tests are skipped, and a line says so."""
    path = apt("echo 'E: no such mirror' >&2; exit 100")

    out, err = make("chromium", "CHROMIUM=none", PATH=path)

    assert out.splitlines()[0] == "Installing Chromium for the tests: apt-get install chromium"
    assert out.rstrip().endswith("tests of the pages are skipped.")
    assert "E: no such mirror" in err
