"""Wrong programs lose points on their own stub and on no other; right ones keep them all.

Each case is the solution of an assignment, or the solution with some stubs replaced, graded by the
whole suite in a real sandbox. right/<assignment>/ holds other correct styles, one definition or
patch in each file. The wrong programs are the entries of the assignments' banks of misconceptions.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from grader import assignment as assignments
from grader import misconceptions
from grader.sandbox.statements import bound_names
from grader.templates import to_notebook
from tests.conftest import ROOT

ASSIGNMENTS = assignments.available(ROOT)


def solution(assignment: str) -> str:
    """The source of an assignment's solution."""
    return (ROOT / "solutions" / assignment / "solution.py").read_text("utf-8")


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
        names |= bound_names(node) | dotted
    return names


def clash(one: set[str], other: set[str]) -> bool:
    """Whether two styles define the same name, or one a method of the other's class."""
    owners = [{name.partition(".")[0] for name in names if "." in name} for names in (one, other)]
    return bool(one & other or owners[0] & other or owners[1] & one)


# Measured: all of these train to a test accuracy above 0.7, so that threshold alone is no check.
ABOVE_THE_THRESHOLD = {
    "softmax_over_columns",
    "softmax_over_everything",
    "cross_entropy_on_logits",
    "cross_entropy_without_log",
    "cross_entropy_log10",
    "cross_entropy_log2",
    "cross_entropy_squared_error",
    "cross_entropy_binary",
    "sgd_fixed_batch_size",
    "net_without_bias",
    "updater_forgets_bias",
    "weights_from_unit_normal",
    "accuracy_counts_everything",
    "epoch_loss_of_last_batch",
    "epoch_mean_of_batch_means",
    "AccumulatorOverwrites",
    "AccumulatorTruncates",
    "AccumulatorShared",
}


def bank() -> list[Any]:
    """(assignment, misconception) for all of them; those that no threshold finds are run always."""
    return [
        pytest.param(
            assignment,
            known,
            id=f"{assignment}-{known.name}",
            marks=() if known.name in ABOVE_THE_THRESHOLD else pytest.mark.slow,
        )
        for assignment in ASSIGNMENTS
        for known in misconceptions.load(ROOT / "solutions" / assignment / "misconceptions.py")
    ]


@pytest.mark.parametrize(("assignment", "wrong"), bank())
def test_wrong_program_loses_points_on_its_own_stub_only(assignment, wrong, grade, tmp_path):
    """The stub loses points, the mistake is named in one of its checks, all others keep theirs."""
    submission = tmp_path / f"{wrong.name}.py"
    submission.write_text(f"{solution(assignment)}\n\n{wrong.source}", "utf-8")

    (result,) = grade([submission], assignment=assignment)

    lost = {stub.name for stub in result.grade.stubs if stub.points < stub.max_points}
    assert lost == {wrong.stub}
    assert wrong.name in {check.misconception for check in result.record.checks}


@pytest.mark.parametrize(
    ("assignment", "paths"),
    [(assignment, paths) for assignment in ASSIGNMENTS for paths in groups(assignment)],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)}_styles",
)
def test_right_program_keeps_all_points(assignment, paths, grade, tmp_path):
    """Another correct style costs nothing, whatever the styles of the other stubs."""
    submission = tmp_path / "right.py"
    patches = [path.read_text("utf-8") for path in paths]
    submission.write_text("\n\n".join([solution(assignment), *patches]), "utf-8")

    (result,) = grade([submission], assignment=assignment)

    failed = [(check.name, check.message) for check in result.record.checks if check.message]
    assert failed == [], [path.stem for path in paths]
    assert result.grade.score == result.grade.max_score == 100


@pytest.mark.parametrize("data", ["embedded", None], ids=["embedded", "usual"])
@pytest.mark.parametrize("form", ["py", "ipynb"])
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_solution_has_full_marks(assignment, form, data, grade, tmp_path):
    """The solution gets 100 of 100 as a file and as a notebook, on the subset and on the data that
    this machine has."""
    source = solution(assignment)
    submission = tmp_path / f"solution.{form}"
    submission.write_text(source if form == "py" else to_notebook(source), "utf-8")

    (result,) = grade([submission], assignment=assignment, data=data)

    failed = [(check.name, check.message) for check in result.record.checks if check.message]
    assert failed == []
    assert result.grade.score == 100


@pytest.mark.parametrize("form", ["py", "ipynb"])
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_untouched_template_has_no_points(assignment, form, grade):
    """The template gets 0: every stub is missing, and nothing of ours fails."""
    template = ROOT / "assignments" / assignment / f"{assignment}.{form}"

    (result,) = grade([template], assignment=assignment)

    assert result.record.status == "graded"
    assert result.grade.score == 0
    assert {stub.status for stub in result.grade.stubs} == {"missing"}
