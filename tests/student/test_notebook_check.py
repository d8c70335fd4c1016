"""`grader.check()` in a real Jupyter kernel: on the live namespace, and never with a traceback."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbconvert.preprocessors import ExecutePreprocessor

from grader.course.templates import _CHECK
from tests.conftest import ROOT

pytestmark = pytest.mark.xdist_group("kernel")  # one kernel for the tests of this file

PREPARE = """\
import os
import torch
from grader import check

W = "mine"
home = os.getcwd()
torch.randn(400, 400) @ torch.randn(400, 400)  # on all threads, as training does
"""
WRONG = """\
def softmax(X):
    E = torch.exp(X)
    return E / E.sum(0, keepdim=True)


def accuracy(y_hat, y):
    return undefined_name


def Accumulator(n):
    os._exit(1)


def sgd(params, lr, batch_size):
    print("<b>" + "noise" * 10)
    raise ValueError("<script>alert(1)</script>")
"""
LEFT_OVER = """\
grader = check = "the student's own"


def softmax(X):
    E = torch.exp(X)
    raise NotImplementedError("softmax: your code is still missing")
"""
CELL = _CHECK.format(stub="softmax")
RIGHT = """\
def softmax(X):
    E = torch.exp(X)
    return E / E.sum(1, keepdim=True)


def net(X):
    return softmax(X.reshape(len(X), -1) @ W + b)
"""


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """What the cells of one notebook show: a function of the cell's number, by kind."""
    folder = tmp_path_factory.mktemp("course") / "softmax_regression"
    shutil.copytree(ROOT / "assignments/softmax_regression", folder)
    cells = [
        PREPARE,
        WRONG,
        "check()",
        'check("accuracy")',
        RIGHT,
        'check("softmax")',
        'check("net")',
        "W",
        'check("sofmax")',
        'check("sgd")',
        "def predict(net, test_iter, n=6:\n    return [], []",
        'check("predict")\nNone',
        LEFT_OVER,
        CELL,
        "os.chdir('/')\ngrader.check()",
        "os.chdir(home)\ndef sgd(params, lr, n):\n    for p in params:\n        p += p.grad",
        'from grader import check\ncheck("sgd")',
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(folder.parent / "ipython"))
        patch.setenv("JUPYTER_DATA_DIR", str(folder.parent / "jupyter"))
        jupyter = ExecutePreprocessor(timeout=120, kernel_name="python3", allow_errors=True)
        jupyter.preprocess(notebook, {"metadata": {"path": str(folder)}})

    def shown(number: int, kind: str = "text/plain") -> str:
        (output,) = notebook.cells[number].outputs
        return output["data"].get(kind, "")

    return shown


def test_every_stub_is_judged_by_what_the_kernel_holds(outputs):
    """Right, wrong and missing stubs, one that raises and one that ends its process."""
    words = " ".join(outputs(2).split())

    assert "0 of 13 stubs pass" in words
    for line in (
        "✗ softmax wrong",
        "· net not written yet",
        "✗ accuracy raised an error",
        "✗ Accumulator raised an error",
    ):
        assert line in words
    assert "Next: softmax" in words
    assert "expected [[0.2689, 0.7311], [0.5, 0.5]]" in words


def test_own_line_is_named_by_its_cell(outputs):
    """An exception is told with the cell and the line, as the notebook counts them."""
    words = " ".join(outputs(3).split())

    assert "NameError: name 'undefined_name' is not defined" in words
    assert "In[2], line 7, in accuracy: return undefined_name" in words


def test_definition_that_was_run_again_counts(outputs):
    """After the cell was corrected and run, the stub passes."""
    assert "1 of 1 stubs pass" in outputs(5)
    assert "1 of 1 stubs pass" in outputs(6)


def test_cells_that_were_run_many_times_are_no_second_definitions(outputs):
    """While people write a cell, they run it again and again."""
    words = outputs(16)

    assert "raised an error" in words
    assert "defined more than once" not in words


def test_one_stub_that_passes_is_not_the_end(outputs):
    """What is still to write is counted, and the next one named."""
    words = " ".join(outputs(5).split())

    assert "`softmax` passes. Still to write: 7 of 13 stubs; the next is `b`." in words


def test_cell_that_python_cannot_read_is_the_cause(outputs):
    """Its line is named, wherever in a cell the check is called."""
    words = " ".join(outputs(11).split())

    assert "✗ predict cannot be used yet" in words
    assert "In[11], line 1: Python cannot read `predict` (invalid syntax)" in words


def test_cell_under_a_stub_works_whatever_names_are_taken(outputs):
    """It imports for itself; and the line that was left under the code is named."""
    words = " ".join(outputs(13).split())

    assert "✗ softmax cannot be used yet" in words
    assert "delete that line (In[13], line 6)" in words


def test_values_of_the_notebook_stay(outputs):
    """A check sets W for itself; the student's W is what it was."""
    assert outputs(7) == "'mine'"


def test_feedback_is_rich_and_escaped(outputs):
    """The HTML holds no markup of the student's text."""
    markup = outputs(9, "text/html")

    assert "<table>" in markup
    assert "&lt;script&gt;" in markup
    assert "<script>" not in markup


@pytest.mark.parametrize(
    ("cell", "words"), [(8, "choose one of softmax, W, b, net"), (14, "Keep your file")]
)
def test_wrong_use_is_a_sentence(outputs, cell, words):
    """A misspelt stub and a strange folder are told in words: no cell has an error."""
    assert words in " ".join(outputs(cell).split())
    assert words in " ".join(outputs(cell, "text/html").split())


def test_import_of_the_grader_is_light():
    """`from grader import check` in a submission imports nothing that the sandbox has not got."""
    code = "import sys; from grader import check; assert not {'torch', 'rich'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=Path("/"))


# The definitions of a solution, as a kernel holds them after the cells were run.
PROGRAM = """
import os, sys, torch
from pathlib import Path
from grader.student.notebook import check_namespace
from grader.sandbox.inside.loader import load
from grader.sandbox.inside.statements import Cell
from grader.sandbox.inside.serving import prepare

solution, public = map(Path, sys.argv[1:])
prepare()
torch.ones(2, requires_grad=True).sum().backward()  # as training in the notebook does
program = load([Cell("solution.py", solution.read_text("utf-8"), 1)], {}, {})
os.chdir(public)
print(check_namespace(vars(program.module), None))
"""


@pytest.mark.parametrize("name", ["softmax_regression", "classifier"])
def test_solution_passes(name):
    """Functions, classes and methods as stubs: all of them are found and called in the kernel."""
    paths = [ROOT / "solutions" / name / "solution.py", ROOT / "assignments" / name]
    command = [sys.executable, "-c", PROGRAM, *map(str, paths)]

    done = subprocess.run(command, capture_output=True, text=True, timeout=200)

    assert done.returncode == 0, done.stderr
    assert "All public checks pass" in " ".join(done.stdout.split()), done.stdout
