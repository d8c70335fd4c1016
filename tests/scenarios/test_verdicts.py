"""What becomes of a program that is right but written in another way, or wrong in one place only,
and what its author reads: each file of verdicts/ stands for a kind.

A file holds the stubs that its author has written otherwise; they stand in the place of those of
the solution, which lends the rest. It begins with what it is about and with EXPECTED (all keys are
optional):

    loses       the stubs that lose points, all others keep theirs
    lacks       stubs that the program does not have
    first       by stub, a regular expression for the first line of what is said about it
    says        regular expressions for what the author reads
    never_says  the same for what must not stand there

Regular expressions are without regard to case. Only the unit tier is run.
"""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path
from typing import Any

import pytest

from grader.course import assignment as assignments
from grader.grading.scoring import Result, score
from grader.grading.session import open_session
from grader.grading.settings import Part, Settings
from grader.reports.reasons import reasons
from grader.sandbox.inside.uses import bound_in
from tests.conftest import ROOT

# What real files call the stubs; a table is one program, the solution with these names.
NEAR: list[tuple[str, dict[str, str]]] = [
    (
        "linear_regression",
        {"synthetic_data": "syn", "linreg": "liner_net", "squared_loss": "sqrt_loss"},
    ),
    ("linear_regression", {"synthetic_data": "synthic_data", "squared_loss": "MSE"}),
    ("linear_regression", {"synthetic_data": "get_data", "linreg": "LinearRegression"}),
    (
        "softmax_regression",
        {
            "softmax": "stable_softmax",
            "cross_entropy": "corss_entropy",
            "accuracy": "right_prediction",
            "evaluate_accuracy": "value_accuracy",
            "train_epoch": "train_softmax_epoch",
            "train": "train_main",
        },
    ),
    ("softmax_regression", {"evaluate_accuracy": "val_acc", "train": "general_train"}),
    ("mlp", {"relu": "ReLU", "leaky_relu": "leaky_ReLU"}),
]
FILES = sorted((Path(__file__).parent / "verdicts").glob("*/*.py"))
NEVER = [r"documents? 00", r"<locals>", r"<lambda>", r"solution\.py", r"parts\.py"]


def expected_of(file: Path) -> dict[str, Any]:
    """The value of EXPECTED."""
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "EXPECTED":
            return dict(ast.literal_eval(node.value))
    return {}


def program_of(file: Path) -> str:
    """The solution with what the file holds in the place of its own definitions."""
    solution = (ROOT / "solutions" / file.parent.name / "solution.py").read_text("utf-8")
    source = file.read_text("utf-8")
    patch = ast.parse(source)
    replaced = {*bound_in(patch.body), *expected_of(file).get("lacks", ())}
    theirs = without(source, {"EXPECTED"})
    return f"{without(solution, replaced)}\n\n{theirs.removeprefix(str(ast.get_docstring(patch)))}"


def without(source: str, names: set[str]) -> str:
    """Source without the definitions and assignments of some names."""
    lines = source.split("\n")
    for node in ast.parse(source).body:
        is_import = isinstance(node, (ast.Import, ast.ImportFrom))
        if not is_import and names & bound_in([node]):
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
            lines[first - 1 : node.end_lineno] = [""] * (node.end_lineno - first + 1)
    return "\n".join(lines)


@functools.cache
def graded(assignment: str, folder: Path) -> dict[Path, Result]:
    """The results of all files of an assignment, graded in one session."""
    found = assignments.load(assignment, ROOT)
    results = {}
    with open_session(found, Settings("cpu", data=Path("embedded"))) as session:
        for file in FILES:
            if file.parent.name == assignment:
                upload = folder / file.name
                upload.write_text(program_of(file), "utf-8")
                record = session.grade(upload, part=Part(tier="unit"))
                results[file] = Result(record, score(record, found))
    return results


@pytest.mark.parametrize(
    ("assignment", "names"),
    [
        pytest.param(*row, id="-".join([row[0], *row[1].values()]), marks=pytest.mark.slow)
        for row in NEAR
    ],
)
def test_stub_of_a_near_name_is_taken_or_asked_about(assignment, names, tmp_path):
    """What real files call a stub is taken for it, or its author is asked: "Did you mean?"."""
    upload = tmp_path / "hw.py"
    text = (ROOT / "solutions" / assignment / "solution.py").read_text("utf-8")
    for stub, name in names.items():
        text = re.sub(rf"\b{stub}\b(?=\(| else|, |\))", name, text)
    upload.write_text(text, "utf-8")
    found = assignments.load(assignment, ROOT)

    with open_session(found, Settings("cpu", data=Path("embedded"))) as session:
        record = session.grade(upload, part=Part(tier="unit"))

    missing = {check.stub: check.message for check in record.checks if check.outcome == "missing"}
    silent = {s: m for s, m in missing.items() if f"Did you mean `{names.get(s)}`" not in m}
    assert silent == {}


def test_stub_that_python_cannot_read_is_told_so_in_its_record(tmp_path):
    """The cause stands in the message of the stub and not in a note alone."""
    upload = tmp_path / "hw.py"
    upload.write_text("import torch\n\n\ndef sigmoid(z)\n    return 1 / (1 + torch.exp(-z))\n")
    found = assignments.load("logistic_regression", ROOT)

    with open_session(found, Settings("cpu", data=Path("embedded"))) as session:
        record = session.grade(upload, part=Part(stubs=("sigmoid",)))

    messages = {check.message for check in record.checks if check.outcome == "missing"}
    assert len(messages) == 1
    assert "hw.py, line 4: Python cannot read `sigmoid`" in messages.pop()


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(
            f, id=f"{f.parent.name}-{f.stem}", marks=pytest.mark.xdist_group(f.parent.name)
        )
        for f in FILES
    ],
)
def test_program_loses_what_it_lacks_and_is_told_why(file, tmp_path_factory):
    """Points are lost on the stubs that are wrong, on no other, and the cause is said first, once,
    in the words of the text."""
    result = graded(file.parent.name, tmp_path_factory.getbasetemp())[file]
    expected = expected_of(file)
    by_stub = {
        stub.name: [r.text for r in reasons(c for c in result.record.checks if c.stub == stub.name)]
        for stub in result.grade.stubs
    }
    said = "\n".join(
        [*result.record.warnings, *(text for each in by_stub.values() for text in each)]
    )
    first = {stub: texts[0].partition("\n")[0] for stub, texts in by_stub.items() if texts}

    lost = {stub.name for stub in result.grade.stubs if stub.points < stub.max_points}
    assert lost == {*expected.get("loses", ()), *expected.get("lacks", ())}, said
    assert first.keys() == lost, said
    for stub, pattern in expected.get("first", {}).items():
        assert re.search(pattern, first[stub], re.IGNORECASE), said
    for pattern in expected.get("says", ()):
        assert re.search(pattern, said, re.IGNORECASE), f"{pattern}\n{said}"
    for pattern in [*NEVER, *expected.get("never_says", ())]:
        assert not re.search(pattern, said, re.IGNORECASE), f"{pattern}\n{said}"
    for texts in by_stub.values():
        told = [line for text in texts for line in text.split("\n")]
        lines = [line for line in told if not line.startswith("(and")]
        assert len(set(lines)) == len(lines), said
