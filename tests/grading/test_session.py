"""A session grades one submission after another: its steps, its ends, and what no upload can do."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from grader.course import assignment as assignments
from grader.course.assignment import Assignment
from grader.errors import (
    AssignmentError,
    DatasetError,
    IsolationUnavailable,
    ProcessDied,
    UsageError,
)
from grader.grading.records import Record
from grader.grading.session import ATTEMPTS, Session, open_session
from grader.grading.settings import Part, Settings
from grader.sandbox.inside import landlock
from grader.sandbox.isolation import probe
from grader.submissions.reading import read
from tests.conftest import ROOT, small_course

COURSE = ROOT / "tests" / "small_course"
RIGHT = (COURSE / "solutions/greeting/solution.py").read_text("utf-8")
RUDE = RIGHT.replace("Hello", "Hey")
SILENT = RIGHT.replace('return f"Hello, {name}!"', "print(name)")
TEMPLATE = (COURSE / "assignments/greeting/greeting.py").read_text("utf-8")
# Each of these statements is needed by a stub, and ends the process that loads it.
HOPELESS = "import os\n" + "".join(f"A{n} = os._exit(1)\n" for n in range(5))
HOPELESS += RIGHT.replace("return f", "return A0 or A1 or A2 or A3 or A4 or f")
Write = Callable[..., Path]


@pytest.fixture
def upload(tmp_path: Path) -> Write:
    """Writes an upload and gives its path."""

    def write(text: str, name: str = "ada.py") -> Path:
        (tmp_path / name).write_text(text, "utf-8")
        return tmp_path / name

    return write


def small() -> Assignment:
    return assignments.load("greeting", COURSE)


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """One session for many submissions, as in a run."""
    with open_session(small(), Settings("cpu")) as session:
        yield session


def children() -> set[str]:
    """The process ids of the children of this process."""
    found = set()
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if file.read_text().rpartition(")")[2].split()[1] == str(os.getpid()):
                found.add(file.parent.name)
    return found


def outcomes(record: Record) -> dict[str, str]:
    return {check.name: check.outcome for check in record.checks}


# ------------------------------------------------------------------------------ opening


def test_session_chooses_level_device_and_data(upload):
    """Once for all submissions; the record says what was chosen."""
    assignment = replace(small(), datasets=("FashionMNIST",))
    settings = Settings("cpu", "process", Path("embedded"), "zh")

    with open_session(assignment, settings) as session:
        record = session.grade(upload(RIGHT))

    assert session.notes == ["process was asked for by name"]
    assert (record.isolation, record.device) == ("process", "cpu")
    assert record.dataset is not None
    assert (record.dataset.name, record.dataset.variant) == ("FashionMNIST", "embedded")
    assert record.environment["language"] == "zh"
    assert set(outcomes(record).values()) == {"passed"}


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        (Settings("cpu", "vault"), UsageError, "no isolation level 'vault'"),
        (Settings("cpu", data=Path("no/such/folder")), DatasetError, "no/such/folder"),
        (Settings("fake"), UsageError, "for tests"),
    ],
)
def test_what_cannot_be_had_is_an_error_before_anything_runs(monkeypatch, settings, error, words):
    """Nothing can be graded, and no process is left."""
    monkeypatch.delenv("GRADER_FAKE_DEVICE")
    assignment = replace(small(), datasets=("FashionMNIST",))
    before = children()

    with pytest.raises(error, match=words), open_session(assignment, settings):
        pytest.fail("it was opened")
    assert children() <= before


def test_level_that_does_not_hold_is_an_error(monkeypatch):
    """Never silently a weaker one: as on a kernel without Landlock."""
    before = children()
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    probe._probe_once.cache_clear()
    try:
        with (
            pytest.raises(IsolationUnavailable),
            open_session(small(), Settings("cpu", "landlock")),
        ):
            pytest.fail("it was opened")
    finally:
        probe._probe_once.cache_clear()
    assert children() <= before


def test_suite_that_cannot_be_collected_leaves_no_process(tmp_path):
    """The box has been started by then."""
    before = children()
    broken = small_course(tmp_path, "import no_such_module")

    with pytest.raises(AssignmentError), open_session(broken, Settings("cpu")):
        pytest.fail("it was opened")
    assert children() <= before


@pytest.mark.parametrize("error", [None, ValueError, KeyboardInterrupt])
def test_session_ends_its_host(upload, error):
    """However it is left."""
    before = children()
    expected = pytest.raises(error) if error else contextlib.nullcontext()

    with expected, open_session(small(), Settings("cpu")) as session:
        assert session.grade(upload(RIGHT)).status == "graded"
        assert children() > before
        if error:
            raise error

    assert children() <= before


# ------------------------------------------------------------------------------ grading


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (RIGHT, ["passed", "passed", "passed"]),
        (RUDE, ["failed", "failed", "passed"]),
        (HOPELESS, ["error", "error", "error"]),
    ],
)
def test_whatever_was_handed_in_gives_a_record(session, upload, text, found):
    """Its checks were met in order, whatever was graded before."""
    record = session.grade(upload(text))

    assert record.status == "graded"
    assert list(outcomes(record)) == ["test_greet_example", "test_greet_other_names", "test_shout"]
    assert list(outcomes(record).values()) == found
    assert record.isolation == session.host.level
    assert record.submission == session.at.path.stem == "ada"
    assert record.digests["suite"] == session.assignment.digest


@pytest.mark.parametrize("more", ["", "\nprint(greet('Ada'))\n", "\n# not yet\n"])
def test_template_is_not_attempted(session, upload, more):
    """Nothing is run, and the record says so; asked for it, the checks meet it as any other."""
    path = upload(TEMPLATE + more)
    record = session.grade(path)
    asked = session.grade(path, part=Part(of_template=True))

    assert (record.status, record.isolation, record.checks) == ("not_attempted", None, [])
    assert "Nothing is written" in record.warnings[0]
    assert set(outcomes(asked).values()) == {"missing"}


def test_work_that_python_cannot_read_is_graded(session, upload):
    """The rest is the template, but the student has written something."""
    record = session.grade(upload(TEMPLATE + "\ndef greet(name) return name\n"))

    assert record.status == "graded"
    assert "Python cannot read `greet`" in record.warnings[0]


def test_other_homework_is_told(session, upload):
    """A file without any of the stubs is graded, with a question."""
    record = session.grade(upload("def farewell(name):\n    return name\n"))

    assert record.status == "graded"
    assert "defines none of the stubs" in record.warnings[0]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 \xff\x00"])
def test_upload_that_is_no_program_is_unreadable(session, tmp_path, content):
    """The record says why; nothing has run, so there is no isolation level."""
    path = tmp_path / "scan.py"
    path.write_bytes(content)
    record = session.grade(path)

    assert (record.status, record.isolation, record.checks) == ("unreadable", None, [])
    assert len(record.warnings) == 1
    assert record.submission == "scan"


def test_part_of_the_suite_is_run(session, upload):
    """The checks of one stub, and no others."""
    record = session.grade(upload(RUDE), part=Part(stubs=("shout",)))

    assert outcomes(record) == {"test_shout": "passed"}
    assert session.share == 1


def test_seed_of_a_part_reaches_the_submission(session, upload):
    """Another seed, other random numbers; the same seed, the same."""
    text = "import random\n" + RIGHT.replace('f"Hello, {name}!"', "str(random.random())")
    seeds = (0, 1, 0)
    answers = [session.grade(upload(text), part=Part(seed=seed)).checks[1].answer for seed in seeds]

    assert answers[0] == answers[2] != answers[1]


def test_unchanged_submission_is_not_graded_again(session, upload):
    """What was seen before is given back as it is."""
    path = upload(RIGHT)
    earlier = session.grade(path)

    assert session.grade(path, earlier) is earlier


@pytest.mark.parametrize("changed", ["submission", "suite", "level", "status"])
def test_what_has_changed_is_graded_anew(session, upload, changed):
    """The text, the checks or the surroundings are others than they were."""
    path = upload(RIGHT)
    earlier = session.grade(path)
    others = {
        "submission": {},
        "suite": {"digests": earlier.digests | {"suite": "another"}},
        "level": {"isolation": "another"},
        "status": {"status": "infrastructure_error"},
    }
    earlier = msgspec.structs.replace(earlier, **others[changed])
    if changed == "submission":
        path = upload(RUDE)
    record = session.grade(path, earlier)

    assert record is not earlier
    assert record.status == "graded"
    wrong = changed == "submission"
    assert outcomes(record)["test_greet_example"] == ("failed" if wrong else "passed")


# ------------------------------------------------------------------------------ the steps alone


def test_steps_can_be_called_alone(session, upload):
    """Read, load and check, record: what `grade` does, and the same comes out."""
    path = upload(RUDE + "\nprint('noise')\n")
    submission = read(path, session.assignment.stubs)

    with session.sandbox(submission) as sandbox:
        assert sandbox.source.cells == submission.cells
        seen = session.check(sandbox, Part(stubs=("greet",)))
    record = session.record(submission, sandbox, seen, time.monotonic())

    assert [type(one.problem).__name__ for one in seen] == ["Mismatch", "Mismatch"]
    whole = session.grade(path, part=Part(stubs=("greet",)))
    assert outcomes(record) == outcomes(whole)
    assert [check.message for check in record.checks] == [c.message for c in whole.checks]
    assert record.digests == whole.digests
    assert record.warnings == whole.warnings
    assert record.places == {"greet": "ada.py, line 4", "shout": "ada.py, line 9"}


def test_check_of_what_cannot_be_loaded_is_met_by_all(session, upload):
    """Each check has met the end of the process, and none has run."""
    submission = read(upload(HOPELESS), session.assignment.stubs)
    with session.sandbox(submission) as sandbox:
        seen = session.check(sandbox)

    assert {type(one.problem) for one in seen} == {ProcessDied}
    assert len(seen) == len(session.suite.checks)


# ------------------------------------------------------------------------------ faults of ours

HEAD = """
import pytest
from grader.checking import in_sandbox

