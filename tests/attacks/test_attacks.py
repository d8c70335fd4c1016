"""Hostile submissions against the real sandbox, at every level: each is defeated.

Every file of submissions/ is one attack on the assignment of course/: its docstring says what it
tries, its EXPECTED what it may earn. An attack looks for itself whether it got through; then it
raises, returns or prints "BREACH:" and what it saw.

One batch for each level holds all attacks, with honest neighbours before, between and after them:
minutes, so they are marked slow. A short batch holds those that read and those that reach out.
With pytest-xdist use ``--dist loadgroup``, so that each batch is graded once.
"""

from __future__ import annotations

import ast
import functools
import itertools
import re
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from grader.course import assignment as assignments
from grader.grading.records import Record
from grader.grading.scoring import Result, score
from grader.grading.session import Session, open_session
from grader.grading.settings import Settings
from grader.reports.formats import json as json_report
from grader.sandbox.isolation import probe as isolation
from tests.attacks.surroundings import NOTE, TOKEN, planted, watching

HERE = Path(__file__).parent
COURSE = HERE / "course"
ATTACKS = sorted(path for path in (HERE / "submissions").iterdir() if path.name[0] not in "._")
CLASSES = ("reading", "forging", "exhausting", "escaping", "persisting", "lying")
NEIGHBOURS = sorted((HERE / "neighbours").glob("*.py"))
LEVELS = ("namespaces", "landlock")

BETWEEN = 10  # attacks from one neighbour to the next
MOST_SECONDS = 60.0
EXPECTED_SUM = "5059.2"  # the value of a hidden check, as feedback would round it


# ------------------------------------------------------------------------------ expectations


def source_of(attack: Path) -> str:
    """The Python of an attack: its file, a folder's attack.py, a notebook's first cell."""
    if attack.suffix == ".ipynb":
        return "".join(msgspec.json.decode(attack.read_bytes())["cells"][0]["source"])
    return (attack / "attack.py" if attack.is_dir() else attack).read_text()


def expected(attack: Path) -> dict[str, str]:
    """EXPECTED of an attack: {stub: status, or several joined by " or "}. A stub that is not
    named is missing."""
    for node in ast.parse(source_of(attack)).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "EXPECTED":
            found: dict[str, str] = ast.literal_eval(node.value)
            return found
    raise AssertionError(f"{attack.name} has no EXPECTED")


def secrets() -> set[str]:
    """What no record of an attack may hold: the marks in private files and in neighbours, the
    grader's token, a bystander's note, an expected value."""
    files = [*COURSE.rglob("*.toml"), *COURSE.rglob("*.py"), *NEIGHBOURS]
    marks = {mark for path in files for mark in re.findall(r"vault\{\w{32}\}", path.read_text())}
    assert len(marks) >= 8
    return marks | {TOKEN, NOTE, EXPECTED_SUM}


def without_times(result: Result) -> Any:
    """A result as plain values, but for its wall times."""
    plain = msgspec.to_builtins(result)
    for part in (plain["record"], *plain["record"]["checks"]):
        part["seconds"] = 0
    return plain


def described(record: Record) -> str:
    """What a failed test shows of a record."""
    lines = [f"{check.name}: {check.outcome} {check.message}" for check in record.checks]
    return "\n".join([*lines, *record.warnings[:20], record.output[-500:]])


# ------------------------------------------------------------------------------ the batch


@dataclass(frozen=True)
class Batch:
    """Attacks that are graded in one run, at one level, on one device."""

    name: str
    level: str
    attacks: tuple[Path, ...]
    device: str = "cpu"

    @property
    def marks(self) -> list[pytest.MarkDecorator]:
        marks = [pytest.mark.xdist_group(self.name)]
        if self.device == "cuda":
            marks.append(pytest.mark.gpu)
        elif len(self.attacks) == len(ATTACKS):
            marks.append(pytest.mark.slow)
        return marks


SHORT = tuple(path for path in ATTACKS if path.name.startswith(("reading", "escaping")))
BATCHES = [
    Batch("short", "namespaces", SHORT),
    *(Batch(level, level, tuple(ATTACKS)) for level in LEVELS),
    *(Batch(f"{level}-cuda", level, tuple(ATTACKS), "cuda") for level in LEVELS),
    Batch("namespaces-fake", "namespaces", tuple(ATTACKS), "fake"),
]


@dataclass
class Graded:
    """What came of one batch."""

    level: str
    attacks: dict[str, Result | Exception] = field(default_factory=dict)
    alone: dict[str, Result] = field(default_factory=dict)
    beside: list[Result] = field(default_factory=list)
    left_behind: list[str] = field(default_factory=list)


