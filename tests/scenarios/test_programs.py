"""Wrong programs lose points on their own stub and on no other; right ones keep them all.

Each case is the solution of an assignment, or the solution with some stubs replaced, graded by the
whole suite in a real sandbox. right/<assignment>/ holds other correct styles, one definition or
patch in each file. The wrong programs are the entries of the assignments' banks of misconceptions,
and in wrong/<assignment>.py others, in the words of other people, that the banks were not made for.
What `grader validate` finds in their records is what is wrong with them; but where it grades parts
of the suite on one data set, here all programs meet the whole suite, everywhere. All programs of an
assignment are graded in one run; each has a test of its own. They are graded on the processor, on a
fake device that shows on every machine which code keeps to one, and, marked gpu, on CUDA.
"""

from __future__ import annotations

import ast
import functools
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.checking.run import Run
from grader.course import assignment as assignments
from grader.course import misconceptions
from grader.course.misconceptions import Misconception
from grader.course.templates import to_notebook
from grader.grading.scoring import Result, score
from grader.grading.session import open_session
from grader.grading.settings import WHOLE, Part, Settings
from grader.sandbox.inside import frameworks
from grader.sandbox.inside.uses import bound_in
from grader.validation import programs
from grader.validation.programs import Program
from grader.validation.proof import Finding, Proof
from tests.conftest import ROOT, framework_is_here, grade_paths

ASSIGNMENTS = assignments.available(ROOT)


def devices_of(assignment: str) -> tuple[str, ...]:
    """Those that its framework computes on."""
    return frameworks.named(assignments.load(assignment, ROOT).framework).devices


FAST = ("py", "embedded", "cpu")  # how the solution is graded in every test run
DATA = {"embedded": "embedded", "usual": None}  # the subset, and what this machine has
PLACES = [("embedded", "cpu"), ("usual", "cpu"), ("embedded", "fake"), ("embedded", "cuda")]
DEVICES = {name: devices_of(name) for name in ASSIGNMENTS}


def groups(assignment: str) -> list[list[Path]]:
    """Right styles that can stand in one program: at most one for each name that they define, and
    no method beside another version of its class."""
    bins: list[tuple[set[str], list[Path]]] = []
    for path in sorted((Path(__file__).parent / "right" / assignment).glob("*.py")):
        names = defined_names(ast.parse(path.read_text("utf-8")))
        free = next((group for group in bins if not clash(group[0], names)), None)
        if free is None:
            bins.append(free := (set(), []))
        free[0].update(names)
        free[1].append(path)
    return [paths for _, paths in bins]


def defined_names(tree: ast.Module) -> set[str]:
    """What a style defines; a method is "Class.method"."""
    names: set[str] = set()
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        dotted = {ast.unparse(target) for target in targets if isinstance(target, ast.Attribute)}
        names |= bound_in([node]) | dotted
    return names


def clash(one: set[str], other: set[str]) -> bool:
    """Whether two styles define the same name, or one a method of the other's class."""
    owners = [{name.partition(".")[0] for name in names if "." in name} for names in (one, other)]
    return bool(one & other or owners[0] & other or owners[1] & one)


# Of this assignment some wrong programs are graded in every test run, all others by `make slow`.
ALWAYS = "softmax_regression"
# Measured: these train to a test accuracy above 0.7, so that threshold alone is no check.
ABOVE_THE_THRESHOLD = {
    "softmax_over_columns",
    "cross_entropy_log10",
    "sgd_fixed_batch_size",
    "updater_forgets_bias",
    "accuracy_counts_everything",
    "epoch_mean_of_batch_means",
}


@functools.cache
def sorts(assignment: str) -> dict[str, list[Program]]:
    """The programs of an assignment, by what is graded in one run."""
    found = assignments.load(assignment, ROOT)
    (solution,) = programs.solutions(found, 1, on_other_data=False)
    notebook = replace(solution, form="ipynb", text=to_notebook(solution.text))
    others = [replace(other, part=WHOLE) for other in programs.others(found, (), False)]
    known = [other for other in others if other.mistakes]
    always = [other for other in known if is_fast(assignment, other.mistakes[0])]
    return {
        "solution": [solution, notebook],
        "untouched": [solution, *(other for other in others if other.kind == "template")],
        "always": always,
        "slow": [other for other in known if other not in always],
        "styles": [
            Program("alternative", f"styles_{number}", with_parts(solution, paths))
            for number, paths in enumerate(groups(assignment))
        ],
        "unseen": [
            Program("misconception", wrong.name, f"{solution.text}\n\n{wrong.source}")
            for wrong in unseen(assignment)
        ],
    }


