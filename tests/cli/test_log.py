"""The log: where the whole of a fault is kept, and what a person is told about it."""

from __future__ import annotations

import logging

import pytest
from typer.testing import CliRunner

from grader.cli import doctor
from grader.cli.main import app
from grader.errors import InfrastructureError
from grader.grading import log

DETAILS = "frame 1\nframe 2"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A user's home in which the log lies; afterwards this process keeps none."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("platformdirs.user_log_path", lambda *_, **__: _made(tmp_path / "logs"))
    yield tmp_path
    for handler in list(logging.getLogger("grader").handlers):
        logging.getLogger("grader").removeHandler(handler)
        handler.close()


def _made(folder):
    folder.mkdir(exist_ok=True)
    return folder


def broken(console):
    raise InfrastructureError("the cause", DETAILS)


def test_a_fault_is_a_sentence_and_the_rest_is_in_the_log(home, monkeypatch):
    """The screen has the cause and the file's name; the file has the output and the traceback."""
    monkeypatch.setattr(doctor, "examine", broken)

    result = CliRunner().invoke(app, ["doctor"])

    kept = (home / "logs" / "grader.log").read_text("utf-8")
    assert result.exit_code == 3
    assert "this machine cannot grade: the cause" in result.stderr
    assert "grader.log" in result.stderr
    assert DETAILS not in result.stderr
    assert DETAILS in kept
    assert "Traceback" in kept


def test_debug_shows_it_all(home, monkeypatch, capfd):
    """With --debug outputs and tracebacks are on the screen."""
    monkeypatch.setattr(doctor, "examine", broken)

    result = CliRunner().invoke(app, ["doctor", "--debug"])

    assert DETAILS in result.stderr
    assert "Traceback" in result.stderr


def test_a_fault_of_ours_is_no_traceback(home, monkeypatch):
    """An exception that nobody expected ends a command with a sentence and exit code 3."""
    monkeypatch.setattr(doctor, "examine", lambda console: {}["nothing"])

    result = CliRunner().invoke(app, ["doctor"])

    assert result.exit_code == 3
    assert "the grader failed: KeyError: 'nothing'" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_home_that_cannot_be_written_has_no_log(monkeypatch, tmp_path, capfd):
    """Then the person is told how to see it all, and nothing of it is on the screen."""
    monkeypatch.setattr("platformdirs.user_log_path", lambda *_, **__: tmp_path / "missing")
    log.start(debug=False)
    log.keep(InfrastructureError("x", DETAILS))

    assert "--debug" in log.place()
    assert capfd.readouterr().err == ""


def test_nothing_of_it_steers_a_terminal(home, capfd):
    """What is shown for --debug, and what the file holds, may have a student's text in it: what
    steers a terminal is spelt out."""
    log.start(debug=True)
    log.keep(InfrastructureError("x", "a\x1b[2Kb\u202ec\ud800d\ne"))

    for text in (capfd.readouterr().err, (home / "logs" / "grader.log").read_text("utf-8")):
        assert r"a\x1b[2Kb\u202ec\ud800d" + "\ne" in text
        assert "\x1b" not in text
