"""The notebook of every assignment, with the solution in it, runs in Jupyter from top to bottom.

As students run it: a real kernel in a folder of its own, the data in ../data where torchvision
finds it. The data are the embedded subset, its training part as often as the full set has examples:
so an epoch has as many steps on every machine, and the notebook's own assertions about training
hold.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbconvert.preprocessors import ExecutePreprocessor

from grader.course import datasets
from grader.course.datasets.idx import write_idx
from grader.course.templates import to_notebook
from grader.sandbox.inside.data import TEST, TRAIN, read_idx
from tests.conftest import ROOT, RUNNABLE

SECONDS = 240  # for one cell; a whole notebook takes about ten

# torchvision built for CUDA fails beside a CPU-only torch unless two operators have a schema. Where
# both fit together, nothing is to be done.
STARTUP = """
try:
    import torchvision
except RuntimeError:
    import torch

    for operator in ("nms", "qnms"):
        torch.library.define(
            f"torchvision::{operator}",
            "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
        )
"""


@pytest.fixture(scope="session")
def data(tmp_path_factory) -> Path:
    """A folder with the data as torchvision expects it. MNIST is Fashion-MNIST here as well: it
    has the same format, and the package carries no other images."""
    root = tmp_path_factory.mktemp("downloaded")
    raw = root / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    (root / "MNIST").symlink_to(raw.parent)
    public = datasets.find("FashionMNIST", Path("embedded")).public_root / "FashionMNIST" / "raw"
    for file in TRAIN + TEST:
        part = read_idx(public / file)
        times = 60_000 // len(part) if file in TRAIN else 1
        write_idx(raw / file, np.concatenate([part] * times))
    keras = root / "keras" / "datasets" / "fashion-mnist"  # where tf.keras.datasets looks
    keras.mkdir(parents=True)
    for file in TRAIN + TEST:
        (keras / f"{file}.gz").write_bytes(gzip.compress((raw / file).read_bytes(), 1))
    return root


@pytest.fixture
def folder(tmp_path, monkeypatch, data) -> Path:
    """Where the notebook lies; Jupyter and IPython keep everything of theirs beside it."""
    work = tmp_path / "work"
    work.mkdir()
    (tmp_path / "data").symlink_to(data)
    (work / "data").symlink_to(data)
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "operators.py").write_text(STARTUP)
    for variable in ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(variable, str(tmp_path / "jupyter"))
    monkeypatch.setenv("KERAS_HOME", str(data / "keras"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return work


@pytest.mark.slow
@pytest.mark.parametrize("assignment", RUNNABLE)
def test_solution_runs_as_a_notebook(assignment, folder):
    """No cell fails, and where the notebook draws something there are images."""
    source = (ROOT / "solutions" / assignment / "solution.py").read_text("utf-8")
    notebook = nbformat.reads(to_notebook(source), as_version=4)

    jupyter = ExecutePreprocessor(timeout=SECONDS, kernel_name="python3")
    jupyter.preprocess(notebook, {"metadata": {"path": str(folder)}})

    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    outputs = [output for cell in code for output in cell.outputs]
    assert all(cell.execution_count for cell in code)
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    assert any(kind.startswith("image/") for kind in kinds) == ("plt." in source)