def with_parts(solution: Program, paths: list[Path]) -> str:
    """The solution with the definitions of some files."""
    return "\n\n".join([solution.text, *(path.read_text("utf-8") for path in paths)])


@functools.cache
def bank(assignment: str) -> list[Misconception]:
    """Its known wrong versions."""
    file = ROOT / "solutions" / assignment / "misconceptions.py"
    return misconceptions.load(file, file.with_name("solution.py"))


def is_fast(assignment: str, wrong: Misconception) -> bool:
    """Whether it is graded in every test run."""
    return assignment == ALWAYS and wrong.name in ABOVE_THE_THRESHOLD


@functools.cache
def unseen(assignment: str) -> list[Misconception]:
    """Wrong versions that are not in the bank: `sentence` is the entry that behaves like it, or
    "unlisted"."""
    path = Path(__file__).parent / "wrong" / f"{assignment}.py"
    solution = ROOT / "solutions" / assignment / "solution.py"
    return misconceptions.load(path, solution) if path.is_file() else []


@functools.cache
def graded(
    assignment: str, sort: str, data: str | None, device: str
) -> dict[str, tuple[Program, Result]]:
    """The programs of a sort with their results, all graded in one run; by "name.form"."""
    with tempfile.TemporaryDirectory() as folder:
        files = {Path(folder, f"{p.name}.{p.form}"): p for p in sorts(assignment)[sort]}
        for path, program in files.items():
            path.write_text(program.text, "utf-8")
        results = grade_paths(files, assignment=assignment, data=data, device=device)
    found = zip(files.values(), results, strict=True)
    return {path.name: seen for path, seen in zip(files, found, strict=True)}


def findings(assignment: str, sort: str, data: str | None, device: str, file: str) -> list[Finding]:
    """What `grader validate` finds in the record of a program."""
    program, result = graded(assignment, sort, data, device)[file]
    proof = Proof(assignments.load(assignment, ROOT), [])
    proof.see(program, result.record)
    return proof.findings


def case(assignment: str, *values: Any, name: str, slow: bool = False) -> Any:
    """Parameters of one test; those of an assignment run in one process, after one grading."""
    marks = [pytest.mark.xdist_group(assignment), framework_is_here(assignment)]
    if "cuda" in values:
        marks.append(pytest.mark.gpu)
    elif slow:
        marks.append(pytest.mark.slow)
    return pytest.param(
        assignment, *values, marks=marks, id="-".join([assignment, name]).strip("-")
    )


@pytest.mark.parametrize(
    ("assignment", "data", "device", "wrong"),
    [
        case(
            *(assignment, DATA[data], device, known),
            name=f"{data}-{device}-{known.name}",
            slow=(data, device) != PLACES[0] or not is_fast(assignment, known),
        )
        for assignment in ASSIGNMENTS
        for data, device in PLACES
        if device in DEVICES[assignment]
        for known in bank(assignment)
    ],
)
def test_wrong_program_loses_points_on_its_own_stub_only(assignment, data, device, wrong):
    """The stub loses points, the mistake is named and no other, all other stubs keep theirs; on
    each device."""
    sort = "always" if is_fast(assignment, wrong) else "slow"

    assert findings(assignment, sort, data, device, f"{wrong.name}.py") == []


def stubs_with_losses(result: Result) -> set[str]:
    """The stubs that did not earn all their points."""
    return {stub.name for stub in result.grade.stubs if stub.points < stub.max_points}


def names_given(result: Result) -> set[str]:
    """The misconceptions that failed checks named."""
    return {check.misconception for check in result.record.checks if check.misconception}


@pytest.mark.parametrize(
    ("assignment", "wrong"),
    [
        case(assignment, program, name=program.name, slow=True)
        for assignment in ASSIGNMENTS
        for program in unseen(assignment)
    ],
)
def test_unseen_wrong_program_loses_points_and_is_not_misnamed(assignment, wrong):
    """What no bank was made for costs its own stub, and gets its right name or none."""
    _, result = graded(assignment, "unseen", "embedded", "cpu")[f"{wrong.name}.py"]

    assert stubs_with_losses(result) == {wrong.stub}
    assert names_given(result) <= {wrong.sentence} - {"unlisted"}


