"""Wrong programs lose points on their own stub and on no other; right ones keep them all.

Each case is the solution with one stub replaced, graded by the whole suite in a real sandbox.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader import misconceptions
from grader.sandbox.statements import bound_names
from grader.templates import to_notebook
from tests.conftest import ROOT

SOLUTION = (ROOT / "solutions/softmax_regression/solution.py").read_text("utf-8")
KNOWN = {
    known.name: known
    for known in misconceptions.load(ROOT / "solutions/softmax_regression/misconceptions.py")
}
RIGHT = sorted(Path(__file__).parent.glob("right/*.py"))


def groups(paths: list[Path]) -> list[list[Path]]:
    """Styles that can stand in one program: at most one for each stub."""
    bins: list[dict[str, Path]] = []
    for path in paths:
        tree = ast.parse(path.read_text("utf-8"))
        stub = next(iter(bound_names(tree.body[1])))  # after the docstring
        free = next((group for group in bins if stub not in group), None)
        if free is None:
            bins.append(free := {})
        free[stub] = path
    return [list(group.values()) for group in bins]


# Measured: all of these train to a test accuracy above 0.7, so that threshold alone is no check.
WRONG = [
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
]


@pytest.mark.parametrize("name", WRONG)
def test_wrong_program_loses_points_on_its_own_stub_only(name, grade, tmp_path):
    """The stub loses points, the mistake is named in one of its checks, all others keep theirs."""
    wrong = KNOWN[name]
    submission = tmp_path / f"{name}.py"
    submission.write_text(f"{SOLUTION}\n\n{wrong.source}", "utf-8")

    (result,) = grade([submission])

    lost = {stub.name for stub in result.grade.stubs if stub.points < stub.max_points}
    assert lost == {wrong.stub}
    assert name in {check.misconception for check in result.record.checks}


@pytest.mark.parametrize("paths", groups(RIGHT), ids=lambda paths: f"{len(paths)}_styles")
def test_right_program_keeps_all_points(paths, grade, tmp_path):
    """Another correct style costs nothing, whatever the styles of the other stubs."""
    submission = tmp_path / "right.py"
    patches = [path.read_text("utf-8") for path in paths]
    submission.write_text("\n\n".join([SOLUTION, *patches]), "utf-8")

    (result,) = grade([submission])

    failed = [(check.name, check.message) for check in result.record.checks if check.message]
    assert failed == [], [path.stem for path in paths]
    assert result.grade.score == result.grade.max_score == 100


@pytest.mark.parametrize("data", ["embedded", None], ids=["embedded", "usual"])
@pytest.mark.parametrize("form", ["py", "ipynb"])
def test_solution_has_full_marks(form, data, grade, tmp_path):
    """The solution gets 100 of 100 as a file and as a notebook, on the subset and on the data that
    this machine has."""
    submission = tmp_path / f"solution.{form}"
    submission.write_text(SOLUTION if form == "py" else to_notebook(SOLUTION), "utf-8")

    (result,) = grade([submission], data=data)

    failed = [(check.name, check.message) for check in result.record.checks if check.message]
    assert failed == []
    assert result.grade.score == 100


@pytest.mark.parametrize("form", ["py", "ipynb"])
def test_untouched_template_has_no_points(form, grade):
    """The template gets 0: every stub is missing, and nothing of ours fails."""
    template = ROOT / f"assignments/softmax_regression/softmax_regression.{form}"

    (result,) = grade([template])

    assert result.record.status == "graded"
    assert result.grade.score == 0
    assert {stub.status for stub in result.grade.stubs} == {"missing"}