attempts = []
"""
IN_THE_BOX = """
@in_sandbox
def named_by_data(submission):
    images, labels = submission.data.tensors("FashionMNIST", "test")
    return submission.greet(len(images) * len(labels))

@pytest.mark.stub("greet")
def test_greet_data(submission):
    \"\"\"greet works for numbers.\"\"\"
    assert named_by_data(submission)[:5] == "Hello"

@pytest.mark.stub("shout")
def test_shout(submission):
    \"\"\"shout gives capitals.\"\"\"
    assert submission.shout("abc") == "ABC"
"""


def test_wrong_answer_that_a_check_cannot_use_costs_its_check(tmp_path, upload):
    """It raises TypeError for None, and passes for the solution, which gets the data as well."""
    assignment = replace(small_course(tmp_path, HEAD + IN_THE_BOX), datasets=("FashionMNIST",))
    with open_session(assignment, Settings("cpu", data=Path("embedded"))) as session:
        silent, right = session.grade(upload(SILENT)), session.grade(upload(RIGHT, "bob.py"))

    assert silent.status == right.status == "graded"
    assert outcomes(silent)["test_greet_data"] == "failed"
    assert "`greet` prints and returns nothing (None)" in silent.checks[1].message
    assert outcomes(silent)["test_shout"] == "passed"
    assert set(outcomes(right).values()) == {"passed"}


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ('assert len(loud, 3) == "ABC"', "line 10: TypeError: len() takes exactly one argument"),
        ("loud.no_such_attribute", "line 10: AttributeError: 'str' object has no attribute"),
        ("len(loud, 3) if loud != 'ABC' else pytest.fail('for all')", "for all"),
    ],
)
def test_broken_check_costs_nobody_a_point(tmp_path, upload, fault, words):
    """The warning names it, and whoever does not meet it is graded."""
    broken = f"""
