"""An evening: classes of 300 from six platforms, graded unattended, killed and begun again."""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from grader.errors import UsageError
from grader.gradebook.book import open_book
from tests.gradebook.books import COURSE, scores
from tests.gradebook.test_book_runs import content
from tests.grading.test_engines_dask import two_machines
from tests.submissions import layouts

pytestmark = pytest.mark.slow

PLATFORMS = (
    *(layouts.moodle, layouts.canvas, layouts.gradescope, layouts.blackboard),
    *(layouts.nbgrader, layouts.github_classroom),
)
FIRST = ("Anna", "Ben", "Chloé", "Dmitri", "Eve", "Fatma", "Goran", "Hana", "Ines", "Jun")
LAST = ("Meyer", "O'Brien", "van der Berg", "Żółć", "Li", "Núñez", "Smith-Jones", "Okafor", "Sato")
PEOPLE = [f"{first} {last} {n}" for n in "αβγδ" for first in FIRST for last in LAST][:300]
KILLS = 10


def shout(*lines: str) -> str:
    """The solution with another body of `shout`."""
    return layouts.CODE.replace(
        "    return text.upper()", "\n".join(f"    {each}" for each in lines)
    )


# What is handed in, and what it earns.
PROGRAMS: list[tuple[str | bytes, float]] = [
    (layouts.CODE, 100),
    (shout("return ''.join(letter.upper() for letter in text)"), 100),
    (
        "from string import *\n" + shout("big = text", "return big.swapcase().swapcase().upper()"),
        100,
    ),
    (layouts.CODE.replace("def greet", "def hello"), 100),
    (shout("return text.title()"), 60),
    (shout("return text"), 60),
    (shout("print(text.upper())"), 60),
    (layouts.CODE.replace("Hello", "Goodbye"), 40),
    (shout("raise SystemExit"), 60),
    (shout("import os", "os._exit(0)"), 60),
    (shout("return shout(text)"), 60),
    (shout("import sys", "sys.stdout.write('\\x1b[2J' * 1000)", "return text"), 60),
    (shout("import shutil", "shutil.rmtree('/', ignore_errors=True)", "return text"), 60),
    ("def greet(name:\n", 0),
    (b"%PDF-1.7", 0),
    ("", 0),
    ("I could not do it in time, sorry", 0),
]
FEW: list[tuple[str | bytes, float]] = [
    (shout("while True:", "    pass"), 60),
    (shout("import os", "os.kill(os.getppid(), 9)", "os.kill(os.getpid(), 9)"), 60),
]


def program(number: int) -> tuple[str | bytes, float]:
    """What the person of this number hands in."""
    return FEW[number % 2] if number % 149 == 7 else PROGRAMS[number % len(PROGRAMS)]


def a_class(folder: Path, platform) -> tuple[Path, Path]:
    """The export of a class and the list of its people."""
    files = platform(PEOPLE)
    numbers = itertools.count()
    for path, text in files.items():
        if text == layouts.CODE and not path.startswith("source/"):
            files[path] = program(next(numbers))[0]
    lines = ["Name,ID,Login,Email"]
    for number, name in enumerate(PEOPLE):
        login = layouts.login_of(number)
        known = {layouts.moodle: 100 + number, layouts.canvas: 12000 + number}
        lines.append(f"{name},{known.get(platform, '')},{login},{login}@uni.example")
    roster = folder / "people.csv"
    roster.write_text("\n".join(lines), "utf-8")
    return layouts.write(folder / "class", files), roster


def start(
    folder: Path, uploads: Path, roster: Path, book: str, *where: str
) -> subprocess.Popen[bytes]:
    """Grade the class, as a person starts it."""
    command = [sys.executable, "-m", "grader", "grade", "greeting", uploads, "--roster", roster]
    command += ["--db", folder / book, "--course", COURSE, *(where or ("--jobs", "2"))]
    with (folder / "shown").open("ab") as shown:
        return subprocess.Popen(
            [*map(str, command)], stdout=shown, stderr=shown, start_new_session=True
        )


def expected() -> dict[str, list[float]]:
    return {name: [program(number)[1]] for number, name in enumerate(PEOPLE)}


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.__name__)
def test_everybody_has_one_grade_under_the_right_name(tmp_path, platform):
    """Right, wrong, broken and hostile programs, from each platform."""
    uploads, roster = a_class(tmp_path, platform)

    code = start(tmp_path, uploads, roster, "book.sqlite").wait(timeout=3000)

    assert code == 0, (tmp_path / "shown").read_text("utf-8", "replace")[-2000:]
    with open_book(str(tmp_path / "book.sqlite")) as book:
        assert scores(book) == expected()


def test_killed_run_ends_as_an_undisturbed_one(tmp_path):
    """However often and whenever it is killed, with all its processes."""
    uploads, roster = a_class(tmp_path, layouts.moodle)
    began = time.monotonic()
    assert start(tmp_path, uploads, roster, "whole.sqlite").wait(timeout=3000) == 0
    longest = (time.monotonic() - began) / KILLS

    chance = random.Random(17)
    for _ in range(KILLS):
        process = start(tmp_path, uploads, roster, "killed.sqlite")
        time.sleep(chance.uniform(1, 1 + longest))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert start(tmp_path, uploads, roster, "killed.sqlite").wait(timeout=3000) == 0

    assert content(str(tmp_path / "killed.sqlite")) == content(str(tmp_path / "whole.sqlite"))


def test_killed_worker_of_dask_changes_nothing(tmp_path):
    """Half-way one of two is killed with all that it has started; the other one grades the rest."""
    uploads, roster = a_class(tmp_path, layouts.moodle)
    assert start(tmp_path, uploads, roster, "whole.sqlite").wait(timeout=3000) == 0
    book = tmp_path / "dask.sqlite"

    def half_is_done() -> bool:
        time.sleep(1)
        with suppress(UsageError), open_book(str(book), is_new=False) as opened:
            return len(scores(opened)) > len(PEOPLE) / 2
        return False

    with two_machines(tmp_path) as machines:
        where = ("--engine", "dask", "--scheduler", machines.address)
        process = start(tmp_path, uploads, roster, book.name, *where)
        while not half_is_done():
            assert process.poll() is None
        victim = psutil.Process(machines.workers[0].pid)
        for one in [victim, *victim.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):  # it went with the one before
                one.kill()
        assert process.wait(timeout=3000) == 0

    assert content(str(book)) == content(str(tmp_path / "whole.sqlite"))
