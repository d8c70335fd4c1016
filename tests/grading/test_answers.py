"""From a class's wrong answers to a mistake that has a name."""

from __future__ import annotations

import shutil

import pytest
from typer.testing import CliRunner

from grader.cli.main import app
from grader.course.misconceptions import load
from grader.grading.answers import groups
from grader.grading.scoring import Result
from tests.conftest import ROOT
from tests.reports.examples import check, grade, record

HI = 'def greet(name):\n    return "Hi, " + name\n\n\ndef shout(text):\n    return text.upper()\n'
SAME = HI.replace('"Hi, " + name', 'f"Hi, {name}"').replace("name", "who")
HEY = HI.replace("Hi", "Hey")
ASK = ["--name", "says_hi", "--sentence", "It says Hi. The greeting is Hello."]


def result(name, *answers, stub="softmax", misconception=None):
    """A submission with one failed check for each answer."""
    checks = [
        check(f"test_{n}", stub, outcome="failed", answer=answer, misconception=misconception)
        for n, answer in enumerate(answers)
    ]
    return Result(record(name, checks), grade(0, 10, ("failed", "passed")))


@pytest.fixture
def course(tmp_path):
    """A course with a class of three, two of whom make the same mistake."""
    shutil.copytree(ROOT / "tests/small_course", tmp_path, dirs_exist_ok=True)
    (tmp_path / "class").mkdir()
    for name, text in {"ada": HI, "bob": SAME, "cy": HEY}.items():
        (tmp_path / f"class/{name}.py").write_text(text)
    return tmp_path


@pytest.fixture
def command(course, monkeypatch):
    """Run a command in the course; its exit code and what it printed, as one line."""
    monkeypatch.chdir(course)

    def command(*arguments, answer=""):
        done = CliRunner().invoke(app, list(arguments), input=answer)
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return done.exit_code, " ".join((done.stdout + done.stderr).split())

    return command


def class_graded(command):
    code, said = command(
        *("grade", "greeting", "class", "--out", "results", "--isolation", "process")
    )
    assert code == 0, said
    return said


def test_equal_answers_are_one_group_the_largest_first():
    """All failed checks of the stub count, not only the first."""
    found = groups([result("ada", "x", "y"), result("bob", "x", "z"), result("cy", "x", "z")])

    names = [[one.record.submission for one in group.submissions] for group in found]
    assert names == [["bob", "cy"], ["ada"]]


def test_named_mistake_is_in_no_group():
    """Nor is a check that compared nothing."""
    assert groups([result("ada", "x", misconception="known"), result("bob", None)]) == []


def test_common_mistake_gets_a_name(command, course):
    """The group is listed with its code, added after a yes, and named when graded again."""
    class_graded(command)
    code, listed = command("misconception", "list", "greeting", "results")
    assert code == 0
    assert "group 1: greet, students: 2" in listed
    assert 'return "Hi, " + name' in listed
    assert "Other wrong answers" in (course / "results/summary.md").read_text("utf-8")

    code, said = command("misconception", "add", "greeting", "results", *ASK, answer="y\n")
    assert code == 0, said
    folder = course / "solutions/greeting"
    (entry,) = load(folder / "misconceptions.py", folder / "solution.py")
    assert (entry.name, entry.stub) == ("says_hi", "greet")

    class_graded(command)
    summary = (course / "results/summary.md").read_text("utf-8")
    assert "| 2 | greet | It says Hi. The greeting is Hello. |" in summary


def test_students_code_is_added_only_after_a_yes(command, course):
    """It would run outside the sandbox from then on."""
    class_graded(command)

    code, said = command("misconception", "add", "greeting", "results", *ASK, answer="n\n")

    assert code == 1
    assert "may it run outside the sandbox?" in said
    assert not (course / "solutions/greeting/misconceptions.py").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list", "greeting", "nowhere"], "There is no folder nowhere"),
        (["list", "greeting", "class"], "class holds no results of greeting"),
        (["add", "greeting", "results", *ASK, "--group", "7"], "There is no group 7"),
        (["add", "greeting", "results", *ASK, "--name", "a b", "--yes"], "cannot name"),
        (["add", "greeting", "results", *ASK, "--sentence", " ", "--yes"], "sentence is empty"),
    ],
    ids=["no folder", "no results", "no group", "no name", "no sentence"],
)
def test_wrong_usage_is_a_sentence(command, course, arguments, words):
    """Exit code 2, and the bank is as it was."""
    if "results" in arguments:
        class_graded(command)

    code, said = command("misconception", *arguments)

    assert code == 2
    assert words in said
    assert not (course / "solutions/greeting/misconceptions.py").exists()


def test_sample_that_is_gone_is_a_sentence(command, course):
    """The groups are listed without it, and nothing can be added from it."""
    class_graded(command)
    (course / "class/ada.py").unlink()

    assert (
        "group 1: greet, students: 2" in command("misconception", "list", "greeting", "results")[1]
    )
    code, said = command("misconception", "add", "greeting", "results", *ASK, "--yes")
    assert code == 2
    assert "ada.py" in said
