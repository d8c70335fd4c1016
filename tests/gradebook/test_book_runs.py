"""Real runs of `grader grade` into a gradebook: side by side, killed, begun again."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from grader.cli.main import app
from grader.errors import UsageError
from grader.gradebook.book import open_book
from tests.gradebook.books import COURSE, SOLUTION, scores

HALF = SOLUTION.replace("text.upper()", "text")
ENDLESS = SOLUTION + "\ndef endless():\n    while True:\n        pass\n\n\nshout.long = endless()\n"
CLASS = {"ada": SOLUTION, "bob": HALF, "zoe": SOLUTION + "\n# zoe\n"}
PROCESS = ("--course", COURSE, "--isolation", "process", "--jobs", 1)


def folder(path: Path, **texts: str) -> Path:
    """A class in a folder."""
    path.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (path / f"{name}.py").write_text(text, "utf-8")
    return path


def start(place: str, uploads: Path) -> subprocess.Popen[str]:
    """Grade a class, as a person starts it."""
    command = [sys.executable, "-m", "grader", "grade", "greeting", uploads, "--db", place]
    return subprocess.Popen(
        list(map(str, [*command, *PROCESS])),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finished(process: subprocess.Popen[str]) -> None:
    _, problems = process.communicate(timeout=300)
    assert process.returncode == 0, problems


def graded(place: str) -> dict[str, list[float]]:
    """The scores in a gradebook that may not be there yet."""
    try:
        with open_book(place, is_new=False) as book:
            return scores(book)
    except UsageError:
        return {}


def content(place: str) -> object:
    """All that is in a gradebook, but for when it was seen and how long it took."""
    found = {}
    with open_book(place) as book:
        for member in book.members():
            past = book.history(member)
            found[member.name] = [
                [plain(version.record) for version in attempt.versions] for attempt in past.attempts
            ]
    return found


def plain(record: object) -> object:
    fields = msgspec.to_builtins(record)
    for part in (fields, *fields["checks"]):
        part["seconds"] = 0
    return fields


def test_two_runs_at_once_lose_nothing(place, tmp_path):
    """Both grade the same class: everybody is there, and each attempt once."""
    one = folder(tmp_path / "class", **CLASS)

    runs = [start(place, one), start(place, one)]
    for each in runs:
        finished(each)

    assert graded(place) == {"ada": [100], "bob": [60], "zoe": [100]}
    with open_book(place) as book:
        assert all(
            len(attempt.versions) == 1
            for member in book.members()
            for attempt in book.history(member).attempts
        )


def test_killed_run_goes_on_where_it_was(tmp_path):
    """After kill -9 and a second start the book equals that of a run that nobody disturbed."""
    uploads = folder(tmp_path / "class", **CLASS)
    undisturbed, place = str(tmp_path / "undisturbed.sqlite"), str(tmp_path / "killed.sqlite")
    finished(start(undisturbed, uploads))
    (uploads / "zoe.py").write_text(ENDLESS, "utf-8")
    process = start(place, uploads)
    while not {"ada", "bob"} <= graded(place).keys():
        assert process.poll() is None
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    with suppress(ProcessLookupError):  # boxes at level process outlive a kill -9
        os.killpg(process.pid, signal.SIGKILL)
    assert graded(place) == {"ada": [100], "bob": [60]}
    (uploads / "zoe.py").write_text(CLASS["zoe"], "utf-8")

    finished(start(place, uploads))

    assert content(place) == content(undisturbed)


def run(*arguments: object, **environment: str | None) -> object:
    """A command in this process."""
    runner = CliRunner(env={"COLUMNS": "200", **environment})
    return runner.invoke(app, list(map(str, arguments)))


def test_commands_show_what_was_kept(tmp_path):
    """And the same class again adds nothing."""
    uploads = folder(tmp_path / "class", **CLASS)
    place = tmp_path / "gradebook.sqlite"
    options = ("--course", COURSE, "--db", place)

    for _ in range(2):
        done = run("grade", "greeting", uploads, "--db", place, *PROCESS)
        assert done.exit_code == 0, done.output
        assert f"kept in the gradebook {place}" in done.output.replace("\n", "")

    assert re.search(r"greeting +│ +3 │ +3 │", run("gradebook", *options).output)
    people = run("gradebook", "greeting", *options)
    assert "60 / 100" in people.output
    shown = run("gradebook", "show", "bob", *options)
    assert "1. " in shown.output
    assert "60 of 100: graded" in shown.output
    backup = run("gradebook", "backup", tmp_path / "copy.sqlite", *options)
    assert backup.exit_code == 0
    assert graded(str(tmp_path / "copy.sqlite")) == {"ada": [100], "bob": [60], "zoe": [100]}


@pytest.mark.parametrize("out", [False, True])
def test_default_is_for_classes_without_a_folder(tmp_path, out):
    """One file alone, or --out, and no gradebook is made."""
    course = tmp_path / "course"
    for part in ("assignments", "solutions"):
        course.mkdir(exist_ok=True)
        (course / part).symlink_to(COURSE / part)
    uploads = folder(tmp_path / "class", ada=SOLUTION)
    options = ("--course", course, "--isolation", "process", "--jobs", 1)

    if out:
        done = run("grade", "greeting", uploads, *options, "--class", "--out", tmp_path / "out")
    else:
        done = run("grade", "greeting", uploads / "ada.py", *options)
    assert done.exit_code == 0, done.output
    assert not (course / "gradebook.sqlite").exists()

    done = run("grade", "greeting", uploads, *options, "--class")
    assert done.exit_code == 0, done.output
    assert graded(str(course / "gradebook.sqlite")) == {"ada": [100]}


def test_class_is_graded_where_no_gradebook_can_be(tmp_path, monkeypatch):
    """One note says what to install; somebody who has named a gradebook gets an error."""
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    uploads = folder(tmp_path / "class", ada=SOLUTION)
    command = ("grade", "greeting", uploads, "--class", *PROCESS)

    done = run(*command)
    assert done.exit_code == 0, done.output
    assert "Nothing of this will be kept" in done.output
    assert ".[class]" in done.output

    done = run(*command, "--db", tmp_path / "gradebook.sqlite")
    assert done.exit_code == 2


def test_environment_names_the_gradebook(tmp_path):
    """GRADER_DB stands for --db, for one file, too."""
    place = str(tmp_path / "gradebook.sqlite")
    uploads = folder(tmp_path / "class", ada=SOLUTION)

    done = run("grade", "greeting", uploads / "ada.py", *PROCESS, GRADER_DB=place)

    assert done.exit_code == 0, done.output
    assert graded(place) == {"ada": [100]}


def test_gradebook_that_is_not_there_is_not_made_by_looking(tmp_path):
    """The sentence says how one begins."""
    done = run("gradebook", "--db", tmp_path / "none.sqlite")

    assert done.exit_code == 2
    assert "There is no gradebook" in done.output
    assert not (tmp_path / "none.sqlite").exists()


def test_help_of_the_gradebook_teaches():
    """What is no command is an assignment, and --help is about the command."""
    assert "a line for each person" in run("gradebook", "--help").output
    assert "is missing" in run("gradebook", "list", "--help").output
