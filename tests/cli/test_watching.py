"""A run as people watch it: on a real terminal, through a pipe, and when they have seen enough."""

from __future__ import annotations

import os
import pty
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from grader.cli.interrupts import command_line
from tests.conftest import ROOT

COURSE = ROOT / "tests" / "small_course"
SOLUTION = (COURSE / "solutions/greeting/solution.py").read_text("utf-8")
WRONG = SOLUTION.replace("Hello", "Hi")
SLOW = SOLUTION + "\nimport time\ngreet.late = [time.sleep(0.1) for _ in range(20)]\n"
ENDLESS = SOLUTION + "\ndef endless():\n    while True:\n        pass\n\n\nshout.long = endless()\n"
EVIL = "\x1b]0;owned\x07\x1b[2J\u202e[red]"
START = [sys.executable, "-m", "grader", "grade", "greeting"]
OPTIONS = ["--class", "--isolation", "process", "--course", str(COURSE)]
COLOUR = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def a_class(folder: Path) -> Path:
    """Write right, wrong, unreadable and slow submissions; two have the same wrong answer."""
    texts = {
        "ada": SOLUTION,
        f"bob{EVIL}": WRONG,
        "cyd": WRONG + "\n# by Cyd\n",
        "eve": "",
        "zoe": SLOW,
    }
    (folder / "class").mkdir()
    for name, text in texts.items():
        (folder / f"class/{name}.py").write_text(text, "utf-8")
    return folder


@pytest.fixture
def folder(tmp_path) -> Path:
    """A class that a test may change."""
    return a_class(tmp_path)


@pytest.fixture(scope="module")
def piped(tmp_path_factory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The folder of the results, and what CI gets to read, with two jobs."""
    folder = a_class(tmp_path_factory.mktemp("piped"))
    out = folder / "my results"
    return out, through_pipe(folder, "--jobs", "2", "--out", str(out))


def hear_interrupts() -> None:
    """A shell makes what it starts in the background deaf to them, these tests perhaps as well."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def on_terminal(
    folder: Path, *options: str, until: str = "", columns: int = 100
) -> tuple[int, str]:
    """Grade the class on a terminal, and press Ctrl-C when `until` has been shown; the exit code
    and all that was shown."""
    ours, theirs = pty.openpty()
    kept = [] if {"--single", "--out"} & {*options} else ["--db", str(folder / "book.sqlite")]
    process = subprocess.Popen(
        [*START, str(folder / "class"), *OPTIONS, *options, *kept],
        env=os.environ | {"TERM": "xterm", "COLUMNS": str(columns)},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=hear_interrupts,
    )
    os.close(theirs)
    shown = b""
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        while chunk := _read(terminal.fileno()):
            shown += chunk
            if until and until in shown.decode("utf-8", "replace"):
                process.send_signal(signal.SIGINT)
                until = ""
    return process.wait(timeout=60), shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # how a terminal says that nobody writes any more
        return b""