@pytest.mark.stub("shout")
def test_broken(submission):
    loud = submission.shout("abc")
    {fault}
"""
    with open_session(small_course(tmp_path, HEAD + broken), Settings("cpu")) as session:
        quiet = session.grade(upload(RIGHT.replace("upper", "lower"), "eve.py"))
        half = session.grade(upload(RIGHT.replace("def shout", "def whisper"), "bob.py"))

    assert (quiet.status, quiet.checks) == ("infrastructure_error", [])
    assert "the grader failed, not the submission: test_broken" in quiet.warnings[0]
    assert words in quiet.warnings[0]
    assert half.status == "graded"
    assert outcomes(half) == {"test_greet_example": "passed", "test_broken": "missing"}


def test_fault_of_ours_is_tried_again_and_the_next_is_graded(tmp_path, upload):
    """After two attempts the record says that the grader failed."""
    checks = """
@pytest.fixture
def room(submission):
    if submission.greet("Ada") == "Hey, Ada!":
        attempts.append(1)
        raise OSError("no space left")

@pytest.mark.stub("greet")
def test_in_a_room(room, submission):
    assert submission.greet("Ada")
"""
    with open_session(small_course(tmp_path, HEAD + checks), Settings("cpu")) as session:
        rude, right = session.grade(upload(RUDE)), session.grade(upload(RIGHT, "bob.py"))
        module = session.suite.checks[-1].item.module

    assert len(module.attempts) == ATTEMPTS
    assert rude.status == "infrastructure_error"
    assert rude.isolation is None
    assert "a fixture failed: OSError: no space left" in rude.warnings[0]
    assert right.status == "graded"
    assert set(outcomes(right).values()) == {"passed"}


def test_fault_that_passes_is_forgotten(tmp_path, upload):
    """The second attempt may succeed, and then nobody hears of the first."""
    checks = """
@pytest.fixture
def room():
    attempts.append(1)
    if len(attempts) == 1:
        raise OSError("no space left")

@pytest.mark.stub("greet")
def test_in_a_room(room, submission):
    assert submission.greet("Ada")
"""
    with open_session(small_course(tmp_path, HEAD + checks), Settings("cpu")) as session:
        record = session.grade(upload(RIGHT))

    assert record.status == "graded"
    assert record.warnings == []


def test_error_of_the_author_is_raised(tmp_path, upload):
    """No submission can help it: a check asks for data that the assignment does not name."""
    checks = "@pytest.mark.stub('greet')\ndef test_data(submission, dataset): pass\n"
    with open_session(small_course(tmp_path, HEAD + checks), Settings("cpu")) as session:
        path = upload(RIGHT)
        with pytest.raises(AssignmentError, match="names no dataset"):
            session.grade(path)
