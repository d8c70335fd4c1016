"""A training as it is seen: on a terminal, through a pipe, in a notebook."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import nbformat
import pytest
from nbconvert.preprocessors import ExecutePreprocessor

from tests.conftest import ROOT

PROGRAM = """
from grader.monitor import Monitor
with Monitor() as monitor:
    for epoch in range(1, 4):
        monitor.epoch(epoch, loss=1 / epoch)
        monitor.line(epoch, "steps", loss=2 / epoch)
    monitor.text("\\x1b[2Jü")
"""
CELLS = [
    "from grader.monitor import Monitor, show_images\nimport torch\nmonitor = Monitor()\n"
    "monitor.axes('epochs', xlabel='epoch', ylim=(0.1, 1), yscale='log', legend={'acc': 'acc.'})",
    "for epoch in range(1, 6):\n    monitor.epoch(epoch, loss=1 / epoch, acc=epoch / 10)",
    "monitor.images(torch.rand(8, 28, 28), range(8), [0] * 8)",
    "show_images(torch.rand(8, 1, 28, 28), list('abcdefgh'), resize=(64, 64))",
]


def test_a_terminal_shows_a_table_that_moves():
    """In colours of none, with a small curve; what steers a terminal does nothing."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100", "PYTHONUTF8": "1"}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        while True:
            try:
                shown += terminal.read(65536)
            except OSError:
                break
    assert process.wait(timeout=60) == 0
    assert "█▃▁" in shown.decode()
    assert "0.3333" in shown.decode()
    assert b"\x1b[2J" not in shown


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_a_pipe_gets_lines(encoding):
    """One for each epoch, for steps the first and the last; what cannot be printed is replaced."""
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, capture_output=True, timeout=60
    )
    lines = done.stdout.decode(encoding).splitlines()
    assert done.stderr == b""
    assert lines[0] == "epochs: 1: loss 1"
    assert [line for line in lines if line.startswith("steps")] == [
        "steps: 1: loss 2",
        "steps: 3: loss 0.6667",
    ]
    assert lines[4].startswith("pred: ")


def test_a_notebook_draws_in_place(tmp_path, monkeypatch):
    """In a real kernel: one picture for a window, drawn again when the cell ends; SVG."""
    for name in ("IPYTHONDIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, CELLS)])
    ExecutePreprocessor(timeout=60, kernel_name="python3").preprocess(notebook)

    _none, curves, images, shown = (cell.outputs for cell in notebook.cells)
    (picture,) = (one.data["image/svg+xml"] for one in curves)
    assert all(word in picture for word in ("<!-- epoch -->", "<!-- acc. -->", "<!-- loss -->"))
    assert "<!-- 1, says 0 -->" in images[0].data["image/svg+xml"]
    assert "<!-- h -->" in shown[0].data["image/svg+xml"]
