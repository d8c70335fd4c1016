"""`grader.check()` in a real Jupyter kernel in which JAX computes: its threads survive no fork."""

from __future__ import annotations

import shutil

import nbformat
import pytest
from nbconvert.preprocessors import ExecutePreprocessor

from tests.conftest import ROOT

pytestmark = pytest.mark.xdist_group("kernel of jax")  # one kernel for the tests of this file

ANSWERS = (ROOT / "solutions/classifier_jax/solution.py").read_text("utf-8")
WRONG = """\
def next_state(state, grads, aux):
    return state


%matplotlib inline
@partial(jax.jit, static_argnums=(0, 5))
def accuracy(self, params, X, Y, state, averaged=True):
    raise NotImplementedError("Classifier.accuracy: your code is still missing")

Classifier.accuracy = accuracy
"""


@pytest.fixture(scope="module")
def outputs(tmp_path_factory) -> list[str]:
    """What the calls of `check` show, in a kernel that has computed with JAX."""
    pytest.importorskip("jax")
    folder = tmp_path_factory.mktemp("work") / "classifier_jax"
    shutil.copytree(ROOT / "assignments/classifier_jax", folder)
    definitions = ANSWERS.partition("# ## A model on Fashion-MNIST")[0]
    cells = [
        definitions,
        "import grader\njax.jit(lambda x: x @ x)(jnp.ones((300, 300))).block_until_ready()",
        'grader.check("next_state")',
        WRONG,
        'grader.check("next_state")',
        'grader.check("Classifier.accuracy")',
        "float(jnp.ones(3).sum())",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    jupyter = ExecutePreprocessor(timeout=120, kernel_name="python3")
    jupyter.preprocess(notebook, {"metadata": {"path": str(folder)}})
    return [" ".join("".join(map(text_of, cell.outputs)).split()) for cell in notebook.cells]


def text_of(output) -> str:
    """What an output of a cell says."""
    return output.get("text") or output.get("data", {}).get("text/plain", "")


def test_right_stub_passes(outputs):
    """The cells that were run are checked in a process of their own."""
    assert "✓ next_state passed" in outputs[2], outputs
    assert "fork" not in "".join(outputs)


def test_last_definition_counts(outputs):
    """A cell that was run later replaces what the first one has defined."""
    assert "✗ next_state" in outputs[4]
    assert "not written yet" in outputs[5] or "missing" in outputs[5]


def test_kernel_goes_on(outputs):
    """JAX still computes in the kernel after the checks."""
    assert outputs[6] == "3.0"
