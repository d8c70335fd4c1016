"""Hostile submissions against the real sandbox, at every level: each is defeated.

Every file of submissions/ is one attack on the assignment of course/: its docstring says what it
tries, its EXPECTED what it may earn. An attack looks for itself whether it got through; then it
raises, returns or prints "BREACH:" and what it saw.

One batch for each level holds all attacks with honest neighbours before, between and after them.
With pytest-xdist use ``--dist loadgroup``, so that one worker grades a batch once.
"""

from __future__ import annotations

import ast
import contextlib
import ctypes
import itertools
import os
import re
import shutil
import socket
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from grader import assignment as assignments
from grader.grading import Bench, Settings, with_bench
from grader.records import Record
from grader.reports import as_json
from grader.sandbox import isolation
from grader.scoring import Result, score

HERE = Path(__file__).parent
COURSE = HERE / "course"
SUBMISSIONS = HERE / "submissions"
ATTACKS = sorted(path for path in SUBMISSIONS.iterdir() if re.search(os.environ.get("ONLY", ""), path.name))
NEIGHBOURS = sorted((HERE / "neighbours").glob("*.py"))
LEVELS = ("namespaces", "landlock")
FOLDERS = ("/tmp", "/dev/shm", "/var/tmp")

BETWEEN = 12  # attacks from one neighbour to the next
MOST_SECONDS = 60.0
TOKEN = "vault{e7f02b94c6d84d15a83b90f7c5d2164e}"  # in the grader's environment
NOTE = "vault{10cc5a7be2934f86bd07f4e89a6d3c52}"  # in a file that everybody may read
SECRET_NUMBERS = ("5059.21875", "5059.2188")


@dataclass
class Graded:
    """What came of one level's batch."""

    attacks: dict[str, Result | BaseException] = field(default_factory=dict)
    alone: dict[str, Result] = field(default_factory=dict)
    beside: list[Result] = field(default_factory=list)
    left_behind: list[str] = field(default_factory=list)


# ------------------------------------------------------------------------------ expectations


def source_of(attack: Path) -> str:
    """The Python of an attack: its file, a folder's attack.py, a notebook's first cell."""
    if attack.is_dir():
        return (attack / "attack.py").read_text()
    if attack.suffix == ".ipynb":
        return "".join(msgspec.json.decode(attack.read_bytes())["cells"][0]["source"])
    return attack.read_text()


def expected(attack: Path, level: str) -> dict[str, str] | str:
    """EXPECTED of an attack at this level: {stub: status, or several joined by " or "}, where a
    stub that is not named is missing; or the status of the record."""
    for node in ast.parse(source_of(attack)).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "EXPECTED":
            value = ast.literal_eval(node.value)
            return value.get(level, value) if isinstance(value, dict) else value
    raise AssertionError(f"{attack.name} has no EXPECTED")


def secrets() -> set[str]:
    """All marks of the private files, of the neighbours and of the grader's surroundings."""
    files = [*COURSE.rglob("*.toml"), *COURSE.rglob("*.py"), *NEIGHBOURS]
    found = {mark for path in files for mark in re.findall(r"vault\{\w{32}\}", path.read_text())}
    return found | {TOKEN, NOTE, *SECRET_NUMBERS}


def without_times(result: Result) -> Any:
    """A result as plain values, but for its wall times."""
    plain = msgspec.to_builtins(result)
    for part in (plain["record"], *plain["record"]["checks"]):
        part["seconds"] = 0
    return plain


# ------------------------------------------------------------------------------ the batch


@pytest.fixture(scope="module")
def graded(request: pytest.FixtureRequest) -> Iterator[Graded]:
    """All attacks at one level, in one batch."""
    level = request.param
    gaps = [finding for finding in isolation.probe(level) if not finding.closed]
    if gaps:
        pytest.skip(f"{level}: {gaps[0].name}: {gaps[0].detail}")
    with planted(level), warnings.catch_warnings():
        warnings.simplefilter("default")  # as in a command
        yield grade_everything(level)