def through_pipe(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Grade the class as CI does."""
    return subprocess.run(
        [*START, str(folder / "class"), *OPTIONS, *options],
        capture_output=True,
        text=True,
        timeout=120,
    )


# ------------------------------------------------------------------------------ while it runs


@pytest.mark.parametrize(
    ("jobs", "columns", "in_work"), [("1", 40, r"at: zoe, \d+ %"), ("2", 100, r"at: (.*, )?zoe")]
)
def test_terminal_shows_how_far_the_run_is(folder, jobs, columns, in_work):
    """Done of total, those not graded with the reason, who is being graded; then the class, each
    on one line. A file's name that clears the screen stands there and does nothing."""
    code, shown = on_terminal(folder, "--jobs", jobs, columns=columns)

    plain = COLOUR.sub("", shown)
    assert code == 0
    assert "4 of 5" in plain
    assert "1 not graded (1 unreadable)" in plain
    assert re.search(in_work, plain)
    assert "greeting: 5 submissions" not in plain
    assert not re.search(r"\x1b\]|\x1b\[2J|\u202e", shown)
    lines = plain[plain.rindex("lost points in") :].split("\r\n\r\n")[0].splitlines()[1:]
    assert [line[:3] for line in lines] == ["ada", "bob", "cyd", "eve", "zoe"]
    assert all(len(line) <= columns for line in lines)


def test_pipe_gets_a_first_and_a_last_line(piped):
    """On stderr, whole."""
    _read_as, first, *lines = piped[1].stderr.splitlines()

    assert first == "greeting: 5 submissions, cpu, isolation process, 2 jobs"
    (last,) = [line for line in lines if line.startswith("5 of 5 in ")]
    assert re.fullmatch(r"5 of 5 in \d+ s; 1 not graded \(1 unreadable\)", last)


# ------------------------------------------------------------------------------ at the end


def test_class_ends_in_a_line_for_each_person(piped):
    """No table for each, then the totals, and who needs a look."""
    said = piped[1].stdout

    assert "what failed and why" not in said
    assert len(re.findall("^ada ", said, flags=re.MULTILINE)) == 1
    assert "4 graded: mean 70, median 70 of 100; 1 not: 1 unreadable" in said
    assert "  unreadable: eve\n" in said
    assert "  the same code: bob" in said


def test_what_was_written_and_what_can_be_done_is_said(piped):
    """The folder of the results; for several equal wrong answers the command that lists them."""
    out, done = piped

    assert f"records, grades.csv, summary.md: {out}\n" in done.stderr
    command = done.stderr.splitlines()[-1].partition(": grader ")[2]
    assert shlex.split(command) == ["misconception", "list", "greeting", str(out)]


def test_second_run_says_what_was_not_run_again(piped):
    """So that nobody wonders why it was so quick. With --verbose each has the whole table, too."""
    out, _ = piped
    done = through_pipe(out.parent, "--out", str(out), "--verbose")

    assert "; 5 unchanged since they were graded" in done.stderr
    assert done.stdout.count("what failed and why") == 4
    assert done.stdout.index("eve: unreadable") < done.stdout.index("lost points in")


# ------------------------------------------------------------------------------ Ctrl-C


def test_interrupted_run_says_how_to_go_on(folder):
    """How many were graded, that they are kept, and the command, which then grades the others."""
    (folder / "class/zoe.py").write_text(ENDLESS, "utf-8")
    options = ["--out", str(folder / "re sults"), "--jobs", "2"]

    code, shown = on_terminal(folder, *options, until="4 of 5")

    plain = COLOUR.sub("", shown)
    command = [*START, str(folder / "class"), *OPTIONS, *options]
    assert code == 130
    assert "Traceback" not in plain
    assert "interrupted: 4 of 5 were graded. They are kept; to go on with the others:" in plain
    assert shlex.split(plain.rstrip().splitlines()[-1]) == command
    (folder / "class/zoe.py").write_text(SOLUTION, "utf-8")
    assert "; 4 unchanged since" in subprocess.run(command, capture_output=True, text=True).stderr


def test_interrupted_run_without_a_folder_says_that_nothing_is_kept(folder):
    """And what would have kept it."""
    (folder / "class/zoe.py").write_text(ENDLESS, "utf-8")

    code, shown = on_terminal(folder, str(folder / "class/zoe.py"), "--single", until="1 of 2")

    assert code == 130
    assert "1 of 2 were graded. They are not kept: with --out DIR" in COLOUR.sub("", shown)


def test_second_interrupt_ends_at_once():
    """Without a traceback, whatever is still being put away."""
    code = (
        "import time\n"
        "from grader.cli.interrupts import two_interrupts\n"
        "with two_interrupts():\n"
        "    try:\n"
        "        print('ready', flush=True)\n"
        "        time.sleep(600)\n"
        "    finally:\n"
        "        print('ending', flush=True)\n"
        "        time.sleep(600)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_interrupts,
    )
    for line in ("ready\n", "ending\n"):
        assert process.stdout.readline() == line
        process.send_signal(signal.SIGINT)

    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "")


@pytest.mark.parametrize(
    "word", ["plain.py", "two words", "it's $HOME", f"bob{EVIL}.py", os.fsdecode(b"caf\xe9\n.py")]
)
def test_command_is_quoted_for_a_shell(word, monkeypatch):
    """A shell that reads it gets the same words, and the terminal no steering character."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash here")
    monkeypatch.setattr(sys, "orig_argv", ["/usr/bin/python", "/opt/bin/grader", "grade", word])
    monkeypatch.setattr(sys, "argv", ["/opt/bin/grader", "grade", word])

    command = command_line()

    said = subprocess.run([bash, "-c", f"printf '%s\\0' {command}"], capture_output=True).stdout
    assert said.split(b"\0")[:-1] == [b"/opt/bin/grader", b"grade", os.fsencode(word)]
    assert command.isprintable()


def test_command_that_nobody_could_read_is_left_out(monkeypatch):
    """A shell's `*` may have made hundreds of words."""
    monkeypatch.setattr(sys, "orig_argv", ["python", "-m", "grader", *["submission.py"] * 300])

    assert command_line() == ""