@pytest.mark.slow
@pytest.mark.parametrize("assignment", [case(assignment, name="") for assignment in ASSIGNMENTS])
def test_most_unseen_programs_like_a_known_one_are_named(assignment):
    """19 of 20 that behave like an entry of the bank, in another spelling, get its name."""
    like = [w for w in unseen(assignment) if w.sentence != "unlisted"]
    results = graded(assignment, "unseen", "embedded", "cpu")

    given = {w.name: names_given(results[f"{w.name}.py"][1]) for w in like}
    unnamed = [w.name for w in like if w.sentence not in given[w.name]]
    assert len(unnamed) <= len(like) / 20, unnamed


@pytest.mark.parametrize(
    ("assignment", "data", "device", "number", "paths"),
    [
        case(
            *(assignment, DATA[data], device, number, paths),
            name=f"{data}-{device}-styles_{number}",
            slow=True,
        )
        for assignment in ASSIGNMENTS
        for data, device in PLACES
        if device in DEVICES[assignment]
        for number, paths in enumerate(groups(assignment))
    ],
)
def test_right_program_keeps_all_points(assignment, data, device, number, paths):
    """Another correct style costs nothing, whatever the styles of the other stubs; on each
    device."""
    found = findings(assignment, "styles", data, device, f"styles_{number}.py")

    assert found == [], [path.stem for path in paths]


@pytest.mark.parametrize(
    ("assignment", "form", "data", "device"),
    [
        case(
            *(assignment, form, DATA[data], device),
            name=f"{form}-{data}-{device}",
            slow=(form, data, device) != FAST,
        )
        for assignment in ASSIGNMENTS
        for form in ("py", "ipynb")
        for data, device in PLACES
        if device in DEVICES[assignment]
    ],
)
def test_solution_has_full_marks(assignment, form, data, device):
    """The solution gets 100 of 100 as a file and as a notebook, on the subset and on the data that
    this machine has, on each of its devices."""
    sort = "untouched" if (form, data, device) == FAST else "solution"
    _, result = graded(assignment, sort, data, device)[f"solution.{form}"]

    assert findings(assignment, sort, data, device, f"solution.{form}") == []
    assert result.grade.score == 100
    assert result.record.device == device


@pytest.mark.parametrize(
    ("assignment", "device", "part"),
    [
        case(assignment, device, part, name=f"{device}-{part.tier or 'whole'}", slow=part is WHOLE)
        for assignment in ASSIGNMENTS
        for device in ("fake", "cuda")
        if device in DEVICES[assignment]
        for part in (Part(tier="unit"), WHOLE)
    ],
)
def test_solution_and_checks_keep_to_the_device(assignment, device, part, monkeypatch):
    """On a device the solution passes all checks without one that has to be confirmed on the
    processor: neither it nor the code of a check mixes tensors of the two."""
    monkeypatch.setattr(Run, "tries", lambda run, attempt, last: last is None)
    found = assignments.load(assignment, ROOT)
    with open_session(found, Settings(device, data=Path("embedded"))) as session:
        record = session.grade(found.solution, part=part)

    assert (record.status, record.device) == ("graded", device)
    assert [(check.name, check.message) for check in record.checks if check.message] == []


@pytest.mark.parametrize(
    ("assignment", "form", "device"),
    [
        case(assignment, form, device, name=f"{form}-{device}", slow=device != "cpu")
        for assignment in ASSIGNMENTS
        for form in ("py", "ipynb")
        for device in ("cpu", "fake", "cuda")
        if device in DEVICES[assignment]
    ],
)
def test_untouched_template_has_no_points(assignment, form, device):
    """The template is no attempt."""
    _, result = graded(assignment, "untouched", "embedded", device)[f"template.{form}"]

    assert (result.record.status, result.grade.score) == ("not_attempted", 0)


@pytest.mark.parametrize("assignment", [case(assignment, name="") for assignment in ASSIGNMENTS])
def test_checks_find_every_stub_of_a_template_missing(assignment):
    """Asked to run, they find nothing else, and nothing of ours fails."""
    found = assignments.load(assignment, ROOT)
    with open_session(found, Settings("cpu", data=Path("embedded"))) as session:
        record = session.grade(found.public / f"{assignment}.ipynb", part=Part(of_template=True))

    assert record.status == "graded"
    assert {stub.status for stub in score(record, found).stubs} == {"missing"}