@contextlib.contextmanager
def planted(level: str) -> Iterator[None]:
    """What an attack may find outside: a token, a file and two servers of a neighbour."""
    folder = Path("/tmp", f"vault-{level}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    os.environ["VAULT_TOKEN"] = TOKEN
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        stack.callback(os.environ.pop, "VAULT_TOKEN")
        (folder / "neighbour.py").write_text(NOTE)
        for address in (str(folder / "socket"), f"\0vault-{level}"):
            server = stack.enter_context(socket.socket(socket.AF_UNIX))
            server.bind(address)
            server.listen()
        (folder / "socket").chmod(0o777)
        (folder / "neighbour.py").chmod(0o644)
        folder.chmod(0o777)
        yield


def grade_everything(level: str) -> Graded:
    graded = Graded()
    assignment = assignments.load("vault", COURSE)
    settings = Settings("cpu", level, Path("embedded"))

    def grade(bench: Bench, path: Path) -> Result:
        record = bench.grade(path)
        return Result(record, score(record, assignment))

    def neighbours_alone(bench: Bench) -> None:
        graded.alone = {path.stem: grade(bench, path) for path in NEIGHBOURS}

    def all_together(bench: Bench) -> None:
        graded.beside += [grade(bench, path) for path in NEIGHBOURS]
        neighbour = itertools.cycle(NEIGHBOURS)
        for number, attack in enumerate(ATTACKS, 1):
            try:
                graded.attacks[attack.name] = grade(bench, attack)
            except Exception as error:  # noqa: BLE001 - the test of this attack reports it
                graded.attacks[attack.name] = error
            if number % BETWEEN == 0:
                graded.beside.append(grade(bench, next(neighbour)))
        graded.beside += [grade(bench, path) for path in NEIGHBOURS]

    with_bench(assignment, settings, neighbours_alone)
    with watching(graded.left_behind):
        with_bench(assignment, settings, all_together)
    return graded


@contextlib.contextmanager
def watching(left_behind: list[str]) -> Iterator[None]:
    """Collect what is new afterwards: processes, mounts, files in shared folders."""
    adopt_orphans = 36  # PR_SET_CHILD_SUBREAPER: no survivor can leave this process's family
    ctypes.CDLL(None).prctl(adopt_orphans, 1, 0, 0, 0)
    before = surroundings()
    yield
    left_behind += sorted(surroundings() - before)
    ctypes.CDLL(None).prctl(adopt_orphans, 0, 0, 0, 0)


def surroundings() -> set[str]:
    """Our living descendants, the mounts, and the entries of folders that boxes could reach.

    Of shared folders only what an attack or a box could have made: others use them as well.
    """
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    names = {f"{folder}/{name}" for folder in FOLDERS for name in os.listdir(folder)}
    ours = {name for name in names if re.search(r"vault-note|grader-box|\.pyc$|core", name)}
    return {*descendants(), *mounts, *ours}


def descendants() -> set[str]:
    """"pid name" of every living process that comes from this one."""
    parents, names = {}, {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            stat = Path("/proc", pid, "stat").read_text()
            name, _, rest = stat.partition("(")[2].rpartition(")")
            state, parent = rest.split()[:2]
            if state not in "ZX":
                parents[int(pid)], names[int(pid)] = int(parent), name
    family = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return {f"process {pid} {names[pid]}" for pid in family - {os.getpid()}}


# ------------------------------------------------------------------------------ the tests


at_each_level = pytest.mark.parametrize(
    "graded",
    [pytest.param(level, marks=pytest.mark.xdist_group(level)) for level in LEVELS],
    indirect=True,
    scope="module",
    ids=str,
)


@at_each_level
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda path: path.name)
def test_attack_is_defeated(graded: Graded, attack: Path, request: pytest.FixtureRequest) -> None:
    """The attack earns what its honest parts deserve, learns nothing, and ends in time."""
    level = request.node.callspec.params["graded"]
    result = graded.attacks[attack.name]
    if isinstance(result, BaseException):
        raise AssertionError("the batch would have ended here") from result
    record = result.record

    text = as_json.render([result])
    assert "BREACH:" not in text, text[text.index("BREACH:") :][:500]
    assert not {secret for secret in secrets() if secret in text}
    assert record.seconds < MOST_SECONDS
    wanted = expected(attack, level)
    if isinstance(wanted, str):
        assert (record.status, result.grade.score) == (wanted, 0), record.warnings
        return
    assert record.status == "graded", record.warnings
    assert record.isolation == level
    for stub in result.grade.stubs:
        allowed = wanted.get(stub.name, "missing").split(" or ")
        assert stub.status in allowed, (stub.name, messages(record))
        assert stub.points == (stub.max_points if stub.status == "passed" else 0)


def messages(record: Record) -> str:
    return "\n".join([*(f"{c.name}: {c.outcome} {c.message}" for c in record.checks), record.output[-500:], *record.warnings])


@at_each_level
def test_neighbours_are_not_touched(graded: Graded) -> None:
    """Before, between and after the attacks, honest records are those that they get alone."""
    for result in graded.beside:
        alone = without_times(graded.alone[result.record.submission])
        for part, value in without_times(result)["record"].items():
            assert value == alone["record"][part], (result.record.submission, part)
        assert without_times(result) == alone


@at_each_level
def test_neighbours_get_their_points(graded: Graded) -> None:
    """Correct but noisy code gets full marks, partly wrong code its part."""
    assert graded.alone["noisy"].grade.score == 10, messages(graded.alone["noisy"].record)
    assert graded.alone["partial"].grade.score == 2


@at_each_level
def test_nothing_is_left_behind(graded: Graded) -> None:
    """No process, no mount, no file survives the batch."""
    assert graded.left_behind == []


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda path: path.name)
def test_attack_says_what_it_tries(attack: Path) -> None:
    """Each attack has a docstring with what it tries and what is expected, and is of a class."""
    text = ast.get_docstring(ast.parse(source_of(attack)))

    assert text
    assert "Expected: " in text
    assert attack.name.split("_")[0] in CLASSES


CLASSES = ("reading", "forging", "exhausting", "escaping", "persisting", "lying")