@pytest.fixture
def graded(request: pytest.FixtureRequest) -> Graded:
    """All attacks of one batch, graded in one run."""
    level = request.param.level
    for gap in gaps(level):
        pytest.skip(f"{level}: {gap.name}: {gap.detail}")
    return grade_everything(request.param)


@functools.cache
def gaps(level: str) -> list[isolation.Finding]:
    """Why a level cannot be had here."""
    return [finding for finding in isolation.probe(level) if not finding.closed]


@functools.cache
def grade_everything(batch: Batch) -> Graded:
    """Once for all tests of the batch, in whatever order they come."""
    with planted(batch.level), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pytest, about the suite that runs inside this test
        return _grade_everything(batch)


def _grade_everything(batch: Batch) -> Graded:
    graded = Graded(batch.level)
    assignment = assignments.load("vault", COURSE)
    settings = Settings(batch.device, batch.level, Path("embedded"))

    def grade(session: Session, path: Path) -> Result:
        record = session.grade(path)
        return Result(record, score(record, assignment))

    with open_session(assignment, settings) as session:
        graded.alone = {path.stem: grade(session, path) for path in NEIGHBOURS}
    with watching(graded.left_behind), open_session(assignment, settings) as session:
        graded.beside += [grade(session, path) for path in NEIGHBOURS]
        neighbour = itertools.cycle(NEIGHBOURS)
        for number, attack in enumerate(batch.attacks, 1):
            try:
                graded.attacks[attack.name] = grade(session, attack)
            except Exception as error:
                graded.attacks[attack.name] = error
            if number % BETWEEN == 0:
                graded.beside.append(grade(session, next(neighbour)))
        graded.beside += [grade(session, path) for path in NEIGHBOURS]
    return graded


# ------------------------------------------------------------------------------ the tests


in_each_batch = pytest.mark.parametrize(
    "graded",
    [pytest.param(batch, marks=batch.marks, id=batch.name) for batch in BATCHES],
    indirect=True,
)
of_each_attack = pytest.mark.parametrize("attack", ATTACKS, ids=lambda path: path.name)


@pytest.mark.parametrize(
    ("graded", "attack"),
    [
        pytest.param(batch, attack, marks=batch.marks, id=f"{batch.name}-{attack.name}")
        for batch in BATCHES
        for attack in batch.attacks
    ],
    indirect=["graded"],
)
def test_attack_is_defeated(graded: Graded, attack: Path) -> None:
    """The attack earns what its honest parts deserve, learns nothing, and ends in time."""
    result = graded.attacks[attack.name]
    if isinstance(result, Exception):
        raise AssertionError("it would have ended the batch") from result
    record, text = result.record, json_report.render([result])

    assert "BREACH:" not in text, text[text.index("BREACH:") :][:500]
    assert [secret for secret in secrets() if secret in text] == []
    assert len(text) < 1_000_000
    assert (record.status, record.isolation) == ("graded", graded.level), record.warnings
    wanted = expected(attack)
    for stub in result.grade.stubs:
        allowed = wanted.get(stub.name, "missing").split(" or ")
        assert stub.status in allowed, described(record)
        if stub.status == "passed":
            assert stub.points == stub.max_points
        elif "passed" not in allowed:
            assert stub.points == 0, described(record)
    assert record.seconds < MOST_SECONDS


@in_each_batch
def test_neighbours_are_not_touched(graded: Graded) -> None:
    """Before, between and after the attacks, honest records are those that they get alone."""
    assert len(graded.beside) == 2 * len(NEIGHBOURS) + len(graded.attacks) // BETWEEN
    for result in graded.beside:
        alone, found = graded.alone[result.record.submission], without_times(result)
        for part, value in without_times(alone)["record"].items():
            assert found["record"][part] == value, (result.record.submission, part)
        assert found == without_times(alone)


@in_each_batch
def test_neighbours_get_their_points(graded: Graded) -> None:
    """Correct but noisy code gets full marks, partly wrong code its part."""
    for name, points in (("noisy", 10), ("partial", 2)):
        result = graded.alone[name]
        assert result.grade.score == points, described(result.record)


@in_each_batch
def test_nothing_is_left_behind(graded: Graded) -> None:
    """No process, no mount, no file survives the batch."""
    assert graded.left_behind == []


@of_each_attack
def test_attack_says_what_it_tries(attack: Path) -> None:
    """Each attack has a class, says what it tries and what is expected, and has EXPECTED."""
    text = ast.get_docstring(ast.parse(source_of(attack)))

    assert attack.name.split("_")[0] in CLASSES
    assert text
    assert "\n\nExpected: " in text
    assert expected(attack)


def test_there_are_enough_attacks() -> None:
    """At least 60, and some of each class."""
    assert len(ATTACKS) >= 60
    assert {path.name.split("_")[0] for path in ATTACKS} == set(CLASSES)
